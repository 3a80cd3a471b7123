"""PaperContext: everything that a template may print, in words; its descriptions are the template authors' manual."""

from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, InstanceOf

from app.word import Coloured, Fact, Narrative, Vocabulary, region_of


@dataclass(frozen=True)
class Printed:
    """Marks a text that every template must print where it is not empty; so are coloured words and narratives."""


PrintedText = Annotated[InstanceOf[str], Printed()]
"""A text that must be printed; a `Fact` stays one, with the key of the stored text that it is."""


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class FrontRow(_Words):
    """One row of the front sheet."""

    label: PrintedText = Field(description="Label as the format words it")
    value: PrintedText = Field(description="Value in words; what is missing says so")
    missing: bool = Field(description="Whether a required value is missing")


class RatingCell(_Words):
    """One rating of a workstream."""

    dimension: PrintedText = Field(description="What is rated: Overall, Time …")
    word: Coloured = Field(description="The rating's word in its own colour")
    label: str = Field(description="The rating's word as plain text")
    background: str = Field(description="Background as RRGGBB")


class PartLine(_Words):
    """One part of an update."""

    label: str = Field(description="Name of the part: Progress, Next steps …")
    level: int = Field(description="Level of the name as a heading: one below what it stands under, 2 to 6")
    heading: bool = Field(description="Whether the format prints the name above the text")
    text: Narrative | None = Field(description="The narrative. None where it is missing")
    gap: PrintedText = Field(description="What is missing, in words; empty where nothing is")
    check: PrintedText = Field(description="What must be checked about this text, in words; mostly empty")


class UpdateLine(_Words):
    """What a workstream reported as at a date."""

    as_at: str = Field(description="The date in words")
    dated: bool = Field(description="Whether the date is printed above, because several updates are shown")
    level: int = Field(description="Level of the date as a heading: one below the workstream, 2 to 5")
    nil: PrintedText = Field(description="That there was nothing to report, or no change since the date; mostly empty")
    parts: list[PartLine] = Field(description="The parts in the format's order")
    ratings: list[RatingCell] = Field(description="The ratings in the scheme's order; empty where nothing is rated")
    rating_words: str = Field(description="The ratings in one line of words, or that it is not rated")
    source_note: PrintedText = Field(description="Where the ratings come from, as one sentence; may be empty")


class KeyValue(_Words):
    """One rating and its meaning."""

    word: Coloured = Field(description="The rating's word in its own colour")
    background: str = Field(description="Background as RRGGBB")
    meaning: PrintedText = Field(description="What the rating means")


class KeyDimension(_Words):
    """One dimension and how it is judged."""

    label: PrintedText = Field(description="Overall, Time …")
    meaning: PrintedText = Field(description="How it is judged")


class RatingKey(_Words):
    """What the ratings of one scheme mean."""

    name: str = Field(description="Name of the scheme")
    values: list[KeyValue] = Field(description="The ratings, in the scheme's order")
    dimensions: list[KeyDimension] = Field(description="The dimensions that say how they are judged; may be empty")


class ObjectiveLine(_Words):
    """An item of a plan that the work below it serves."""

    text: PrintedText = Field(description="The item as the plan words it, with its number where it has one")


class Line(_Words):
    """A theme or a workstream under it, in the order of the paper.

    A theme whose only workstream bears its name is one line: a theme that has updates. A section may leave themes out:
    then its workstreams stand at depth 1.
    """

    kind: Literal["theme", "workstream"] = Field(description="theme or workstream")
    level: int = Field(
        description="Depth: 1 for a theme or a workstream without one, 2 for what is under it, at most 3"
    )
    heading_level: int = Field(
        default=2, description="Level of the name as a heading: one below what it stands under, 1 to 4"
    )
    number_level: int = Field(
        default=0, description="Level of the headings' numbers, from 1, at which Word numbers the name; 0: no number"
    )
    objectives: list[ObjectiveLine] = Field(
        default=[], description="Items of plans that are printed above the name; mostly none"
    )
    name: PrintedText = Field(description="Name as a heading; empty where it opens the text in bold")
    title: str = Field(default="", description="The name, whether it is printed as a heading or not")
    owner: str = Field(description="Who owns the workstream; may be empty")
    keys: list[RatingKey] = Field(description="Rating keys of the theme that the paper prints nowhere else")
    introduction: Narrative | None = Field(description="A theme's introduction")
    updates: list[UpdateLine] = Field(description="What the workstream reported")
    gap: PrintedText = Field(description="That a workstream reported nothing at all, in words; mostly empty")


class BlockLine(_Words):
    """One block of a section."""

    kind: Literal["narrative", "nil", "gap", "objective", "rating-keys", "workstreams"] = Field(
        description="narrative (texts, lists and tables), nil, gap, objective, rating-keys or workstreams"
    )
    text: Narrative | None = Field(description="For narrative, and nil among numbered paragraphs")
    words: PrintedText = Field(description="For nil, gap and objective: the sentence")
    keys: list[RatingKey] = Field(description="For rating-keys")
    lines: list[Line] = Field(description="For workstreams: themes and workstreams, one after another")


class SectionLines(_Words):
    """A section of the paper."""

    key: str = Field(description="Key of the section in the format")
    heading: PrintedText = Field(
        description="Heading as printed, without number: Word numbers it; empty where the section has none"
    )
    level: int = Field(description="1 or 2")
    numbered: bool = Field(description="Whether Word numbers the heading")
    blocks: list[BlockLine] = Field(description="What stands under the heading")


class DocumentProperties(_Words):
    """What the file says of itself; written by the engine, not printed."""

    title: str = Field(description="Title of the paper")
    subject: str = Field(description="Kind of paper and board")
    author: str = Field(description="The organisation")
    language: str = Field(description="Language of the text")
    keywords: str = Field(description="Marking and label")
    created: str = Field(description="Day on which the paper was written, ISO 8601")
    custom: dict[str, str] = Field(description="Reference, label, digests of snapshot and template")


class PaperContext(_Words):
    """Everything that a template may print."""

    title: str = Field(description="Title of the paper")
    reference: str = Field(description="The paper's reference")
    label: str = Field(description="Version label, or that it is a preview")
    draft: str = Field(description="DRAFT (in the format's word) until approval, then empty")
    marking: PrintedText = Field(description="Protective marking, for every page")
    second_marking: PrintedText = Field(
        default="", description="Marking beside the first, for every page; may be empty"
    )
    public_copy: PrintedText = Field(
        default="", description="Says that this is the public copy; empty in the full paper"
    )
    programme: str = Field(description="Programme title with its year")
    recipient: str = Field(description="To whom the paper reports")
    board: str = Field(description="Name of the board")
    organisation: str = Field(description="Whose paper it is")
    strapline: PrintedText = Field(default="", description="Words that stand beside its name; may be empty")
    meeting_date: str = Field(description="Day of the meeting, in words")
    agenda_number: str = Field(description="Number on the agenda; may be empty")
    previous_date: str = Field(description="Meeting of the previous paper in the series, in words; may be empty")
    next_date: str = Field(description="Next meeting of the board, in words; may be empty")
    front_sheet: list[FrontRow] = Field(description="The front sheet's rows")
    sections: list[SectionLines] = Field(description="The sections, in order")
    gaps: list[str] = Field(description="Everything that is missing or must be checked, in words")
    document: DocumentProperties = Field(description="The file's own properties; not for printing")


def for_engine(value: Any) -> Any:
    """The context as plain dicts, lists and the engine's own values; what must be printed is one at each place."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [for_engine(item) for item in value]
    if issubclass(kind, BaseModel):
        printed = _printed(kind)
        # Asked of every word of a paper: without the generator of pydantic, and plain values without another call.
        return {
            name: _fact(inner) if name in printed and inner else inner if type(inner) in _PLAIN else for_engine(inner)
            for name, inner in value.__dict__.items()
        }
    # The same word at two places must be printed twice.
    return copy(value) if isinstance(value, Narrative | Coloured) else value


def _fact(words: str) -> Fact:
    return Fact(words, region=region_of(words) if isinstance(words, Fact) else None)


_PLAIN = frozenset({str, bool, int, type(None)})  # asked first: nearly everything is


@cache
def _printed(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if Printed() in field.metadata)


@cache
def vocabulary(model: type[BaseModel] = PaperContext) -> Vocabulary:
    """The names that a template may use, as a tree."""
    names: dict[str, Vocabulary | None] = {}
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *get_args(field.annotation)]
        below = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        names[name] = vocabulary(below) if below else None
    return names
