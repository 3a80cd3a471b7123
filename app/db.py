"""The database: Base, constraint names, column types, the engine for SQLite and PostgreSQL, and its two doors.

A *reading* door sees one consistent state and cannot write; a *writing* door commits once, at its end, or not at
all. Nothing else in the project begins, commits or rolls back a transaction.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Select,
    String,
    TypeDecorator,
    create_engine,
    event,
    func,
    make_url,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, aliased
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.types import TypeEngine

from app.errors import Conflict

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are named, so that a migration can name the one that it changes."""

Value = TypeVar("Value")

Row = TypeVar("Row")

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite connection waits for another writer before it gives up."""

CONNECTIONS: dict[str, Any] = {"pool_size": 8, "max_overflow": 32}
"""As many as the requests that are worked on at once need, two each: one that reads may leave a trace meanwhile."""


class Busy(Conflict):
    """More was asked at once than the database has doors for; `retry_after` says how many seconds to wait."""

    def __init__(self) -> None:
        self.retry_after = 5
        super().__init__("Too much is asked at once. Nothing was changed; ask again in a few seconds.")


class Base(DeclarativeBase):
    """What every table is mapped from."""

    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC on both databases; refuses a time without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database: in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: aware, in UTC (SQLite forgets the zone)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Key(TypeDecorator[str]):
    """A natural key: what people, files and the API call a thing; at most 100 characters, sorted by their numbers."""

    impl = String(100)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """On PostgreSQL with its collation “C”: lists of keys read alike on both databases."""
        return String(100, collation="C") if dialect.name == "postgresql" else String(100)


class Digest(TypeDecorator[str]):
    """A SHA-256 as 64 hexadecimal digits."""

    impl = String(64)
    cache_ok = True


class Database:
    """One database and its two doors; each raises Busy where it cannot be opened for too long."""

    def __init__(self, url: str, *, on_commit: Callable[[Session], None] | None = None) -> None:
        self.engine = engine_for(url)
        self._on_commit = on_commit
        self._read = self.engine.execution_options(door="reading", **_reading_options(self.engine))
        self._write = self.engine.execution_options(door="writing")
        self._in_use = {"reading": 0, "writing": 0}
        self._counting = Lock()
        self._writer = Lock()
        self._states = _States(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one consistent state; writing through it fails."""
        with self._counted("reading"), Session(self._read, autoflush=False) as session:
            session.info[_STATE] = self._states.begin()
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are all stored when the block ends, and none if it raises."""
        with self._counted("writing"), Session(self._write) as session:
            with self._turn(), session.begin():
                yield session
            if self._on_commit is not None:
                self._on_commit(session)

    def doors_in_use(self) -> dict[str, int]:
        """How many doors of each kind are open in this process, those that wait for another writer included."""
        with self._counting:
            return dict(self._in_use)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite, which has one writer at a time, those of this process wait for one another here.

        SQLite would let each of them sleep, for longer and longer, and look whether it is free.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._writer.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise Busy
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _counted(self, door: str) -> Iterator[None]:
        with self._counting:
            self._in_use[door] += 1
        try:
            yield
        except NoConnectionFree as error:
            raise Busy from error
        except OperationalError as error:
            if not _waited_in_vain(error):
                raise
            raise Busy from error
        finally:
            with self._counting:
                self._in_use[door] -= 1

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._states.close()


def engine_for(url: str) -> Engine:
    """An engine for a SQLite file or a PostgreSQL database, with the settings that were measured to lose nothing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, **CONNECTIONS)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, **({} if parsed.database in {None, "", ":memory:"} else CONNECTIONS))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def state_of(session: Session) -> str | None:
    """The name of the state that a reading session sees: another session that has the same sees the same.

    None where nobody can tell, as for a session that writes.
    """
    state: Callable[[Session], str | None] = session.info.get(_STATE, _unknown)
    return state(session)


_STATE = "state"
_ANY_READ = "SELECT 1 FROM sqlite_master LIMIT 1"


def _unknown(_: Session) -> str | None:
    return None


class _States:
    """Names the states of one database, each for the sessions that see it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = uuid4().hex
        self._lock = Lock()
        self._watch: PoolProxiedConnection | None = None

    def begin(self) -> Callable[[Session], str | None]:
        """What names the state that a session sees which reads nothing before this has returned.

        On SQLite it can, until something is committed.
        """
        if self._engine.dialect.name == "postgresql":
            return self._snapshot
        if self._engine.url.database in {None, "", ":memory:"}:
            return _unknown
        version = self._version()

        def state(session: Session) -> str | None:
            session.connection().exec_driver_sql(_ANY_READ)  # what it sees is settled by now
            return f"{self._name}/{version}" if self._version() == version else None

        return state

    def close(self) -> None:
        """Nothing is watched any more, until a session begins."""
        with self._lock:
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    def _snapshot(self, session: Session) -> str:
        # The transactions that the session sees (PostgreSQL, "Transaction ID and Snapshot Information Functions").
        return f"{self._name}/{session.scalar(text('SELECT CAST(pg_current_snapshot() AS text)'))}"

    def _version(self) -> int:
        # On a connection that never writes it differs as soon as any other has committed (SQLite, `data_version`).
        with self._lock:
            if self._watch is None:
                self._watch = self._engine.raw_connection()
                self._watch.detach()  # for good: it is none of those that requests take turns with
            version: int = self._watch.cursor().execute("PRAGMA data_version").fetchone()[0]
            return version


def is_writing(session: Session) -> bool:
    """Whether the session came through a writing door."""
    return session.get_bind().get_execution_options().get("door") == "writing"


def lock(session: Session, name: str) -> None:
    """Until the transaction ends, nobody else holds the lock `name`.

    On SQLite the writing door already is the only writer; on PostgreSQL this is a transaction's advisory lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def batches(values: Iterable[Value], size: int = 1_000) -> Iterator[list[Value]]:
    """The values in lists of at most `size`: as many as one statement carries on both databases."""
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch


def rows_by_key(
    session: Session, key: InstrumentedAttribute[str], keys: Iterable[str], *options: ExecutableOption
) -> dict[str, Any]:
    """Natural key → row, for those of the keys that exist; `options` say what is loaded with each row."""
    found: dict[str, Any] = {}
    for batch in batches(sorted(set(keys))):
        rows = session.scalars(select(key.class_).where(key.in_(batch)).options(*options))
        found |= {getattr(row, key.key): row for row in rows}
    return found


def holds_words(words: Iterable[str], *columns: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    """Each of the words stands in one of the columns, in capitals or not."""
    return [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words]


def listed(
    session: Session,
    found: Select[Row],
    key: InstrumentedAttribute[str],
    *,
    after: str,
    limit: int,
    name: InstrumentedAttribute[str] | None = None,
) -> Sequence[Row]:
    """At most `limit` of the rows that are `found`, in the order of their keys, behind the one with the key `after`.

    With the column `name` in the order of the names, in capitals or not, and of their keys where names are equal.
    """
    if name is None:
        return session.scalars(found.where(key > after).order_by(key).limit(limit)).all()
    # Letters stand as their numbers do, or each database would sort them in its own way.
    collation = "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"
    place = (func.lower(name).collate(collation), key)
    if after:
        last = aliased(key.class_)
        last_name: InstrumentedAttribute[str] = getattr(last, name.key)
        last_key: InstrumentedAttribute[str] = getattr(last, key.key)
        of_last = select(func.lower(last_name).collate(collation), last_key).where(last_key == after)
        found = found.where(tuple_(*place) > of_last.scalar_subquery())
    return session.scalars(found.order_by(*place).limit(limit)).all()


def ids_by_key(session: Session, key: InstrumentedAttribute[str], keys: Iterable[str]) -> dict[str, int]:
    """Natural key → id, for those of the keys that exist."""
    found: dict[str, int] = {}
    for batch in batches(sorted(set(keys))):
        found |= dict(session.execute(select(key, key.class_.id).where(key.in_(batch))).all())
    return found


def _waited_in_vain(error: OperationalError) -> bool:
    """Whether another writer had the SQLite file for as long as this one waited."""
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


def _reading_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late and loses updates: it is switched off, and `begin` speaks.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # or INSERT OR REPLACE would slip past the triggers that refuse a deletion
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows the letters of ASCII only, and a search would find “École” on PostgreSQL alone.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(said: Any) -> Any:
    return said.lower() if isinstance(said, str) else said


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader cannot be made to wait: "database is locked". It must say so at once.
    door = connection.get_execution_options().get("door", "writing")
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if door == 'reading' else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if door == "reading" else "BEGIN IMMEDIATE")
