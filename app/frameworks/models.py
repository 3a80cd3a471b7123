"""Frameworks and their items."""

from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Key
from app.people.models import Organisation


class Framework(Base):
    """An edition of a plan."""

    __tablename__ = "framework"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    edition: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    items: Mapped[list["FrameworkItem"]] = relationship(
        lazy="raise", order_by="FrameworkItem.position", back_populates="framework"
    )


class FrameworkItem(Base):
    """A priority, strand or objective; `position` orders the whole tree of one framework, parents before children."""

    __tablename__ = "framework_item"
    __table_args__ = (UniqueConstraint("framework_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="RESTRICT"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("framework_item.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(50))
    number: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)

    framework: Mapped[Framework] = relationship(lazy="raise", back_populates="items")
