"""Bringing a database to the newest schema."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine

from app.db import engine_for
from app.errors import Conflict
from app.upkeep.stores import place_of


class NewerSchema(Conflict):
    """The database has a schema that these migrations do not know; `place` says which database, in words."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} was made by a newer Boardpapers; install that.")


class CannotUpgrade(Conflict):
    """The migrations cannot be run."""


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


def upgrade(url: str, migrations: Path, *, to: str = "head") -> Upgraded:
    """The database at `url` exists and has the newest schema; what it held, it holds. `migrations`: their folder.

    `to` is the revision where an older schema is wanted. All of it happens in one transaction, or nothing does. Raises
    NewerSchema or CannotUpgrade.
    """
    engine = engine_for(url)
    try:
        before = revision(engine)
    finally:
        engine.dispose()
    refuse_newer(before, migrations, place_of(url))
    config = _config(migrations)
    config.attributes["url"] = url
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise CannotUpgrade(f"{place_of(url)} cannot be brought to the newest schema: {error}") from error
    return Upgraded(before, newest(migrations) if to == "head" else to)


def revision(engine: Engine) -> str | None:
    """The revision of the database's schema; None when it has none of ours. Raises CannotUpgrade for more than one."""
    with engine.connect() as connection:
        try:
            return MigrationContext.configure(connection).get_current_revision()
        except CommandError as error:
            raise CannotUpgrade(f"The schema of the database cannot be told: {error}") from error


def refuse_newer(found: str | None, migrations: Path, place: str) -> None:
    """Raises NewerSchema for a revision that is not among these migrations; `place` names the database in words."""
    known = {script.revision for script in ScriptDirectory.from_config(_config(migrations)).walk_revisions()}
    if found is not None and found not in known:
        raise NewerSchema(place)


def newest(migrations: Path) -> str:
    """The revision that the newest of these migrations leads to."""
    head = ScriptDirectory.from_config(_config(migrations)).get_current_head()
    if head is None:
        raise ValueError(f"there is no migration in {migrations}")
    return head


def outdated(url: str, migrations: Path) -> str | None:
    """The revision that an upgrade would bring the database away from; None for a new database or the newest schema."""
    engine = engine_for(url)
    try:
        found = revision(engine)
    finally:
        engine.dispose()
    return None if found == newest(migrations) else found


def is_at_head(engine: Engine, migrations: Path) -> bool:
    """Whether the database has the newest schema."""
    return revision(engine) == newest(migrations)


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
