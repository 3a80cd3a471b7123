"""The policy as a page to read: every cell asked of the policy itself, none written down here."""

from app.accounts.models import Account, Role
from app.accounts.policy import ALLOWED, BY_ANOTHER, OF_RECEIVERS, Action, Matter, State, exists_for, may

WRITERS, RECEIVERS, OTHERS = 1, 2, 3
"""Ids of organisations that are there only to ask about."""

PLACES = {
    "of the organisation that writes": WRITERS,
    "of the organisation whose board receives": RECEIVERS,
    "of another organisation": OTHERS,
    "of none: confined to no organisation": None,
}


def page() -> str:
    """`docs/permissions.md`, in Markdown."""
    return "\n".join([*_roles(), *_existence(), *_rules()]) + "\n"


def _roles() -> list[str]:
    header = ["May", *(role.value for role in Role), "Scope of a token"]
    rows = [
        [action.value, *("yes" if action in ALLOWED[role] else "–" for role in Role), f"`{action.scope}`"]
        for action in Action
    ]
    return [
        "# Who may do what",
        "",
        "Printed by `boardpapers permissions --out docs/permissions.md` from `app/accounts/policy.py`; held by a test.",
        "",
        "## What each role may do",
        "",
        "With what exists for the account (below). A token may do what its scopes name, and no more than its account.",
        "",
        *_table(header, rows),
        "",
    ]


def _existence() -> list[str]:
    header = ["An account", *(state.value for state in State)]
    rows = [
        [place, *(_cell(Account(key="x", role=Role.READER, organisation_id=number), state) for state in State)]
        for place, number in PLACES.items()
    ]
    administrator = Account(key="x", role=Role.ADMINISTRATOR, organisation_id=OTHERS)
    rows.append(["of any organisation, as administrator", *(_cell(administrator, state) for state in State)])
    return [
        "## What exists for whom",
        "",
        "A paper, or a version of it, by its state. What does not exist for an account is answered as if there were",
        "no such thing (404).",
        "",
        *_table(header, rows),
        "",
        "An account that is confined to boards or to markings (`boardpapers user confine`) sees papers of those only;",
        "others do not exist for it, whatever its role.",
        "",
    ]


def _cell(account: Account, state: State) -> str:
    return "yes" if exists_for(account, Matter(owner_id=WRITERS, receiver_id=RECEIVERS, state=state)) else "–"


def _rules() -> list[str]:
    released = Matter(owner_id=WRITERS, receiver_id=RECEIVERS, state=State.RELEASED)
    received = [
        action.value
        for action in Action
        if action in OF_RECEIVERS
        and any(may(Account(key="x", role=role, organisation_id=RECEIVERS), action, released) for role in Role)
    ]
    return [
        "## Rules that hold for every role",
        "",
        f"* The organisation whose board receives a paper may, once it was released: {', '.join(received)}.",
        "  Everything else is done by the organisation that writes it.",
        f"* Nobody may, with a paper that they wrote or submitted: {_listed(BY_ANOTHER)}.",
        "* What a paper would say otherwise now than a version of it: seen by who may see versions and preview papers.",
        "* An account that is confined to workstreams reports updates of those only; one that is confined to boards",
        "  changes no other board, nor a series of one.",
        "* A decision asks for a person who signed in, or proved again who they are, a short while ago: a token never",
        "  decides. Nor does a token clear a text: that is the word of a person who is signed in.",
    ]


def _listed(actions: frozenset[Action]) -> str:
    return ", ".join(action.value for action in Action if action in actions)


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows)]
