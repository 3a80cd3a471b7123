"""Review and decision: the state of papers, who wrote them, what was submitted and decided.

Revision: 20261122_1540, after the accounts
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1540"
down_revision = "20261122_1510"
branch_labels = None
depends_on = None

KEY = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")

RECORDS = ("submission", "decision", "comment", "resolution", "clearance")
"""Tables whose rows never change."""


def upgrade() -> None:
    op.add_column("paper", sa.Column("state", sa.String(length=20), nullable=False, server_default=sa.text("'draft'")))
    op.add_column("paper", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0")))
    create_tables()
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in RECORDS:
        if on_postgresql:
            refuse_on_postgresql(table)
        else:
            refuse_on_sqlite(table)


def downgrade() -> None:
    """A database in which something was submitted is refused."""
    for table in RECORDS:
        if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):
            raise RuntimeError("this database holds records: going below the review of papers would destroy them")
    for table in ("clearance", "resolution", "comment", "decision", "submission", "writer"):
        op.drop_table(table)
    op.drop_column("paper", "revision")
    op.drop_column("paper", "state")


def refuse_on_sqlite(table: str) -> None:
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER {table}_refuses_{deed.lower()} BEFORE {deed} ON "{table}"
            BEGIN
                SELECT RAISE(ABORT, '{table}: what was recorded never changes ({deed} refused)');
            END
            """
        )


def refuse_on_postgresql(table: str) -> None:
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f'CREATE TRIGGER {table}_refuses_{deed.lower()} BEFORE {deed} ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        f'CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def create_tables() -> None:
    op.create_table(
        "writer",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_writer_paper_id_paper"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("paper_id", "account", name=op.f("pk_writer")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_submission_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_submission_version_id_version"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_submission_paper_id_number")),
    )
    op.create_index(op.f("ix_submission_version_id"), "submission", ["version_id"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", KEY, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_decision_submission_id_submission"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_decision_version_id_version"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["person.id"], name=op.f("fk_decision_on_behalf_of_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("submission_id", "position", name=op.f("uq_decision_submission_id_position")),
    )
    op.create_index(op.f("ix_decision_on_behalf_of_id"), "decision", ["on_behalf_of_id"])
    op.create_index(op.f("ix_decision_version_id"), "decision", ["version_id"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("replies_to_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_comment_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_comment_version_id_version"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replies_to_id"], ["comment.id"], name=op.f("fk_comment_replies_to_id_comment"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_comment_paper_id_number")),
    )
    op.create_index(op.f("ix_comment_version_id"), "comment", ["version_id"])
    op.create_index(op.f("ix_comment_replies_to_id"), "comment", ["replies_to_id"])
    op.create_table(
        "resolution",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_resolution_comment_id_comment"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_resolution")),
    )
    op.create_table(
        "clearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_clearance_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_clearance_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
    )
    op.create_index(op.f("ix_clearance_paper_id"), "clearance", ["paper_id"])
    op.create_index(op.f("ix_clearance_person_id"), "clearance", ["person_id"])
