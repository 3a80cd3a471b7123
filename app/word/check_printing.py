"""What only the engine sees: tags that cross the lines of a table, and a paper of sample data printed whole."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from app.errors import Invalid
from app.word.check_tags import PartRead
from app.word.engine import PartFindings, inspected
from app.word.findings import QUOTED, Finding, error_at, of_part
from app.word.names import Vocabulary
from app.word.namespaces import w
from app.word.passages import Passage, TemplatePart, TemplateRead
from app.word.places import Unbalanced, spots_in
from app.word.quoting import quoted
from app.word.refusals import MisplacedValue, MissingValue, NotInLine, NotPrinted
from app.word.rendering import render
from app.word.scan import MisuseKind
from app.word.templates import compile_template
from app.word.typed import tags_in
from app.word.values import Chart, Coloured, Fact, Narrative, Picture, key_of, placed

_NUMBER = re.compile(r"\[[0-9]+\]")
_PLACE = re.compile(r"(.*?)(?:, paragraph “(.*)”)?", re.DOTALL)
_STEP = re.compile(r"\w+")
_SHOWN = 3
_UNITS = frozenset({"p", "tr", "tc"})
_PRINTED = (Narrative, Coloured, Picture, Chart, Fact)
_CODES: dict[MisuseKind, str] = {
    "unclosed": "broken-tag",
    "too-long": "too-many-tags",
    "too-many": "too-many-tags",
    "crossing": "crossing-tags",
    "misplaced": "tag-out-of-place",
}
"""What the misuses of tags are called among findings; a stray end of one is told by the reading of its paragraph."""
_CROSSING = (
    "What begins here ends in another cell, row or paragraph than it began in. Write {%p … %} for whole paragraphs and "
    "{%tr … %} for whole rows, at the beginning and at the end alike."
)


def misplaced(template: TemplateRead, reads: Mapping[str, PartRead]) -> Iterator[Finding]:
    """What the engine has against the places of tags; what runs over, of parts that have no other error."""
    for part in template.parts:
        misused = list(_misused(reads[part.name]))
        yield from misused
        if part.root is None or misused or any(found.severity == "error" for found in reads[part.name].findings):
            continue
        found = inspected(part.name, part.root)
        places = _Places(part, found)
        for fault in (*found.broken, *found.refused):
            yield places.finding("broken-tag", fault.where, fault.what)
        if found.tree is not None:
            try:
                spots_in(found.tree)
            except Unbalanced as error:
                what = _CROSSING if "opens and closes" in str(error) else str(error)
                yield places.finding("crossing-tags", found.place(error.lineno), what)


def printed(
    content: bytes,
    template: TemplateRead,
    vocabulary: Vocabulary,
    sample: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> bytes | list[Finding]:
    """A paper of the sample data, or why there is none."""
    try:
        return render(compile_template(content, vocabulary), sample, files)
    except NotPrinted as error:
        return list(_left_out(error, sample))
    except Invalid as error:
        return [_failure(error, template)]


def _misused(read: PartRead) -> Iterator[Finding]:
    """An error for each tag that the engine cannot fill, where nothing else was told of it."""
    part = read.part
    told = {finding.order[1] for finding in read.findings if finding.severity == "error"}
    # The scan does not tell descriptions, field codes and properties apart.
    elsewhere = any(passage.number in told for passage in part.passages if not passage.is_paragraph)
    paragraphs = list(part.root.iter(w("p"))) if part.root is not None else []
    for found in read.misuses:
        code = _CODES.get(found.kind)
        passage = part.find(paragraphs[found.paragraph]) if 0 <= found.paragraph < len(paragraphs) else None
        if code is None or (elsewhere and (passage is None or found.kind == "unclosed")):
            continue
        if passage is None:
            place = (part.rank, 0)
            yield Finding("error", code, found.what, part.title, quoted=quoted(found.text, QUOTED), order=place)
        elif passage.number not in told:
            yield error_at(passage, code, found.what)


class _Places:
    """Finds the passage that the engine speaks of: its source has a line for each paragraph that is not a tag's own."""

    def __init__(self, part: TemplatePart, found: PartFindings) -> None:
        self.part = part
        self._lines: dict[str, Passage] = {}
        kept: list[list[Passage]] = [[]]
        gone = _vanishing(part)
        for passage in part.passages:
            units = (passage.element, passage.around("tr"), passage.around("tc"))
            if passage.is_paragraph and not any(unit in gone for unit in units):
                kept.append([])
            kept[-1].append(passage)
        for place, passages in zip(found.places, kept, strict=False):
            if passages:
                self._lines.setdefault(place, _tagged(passages))

    def finding(self, code: str, where: str, what: str) -> Finding:
        passage = self._lines.get(where)
        if passage is not None:
            return error_at(passage, code, what)
        words = (_PLACE.fullmatch(where) or ["", "", ""])[2] or ""
        return Finding("error", code, what, self.part.title, quoted=quoted(words, QUOTED), order=(self.part.rank, 0))


def _vanishing(part: TemplatePart) -> set[etree._Element]:
    """The paragraphs, rows and cells that go with a tag of their own."""
    held = [(passage, tag.prefix) for passage in part.passages for tag in tags_in(passage) if passage.is_paragraph]
    units = (
        passage.element if prefix == "p" else passage.around(prefix) for passage, prefix in held if prefix in _UNITS
    )
    return {unit for unit in units if unit is not None}


def _tagged(passages: list[Passage]) -> Passage:
    return next((passage for passage in passages if tags_in(passage)), passages[0])


def _failure(error: Invalid, template: TemplateRead) -> Finding:
    """Why a paper of the sample data could not be made, at its place."""
    place = next((fault.where for fault in error.faults), "")
    found = _PLACE.fullmatch(place)
    name, words = (found[1], found[2] or "") if found else ("", "")
    name = name.partition(", ")[0]
    part = next((part for part in template.parts if part.name == name), None)
    what = _sentence(error)
    if part is None:
        return Finding("error", "sample-fails", what, where=place)
    if part.root is not None:
        return _Places(part, inspected(part.name, part.root)).finding("sample-fails", place, what)
    return of_part(part, "error", "sample-fails", f"{what} {words}".strip())


def _sentence(error: Invalid) -> str:
    match error:
        case MissingValue(name=name):
            return (
                f"A paper does not always have “{name}”, and a template never leaves a blank in silence: write "
                f"“{{% if … %}}” around it, or “|default('…')” behind it."
            )
        case MisplacedValue() | NotInLine():
            return error.summary
    reasons = " ".join(fault.what for fault in error.faults)
    return f"A paper of sample data cannot be made. {reasons or error.summary}"


def _left_out(error: NotPrinted, sample: Mapping[str, Any]) -> Iterator[Finding]:
    """A finding for each fact that some part of a paper has and the template does not print."""
    paths = {key_of(value): path for path, value in placed(sample) if isinstance(value, Narrative)}
    all_of = Counter(_NUMBER.sub("", path) for path, value in placed(sample) if isinstance(value, _PRINTED) and value)
    missing: dict[str, list[str]] = {}
    for fault in error.faults:
        path = paths.get(fault.where, fault.where)
        missing.setdefault(_NUMBER.sub("", path), []).append(_owner(path, sample))
    for name, owners in missing.items():
        if len(owners) == all_of[name]:
            what = f"“{name}” is printed nowhere, and would be lost: print it wherever a paper has it."
        else:
            told = [f"“{owner}”" for owner in dict.fromkeys(filter(None, owners))]
            more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
            what = (
                f"“{name}” is not printed for {', '.join(told[:_SHOWN])}{more}, and would be lost: print it wherever a "
                "paper has it."
            )
        yield Finding("error", "never-printed", what, "the whole template", meant=name)


def _owner(path: str, sample: Mapping[str, Any]) -> str:
    """The words that a reader knows the place by: the first that must be printed of the group around it."""
    groups: list[Mapping[str, Any]] = []
    value: Any = sample
    for step in _STEP.findall(path):
        if isinstance(value, Mapping):
            groups.append(value)
        value = value[int(step)] if isinstance(value, list) else value[step]
    named = (str(held) for group in reversed(groups[1:]) for held in group.values() if isinstance(held, Fact) and held)
    return next(named, "")
