"""People and their passwords: set once by a link, kept as Argon2id, tried so often and no more."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.accounts import commands, passwords, queries, sign_in
from app.accounts.models import Role
from app.errors import Fault
from tests.conftest import NOW

PASSWORD = "three words nobody expects"


def a_person(session, key="ada", role=Role.AUTHOR):
    return commands.open_account(session, key=key, name="Ada", role=role, organisation_id=None, by="x", now=NOW)


@pytest.fixture
def link(database):
    with database.writing() as session:
        secret, _ = sign_in.give_link(session, a_person(session), by="x", now=NOW)
    return secret


def set_by(database, secret, password=PASSWORD, now=NOW):
    kept = passwords.hashed(password, key="ada")
    with database.writing() as session:
        sign_in.use_link(session, secret, kept, now=now)


def opens(database, password, key="ada"):
    with database.reading() as session:
        return sign_in.is_right(queries.find(session, key), password)


def test_who_has_the_link_sets_the_password_once(database, link):
    assert not opens(database, PASSWORD)
    set_by(database, link)
    assert opens(database, PASSWORD)
    assert not opens(database, PASSWORD + " ")
    with pytest.raises(sign_in.NoSuchLink, match="used, replaced, or is too old"):
        set_by(database, link, "another word or two")
    assert opens(database, PASSWORD)


def test_a_link_opens_for_two_days(database, link):
    with pytest.raises(sign_in.NoSuchLink):
        set_by(database, link, now=NOW + timedelta(days=2))
    set_by(database, link, now=NOW + timedelta(days=1, hours=23))


def test_a_new_link_voids_the_one_before_and_a_disabled_account_has_none(database, link):
    with database.writing() as session:
        second, _ = sign_in.give_link(session, queries.get(session, "ada"), by="x", now=NOW)
    with pytest.raises(sign_in.NoSuchLink):
        set_by(database, link)
    with database.writing() as session:
        commands.disable(session, queries.get(session, "ada"), by="x", now=NOW)
    with pytest.raises(sign_in.NoSuchLink):
        set_by(database, second)


def test_neither_link_nor_password_is_anywhere_in_the_database(database, link):
    set_by(database, link)
    with database.writing() as session:
        again, _ = sign_in.give_link(session, queries.get(session, "ada"), by="x", now=NOW)
    with database.reading() as session:
        kept = queries.get(session, "ada").password_hash
        rows = [
            str(row)
            for table in ("account", "password_link", "audit_event")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(rows) > 4
    for secret in (PASSWORD, link, again):
        assert not any(secret in row for row in rows)


@pytest.mark.parametrize(
    "password", ["short", "x" * 11, "abab" * 5, "Ada Lovelace 1815", "y" * 3 + "abcdefghi" * 30, ""]
)
def test_what_is_no_password_is_refused_in_a_sentence(password):
    with pytest.raises(passwords.FaultyPassword) as refusal:
        passwords.hashed(password, key="ada")
    (fault,) = refusal.value.faults
    assert isinstance(fault, Fault)
    assert fault.where == "password"
    assert password not in str(refusal.value) or not password


def test_the_same_keys_open_it_on_every_machine(database, link):
    set_by(database, link, "Café crème fraîche")
    assert opens(database, "Cafe\u0301 cre\u0300me frai\u0302che")
    assert not opens(database, "Cafe creme fraiche")
    assert not opens(database, "\udc00" * 20)
    assert not opens(database, "x" * 10_000)
    assert not opens(database, PASSWORD, key="nobody")


def test_a_disabled_account_is_shut_and_its_deeds_are_still_known(database, link):
    set_by(database, link)
    with database.writing() as session:
        account = queries.get(session, "ada")
        _, secret = commands.give_token(session, account, name="n", by="x", now=NOW)
        commands.disable(session, account, by="x", now=NOW)
    assert not opens(database, PASSWORD)
    with database.writing() as session:
        assert queries.opened_by(session, secret, now=NOW) is None
        account = queries.get(session, "ada")
        commands.enable(session, account, by="x", now=NOW)
        assert queries.opened_by(session, secret, now=NOW) is None, "what was given before stays shut"
    assert not opens(database, PASSWORD)


def test_there_is_always_an_administrator(database):
    with database.writing() as session:
        commands.command_line(session, NOW)
        first = a_person(session, "first", Role.ADMINISTRATOR)
    for deed in (
        lambda session, account: commands.disable(session, account, by="x", now=NOW),
        lambda session, account: commands.set_role(
            session, account, Role.READER, organisation_id=None, by="x", now=NOW
        ),
    ):
        with pytest.raises(commands.LastAdministrator, match="“first” is the last"), database.writing() as session:
            deed(session, queries.get(session, "first"))
        with database.writing() as session:
            second = queries.find(session, "second") or a_person(session, "second", Role.ADMINISTRATOR)
            second.disabled_at = None
            first = queries.get(session, "first")
            deed(session, first)
            first.role, first.disabled_at, second.disabled_at = Role.ADMINISTRATOR, None, NOW


def attempt(database, *subjects, now=NOW, at_most=5):
    with database.writing() as session:
        sign_in.count_attempt(session, subjects, at_most=at_most, now=now)


def test_attempts_are_counted_by_account_and_by_address(database):
    for number in range(5):
        attempt(database, "account/ada", f"address/10.0.0.{number}")
    with pytest.raises(sign_in.TooManyAttempts, match="Try again in 61 seconds") as refusal:
        attempt(database, "account/ada", "address/10.0.0.9")
    assert refusal.value.retry_after == 61
    for number in range(5):
        attempt(database, f"account/{number}", "address/10.0.0.77")
    with pytest.raises(sign_in.TooManyAttempts):
        attempt(database, "account/bob", "address/10.0.0.77")
    attempt(database, "account/bob", "address/10.0.0.78")


def test_a_minute_later_one_may_try_again_and_who_succeeds_at_once(database):
    for second in range(5):
        attempt(database, "account/ada", now=NOW + timedelta(seconds=10 * second))
    with pytest.raises(sign_in.TooManyAttempts):
        attempt(database, "account/ada", now=NOW + timedelta(seconds=59))
    attempt(database, "account/ada", now=NOW + timedelta(seconds=60))
    with pytest.raises(sign_in.TooManyAttempts):
        attempt(database, "account/ada", now=NOW + timedelta(seconds=61))
    with database.writing() as session:
        sign_in.forget_attempts(session, ["account/ada"])
    attempt(database, "account/ada", now=NOW + timedelta(seconds=62))


def test_workers_count_together(database_url):
    from concurrent.futures import ThreadPoolExecutor

    from app.db import Database

    def worker(_):
        own = Database(database_url)
        try:
            attempt(own, "account/ada")
        except sign_in.TooManyAttempts:
            return 0
        else:
            return 1
        finally:
            own.dispose()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(worker, range(24))) == 5


def test_a_demonstration_leaves_everybody_elses_accounts_alone(database):
    kept = passwords.hashed(PASSWORD, key="demonstration")

    def demonstrate(session, key, name="Board secretary"):
        return commands.demonstrate(
            session, key=key, name=name, role=Role.READER, organisation_id=None, password_hash=kept, by="x", now=NOW
        )

    with database.writing() as session:
        a_person(session, "ada")
        assert demonstrate(session, "board-secretary").name == "Board secretary"
        assert demonstrate(session, "board-secretary", "The board’s secretary").name == "The board’s secretary"
        assert [account.key for account in queries.demonstration(session)] == ["board-secretary"]
    with pytest.raises(commands.AccountExists), database.writing() as session:
        demonstrate(session, "ada")
