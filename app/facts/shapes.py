"""The shapes of the facts file (and of the API's bodies): everything up to papers, by natural keys.

A shape that is written is also the shape that is read: what `GET` answers can be sent back with `PUT`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.boards.programme import YearRule
from app.fields import Colour, Day, ItemKey, KeyText, Line, Prose, SafeText
from app.formats.fields import FieldValue
from app.formats.manifest import Need
from app.papers.blocks import Block
from app.papers.models import Take

RATING_SOURCE = "Where ratings come from unless they say so, going on from “Ratings …”: “from the programme pack”"

NOT_RATED: Literal["not-rated"] = "not-rated"


class Shape(BaseModel):
    """What every shape has in common: closed, frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=False)


class OrganisationShape(Shape):
    """A body with people."""

    key: KeyText
    name: Line
    short_name: Line


class PostShape(Shape):
    """An office that a person holds or held."""

    title: Line
    starts_on: Day | None = None
    ends_on: Day | None = None


class PersonShape(Shape):
    """Someone named in papers."""

    key: KeyText
    name: Line = Field(description="As printed in papers")
    organisation: KeyText
    posts: tuple[PostShape, ...] = ()
    aliases: tuple[Line, ...] = ()
    contact: Line | None = None
    staff_number: Line | None = Field(default=None, description="Never printed in a public copy")


class FrameworkItemShape(Shape):
    """A priority, strand or objective, with those below it."""

    key: KeyText
    kind: Line = "priority"
    number: Annotated[str, Field(max_length=20)] = Field(default="", description="As the plan numbers it")
    text: SafeText
    items: tuple["FrameworkItemShape", ...] = ()


class FrameworkShape(Shape):
    """An edition of a plan."""

    key: KeyText
    name: Line
    edition: Line
    organisation: KeyText
    starts_on: Day | None = None
    ends_on: Day | None = None
    items: tuple[FrameworkItemShape, ...] = ()


class RagValueShape(Shape):
    """One value of a scheme, from the best to the worst or as the scheme orders them."""

    key: KeyText
    label: Line
    meaning: SafeText
    background: Colour
    colour: Colour = Field(description="Colour of the word; at least 4.5 : 1 against the background")


class RagDimensionShape(Shape):
    """What is rated and how it is judged."""

    key: KeyText
    label: Line
    meaning: SafeText = ""


class RagSchemeShape(Shape):
    """An ordered set of ratings with its dimensions."""

    key: KeyText
    name: Line
    values: tuple[RagValueShape, ...] = Field(min_length=1)
    dimensions: tuple[RagDimensionShape, ...] = Field(min_length=1)


class FormatShape(Shape):
    """A format's current template version: `format.toml` as text, the Word template in base 64."""

    key: KeyText
    manifest: str = Field(max_length=200_000)
    template: str = Field(max_length=14_000_000, description="A .docx of at most 10 MiB, base 64")


class AgendaItemShape(Shape):
    """One item of a meeting's agenda."""

    number: Annotated[Line, Field(max_length=20)]
    title: Line


class MeetingShape(Shape):
    """One sitting of a board."""

    held_on: Day
    place: Line | None = None
    agenda: tuple[AgendaItemShape, ...] = ()


class BoardShape(Shape):
    """A body that receives papers, with its meetings."""

    key: KeyText
    name: Line
    organisation: KeyText
    programme_title: Line
    programme_year: YearRule = YearRule.FINANCIAL
    recipient: Line = Field(description="Printed after “Report to:”")
    format: KeyText | None = Field(default=None, description="Format of its papers unless they say otherwise")
    deadlines: dict[KeyText, Annotated[int, Field(ge=-250, le=250)]] = Field(
        default_factory=dict, description="Stage → working days before (negative) or after the meeting"
    )
    meetings: tuple[MeetingShape, ...] = ()


class SeriesShape(Shape):
    """The papers that follow one another on one subject."""

    key: KeyText
    name: Line
    board: KeyText


class IntroductionShape(Shape):
    """What stands under a theme before its workstreams, as at a date."""

    as_at: Day
    text: Prose


class RatingShape(Shape):
    """One rating with its own source."""

    value: KeyText = Field(description="Key of a value of the theme's scheme, or not-rated")
    source: Line | None = Field(
        default=None,
        description="Where this rating comes from, going on from “Ratings …”: “determined for this report”",
    )


class UpdateShape(Shape):
    """What a workstream reports as at a date."""

    as_at: Day
    nothing_to_report: bool = False
    parts: dict[KeyText, Prose] = Field(default_factory=dict, description="Part → narrative")
    ratings: dict[KeyText, RatingShape | KeyText] = Field(
        default_factory=dict, description="Dimension → value, not-rated, or a value with its source"
    )


class WorkstreamShape(Shape):
    """A piece of work that reports."""

    ref: KeyText
    name: Line
    theme: KeyText
    owner: KeyText | None = None
    position: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=0,
        description="Place among the workstreams of its theme; equal places are ordered by reference",
    )
    rating_source: Line | None = Field(default=None, description=RATING_SOURCE)
    serves: tuple[ItemKey, ...] = Field(default=(), description="Items of frameworks, as framework/item")
    parts: dict[KeyText, Need] = Field(default_factory=dict, description="Part → required, optional or unused")
    updates: tuple[UpdateShape, ...] = ()


class ThemeShape(Shape):
    """A group of workstreams; stands below another theme where `parent` names one."""

    key: KeyText
    name: Line
    organisation: KeyText
    parent: KeyText | None = None
    position: Annotated[int, Field(ge=0, le=100_000)] = 0
    rag_scheme: KeyText | None = Field(default=None, description="Without one, that of the theme above")
    rating_source: Line | None = Field(default=None, description=RATING_SOURCE)
    introductions: tuple[IntroductionShape, ...] = ()


class SectionShape(Shape):
    """What stands under one of the format's headings."""

    key: KeyText
    heading: Line | None = Field(default=None, description="Instead of the format's heading")
    blocks: tuple[Block, ...] = ()


class OwnWordingShape(Shape):
    """A paper's rewording of one part of one update."""

    workstream: KeyText
    as_at: Day
    part: KeyText
    text: Prose


class PaperShape(Shape):
    """A paper: front sheet, sections, chosen workstreams."""

    reference: KeyText
    title: Line
    organisation: KeyText = Field(description="Whose paper it is")
    format: KeyText
    board: KeyText
    meeting: Day = Field(description="Day of the board's meeting")
    series: KeyText | None = None
    agenda_number: Annotated[Line, Field(max_length=20)] | None = None
    marking: Line
    chief_officer: KeyText | None = None
    author: KeyText | None = None
    take: Take = Field(
        default=Take.LATEST,
        description="The latest update of each workstream, or all since the previous paper",
    )
    cut_off: Day | None = Field(
        default=None, description="Last day whose updates are taken; without one, the meeting's"
    )
    fields: dict[KeyText, FieldValue] = Field(
        default_factory=dict,
        description="Field of the format → its value: a text (a date as 2026-03-26, yes or no, the key of a person), "
        "a list of texts, or a list of rows of column → text",
    )
    workstreams: tuple[KeyText, ...] = Field(default=(), description="Chosen workstreams, in the paper's order")
    own_wordings: tuple[OwnWordingShape, ...] = ()
    consultees: tuple[KeyText, ...] = ()
    sections: tuple[SectionShape, ...] = ()


class FactsFile(Shape):
    """A whole facts file. Every list may be left out; entries that are not named stay as they are."""

    facts: Literal["1"] = Field(description="Version of this file's shape")
    organisations: tuple[OrganisationShape, ...] = ()
    people: tuple[PersonShape, ...] = ()
    frameworks: tuple[FrameworkShape, ...] = ()
    rag_schemes: tuple[RagSchemeShape, ...] = ()
    formats: tuple[FormatShape, ...] = ()
    boards: tuple[BoardShape, ...] = ()
    series: tuple[SeriesShape, ...] = ()
    themes: tuple[ThemeShape, ...] = ()
    workstreams: tuple[WorkstreamShape, ...] = ()
    papers: tuple[PaperShape, ...] = ()
