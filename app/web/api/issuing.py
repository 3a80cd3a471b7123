"""What leaves the house: versions released to who receives them, and reissued under another number or meeting."""

from datetime import UTC, date, datetime
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.assembly import issuing
from app.fields import Day, KeyText, Line
from app.versions import queries as versions
from app.versions.models import Release
from app.web.api import examples
from app.web.api.body import JsonBody, read_as
from app.web.api.conditions import Preconditions
from app.web.api.kinds import Listing
from app.web.api.lists import Paging, every
from app.web.api.once import Doing
from app.web.api.representation import etag_of, json_answer, plain
from app.web.api.review import review_of
from app.web.api.routing import for_accounts
from app.web.api.versions import VersionOut, address
from app.web.deps import Now, Paced, Reading, Reissuer, Releaser, Store, VersionReader, Writing
from app.web.openapi import LINK, LOCATION, REPLAY, gives, problems, takes
from app.web.reach import Reach

router = for_accounts("", "review")


class ReleaseOut(BaseModel):
    """A version that was released to the organisation whose board receives the paper."""

    paper: str
    title: str
    organisation: str = Field(description="Key of the organisation that wrote it")
    board: str
    meeting: date
    version: str = Field(description="Label")
    released_to: str = Field(description="Key of the organisation")
    released_at: datetime
    released_by: str
    document: str = Field(description="Address of the file")

    @classmethod
    def of(cls, release: Release, printed: versions.Imprint) -> "ReleaseOut":
        """What the row and the released version say, whatever its paper says now; loaded as in `versions.releases`."""
        paper = release.version.paper
        return cls(
            paper=paper.reference,
            title=printed.title,
            organisation=paper.organisation.key,
            board=printed.board,
            meeting=printed.meeting_on,
            version=release.version.label,
            released_to=release.organisation.key,
            released_at=release.at.astimezone(UTC),
            released_by=release.by,
            document=f"{address(release.version)}/document",
        )


class ReissueIn(BaseModel):
    """Under which number, for which meeting of the board; what is not named stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agenda_number: Line | None = Field(default=None, max_length=20)
    meeting: Day | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "ReissueIn":
        if self.agenda_number is None and self.meeting is None:
            raise ValueError("name the agenda number, or the meeting")
        return self


RELEASE: dict[str, Any] = {
    "paper": "COL-2026-12",
    "title": "Collaboration update",
    "organisation": "northmoor",
    "board": "scrutiny",
    "meeting": "2026-12-10",
    "version": "1.0",
    "released_to": "commissioner",
    "released_at": "2026-12-03T09:00:00Z",
    "released_by": "board-secretary",
    "document": "/api/v1/papers/COL-2026-12/versions/1.0/document",
}


@router.get(
    "/releases",
    summary="List what was released",
    description="Every released version that exists for this account, by paper and version: an organisation sees what "
    "it wrote, and what was released to it.",
    operation_id="list_releases",
    responses={
        200: gives(
            Listing[ReleaseOut], "One page of the list.", example={"items": [RELEASE], "next": None}, headers=LINK
        ),
        **problems(),
    },
    response_class=Response,
)
def list_releases(who: VersionReader, session: Reading, page: Paging) -> Response:
    """Releases, first to last."""
    reach = Reach(session, who)
    found = every(
        lambda after, size: reach.imprinted(versions.releases(session, after=after, limit=size)),
        page.after,
        size=page.limit + 1,
        key=versions.release_place,
        wanted=reach.sees_release,
    )
    return page.of(
        found,
        key=versions.release_place,
        show=lambda release: plain(ReleaseOut.of(release, reach.imprint(release))),
    )


@router.post(
    "/papers/{reference}/versions/{label}/release",
    summary="Release a version",
    description="The organisation whose board receives the paper may read this approved version from now on.",
    operation_id="release_version",
    responses={
        201: gives(ReleaseOut, "The release.", example=RELEASE, headers=REPLAY),
        **problems(404, 409, 413),
    },
    response_class=Response,
)
def release_version(
    *, reference: KeyText, label: Line, who: Releaser, session: Writing, once: Doing, now: Now
) -> Response:
    """The version is released."""

    def make() -> Response:
        reach = Reach(session, who)
        reach.paper(reference)
        issuing.release(session, reference, label, by=who, now=now)
        session.expire_all()
        made = versions.release_of(session, reference, label)
        return json_answer(plain(ReleaseOut.of(made, reach.imprint(made))), 201)

    return once.answer(b"", make)


@router.post(
    "/papers/{reference}/reissues",
    summary="Reissue an approved paper",
    description="What was approved comes out again under another agenda number, or for another meeting of the board. "
    "Every other text of the document is proved equal, the decision carries over, and both files stay. Needs the ETag "
    "of the review as If-Match.",
    operation_id="reissue_paper",
    openapi_extra=takes(ReissueIn, {"agenda_number": "6.0"}),
    responses={
        201: gives(VersionOut, "The version that came out.", example=examples.VERSION, headers=LOCATION | REPLAY),
        **problems(404, 409, 412, 413, 415, 428, 429),
    },
    response_class=Response,
)
def reissue_paper(
    *,
    reference: KeyText,
    who: Reissuer,
    document: JsonBody,
    session: Writing,
    blobs: Store,
    once: Doing,
    now: Now,
    conditions: Preconditions,
    making: Paced,
) -> Response:
    """The paper came out again."""

    def make() -> Response:
        said = read_as(ReissueIn, document)
        Reach(session, who).paper(reference)
        conditions.allow_writing(f"The review of “{reference}”", etag_of(plain(review_of(session, reference, who))))
        making.count()
        version = issuing.reissue(
            session, blobs, reference, agenda_number=said.agenda_number, meeting=said.meeting, by=who, now=now
        )
        return json_answer(plain(VersionOut.of(version)), 201, {"Location": address(version)})

    return once.answer(repr(sorted(document.items())).encode(), make)
