"""Workstreams: the tree with what each reported last, and the history of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action, Matter
from app.errors import Hidden
from app.facts import reporting
from app.fields import Day, KeyText
from app.rounds import queries as rounds
from app.rounds.models import Request
from app.rounds.reach import matter_of
from app.web.pages import ratings
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.workstreams import queries
from app.workstreams.models import RagScheme, RagValue, Theme, Update, Workstream
from app.workstreams.queries import NoWorkstream, Wanted

router = page_router()

PAGE_SIZE = 50
"""Workstreams on one page of the tree."""

STRIP = 8
"""Updates on one page of a history: two years of quarters."""


@dataclass(frozen=True)
class Line:
    """A workstream in the tree."""

    ref: str
    name: str
    owner: str | None
    as_at: date | None
    """None: it never reported."""
    nothing_to_report: bool
    back: str | None
    """That it does not stand as reported, in words; None: it does."""
    dimension: str | None
    """What is rated, in words; None: nothing is."""
    rating: RagValue | None
    was: str | None
    """How the rating was the time before, in words, where it was another."""


@dataclass(frozen=True)
class Branch:
    """A theme in the tree, and those of its workstreams that the page shows."""

    key: str
    name: str
    level: int
    """Of its heading."""
    lines: tuple[Line, ...]


@router.get("/workstreams")
def tree(
    *,
    visit: Visiting,
    q: Annotated[str, Query(max_length=200)] = "",
    theme: Annotated[str, Query(max_length=100)] = "",
    mine: Annotated[bool, Query()] = False,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """Every workstream that exists for who asks and fits what is asked, under its theme."""
    visit.authorise(Action.READ_FACTS)
    own = policy.confined_to(visit.account)
    reported = visit.account.workstreams
    with visit.reading() as session:
        themes = queries.themes_for(session, own)
        wanted = Wanted(
            organisation_id=own,
            theme_ids=_below(themes, theme) if theme else None,
            refs=frozenset(reported or ()) if mine else None,
            words=tuple(q.split()),
        )
        counts = queries.count_wanted(session, wanted)
        shown = list(
            _branches(session, wanted, _placed(themes), counts, skip=(number - 1) * PAGE_SIZE, today=visit.today)
        )
        colours = ratings.style_sheet_address(session)
    return page(
        visit,
        "workstreams/tree.html",
        "Workstreams",
        branches=shown,
        total=sum(counts.values()),
        themes=[{"value": "", "text": "All themes"}]
        + [{"value": row.key, "text": row.name, "selected": row.key == theme} for row in themes],
        q=q,
        theme=theme,
        mine=mine,
        has_mine=reported is not None,
        may_add=visit.may(Action.WRITE_FACTS),
        number=number,
        pages=-(-sum(counts.values()) // PAGE_SIZE),
        colours=colours,
    )


@router.get("/workstreams/{ref}")
def history(visit: Visiting, ref: KeyText, before: Annotated[Day | None, Query()] = None) -> Response:
    """What a workstream has reported: ratings as a strip and a chart, then each update, the newest first."""
    with visit.reading() as session:
        workstream, matter = seen(session, visit, ref)
        found = queries.newest_first(session, workstream.id, before=before, limit=STRIP + 1)
        scheme = scheme_of(session, workstream)
        labels = part_labels(found, reporting.asked_of(session, workstream))
        colours = ratings.style_sheet_address(session)
        asked = still_asked(session, visit, ref)
        back = not_standing(session, [workstream.id])
    updates = found[:STRIP]
    return page(
        visit,
        "workstreams/history.html",
        workstream.name,
        workstream=workstream,
        asked=asked,
        updates=updates,
        back={update.as_at: back[update.id] for update in updates if update.id in back},
        rows=_strip(list(reversed(updates)), scheme),
        days=[update.as_at for update in reversed(updates)],
        earlier=updates[-1].as_at if len(found) > STRIP else None,
        before=before,
        parts=labels,
        may_report=visit.may(Action.WRITE_UPDATES, matter),
        today=visit.today,
        colours=colours,
    )


@router.get("/workstreams/{ref}/ratings.svg")
def chart(visit: Visiting, ref: KeyText, before: Annotated[Day | None, Query()] = None) -> Response:
    """The chart of the ratings that the page of the history shows as words."""
    with visit.reading() as session:
        workstream, _ = seen(session, visit, ref)
        found = queries.newest_first(session, workstream.id, before=before, limit=STRIP)
        scheme = scheme_of(session, workstream)
    rows = _strip(list(reversed(found)), scheme)
    return Response(
        ratings.chart(rows, [update.as_at for update in reversed(found)], scheme),
        media_type="image/svg+xml",
        headers={"Cache-Control": "no-store"},
    )


def seen(session: Session, visit: Visit, ref: str) -> tuple[Workstream, Matter]:
    """The workstream as it is loaded whole, and what it is to the policy; raises NoWorkstream, RoleMayNot."""
    visit.authorise(Action.READ_FACTS)
    workstream = queries.get(session, ref)
    if not policy.sees(visit.account, workstream.theme.organisation_id):
        raise Hidden(NoWorkstream(ref))
    return workstream, Matter(owner_id=workstream.theme.organisation_id, workstream=ref)


def still_asked(session: Session, visit: Visit, ref: str) -> list[Request]:
    """What open rounds ask of the workstream and have no answer to, where who visits may; the first due first."""
    found = rounds.to_answer(session, None, [ref], wants_answers=True)
    return [request for request in found if visit.may(Action.ANSWER_ROUNDS, matter_of(request.round, ref))]


SENT_BACK, TAKEN_BACK = "Sent back", "Taken back"
"""What is said of a report that does not stand: its answer was sent back, or a later one says that nothing is new."""


def not_standing(session: Session, workstream_ids: Iterable[int]) -> dict[int, str]:
    """Id of each revision that these workstreams reported, and that papers do not print → why, in two words."""
    gone = rounds.taken_back(session, workstream_ids)
    sent_back = rounds.sent_back(session, gone)
    return {number: SENT_BACK if number in sent_back else TAKEN_BACK for number in gone}


def scheme_of(session: Session, workstream: Workstream) -> RagScheme | None:
    """The scheme by which the workstream is rated, whole; None: by none."""
    above = queries.tree(session, [workstream.theme_id])
    schemes = {theme.id: (theme.parent_id, theme.scheme) for theme in above}
    at: int | None = workstream.theme_id
    while at is not None and at in schemes:
        at, scheme = schemes[at]
        if scheme is not None:
            return scheme
    return None


def part_labels(updates: Sequence[Update], asked: Sequence[reporting.WantedPart]) -> dict[str, str]:
    """Key of every part that is asked for or that these updates have → its words, in the order of the formats."""
    keys = dict.fromkeys(part.part for update in updates for part in update.parts)
    return {part.key: part.label for part in asked} | {
        key: key.replace("-", " ").capitalize() for key in keys if all(part.key != key for part in asked)
    }


def _below(themes: Sequence[Theme], key: str) -> frozenset[int]:
    """The ids of this theme and of those below it: parents come before their children."""
    found: set[int] = set()
    for theme in themes:
        if theme.key == key or theme.parent_id in found:
            found.add(theme.id)
    return frozenset(found)


@dataclass(frozen=True)
class Placed:
    """A theme in the tree: those above it from the top, and the scheme by which its workstreams are rated."""

    theme: Theme
    above: tuple["Placed", ...]
    scheme: RagScheme | None

    def branch(self, lines: Sequence[Line] = ()) -> Branch:
        """The theme as a page shows it, with these workstreams."""
        return Branch(self.theme.key, self.theme.name, min(len(self.above) + 2, 4), tuple(lines))


def _placed(themes: Sequence[Theme]) -> list[Placed]:
    """The themes in the order in which they come, which has parents before their children."""
    found: dict[int, Placed] = {}
    for theme in themes:
        parent = found.get(theme.parent_id) if theme.parent_id is not None else None
        above = (*parent.above, parent) if parent else ()
        found[theme.id] = Placed(theme, above, theme.scheme or (parent.scheme if parent else None))
    return list(found.values())


def _branches(
    session: Session, wanted: Wanted, tree: Sequence[Placed], counts: Mapping[int, int], *, skip: int, today: date
) -> Iterator[Branch]:
    """The themes of one page with their workstreams, and those above them, in the order of the tree."""
    left, told = PAGE_SIZE, set[int]()
    for placed in tree:
        count = counts.get(placed.theme.id, 0)
        if skip >= count:
            skip -= count
            continue
        if left == 0:
            break
        found = queries.find_wanted(session, wanted, placed.theme.id, offset=skip, limit=left)
        skip, left = 0, left - len(found)
        last = queries.last_reported(session, (row.id for row in found), up_to=today)
        back = not_standing(session, (row.id for row in found))
        yield from (above.branch() for above in placed.above if above.theme.id not in told)
        yield placed.branch([_line(row, last.get(row.id), placed.scheme, back) for row in found])
        told |= {above.theme.id for above in placed.above} | {placed.theme.id}


def _line(row: Workstream, last: queries.Reported | None, scheme: RagScheme | None, back: Mapping[int, str]) -> Line:
    dimension = scheme.dimensions[0] if scheme and scheme.dimensions else None
    rating = last.ratings.get(dimension.key) if last and dimension else None
    before = last.before.get(dimension.key) if last and dimension else None
    moved = last is not None and bool(last.before) and (before and before.id) != (rating and rating.id)
    return Line(
        ref=row.ref,
        name=row.name,
        owner=row.owner.name if row.owner else None,
        as_at=last.as_at if last else None,
        nothing_to_report=last.nothing_to_report if last else False,
        back=back.get(last.update_id) if last else None,
        dimension=dimension.label if dimension else None,
        rating=rating,
        was=(before.label if before else "not rated") if moved else None,
    )


def _strip(updates: Sequence[Update], scheme: RagScheme | None) -> list[dict[str, Any]]:
    """For each dimension that is rated, its ratings from the oldest to the newest, and whether each is another."""
    if scheme is None:
        return []
    given = [{rating.dimension.key: rating.value for rating in update.ratings} for update in updates]
    rows = []
    for dimension in scheme.dimensions:
        values = [ratings_then.get(dimension.key) for ratings_then in given]
        if not any(dimension.key in ratings_then for ratings_then in given):
            continue
        moved = [False, *((one and one.id) != (other and other.id) for one, other in pairwise(values))]
        rows.append({"label": dimension.label, "values": values, "cells": list(zip(values, moved, strict=True))})
    return rows
