"""Recommendations as real lists, in the style of the format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import narrative
from app.assembly import prose
from app.papers.blocks import Recommendation


@dataclass(frozen=True, slots=True)
class Style:
    """How recommendations count, level by level, and how their numbers are written (`{}` is the number)."""

    counts: tuple[narrative.NumberType, narrative.NumberType, narrative.NumberType]
    labels: tuple[str, ...]


STYLES: Mapping[str, Style] = {
    "numbered": Style(("1", "a", "i"), ("{}.", "{}.", "{}.")),
    "lettered": Style(("a", "i", "1"), ("({})", "({})", "{}.")),
    "nested": Style(("1", "a", "i"), ("{}.", "({})", "{}.")),
}
"""The styles that a manifest may name."""


def as_list(items: Sequence[Recommendation], style: Style, level: int = 0) -> narrative.ListBlock:
    """The recommendations as one list with lists inside; there is at least one."""
    return narrative.ListBlock(
        tuple(narrative.Item(_item(item, style, level)) for item in items), style.counts[level % len(style.counts)]
    )


def _item(item: Recommendation, style: Style, level: int) -> prose.Inside:
    words = prose.inside(item.text)
    return (*words, as_list(item.items, style, level + 1)) if item.items else words
