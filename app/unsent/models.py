"""Forms that were begun."""

from datetime import datetime

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Key, UtcDateTime


class Unsent(Base):
    """What one account last typed into one page; gone when it was sent, or thrown away."""

    __tablename__ = "unsent"
    __table_args__ = (UniqueConstraint("account_key", "page"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_key: Mapped[str] = mapped_column(Key)
    page: Mapped[str] = mapped_column(String(300))
    """Its address, as a path."""
    fields: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Name of a field → what stands in it."""
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
