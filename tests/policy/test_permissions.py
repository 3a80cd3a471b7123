"""Who may do what with what: the whole policy against a table that was written by hand, not derived from it."""

from itertools import product

import pytest

from app.accounts import permissions, policy
from app.accounts.models import Account, Role
from app.accounts.policy import Action, Matter, State
from tests.conftest import ROOT

# Columns of the grids: draft, in review, approved, released. x: may, .: may not.
NOTHING, ALWAYS, WHEN_RELEASED = "....", "xxxx", "...x"

GRIDS = {
    # never
    ".": {
        "own": NOTHING,
        "colleague's": NOTHING,
        "other board's": NOTHING,
        "other organisation's": NOTHING,
        "received": NOTHING,
    },
    # what is of the organisation that writes
    "o": {
        "own": ALWAYS,
        "colleague's": ALWAYS,
        "other board's": NOTHING,
        "other organisation's": NOTHING,
        "received": NOTHING,
    },
    # reading: the receiver too, what was released to it
    "r": {
        "own": ALWAYS,
        "colleague's": ALWAYS,
        "other board's": NOTHING,
        "other organisation's": NOTHING,
        "received": WHEN_RELEASED,
    },
    # of every organisation
    "a": {
        "own": ALWAYS,
        "colleague's": ALWAYS,
        "other board's": NOTHING,
        "other organisation's": ALWAYS,
        "received": ALWAYS,
    },
    # by a second person of the organisation that writes
    "2": {
        "own": NOTHING,
        "colleague's": ALWAYS,
        "other board's": NOTHING,
        "other organisation's": NOTHING,
        "received": NOTHING,
    },
}

ROLES = [
    Role.ADMINISTRATOR,
    Role.TEMPLATE_MANAGER,
    Role.SECRETARY,
    Role.APPROVER,
    Role.AUTHOR,
    Role.LEAD,
    Role.CLIENT,
    Role.READER,
]
"""Columns of the table."""

TABLE = {
    Action.READ_FACTS: "a o o o o o o o",
    Action.WRITE_FACTS: "a . o . o . o .",
    Action.WRITE_UPDATES: "a . o . o o o .",
    Action.CHANGE_SHARED_FACTS: "a . o . . . . .",
    Action.READ_STAFF_NUMBERS: "a . o . . . . .",
    Action.PREVIEW: "a o o o o o o .",
    Action.GENERATE: "a . o . o . o .",
    Action.READ_VERSIONS: "a r r r r . r r",
    Action.DOWNLOAD: "a r r r r . r r",
    Action.MANAGE_FORMATS: "a o . . . . . .",
    Action.ADD_TEMPLATES: "a o . . . . . .",
    Action.TRY_TEMPLATES: "a o . . . . . .",
    Action.PUT_TEMPLATES_LIVE: "a o . . . . . .",
    Action.PUT_TEMPLATES_LIVE_ALONE: "a . . . . . . .",
    Action.RETIRE_TEMPLATES: "a o . . . . . .",
    Action.ADD_PICTURES: "a . o . o o o .",
    Action.READ_AUDIT: "a . . . . . . .",
    Action.MANAGE_ACCOUNTS: "a . . . . . . .",
    Action.DECIDE: ". . . 2 . . . .",
    Action.SUBMIT: "a . o . o . . .",
    Action.CHECK: ". . 2 . . . . .",
    Action.RECORD_DECISIONS: ". . 2 . . . . .",
    Action.COMMENT: "a o o o o . . o",
    Action.CLEAR: ". . o o o . . o",
    Action.RELEASE: "a . o . . . . .",
    Action.REISSUE: "a . o . . . . .",
    Action.RECORD_OUTCOMES: "a . r . . . . .",
    Action.RUN_ROUNDS: "a . o . o . . .",
    Action.ANSWER_ROUNDS: "a . o . o o o .",
    Action.JUDGE_ANSWERS: "a . o . o . . .",
}

STATES = [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.RELEASED]

MARKINGS = {"OFFICIAL": True, "OFFICIAL-SENSITIVE": False}
"""Whether the account of the table is cleared for it; for what it is not, every cell is “may not”."""

FORCE, OFFICE, ANOTHER_FORCE = 1, 2, 3

RELATIONS = ("own", "colleague's", "other board's", "other organisation's", "received")


def the_account(role, relation):
    """Cleared for OFFICIAL and the scrutiny board; in the force, but where it receives or looks on from elsewhere."""
    organisation = {"other organisation's": ANOTHER_FORCE, "received": OFFICE}.get(relation, FORCE)
    account = Account(key="ada", name="Ada", role=role, organisation_id=organisation)
    account.markings = ["OFFICIAL"]
    account.boards = ["scrutiny"]
    return account


def the_matter(relation, state, marking):
    return Matter(
        owner_id=FORCE,
        receiver_id=OFFICE,
        board="ethics" if relation == "other board's" else "scrutiny",
        marking=marking,
        state=state,
        written_by=frozenset({"ada"} if relation == "own" else {"bob"}),
    )


@pytest.mark.trust(9)
def test_every_cell_is_declared():
    assert list(TABLE) == list(Action), "every action has its row"
    assert set(ROLES) == set(Role)
    assert set(STATES) == set(State)
    assert {len(row.split()) for row in TABLE.values()} == {len(ROLES)}
    assert {code for row in TABLE.values() for code in row.split()} == set(GRIDS)
    for grid in GRIDS.values():
        assert tuple(grid) == RELATIONS
        assert {len(cells) for cells in grid.values()} == {len(STATES)}


@pytest.mark.trust(9)
def test_the_policy_says_what_the_table_says(figure):
    cells = 0
    wrong = []
    for action, role, relation, state, marking in product(Action, ROLES, RELATIONS, STATES, MARKINGS):
        code = TABLE[action].split()[ROLES.index(role)]
        expected = GRIDS[code][relation][STATES.index(state)] == "x" and MARKINGS[marking]
        cells += 1
        if policy.may(the_account(role, relation), action, the_matter(relation, state, marking)) != expected:
            wrong.append((action.name, role.value, relation, state.value, marking, f"expected {expected}"))
    assert cells == len(Action) * 8 * 5 * 4 * 2
    assert wrong == []
    figure("cells", cells)
    figure("mismatches", len(wrong))


@pytest.mark.trust(9)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_confined_to_nothing_sees_every_board_and_marking_of_its_own(role):
    free = Account(key="ada", name="Ada", role=role, organisation_id=FORCE)
    for relation, state, marking in product(("own", "colleague's", "other board's"), STATES, MARKINGS):
        assert policy.exists_for(free, the_matter(relation, state, marking))
    confined = Account(key="ada", name="Ada", role=role, organisation_id=FORCE, boards=[], markings=None)
    assert not policy.exists_for(confined, the_matter("own", State.DRAFT, "OFFICIAL")), "to no board is to none"


def test_a_lead_who_has_workstreams_reports_those_only():
    lead = Account(key="ada", name="Ada", role=Role.LEAD, organisation_id=FORCE, workstreams=["procurement"])
    assert policy.may(lead, Action.WRITE_UPDATES, Matter(owner_id=FORCE, workstream="procurement"))
    with pytest.raises(policy.NotYourWorkstream, match="“forensics”"):
        policy.authorise(lead, Action.WRITE_UPDATES, Matter(owner_id=FORCE, workstream="forensics"))
    assert policy.may(lead, Action.READ_FACTS, Matter(owner_id=FORCE, workstream="forensics"))


@pytest.mark.parametrize(
    ("role", "relation", "action", "kind", "sentence"),
    [
        (Role.APPROVER, "own", Action.DECIDE, policy.OwnPaper,
         "You may not decide on papers that you wrote or submitted: somebody else does."),
        (Role.SECRETARY, "received", Action.GENERATE, policy.OnlyReleased,
         "You may not generate papers of another organisation: yours receives what is released to it."),
        (Role.SECRETARY, "colleague's", Action.DECIDE, policy.RoleMayNot,
         "A board secretary may not decide on papers."),
    ],
)  # fmt: skip
def test_a_refusal_says_why(role, relation, action, kind, sentence):
    with pytest.raises(kind) as refusal:
        policy.authorise(the_account(role, relation), action, the_matter(relation, State.RELEASED, "OFFICIAL"))
    assert str(refusal.value) == sentence


def test_the_page_of_permissions_is_the_policy():
    published = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert published == permissions.page(), "run: boardpapers permissions --out docs/permissions.md"
