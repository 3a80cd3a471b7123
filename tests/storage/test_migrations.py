"""Migrations: from nothing to the newest schema and back, on both databases, from code and from the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

from app.accounts import queries
from app.audit.commands import record
from app.db import Database, engine_for
from app.settings import PACKAGED_MIGRATIONS
from app.tables import Base
from app.upkeep.upgrade import is_at_head, newest, upgrade
from tests.conftest import NOW, ROOT

KEPT_AS_WRITTEN = {
    "action_done",
    "answer",
    "audit_event",
    "clearance",
    "comment",
    "decision",
    "judgement",
    "meeting_action",
    "meeting_outcome",
    "rating",
    "resolution",
    "submission",
    "template_event",
    "template_version",
    "theme_introduction",
    "update",
    "update_part",
    "version",
    "version_reissue",
    "version_release",
}


def alembic_for(url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def tables_in(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def triggers_in(url: str) -> set[str]:
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return set(connection.scalars(text(asked[engine.dialect.name])))
    finally:
        engine.dispose()


def is_newest(url: str) -> bool:
    engine = engine_for(url)
    try:
        return is_at_head(engine, PACKAGED_MIGRATIONS)
    finally:
        engine.dispose()


def test_an_upgrade_makes_every_table_of_the_models(empty_database_url):
    assert not is_newest(empty_database_url)

    done = upgrade(empty_database_url, PACKAGED_MIGRATIONS)

    assert tables_in(empty_database_url) == set(Base.metadata.tables)
    assert (done.before, done.now) == (None, newest(PACKAGED_MIGRATIONS))
    assert is_newest(empty_database_url)


def test_a_second_upgrade_says_that_there_is_nothing_to_do(database_url):
    done = upgrade(database_url, PACKAGED_MIGRATIONS)

    assert done.before == done.now
    assert "already" in str(done)


def test_the_migrations_and_the_models_say_the_same(database_url):
    command.check(alembic_for(database_url))


def test_an_empty_database_can_go_all_the_way_down_and_up_again(empty_database_url):
    upgrade(empty_database_url, PACKAGED_MIGRATIONS)
    triggers = triggers_in(empty_database_url)

    command.downgrade(alembic_for(empty_database_url), "base")
    assert tables_in(empty_database_url) == set()
    assert triggers_in(empty_database_url) == set()

    upgrade(empty_database_url, PACKAGED_MIGRATIONS)
    assert tables_in(empty_database_url) == set(Base.metadata.tables)
    assert triggers_in(empty_database_url) == triggers


def test_a_database_with_records_refuses_to_go_down(database, database_url):
    with database.writing() as session:
        record(session, "thing.added", "thing/1", by="tester", at=NOW)
    database.dispose()

    with pytest.raises(RuntimeError, match="holds records"):
        command.downgrade(alembic_for(database_url), "base")

    assert is_newest(database_url)
    assert tables_in(database_url) == set(Base.metadata.tables)


def test_the_newest_schema_has_exactly_these_triggers(database_url):
    refusals = ["update", "delete"]
    if database_url.startswith("postgresql"):
        refusals.append("truncate")

    expected = {f"{table}_refuses_{deed}" for table in KEPT_AS_WRITTEN for deed in refusals}
    assert triggers_in(database_url) == expected | {"audit_event_continues_chain"}


def test_every_constraint_has_a_name(database_url):
    engine = create_engine(database_url)
    try:
        inspector = inspect(engine)
        for table in Base.metadata.tables:
            found = [
                inspector.get_pk_constraint(table),
                *inspector.get_foreign_keys(table),
                *inspector.get_unique_constraints(table),
            ]
            assert all(constraint["name"] for constraint in found), table
    finally:
        engine.dispose()


def test_every_foreign_key_keeps_what_it_refers_to(database_url):
    engine = create_engine(database_url)
    try:
        inspector = inspect(engine)
        rules = {
            (table, key["name"]): key["options"].get("ondelete")
            for table in Base.metadata.tables
            for key in inspector.get_foreign_keys(table)
        }
    finally:
        engine.dispose()

    assert len(rules) > 30
    assert set(rules.values()) == {"RESTRICT"}


def test_developers_run_alembic_on_the_database_of_the_settings(tmp_path: Path):
    url = f"sqlite:///{(tmp_path / 'from the command line.sqlite').as_posix()}"

    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", ROOT / "alembic.ini", "upgrade", "head"],
        cwd=tmp_path,
        env={**os.environ, "BOARDPAPERS_DATABASE_URL": url},
        check=True,
        capture_output=True,
    )

    assert is_newest(url)


def test_a_migration_that_leaves_a_row_without_what_it_refers_to_changes_nothing(tmp_path: Path):
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for file in [
        "env.py",
        "script.py.mako",
        *(f"versions/{f.name}" for f in (PACKAGED_MIGRATIONS / "versions").glob("*.py")),
    ]:
        (folder / file).write_bytes((PACKAGED_MIGRATIONS / file).read_bytes())
    (folder / "versions" / "2026-12-01_0900_orphan.py").write_text(
        "from alembic import op\n"
        "revision = 'orphan'\n"
        f"down_revision = {newest(PACKAGED_MIGRATIONS)!r}\n"
        "def upgrade():\n"
        "    op.execute(\"INSERT INTO alias (person_id, name) VALUES (77, 'nobody')\")\n"
    )
    url = f"sqlite:///{(tmp_path / 'orphan.sqlite').as_posix()}"
    upgrade(url, PACKAGED_MIGRATIONS)

    with pytest.raises(RuntimeError, match="alias row 1 → person"):
        upgrade(url, folder)

    database = Database(url)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM alias")) == 0
    database.dispose()
    assert is_newest(url)


def test_the_one_token_that_an_account_had_goes_on_opening_it(empty_database_url):
    config = alembic_for(empty_database_url)
    command.upgrade(config, "20261122_0010")
    secret = "bp_" + "a" * 43
    database = Database(empty_database_url)
    with database.writing() as session:
        for number, (key, hashed) in enumerate([("ada", queries.secret_hash(secret)), ("bob", None)], start=1):
            row = {"id": number, "key": key, "name": key, "role": "client", "hash": hashed}
            session.execute(
                text(
                    "INSERT INTO account (id, key, name, role, token_hash, created_at) "
                    "VALUES (:id, :key, :name, :role, :hash, '2026-11-21 14:30:00+00:00')"
                ),
                row,
            )
    database.dispose()

    upgrade(empty_database_url, PACKAGED_MIGRATIONS)

    with database.reading() as session:
        token = queries.opened_by(session, secret, now=NOW)
        assert token is not None
        account = queries.acting_by(token)
        assert (account.key, account.scopes) == ("ada", None)
        assert [token.name for token in queries.tokens(session, account)] == ["main"]
        assert queries.tokens(session, queries.get(session, "bob")) == []
    database.dispose()
