"""The first tables, and the triggers that keep records as they were written.

Revision: 20261122_0010, the first
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0010"
down_revision = None
branch_labels = None
depends_on = None

# PostgreSQL would sort by the language of the server: keys sort by their characters, as on SQLite.
KEY = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")

RECORDS = (
    "version",
    "template_version",
    "template_event",
    "update",
    "update_part",
    "rating",
    "theme_introduction",
    "audit_event",
)
"""Tables whose rows never change: they refuse UPDATE, DELETE, INSERT OR REPLACE and TRUNCATE."""

# Every table, each behind those that it refers to.
TABLES = (
    "audit_event",
    "format",
    "organisation",
    "picture",
    "rag_scheme",
    "reply",
    "account",
    "board",
    "framework",
    "person",
    "rag_dimension",
    "rag_value",
    "template_version",
    "theme",
    "alias",
    "framework_item",
    "meeting",
    "post",
    "series",
    "template_event",
    "theme_introduction",
    "workstream",
    "agenda_item",
    "paper",
    "update",
    "workstream_item",
    "workstream_part",
    "choice",
    "consultee",
    "own_wording",
    "rating",
    "section",
    "update_part",
    "version",
)


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        create_triggers_on_postgresql()
    else:
        create_triggers_on_sqlite()


def downgrade() -> None:
    """Nothing is left; a database in which something happened is refused."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM audit_event")):
        raise RuntimeError("this database holds records: going below its first tables would destroy them")
    for table in reversed(TABLES):
        op.drop_table(table)  # its indexes and triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION continue_audit_chain()")


def create_triggers_on_sqlite() -> None:
    # INSERT OR REPLACE deletes the row that is in the way: the second trigger refuses it, since every connection of
    # ours has recursive_triggers on.
    for table in RECORDS:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"""
                CREATE TRIGGER {table}_refuses_{deed.lower()} BEFORE {deed} ON "{table}"
                BEGIN
                    SELECT RAISE(ABORT, '{table}: what was recorded never changes ({deed} refused)');
                END
                """
            )
    op.execute(
        """
        CREATE TRIGGER audit_event_continues_chain BEFORE INSERT ON audit_event
        WHEN NEW.sequence != (SELECT coalesce(max(sequence), 0) + 1 FROM audit_event)
          OR NEW.previous_hash != coalesce(
                (SELECT hash FROM audit_event ORDER BY sequence DESC LIMIT 1),
                '0000000000000000000000000000000000000000000000000000000000000000')
        BEGIN
            SELECT RAISE(ABORT, 'audit_event: an event must continue the chain (INSERT refused)');
        END
        """
    )


def create_triggers_on_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%: what was recorded never changes (% refused)', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in RECORDS:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f'CREATE TRIGGER {table}_refuses_{deed.lower()} BEFORE {deed} ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        op.execute(
            f'CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        """
        CREATE FUNCTION continue_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            last audit_event%ROWTYPE;
        BEGIN
            SELECT * INTO last FROM audit_event ORDER BY sequence DESC LIMIT 1;
            IF NEW.sequence != coalesce(last.sequence, 0) + 1
                OR NEW.previous_hash != coalesce(last.hash, repeat('0', 64))
            THEN
                RAISE EXCEPTION 'audit_event: an event must continue the chain (INSERT refused)'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER audit_event_continues_chain BEFORE INSERT ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION continue_audit_chain()"
    )


def create_tables() -> None:  # noqa: PLR0915 - one statement a table
    op.create_table(
        "audit_event",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    op.create_table(
        "format",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_format")),
        sa.UniqueConstraint("key", name=op.f("uq_format_key")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("short_name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("key", name=op.f("uq_organisation_key")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=50), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("digest", name=op.f("uq_picture_digest")),
    )
    op.create_table(
        "rag_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_scheme")),
        sa.UniqueConstraint("key", name=op.f("uq_rag_scheme_key")),
    )
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("account_key", "idempotency_key", name=op.f("uq_reply_account_key_idempotency_key")),
    )
    op.create_index(op.f("ix_reply_answered_at"), "reply", ["answered_at"])
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_account_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("key", name=op.f("uq_account_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_token_hash")),
    )
    op.create_index(op.f("ix_account_organisation_id"), "account", ["organisation_id"])
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("programme_title", sa.String(length=300), nullable=False),
        sa.Column("programme_year", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("format_key", KEY, nullable=True),
        sa.Column("deadlines", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_board_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("key", name=op.f("uq_board_key")),
    )
    op.create_index(op.f("ix_board_organisation_id"), "board", ["organisation_id"])
    op.create_table(
        "framework",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("edition", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_framework_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework")),
        sa.UniqueConstraint("key", name=op.f("uq_framework_key")),
    )
    op.create_index(op.f("ix_framework_organisation_id"), "framework", ["organisation_id"])
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("staff_number", sa.String(length=50), nullable=True),
        sa.Column("contact", sa.String(length=300), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_person_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("key", name=op.f("uq_person_key")),
    )
    op.create_index(op.f("ix_person_organisation_id"), "person", ["organisation_id"])
    op.create_table(
        "rag_dimension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["rag_scheme.id"], name=op.f("fk_rag_dimension_scheme_id_rag_scheme"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_dimension")),
        sa.UniqueConstraint("scheme_id", "key", name=op.f("uq_rag_dimension_scheme_id_key")),
    )
    op.create_table(
        "rag_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("background", sa.String(length=6), nullable=False),
        sa.Column("colour", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["rag_scheme.id"], name=op.f("fk_rag_value_scheme_id_rag_scheme"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_value")),
        sa.UniqueConstraint("scheme_id", "key", name=op.f("uq_rag_value_scheme_id_key")),
    )
    op.create_table(
        "template_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("format_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("template_digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["format_id"], ["format.id"], name=op.f("fk_template_version_format_id_format"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_version")),
        sa.UniqueConstraint("format_id", "digest", name=op.f("uq_template_version_format_id_digest")),
        sa.UniqueConstraint("format_id", "number", name=op.f("uq_template_version_format_id_number")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("rating_source", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_theme_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["theme.id"], name=op.f("fk_theme_parent_id_theme"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["rag_scheme.id"], name=op.f("fk_theme_scheme_id_rag_scheme"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("key", name=op.f("uq_theme_key")),
    )
    op.create_index(op.f("ix_theme_organisation_id"), "theme", ["organisation_id"])
    op.create_index(op.f("ix_theme_parent_id"), "theme", ["parent_id"])
    op.create_index(op.f("ix_theme_scheme_id"), "theme", ["scheme_id"])
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_alias_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_alias_person_id_name")),
    )
    op.create_table(
        "framework_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["framework.id"],
            name=op.f("fk_framework_item_framework_id_framework"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["framework_item.id"],
            name=op.f("fk_framework_item_parent_id_framework_item"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_item")),
        sa.UniqueConstraint("framework_id", "key", name=op.f("uq_framework_item_framework_id_key")),
    )
    op.create_index(op.f("ix_framework_item_parent_id"), "framework_item", ["parent_id"])
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_id"], ["board.id"], name=op.f("fk_meeting_board_id_board"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("board_id", "held_on", name=op.f("uq_meeting_board_id_held_on")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_post_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_person_id"), "post", ["person_id"])
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_series_board_id_board"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
    )
    op.create_index(op.f("ix_series_board_id"), "series", ["board_id"])
    op.create_table(
        "template_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_version_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["template_version_id"],
            ["template_version.id"],
            name=op.f("fk_template_event_template_version_id_template_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_event")),
    )
    op.create_index(op.f("ix_template_event_template_version_id"), "template_event", ["template_version_id"])
    op.create_table(
        "theme_introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_theme_introduction_theme_id_theme"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_introduction")),
        sa.UniqueConstraint(
            "theme_id", "as_at", "revision", name=op.f("uq_theme_introduction_theme_id_as_at_revision")
        ),
    )
    op.create_table(
        "workstream",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", KEY, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rating_source", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_workstream_owner_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_workstream_theme_id_theme"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstream")),
        sa.UniqueConstraint("ref", name=op.f("uq_workstream_ref")),
    )
    op.create_index(op.f("ix_workstream_owner_id"), "workstream", ["owner_id"])
    op.create_index(op.f("ix_workstream_theme_id"), "workstream", ["theme_id"])
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id_meeting"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_agenda_item_meeting_id_number")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", KEY, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("format_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("agenda_number", sa.String(length=20), nullable=True),
        sa.Column("marking", sa.String(length=100), nullable=False),
        sa.Column("chief_officer_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("take", sa.String(length=20), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("front_sheet", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_paper_author_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["chief_officer_id"], ["person.id"], name=op.f("fk_paper_chief_officer_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["format_id"], ["format.id"], name=op.f("fk_paper_format_id_format"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_paper_meeting_id_meeting"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_paper_series_id_series"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("reference", name=op.f("uq_paper_reference")),
    )
    op.create_index(op.f("ix_paper_author_id"), "paper", ["author_id"])
    op.create_index(op.f("ix_paper_chief_officer_id"), "paper", ["chief_officer_id"])
    op.create_index(op.f("ix_paper_format_id"), "paper", ["format_id"])
    op.create_index(op.f("ix_paper_meeting_id"), "paper", ["meeting_id"])
    op.create_index(op.f("ix_paper_organisation_id"), "paper", ["organisation_id"])
    op.create_index(op.f("ix_paper_series_id"), "paper", ["series_id"])
    op.create_table(
        "update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workstream_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("nothing_to_report", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workstream_id"], ["workstream.id"], name=op.f("fk_update_workstream_id_workstream"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update")),
        sa.UniqueConstraint("workstream_id", "as_at", "revision", name=op.f("uq_update_workstream_id_as_at_revision")),
    )
    op.create_table(
        "workstream_item",
        sa.Column("workstream_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["framework_item.id"],
            name=op.f("fk_workstream_item_item_id_framework_item"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["workstream_id"],
            ["workstream.id"],
            name=op.f("fk_workstream_item_workstream_id_workstream"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("workstream_id", "item_id", name=op.f("pk_workstream_item")),
    )
    op.create_index(op.f("ix_workstream_item_item_id"), "workstream_item", ["item_id"])
    op.create_table(
        "workstream_part",
        sa.Column("workstream_id", sa.Integer(), nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["workstream_id"],
            ["workstream.id"],
            name=op.f("fk_workstream_part_workstream_id_workstream"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("workstream_id", "part", name=op.f("pk_workstream_part")),
    )
    op.create_table(
        "choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("workstream_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_choice_paper_id_paper"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["workstream_id"], ["workstream.id"], name=op.f("fk_choice_workstream_id_workstream"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        sa.UniqueConstraint("paper_id", "workstream_id", name=op.f("uq_choice_paper_id_workstream_id")),
    )
    op.create_index(op.f("ix_choice_workstream_id"), "choice", ["workstream_id"])
    op.create_table(
        "consultee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_consultee_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consultee_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultee")),
        sa.UniqueConstraint("paper_id", "person_id", name=op.f("uq_consultee_paper_id_person_id")),
    )
    op.create_index(op.f("ix_consultee_person_id"), "consultee", ["person_id"])
    op.create_table(
        "own_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_own_wording_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["update_id"], ["update.id"], name=op.f("fk_own_wording_update_id_update"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_wording")),
        sa.UniqueConstraint("paper_id", "update_id", "part", name=op.f("uq_own_wording_paper_id_update_id_part")),
    )
    op.create_index(op.f("ix_own_wording_update_id"), "own_wording", ["update_id"])
    op.create_table(
        "rating",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("dimension_id", sa.Integer(), nullable=False),
        sa.Column("value_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["dimension_id"],
            ["rag_dimension.id"],
            name=op.f("fk_rating_dimension_id_rag_dimension"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["update_id"], ["update.id"], name=op.f("fk_rating_update_id_update"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["value_id"], ["rag_value.id"], name=op.f("fk_rating_value_id_rag_value"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("update_id", "dimension_id", name=op.f("pk_rating")),
    )
    op.create_index(op.f("ix_rating_dimension_id"), "rating", ["dimension_id"])
    op.create_index(op.f("ix_rating_value_id"), "rating", ["value_id"])
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=True),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_section_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("paper_id", "key", name=op.f("uq_section_paper_id_key")),
    )
    op.create_table(
        "update_part",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["update_id"], ["update.id"], name=op.f("fk_update_part_update_id_update"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("update_id", "part", name=op.f("pk_update_part")),
    )
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("template_version_id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("snapshot_digest", sa.String(length=64), nullable=False),
        sa.Column("facts_digest", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("open_points", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_version_paper_id_paper"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["template_version_id"],
            ["template_version.id"],
            name=op.f("fk_version_template_version_id_template_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("paper_id", "label", name=op.f("uq_version_paper_id_label")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_version_paper_id_number")),
    )
    op.create_index(op.f("ix_version_template_version_id"), "version", ["template_version_id"])
