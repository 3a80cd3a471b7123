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
    ADD_PICTURES = "add pictures"
    READ_AUDIT = "read the audit log"
    MANAGE_ACCOUNTS = "change accounts"

    @property
    def scope(self) -> str:
        """How a token names it, as `facts:read`: what, then the deed; papers where the name says only the deed."""
        deed, _, what = self.name.lower().partition("_")
        return f"{what.replace('_', '-') or _WITHOUT_OBJECT.get(deed, 'papers')}:{deed}"


_WITHOUT_OBJECT = {"download": "versions"}


_READING = frozenset({Action.READ_FACTS, Action.READ_VERSIONS, Action.DOWNLOAD})
_REPORTING = frozenset({Action.READ_FACTS, Action.WRITE_UPDATES, Action.ADD_PICTURES, Action.PREVIEW})
_PRODUCING = _READING | _REPORTING | {Action.WRITE_FACTS, Action.GENERATE}

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: frozenset(Action),
    Role.TEMPLATE_MANAGER: _READING | {Action.PREVIEW, Action.MANAGE_FORMATS},
    Role.SECRETARY: _PRODUCING | {Action.CHANGE_SHARED_FACTS, Action.READ_STAFF_NUMBERS},
    Role.APPROVER: _READING | {Action.PREVIEW},
    Role.AUTHOR: _PRODUCING,
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


class TokenMayNot(Forbidden):
    """The account's role goes with that, but the token that it asks by was made for less."""

    def __init__(self, action: Action) -> None:
        super().__init__(f"This token may not {action.value}: it has no scope “{action.scope}”.")


def may(account: Account, action: Action) -> bool:
    """Whether the account may do that, by the token that it asks by."""
    return action in ALLOWED[account.role] and _in_scope(account, action)


def authorise(account: Account, action: Action) -> None:
    """The account may do that; raises RoleMayNot or TokenMayNot."""
    if action not in ALLOWED[account.role]:
        raise RoleMayNot(account, action)
    if not _in_scope(account, action):
        raise TokenMayNot(action)


def scopes_of(role: Role) -> frozenset[str]:
    """Every scope that a token of this role may have."""
    return frozenset(action.scope for action in ALLOWED[role])


def _in_scope(account: Account, action: Action) -> bool:
    return account.scopes is None or action.scope in account.scopes


def sees(account: Account, organisation_id: int) -> bool:
    """Whether what this organisation owns exists for the account; answer as if it did not where this is false."""
    return confined_to(account) in (None, organisation_id)


def confined_to(account: Account) -> int | None:
    """The id of the only organisation whose property exists for the account; None for one that sees all."""
    return None if account.role is Role.ADMINISTRATOR else account.organisation_id
