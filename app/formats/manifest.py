"""`format.toml`: what a format says about its front sheet, sections, parts, labels and markings."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import Fault, Invalid
from app.fields import Day, ItemKey, KeyText, Line, SafeText


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
"""Where a front-sheet value comes from; `field` is a value of the paper's own, by the row's key."""


class FrontField(_Entry):
    """One row of the front sheet."""

    key: KeyText
    label: Line
    source: FrontSource = "field"
    required: bool = True


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

    @model_validator(mode="after")
    def _says_what_its_kind_can(self) -> "DefaultBlock":
        can = BLOCK_SETTINGS[self.kind]
        said = {name for name, field in type(self).model_fields.items() if getattr(self, name) != field.default}
        strange = sorted(said - can - {"kind"})
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
    guidance: SafeText = ""
    words: Annotated[int, Field(ge=1, le=20_000)] | None = Field(
        default=None, description="About how long, in words: a hint for the author"
    )


class Labels(_Entry):
    """How versions are called: `{n}` counts within the pattern."""

    draft: str = Field(default="0.{n}", pattern=r"^[^{}]{0,10}\{n\}[^{}]{0,9}$")
    final: str = Field(default="{n}.0", pattern=r"^[^{}]{0,10}\{n\}[^{}]{0,9}$")


class Wording(_Entry):
    """The format's fixed words."""

    not_yet_approved: Line = "Not yet approved"
    draft: Line = "DRAFT"
    nil: Line = "None noted at this time."
    run_in: Line = "{name}."
    nil_subject: Line = "There are no {subject} to report as at {as_at}."
    nothing_to_report: Line = "Nothing to report as at {as_at}."
    not_rated: Line = "Not rated"
    ratings_from: Line = "Ratings {source}."
    ratings_from_except: Line = "Ratings {source}, except {exceptions}."
    rating_exception: Line = "{dimensions}, {source}"
    missing_section: Line = "To be written: this section is required and has no text yet."
    missing_part: Line = "To be written: {workstream} has no “{part}” as at {as_at}."
    missing_update: Line = "To be written: {workstream} has reported nothing up to {as_at}."
    missing_value: Line = "To be completed"
    missing_day: Line = "To be completed: as at which day there are no {subject} to report."
    unprinted_workstream: Line = "To be checked: {workstream} is chosen for this paper, but no section prints it."
    unknown_part: Line = "To be checked: {workstream} also reports “{part}”, which this format does not print."
    unused_wording: Line = (
        "To be checked: the paper’s own wording of “{part}” of {as_at} belongs to an update that is not taken."
    )
    stale_wording: Line = "To be checked: the update under this wording was corrected after it was written."


def worded(pattern: str, **values: str) -> str:
    """The pattern with each `{name}` replaced by that value, once: what a value says is not read as a pattern."""
    return re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[0]), pattern)


class Manifest(_Entry):
    """A whole `format.toml`."""

    key: KeyText
    name: Line
    markings: tuple[Line, ...] = Field(min_length=1)
    strapline: Line | None = Field(default=None, description="Words that stand beside the organisation's name")
    dates: Literal["day-month-year", "ordinal"] = Field(
        default="day-month-year", description="26 March 2026, or 26th March 2026"
    )
    labels: Labels = Labels()
    wording: Wording = Wording()
    front_sheet: tuple[FrontField, ...] = Field(min_length=1)
    parts: tuple[Part, ...] = Field(min_length=1)
    sections: tuple[SectionEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_stand_once(self) -> "Manifest":
        for name, entries in (
            ("front_sheet", self.front_sheet),
            ("parts", self.parts),
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


def parse_manifest(text: str) -> Manifest:
    """What a `format.toml` says.

    Raises:
        FaultyManifest: naming each fault and its place.
    """
    try:
        return Manifest.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FaultyManifest("format.toml cannot be read.", [Fault("", f"{error}.")]) from error
    except ValidationError as error:
        faults = [
            Fault(".".join(str(step) for step in fault["loc"]), fault["msg"])
            for fault in error.errors(include_url=False)
        ]
        raise FaultyManifest("format.toml has faults.", faults) from error
