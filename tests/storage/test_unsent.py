"""What was typed and not sent is kept for its account and page, and not for ever."""

from datetime import timedelta

from app.unsent.commands import KEPT_FOR, MOST, discard, keep
from app.unsent.queries import find
from tests.conftest import NOW

PAGE = "/workstreams/W1/updates/2026-11-22"


def test_the_last_is_kept_for_each_account_and_page(database):
    with database.writing() as session:
        keep(session, account_key="ada", page=PAGE, fields={"text": ["one"]}, now=NOW)
        keep(session, account_key="bob", page=PAGE, fields={"text": ["his"]}, now=NOW)
    with database.writing() as session:
        keep(session, account_key="ada", page=PAGE, fields={"text": ["two"], "more": ["a", "b"]}, now=NOW)
    with database.writing() as session:
        discard(session, account_key="bob", page=PAGE)

    with database.reading() as session:
        kept = find(session, "ada", PAGE)
        assert (kept.fields, kept.typed_at) == ({"text": ["two"], "more": ["a", "b"]}, NOW)
        assert find(session, "bob", PAGE) is None
        assert find(session, "ada", "/") is None


def test_of_each_account_the_forms_are_kept_into_which_it_typed_last(database):
    with database.writing() as session:
        keep(session, account_key="bob", page="/his", fields={}, now=NOW - timedelta(days=1))
        for number in range(MOST + 2):
            keep(session, account_key="ada", page=f"/{number}", fields={}, now=NOW + timedelta(seconds=number))
        keep(session, account_key="ada", page="/2", fields={}, now=NOW + timedelta(hours=1))
        keep(session, account_key="ada", page="/one-more", fields={}, now=NOW + timedelta(hours=2))

    with database.reading() as session:
        kept = [number for number in range(MOST + 2) if find(session, "ada", f"/{number}")]
        assert kept == [2, *range(4, MOST + 2)]
        assert find(session, "bob", "/his") is not None


def test_what_nobody_came_back_to_is_gone_after_a_quarter(database):
    with database.writing() as session:
        keep(session, account_key="ada", page=PAGE, fields={"text": ["old"]}, now=NOW - KEPT_FOR)
        keep(session, account_key="ada", page="/a", fields={}, now=NOW - KEPT_FOR + timedelta(seconds=1))
    with database.writing() as session:
        keep(session, account_key="bob", page=PAGE, fields={}, now=NOW)

    with database.reading() as session:
        assert find(session, "ada", PAGE) is None
        assert find(session, "ada", "/a") is not None
