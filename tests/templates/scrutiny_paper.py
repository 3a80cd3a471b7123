"""A scrutiny paper that has everything a template may print."""

from collections.abc import Iterable
from typing import Any, Literal

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
)
from app.word import Coloured, Narrative

COLOURS = {
    "Red": ("C62828", "FFFFFF"),
    "Amber": ("FFBF00", "000000"),
    "Green": ("2E7D32", "FFFFFF"),
    "Not started": ("616161", "FFFFFF"),
}
FIVE_DIMENSIONS = {"Overall": "Amber", "Time": "Red", "Cost": "Green", "Savings": "Not started", "Benefits": "Green"}


def a_paper(
    *,
    draft: str = "DRAFT",
    marking: str = "OFFICIAL",
    second_marking: str = "",
    public_copy: str = "",
    strapline: str = "",
) -> PaperContext:
    """Nine numbered sections, five below the sixth and an appendix; every kind of block and of gap."""
    title = "Working together: quarterly update"
    return PaperContext(
        title=title,
        reference="COLL-2026-Q3",
        label="0.3",
        draft=draft,
        marking=marking,
        second_marking=second_marking,
        public_copy=public_copy,
        programme="Performance and Resources Scrutiny Programme 2026/27",
        recipient="Office of the Police, Fire and Crime Commissioner for Wendmark",
        board="Performance and Resources Scrutiny Board",
        organisation="Wendmark Police",
        strapline=strapline,
        meeting_date="3 December 2026",
        agenda_number="5.0",
        previous_date="3 September 2026",
        next_date="4 March 2027",
        front_sheet=[
            FrontRow(label="Title of report", value=title, missing=False),
            FrontRow(label="Classification of paper", value=marking, missing=False),
            FrontRow(label="Agenda number", value="5.0", missing=False),
            FrontRow(label="Chief officer", value="To be completed", missing=True),
            FrontRow(label="Date paper was written", value="21 November 2026", missing=False),
            FrontRow(label="Author on behalf of chief officer", value="R. Adeyemi, Staff Officer", missing=False),
            FrontRow(label="Date of approval", value="Not yet approved", missing=False),
        ],
        sections=_sections(),
        gaps=[],
        document=DocumentProperties(
            title=title,
            subject="Scrutiny paper",
            author="Wendmark Police",
            language="en-GB",
            keywords=marking,
            created="2026-11-21",
            custom={
                "Paper reference": "COLL-2026-Q3",
                "Paper version": "0.3",
                "Marking": marking,
                "Snapshot digest": "5" * 64,
                "Template digest": "7" * 64,
            },
        ),
    )


def _sections() -> list[SectionLines]:
    return [
        _section("Purpose of Report", _prose("<p>This paper reports on shared work since 3 September 2026.</p>", "1")),
        _section("Recommendations", _prose("<p>The board is asked to:</p><ol><li><p>note the progress;</p></li>"
                 "<li><p>agree the next steps:</p><ol type=\"a\"><li><p>with partners</p></li><li><p>without</p></li>"
                 "</ol></li></ol>", "2")),
        _section("Executive Summary", _words("gap", "To be written: this section is required and has no text yet.")),
        _section("Introduction/Background",
                 _prose("<p>Work is shared where it serves the public better.</p><p>It is overseen by:</p>"
                        "<ul><li><p>the chief officers</p></li><li><p>their finance leads</p></li></ul>", "4"),
                 _keys(_key("Programme ratings", judged=True), _key("Regional ratings", judged=False))),
        _section("Current Work and Performance", _workstreams()),
        _section("Implications (Issues)", _words("nil", "None noted at this time.")),
        _section("Links to Police and Crime Plan Priorities",
                 _prose("<p>The work serves:</p><ul><li><p>Priority 1: R&amp;D &lt; 5%</p></li></ul>", "6.1"), level=2),
        _section("Demand", _prose("<table><caption>Calls</caption><thead><tr><th><p>Year</p></th><th><p>Calls</p></th>"
                 "</tr></thead><tbody><tr><td><p>2025/26</p></td><td><p>12,480</p></td></tr></tbody></table>"
                 "<p>Calls fell.</p>", "6.2"), level=2),
        _section("Risks/Mitigation", _prose("<h3>Winter</h3><blockquote><p>Nobody waits longer.</p></blockquote>"
                 "<h4>Snow</h4><p>Ploughs are shared.</p>", "6.3"), level=2),
        _section("Equality and/or Human Rights Implications", _words("nil", "None noted at this time."), level=2),
        _section("Health and Safety Implications", _words("nil", "None noted at this time."), level=2),
        _section("Consultation/Engagement", _prose("<ul><li><p>J. Marsh, Head of Finance</p></li></ul>", "7")),
        _section("Actions for Improvement",
                 _words("nil", "There are no actions to report as at 21 November 2026.")),
        _section("Future Work/Development and Expected Outcome",
                 _prose("<p>The next paper is due on 4 March 2027.</p>", "9")),
        _section("Appendix", _prose("<p>Details of the costs.</p>", "A"), numbered=False),
        _section("Sources", _prose("<p>The programme pack.</p>", "A.1"), level=2, numbered=False),
    ]  # fmt: skip


def _workstreams() -> BlockLine:
    lines = [
        _theme("Eastern Region", 1, introduction="<p>Seven forces share what none can carry alone.</p>",
               keys=[_key("Theme ratings", judged=True)]),
        _workstream("Procurement", 2, _update(FIVE_DIMENSIONS, note="Ratings from the programme pack.", parts=[
            _part("Progress", "<p>One framework now serves all seven forces.</p>" * 3, heading=False, level=4),
            _part("Recent activity", "<ul><li><p>Tender closed on 2 October.</p></li></ul>"),
            _part("Next steps", gap="To be written: Procurement has no “Next steps” as at 31 October 2026."),
        ])),
        _workstream("Vehicles", 2, _update({"Overall": "Green"}, parts=[_part("Progress", "<p>On time.</p>")])),
        _workstream('Fleet & "tyre" repairs', 2,
                    _update({"Overall": "Red", "Time": "Amber"}, nil="Nothing to report.")),
        _workstream("Training", 2, _update({}, words="Not rated", parts=[
            _part("Progress", "<p>All tutors are named.</p>",
                  check="To be checked: the update under this wording was corrected after it was written."),
        ])),
        _theme("Digital", 2),
        _workstream("Evidence store", 3,
                    _update(dict(list(FIVE_DIMENSIONS.items())[:3]), as_at="31 October 2026", dated=True, level=5,
                            parts=[_part("Progress", "<h3>Storage</h3><p>Moved.</p>", level=7)]),
                    _update(dict(list(FIVE_DIMENSIONS.items())[:4]), as_at="31 July 2026", dated=True, level=5,
                            parts=[_part("Progress", "<p>Planned.</p>", heading=False, level=6)])),
        _theme("Local work", 1, objectives=["Objective 2: Safer homes", "Objective 3: Safer roads"]),
        _workstream("Mental health", 2, gap="To be written: Mental health has reported nothing up to today."),
        _workstream("Schools", 2,
                    _update({}, dated=True, parts=[_part("Progress", "<p>Thirty schools joined.</p>", level=6)]),
                    _update({}, dated=True, as_at="31 July 2026", nil="Nothing to report as at 31 July 2026.")),
    ]  # fmt: skip
    return BlockLine(kind="workstreams", text=None, words="", keys=[], lines=lines)


def _section(heading: str, *blocks: BlockLine, level: int = 1, numbered: bool = True) -> SectionLines:
    key = heading.split(maxsplit=1)[0].casefold()
    return SectionLines(key=key, heading=heading, level=level, numbered=numbered, blocks=list(blocks))


def _prose(html: str, key: str) -> BlockLine:
    return BlockLine(kind="narrative", text=Narrative(html, key), words="", keys=[], lines=[])


def _words(kind: Literal["nil", "gap"], words: str) -> BlockLine:
    return BlockLine(kind=kind, text=None, words=words, keys=[], lines=[])


def _keys(*keys: RatingKey) -> BlockLine:
    return BlockLine(kind="rating-keys", text=None, words="", keys=list(keys), lines=[])


def _key(name: str, *, judged: bool) -> RatingKey:
    judgements = {"Overall": "The worst of the others.", "Time": "Against the agreed plan."} if judged else {}
    return RatingKey(
        name=name,
        values=[
            KeyValue(word=_coloured(label), background=COLOURS[label][0], meaning=f"What {label.lower()} means.")
            for label in COLOURS
        ],
        dimensions=[KeyDimension(label=label, meaning=meaning) for label, meaning in judgements.items()],
    )


def _coloured(label: str) -> Coloured:
    return Coloured(label, *COLOURS[label])


def _theme(
    name: str,
    level: int,
    *,
    introduction: str = "",
    keys: list[RatingKey] | None = None,
    objectives: Iterable[str] = (),
) -> Line:
    narrative = Narrative(introduction, f"{name}/introduction") if introduction else None
    above = [ObjectiveLine(text=words) for words in objectives]
    return _line("theme", name, level, introduction=narrative, keys=keys or [], objectives=above)


def _workstream(name: str, level: int, *updates: UpdateLine, gap: str = "") -> Line:
    return _line("workstream", name, level, updates=list(updates), gap=gap)


def _line(kind: str, name: str, level: int, **values: Any) -> Line:
    nothing: dict[str, Any] = {"owner": "", "keys": [], "introduction": None, "updates": [], "gap": ""}
    return Line.model_validate({"kind": kind, "name": name, "level": level, **nothing, **values})


def _update(
    ratings: dict[str, str],
    *,
    as_at: str = "31 October 2026",
    dated: bool = False,
    level: int = 4,
    nil: str = "",
    note: str = "",
    words: str = "",
    parts: list[PartLine] | None = None,
) -> UpdateLine:
    cells = [
        RatingCell(dimension=dimension, word=_coloured(label), label=label, background=COLOURS[label][0])
        for dimension, label in ratings.items()
    ]
    return UpdateLine(
        as_at=as_at,
        dated=dated,
        level=level,
        nil=nil,
        parts=parts or [],
        ratings=cells,
        rating_words=words or ", ".join(f"{dimension}: {label}" for dimension, label in ratings.items()),
        source_note=note,
    )


def _part(
    label: str, html: str = "", *, heading: bool = True, level: int = 5, gap: str = "", check: str = ""
) -> PartLine:
    text = Narrative(html, f"{label}/{html}", level) if html else None
    return PartLine(label=label, level=level - 1, heading=heading, text=text, gap=gap, check=check)
