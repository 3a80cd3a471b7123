"""Rounds, answers, judgements, links and calendars; answers and judgements keep what was written.

Revision: 20261122_1550, after 20261122_1545
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1550"
down_revision = "20261122_1545"
branch_labels = None
depends_on = None

# PostgreSQL would sort by the language of the server: keys sort by their characters, as on SQLite.
KEY = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")

RECORDS = ("answer", "judgement")
"""Tables whose rows never change: they refuse UPDATE, DELETE, INSERT OR REPLACE and TRUNCATE."""

# Every table, each behind those that it refers to.
TABLES = ("round", "round_request", "answer", "answer_link", "judgement", "sent_reminder", "calendar_feed")


def upgrade() -> None:
    create_tables()
    for table in RECORDS:
        refuse_changes(table)


def downgrade() -> None:
    """The tables are gone; a database in which rounds were answered is refused."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM answer")):
        raise RuntimeError("this database holds records of rounds: going below their tables would destroy them")
    for table in reversed(TABLES):
        op.drop_table(table)  # its indexes and triggers go with it


def refuse_changes(table: str) -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for deed in ("UPDATE", "DELETE"):
        if on_postgresql:
            op.execute(
                f'CREATE TRIGGER {table}_refuses_{deed.lower()} BEFORE {deed} ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            op.execute(
                f"""
                CREATE TRIGGER {table}_refuses_{deed.lower()} BEFORE {deed} ON "{table}"
                BEGIN
                    SELECT RAISE(ABORT, '{table}: what was recorded never changes ({deed} refused)');
                END
                """
            )
    if on_postgresql:
        op.execute(
            f'CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def reference(column: str, table: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="RESTRICT")


def create_tables() -> None:
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        reference("organisation_id", "round", "organisation"),
        reference("meeting_id", "round", "meeting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("key", name=op.f("uq_round_key")),
    )
    op.create_table(
        "round_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("workstream_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        reference("round_id", "round_request", "round"),
        reference("workstream_id", "round_request", "workstream"),
        reference("person_id", "round_request", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_request")),
        sa.UniqueConstraint("round_id", "workstream_id", name=op.f("uq_round_request_round_id_workstream_id")),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("given_by_name", sa.String(length=300), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        reference("request_id", "answer", "round_request"),
        reference("update_id", "answer", "update"),
        reference("given_by_id", "answer", "person"),
        reference("on_behalf_of_id", "answer", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_answer_request_id_number")),
    )
    op.create_table(
        "answer_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        reference("request_id", "answer_link", "round_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_link")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_answer_link_request_id_number")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_answer_link_secret_hash")),
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        reference("answer_id", "judgement", "answer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint("answer_id", "number", name=op.f("uq_judgement_answer_id_number")),
    )
    op.create_table(
        "sent_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        reference("request_id", "sent_reminder", "round_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_reminder")),
        sa.UniqueConstraint(
            "request_id", "occasion", "address", name=op.f("uq_sent_reminder_request_id_occasion_address")
        ),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        reference("account_id", "calendar_feed", "account"),
        reference("board_id", "calendar_feed", "board"),
        reference("person_id", "calendar_feed", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_calendar_feed_account_id_number")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
    )
    for table, column in (
        ("round", "organisation_id"),
        ("round", "meeting_id"),
        ("round_request", "workstream_id"),
        ("round_request", "person_id"),
        ("answer", "update_id"),
        ("answer", "given_by_id"),
        ("answer", "on_behalf_of_id"),
        ("calendar_feed", "board_id"),
        ("calendar_feed", "person_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
