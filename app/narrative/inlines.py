"""The text of one paragraph in canonical form: white space folded as HTML folds it, equal runs joined."""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.narrative.blocks import Break, Inline, Mark, Run
from app.narrative.characters import escaped, escaped_attribute

_WHITE = re.compile(r"[ \t\r\n]+")
_ORDER: tuple[Mark, ...] = ("strong", "em", "u", "s", "sub", "sup")


def settled(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """The inlines of a paragraph in canonical form; empty when there is nothing but white space.

    Runs of white space are one space, none stands at either end of a line, no line break at either end of the
    paragraph, neighbours that look alike are one run in NFC. No-break spaces stay.
    """
    lines = [_line(runs) for runs in _lines(inlines)]
    while lines and _is_blank(lines[0]):
        lines.pop(0)
    while lines and _is_blank(lines[-1]):
        lines.pop()
    out: list[Inline] = []
    for number, line in enumerate(lines):
        if number:
            out.append(Break())
        out.extend(line)
    return tuple(out)


def _is_blank(line: Sequence[Run]) -> bool:
    return not any(run.text.strip() for run in line)


def _lines(inlines: Iterable[Inline]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for inline in inlines:
        if isinstance(inline, Break):
            lines.append([])
        else:
            lines[-1].append(inline)
    return lines


def _line(runs: Iterable[Run]) -> list[Run]:
    return _trimmed(_joined(_folded(runs)))


def _folded(runs: Iterable[Run]) -> list[Run]:
    out: list[Run] = []
    after_space = True  # white space at the beginning of a line is not shown
    for run in runs:
        words = _WHITE.sub(" ", run.text)
        if after_space:
            words = words.removeprefix(" ")
        if words:
            after_space = words.endswith(" ")
            out.append(replace(run, text=words))
    return out


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        if joined and _look(joined[-1]) == _look(run):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return [replace(run, text=unicodedata.normalize("NFC", run.text)) for run in joined]


def _trimmed(runs: list[Run]) -> list[Run]:
    while runs and not runs[-1].text.rstrip(" "):
        runs.pop()
    if runs:
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip(" "))
    return runs


def _look(run: Run) -> tuple[frozenset[Mark], str | None, str | None]:
    return run.marks, run.href, run.redact


def written(inlines: Sequence[Inline]) -> str:
    """The inlines as HTML: elements in one fixed order from outside in (link, redaction, emphasis)."""
    return _written(inlines, 0)


def _link_of(run: Run) -> str | None:
    return run.href


def _redaction_of(run: Run) -> str | None:
    return run.redact


def _mark_of(mark: Mark) -> Callable[[Run], str | None]:
    return lambda run: mark if mark in run.marks else None


# For each layer: what a run has of it, and how its elements open and close.
_LAYERS: tuple[tuple[Callable[[Run], str | None], str, str], ...] = (
    (_link_of, '<a href="{}">', "</a>"),
    (_redaction_of, '<mark data-redact="{}">', "</mark>"),
    *((_mark_of(mark), f"<{mark}>", f"</{mark}>") for mark in _ORDER),
)


def _written(inlines: Sequence[Inline], layer: int) -> str:
    if layer == len(_LAYERS):
        return "".join("<br>" if isinstance(inline, Break) else escaped(inline.text) for inline in inlines)
    has, opening, closing = _LAYERS[layer]
    parts = []
    for value, group in itertools.groupby(inlines, lambda i: None if isinstance(i, Break) else has(i)):
        inside = _written(tuple(group), layer + 1)
        parts.append(inside if value is None else opening.format(escaped_attribute(value)) + inside + closing)
    return "".join(parts)
