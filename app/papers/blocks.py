"""The blocks that fill a paper's sections, in order; the same shapes in the facts file, the API and the database."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.fields import Day, ItemKey, KeyText, Line, Prose
from app.formats.manifest import SectionEntry


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NarrativeBlock(_Block):
    """Prose of the paper itself."""

    kind: Literal["narrative"] = "narrative"
    text: Prose = Field(description="What the section says; a required section that says nothing is a gap")


class OutlineBlock(_Block):
    """A list of themes with the names of their workstreams under them."""

    kind: Literal["outline"] = "outline"
    scope: Literal["chosen", "all"] = Field(
        default="chosen", description="The paper's chosen workstreams, or all, reported or not"
    )
    style: Literal["numbered", "bullets"] = Field(
        default="numbered", description="i. themes with a. workstreams, or one flat list of bullets"
    )
    themes: tuple[KeyText, ...] = Field(default=(), description="Only these themes and what is under them; empty: all")


class WorkstreamsBlock(_Block):
    """The chosen workstreams in their themes, with what they report."""

    kind: Literal["workstreams"] = "workstreams"
    parts: tuple[KeyText, ...] = Field(
        default=(),
        description="Parts to print, in this order; empty: all of the format. Where parts are named, updates and "
        "workstreams that have none of them are left out",
    )
    themes: tuple[KeyText, ...] = Field(default=(), description="Only these themes and what is under them; empty: all")
    ratings: bool = Field(default=True, description="Whether ratings and their source notes are printed")
    introductions: bool = Field(default=True, description="Whether theme introductions are printed")
    theme_headings: bool = Field(
        default=True, description="Whether themes are printed; without them, workstreams stand in their place"
    )


class RatingKeyBlock(_Block):
    """What the ratings and dimensions of the schemes in use mean."""

    kind: Literal["rating-key"] = "rating-key"
    schemes: tuple[KeyText, ...] = Field(default=(), description="Only these schemes; empty: every scheme in use")


class FrameworkItemsBlock(_Block):
    """Items of a framework as a list."""

    kind: Literal["framework-items"] = "framework-items"
    framework: KeyText | None = Field(
        default=None,
        description="Only this framework; without it, every framework that chosen workstreams serve",
    )
    scope: Literal["served", "all"] = Field(
        default="served", description="Items that the chosen workstreams serve, or the whole framework"
    )


class ObjectiveBlock(_Block):
    """One item of a plan, set apart, above what follows it."""

    kind: Literal["objective"] = "objective"
    item: ItemKey = Field(description="The item, as framework/item")


class PeopleBlock(_Block):
    """The paper's consultees with their posts."""

    kind: Literal["people"] = "people"


class TableBlock(_Block):
    """One or more tables (captions allowed), nothing else."""

    kind: Literal["table"] = "table"
    text: Prose = Field(description="The table, as narrative")


class AgainBlock(_Block):
    """Another section's text, printed again here."""

    kind: Literal["again"] = "again"
    section: KeyText = Field(description="Key of the section that is printed again")


class NilBlock(_Block):
    """Said in words that there is nothing to say, about what and as at when."""

    kind: Literal["nil"] = "nil"
    subject: Line | None = Field(
        default=None, description="What there is nothing of, for example “areas for improvement”"
    )
    as_at: Day | None = Field(default=None, description="The day on which this was so")
    wording: Line | None = Field(
        default=None,
        description="Wording instead of the format's; {subject} and {as_at} stand for those values",
    )


Block = Annotated[
    NarrativeBlock
    | OutlineBlock
    | WorkstreamsBlock
    | RatingKeyBlock
    | FrameworkItemsBlock
    | ObjectiveBlock
    | PeopleBlock
    | TableBlock
    | AgainBlock
    | NilBlock,
    Field(discriminator="kind"),
]
"""One block of a section."""

BLOCKS: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])
"""Reads and writes a section's blocks."""


def default_blocks(entry: SectionEntry) -> tuple[Block, ...]:
    """The blocks that a format gives a section; its narratives still have to be written."""
    shapes: list[dict[str, Any]] = []
    for block in entry.blocks:
        shape = block.model_dump(exclude_defaults=True) | {"kind": block.kind}
        shapes.append(shape | {"text": ""} if block.kind in ("narrative", "table") else shape)
    return BLOCKS.validate_python(shapes)
