"""What a paper says in its format's fields, in words."""

from collections.abc import Callable, Mapping
from datetime import date

from app import narrative
from app.assembly import prose
from app.assembly.snapshot import PersonFacts
from app.formats.fields import YES, FieldKind, FieldValue, PaperField, Values
from app.formats.manifest import Manifest

BETWEEN = "; "
"""Stands between several values on one line."""


class FieldWords:
    """The fields of one paper in words; remembers which of them were printed."""

    def __init__(
        self,
        manifest: Manifest,
        values: Values,
        persons: Mapping[str, PersonFacts],
        in_words: Callable[[date, str], str],
    ) -> None:
        self._manifest = manifest
        self._values = values
        self._persons = persons
        self._in_words = in_words
        self._printed: set[str] = set()
        self.every = manifest.every_field

    def line(self, key: str, dates: str | None = None) -> str:
        """What the field says, on one line; empty where it says nothing. Counts as printed."""
        self._printed.add(key)
        field, value = self.every[key], self._values.get(key)
        if not value:
            return ""
        if isinstance(value, str):
            return self._text(field, value, dates or self._manifest.dates)
        return BETWEEN.join(entry for entry in value if isinstance(entry, str))

    def nil(self, key: str) -> str:
        """What is printed where an optional field has no value."""
        return self.every[key].nil or self._manifest.wording.no_value

    def blocks(self, key: str) -> list[narrative.Block]:
        """What the field says under its label: on one line, as a list or as a table; its nil wording for nothing."""
        self._printed.add(key)
        field, value = self.every[key], self._values.get(key)
        if not value:
            return [prose.paragraph(self.nil(key), label=field.label)]
        if field.kind is FieldKind.TABLE:
            return [self._table(field, value)]
        if isinstance(value, str) or len(value) == 1:
            return [prose.paragraph(self.line(key), label=field.label)]
        label = narrative.Paragraph((narrative.Run(f"{field.label}:", frozenset({"strong"})),))
        return [label, prose.bullets(entry for entry in value if isinstance(entry, str))]

    def is_missing(self, key: str) -> bool:
        """Whether the field must say something and does not."""
        return self.every[key].required and not self._values.get(key)

    def unprinted(self) -> list[str]:
        """Labels of the fields that say something, are printed nowhere and decide nothing.

        One that the format does not have any more is called by its key.
        """
        silent = self._printed | self._manifest.asked_fields
        said = [key for key, value in self._values.items() if value and key not in silent]
        return [self.every[key].label if key in self.every else key for key in said]

    def _text(self, field: PaperField, value: str, dates: str) -> str:
        wording = self._manifest.wording
        match field.kind:
            case FieldKind.DATE:
                return self._in_words(date.fromisoformat(value), dates)
            case FieldKind.YES_NO:
                return wording.yes if value == YES else wording.no
            case FieldKind.PERSON:
                return person_in_full(self._persons[value])
            case _:
                return value

    def _table(self, field: PaperField, value: FieldValue) -> narrative.Table:
        rows = [row for row in value if isinstance(row, dict)]
        # A cell that says nothing says so: a blank could be a value that was lost.
        nothing = self._manifest.wording.no_value
        cells = [[(prose.paragraph(row.get(column.key, nothing)),) for column in field.columns] for row in rows]
        return prose.table([column.label for column in field.columns], cells, field.label)


def person_in_full(person: PersonFacts) -> str:
    """Name, post and how to reach the person, as far as they are known."""
    post = None if person.post == person.name else person.post
    return ", ".join(filter(None, [person.name, post, person.contact]))
