"""Versions of a paper: generated, told with how they came about, downloaded; and previews that are not kept."""

from datetime import date
from typing import Annotated, NamedTuple

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Action, State
from app.assembly.assemble import assemble, preview
from app.assembly.differences import changes_since, is_as_now
from app.assembly.snapshot import Snapshot
from app.assembly.wording import worded_paper
from app.facts.shapes import PaperShape
from app.fields import LARGEST_NUMBER, KeyText, Line
from app.papers import queries as papers
from app.versions import queries as versions
from app.web.deps import Paced
from app.web.downloads import download
from app.web.pages.layout import page, to
from app.web.pages.papers_desk import may_write, paper_for
from app.web.pages.papers_paper import address_of
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Trace, Tracing, markings_of

router = page_router("/papers/{reference}")

OF_A_PAGE = 25
"""Versions on one page of the timeline."""


class Named(NamedTuple):
    """A paper as the organisation knows it whose board received it: by what was released."""

    reference: str
    title: str
    board: str
    """Name."""
    held_on: date
    """The day of the meeting for which it was released."""


def known(session: Session, visit: Visit, trace: Trace, reference: str) -> PaperShape | Named:
    """The paper; for who receives it, what was released of it. Raises as `Reach.what_exists`."""
    visit.authorise(Action.READ_VERSIONS)
    reach = Reach(session, visit.account)
    newest = reach.received(reference)
    if newest is None:
        return paper_for(session, visit, trace, reference)
    printed = versions.imprint(session, newest)
    trace.reading(reference, f"{papers.kept(session, reference).marking} {printed.marking}", "paper")
    return Named(reference, printed.title, printed.board_name, printed.meeting_on)


@router.post("/versions")
def generate(reference: KeyText, visit: Visiting, trace: Tracing, making: Paced) -> Response:
    """The paper's next version is kept; or the newest stands, where nothing but its label would change."""
    visit.authorise(Action.GENERATE)
    with visit.reading() as session:
        paper_for(session, visit, trace, reference)
    with visit.writing() as session:
        Reach(session, visit.account).paper(reference)
        making.count()
        made = assemble(session, visit.here.blobs, reference, by=visit.account, now=visit.now)
        label = made.version.label
    said = f"Version {label} is generated." if made.is_new else f"Nothing has changed since version {label}."
    return to(f"/papers/{reference}/versions/{label}", said=said)


@router.get("/versions")
def list_versions(
    reference: KeyText,
    visit: Visiting,
    trace: Tracing,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
) -> Response:
    """The versions as a timeline, the newest first."""
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        paper = known(session, visit, trace, reference)
        reach = Reach(session, visit.account)
        receiver = reach.receives_as(State.RELEASED if isinstance(paper, Named) else State.DRAFT)
        found = versions.last_of_paper(session, reference, limit=OF_A_PAGE + 1, before=before, released_to=receiver)
        return page(
            visit,
            "papers/versions.html",
            "Versions",
            paper=paper,
            kept=list(filter(reach.is_cleared_for, reach.expecting(found[:OF_A_PAGE]))),
            makers=accounts.names(session, (version.made_by for version in found)),
            earlier=found[OF_A_PAGE - 1].number if len(found) > OF_A_PAGE else None,
            may_generate=visit.may(Action.GENERATE) and not isinstance(paper, Named),
            is_received=isinstance(paper, Named),
        )


@router.get("/versions/{label}")
def one_version(reference: KeyText, label: Line, visit: Visiting, trace: Tracing) -> Response:
    """How a version came about, what it lacks, and the way to its document."""
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        paper = known(session, visit, trace, reference)
        version = Reach(session, visit.account).version(reference, label)
        may_preview = visit.may(Action.PREVIEW) and not isinstance(paper, Named)
        snapshot = Snapshot.from_json(version.snapshot)
        maker = accounts.find(session, version.made_by)
        gaps = worded_paper(snapshot).gaps if may_preview else ()
        return page(
            visit,
            "papers/version.html",
            f"Version {label}",
            paper=paper,
            version=version,
            made_by=maker.name if maker else version.made_by,
            made_with=version.template_version,
            marking=snapshot.paper.marking,
            changes=changes_since(session, version, now=visit.now) if may_preview else None,
            other_template=may_preview and not is_as_now(session, version),
            gaps=[{"words": gap.words, "href": address_of(reference, gap)} for gap in gaps],
            may_write=may_write(visit),
            may_download=visit.may(Action.DOWNLOAD),
            may_preview=may_preview,
        )


@router.get("/versions/{label}/document")
def document(reference: KeyText, label: Line, visit: Visiting, trace: Tracing) -> Response:
    """The very bytes that were kept, under the version's file name."""
    visit.authorise(Action.DOWNLOAD)
    with visit.reading() as session:
        reach = Reach(session, visit.account)
        version = reach.version(reference, label)
        trace.reading(reference, markings_of(version), "document")
        return download(visit.here.blobs.get(version.file_digest), version.file_name)


@router.get("/draft")
def draft(reference: KeyText, visit: Visiting, trace: Tracing, making: Paced) -> Response:
    """The paper as it would be generated now, as a Word document that is not kept."""
    return _preview(reference, visit, trace, making, public=False)


@router.get("/public-copy")
def public_copy(reference: KeyText, visit: Visiting, trace: Tracing, making: Paced) -> Response:
    """The public copy as it would be generated now, as a Word document that is not kept."""
    return _preview(reference, visit, trace, making, public=True)


def _preview(reference: str, visit: Visiting, trace: Tracing, making: Paced, *, public: bool) -> Response:
    visit.authorise(Action.PREVIEW)
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        trace.reading(reference, paper.marking, "preview")
        making.count()
        made = preview(session, visit.here.blobs, reference, now=visit.now, public=public)
    return download(made.content, made.file_name)
