"""An index of the days of meetings: lists go from the last meeting to its papers.

Revision: 20261122_1700, after 20261122_1601
"""

from alembic import op

revision = "20261122_1700"
down_revision = "20261122_1601"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_meeting_held_on"), "meeting", ["held_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_meeting_held_on"), table_name="meeting")
