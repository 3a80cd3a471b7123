"""Comments on the sections and texts of a version: threads that are settled when what they ask for is done."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.assembly import review
from app.fields import LARGEST_NUMBER, KeyText, Line, SafeText
from app.papers.queries import PaperKept
from app.versions import commands
from app.versions.models import Comment
from app.web.api.body import JsonBody, read_as
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts
from app.web.deps import Commenter, Now, Reading, VersionReader, Writing
from app.web.openapi import REPLAY, gives, problems, takes
from app.web.reach import Reach

router = for_accounts("/papers/{reference}", "review")

Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]

Words = Annotated[SafeText, Field(min_length=1)]


class CommentIn(BaseModel):
    """What somebody says about a place of a version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Line = Field(description="`section/KEY`, or the key of a region: `update/procurement/2026-11-20/progress`")
    text: Words


class ReplyIn(BaseModel):
    """An answer to a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Line = Field(description="Label of the version that it is made on")
    text: Words


class Remark(BaseModel):
    """One comment."""

    number: int = Field(description="Which comment on the paper")
    version: str = Field(description="Label of the version that it was made on")
    text: str
    by: str = Field(description="Key of the account")
    at: datetime

    @classmethod
    def of(cls, comment: Comment) -> "Remark":
        """What the row says."""
        return cls(
            number=comment.number,
            version=comment.version.label,
            text=comment.text,
            by=comment.by,
            at=comment.at.astimezone(UTC),
        )


class ThreadOut(BaseModel):
    """A comment with its replies."""

    place: str
    remarks: list[Remark] = Field(description="The first one began the thread")
    resolved_by: str | None
    resolved_at: datetime | None

    @classmethod
    def of(cls, remarks: Sequence[Comment]) -> "ThreadOut":
        """What the rows say; the first one began the thread."""
        thread = remarks[0]
        return cls(
            place=thread.place,
            remarks=[Remark.of(comment) for comment in remarks],
            resolved_by=thread.resolution.by if thread.resolution else None,
            resolved_at=thread.resolution.at.astimezone(UTC) if thread.resolution else None,
        )


class ThreadsOut(BaseModel):
    """Every thread of comments on a paper, in the order in which they began."""

    threads: list[ThreadOut]


THREAD: dict[str, Any] = {
    "place": "section/purpose",
    "remarks": [
        {"number": 1, "version": "0.3", "text": "Say what it costs.", "by": "deputy", "at": "2026-12-01T10:00:00Z"}
    ],
    "resolved_by": None,
    "resolved_at": None,
}
THREADS = {"threads": [THREAD]}


@router.get(
    "/comments",
    summary="Read the comments on a paper",
    description="Every thread with its replies, whether it is settled, and the version each was made on.",
    operation_id="list_comments",
    responses={200: gives(ThreadsOut, "The threads.", example=THREADS), **problems(404)},
    response_class=Response,
)
def list_comments(reference: KeyText, who: VersionReader, session: Reading) -> Response:
    """The threads, first to last."""
    reach = Reach(session, who)
    return _threads(session, reach, reach.paper(reference))


@router.post(
    "/versions/{label}/comments",
    summary="Comment on a place of a version",
    description="A thread begins: about a section, or a text with a region key of its own.",
    operation_id="post_comment",
    openapi_extra=takes(CommentIn, {"place": "section/purpose", "text": "Say what it costs."}),
    responses={201: gives(ThreadsOut, "The threads.", example=THREADS, headers=REPLAY), **problems(404, 409, 413, 415)},
    response_class=Response,
)
def post_comment(
    *, reference: KeyText, label: Line, who: Commenter, document: JsonBody, session: Writing, once: Doing, now: Now
) -> Response:
    """The thread is there."""

    def make() -> Response:
        said = read_as(CommentIn, document)
        reach = Reach(session, who)
        paper, version = reach.paper(reference), reach.version(reference, label)
        review.comment(session, version, place=said.place, text=said.text, by=who, now=now)
        return _threads(session, reach, paper, 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.post(
    "/comments/{number}/replies",
    summary="Reply to a comment",
    description="The thread that the comment began goes on.",
    operation_id="post_reply",
    openapi_extra=takes(ReplyIn, {"version": "0.4", "text": "It does now."}),
    responses={201: gives(ThreadsOut, "The threads.", example=THREADS, headers=REPLAY), **problems(404, 409, 413, 415)},
    response_class=Response,
)
def post_reply(
    *, reference: KeyText, number: Number, who: Commenter, document: JsonBody, session: Writing, once: Doing, now: Now
) -> Response:
    """The thread is longer."""

    def make() -> Response:
        said = read_as(ReplyIn, document)
        reach = Reach(session, who)
        paper, version = reach.paper(reference), reach.version(reference, said.version)
        reach.allow_thread(paper, number)
        commands.reply(session, paper=paper, version=version, number=number, text=said.text, by=who.key, now=now)
        return _threads(session, reach, paper, 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.post(
    "/comments/{number}/resolution",
    summary="Settle a thread of comments",
    description="What the thread asks for is done; who said so is kept with it.",
    operation_id="resolve_comment",
    responses={201: gives(ThreadsOut, "The threads.", example=THREADS, headers=REPLAY), **problems(404, 409, 413)},
    response_class=Response,
)
def resolve_comment(
    *, reference: KeyText, number: Number, who: Commenter, session: Writing, once: Doing, now: Now
) -> Response:
    """The thread is settled."""

    def make() -> Response:
        reach = Reach(session, who)
        paper = reach.paper(reference)
        reach.allow_thread(paper, number)
        commands.resolve(session, paper=paper, number=number, by=who.key, now=now)
        return _threads(session, reach, paper, 201)

    return once.answer(b"", make)


def _threads(session: Session, reach: Reach, paper: PaperKept, status: int = 200) -> Response:
    session.expire_all()  # what a thread has become is read anew
    return json_answer(plain(ThreadsOut(threads=list(map(ThreadOut.of, reach.threads(paper))))), status)
