"""Sentences about places in a facts file that many of its checks share."""

from collections.abc import Container, Hashable, Iterable, Iterator, Sequence

from app.errors import Fault


def twice(place: str, values: Sequence[Hashable], name: str = "") -> Iterator[Fault]:
    """A fault at every value of a list that stood before; `name` is the name of the value in its entry."""
    first: dict[Hashable, int] = {}
    for number, value in enumerate(values):
        if first.setdefault(value, number) != number:
            where = f"{place}[{number}].{name}" if name else f"{place}[{number}]"
            yield Fault(where, f"“{value}” stands twice: it is also {place}[{first[value]}]")


def nothing(place: str, kind: str, key: str | None, existing: Container[str]) -> Iterator[Fault]:
    """A fault if a key is given but nothing has it; `kind` is the noun as a person says it."""
    if key is not None and key not in existing:
        yield Fault(place, f"there is no {kind} “{key}”, neither in this file nor in the database")


def nothing_each(place: str, kind: str, keys: Iterable[str], existing: Container[str]) -> Iterator[Fault]:
    """A fault at every key of a list that nothing has."""
    for number, key in enumerate(keys):
        yield from nothing(f"{place}[{number}]", kind, key, existing)


def backwards(place: str, first: object, last: object) -> Iterator[Fault]:
    """A fault if both days are given and the last comes before the first."""
    if first is not None and last is not None and last < first:  # type: ignore[operator]
        yield Fault(place, f"ends on {last}, before it starts on {first}")
