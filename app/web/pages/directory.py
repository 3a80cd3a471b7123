"""The directory: persons with their posts, organisations, boards, series, plans, themes and workstreams.

What is typed goes the way of a facts file: what that refuses is refused here in the same words, and keys stay.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action
from app.errors import Conflict, Fault, Hidden, Invalid, NotFound
from app.facts import read
from app.facts.decode import FaultyFacts
from app.facts.shapes import PersonShape, ThemeShape
from app.fields import KeyText
from app.people import queries as people
from app.web.loading import load_within_reach, plain, state_of
from app.web.pages.directory_forms import Written, free_key, in_words, known
from app.web.pages.directory_kinds import KINDS, Blank, Kind, Seek
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_blocks import rows_shown
from app.web.pages.papers_desk import ChangedMeanwhile, field_name
from app.web.pages.papers_parts import choices
from app.web.pages.persons import Persons, looks_for_persons, persons_for
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach

router = page_router()

PAGE_SIZE = 50
"""Entries on one page of a list."""

SPARE_ROWS = 2

ELSEWHERE = frozenset({"meetings", "introductions", "updates"})
"""Members of a document that are changed on pages of their own; what a facts file does not name stays."""


class NoSuchKind(NotFound):
    """The directory has no entries of this kind."""

    def __init__(self, slug: str) -> None:
        super().__init__("kind of entry", slug)


class NoEntry(NotFound):
    """There is no such entry."""

    def __init__(self, kind: Kind, key: str) -> None:
        super().__init__(f"entry of {kind.many.lower()}", key)


@router.get("/directory")
def directory(visit: Visiting) -> Response:
    """Every kind of entry that who visits may change."""
    visit.authorise(Action.WRITE_FACTS)
    kinds = [kind for kind in KINDS.values() if not kind.is_shared or visit.may(Action.CHANGE_SHARED_FACTS)]
    return page(visit, "directory/directory.html", "Directory", kinds=kinds)


@router.get("/directory/{slug}")
def entries(
    visit: Visiting,
    slug: KeyText,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The entries of a kind, by name."""
    kind = _kind(visit, slug)
    with visit.reading() as session:
        seek = Seek(tuple(q.split()), after, PAGE_SIZE + 1, _own(visit, kind), visit.account.boards)
        rows = [(getattr(row, kind.key), row.name, kind.tell(row)) for row in kind.find(session, seek)]
    return page(
        visit,
        "directory/entries.html",
        kind.many,
        kind=kind,
        rows=rows[:PAGE_SIZE],
        q=q,
        is_first=not after,
        following=rows[PAGE_SIZE - 1][0] if len(rows) > PAGE_SIZE else None,
    )


@router.get("/directory/{slug}/{key}")
def show_entry(visit: Visiting, slug: KeyText, key: KeyText) -> Response:
    """The form with what is known of the entry."""
    kind = _kind(visit, slug)
    with visit.reading() as session:
        return _form_page(session, visit, kind, NOTHING_TYPED, key=key, before=_entry(session, visit, kind, key))


@router.post("/directory/{slug}/{key}")
def change_entry(visit: Visiting, slug: KeyText, key: KeyText, form: Typed) -> Response:
    """The entry is as it was typed, unless somebody else changed it meanwhile."""
    kind = _kind(visit, slug)
    if looks_for_persons(form):
        with visit.reading() as session:
            return _form_page(session, visit, kind, form, key=key, before=_entry(session, visit, kind, key))
    try:
        with visit.writing() as session:
            before = _entry(session, visit, kind, key)
            blanks = _blanks(session, visit, kind)
            written = Written(form, blanks)
            document = _unasked(before, blanks) | written.document
            if form.value("seen") != _state(before, blanks):
                raise ChangedMeanwhile(f"“{before['name']}”")
            _load(session, visit, kind, document, written)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            before = _entry(session, visit, kind, key)
            is_late = isinstance(problem, ChangedMeanwhile)
            return _form_page(session, visit, kind, form.refused(problem), key=key, before=before, is_late=is_late)
    return to(f"/directory/{slug}", said=f"“{document['name']}” is saved.")


@router.get("/new-entry/{slug}")
def ask_entry(visit: Visiting, slug: KeyText) -> Response:
    """The form of a new entry."""
    kind = _kind(visit, slug)
    with visit.reading() as session:
        return _form_page(session, visit, kind, NOTHING_TYPED)


@router.post("/new-entry/{slug}")
def add_entry(visit: Visiting, slug: KeyText, form: Typed) -> Response:
    """The entry is there, under a key that it keeps."""
    kind = _kind(visit, slug)
    if looks_for_persons(form):
        with visit.reading() as session:
            return _form_page(session, visit, kind, form)
    try:
        with visit.writing() as session:
            written = Written(form, _blanks(session, visit, kind))
            key = form.value("key").strip()
            if key and _is_taken(session, kind, key):
                raise FaultyForm([Fault("key", "Something else has this key: choose another")])
            key = key or _key_for(session, kind, written.document.get("name", ""))
            _load(session, visit, kind, {kind.key: key, **written.document}, written)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            return _form_page(session, visit, kind, form.refused(problem))
    return to(f"/directory/{slug}", said=f"“{written.document['name']}” is added, with the key {key}.")


def _kind(visit: Visit, slug: str) -> Kind:
    """The kind, whose entries who visits may change; raises NoSuchKind, RoleMayNot."""
    visit.authorise(Action.WRITE_FACTS)
    if slug not in KINDS:
        raise NoSuchKind(slug)
    if KINDS[slug].is_shared:
        visit.authorise(Action.CHANGE_SHARED_FACTS)
    return KINDS[slug]


def theme_to_change(session: Session, visit: Visit, key: str) -> ThemeShape:
    """The theme, whose introductions who visits may write; raises as `_entry`."""
    _entry(session, visit, _kind(visit, "themes"), key)
    return read.theme(session, key)


def _own(visit: Visit, kind: Kind) -> int | None:
    """The organisation whose entries of this kind who visits may change; None: of all."""
    shares = kind.is_shared or kind.slug == "people"
    return None if shares and visit.may(Action.CHANGE_SHARED_FACTS) else policy.confined_to(visit.account)


def _entry(session: Session, visit: Visit, kind: Kind, key: str) -> dict[str, Any]:
    """What is known of the entry, as a facts file says it; raises as the kind's `read` does, Hidden or RoleMayNot."""
    shape, reach = kind.read(session, key), Reach(session, visit.account)
    if not (reach.sees(shape) and reach.looks_after(shape)):
        raise Hidden(NoEntry(kind, key))
    own = _own(visit, kind)
    if isinstance(shape, PersonShape) and own is not None:
        ids = people.organisation_ids(session, [shape.organisation])
        if ids.get(shape.organisation) != own:
            visit.authorise(Action.CHANGE_SHARED_FACTS)
    return plain(reach.shown(shape))


def _blanks(session: Session, visit: Visit, kind: Kind) -> list[Blank]:
    asked = [_of_own_boards(visit, blank) for blank in kind.ask(session, _own(visit, kind))]
    return [blank for blank in asked if blank.name != "staff_number" or visit.may(Action.READ_STAFF_NUMBERS)]


def _of_own_boards(visit: Visit, blank: Blank) -> Blank:
    """The field, offering only boards of who is confined to some."""
    own = visit.account.boards
    if own is None or blank.name != "board":
        return blank
    return replace(blank, items=[item for item in blank.items or () if item["value"] in ("", *own)])


def _offering_persons(
    session: Session, form: Form, blanks: list[Blank], before: Mapping[str, Any]
) -> tuple[Persons | None, list[Blank]]:
    """The fields, those for a person with whom to choose from; and these, where there is such a field."""
    chosen = [before.get(blank.name) for blank in blanks if blank.kind == "person"]
    if not chosen:
        return None, blanks
    persons = persons_for(session, form, chosen=chosen)
    offered = persons.items("Nobody yet")
    return persons, [replace(blank, items=offered) if blank.kind == "person" else blank for blank in blanks]


def _unasked(before: Mapping[str, Any], blanks: list[Blank]) -> dict[str, Any]:
    """What is known and stands in no field: it stays."""
    names = {blank.name for blank in blanks} | ELSEWHERE
    return {name: value for name, value in before.items() if name not in names}


def _state(before: Mapping[str, Any], blanks: list[Blank]) -> str:
    return state_of({blank.name: before.get(blank.name) for blank in blanks})


def _is_taken(session: Session, kind: Kind, key: str) -> bool:
    try:
        kind.read(session, key)
    except NotFound:
        return False
    return True


def _key_for(session: Session, kind: Kind, name: str) -> str:
    taken: set[str] = set()
    key = free_key(name, taken)
    while _is_taken(session, kind, key):
        taken.add(key)
        key = free_key(name, taken)
    return key


def _load(session: Session, visit: Visit, kind: Kind, document: Mapping[str, Any], written: Written) -> None:
    facts = {"facts": "1", kind.list_name: [document]}
    try:
        load_within_reach(session, visit.here.blobs, facts, by=visit.account, now=visit.now)
    except FaultyFacts as error:
        place = f"{kind.list_name}[0]"
        faults = [Fault(field_name(fault.where.removeprefix(place)), fault.what) for fault in error.faults]
        faults = [Fault("key", fault.what) if fault.where == kind.key else fault for fault in faults]
        raise FaultyForm([written.fault(fault) for fault in faults], ()) from error


def _form_page(
    session: Session,
    visit: Visit,
    kind: Kind,
    form: Form,
    *,
    key: str | None = None,
    before: Mapping[str, Any] | None = None,
    is_late: bool = False,
) -> Response:
    known_to = before or {}
    persons, blanks = _offering_persons(session, form, _blanks(session, visit, kind), known_to)
    values = known(blanks, known_to)
    typed = known(blanks, Written(form, blanks).document) if is_late else {}
    return page(
        visit,
        "directory/entry.html",
        before["name"] if before else f"Add {kind.one}",
        form=form,
        kind=kind,
        key=key,
        address=f"/directory/{kind.slug}/{key}" if key else f"/new-entry/{kind.slug}",
        blanks=[blank.offering(values[blank.name]) for blank in blanks],
        values=values,
        persons=persons,
        spare=SPARE_ROWS,
        rows_shown=rows_shown,
        choices=choices,
        seen=_state(before or {}, blanks) if is_late or not form.typed else form.value("seen"),
        differences=[
            (blank.label, in_words(blank, values[blank.name]), in_words(blank, typed[blank.name]))
            for blank in blanks
            if is_late and values[blank.name] != typed[blank.name]
        ],
    )
