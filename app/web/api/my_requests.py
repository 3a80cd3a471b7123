"""What rounds ask of who calls."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from app.accounts import policy
from app.boards.deadlines import LONDON
from app.facts.asked import AskedOfMe, asked_of_me
from app.rounds import queries, reach
from app.rounds.models import Request
from app.rounds.standing import Standing
from app.web.api.kinds import Listing
from app.web.api.lists import Paging
from app.web.api.representation import plain
from app.web.api.rounds import LISTED, SHAPE
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, Now, Reading
from app.web.openapi import LINK, gives, problems

router = for_accounts("/accounts/me", "rounds")

MINE: dict[str, Any] = {
    **LISTED,
    "round": SHAPE["key"],
    "round_name": SHAPE["name"],
    **{name: SHAPE[name] for name in ("board", "meeting", "due_on", "as_at")},
}


@router.get(
    "/requests",
    summary="See what is asked of me",
    description="What the rounds that take answers ask of the person who calls, as the round or the workstream names "
    "them, and of the workstreams that the account reports; what is due first comes first. Only those that stand in "
    "one way where that is asked.",
    operation_id="list_my_requests",
    responses={
        200: gives(Listing[AskedOfMe], "One page of the list.", example={"items": [MINE], "next": None}, headers=LINK),
        **problems(),
    },
    response_class=Response,
)
def list_my_requests(
    *,
    who: FactsReader,
    session: Reading,
    page: Paging,
    now: Now,
    standing: Annotated[Standing | None, Query(description="Only those that stand so")] = None,
) -> Response:
    """What is asked of the account, and how it stands."""
    today = now.astimezone(LONDON).date()
    found = (
        (_place(request), asked_of_me(request, today=today))
        for request in queries.to_answer(session, who.person_id, who.workstreams or ())
        if _place(request) > page.after and policy.exists_for(who, reach.matter_of(request.round))
    )
    fitting = ((place, said) for place, said in found if standing in (None, said.standing))
    return page.of(fitting, key=lambda row: row[0], show=lambda row: plain(row[1]))


def _place(request: Request) -> str:
    """Where the request stands in the list: by day due, round, and place in it."""
    return f"{request.round.due_on} {request.round.key} {request.position:06}"
