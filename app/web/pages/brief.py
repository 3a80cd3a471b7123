"""The brief for a chief officer: one page, on the screen and on paper."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from app.accounts import queries as accounts
from app.accounts.policy import Action
from app.assembly.regions import places_in_words
from app.compare.brief import brief_of
from app.compare.outstanding import Outstanding, outstanding_of
from app.errors import Hidden
from app.fields import KeyText, Line
from app.papers import queries as papers
from app.papers.models import Paper
from app.rounds.standing import Standing
from app.versions import queries as versions
from app.web.pages import ratings
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing, markings_of
from app.workstreams import queries as workstreams

router = page_router("/papers/{reference}")

MOST = {"moved": 12, "gaps": 6, "changes": 4, "names": 8, "comments": 4, "clearances": 6, "actions": 5}
"""How much of each list the page shows: more would not fit on one sheet of paper."""


LONGEST_REMARK = 140
"""Characters of a comment that the page shows."""

WAITED_FOR = {
    Standing.MISSING: "Late",
    Standing.SENT_BACK: "Sent back, to be answered again",
    Standing.WAITING: "Not answered yet",
}
"""How a request stands that has no answer → what the page says before the names."""


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
        paper = papers.get(session, reference)
        if version is None or not reach.is_cleared_for(version):
            return _page(visit, reference, paper.title, found=None)
        earlier = reach.last_of_previous(reference)
        found = brief_of(session, version, earlier=earlier, now=visit.now)
        waiting = outstanding_of(
            session,
            paper,
            now=visit.now,
            sees_version=reach.is_cleared_for,
            sees_paper=lambda other: _exists(reach, other),
        )
        maker = accounts.find(session, version.made_by)
        schemes = workstreams.every_scheme(session)
        colours = ratings.style_sheet_address(session)
    for read in filter(None, (version, earlier)):
        trace.reading(read.paper.reference, markings_of(read), "document")
    return _page(
        visit,
        reference,
        found.snapshot.paper.title,
        found=found,
        made_by=maker.name if maker else version.made_by,
        changes=found.changes if visit.may(Action.PREVIEW) else (),
        waiting=waiting,
        waited_for=_waited_for(waiting),
        places=places_in_words(found.snapshot),
        values={(key, value.key): value for key, scheme in schemes.items() for value in scheme.values},
        colours=colours,
    )


def _exists(reach: Reach, paper: Paper) -> bool:
    try:
        reach.paper(paper.reference)
    except Hidden:
        return False
    return True


def _waited_for(waiting: Outstanding) -> list[tuple[str, list[str]]]:
    """How requests stand, in words, each with the names of the workstreams."""
    found = {
        words: [one.workstream for one in waiting.requests if one.standing is standing]
        for standing, words in WAITED_FOR.items()
    }
    return [(words, names) for words, names in found.items() if names]


def _page(visit: Visit, reference: str, title: str, **said: Any) -> Response:
    return page(
        visit,
        "papers/brief.html",
        f"Brief: {title}",
        reference=reference,
        title=title,
        most=MOST,
        longest=LONGEST_REMARK,
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
