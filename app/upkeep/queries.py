"""What `verify` reads besides the nouns' own streams."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.formats.models import Format, TemplateEvent, TemplateVersion
from app.pictures.models import Picture

BATCH = 500


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
