"""`format.toml`: what a format says about its front sheet, sections, parts, labels and markings."""

import re
import tomllib
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import Fault, Invalid
from app.fields import KeyText, Line, SafeText


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


class DefaultBlock(_Entry):
    """A block that a section has unless the paper says otherwise."""

    kind: Literal["narrative", "outline", "workstreams", "rating-key", "framework-items", "people", "nil"]
    parts: tuple[KeyText, ...] = ()
    ratings: bool = True
    theme_headings: bool = True


class SectionEntry(_Entry):
    """One section, in the order of the paper."""

    key: KeyText
    heading: Line
    level: Literal[1, 2] = 1
    numbered: bool = True
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
        for section in self.sections:
            for block in section.blocks:
                strange = [part for part in block.parts if part not in known]
                if strange:
                    raise ValueError(f"sections: “{section.key}” names the unknown part “{strange[0]}”")
        return self

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
