"""A draft is given its number on the agenda by who checks it, and that makes nobody a writer."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.papers import queries as papers
from app.papers.commands import PaperIsNotOpen, number_draft
from app.versions import queries as versions
from tests.stories import NOON, PAPER


def test_a_numbered_draft_is_a_changed_one_that_nobody_more_has_written(board, database):
    with database.writing() as session:
        kept = papers.kept(session, PAPER)
        before = versions.hands(session, kept.id)
        number_draft(session, papers.get(session, PAPER), "7.0", by="secretary-force", at=NOON)
    with database.reading() as session:
        assert versions.hands(session, kept.id) == before
        assert papers.kept(session, PAPER).revision == kept.revision + 1
        (body,) = session.scalars(select(AuditEvent.body).order_by(AuditEvent.sequence.desc()).limit(1))
        assert all(word in body for word in ('"paper.changed"', f'"paper/{PAPER}"', '"secretary-force"'))
    assert board.author.get(f"/api/v1/papers/{PAPER}").json()["agenda_number"] == "7.0"
    board.submit()
    with pytest.raises(PaperIsNotOpen), database.writing() as session:
        number_draft(session, papers.get(session, PAPER), "8.0", by="secretary-force", at=NOON)
    assert board.author.get(f"/api/v1/papers/{PAPER}").json()["agenda_number"] == "7.0"
