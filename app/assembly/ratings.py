"""Ratings in words: the strip, the sentence about their sources, the key to a scheme."""

from collections import Counter
from functools import lru_cache

from app.assembly.context import KeyDimension, KeyValue, RatingCell, RatingKey
from app.assembly.snapshot import RatingFacts, SchemeFacts
from app.formats.manifest import Wording, worded
from app.word import Coloured

NOT_RATED_COLOURS = ("FFFFFF", "000000")
"""Background and text of a dimension that was not rated."""


def strip(scheme: SchemeFacts | None, ratings: tuple[RatingFacts, ...], wording: Wording) -> list[RatingCell]:
    """The dimensions that were judged, in the scheme's order; nothing where no dimension has a value."""
    if scheme is None or not any(rating.value for rating in ratings):
        return []
    given = {rating.dimension: rating for rating in ratings}
    values = {value.key: value for value in scheme.values}
    cells = []
    for dimension in scheme.dimensions:
        if dimension.key not in given:
            continue
        value = values.get(given[dimension.key].value or "")
        label = value.label if value else wording.not_rated
        background, colour = (value.background, value.colour) if value else NOT_RATED_COLOURS
        word = _coloured(label, background, colour)
        cells.append(RatingCell(dimension=dimension.label, word=word, label=label, background=background))
    return cells


@lru_cache(maxsize=256)  # a paper has few ratings, many times over
def _coloured(label: str, background: str, colour: str) -> Coloured:
    return Coloured(label, background, colour)


def in_a_line(cells: list[RatingCell], wording: Wording) -> str:
    """The ratings in one line of words, or that nothing was rated."""
    return ", ".join(f"{cell.dimension}: {cell.label}" for cell in cells) or wording.not_rated


def source_note(
    scheme: SchemeFacts | None, ratings: tuple[RatingFacts, ...], default: str | None, wording: Wording
) -> str:
    """Composed from the ratings' sources: the commonest first, the others as exceptions with their dimensions.

    A source is a phrase that goes on from “Ratings …”: “from the programme pack”, “determined for this report”.
    """
    given = {rating.dimension: rating.source or default for rating in ratings}
    sourced = [d for d in scheme.dimensions if given.get(d.key)] if scheme else []
    if not sourced:
        return ""
    usual = Counter(given[dimension.key] for dimension in sourced).most_common(1)[0][0] or ""
    others: dict[str, list[str]] = {}
    for dimension in sourced:
        source = given[dimension.key]
        if source and source != usual:
            others.setdefault(source, []).append(dimension.label)
    if not others:
        return worded(wording.ratings_from, source=usual)
    exceptions = "; ".join(
        worded(wording.rating_exception, source=source, dimensions=_and(labels)) for source, labels in others.items()
    )
    return worded(wording.ratings_from_except, source=usual, exceptions=exceptions)


def key(scheme: SchemeFacts) -> RatingKey:
    """What the ratings of a scheme mean, and how its dimensions are judged where it says so."""
    return RatingKey(
        name=scheme.name,
        values=[
            KeyValue(
                word=Coloured(value.label, value.background, value.colour),
                background=value.background,
                meaning=value.meaning,
            )
            for value in scheme.values
        ],
        dimensions=[KeyDimension(label=d.label, meaning=d.meaning) for d in scheme.dimensions if d.meaning],
    )


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
