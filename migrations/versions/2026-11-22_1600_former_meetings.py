"""A paper that was reissued for another meeting knows for which ones it was before.

Revision: 20261122_1600, after 20261122_1560
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "20261122_1600"
down_revision = "20261122_1560"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_meeting",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        reference("paper_id", "paper"),
        reference("meeting_id", "meeting"),
        sa.PrimaryKeyConstraint("paper_id", "meeting_id", name=op.f("pk_former_meeting")),
    )
    op.create_index(op.f("ix_former_meeting_meeting_id"), "former_meeting", ["meeting_id"])
    for row in former_meetings():
        op.get_bind().execute(sa.text("INSERT INTO former_meeting VALUES (:paper, :meeting)"), row)


def downgrade() -> None:
    """Nothing is lost: the versions of a paper say for which meetings it was."""
    op.drop_table("former_meeting")  # its index goes with it


def reference(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_former_meeting_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def former_meetings() -> list[dict[str, int]]:
    """The meetings that papers were for when they were approved or came out again, and are not for any more."""
    bind = op.get_bind()
    meetings = {
        (board, str(held_on)): number
        for number, board, held_on in bind.execute(
            sa.text("SELECT meeting.id, board.key, meeting.held_on FROM meeting JOIN board ON board.id = board_id")
        )
    }
    found = set()
    for paper, now, snapshot in bind.execute(
        sa.text(
            "SELECT paper.id, paper.meeting_id, version.snapshot FROM version JOIN paper ON paper.id = version.paper_id "
            "WHERE version.id IN (SELECT version_id FROM version_reissue UNION SELECT approved_id FROM version_reissue)"
        )
    ):
        board = json.loads(snapshot)["board"]
        meeting = meetings.get((board["key"], board["meeting_on"]))
        if meeting is not None and meeting != now:
            found.add((paper, meeting))
    return [{"paper": paper, "meeting": meeting} for paper, meeting in sorted(found)]
