"""Who may do what, and who sees whose papers. Every route asks here, and nowhere else.

What an account may do is asked in three steps: does the matter exist for it (organisation, board, marking, state);
does its role go with the deed, and its token; and is there no rule that keeps the deed from this person (their own
paper, another's workstream). `docs/permissions.md` is printed from here.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.accounts.models import Account, Role
from app.errors import Forbidden


class Action(StrEnum):
    """What somebody may be allowed to do; the value completes “A reader may not …”."""

    READ_FACTS = "read facts"
    WRITE_FACTS = "change facts"
    WRITE_UPDATES = "report updates"
    CHANGE_SHARED_FACTS = "change what all organisations share"
    READ_STAFF_NUMBERS = "see staff numbers"
    PREVIEW = "preview papers"
    GENERATE = "generate papers"
    READ_VERSIONS = "see versions of papers"
    DOWNLOAD = "download documents"
    MANAGE_FORMATS = "change formats"
    ADD_TEMPLATES = "add template versions"
    TRY_TEMPLATES = "try templates"
    PUT_TEMPLATES_LIVE = "put templates live"
    PUT_TEMPLATES_LIVE_ALONE = "put templates live alone"
    RETIRE_TEMPLATES = "retire templates"
    ADD_PICTURES = "add pictures"
    READ_AUDIT = "read the audit log"
    MANAGE_ACCOUNTS = "change accounts"
    DECIDE = "decide on papers"
    SUBMIT = "submit papers"
    CHECK = "check papers"
    RECORD_DECISIONS = "record decisions on papers"
    COMMENT = "comment on papers"
    CLEAR = "clear sections of papers"
    RELEASE = "release papers"
    REISSUE = "reissue papers"
    RECORD_OUTCOMES = "record what meetings made of papers"
    RUN_ROUNDS = "run rounds"
    ANSWER_ROUNDS = "answer rounds"
    JUDGE_ANSWERS = "judge answers"

    @property
    def scope(self) -> str:
        """How a token names it, as `facts:read`: what, then the deed; papers where the name says only the deed."""
        deed, _, what = self.name.lower().partition("_")
        return f"{what.replace('_', '-') or _WITHOUT_OBJECT.get(deed, 'papers')}:{deed}"


_WITHOUT_OBJECT = {"download": "versions"}


_READING = frozenset({Action.READ_FACTS, Action.READ_VERSIONS, Action.DOWNLOAD})
_REPORTING = frozenset(
    {Action.READ_FACTS, Action.WRITE_UPDATES, Action.ADD_PICTURES, Action.PREVIEW, Action.ANSWER_ROUNDS}
)
_REVIEWING = frozenset({Action.COMMENT, Action.CLEAR})
_OF_SECRETARIES = frozenset(
    {Action.CHECK, Action.RECORD_DECISIONS, Action.RELEASE, Action.REISSUE, Action.RECORD_OUTCOMES}
)
_PERSONS_WORD = frozenset({Action.DECIDE, Action.CHECK, Action.RECORD_DECISIONS, Action.CLEAR})
_TEMPLATES = frozenset(
    {
        Action.MANAGE_FORMATS,
        Action.ADD_TEMPLATES,
        Action.TRY_TEMPLATES,
        Action.PUT_TEMPLATES_LIVE,
        Action.RETIRE_TEMPLATES,
    }
)
_PRODUCING = _READING | _REPORTING | {Action.WRITE_FACTS, Action.GENERATE}
_ASKING = frozenset({Action.RUN_ROUNDS, Action.JUDGE_ANSWERS})

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: frozenset(Action) - _PERSONS_WORD,
    Role.TEMPLATE_MANAGER: _READING | _TEMPLATES | {Action.PREVIEW, Action.COMMENT},
    Role.SECRETARY: _PRODUCING
    | _REVIEWING
    | _OF_SECRETARIES
    | _ASKING
    | {Action.CHANGE_SHARED_FACTS, Action.READ_STAFF_NUMBERS, Action.SUBMIT},
    Role.APPROVER: _READING | _REVIEWING | {Action.PREVIEW, Action.DECIDE},
    Role.AUTHOR: _PRODUCING | _REVIEWING | _ASKING | {Action.SUBMIT},
    Role.LEAD: _REPORTING,
    Role.CLIENT: _PRODUCING,
    Role.READER: _READING | _REVIEWING,
}
"""What each role may do; what is not listed is refused."""

OF_RECEIVERS = frozenset({Action.READ_VERSIONS, Action.DOWNLOAD, Action.RECORD_OUTCOMES})
"""What the organisation whose board receives a paper does with it, once it was released; the rest is the writers'."""

BY_ANOTHER = frozenset({Action.DECIDE, Action.CHECK, Action.RECORD_DECISIONS})
"""What nobody does with a paper that they wrote or submitted."""

IN_PERSON = BY_ANOTHER | {Action.CLEAR}
"""What is a person's word: no token has it, whatever its scopes."""

REPORTING = frozenset({Action.WRITE_UPDATES, Action.ANSWER_ROUNDS})
"""What is done for a workstream, by who reports it."""


class State(StrEnum):
    """How far a paper, or a version of one, has come: what of it exists for whom."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    RELEASED = "released"


@dataclass(frozen=True)
class Matter:
    """What is asked about, as far as it matters who asks; a new paper is a draft, and a workstream has no state."""

    owner_id: int
    """The organisation that writes it."""
    receiver_id: int | None = None
    """The organisation whose board receives it."""
    board: str | None = None
    workstream: str | None = None
    marking: str | None = None
    state: State = State.DRAFT
    written_by: frozenset[str] = frozenset()
    """Keys of the accounts that wrote or submitted it; contributing an update does not count."""


_A_ROLE = {
    Role.ADMINISTRATOR: "An administrator",
    Role.TEMPLATE_MANAGER: "A template manager",
    Role.SECRETARY: "A board secretary",
    Role.APPROVER: "An approver",
    Role.AUTHOR: "A report author",
    Role.LEAD: "A workstream lead",
    Role.CLIENT: "A client",
    Role.READER: "A reader",
}


class RoleMayNot(Forbidden):
    """The account's role does not go with that."""

    def __init__(self, account: Account, action: Action) -> None:
        super().__init__(f"{_A_ROLE[account.role]} may not {action.value}.")


class TokenMayNot(Forbidden):
    """The account's role goes with that, but the token that it asks by was made for less."""

    def __init__(self, action: Action) -> None:
        super().__init__(f"This token may not {action.value}: it has no scope “{action.scope}”.")


class OwnPaper(Forbidden):
    """The account wrote or submitted the paper."""

    def __init__(self, action: Action) -> None:
        super().__init__(f"You may not {action.value} that you wrote or submitted: somebody else does.")


class NotYourWorkstream(Forbidden):
    """The account reports other workstreams."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"You may not report updates of “{ref}”: it is not among your workstreams.")


class OnlyReleased(Forbidden):
    """The account's organisation receives the paper and does not write it."""

    def __init__(self, action: Action) -> None:
        super().__init__(f"You may not {action.value} of another organisation: yours receives what is released to it.")


def may(account: Account, action: Action, matter: Matter | None = None) -> bool:
    """Whether the account may do that, by the token that it asks by; with this, where a matter is named."""
    if matter is not None and not exists_for(account, matter):
        return False
    return _refusal(account, action, matter) is None


def authorise(account: Account, action: Action, matter: Matter | None = None) -> None:
    """The account may do that; with a matter that exists for it (`exists_for`), where one is named.

    Raises RoleMayNot, TokenMayNot, OnlyReleased, OwnPaper or NotYourWorkstream.
    """
    refusal = _refusal(account, action, matter)
    if refusal is not None:
        raise refusal


def exists_for(account: Account, matter: Matter) -> bool:
    """Whether there is such a thing for the account; answer as if there were not where this is false."""
    if account.boards is not None and matter.board is not None and matter.board not in account.boards:
        return False
    if account.markings is not None and matter.marking is not None and matter.marking not in account.markings:
        return False
    return sees(account, matter.owner_id) or _receives(account, matter)


def _receives(account: Account, matter: Matter) -> bool:
    return matter.state is State.RELEASED and confined_to(account) == matter.receiver_id is not None


def _refusal(account: Account, action: Action, matter: Matter | None) -> Forbidden | None:
    if action not in ALLOWED[account.role]:
        return RoleMayNot(account, action)
    if not _in_scope(account, action):
        return TokenMayNot(action)
    return None if matter is None else _refusal_of(account, action, matter)


def _refusal_of(account: Account, action: Action, matter: Matter) -> Forbidden | None:
    if not sees(account, matter.owner_id) and action not in OF_RECEIVERS:
        return OnlyReleased(action)
    if action in BY_ANOTHER and account.key in matter.written_by:
        return OwnPaper(action)
    if action in REPORTING and matter.workstream is not None and not _reports(account, matter.workstream):
        return NotYourWorkstream(matter.workstream)
    return None


def _reports(account: Account, ref: str) -> bool:
    return account.workstreams is None or ref in account.workstreams


def scopes_of(role: Role) -> frozenset[str]:
    """Every scope that a token of this role may have: decisions and clearances are a person's, never a token's."""
    return frozenset(action.scope for action in ALLOWED[role] - IN_PERSON)


def _in_scope(account: Account, action: Action) -> bool:
    return account.scopes is None or action.scope in account.scopes


def sees(account: Account, organisation_id: int) -> bool:
    """Whether what this organisation owns exists for the account; answer as if it did not where this is false."""
    return confined_to(account) in (None, organisation_id)


def confined_to(account: Account) -> int | None:
    """The id of the only organisation whose property exists for the account; None for one that sees all."""
    return None if account.role is Role.ADMINISTRATOR else account.organisation_id


def is_confined(account: Account) -> bool:
    """Whether there is anything that does not exist for the account, or that it may not do with some things only."""
    remits = (confined_to(account), account.boards, account.workstreams, account.markings)
    return any(remit is not None for remit in remits)
