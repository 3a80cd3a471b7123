"""A paper's document shown in the page, as Word would print it: a kept version, or what would be generated now.

The document is drawn by a script in a frame with an address of its own, which alone may write style sheets.
"""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi.responses import Response

from app.accounts.policy import Action
from app.assembly.assemble import preview
from app.assembly.snapshot import Snapshot
from app.fields import KeyText, Line
from app.papers import queries as papers
from app.web.deps import Paced
from app.web.downloads import download
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing, markings_of

router = page_router("/papers/{reference}")

FRAME_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "font-src blob: data:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
"""What the frame may load: as every page, but the styles, pictures and fonts that it takes out of the document."""


@dataclass(frozen=True)
class Shown:
    """What is shown: the paper, and the label of its version; without one, what would be generated now."""

    reference: str
    title: str
    label: str | None
    gaps: int | None
    """How much is shown as missing; None where nobody has looked yet."""

    @property
    def heading(self) -> str:
        """What its page says first."""
        return "Preview" if self.label is None else f"Document of version {self.label}"

    @property
    def address(self) -> str:
        """Of its page."""
        within = "" if self.label is None else f"/versions/{quote(self.label, safe='')}"
        return f"/papers/{self.reference}{within}/preview"


@router.get("/preview")
def show_draft(visit: Visiting, reference: KeyText) -> Response:
    """The paper as it would be generated now."""
    return _page(visit, _draft(visit, reference))


@router.get("/preview/frame")
def frame_draft(visit: Visiting, reference: KeyText) -> Response:
    """The frame of `show_draft`."""
    return _frame(visit, _draft(visit, reference))


@router.get("/preview/document")
def draft_document(visit: Visiting, reference: KeyText, trace: Tracing, making: Paced) -> Response:
    """The document that would be generated now; it takes no number, and nothing is kept."""
    visit.authorise(Action.PREVIEW)
    with visit.reading() as session:
        paper = Reach(session, visit.account).paper(reference)
        trace.reading(reference, paper.marking, "preview")
        making.count()
        document = preview(session, visit.here.blobs, reference, now=visit.now)
    return download(document.content, document.file_name)


@router.get("/versions/{label}/preview")
def show_version(visit: Visiting, reference: KeyText, label: Line) -> Response:
    """A kept version."""
    return _page(visit, _kept(visit, reference, label))


@router.get("/versions/{label}/preview/frame")
def frame_version(visit: Visiting, reference: KeyText, label: Line) -> Response:
    """The frame of `show_version`."""
    return _frame(visit, _kept(visit, reference, label))


@router.get("/versions/{label}/preview/document")
def version_document(visit: Visiting, reference: KeyText, label: Line, trace: Tracing) -> Response:
    """The very bytes that were kept."""
    visit.authorise(Action.DOWNLOAD)
    with visit.reading() as session:
        version = Reach(session, visit.account).version(reference, label)
        trace.reading(reference, markings_of(version), "document")
        return download(visit.here.blobs.get(version.file_digest), version.file_name)


def _draft(visit: Visit, reference: str) -> Shown:
    visit.authorise(Action.PREVIEW)
    with visit.reading() as session:
        Reach(session, visit.account).paper(reference)
        return Shown(reference, papers.get(session, reference).title, None, None)


def _kept(visit: Visit, reference: str, label: str) -> Shown:
    visit.authorise(Action.DOWNLOAD)
    with visit.reading() as session:
        version = Reach(session, visit.account).version(reference, label)
        return Shown(reference, Snapshot.from_json(version.snapshot).paper.title, label, version.open_points)


def _page(visit: Visit, shown: Shown) -> Response:
    return page(visit, "papers/preview.html", shown.heading, shown=shown)


def _frame(visit: Visit, shown: Shown) -> Response:
    return frame(visit, shown.heading, f"{shown.address}/document")


def frame(visit: Visit, heading: str, document: str) -> Response:
    """The page of a frame in which the document at this address of ours is drawn."""
    headers = {"Content-Security-Policy": FRAME_POLICY}
    return page(visit, "papers/preview_frame.html", heading, headers=headers, document=document)
