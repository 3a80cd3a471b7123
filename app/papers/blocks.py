"""The blocks that fill a paper's sections, in order; the same shapes in the facts file, the API and the database."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from app.fields import Day, ItemKey, KeyText, Line, Prose
from app.formats.fields import Values
from app.formats.manifest import DefaultBlock, SectionEntry


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    public: bool = Field(default=True, description="Whether the public copy prints it")


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


class FieldsBlock(_Block):
    """Chosen fields of the paper with their labels; one that is a table is printed as a table."""

    kind: Literal["fields"] = "fields"
    fields: tuple[KeyText, ...] = Field(min_length=1, description="Keys of the fields, in the order of printing")


class ClauseBlock(_Block):
    """Fixed wording of the format, with what the paper's fields say in its places."""

    kind: Literal["clause"] = "clause"
    clause: KeyText = Field(description="Key of the clause in the format")


def _in_words(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class Recommendation(BaseModel):
    """One thing that the board is asked, with what belongs under it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Prose = Field(description="Paragraphs and lists")
    items: tuple["AnyRecommendation", ...] = Field(default=(), max_length=100)


AnyRecommendation = Annotated[Recommendation, BeforeValidator(_in_words, json_schema_input_type=str | Recommendation)]
"""A recommendation, or its text alone."""


class RecommendationsBlock(_Block):
    """What the board is asked, numbered by Word in the format's style."""

    kind: Literal["recommendations"] = "recommendations"
    text: Prose = Field(default="", description="What leads to the list: “The board is asked to:”")
    items: tuple[AnyRecommendation, ...] = Field(default=(), max_length=100, description="At most three deep")


class ImplicationText(BaseModel):
    """What a paper says of one implication, and who cleared that when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Prose = Field(default="", description="Paragraphs and lists")
    cleared_by: KeyText | None = Field(default=None, description="Key of the person who cleared it")
    cleared_on: Day | None = None


class ImplicationsBlock(_Block):
    """The format's implications as a table, each with what the paper says of it and who cleared it."""

    kind: Literal["implications"] = "implications"
    entries: dict[KeyText, ImplicationText] = Field(
        default_factory=dict, description="Implication of the format → what the paper says of it"
    )


class RoutingStep(BaseModel):
    """A meeting that a paper goes to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    meeting: Line
    held_on: Day | None = None
    purpose: Line | None = Field(default=None, description="What for: “Decision”")


class RoutingBlock(_Block):
    """Which meetings the paper goes to, when and what for, as a table."""

    kind: Literal["routing"] = "routing"
    steps: tuple[RoutingStep, ...] = Field(default=(), max_length=100)


class Appendix(BaseModel):
    """A text behind the paper, with its title."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    text: Prose


class AppendicesBlock(_Block):
    """Texts behind the paper under lettered headings: Appendix A, Appendix B."""

    kind: Literal["appendices"] = "appendices"
    appendices: tuple[Appendix, ...] = Field(default=(), max_length=100)


class BackgroundDocument(BaseModel):
    """Something that a paper rests on, and where it can be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    where: Line | None = Field(default=None, description="A link (http, https, mailto) or words")
    dated: Day | None = None


class DocumentsBlock(_Block):
    """The background documents as a list."""

    kind: Literal["documents"] = "documents"
    documents: tuple[BackgroundDocument, ...] = Field(default=(), max_length=200)


class ActionsBlock(_Block):
    """What meetings asked for when they had earlier papers of the series, and what is still open, as a table."""

    kind: Literal["actions"] = "actions"


MadeBlock: TypeAlias = (
    FieldsBlock
    | ClauseBlock
    | RecommendationsBlock
    | ImplicationsBlock
    | RoutingBlock
    | AppendicesBlock
    | DocumentsBlock
    | ActionsBlock
)
"""A block whose form the format decides."""

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
    | NilBlock
    | FieldsBlock
    | ClauseBlock
    | RecommendationsBlock
    | ImplicationsBlock
    | RoutingBlock
    | AppendicesBlock
    | DocumentsBlock
    | ActionsBlock,
    Field(discriminator="kind"),
]
"""One block of a section."""

BLOCKS: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])
"""Reads and writes a section's blocks."""


def prose_in(block: Block) -> Iterator[tuple[str, str]]:
    """Every narrative of a block, with its place in the block: `text`, `items[0].items[1].text`."""
    match block:
        case NarrativeBlock() | TableBlock():
            yield "text", block.text
        case RecommendationsBlock():
            yield "text", block.text
            for place, item in every_recommendation(block.items):
                yield f"{place}.text", item.text
        case ImplicationsBlock():
            for key, entry in block.entries.items():
                yield f"entries.{key}.text", entry.text
        case AppendicesBlock():
            for number, appendix in enumerate(block.appendices):
                yield f"appendices[{number}].text", appendix.text


def every_recommendation(items: Sequence[Recommendation], above: str = "") -> Iterator[tuple[str, Recommendation]]:
    """Every recommendation with its place in the block, each before those under it."""
    for number, item in enumerate(items):
        place = f"{above}items[{number}]"
        yield place, item
        yield from every_recommendation(item.items, f"{place}.")


def persons_in(block: Block) -> Iterator[tuple[str, str]]:
    """The keys of the persons whom a block names, with their places in the block."""
    if isinstance(block, ImplicationsBlock):
        for key, entry in block.entries.items():
            if entry.cleared_by:
                yield f"entries.{key}.cleared_by", entry.cleared_by


def default_blocks(entry: SectionEntry, values: Values | None = None) -> tuple[Block, ...]:
    """The blocks that a format gives a section; its narratives still have to be written.

    With the values of a paper's fields, those whose condition does not hold are left out.
    """
    return tuple(_given(default) for default in entry.blocks if values is None or _holds(default, values))


@lru_cache(maxsize=1_000)  # every draft asks, and a format is the same for years
def _given(default: DefaultBlock) -> Block:
    """The block that a format's default gives, wherever it stands."""
    shape = default.model_dump(exclude_defaults=True, exclude={"when"}) | {"kind": default.kind}
    if default.kind in ("narrative", "table"):
        shape |= {"text": ""}
    (block,) = BLOCKS.validate_python([shape])
    return block


_ALWAYS = frozenset({"clause", "actions"})
"""Kinds of blocks that stand whatever a paper writes."""

_OF_FACTS = _ALWAYS | {
    "fields", "again", "people", "outline", "workstreams", "rating-key", "framework-items", "objective", "nil"
}  # fmt: skip
"""Kinds of blocks in which a paper writes no prose: where the format gives them a condition, that alone decides."""


def filled(entry: SectionEntry, own: Sequence[Block], values: Values) -> tuple[Block, ...]:
    """The blocks of a paper's section: its own, or else the format's.

    What of the format stands whatever the paper writes (a clause, open actions, a block of facts with a condition) is
    printed where its condition holds, and nowhere where it does not: each behind the one before it, before the paper's
    own text where the format begins with it, or else behind that text. A block of the paper that says something else
    than the format's block of that kind is the paper's own, and is printed whatever the format's condition says.
    """
    stands = default_blocks(entry, values)
    if not own:
        return stands
    standing = [default for default in entry.blocks if _holds(default, values)]
    every = zip(entry.blocks, default_blocks(entry), strict=True)
    given = {_said(block) for block in stands}
    off = {_said(block) for default, block in every if _is_fixed(default)} - given
    made = [block for block in own if _said(block) not in off]
    free = list(range(len(made)))  # places of the paper's blocks, but for those that are the format's
    leading, behind = True, None
    for default, block in zip(standing, stands, strict=True):
        if not _is_fixed(default):
            leading, behind = False, None
            continue
        same = [place for place in free if _said(made[place]) == _said(block)]
        more = [place for place in free if _said(made[place]) not in given and _fills_in(made[place], block)]
        if same or more:
            place = [*same, *more][0]
            free.remove(place)
        else:
            end = 0 if leading else len(made)
            place = end if behind is None else behind + 1
            made.insert(place, block)
            free = [other + (other >= place) for other in free]
        behind = place
    return tuple(made)


def _is_fixed(default: DefaultBlock) -> bool:
    return default.kind in _ALWAYS or (default.when is not None and default.kind in _OF_FACTS)


def _holds(default: DefaultBlock, values: Values) -> bool:
    return default.when is None or default.when.holds(values)


def _fills_in(own: Block, given: Block) -> bool:
    """Whether the paper says there of what, or when, there is nothing, and beyond that what the format says."""
    if not (isinstance(own, NilBlock) and isinstance(given, NilBlock)):
        return False
    return all(said is None or getattr(own, name) == said for name, said in _settings(given).items())


def _said(block: Block) -> str:
    """All that a block says; whether the public copy prints it is no matter."""
    return repr(_settings(block))


def _settings(block: Block) -> dict[str, Any]:
    return block.model_dump(exclude={"public"})
