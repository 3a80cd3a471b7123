"""Bringing a database to the newest schema."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.db import engine_for


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade did: the schema's revision before (None: there was no database) and now."""

    before: str | None
    now: str

    def __str__(self) -> str:
        if self.before == self.now:
            return f"The database is at the newest schema already ({self.now})."
        if self.before is None:
            return f"The database was made, with the schema {self.now}."
        return f"The database was brought from the schema {self.before} to {self.now}."


def upgrade(url: str, migrations: Path) -> Upgraded:
    """The database at `url` exists and has the newest schema; what it held, it holds. `migrations`: their folder.

    All of it happens in one transaction, or nothing does.
    """
    engine = engine_for(url)
    try:
        before = revision(engine)
    finally:
        engine.dispose()
    config = _config(migrations)
    config.attributes["url"] = url
    command.upgrade(config, "head")
    return Upgraded(before, newest(migrations))


def revision(engine: Engine) -> str | None:
    """The revision of the database's schema; None when it has none of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest(migrations: Path) -> str:
    """The revision that the newest of these migrations leads to."""
    head = ScriptDirectory.from_config(_config(migrations)).get_current_head()
    if head is None:
        raise ValueError(f"there is no migration in {migrations}")
    return head


def is_at_head(engine: Engine, migrations: Path) -> bool:
    """Whether the database has the newest schema."""
    return revision(engine) == newest(migrations)


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
