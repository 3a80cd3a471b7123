"""Runs migrations: on the URL that the caller gives (`config.attributes["url"]`), else on the one in the settings.

One transaction for all of them, on both databases: either the schema is at the new head or nothing happened.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Enum, TypeDecorator, text

from app.db import engine_for
from app.settings import Settings
from app.tables import Base

MIGRATION_LOCK = 20261122


def migrate(url: str) -> None:
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            _leave_foreign_keys_unchecked(connection)
            with connection.begin():
                _wait_for_other_migrations(connection)
                context.configure(
                    connection=connection,
                    target_metadata=Base.metadata,
                    render_as_batch=True,
                    transactional_ddl=True,
                    compare_type=True,
                    render_item=_plain_type,
                )
                context.run_migrations()
                _check_foreign_keys(connection)
    finally:
        engine.dispose()


def _leave_foreign_keys_unchecked(connection: Connection) -> None:
    # SQLite rebuilds a table to change it; with foreign keys on, dropping the old one takes its children along. The
    # switch does nothing inside a transaction, so it goes straight to the driver, before there is one.
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")


def _wait_for_other_migrations(connection: Connection) -> None:
    # On SQLite, BEGIN IMMEDIATE has waited already.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        places = ", ".join(f"{table} row {row} → {parent}" for table, row, parent, _ in broken[:10])
        raise RuntimeError(f"the migration would leave {len(broken)} rows without what they refer to: {places}")


def _plain_type(kind: str, item: Any, _autogenerate: object) -> str | bool:
    """Our column types as what they are in the database: a migration does not change when the program does."""
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


if context.is_offline_mode():
    raise SystemExit("migrations need the database: they check what they did")
migrate(context.config.attributes.get("url") or Settings().database_url)
