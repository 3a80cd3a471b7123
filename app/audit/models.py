"""The audit log."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Digest


class AuditEvent(Base):
    """One change: its place in the chain, what happened as canonical JSON, and the hash that binds it to the last."""

    __tablename__ = "audit_event"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(Digest)
    hash: Mapped[str] = mapped_column(Digest, unique=True)
