"""Accounts, their tokens, and what each role may do."""

import json
import re

import pytest

from app.accounts import commands, policy, queries
from app.accounts.models import Account, Role
from app.accounts.policy import Action
from app.audit import queries as log
from app.people.models import Organisation
from tests.conftest import NOW


def an_account(session, key: str = "ada", role: Role = Role.AUTHOR) -> tuple[Account, str]:
    return commands.create(session, key=key, name="Ada", role=role, organisation_id=None, by="command-line", now=NOW)


def test_a_token_opens_its_account(database):
    with database.writing() as session:
        _, token = an_account(session)
        an_account(session, "bob")

    assert re.fullmatch(r"bp_[A-Za-z0-9_-]{43}", token)
    with database.reading() as session:
        assert queries.opened_by(session, token, now=NOW).account.key == "ada"


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t.upper(), lambda t: "", lambda t: t + "\udc00"])
def test_no_other_token_opens_it(database, change):
    with database.writing() as session:
        _, token = an_account(session)

    with database.reading() as session:
        assert queries.opened_by(session, change(token), now=NOW) is None


def test_the_token_itself_is_nowhere_in_the_database(database):
    with database.writing() as session:
        account, token = an_account(session)
        (kept,) = queries.tokens(session, account)
        assert not any(token in str(value) for value in vars(kept).values())
        bodies = [entry.body for entry in log.walk(session)]

    assert len(bodies) == 1
    assert token not in bodies[0]


def test_a_renewed_token_replaces_the_old_one(database):
    with database.writing() as session:
        account, old = an_account(session)
        new = commands.renew_token(session, account, by="command-line", now=NOW)

    with database.reading() as session:
        assert queries.opened_by(session, old, now=NOW) is None
        assert queries.opened_by(session, new, now=NOW).account.key == "ada"


def test_a_revoked_token_opens_nothing(database):
    with database.writing() as session:
        account, token = an_account(session)
        commands.revoke_token(session, account, by="command-line", now=NOW)
        commands.revoke_token(session, account, by="command-line", now=NOW)

    with database.reading() as session:
        assert queries.opened_by(session, token, now=NOW) is None
        actions = [json.loads(entry.body)["action"] for entry in log.walk(session)]
    assert actions == ["account.created", "account.token-revoked"]


def test_two_accounts_cannot_have_one_key(database):
    with database.writing() as session:
        an_account(session)

    with pytest.raises(commands.AccountExists, match="“ada”"), database.writing() as session:
        an_account(session)


def test_an_account_that_is_not_there_is_named(database):
    with database.reading() as session, pytest.raises(queries.NoSuchAccount, match="There is no account “eve”"):
        queries.get(session, "eve")


def test_accounts_are_listed_page_by_page(database):
    with database.writing() as session:
        for key in ("cid", "ada", "bob"):
            an_account(session, key)

    with database.reading() as session:
        assert [account.key for account in queries.page(session, limit=2)] == ["ada", "bob"]
        assert [account.key for account in queries.page(session, limit=2, after="bob")] == ["cid"]


def test_the_command_line_acts_as_one_administrator_without_a_token(database):
    with database.writing() as session:
        first = commands.command_line(session, NOW).id
    with database.writing() as session:
        account = commands.command_line(session, NOW)
        assert account.id == first
        assert account.key == "command-line"
        assert account.role is Role.ADMINISTRATOR
        assert queries.tokens(session, account) == []

    with database.reading() as session:
        assert log.head(session).sequence == 1


# Written by hand, not derived from the policy. Columns in the order of ROLES; x: may, .: may not.
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
TABLE = {
    Action.READ_FACTS: "x x x x x x x x",
    Action.WRITE_FACTS: "x . x . x . x .",
    Action.WRITE_UPDATES: "x . x . x x x .",
    Action.CHANGE_SHARED_FACTS: "x . x . . . . .",
    Action.READ_STAFF_NUMBERS: "x . x . . . . .",
    Action.PREVIEW: "x x x x x x x .",
    Action.GENERATE: "x . x . x . x .",
    Action.READ_VERSIONS: "x x x x x . x x",
    Action.DOWNLOAD: "x x x x x . x x",
    Action.MANAGE_FORMATS: "x x . . . . . .",
    Action.ADD_TEMPLATES: "x x . . . . . .",
    Action.TRY_TEMPLATES: "x x . . . . . .",
    Action.PUT_TEMPLATES_LIVE: "x x . . . . . .",
    Action.PUT_TEMPLATES_LIVE_ALONE: "x . . . . . . .",
    Action.RETIRE_TEMPLATES: "x x . . . . . .",
    Action.ADD_PICTURES: "x . x . x x x .",
    Action.READ_AUDIT: "x . . . . . . .",
    Action.MANAGE_ACCOUNTS: "x . . . . . . .",
    Action.DECIDE: ". . . x . . . .",
    Action.SUBMIT: "x . x . x . . .",
    Action.CHECK: ". . x . . . . .",
    Action.RECORD_DECISIONS: ". . x . . . . .",
    Action.COMMENT: "x x x x x . . x",
    Action.CLEAR: ". . x x x . . x",
    Action.RELEASE: "x . x . . . . .",
    Action.REISSUE: "x . x . . . . .",
    Action.RECORD_OUTCOMES: "x . x . . . . .",
    Action.RUN_ROUNDS: "x . x . x . . .",
    Action.ANSWER_ROUNDS: "x . x . x x x .",
    Action.JUDGE_ANSWERS: "x . x . x . . .",
}


def test_the_table_has_a_cell_for_every_role_and_action():
    assert set(ROLES) == set(Role)
    assert set(TABLE) == set(Action)
    assert {len(row.split()) for row in TABLE.values()} == {len(ROLES)}


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_table_says_and_nothing_else(role, action):
    may = TABLE[action].split()[ROLES.index(role)] == "x"
    account = Account(key="ada", name="Ada", role=role)

    if may:
        policy.authorise(account, action)
    else:
        with pytest.raises(policy.RoleMayNot, match=r"^An? [a-z ]+ may not [a-z ]+\.$"):
            policy.authorise(account, action)


def test_a_refusal_names_the_role_and_the_deed():
    reader = Account(key="rita", name="Rita", role=Role.READER)

    with pytest.raises(policy.RoleMayNot) as refusal:
        policy.authorise(reader, Action.MANAGE_FORMATS)

    assert str(refusal.value) == "A reader may not change formats."


@pytest.mark.parametrize(
    ("role", "own", "theirs", "sees"),
    [
        (Role.AUTHOR, 1, 1, True),
        (Role.AUTHOR, 1, 2, False),
        (Role.AUTHOR, None, 2, True),
        (Role.READER, 2, 1, False),
        (Role.CLIENT, 1, 2, False),
        (Role.ADMINISTRATOR, 1, 2, True),
        (Role.ADMINISTRATOR, None, 2, True),
    ],
)
def test_papers_of_another_organisation_do_not_exist(role, own, theirs, sees):
    account = Account(key="ada", name="Ada", role=role, organisation_id=own)

    assert policy.sees(account, theirs) is sees


def test_an_account_belongs_to_its_organisation(database):
    with database.writing() as session:
        force = Organisation(key="force", name="Force", short_name="Force")
        session.add(force)
        session.flush()
        account, _ = commands.create(
            session, key="ada", name="Ada", role=Role.LEAD, organisation_id=force.id, by="command-line", now=NOW
        )
        assert policy.sees(account, force.id)
        assert not policy.sees(account, force.id + 1)
