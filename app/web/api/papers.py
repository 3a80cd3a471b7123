"""Papers as lists, previews and gaps; the entries themselves are in `entries`."""

from collections.abc import Iterator
from datetime import date
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Account
from app.accounts.policy import Action
from app.assembly.assemble import preview
from app.fields import LARGEST_NUMBER, Day, KeyText
from app.papers import queries as papers
from app.papers.models import Paper
from app.versions import queries as versions
from app.versions.models import Release
from app.web.api import examples
from app.web.api.kinds import Listing
from app.web.api.lists import Paging, every
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, Now, Paced, Previewer, Reading, Store
from app.web.downloads import DOCX_CONTENT, DOWNLOAD, download
from app.web.openapi import LINK, gives, problems
from app.web.reach import Reach
from app.web.trace import Tracing

router = for_accounts("", "papers")


class PaperListed(BaseModel):
    """What a list shows of a paper; of one that was released to who asks, what the released version says."""

    reference: str
    title: str
    organisation: str
    format: str
    board: str
    meeting: date
    series: str | None
    agenda_number: str | None
    marking: str
    written_on: date | None = Field(description="Day of the first kept draft")
    released: str | None = Field(
        description="Label of the newest version that was released to who asks; null: they see the paper itself"
    )


class Gaps(BaseModel):
    """What a paper still lacks, in words, in the order in which a reader meets it."""

    gaps: list[str]


LISTED = {
    name: examples.PAPER[name]
    for name in (
        "reference", "title", "organisation", "format", "board", "meeting", "series", "agenda_number", "marking",
    )
} | {"written_on": "2026-11-23", "released": None}  # fmt: skip


@router.get(
    "/papers",
    summary="List papers",
    description="In the order of their references; of one board, series or organisation, or for meetings between two "
    "days, where that is asked. Papers of another organisation are listed from the day on which a version of them was "
    "released to the account's own, as their newest released version has them, and under no series.",
    operation_id="list_papers",
    responses={
        200: gives(
            Listing[PaperListed],
            "One page of the list.",
            example={"items": [LISTED], "next": None},
            headers=LINK,
        ),
        **problems(),
    },
    response_class=Response,
)
def list_papers(
    *,
    who: FactsReader,
    session: Reading,
    page: Paging,
    board: Annotated[KeyText | None, Query(description="Only for this board")] = None,
    series: Annotated[KeyText | None, Query(description="Only of this series")] = None,
    organisation: Annotated[KeyText | None, Query(description="Only of this organisation")] = None,
    meeting_from: Annotated[Day | None, Query(description="Only for meetings on this day or later")] = None,
    meeting_to: Annotated[Day | None, Query(description="Only for meetings on this day or earlier")] = None,
) -> Response:
    """Papers that fit what is asked and exist for this account."""

    found = papers.papers(
        session,
        after=page.after,
        limit=page.limit + 1,
        organisation_id=policy.confined_to(who),
        organisation=organisation,
        board=board,
        series=series,
        meeting_from=meeting_from,
        meeting_to=meeting_to,
        boards=who.boards,
        markings=who.markings,
    )
    received = (
        paper
        for paper in _received(session, who, after=page.after, size=page.limit + 1)
        if series is None
        and board in (None, paper.board)
        and organisation in (None, paper.organisation)
        and (meeting_from is None or paper.meeting >= meeting_from)
        and (meeting_to is None or paper.meeting <= meeting_to)
    )
    reference = attrgetter("reference")
    return page.of(merge(map(_listed, found), received, key=reference), key=reference, show=plain)


@router.post(
    "/papers/{reference}/preview",
    summary="Preview a paper",
    description="The paper as it would be generated now, as a Word document, in full or as the public copy, without "
    "what is not public. It takes no number, and nothing is kept.",
    operation_id="preview_paper",
    responses={
        200: gives(
            None,
            "The document.",
            headers={
                **DOWNLOAD,
                "Boardpapers-Gaps": {
                    "description": "How much that is required the document shows as missing",
                    "schema": {"type": "integer"},
                },
            },
            content=DOCX_CONTENT,
        ),
        **problems(404, 409, 429),
    },
    response_class=Response,
)
def preview_paper(
    *,
    reference: KeyText,
    who: Previewer,
    session: Reading,
    blobs: Store,
    trace: Tracing,
    now: Now,
    making: Paced,
    copy: Annotated[Literal["full", "public"], Query(description="The whole paper, or its public copy")] = "full",
) -> Response:
    """The document of this moment."""
    paper = Reach(session, who).paper(reference)
    trace.reading(reference, paper.marking, "preview")
    making.count()
    document = preview(session, blobs, reference, now=now, public=copy == "public")
    return download(document.content, document.file_name, {"Boardpapers-Gaps": str(len(document.gaps))})


@router.get(
    "/papers/{reference}/gaps",
    summary="See what a paper still lacks",
    description="What is required and missing if the paper were generated now, in the words that the draft shows.",
    operation_id="list_gaps",
    responses={
        200: gives(
            Gaps,
            "What is missing; an empty list: nothing.",
            example={"gaps": ["To be written: Shared procurement has no “Progress” as at 20 November 2026."]},
        ),
        **problems(404, 409, 429),
    },
    response_class=Response,
)
def list_gaps(
    *, reference: KeyText, who: Previewer, session: Reading, blobs: Store, trace: Tracing, now: Now, making: Paced
) -> Response:
    """What is missing at this moment."""
    paper = Reach(session, who).paper(reference)
    trace.reading(reference, paper.marking, "gaps")
    making.count()
    return json_answer(plain(Gaps(gaps=list(preview(session, blobs, reference, now=now).gaps))))


def _listed(paper: Paper) -> PaperListed:
    return PaperListed(
        reference=paper.reference,
        title=paper.title,
        organisation=paper.organisation.key,
        format=paper.format.key,
        board=paper.meeting.board.key,
        meeting=paper.meeting.held_on,
        series=paper.series.key if paper.series else None,
        agenda_number=paper.agenda_number,
        marking=paper.marking,
        written_on=paper.written_on,
        released=None,
    )


def _received(session: Session, who: Account, *, after: str, size: int) -> Iterator[PaperListed]:
    """The papers behind the reference `after` of which a version was released to the account's organisation.

    Each as the newest of them that exists for the account has it, in the order of their references.
    """
    to = policy.confined_to(who)
    if to is None or not policy.may(who, Action.READ_VERSIONS):
        return
    reach = Reach(session, who)
    releases = every(
        lambda place, limit: reach.imprinted(versions.releases(session, after=place, limit=limit, to=to)),
        f"{after} {LARGEST_NUMBER}" if after else "",
        size=size,
        key=versions.release_place,
        wanted=reach.sees_release,
    )
    for _, of_paper in groupby(releases, lambda release: release.version.paper_id):
        *_, newest = of_paper
        yield _listed_as_released(newest, reach.imprint(newest))


def _listed_as_released(release: Release, printed: versions.Imprint) -> PaperListed:
    return PaperListed(
        reference=release.version.paper.reference,
        title=printed.title,
        organisation=release.version.paper.organisation.key,
        format=release.version.template_version.format.key,
        board=printed.board,
        meeting=printed.meeting_on,
        series=None,
        agenda_number=printed.agenda_number,
        marking=printed.marking,
        written_on=printed.written_on,
        released=release.version.label,
    )
