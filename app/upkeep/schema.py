"""The tables of a database as they are in it: a backup may be of an older schema than the models speak of."""

from sqlalchemy import MetaData, Table
from sqlalchemy.engine import Connection

ALEMBIC = "alembic_version"
"""The table in which Alembic keeps the revision: no table of ours."""


def reflected(connection: Connection) -> list[Table]:
    """Every table of ours, by name."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for name, table in sorted(metadata.tables.items()) if name != ALEMBIC]
