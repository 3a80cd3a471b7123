"""Replies: the same request twice gets the same answer, another request under its key gets a clear no."""

import threading

import pytest

from app.replies import commands
from tests.conftest import NOW

THIS, ANOTHER = "ab" * 32, "cd" * 32


def answer(session, body: bytes = b"made", key: str = "key-1", account: str = "client") -> None:
    commands.keep(
        session,
        account_key=account,
        idempotency_key=key,
        request_digest=THIS,
        status=201,
        headers={"Location": "/api/v1/papers/P1"},
        body=body,
        now=NOW,
    )


def test_a_new_request_has_no_answer_yet(database):
    with database.writing() as session:
        assert commands.claim(session, "client", "key-1", THIS) is None


def test_a_request_that_comes_again_gets_the_answer_it_got(database):
    with database.writing() as session:
        answer(session)

    with database.writing() as session:
        reply = commands.claim(session, "client", "key-1", THIS)
        assert (reply.status, reply.headers, reply.body) == (201, {"Location": "/api/v1/papers/P1"}, b"made")


def test_another_request_under_the_same_key_is_refused(database):
    with database.writing() as session:
        answer(session)

    with pytest.raises(commands.KeyUsedBefore, match="used for another request"), database.writing() as session:
        commands.claim(session, "client", "key-1", ANOTHER)


def test_another_account_may_use_the_same_key(database):
    with database.writing() as session:
        answer(session)
        assert commands.claim(session, "intranet", "key-1", ANOTHER) is None


@pytest.mark.trust(7)
def test_the_same_request_at_once_is_answered_once(database, figure):
    work, bodies, failures = [], [], []
    together = threading.Barrier(8)

    def ask(name: str) -> None:
        try:
            together.wait()
            with database.writing() as session:
                reply = commands.claim(session, "client", "key-1", THIS)
                if reply is None:
                    work.append(name)
                    answer(session, body=name.encode())
                    bodies.append(name.encode())
                else:
                    bodies.append(reply.body)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(f"T{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(work) == 1
    assert bodies == [work[0].encode()] * 8
    figure("askers at once of one deed", 8)
