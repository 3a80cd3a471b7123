"""The installation that a command works on: its settings, its database, its files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.cli.printing import program
from app.cli.refusals import CannotReach, DamagedFiles, FaultySettings, NoDatabase
from app.errors import Fault

if TYPE_CHECKING:
    from app.settings import Settings
    from app.upkeep.backup import Backup
    from app.upkeep.stores import Stores


def settings_of(data: Path | None) -> "Settings":
    """The settings, with their data in this folder where one is named; raises FaultySettings."""
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings(data=data) if data else Settings()
    except ValidationError as error:
        prefix = Settings.model_config["env_prefix"]
        faults = [
            Fault(prefix + ".".join(map(str, fault["loc"])).upper(), f"{fault['msg']}.") for fault in error.errors()
        ]
        raise FaultySettings("A setting is not right.", faults) from error


@contextmanager
def stores_of(settings: "Settings") -> "Iterator[Stores]":
    """The open database and files of these settings; what stands in the way is said in one sentence."""
    from app.upkeep.stores import open_stores

    with in_sentences(settings):
        stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
        try:
            yield stores
        finally:
            stores.database.dispose()


@contextmanager
def in_sentences(settings: "Settings") -> Iterator[None]:
    """What the database, the disk or a kept file stands in the way of within the block is said in one sentence."""
    from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

    from app.blobs import BlobFault
    from app.upkeep.stores import place_of

    try:
        yield
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise CannotReach(f"BOARDPAPERS_DATABASE_URL names no database that can be opened: {error}") from error
    except DatabaseError as error:
        # Its other kinds are contradictions of our own making: those belong in a traceback.
        if type(error) not in (DatabaseError, OperationalError):
            raise
        reason = " ".join(str(error.orig).split())
        raise CannotReach(f"{place_of(settings.database_url)} cannot be used: {reason}") from error
    except BlobFault as error:
        raise CannotReach(f"{error} Run `{program()} verify` to see what else is amiss.") from error
    except OSError as error:
        raise CannotReach(f"The data in {settings.data} cannot be used: {error}") from error


@contextmanager
def ready(data: Path | None) -> "Iterator[Stores]":
    """The stores of an installation whose database has the newest schema."""
    settings = settings_of(data)
    check_schema(settings)
    with stores_of(settings) as stores:
        yield stores


def back_up(settings: "Settings", to: Path) -> "Backup":
    """Everything that the installation keeps, whatever its schema, is in a new file."""
    from importlib.metadata import version

    from app.upkeep.backup import back_up
    from app.upkeep.upgrade import revision

    with stores_of(settings) as stores:
        found = revision(stores.database.engine)
        if found is None:
            raise NoDatabase(f"The database in {settings.data}", None)
        return back_up(stores, to, revision=found, program=version("boardpapers"), now=utc_now())


def note_upkeep(settings: "Settings", deed: str, *, is_well: bool, said: str) -> None:
    """The page of administrators tells of it; where that cannot be noted, it is said, and nothing fails."""
    from app.upkeep.diary import FILE, Deed, Done, note

    try:
        note(settings.data / FILE, Deed(deed), Done(utc_now(), is_well, said))
    except OSError as error:
        typer.echo(f"The page of administrators will not tell of this: {error}.", err=True)


def back_up_before_upgrade(settings: "Settings") -> None:
    """A database whose schema is about to be changed was backed up, without damage."""
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.stores import sqlite_file
    from app.upkeep.upgrade import outdated

    with in_sentences(settings):
        file = sqlite_file(settings.database_url)
        if file is not None and not file.exists():
            return
        found = outdated(settings.database_url, PACKAGED_MIGRATIONS)
    if found is not None:
        made = back_up(settings, settings.backups)
        typer.echo(f"Backed up before the upgrade: {made.file}.", err=True)
        complain_of_damage(made)


def complain_of_damage(made: "Backup") -> None:
    """Raises DamagedFiles where the backup had to leave files out."""
    if made.manifest.damaged:
        raise DamagedFiles(made.manifest.damaged)


def check_schema(settings: "Settings") -> None:
    """The database is there and has the newest schema; raises NoDatabase, or says that the program is too old."""
    from app.db import engine_for
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.stores import place_of, sqlite_file
    from app.upkeep.upgrade import newest, refuse_newer, revision

    url = settings.database_url
    with in_sentences(settings):
        # Opening a SQLite file makes it: that is for `upgrade` and `demo`, not for a mistyped folder.
        file = sqlite_file(url)
        if file is not None and not file.exists():
            raise NoDatabase(place_of(url), None)
        engine = engine_for(url)
        try:
            found = revision(engine)
        finally:
            engine.dispose()
    if found != newest(PACKAGED_MIGRATIONS):
        refuse_newer(found, PACKAGED_MIGRATIONS, place_of(url))
        raise NoDatabase(place_of(url), found)


def acting_account(session: Any) -> Any:
    """The account by which the command line acts."""
    from app.accounts.commands import command_line

    return command_line(session, utc_now())


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
