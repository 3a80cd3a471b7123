"""What the directory holds: for each kind of entry what its list says, and what its form asks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.boards import queries as boards
from app.boards.deadlines import USUAL
from app.boards.models import Board, Series
from app.boards.programme import YearRule
from app.facts import read
from app.facts.shapes import Shape
from app.formats import queries as formats
from app.frameworks import queries as frameworks
from app.frameworks.models import Framework
from app.people import queries as people
from app.people.models import Organisation, Person
from app.web.pages.papers_parts import Choice, choices
from app.workstreams import queries as workstreams
from app.workstreams.models import Theme, Workstream

MOST = 500
"""Entries of a list to choose from."""

YEARS = {
    YearRule.FINANCIAL: "From 1 April, printed 2026/27",
    YearRule.CALENDAR: "From 1 January, printed 2026",
    YearRule.NONE: "No year is printed",
}

USUAL_LEVELS = 3
"""Levels at which an item of a plan can always be put."""

DEEPEST = 18
"""Levels of a plan that a facts file has room for."""


def levels(count: int) -> tuple[Choice, ...]:
    """So many levels to choose from, and never fewer than the usual ones."""
    return tuple(Choice(str(level), str(level)) for level in range(1, max(count, USUAL_LEVELS) + 1))


Items = list[dict[str, Any]]


@dataclass(frozen=True)
class Column:
    """One field of a row."""

    name: str
    label: str
    kind: str = "text"
    items: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Blank:
    """One field of a form, named as the facts file names it."""

    name: str
    label: str
    kind: str = "text"
    """text, short, number, date, select, person, ticks, lines (one on each line), rows, pairs (name → number), tree."""
    hint: str | None = None
    items: Items | None = None
    columns: tuple[Column, ...] = ()

    def offering(self, value: Any) -> "Blank":
        """The field with this value among its choices: what is known is never lost by saving it again."""
        if self.kind == "tree":
            offered = levels(max((int(row["level"]) for row in value), default=0))
            columns = (replace(column, items=offered) if column.name == "level" else column for column in self.columns)
            return replace(self, columns=tuple(columns))
        if self.items is None or not value:
            return self
        offered_already = {item["value"] for item in self.items}
        further = [one for one in (value if self.kind == "ticks" else [value]) if one not in offered_already]
        return replace(self, items=[*self.items, *({"value": one, "text": one} for one in further)])


@dataclass(frozen=True)
class Seek:
    """Which entries a list shows, by name: those with these words behind the one with the key `after`.

    Of an organisation, where one is given; boards, and series of boards, are among `boards`, where these are given.
    """

    words: Sequence[str]
    after: str
    limit: int
    organisation_id: int | None
    boards: Collection[str] | None


@dataclass(frozen=True)
class Kind:
    """One kind of entry."""

    slug: str
    """Its part of an address, and of a facts file (`member`) where they are the same."""
    one: str
    many: str
    about: str
    """What such an entry is for."""
    find: Callable[[Session, Seek], Sequence[Any]]
    tell: Callable[[Any], str]
    """What the list says of a row besides name and key."""
    read: Callable[[Session, str], Shape]
    ask: Callable[[Session, int | None], list[Blank]]
    """The fields of its form, for who is confined to this organisation."""
    columns: str
    """What the list calls that which `tell` says."""
    is_shared: bool = False
    """Whether all organisations share it."""
    key: str = "key"
    member: str = ""

    @property
    def list_name(self) -> str:
        """Its list in a facts file."""
        return self.member or self.slug


# Lists


def _find_organisations(session: Session, seek: Seek) -> Sequence[Organisation]:
    return people.organisations(session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True)


def _find_people(session: Session, seek: Seek) -> Sequence[Person]:
    own = seek.organisation_id
    return people.persons(
        session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True, organisation_id=own
    )


def _find_boards(session: Session, seek: Seek) -> Sequence[Board]:
    return boards.boards(
        session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True, among=seek.boards
    )


def _find_series(session: Session, seek: Seek) -> Sequence[Series]:
    return boards.all_series(
        session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True, boards=seek.boards
    )


def _find_plans(session: Session, seek: Seek) -> Sequence[Framework]:
    return frameworks.frameworks(session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True)


def _find_themes(session: Session, seek: Seek) -> Sequence[Theme]:
    own = seek.organisation_id
    return workstreams.themes(
        session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True, organisation_id=own
    )


def _find_workstreams(session: Session, seek: Seek) -> Sequence[Workstream]:
    own = seek.organisation_id
    return workstreams.workstreams(
        session, after=seek.after, limit=seek.limit, words=seek.words, ordered_by_name=True, organisation_id=own
    )


def _posts(person: Person) -> str:
    held = ", ".join(post.title for post in person.posts if post.ends_on is None)
    return f"{held or 'No post'}; {person.organisation.short_name}"


# Forms


def _organisation(session: Session, own: int | None) -> Blank:
    found = people.organisation_names(session, organisation_id=own)
    return Blank("organisation", "Organisation", "select", items=_named(found, None if own else "Choose"))


def _named(found: Mapping[str, str], first: str | None) -> Items:
    return choices([Choice(*entry) for entry in found.items()], first=first)


def _ask_organisation(_session: Session, _own: int | None) -> list[Blank]:
    return [
        Blank("name", "Name"),
        Blank("short_name", "Short name", hint="As people say it, for example Northmoor"),
    ]


def _ask_person(session: Session, own: int | None) -> list[Blank]:
    return [
        Blank("name", "Name", hint="As papers print it"),
        _organisation(session, own),
        Blank(
            "posts",
            "Posts",
            "rows",
            "A post holds from its first day to its last. A change of post is a last day here and a new row.",
            columns=(
                Column("title", "Post"),
                Column("starts_on", "First day (optional)", "date"),
                Column("ends_on", "Last day (optional)", "date"),
            ),
        ),
        Blank("aliases", "Other names (optional)", "lines", "By which papers also know this person."),
        Blank("contact", "Contact (optional)", hint="For example an e-mail address"),
        Blank("staff_number", "Staff number (optional)", "short", "Never in a public copy"),
    ]


def _ask_board(session: Session, own: int | None) -> list[Blank]:
    every = {row.key: row.name for row in formats.formats(session, limit=MOST)}
    return [
        Blank("name", "Name"),
        _organisation(session, own),
        Blank("recipient", "Recipient", hint="Printed after “Report to:”"),
        Blank("programme_title", "Title of its programme", hint="For example “Scrutiny programme”"),
        Blank(
            "programme_year",
            "Its programme’s year",
            "select",
            items=choices([Choice(rule.value, words) for rule, words in YEARS.items()]),
        ),
        Blank("format", "Format of its papers (optional)", "select", items=_named(every, "None")),
        Blank(
            "deadlines",
            "Deadlines of its own (optional)",
            "pairs",
            "In working days from the meeting; −10 is ten working days before. A stage that is not named is due as the "
            f"format says. Stages: {', '.join(USUAL)}.",
            columns=(Column("name", "Stage", "short"), Column("value", "Working days", "number")),
        ),
    ]


def _ask_series(session: Session, _own: int | None) -> list[Blank]:
    return [
        Blank("name", "Name", hint="The subject on which papers follow one another"),
        Blank("board", "Board", "select", items=_named(boards.names(session), "Choose")),
    ]


def _ask_plan(session: Session, own: int | None) -> list[Blank]:
    return [
        Blank("name", "Name"),
        Blank("edition", "Edition", "short", "For example 2025–29"),
        _organisation(session, own),
        Blank("starts_on", "First day (optional)", "date"),
        Blank("ends_on", "Last day (optional)", "date"),
        Blank(
            "items",
            "Priorities, strands and objectives",
            "tree",
            "In their order; an item of level 2 stands below the nearest of level 1 above it. An item that is there "
            "stays, because workstreams may serve it.",
            columns=(
                Column("number", "Number (optional)", "short"),
                Column("text", "Text", "long"),
                Column("kind", "Kind", "short"),
                Column("level", "Level", "select", levels(USUAL_LEVELS)),
            ),
        ),
    ]


def _ask_theme(session: Session, own: int | None) -> list[Blank]:
    above = {theme.key: theme.name for theme in workstreams.themes_for(session, own)}
    schemes = {key: scheme.name for key, scheme in workstreams.every_scheme(session).items()}
    return [
        Blank("name", "Name"),
        _organisation(session, own),
        Blank("parent", "Below (optional)", "select", items=_named(above, "No other theme")),
        Blank("position", "Place among the themes beside it", "number", "A whole number; equal ones stand by key"),
        Blank("rag_scheme", "Ratings (optional)", "select", items=_named(schemes, "As the theme above")),
        Blank("rating_source", "Where its ratings come from (optional)", hint="Going on from “Ratings …”"),
    ]


def _ask_workstream(session: Session, own: int | None) -> list[Blank]:
    themes = {theme.key: theme.name for theme in workstreams.themes_for(session, own)}
    return [
        Blank("name", "Name"),
        Blank("theme", "Theme", "select", items=_named(themes, "Choose")),
        Blank("owner", "Owner (optional)", "person", "Who is asked for updates"),
        Blank("position", "Place in its theme", "number", "A whole number; equal ones stand by reference"),
        Blank("rating_source", "Where its ratings come from (optional)", hint="Going on from “Ratings …”"),
        Blank("serves", "What it serves of plans (optional)", "ticks", items=_plan_items(session)),
    ]


def _plan_items(session: Session) -> Items:
    """Every item of every plan to tick, parents before children; where there are several plans, with its plan."""
    plans = frameworks.frameworks(session, limit=MOST, ordered_by_name=True)
    return [
        {"value": f"{plan.key}/{item.key}", "text": " ".join(filter(None, (item.number, item.text)))}
        | ({"hint": {"text": f"{plan.name} {plan.edition}"}} if len(plans) > 1 else {})
        for plan in plans
        for item in plan.items
    ]


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "people",
            "a person",
            "People",
            "Who is named in papers, with the posts that they hold",
            _find_people,
            _posts,
            read.person,
            _ask_person,
            "Posts",
        ),
        Kind(
            "organisations",
            "an organisation",
            "Organisations",
            "Who writes papers, and who receives them",
            _find_organisations,
            lambda row: row.short_name,
            read.organisation,
            _ask_organisation,
            "Short name",
            is_shared=True,
        ),
        Kind(
            "boards",
            "a board",
            "Boards",
            "Who receives papers, with the deadlines for them",
            _find_boards,
            lambda row: row.organisation.short_name,
            read.board,
            _ask_board,
            "Organisation",
            is_shared=True,
        ),
        Kind(
            "series",
            "a series",
            "Series",
            "Papers that follow one another on one subject",
            _find_series,
            lambda row: row.board.name,
            read.one_series,
            _ask_series,
            "Board",
            is_shared=True,
        ),
        Kind(
            "plans",
            "a plan",
            "Plans",
            "What workstreams serve: an edition of a plan with its priorities",
            _find_plans,
            lambda row: f"{row.edition}; {row.organisation.short_name}",
            read.framework,
            _ask_plan,
            "Edition",
            is_shared=True,
            member="frameworks",
        ),
        Kind(
            "themes",
            "a theme",
            "Themes",
            "What groups workstreams, and how they are rated",
            _find_themes,
            lambda row: row.organisation.short_name,
            read.theme,
            _ask_theme,
            "Organisation",
        ),
        Kind(
            "workstreams",
            "a workstream",
            "Workstreams",
            "What reports: its theme, its owner, what it serves",
            _find_workstreams,
            lambda row: row.theme.name,
            read.workstream_alone,
            _ask_workstream,
            "Theme",
            key="ref",
        ),
    )
}
"""Every kind, in the order in which the directory shows them; by its part of an address."""
