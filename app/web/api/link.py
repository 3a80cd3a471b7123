"""What a contributor outside sees and does by a link: one workstream, and nothing else."""

from datetime import datetime
from typing import Any

from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.facts.answering import Giver, SaidShape, Seen, answer
from app.facts.asked import AskedByLink, asked_by_link
from app.rounds import queries
from app.web.api import examples
from app.web.api.body import JsonBody, read_as
from app.web.api.once import DoingByLink
from app.web.api.representation import AsText, in_words, json_answer, plain
from app.web.api.routing import for_links
from app.web.deps import ByLink, LinkHolder, Now, Reading, Store, Writing
from app.web.openapi import LOCATION, REPLAY, gives, problems, takes

router = for_links("/link", "rounds")


ANSWER: dict[str, Any] = {
    "number": 1,
    "kind": "no-change",
    "update": examples.UPDATE,
    "subject": None,
    "given_by": "Programme office of the region",
    "verdict": None,
    "reason": None,
    "recorded_at": "2026-11-23T12:00:00Z",
}
OPENED: dict[str, Any] = {
    "workstream": "Shared procurement",
    "parts": [],
    "to_fill": [{"key": "progress", "label": "Progress", "guidance": "", "required": True}],
    "due_on": "2026-11-12",
    "as_at": "2026-11-12",
    "closed": False,
    "standing": "answered",
    "last_time": examples.UPDATE,
    "this_time": None,
    "reported": None,
    "revision": 0,
    "answers": [ANSWER],
}


@router.get(
    "",
    summary="Open a link",
    description="What is asked of the workstream for which the link was given, with what it reported last. The secret "
    "of the link is sent like a token: `Authorization: Bearer bl_…`. Every use is in the audit log.",
    operation_id="get_link",
    responses={200: gives(AskedByLink, "What is asked.", example=OPENED), **problems(404, 429)},
    response_class=Response,
)
def open_link(holder: ByLink, session: Reading, now: Now, as_text: AsText = False) -> Response:
    """The one request that the link opens."""
    document = plain(_opened(session, holder, now))
    return json_answer(in_words(document) if as_text else document)


@router.post(
    "/answers",
    summary="Answer by a link",
    description="As an account answers a round, in the name of whom the link was given to, as at the round's day.",
    operation_id="post_link_answer",
    openapi_extra=takes(SaidShape, {"kind": "no-change"}),
    responses={
        201: gives(AskedByLink, "What is asked, with the answer.", example=OPENED, headers=LOCATION | REPLAY),
        **problems(404, 409, 413, 415, 429),
    },
    response_class=Response,
)
def answer_by_link(
    *, holder: ByLink, document: JsonBody, session: Writing, blobs: Store, once: DoingByLink, now: Now
) -> Response:
    """The answer is recorded."""

    def make() -> Response:
        said = read_as(SaidShape, document)
        who = Giver(holder.name)
        seen = Seen(said.revision)
        answer(session, blobs, holder.round, holder.ref, said=said, seen=seen, who=who, by=holder.by, now=now)
        return json_answer(plain(_opened(session, holder, now)), 201, {"Location": "/api/v1/link"})

    return once.answer(repr(sorted(document.items())).encode(), make)


def _opened(session: Session, holder: LinkHolder, now: datetime) -> AskedByLink:
    return asked_by_link(session, queries.get_request(session, holder.round, holder.ref), now=now)
