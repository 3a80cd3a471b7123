"""How an installation stands, in figures: for whoever watches over it."""

import shutil
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from app import word
from app.audit import queries as log
from app.upkeep.stores import Stores
from app.versions import queries as versions


def figures(stores: Stores) -> Mapping[str, float]:
    """Name → figure; those of a database that does not answer are left out."""
    held = word.templates_held()
    found: dict[str, float] = {
        "templates_held": held.held,
        "templates_found": held.found,
        "templates_prepared": held.prepared,
        **{f"doors_{door}": count for door, count in stores.database.doors_in_use().items()},
    }
    place = stores.blobs.nearest_folder()
    found["free_bytes"] = shutil.disk_usage(place).free
    try:
        with stores.database.reading() as session:
            totals = versions.totals(session)
            found |= {"versions": totals.versions, "gaps": totals.gaps, "audit_events": log.head(session).sequence}
    except SQLAlchemyError:
        pass
    return found
