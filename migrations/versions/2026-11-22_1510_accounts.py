"""Accounts: tokens with names, scopes and an end; passwords set by link or vouched for; sessions; remits.

Revision: 20261122_1510, after 20261122_1500
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1510"
down_revision = "20261122_1500"
branch_labels = None
depends_on = None

# PostgreSQL would sort by the language of the server: keys sort by their characters, as on SQLite.
KEY = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")


def upgrade() -> None:
    create_tokens()
    # The one token that an account had goes on opening it, under the name “main”.
    op.execute(
        "INSERT INTO token (account_id, name, secret_hash, created_at) "
        "SELECT id, 'main', token_hash, created_at FROM account WHERE token_hash IS NOT NULL"
    )
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("uq_account_token_hash"), type_="unique")
        account.drop_column("token_hash")
        account.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        account.create_foreign_key(
            op.f("fk_account_person_id_person"), "person", ["person_id"], ["id"], ondelete="RESTRICT"
        )
        account.create_index(op.f("ix_account_person_id"), ["person_id"])
        for column in ("boards", "workstreams", "markings"):
            account.add_column(sa.Column(column, sa.JSON(), nullable=True))
        account.add_column(sa.Column("password_hash", sa.String(length=200), nullable=True))
        account.add_column(sa.Column("issuer", sa.String(length=255), nullable=True))
        account.add_column(sa.Column("subject", sa.String(length=255), nullable=True))
        account.create_unique_constraint(op.f("uq_account_issuer_subject"), ["issuer", "subject"])
        account.add_column(sa.Column("is_demonstration", sa.Boolean(), nullable=False, server_default=sa.false()))
        account.add_column(sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("account") as account:
        account.alter_column("is_demonstration", server_default=None)
    create_sign_in()


def downgrade() -> None:
    """The tables before; a database in which something happened is refused."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM audit_event")):
        raise RuntimeError("this database holds records: tokens and sign-ins would be lost")
    for table in ("journey", "browser_session", "sign_in_attempt", "password_link", "token"):
        op.drop_table(table)
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("fk_account_person_id_person"), type_="foreignkey")
        account.drop_index(op.f("ix_account_person_id"))
        account.drop_constraint(op.f("uq_account_issuer_subject"), type_="unique")
        for column in (
            "disabled_at",
            "is_demonstration",
            "subject",
            "issuer",
            "password_hash",
            "markings",
            "workstreams",
            "boards",
            "person_id",
        ):
            account.drop_column(column)
        account.add_column(sa.Column("token_hash", sa.String(length=64), nullable=True))
        account.create_unique_constraint(op.f("uq_account_token_hash"), ["token_hash"])


def create_tokens() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_token_account_id_account"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_token_secret_hash")),
    )
    op.create_index(
        op.f("ix_token_account_id_name_live"),
        "token",
        ["account_id", "name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def create_sign_in() -> None:
    op.create_table(
        "password_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_password_link_account_id_account"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("account_id", name=op.f("uq_password_link_account_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_password_link_secret_hash")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_subject_at"), "sign_in_attempt", ["subject", "at"])
    op.create_table(
        "browser_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_browser_session_account_id_account"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_browser_session_secret_hash")),
    )
    op.create_index(op.f("ix_browser_session_account_id"), "browser_session", ["account_id"])
    op.create_table(
        "journey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_journey_secret_hash")),
    )
    op.create_index(op.f("ix_journey_began_at"), "journey", ["began_at"])
