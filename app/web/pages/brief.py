"""The brief for a chief officer: one page, on the screen and on paper."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.accounts.policy import Action
from app.compare.brief import brief_of
from app.fields import KeyText, Line
from app.papers import queries as papers
from app.versions import queries as versions
from app.web.pages.layout import page
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing, marking_of

router = APIRouter(prefix="/papers/{reference}")

MOST = {"moved": 12, "gaps": 6, "changes": 4, "names": 8}
"""How much of each list the page shows: more would not fit on one sheet of paper."""


@router.get("/brief")
def brief(
    visit: Visiting,
    reference: KeyText,
    trace: Tracing,
    label: Annotated[Line | None, Query(alias="version")] = None,
) -> Response:
    """The newest version in short, or that with this label."""
    visit.authorise(Action.DOWNLOAD)
    with visit.reading() as session:
        reach = Reach(session, visit.account)
        kept = reach.paper(reference)
        version = reach.version(reference, label) if label else versions.last(session, kept.id)
        if version is None or not reach.is_cleared_for(version):
            return _page(visit, reference, papers.get(session, reference).title, found=None)
        earlier = reach.last_of_previous(reference)
        found = brief_of(session, version, earlier=earlier, now=visit.now)
    for read in filter(None, (version, earlier)):
        trace.reading(read.paper.reference, f"{read.paper.marking} {marking_of(read)}", "document")
    return _page(visit, reference, found.snapshot.paper.title, found=found)


def _page(visit: Visit, reference: str, title: str, **said: Any) -> Response:
    return page(
        visit,
        "papers/brief.html",
        f"Brief: {title}",
        reference=reference,
        title=title,
        most=MOST,
        listed=listed,
        **said,
    )


def listed(names: Sequence[str]) -> str:
    """The names in a line of words; of many, the first and how many more there are."""
    shown = list(names[: MOST["names"]])
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
