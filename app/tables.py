"""Imports every `models.py` once, so that `Base.metadata` is whole (for Alembic, tests and start-up)."""

from app.accounts import models as accounts
from app.audit import models as audit
from app.boards import models as boards
from app.db import Base
from app.formats import models as formats
from app.frameworks import models as frameworks
from app.papers import models as papers
from app.people import models as people
from app.pictures import models as pictures
from app.replies import models as replies
from app.rounds import models as rounds
from app.unsent import models as unsent
from app.versions import models as versions
from app.workstreams import models as workstreams

__all__ = [
    "Base",
    "accounts",
    "audit",
    "boards",
    "formats",
    "frameworks",
    "papers",
    "people",
    "pictures",
    "replies",
    "rounds",
    "unsent",
    "versions",
    "workstreams",
]
