"""A paper of invented facts that has everything a template of a format may print; for trying templates, and to show.

Every field of `PaperContext` is filled somewhere, every kind of block, line and gap is there, every list has two items
or more, and what a paper may lack is lacking once.
"""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pydantic import BaseModel

from app import word
from app.assembly.context import (
    BlockLine,
    DocumentProperties,
    FrontRow,
    KeyDimension,
    KeyValue,
    Line,
    PaperContext,
    PartLine,
    RatingCell,
    RatingKey,
    SectionLines,
    UpdateLine,
    for_engine,
)
from app.formats.manifest import FrontField, Manifest, Part, SectionEntry
from app.word import Coloured, Narrative

ON_EVERY_PAGE = ("marking",)
"""What each page of a paper shows."""

TITLE = "Sample paper: working together"
_DAYS = ("31 October 2026", "31 July 2026")
_RATINGS = (("Red", "C62828", "FFFFFF"), ("Amber", "FFBF00", "000000"), ("Green", "2E7D32", "FFFFFF"))
_DIMENSIONS = ("Overall", "Time", "Cost", "Benefits")
_PROSE = (
    "<p>Sample text with <strong>strong</strong> words &amp; a sign &lt; 5%.</p>"
    "<h3>A heading in the text</h3><p>A second paragraph.</p><ul><li><p>one point</p></li><li><p>another</p></li></ul>"
    '<ol><li><p>first</p><ol type="a"><li><p>in the first</p></li></ol></li><li><p>second</p></li></ol>'
    "<table><caption>A table</caption><thead><tr><th><p>Year</p></th><th><p>Calls</p></th></tr></thead>"
    "<tbody><tr><td><p>2025/26</p></td><td><p>12,480</p></td></tr></tbody></table>"
)
_SHORT = "<p>Sample text of one paragraph.</p>"


def expected_of(manifest: Manifest) -> word.Expected:
    """What a template of this format is made for: the sample paper, and the words that its facts can be."""
    return word.Expected(
        sample=for_engine(sample_paper(manifest)),
        choices={
            **dict(_choices(PaperContext)),
            "marking": manifest.markings,
            "sections.key": [section.key for section in manifest.sections],
            "front_sheet.label": [row.label for row in manifest.front_sheet],
            "sections.blocks.lines.updates.parts.label": [part.label for part in manifest.parts],
        },
        on_every_page=ON_EVERY_PAGE,
    )


def sample_paper(manifest: Manifest) -> PaperContext:
    """A paper of this format with its front sheet, sections, parts and wording; all facts are invented."""
    sections = [_section(entry, number, manifest) for number, entry in enumerate(manifest.sections, start=1)]
    if not any(block.kind == "workstreams" for section in sections for block in section.blocks):
        sections[0].blocks.append(_block("workstreams", lines=_lines(manifest)))
    return PaperContext(
        title=TITLE,
        reference="SAMPLE-2026-Q3",
        label=manifest.labels.draft.replace("{n}", "3"),
        draft=manifest.wording.draft,
        marking=manifest.markings[0],
        programme="Sample programme 2026/27",
        recipient="Office of the Commissioner",
        board="Sample board",
        organisation="Sample organisation",
        meeting_date="3 December 2026",
        agenda_number="5.0",
        previous_date="3 September 2026",
        next_date="4 March 2027",
        front_sheet=[_front_row(field, number, manifest) for number, field in enumerate(manifest.front_sheet)],
        sections=sections,
        gaps=[manifest.wording.missing_section, manifest.wording.missing_value],
        document=DocumentProperties(
            title=TITLE,
            subject=f"{manifest.name} for the sample board, 3 December 2026",
            author="Sample organisation",
            language="en-GB",
            keywords=manifest.markings[0],
            created="2026-11-21",
            custom={"Paper reference": "SAMPLE-2026-Q3"},
        ),
    )


def _front_row(field: FrontField, number: int, manifest: Manifest) -> FrontRow:
    missing = number == 1
    said = TITLE if field.source == "title" else f"Sample of “{field.label}”"
    return FrontRow(label=field.label, value=manifest.wording.missing_value if missing else said, missing=missing)


def _section(entry: SectionEntry, number: int, manifest: Manifest) -> SectionLines:
    blocks = [
        block
        for place, default in enumerate(entry.blocks, start=1)
        for block in _blocks(default.kind, f"section/{entry.key}/{place}", manifest)
    ]
    if number == 1:
        blocks.append(_block("gap", words=manifest.wording.missing_section))
    return SectionLines(
        key=entry.key,
        heading=entry.heading,
        level=entry.level,
        numbered=entry.numbered,
        blocks=blocks or [_block("narrative", text=Narrative(_SHORT, f"section/{entry.key}"))],
    )


def _blocks(kind: str, key: str, manifest: Manifest) -> list[BlockLine]:
    match kind:
        case "workstreams":
            return [_block("workstreams", lines=_lines(manifest))]
        case "rating-key":
            return [_block("rating-keys", keys=_rating_keys("Sample"))]
        case "nil":
            return [_block("nil", words=manifest.wording.nil)]
    return [_block("narrative", text=Narrative(_PROSE, key))]


def _block(
    kind: Literal["narrative", "nil", "gap", "rating-keys", "workstreams"],
    *,
    text: Narrative | None = None,
    words: str = "",
    keys: list[RatingKey] | None = None,
    lines: list[Line] | None = None,
) -> BlockLine:
    return BlockLine(kind=kind, text=text, words=words, keys=keys or [], lines=lines or [])


def _rating_keys(name: str) -> list[RatingKey]:
    return [
        _rating_key(f"{name} ratings", judged=True),
        _rating_key(f"{name} ratings without dimensions", judged=False),
    ]


def _rating_key(name: str, *, judged: bool) -> RatingKey:
    values = [
        KeyValue(word=Coloured(label, back, fore), background=back, meaning=f"What {label} means")
        for label, back, fore in _RATINGS
    ]
    dimensions = [KeyDimension(label=label, meaning=f"How {label} is judged") for label in _DIMENSIONS]
    return RatingKey(name=name, values=values, dimensions=dimensions if judged else [])


def _lines(manifest: Manifest) -> list[Line]:
    """Themes with all that they may bear, and a workstream for each way of reporting."""
    nothing = manifest.wording.nothing_to_report.replace("{as_at}", _DAYS[0])
    return [
        _line("theme", 1, "Sample theme", introduction="theme", keys=_rating_keys("Theme")),
        _line("workstream", 2, "Sample workstream", updates=[_update(manifest, "full", 4, ratings=4)]),
        _line("workstream", 2, "Workstream with few ratings", updates=[_update(manifest, "few", 4, ratings=1)]),
        _line("workstream", 2, "Workstream with nothing to report", updates=[_nil(nothing, 4)]),
        _line("workstream", 2, "Workstream that did not report", gap="To be written: it has reported nothing."),
        _line("theme", 2, "Sample theme within", introduction="within"),
        _line(
            "workstream",
            3,
            "Workstream with two updates",
            updates=[
                _update(manifest, "later", 5, ratings=2, dated=True),
                _update(manifest, "earlier", 5, day=1, ratings=3, dated=True),
            ],
        ),
        _line("theme", 1, "Theme that reports itself", updates=[_update(manifest, "own", 3, dated=True, ratings=0)]),
    ]


def _line(
    kind: Literal["theme", "workstream"],
    level: int,
    name: str,
    *,
    introduction: str = "",
    keys: list[RatingKey] | None = None,
    updates: list[UpdateLine] | None = None,
    gap: str = "",
) -> Line:
    return Line(
        kind=kind,
        level=level,
        name=name,
        owner="Sample owner" if kind == "workstream" else "",
        keys=keys or [],
        introduction=Narrative(_SHORT, f"theme/{introduction}") if introduction else None,
        updates=updates or [],
        gap=gap,
    )


def _nil(words: str, level: int) -> UpdateLine:
    return UpdateLine(
        as_at=_DAYS[0], dated=False, level=level, nil=words, parts=[], ratings=[], rating_words="Not rated",
        source_note="",
    )  # fmt: skip


def _update(
    manifest: Manifest, name: str, level: int, *, ratings: int, day: int = 0, dated: bool = False
) -> UpdateLine:
    cells = [
        RatingCell(dimension=dimension, word=Coloured(label, back, fore), label=label, background=back)
        for dimension, (label, back, fore) in zip(_DIMENSIONS[:ratings], (*_RATINGS, _RATINGS[0]), strict=False)
    ]
    return UpdateLine(
        as_at=_DAYS[day],
        dated=dated,
        level=level,
        nil="",
        parts=[_part(part, f"update/{name}/{part.key}", level + dated, number, manifest) for number, part in
               enumerate(manifest.parts)],
        ratings=cells,
        rating_words=", ".join(f"{cell.dimension}: {cell.label}" for cell in cells) or manifest.wording.not_rated,
        source_note="Ratings from the sample pack." if cells else "",
    )  # fmt: skip


def _part(part: Part, key: str, level: int, number: int, manifest: Manifest) -> PartLine:
    """The part with a text; the second of an update without one, and the first also with something to check."""
    missing = number == 1
    return PartLine(
        label=part.label,
        level=min(level, 6),
        heading=part.heading or missing,
        text=None if missing else Narrative(_SHORT, key),
        gap=f"To be written: “{part.label}”." if missing else "",
        check=manifest.wording.stale_wording if number == 0 else "",
    )


def _choices(model: type[BaseModel], way: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """The path of every fact that is one of a few words, with those words."""
    for name, field in model.model_fields.items():
        path = f"{way}.{name}" if way else name
        if get_origin(field.annotation) is Literal:
            yield path, get_args(field.annotation)
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _choices(kind, path)
