"""What `verify` reads besides the nouns' own streams."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event, select, type_coerce
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.types import NullType

from app.db import Base
from app.formats.models import Format, TemplateEvent, TemplateVersion
from app.pictures.models import Picture
from app.rounds.models import Answer, Judgement
from app.versions.models import Decision, Reissue, Release, Submission, Version
from app.workstreams.models import ThemeIntroduction, Update

BATCH = 500

NEVER_CHANGING: tuple[type[Any], ...] = (
    Update,
    ThemeIntroduction,
    TemplateVersion,
    TemplateEvent,
    Version,
    Answer,
    Judgement,
    Submission,
    Decision,
    Release,
    Reissue,
)
"""What has rows that never change, and columns of types that not every value has."""


class Impossible(NamedTuple):
    """A value that its column's type does not know: SQLite keeps whatever it is given."""

    of: type[Any]
    id: int
    column: str
    value: object


def impossible_values(session: Session) -> Iterator[Impossible]:
    """Every value in a row that never changes that cannot be read as what its column is; streamed."""
    dialect = session.get_bind().dialect
    for of in NEVER_CHANGING:
        readers = {
            column: reader
            for column in Base.metadata.tables[of.__tablename__].columns
            if (reader := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        }
        raw = [type_coerce(column, NullType()) for column in readers]
        rows = select(of.id, *raw).order_by(of.id).execution_options(yield_per=BATCH)
        for row_id, *values in session.execute(rows):
            for (column, reader), value in zip(readers.items(), values, strict=True):
                try:
                    reader(value)
                except (ValueError, TypeError, LookupError):
                    yield Impossible(of, row_id, column.name, value)


@contextmanager
def leaving_out(session: Session, rows: Mapping[type[Any], Collection[int]]) -> Iterator[None]:
    """Within the block, the session reads as if these rows (by id) were not there, nor what was made with them.

    A row with a value that cannot be read would end the stream of all others.
    """
    templates = rows.get(TemplateVersion, ())
    without = [with_loader_criteria(of, of.id.not_in(list(ids))) for of, ids in rows.items()]
    if templates:
        without.append(with_loader_criteria(Version, Version.template_version_id.not_in(list(templates))))

    def leave_out(asked: ORMExecuteState) -> None:
        if asked.is_select and not asked.is_relationship_load:
            asked.statement = asked.statement.options(*without)

    event.listen(session, "do_orm_execute", leave_out)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", leave_out)


class TemplateFate(NamedTuple):
    """That a template version went live or was retired, with the keys of what it befell."""

    event: TemplateEvent
    format_key: str
    number: int


def template_fates(session: Session) -> Iterator[TemplateFate]:
    """Every going live and every retirement, in order; streamed."""
    rows = session.execute(
        select(TemplateEvent, Format.key, TemplateVersion.number)
        .join(TemplateVersion, TemplateVersion.id == TemplateEvent.template_version_id)
        .join(Format, Format.id == TemplateVersion.format_id)
        .order_by(TemplateEvent.id)
        .execution_options(yield_per=BATCH)
    )
    return (TemplateFate(*row) for row in rows)


def picture_digests(session: Session) -> Iterator[str]:
    """The digest of every stored picture; streamed."""
    return iter(session.scalars(select(Picture.digest).order_by(Picture.id).execution_options(yield_per=BATCH)))
