"""The kinds of facts that are read and written one by one, and what belongs to each by key or date: a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field, create_model
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.errors import NotFound
from app.facts import read
from app.facts.shapes import (
    BoardShape,
    FrameworkShape,
    IntroductionShape,
    MeetingShape,
    OrganisationShape,
    PaperShape,
    PersonShape,
    RagSchemeShape,
    SectionShape,
    SeriesShape,
    Shape,
    ThemeShape,
    UpdateShape,
    WorkstreamShape,
)
from app.formats.queries import NothingLive
from app.web.api import examples

Item = TypeVar("Item")


class Listing(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null: this is the last one")


@dataclass(frozen=True)
class Kind:
    """One kind of facts: where it stands in a facts file and in the API, and how it is read."""

    plural: str
    """Its list in a facts file."""
    address: str
    word: str
    words: str
    tag: str
    key: str
    """The name of its natural key."""
    shape: type[Shape]
    read: Callable[[Session, str], Shape]
    example: Mapping[str, Any]
    says: str
    page: Callable[..., Sequence[Shape]] | None = None
    """Reads a page of its list; None: its list is a route of its own."""
    listed: type[BaseModel] | None = None
    """What its list shows of each; None: all of it."""
    changing: Action = Action.WRITE_FACTS
    """What who writes one must be allowed to do; what it says of organisations is looked at besides."""

    def find(self, session: Session, key: str) -> Shape | None:
        """The one with this key, if there is one; a format of which nothing is live can be sent as if it were new."""
        try:
            return self.read(session, key)
        except (NotFound, NothingLive):
            return None

    @property
    def one(self) -> str:
        """The word with its article."""
        return f"{'an' if self.word[0] in 'aeio' else 'a'} {self.word}"

    def named(self, key: str) -> str:
        """How a sentence speaks of the one with this key."""
        return f"The {self.word} “{key}”"


@dataclass(frozen=True)
class Part:
    """What belongs to one of a kind and is also read and written by itself, by its own key."""

    kind: Kind
    list: str
    """Its list in the shape of the whole."""
    word: str
    words: str
    key: str
    shape: type[Shape]
    example: Mapping[str, Any]
    says: str
    merged: bool
    """Whether loading merges the list by key; else the whole list is replaced."""
    settled: bool = False
    """Whether sending what is there already needs no `If-Match`: it makes no revision."""
    changing: Action = Action.WRITE_FACTS
    """What who writes one must be allowed to do."""

    def of(self, whole: Shape, key: object) -> Shape | None:
        """The one with this key, if the whole has it."""
        return next((part for part in getattr(whole, self.list) if getattr(part, self.key) == key), None)

    def placed(self, whole: Shape, key: object, document: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
        """The whole as JSON, its list with this document instead of the one with the key; and where it stands there."""
        parts = list(getattr(whole, self.list))
        place = next((place for place, part in enumerate(parts) if getattr(part, self.key) == key), len(parts))
        said = whole.model_dump(mode="json")
        if self.merged:
            return said | {self.list: [document]}, 0
        return said | {self.list: [*said[self.list][:place], document, *said[self.list][place + 1 :]]}, place


def without(shape: type[BaseModel], name: str, *left_out: str) -> type[BaseModel]:
    """A shape like this one, without these members."""
    fields: dict[str, Any] = {
        field: (info.annotation, info) for field, info in shape.model_fields.items() if field not in left_out
    }
    return create_model(name, __doc__=shape.__doc__, **fields)


ORGANISATIONS = Kind(
    plural="organisations",
    address="organisations",
    word="organisation",
    words="organisations",
    tag="people",
    key="key",
    shape=OrganisationShape,
    read=read.organisation,
    page=read.organisations,
    example=examples.ORGANISATION,
    says="A body with people: the force that writes, the commissioner's office that receives.",
    changing=Action.CHANGE_SHARED_FACTS,
)
PEOPLE = Kind(
    plural="people",
    address="people",
    word="person",
    words="people",
    tag="people",
    key="key",
    shape=PersonShape,
    read=read.person,
    page=read.people,
    example=examples.PERSON,
    says="Someone named in papers, with posts and their dates. Staff numbers are never printed in a public copy.",
)
FRAMEWORKS = Kind(
    plural="frameworks",
    address="frameworks",
    word="framework",
    words="frameworks",
    tag="plans",
    key="key",
    shape=FrameworkShape,
    read=read.framework,
    page=read.frameworks,
    example=examples.FRAMEWORK,
    says="An edition of a plan and its tree of items. Items that a PUT does not name stay.",
    changing=Action.CHANGE_SHARED_FACTS,
)
RAG_SCHEMES = Kind(
    plural="rag_schemes",
    address="rag-schemes",
    word="RAG scheme",
    words="RAG schemes",
    tag="workstreams",
    key="key",
    shape=RagSchemeShape,
    read=read.rag_scheme,
    page=read.rag_schemes,
    example=examples.RAG_SCHEME,
    says="An ordered set of ratings with its dimensions. Words stand on their colours with a contrast of at least 4.5.",
    changing=Action.CHANGE_SHARED_FACTS,
)
BOARDS = Kind(
    plural="boards",
    address="boards",
    word="board",
    words="boards",
    tag="boards",
    key="key",
    shape=BoardShape,
    read=read.board,
    page=read.boards,
    example=examples.BOARD,
    says="A body that receives papers, with its meetings. Meetings that a PUT does not name stay.",
    changing=Action.CHANGE_SHARED_FACTS,
)
SERIES = Kind(
    plural="series",
    address="series",
    word="series",
    words="series",
    tag="boards",
    key="key",
    shape=SeriesShape,
    read=read.one_series,
    page=read.series,
    example=examples.SERIES,
    says="The papers that follow one another on one subject.",
    changing=Action.CHANGE_SHARED_FACTS,
)
THEMES = Kind(
    plural="themes",
    address="themes",
    word="theme",
    words="themes",
    tag="workstreams",
    key="key",
    shape=ThemeShape,
    read=read.theme,
    page=read.themes,
    listed=without(ThemeShape, "ThemeListed", "introductions"),
    example=examples.THEME,
    says="A group of workstreams, with introductions as at dates. Introductions that a PUT does not name stay.",
)
WORKSTREAMS = Kind(
    plural="workstreams",
    address="workstreams",
    word="workstream",
    words="workstreams",
    tag="workstreams",
    key="ref",
    shape=WorkstreamShape,
    read=read.workstream,
    page=read.workstreams,
    listed=without(WorkstreamShape, "WorkstreamListed", "updates"),
    example=examples.WORKSTREAM,
    says="A piece of work that reports, with the newest revision of each of its updates. "
    "Updates that a PUT does not name stay.",
)
PAPERS = Kind(
    plural="papers",
    address="papers",
    word="paper",
    words="papers",
    tag="papers",
    key="reference",
    shape=PaperShape,
    read=read.paper,
    example=examples.PAPER,
    says="What a board will read. A PUT replaces its lists as they are sent.",
)

KINDS = (ORGANISATIONS, PEOPLE, FRAMEWORKS, RAG_SCHEMES, BOARDS, SERIES, THEMES, WORKSTREAMS, PAPERS)
"""Every kind that is read and written in the same way."""

MEETINGS = Part(
    kind=BOARDS,
    list="meetings",
    word="meeting",
    words="meetings",
    key="held_on",
    shape=MeetingShape,
    example=examples.MEETING,
    says="One sitting of a board, with its agenda.",
    merged=True,
    changing=Action.CHANGE_SHARED_FACTS,
)
INTRODUCTIONS = Part(
    kind=THEMES,
    list="introductions",
    word="introduction",
    words="introductions",
    key="as_at",
    shape=IntroductionShape,
    example=examples.INTRODUCTION,
    says="What stands under a theme before its workstreams, as at a date. Another text makes a new revision.",
    merged=True,
    settled=True,
)
UPDATES = Part(
    kind=WORKSTREAMS,
    list="updates",
    word="update",
    words="updates",
    key="as_at",
    shape=UpdateShape,
    example=examples.UPDATE,
    says="What a workstream reports as at a date. Other content makes a new revision; nothing is overwritten.",
    merged=True,
    settled=True,
    changing=Action.WRITE_UPDATES,
)
SECTIONS = Part(
    kind=PAPERS,
    list="sections",
    word="section",
    words="sections",
    key="key",
    shape=SectionShape,
    example=examples.SECTION,
    says="What the paper itself says under one of its format's headings; without it, the format's blocks hold.",
    merged=False,
)

DATED = (MEETINGS, INTRODUCTIONS, UPDATES)
"""Parts whose key is a day."""
