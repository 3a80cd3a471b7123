"""`format.toml`: what a format says about its front sheet, sections, parts, labels and markings."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import Fault, Invalid
from app.fields import Day, ItemKey, KeyText, Line, SafeText
from app.formats.coherence import misfits
from app.formats.faults import fault_at, fault_of_syntax, faults_of_shape
from app.formats.fields import PaperField, When


class Need(StrEnum):
    """Whether a workstream has a part; a format says it for all, a workstream may say otherwise."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    UNUSED = "unused"


class FaultyManifest(Invalid):
    """A `format.toml` says something that cannot be."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


FrontSource = Literal[
    "title",
    "marking",
    "agenda-number",
    "chief-officer",
    "written-on",
    "version",
    "report-from",
    "meeting-date",
    "author",
    "approved-on",
    "reference",
    "board",
    "recipient",
    "field",
]
"""Where a front-sheet value comes from; `field` is one of the paper's fields."""

DateStyle = Literal["day-month-year", "ordinal"]
"""26 March 2026, or 26th March 2026."""


class FrontField(_Entry):
    """One row of the front sheet."""

    key: KeyText
    label: Line
    source: FrontSource = "field"
    field: KeyText | None = Field(
        default=None,
        description="Which of the fields, where the source is one; without it the one with the row's own key. "
        "Where there is none with that key, the row is a field of text by itself",
    )
    required: bool = True
    dates: DateStyle | None = Field(default=None, description="How dates of this row are written; else as everywhere")
    when: When | None = Field(default=None, description="Only where a field says so")
    public: bool = Field(default=True, description="Whether the public copy prints it")

    @property
    def field_key(self) -> str | None:
        """The field that the row prints, if it prints one."""
        return (self.field or self.key) if self.source == "field" else None


class Part(_Entry):
    """A part that updates have."""

    key: KeyText
    label: Line = Field(description="Name of the part, printed above it where `heading` is true")
    heading: bool = True
    required: bool = False
    guidance: SafeText = ""


BLOCK_SETTINGS: Mapping[str, frozenset[str]] = {
    "narrative": frozenset(),
    "outline": frozenset({"scope", "style", "themes"}),
    "workstreams": frozenset({"parts", "themes", "ratings", "introductions", "theme_headings"}),
    "rating-key": frozenset({"schemes"}),
    "framework-items": frozenset({"framework", "scope"}),
    "objective": frozenset({"item"}),
    "people": frozenset(),
    "table": frozenset(),
    "again": frozenset({"section"}),
    "nil": frozenset({"subject", "as_at", "wording"}),
    "fields": frozenset({"fields"}),
    "clause": frozenset({"clause"}),
    "recommendations": frozenset(),
    "implications": frozenset(),
    "routing": frozenset(),
    "appendices": frozenset(),
    "documents": frozenset(),
    "actions": frozenset(),
}
"""The kinds of blocks that a format may give to a section, and what can be said of each."""

SCOPES: Mapping[str, tuple[str, ...]] = {"outline": ("chosen", "all"), "framework-items": ("served", "all")}


class DefaultBlock(_Entry):
    """A block that a section has unless the paper says otherwise; what it says of itself a paper's block could say."""

    kind: Literal[
        "narrative",
        "outline",
        "workstreams",
        "rating-key",
        "framework-items",
        "objective",
        "people",
        "table",
        "again",
        "nil",
        "fields",
        "clause",
        "recommendations",
        "implications",
        "routing",
        "appendices",
        "documents",
        "actions",
    ]
    parts: tuple[KeyText, ...] = ()
    themes: tuple[KeyText, ...] = ()
    ratings: bool = True
    introductions: bool = True
    theme_headings: bool = True
    scope: Literal["chosen", "served", "all"] | None = None
    style: Literal["numbered", "bullets"] = "numbered"
    schemes: tuple[KeyText, ...] = ()
    framework: KeyText | None = None
    item: ItemKey | None = None
    section: KeyText | None = None
    subject: Line | None = None
    as_at: Day | None = None
    wording: Line | None = None
    fields: tuple[KeyText, ...] = Field(default=(), description="Of the kind fields: which, in this order")
    clause: KeyText | None = Field(default=None, description="Of the kind clause: which")
    when: When | None = Field(default=None, description="Only where a field says so")
    public: bool = Field(default=True, description="Whether the public copy prints it")

    @model_validator(mode="after")
    def _says_what_its_kind_can(self) -> "DefaultBlock":
        can = BLOCK_SETTINGS[self.kind]
        said = {name for name, field in type(self).model_fields.items() if getattr(self, name) != field.default}
        strange = sorted(said - can - {"kind", "when", "public"})
        if strange:
            raise ValueError(f"a block of the kind “{self.kind}” has no “{strange[0]}”; it has {_listed(can)}")
        if self.kind == "again" and self.section is None:
            raise ValueError("a block of the kind “again” must name the section that is printed again")
        if self.kind == "objective" and self.item is None:
            raise ValueError("a block of the kind “objective” must name the item of a framework that is printed")
        if self.scope and self.scope not in SCOPES[self.kind]:
            allowed = " or ".join(SCOPES[self.kind])
            raise ValueError(f"the scope of a block of the kind “{self.kind}” is {allowed}, not {self.scope}")
        return self


def _listed(settings: Iterable[str]) -> str:
    return ", ".join(sorted(settings)) or "no settings"


class WorkstreamsLayout(_Entry):
    """How a section prints its themes and workstreams."""

    band: Annotated[int, Field(ge=1, le=5)] = Field(
        default=1,
        description="Level of theme, from 1, at which bands begin; themes above it that say nothing are not printed",
    )
    numbered: bool = Field(
        default=False, description="Whether bands are numbered like sections, and workstreams below their band"
    )
    names: Literal["heading", "run-in"] = Field(
        default="heading", description="Names of workstreams as headings, or in bold at the beginning of their text"
    )
    objectives: bool = Field(
        default=False,
        description="Whether the items of plans that are served stand above the band, or above each workstream where "
        "those of a band serve different ones",
    )


class Limit(_Entry):
    """How long something may be: in words, characters (with spaces) or pages, of which the number is estimated."""

    words: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    characters: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    pages: Annotated[int, Field(ge=1, le=2_000)] | None = None

    @model_validator(mode="after")
    def _counts_one_thing(self) -> "Limit":
        if sum(most is not None for most in (self.words, self.characters, self.pages)) != 1:
            raise ValueError("a limit counts one of words, characters and pages")
        return self

    @property
    def most(self) -> int:
        """As many are allowed."""
        return self.words or self.characters or self.pages or 0


class SectionEntry(_Entry):
    """One section, in the order of the paper."""

    key: KeyText
    heading: Line
    heading_printed: bool = Field(
        default=True, description="Whether the heading is printed; one that a paper gives itself always is"
    )
    level: Literal[1, 2] = 1
    numbered: bool = True
    paragraphs: Literal["plain", "numbered"] = Field(
        default="plain",
        description="Numbered: Word numbers the paragraphs, by the template’s style Numbered Paragraph",
    )
    workstreams: WorkstreamsLayout = WorkstreamsLayout()
    required: bool = True
    container: bool = Field(default=False, description="A heading that may stand alone above the sections below it")
    blocks: tuple[DefaultBlock, ...] = (DefaultBlock(kind="narrative"),)
    when: When | None = Field(default=None, description="Only where a field says so; what follows is renumbered")
    public: bool = Field(
        default=True,
        description="Whether the public copy has it; below a heading of level 1 that it lacks, it has none",
    )
    clearance: Line | None = Field(
        default=None,
        description="Who clears what a paper says here before it is submitted: “Chief finance officer”",
        exclude=True,  # a snapshot says what was cleared
    )
    carry: Literal["keep", "ask", "clear"] = Field(
        default="ask",
        description="What the series' next paper has here: the same text; the same text, which its author must confirm "
        "or change; nothing",
        exclude=True,  # a snapshot says what was carried over
    )
    guidance: SafeText = ""
    words: Annotated[int, Field(ge=1, le=20_000)] | None = Field(
        default=None, description="About how long, in words: a hint for the author"
    )
    limit: Limit | None = Field(default=None, description="How long it may be; a draft says when it is longer")


class Clause(_Entry):
    """Fixed wording; `{field}` stands for what a field says."""

    key: KeyText
    text: Annotated[SafeText, Field(min_length=1)] = Field(description="A blank line begins a new paragraph")
    when: When | None = Field(default=None, description="Only where a field says so")

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The keys of the fields whose values stand in the text."""
        return tuple(re.findall(_PLACEHOLDER, self.text))


class Implication(_Entry):
    """Something that every paper of the format must have been thought through for: money, law, equality."""

    key: KeyText
    label: Line
    required: bool = True
    clearance: Line | None = Field(
        default=None,
        description="Who clears it before a paper is submitted; what the paper itself says of that is not taken then",
        exclude=True,
    )
    guidance: SafeText = ""


class SecondMarking(_Entry):
    """A marking beside the first, from a list of its own: what a field of the kind choice says."""

    field: KeyText = Field(description="Its options are the list")
    wording: Line = Field(default="{marking}", description="How it is printed")


class DecisionStep(_Entry):
    """One of the decisions that a paper needs, in their order."""

    key: KeyText = "approval"
    label: Line = "Approval"
    role: Literal["approver", "board-secretary"] = Field(
        default="approver", description="Role of the account that decides"
    )


class Labels(_Entry):
    """How versions are called: `{n}` counts within the pattern."""

    draft: str = Field(default="0.{n}", pattern=r"^[^{}]{0,10}\{n\}[^{}]{0,9}$")
    final: str = Field(default="{n}.0", pattern=r"^[^{}]{0,10}\{n\}[^{}]{0,9}$")
    first: Annotated[int, Field(ge=0, le=1000)] = Field(default=1, description="What {n} is for the first version")
    revised: str = Field(
        default="{m}.{n}",
        pattern=r"^[^{}]{0,8}(\{m\}[^{}]{0,8})?\{n\}[^{}]{0,8}$",
        description="Drafts after an approval: {m} counts the approvals, {n} the drafts since the last one. Where "
        "drafts and approved versions have the same pattern, they are counted together, and this is not used",
        exclude=True,
    )

    reissued: str = Field(
        default="{label}.{n}",
        pattern=r"^[^{}]{0,4}\{label\}[^{}]{0,6}\{n\}[^{}]{0,4}$",
        description="An approved version that came out again under another agenda number: {label} is the approved "
        "one's, {n} counts",
        exclude=True,
    )

    def first_ones(self) -> Iterator[tuple[str, str]]:
        """The labels of a paper's first versions, each behind the name of the pattern that makes it.

        Three drafts, an approved version and two reissues of it, three times over.
        """
        number = 0
        for approved in range(3):
            for since in range(3):
                number += 1
                is_revised = approved and self.draft != self.final
                yield "revised" if is_revised else "draft", self.of_draft(number, approved, since)
            number += 1
            final = self.of_final(number, approved)
            yield "final", final
            yield from (("reissued", self.of_reissue(final, count)) for count in (1, 2))

    def of_reissue(self, label: str, count: int) -> str:
        """The label under which the approved version with this label comes out again for the `count`th time."""
        return self.reissued.replace("{n}", str(count)).replace("{label}", label)

    def of_draft(self, number: int, approved: int = 0, since: int = 0) -> str:
        """The label of the version with this number, counted from 1, if it is a draft.

        `approved` versions went before it, and `since` other versions followed the last of these.
        """
        if approved and self.draft != self.final:
            counted = self.revised.replace("{m}", str(approved - 1 + self.first))
            return counted.replace("{n}", str(since + 1))
        return self.draft.replace("{n}", str(number - 1 + self.first))

    def of_final(self, number: int, approved: int) -> str:
        """The label of the version with this number, if it is the approval that follows `approved` others."""
        count = number - 1 if self.draft == self.final else approved
        return self.final.replace("{n}", str(count + self.first))


def _added(words: str) -> Any:
    """A wording that was added later."""
    return Field(default=words, exclude_if=lambda said: said == words)


class Wording(_Entry):
    """The format's fixed words."""

    not_yet_approved: Line = "Not yet approved"
    draft: Line = "DRAFT"
    nil: Line = "None noted at this time."
    run_in: Line = "{name}."
    nil_subject: Line = "There are no {subject} to report as at {as_at}."
    nothing_to_report: Line = "Nothing to report as at {as_at}."
    no_change: Line = "No change since {as_at}."
    missing_answer: Line = "To be answered: {workstream} has not answered the request that is due on {due_on}."
    answer_sent_back: Line = "To be answered again: the answer of {workstream}, due on {due_on}, was sent back."
    not_rated: Line = "Not rated"
    ratings_from: Line = "Ratings {source}."
    ratings_from_except: Line = "Ratings {source}, except {exceptions}."
    rating_exception: Line = "{dimensions}, {source}"
    missing_section: Line = "To be written: this section is required and has no text yet."
    missing_part: Line = "To be written: {workstream} has no “{part}” as at {as_at}."
    missing_update: Line = "To be written: {workstream} has reported nothing up to {as_at}."
    missing_value: Line = "To be completed"
    public_copy: Line = "Public copy"
    redacted: Line = "[REDACTED]"
    the_paper: Line = "The paper"
    over_words: Line = "To be checked: {what} has {count} words; the format allows {limit}."
    over_characters: Line = "To be checked: {what} has {count} characters; the format allows {limit}."
    over_pages: Line = (
        "To be checked: {what} has about {count} pages, at {words_of_a_page} words a page; the format allows {limit}."
    )
    open_points: Line = "Open points"
    no_value: Line = "None"
    yes: Line = "Yes"
    no: Line = "No"
    unprinted_field: Line = "To be checked: “{field}” has a value, but nothing prints it."
    unprinted_section: Line = "To be checked: “{section}” has text, but is switched off, so it is not printed."
    implication: Line = "Implication"
    implication_text: Line = "What this means"
    cleared_by: Line = "Cleared by"
    cleared_on: Line = "Date"
    not_cleared: Line = "Not yet cleared"
    no_clearance: Line = "Not needed"
    missing_implication: Line = "To be written"
    unknown_implication: Line = "To be checked: the format has no implication “{implication}”."
    routing_meeting: Line = "Meeting"
    routing_date: Line = "Date"
    routing_purpose: Line = "For"
    routing_undated: Line = "Date to be confirmed"
    no_routing: Line = "This paper goes to no other meeting."
    appendix: Line = "Appendix {letter} – {title}"
    no_appendices: Line = "There are no appendices."
    no_documents: Line = "There are no background documents."
    missing_day: Line = "To be completed: as at which day there are no {subject} to report."
    unprinted_workstream: Line = "To be checked: {workstream} is chosen for this paper, but no section prints it."
    unknown_part: Line = "To be checked: {workstream} also reports “{part}”, which this format does not print."
    unused_wording: Line = (
        "To be checked: the paper’s own wording of “{part}” of {as_at} belongs to an update that is not taken."
    )
    stale_wording: Line = "To be checked: the update under this wording was corrected after it was written."
    # Left out of the JSON where they are as here: snapshots from before stay the same text.
    carried_over: Line = _added("To be checked: this stands as the paper before had it. Confirm it, or change it.")
    action: Line = _added("Action")
    action_owner: Line = _added("By whom")
    action_due: Line = _added("Due")
    action_meeting: Line = _added("Asked for on")
    no_actions: Line = _added("No actions of earlier meetings are open.")
    outcome: Line = _added("Outcome of the meeting of {meeting}")


def worded(pattern: str, **values: str) -> str:
    """The pattern with each `{name}` replaced by that value, once: what a value says is not read as a pattern."""
    return re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[0]), pattern)


_PLACEHOLDER = r"\{([A-Za-z0-9._-]+)\}"


def filled_in(clause: Clause, values: Mapping[str, str]) -> str:
    """The clause with each placeholder replaced by that value, once."""
    return re.sub(_PLACEHOLDER, lambda name: values.get(name[1], name[0]), clause.text)


class Manifest(_Entry):
    """A whole `format.toml`."""

    key: KeyText
    name: Line
    markings: tuple[Line, ...] = Field(min_length=1)
    strapline: Line | None = Field(default=None, description="Words that stand beside the organisation's name")
    dates: DateStyle = Field(default="day-month-year", description="26 March 2026, or 26th March 2026")
    second_marking: SecondMarking | None = None
    labels: Labels = Labels()
    decisions: tuple[DecisionStep, ...] = Field(
        default=(DecisionStep(),),
        min_length=1,
        description="The decisions that a paper needs, in their order; the last one is about the final document",
        exclude=True,  # a snapshot holds what is printed: who decides is asked of the template version
    )
    limit: Limit | None = Field(default=None, description="How long the sections of a paper may be together")
    deadlines: dict[KeyText, Annotated[int, Field(ge=-250, le=250)]] = Field(
        default_factory=dict,
        description="Stage → working days before (negative) or after the meeting; a board may say otherwise",
    )
    wording: Wording = Wording()
    front_sheet: tuple[FrontField, ...] = Field(min_length=1)
    fields: tuple[PaperField, ...] = ()
    parts: tuple[Part, ...] = Field(min_length=1)
    clauses: tuple[Clause, ...] = ()
    implications: tuple[Implication, ...] = ()
    clearance: Literal["printed", "left-out"] = Field(
        default="printed", description="Whether the table of implications says who cleared each of them, and when"
    )
    recommendations: Literal["numbered", "lettered", "nested"] = Field(
        default="numbered",
        description="numbered: 1. with a. and i. under it; lettered: (a), (i), 1.; nested: 1., (a), i.",
    )
    sections: tuple[SectionEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_stand_once(self) -> "Manifest":
        for name, entries in (
            ("front_sheet", self.front_sheet),
            ("fields", self.fields),
            ("parts", self.parts),
            ("decisions", self.decisions),
            ("clauses", self.clauses),
            ("implications", self.implications),
            ("sections", self.sections),
        ):
            keys = [entry.key for entry in entries]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{name}: the key “{twice[0]}” stands more than once")
        if self.sections[0].level != 1:
            raise ValueError("sections: the first section must have level 1")
        known = {part.key for part in self.parts}
        keys = [section.key for section in self.sections]
        others = {key: {other for other in keys if other != key} for key in keys}
        for section in self.sections:
            for block in section.blocks:
                strange = [part for part in block.parts if part not in known]
                if strange:
                    raise ValueError(f"sections: “{section.key}” names the unknown part “{strange[0]}”")
                if block.kind == "again" and block.section not in others[section.key]:
                    raise ValueError(f"sections: “{section.key}” prints “{block.section}” again, which is no other one")
        return self

    def needed_styles(self) -> list[str]:
        """The roles of styles that a template must have for this format beyond those of every format."""
        numbered = any(section.paragraphs == "numbered" for section in self.sections)
        run_in = any(section.workstreams.names == "run-in" for section in self.sections)
        return [*(["numbered paragraph"] if numbered else []), *(["run-in title"] if run_in else [])]

    def section(self, key: str) -> SectionEntry | None:
        """The section with this key, if the format has one."""
        return next((section for section in self.sections if section.key == key), None)

    def clause(self, key: str) -> Clause | None:
        """The clause with this key, if the format has one."""
        return next((clause for clause in self.clauses if clause.key == key), None)

    @property
    def every_field(self) -> dict[str, PaperField]:
        """The fields by key: those that are listed, then the rows of the front sheet that are fields by themselves."""
        listed = {field.key: field for field in self.fields}
        alone = {
            row.key: PaperField(key=row.key, label=row.label, required=row.required)
            for row in self.front_sheet
            if row.source == "field" and row.field is None and row.key not in listed
        }
        return listed | alone

    @property
    def asked_fields(self) -> frozenset[str]:
        """The fields on which conditions depend, or the second marking: what they say is seen without a label."""
        blocks = [block for section in self.sections for block in section.blocks]
        conditions = [
            *(row.when for row in self.front_sheet),
            *(section.when for section in self.sections),
            *(clause.when for clause in self.clauses),
            *(block.when for block in blocks),
        ]
        marking = {self.second_marking.field} if self.second_marking else set()
        return frozenset({when.field for when in conditions if when} | marking)

    @property
    def wants_clearances(self) -> bool:
        """Whether there is any text that a named person must clear."""
        asked = [section.clearance for section in self.sections]
        return any([*asked, *(implication.clearance for implication in self.implications)])


@lru_cache(maxsize=32)  # every draft asks, and formats are few
def parse_manifest(text: str) -> Manifest:
    """What a `format.toml` says.

    Raises:
        FaultyManifest: naming each fault and its place.
    """
    try:
        said = tomllib.loads(text)
    except RecursionError as error:
        raise FaultyManifest("format.toml cannot be read.", [Fault("", "It is nested too deep.")]) from error
    except ValueError as error:  # of TOML, or a number of thousands of digits
        raise FaultyManifest("format.toml cannot be read.", [fault_of_syntax(error)]) from error
    try:
        manifest = Manifest.model_validate(said)
    except ValidationError as error:
        faults = faults_of_shape(text, error.errors(include_url=False), _names())
        raise FaultyManifest("format.toml has faults.", faults) from error
    if found := [fault_at(text, place, why) for place, why in misfits(manifest)]:
        raise FaultyManifest("format.toml has faults.", found)
    return manifest


@cache
def _names() -> tuple[str, ...]:
    """Every name that a manifest knows."""
    schema = Manifest.model_json_schema()
    shapes = [schema, *schema["$defs"].values()]
    return tuple(sorted({name for shape in shapes for name in shape.get("properties", {})}))
