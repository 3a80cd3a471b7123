"""What somebody typed into a page and has not sent yet is kept for them.

Revision: 20261122_1560, after 20261122_1550
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1560"
down_revision = "20261122_1550"
branch_labels = None
depends_on = None

# PostgreSQL would sort by the language of the server: keys sort by their characters, as on SQLite.
KEY = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "unsent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_key", KEY, nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsent")),
        sa.UniqueConstraint("account_key", "page", name=op.f("uq_unsent_account_key_page")),
    )
    op.create_index(op.f("ix_unsent_typed_at"), "unsent", ["typed_at"])


def downgrade() -> None:
    op.drop_table("unsent")
