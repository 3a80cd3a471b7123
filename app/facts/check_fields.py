"""What is wrong with the values of a paper's fields, held against the fields of its format."""

from collections.abc import Container, Iterator
from datetime import date

from app.errors import Fault
from app.facts.places import twice
from app.fields import quoted
from app.formats.fields import YES_OR_NO, FieldKind, FieldValue, PaperField, Values, listed
from app.formats.manifest import Manifest


def field_faults(place: str, values: Values, manifest: Manifest, persons: Container[str]) -> Iterator[Fault]:
    """A fault at every value that its field cannot have; `persons` are the keys of everybody who is known."""
    fields = manifest.every_field
    for key, value in values.items():
        here = f"{place}.{key}"
        if key not in fields:
            known = f"; its fields are {', '.join(sorted(fields))}" if fields else ""
            yield Fault(here, f"the format has no field “{key}”{known}")
        else:
            yield from _faults(here, fields[key], value, persons)


def _faults(here: str, field: PaperField, value: FieldValue, persons: Container[str]) -> Iterator[Fault]:
    match field.kind:
        case FieldKind.TABLE:
            yield from _table(here, field, value)
        case FieldKind.LIST | FieldKind.CHOICES:
            yield from _several(here, field, value)
        case _ if not isinstance(value, str):
            yield Fault(here, f"must be {_WANTED[field.kind]}, not a list")
        case FieldKind.CHOICE:
            yield from _chosen(here, value, field.options)
        case FieldKind.YES_NO:
            yield from _chosen(here, value, YES_OR_NO)
        case FieldKind.DATE if not _is_day(value):
            yield Fault(here, f"must be {_WANTED[field.kind]}, not “{quoted(value)}”")
        case FieldKind.PERSON if value not in persons:
            yield Fault(here, f"there is no person “{quoted(value)}”, neither in this file nor in the database")


_WANTED = {
    FieldKind.TEXT: "one text",
    FieldKind.DATE: "a date like 2026-03-26",
    FieldKind.CHOICE: "one of its options",
    FieldKind.YES_NO: "yes or no",
    FieldKind.PERSON: "the key of one person",
}


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _chosen(here: str, value: str, options: tuple[str, ...]) -> Iterator[Fault]:
    if value not in options:
        yield Fault(here, f"must be {listed(options)}, not “{quoted(value)}”")


def _several(here: str, field: PaperField, value: FieldValue) -> Iterator[Fault]:
    texts = () if isinstance(value, str) else tuple(entry for entry in value if isinstance(entry, str))
    if isinstance(value, str) or len(texts) < len(value):
        yield Fault(here, "must be a list of texts")
        return
    if field.kind is FieldKind.CHOICES:
        for number, entry in enumerate(texts):
            yield from _chosen(f"{here}[{number}]", entry, field.options)
        yield from twice(here, texts)


def _table(here: str, field: PaperField, value: FieldValue) -> Iterator[Fault]:
    keys = [column.key for column in field.columns]
    rows = () if isinstance(value, str) else tuple(entry for entry in value if isinstance(entry, dict))
    if isinstance(value, str) or len(rows) < len(value):
        yield Fault(here, f"must be a list of rows, each with {', '.join(keys)}")
        return
    for number, row in enumerate(rows):
        for column in row:
            if column not in keys:
                yield Fault(f"{here}[{number}].{column}", f"is no column of the table, which has {', '.join(keys)}")
