"""A paper of invented facts that has everything a template of a format may print; for trying templates, and to show.

Every field of `PaperContext` is filled somewhere, every kind of block, line and gap is there, every list has two items
or more, and what a paper may lack is lacking once.
"""

from collections.abc import Iterable, Iterator
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
    ObjectiveLine,
    PaperContext,
    PartLine,
    RatingCell,
    RatingKey,
    SectionLines,
    UpdateLine,
    for_engine,
)
from app.assembly.wording import SNAPSHOT_DIGEST
from app.formats.manifest import Manifest, Part, SectionEntry, worded
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
_OBJECTIVES = ("Objective 1: Safer streets, as the plan words it", "Objective 2: Victims first, as the plan words it")


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
        sections[0].blocks.append(_block("workstreams", lines=_lines(manifest.sections[0], manifest)))
    return PaperContext(
        title=TITLE,
        reference="SAMPLE-2026-Q3",
        label=manifest.labels.of_draft(3),
        draft=manifest.wording.draft,
        marking=manifest.markings[0],
        second_marking=_second_marking(manifest),
        public_copy=manifest.wording.public_copy,
        programme="Sample programme 2026/27",
        recipient="Office of the Commissioner",
        board="Sample board",
        organisation="Sample organisation",
        strapline=manifest.strapline or "Words beside the organisation’s name",
        meeting_date="3 December 2026",
        agenda_number="5.0",
        previous_date="3 September 2026",
        next_date="4 March 2027",
        front_sheet=_front_rows(manifest),
        sections=sections,
        gaps=[manifest.wording.missing_section, manifest.wording.missing_value],
        document=DocumentProperties(
            title=TITLE,
            subject=f"{manifest.name} for the sample board, 3 December 2026",
            author="Sample organisation",
            language="en-GB",
            keywords=manifest.markings[0],
            created="2026-11-21",
            custom={
                "Paper reference": "SAMPLE-2026-Q3",
                "Paper version": manifest.labels.of_draft(3),
                "Marking": manifest.markings[0],
                SNAPSHOT_DIGEST: "0" * 64,
                "Template digest": "0" * 64,
            },
        ),
    )


def _second_marking(manifest: Manifest) -> str:
    second = manifest.second_marking
    marking = manifest.every_field[second.field].options[0] if second else "Sample of a second marking"
    return worded(second.wording, marking=marking) if second else marking


def _front_rows(manifest: Manifest) -> list[FrontRow]:
    """The rows of the front sheet; the first whose value is not known from elsewhere is missing."""
    known = {"title": TITLE, "marking": manifest.markings[0]}
    open_row = next((row.key for row in manifest.front_sheet if row.source not in known), None)
    return [
        FrontRow(
            label=row.label,
            value=manifest.wording.missing_value
            if row.key == open_row
            else known.get(row.source, f"Sample of “{row.label}”"),
            missing=row.key == open_row,
        )
        for row in manifest.front_sheet
    ]


def _section(entry: SectionEntry, number: int, manifest: Manifest) -> SectionLines:
    blocks = [
        block
        for place, default in enumerate(entry.blocks, start=1)
        for block in _blocks(default.kind, f"section/{entry.key}/{place}", entry, manifest)
    ]
    if number == 1:
        blocks.append(_block("gap", words=manifest.wording.missing_section))
        blocks.append(_block("objective", words=_OBJECTIVES[0]))
    return SectionLines(
        key=entry.key,
        heading=entry.heading if entry.heading_printed else "",
        level=entry.level,
        numbered=entry.numbered,
        blocks=blocks or [_narrative(_SHORT, f"section/{entry.key}", entry)],
    )


def _blocks(kind: str, key: str, entry: SectionEntry, manifest: Manifest) -> list[BlockLine]:
    match kind:
        case "workstreams":
            return [_block("workstreams", lines=_lines(entry, manifest))]
        case "rating-key":
            return [_block("rating-keys", keys=_rating_keys("Sample"))]
        case "nil":
            return [_block("nil", words=manifest.wording.nil)]
        case "objective":
            return [_block("objective", words=_OBJECTIVES[1])]
    return [_narrative(_PROSE, key, entry)]


def _narrative(html: str, key: str, entry: SectionEntry) -> BlockLine:
    level = entry.level + entry.heading_printed
    return _block("narrative", text=Narrative(html, key, level, numbered=entry.paragraphs == "numbered"))


def _block(
    kind: Literal["narrative", "nil", "gap", "objective", "rating-keys", "workstreams"],
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


def _lines(entry: SectionEntry, manifest: Manifest) -> list[Line]:
    """Themes with all that they may bear, and a workstream for each way of reporting."""
    nothing = manifest.wording.nothing_to_report.replace("{as_at}", _DAYS[0])
    top = int(entry.heading_printed)  # without a heading of the section, themes stand as high as sections do
    number = entry.level + top
    return [
        _line("theme", 1, top, "Sample theme", introduction="theme", keys=_rating_keys("Theme")),
        _line("workstream", 2, top, "Sample workstream", updates=[_update(manifest, "full", top + 3, ratings=4)]),
        _line(
            "workstream", 2, top, "Workstream with few ratings",
            updates=[_update(manifest, "few", top + 3, ratings=1)],
        ),
        _line("workstream", 2, top, "Workstream with nothing to report", updates=[_nil(nothing, top + 3)]),
        _line("workstream", 2, top, "Workstream that did not report", gap="To be written: it has reported nothing."),
        _line("theme", 2, top, "Sample theme within", introduction="within"),
        _line(
            "workstream",
            3,
            top,
            "Workstream with two updates",
            updates=[
                _update(manifest, "later", top + 4, ratings=2, dated=True),
                _update(manifest, "earlier", top + 4, day=1, ratings=3, dated=True),
            ],
        ),
        _line(
            "theme", 1, top, "Theme that reports itself",
            updates=[_update(manifest, "own", top + 2, dated=True, ratings=0)],
        ),
        _line("theme", 1, top, "Numbered theme", number=number, objectives=_OBJECTIVES),
        _line(
            "workstream", 2, top, "Numbered workstream", number=number + 1, objectives=_OBJECTIVES[1:],
            updates=[_update(manifest, "numbered", top + 3, ratings=2)],
        ),
    ]  # fmt: skip


def _line(
    kind: Literal["theme", "workstream"],
    level: int,
    top: int,
    name: str,
    *,
    number: int = 0,
    objectives: Iterable[str] = (),
    introduction: str = "",
    keys: list[RatingKey] | None = None,
    updates: list[UpdateLine] | None = None,
    gap: str = "",
) -> Line:
    return Line(
        kind=kind,
        level=level,
        heading_level=level + top,
        number_level=number,
        objectives=[ObjectiveLine(text=words) for words in objectives],
        name=name,
        title=name,
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
