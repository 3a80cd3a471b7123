"""The tables of a database as they are in it: a backup may be of an older schema than the models speak of."""

from sqlalchemy import MetaData, Table
from sqlalchemy.engine import Connection

ALEMBIC = "alembic_version"
"""The table in which Alembic keeps the revision: no table of ours."""


PASSING = frozenset({"browser_session", "journey", "password_link", "sign_in_attempt"})
"""Tables of who is signed in or about to be: a backup has none of it, so that who was signed out stays signed out."""


def reflected(connection: Connection) -> list[Table]:
    """Every table of ours, by name."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for name, table in sorted(metadata.tables.items()) if name != ALEMBIC]


def lasting(connection: Connection) -> list[Table]:
    """Every table of what is kept, by name."""
    return [table for table in reflected(connection) if table.name not in PASSING]
