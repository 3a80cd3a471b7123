"""Two versions of a paper beside each other: what was inserted and deleted, and where."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Query
from fastapi.responses import Response

from app.accounts.policy import Action
from app.compare.documents import Change, Said, Table
from app.compare.queries import Compared, between
from app.fields import KeyText, Line
from app.papers import queries as papers
from app.versions import queries as versions
from app.versions.models import Version
from app.web.pages.forms import Form
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing, markings_of

router = page_router("/papers/{reference}")

MOST_VERSIONS = 1_000
"""How many versions can be chosen from."""

TOP = 3
"""Level of the highest heading of a document within its page."""


class Step(NamedTuple):
    """What the page shows next of the two documents: a passage, or that some passages without a change are left out."""

    passage: Said | Table | None
    heading: int | None
    """Level that a heading has on the page."""
    left_out: int


@router.get("/compare")
def compare(
    *,
    visit: Visiting,
    reference: KeyText,
    trace: Tracing,
    old: Annotated[Line | None, Query(alias="from")] = None,
    new: Annotated[Line | None, Query(alias="to")] = None,
    show: Annotated[Literal["all", "changes"], Query()] = "all",
) -> Response:
    """What a version says otherwise than another; without labels, the newest one and the one before."""
    visit.authorise(Action.DOWNLOAD)
    with visit.reading() as session:
        reach = Reach(session, visit.account)
        paper_id = reach.paper(reference).id
        title = papers.get(session, reference).title
        kept = reach.expecting(versions.page(session, paper_id, limit=MOST_VERSIONS))
        kept = list(filter(reach.is_cleared_for, kept))
        labels = [version.label for version in kept]
        if len(kept) < 2:
            return _page(visit, None, show, reference=reference, title=title, labels=labels)
        old, new = old or labels[-2], new or labels[-1]
        compared = {reach.version(reference, label) for label in (old, new)}
        found = between(session, visit.here.blobs, reference, old, new)
    for version in compared:
        trace.reading(reference, markings_of(version), "document")
    return _page(visit, found, show, reference=reference, title=title, labels=labels)


def steps(passages: Sequence[Said | Table], *, only_changes: bool) -> Iterator[Step]:
    """The passages with the levels of their headings; where only changes are asked for, those and their headings."""
    last, left_out = TOP - 1, 0
    waiting: list[Said] = []
    for passage in passages:
        is_shown = not only_changes or _is_changed(passage)
        heading = passage if isinstance(passage, Said) and passage.level is not None else None
        if heading is not None:
            waiting = [*(above for above in waiting if (above.level or 0) < (heading.level or 0)), heading]
        elif not is_shown:
            left_out += 1
        if not is_shown:
            continue
        if left_out:
            yield Step(None, None, left_out)
            left_out = 0
        for above in waiting:
            # Levels follow each other without a gap, whatever the documents make of theirs.
            last = min((above.level or 0) + TOP - 1, last + 1, 6)
            yield Step(above, last, 0)
        waiting = []
        if heading is None:
            yield Step(passage, None, 0)
    if left_out:
        yield Step(None, None, left_out)


def _is_changed(passage: Said | Table) -> bool:
    return passage.is_changed if isinstance(passage, Table) else passage.change is not None


def _page(visit: Visit, found: Compared | None, show: str, **said: Any) -> Response:
    comparison = found.comparison if found else None
    return page(
        visit,
        "papers/compare.html",
        f"Compare versions of {said['title']}",
        form=Form(),
        old=_told(found.old) if found else None,
        new=_told(found.new) if found else None,
        show=show,
        count=len(comparison.changes) if comparison else 0,
        changes=_by_heading(comparison.changes) if comparison else [],
        steps=list(steps(comparison.passages, only_changes=show == "changes")) if comparison else [],
        **said,
    )


def _told(version: Version) -> dict[str, object]:
    return {"label": version.label, "made_at": version.made_at, "made_by": version.made_by}


def _by_heading(changes: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """The changes under each heading, in the order of the documents; a heading may come more than once."""
    return [(heading, list(found)) for heading, found in groupby(changes, key=lambda change: change.heading)]
