"""What follows approval: releases, reissues, outcomes and actions of meetings, sections carried over.

Revision: 20261122_1545, after 20261122_1540
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1545"
down_revision = "20261122_1540"
branch_labels = None
depends_on = None

KEY = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")

RECORDS = ("action_done", "meeting_action", "meeting_outcome", "version_reissue", "version_release")
"""Tables whose rows never change."""


def upgrade() -> None:
    op.add_column("section", sa.Column("carried", sa.Boolean(), nullable=False, server_default=sa.false()))
    create_tables()
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in RECORDS:
        if on_postgresql:
            refuse_on_postgresql(table)
        else:
            refuse_on_sqlite(table)


def downgrade() -> None:
    """A database in which something was released is refused."""
    for table in RECORDS:
        if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):
            raise RuntimeError("this database holds records: going below what follows approval would destroy them")
    for table in RECORDS:
        op.drop_table(table)
    op.drop_column("section", "carried")


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


def reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")


def create_tables() -> None:
    op.create_table(
        "version_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        reference("version_release", "version_id", "version"),
        reference("version_release", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_release")),
        sa.UniqueConstraint("version_id", name=op.f("uq_version_release_version_id")),
    )
    op.create_index(op.f("ix_version_release_organisation_id"), "version_release", ["organisation_id"])
    op.create_table(
        "version_reissue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("approved_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        reference("version_reissue", "version_id", "version"),
        reference("version_reissue", "approved_id", "version"),
        reference("version_reissue", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_reissue")),
        sa.UniqueConstraint("version_id", name=op.f("uq_version_reissue_version_id")),
    )
    op.create_index(op.f("ix_version_reissue_approved_id"), "version_reissue", ["approved_id"])
    op.create_index(op.f("ix_version_reissue_decision_id"), "version_reissue", ["decision_id"])
    op.create_table(
        "meeting_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        reference("meeting_outcome", "paper_id", "paper"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_outcome")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_meeting_outcome_paper_id_number")),
    )
    op.create_table(
        "meeting_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        reference("meeting_action", "paper_id", "paper"),
        reference("meeting_action", "owner_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_action")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_meeting_action_paper_id_number")),
    )
    op.create_index(op.f("ix_meeting_action_owner_id"), "meeting_action", ["owner_id"])
    op.create_table(
        "action_done",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        reference("action_done", "action_id", "meeting_action"),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_action_done")),
    )
