"""Who wrote on a paper before the service counted its writers counts among them.

Revision: 20261122_1601, after 20261122_1600
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "20261122_1601"
down_revision = "20261122_1600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The log says who added and changed each paper; whoever did so wrote it, as it has been since the review."""
    bind = op.get_bind()
    papers = {
        f"paper/{reference}": number for number, reference in bind.execute(sa.text("SELECT id, reference FROM paper"))
    }
    found = {(paper, account) for paper, account in bind.execute(sa.text("SELECT paper_id, account FROM writer"))}
    written = sa.text('SELECT body FROM audit_event WHERE body LIKE \'%"action":"paper.%\' ORDER BY sequence')
    for body in bind.execute(written).scalars().all():
        event = json.loads(body)
        number = papers.get(event["object"])
        if event["action"] in ("paper.added", "paper.changed") and number and (number, event["by"]) not in found:
            found.add((number, event["by"]))
            bind.execute(sa.text("INSERT INTO writer VALUES (:paper, :by)"), {"paper": number, "by": event["by"]})


def downgrade() -> None:
    """Nothing goes: that an account wrote on a paper stays true."""
