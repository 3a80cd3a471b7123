"""Who may do what, and who sees whose papers. Every route asks here, and nowhere else."""

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
    RUN_ROUNDS = "run rounds"
    ANSWER_ROUNDS = "answer rounds"
    JUDGE_ANSWERS = "judge answers"


_READING = frozenset({Action.READ_FACTS, Action.READ_VERSIONS, Action.DOWNLOAD})
_REPORTING = frozenset(
    {Action.READ_FACTS, Action.WRITE_UPDATES, Action.ADD_PICTURES, Action.PREVIEW, Action.ANSWER_ROUNDS}
)
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
    Role.ADMINISTRATOR: frozenset(Action),
    Role.TEMPLATE_MANAGER: _READING | _TEMPLATES | {Action.PREVIEW},
    Role.SECRETARY: _PRODUCING | _ASKING | {Action.CHANGE_SHARED_FACTS, Action.READ_STAFF_NUMBERS},
    Role.APPROVER: _READING | {Action.PREVIEW},
    Role.AUTHOR: _PRODUCING | _ASKING,
    Role.LEAD: _REPORTING,
    Role.CLIENT: _PRODUCING,
    Role.READER: _READING,
}
"""What each role may do; what is not listed is refused."""

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


def may(account: Account, action: Action) -> bool:
    """Whether the account may do that."""
    return action in ALLOWED[account.role]


def authorise(account: Account, action: Action) -> None:
    """The account may do that; raises RoleMayNot."""
    if not may(account, action):
        raise RoleMayNot(account, action)


def sees(account: Account, organisation_id: int) -> bool:
    """Whether what this organisation owns exists for the account; answer as if it did not where this is false."""
    return confined_to(account) in (None, organisation_id)


def confined_to(account: Account) -> int | None:
    """The id of the only organisation whose property exists for the account; None for one that sees all."""
    return None if account.role is Role.ADMINISTRATOR else account.organisation_id
