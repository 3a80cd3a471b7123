"""A paper's values for its format's fields have the name of what they are: fields, on the front sheet or not.

Revision: 20261122_1500, after 20261122_0010
"""

from alembic import op

revision = "20261122_1500"
down_revision = "20261122_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases rename in place: nothing is rebuilt, no row is touched.
    op.execute("ALTER TABLE paper RENAME COLUMN front_sheet TO fields")


def downgrade() -> None:
    op.execute("ALTER TABLE paper RENAME COLUMN fields TO front_sheet")
