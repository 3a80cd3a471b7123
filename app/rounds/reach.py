"""Which rounds exist for an account, and for which workstreams it answers: pages and routes ask here."""

from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Account
from app.accounts.policy import Action, Matter
from app.errors import Hidden
from app.rounds import queries
from app.rounds.models import Request, Round


def matter_of(round_: Round, ref: str | None = None) -> Matter:
    """The round as a matter of the policy, or what it asks of one workstream. Needs `meeting` with its board."""
    return Matter(owner_id=round_.organisation_id, board=round_.meeting.board.key, workstream=ref)


def find(session: Session, account: Account, key: str) -> Round | None:
    """The round with this key as `queries.find` loads it, if there is one.

    Raises:
        Hidden: there is one, and not for this account.
    """
    round_ = queries.find(session, key)
    if round_ is not None and not policy.exists_for(account, matter_of(round_)):
        raise Hidden(queries.NoRound(key))
    return round_


def get(session: Session, account: Account, key: str) -> Round:
    """The round with this key as `queries.get` loads it.

    Raises:
        NoRound: if there is none, or none for this account (Hidden).
    """
    round_ = find(session, account, key)
    if round_ is None:
        raise queries.NoRound(key)
    return round_


def get_request(session: Session, account: Account, key: str, ref: str) -> Request:
    """What the round asks of the workstream, whole.

    Raises:
        NoRequest: if it asks nothing of it, or nothing that exists for this account (Hidden).
    """
    request = queries.get_request(session, key, ref)
    if not policy.exists_for(account, matter_of(request.round)):
        raise Hidden(queries.NoRequest(key, ref))
    return request


def get_answerable(session: Session, account: Account, key: str, ref: str) -> Request:
    """What the round asks of the workstream, for which this account may answer.

    Raises:
        NoRequest: as `get_request`.
        RoleMayNot, TokenMayNot, NotYourWorkstream: the account may not answer for it.
    """
    request = get_request(session, account, key, ref)
    policy.authorise(account, Action.ANSWER_ROUNDS, matter_of(request.round, ref))
    return request
