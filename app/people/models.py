"""Organisations, persons and their posts."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Key


class Organisation(Base):
    """A body with people: the force that writes, the commissioner's office that receives."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str] = mapped_column(String(100))


class Person(Base):
    """Someone named in papers; separate from the account that signs in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    staff_number: Mapped[str | None] = mapped_column(String(50))
    contact: Mapped[str | None] = mapped_column(String(300))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    posts: Mapped[list["Post"]] = relationship(
        lazy="raise", order_by="Post.starts_on, Post.title", cascade="all, delete-orphan"
    )
    aliases: Mapped[list["Alias"]] = relationship(lazy="raise", order_by="Alias.name", cascade="all, delete-orphan")


class Post(Base):
    """An office that a person holds, from a day until a day (both included; open where none is given)."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Alias(Base):
    """Another name by which papers know a person."""

    __tablename__ = "alias"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(300))
