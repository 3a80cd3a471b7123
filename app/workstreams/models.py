"""RAG schemes, the tree of themes and workstreams, updates with narratives and ratings."""

from datetime import date, datetime

from sqlalchemy import Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Key, UtcDateTime
from app.formats.manifest import Need
from app.frameworks.models import FrameworkItem
from app.people.models import Organisation, Person


class RagScheme(Base):
    """An ordered set of ratings with its dimensions."""

    __tablename__ = "rag_scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))

    values: Mapped[list["RagValue"]] = relationship(lazy="raise", order_by="RagValue.position")
    dimensions: Mapped[list["RagDimension"]] = relationship(lazy="raise", order_by="RagDimension.position")


class RagValue(Base):
    """One value that a rating may have: its word, its meaning, its colours (RRGGBB)."""

    __tablename__ = "rag_value"
    __table_args__ = (UniqueConstraint("scheme_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rag_scheme.id", ondelete="RESTRICT"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(Key)
    label: Mapped[str] = mapped_column(String(100))
    meaning: Mapped[str] = mapped_column(Text)
    background: Mapped[str] = mapped_column(String(6))
    colour: Mapped[str] = mapped_column(String(6))


class RagDimension(Base):
    """What is rated: Overall, Time, Cost …, and how it is judged."""

    __tablename__ = "rag_dimension"
    __table_args__ = (UniqueConstraint("scheme_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rag_scheme.id", ondelete="RESTRICT"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(Key)
    label: Mapped[str] = mapped_column(String(100))
    meaning: Mapped[str] = mapped_column(Text)


class Theme(Base):
    """A group of workstreams; siblings are ordered by `position`."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("rag_scheme.id", ondelete="RESTRICT"), index=True)
    """Its ratings are of this scheme; without one, of the scheme of the theme above."""
    rating_source: Mapped[str | None] = mapped_column(String(300))
    """Where ratings come from unless they or their workstream say otherwise, as printed."""

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    scheme: Mapped[RagScheme | None] = relationship(lazy="raise")
    introductions: Mapped[list["ThemeIntroduction"]] = relationship(
        lazy="raise", order_by="ThemeIntroduction.as_at, ThemeIntroduction.revision"
    )


class ThemeIntroduction(Base):
    """What stands under a theme before its workstreams, as at a date; a correction is a new revision."""

    __tablename__ = "theme_introduction"
    __table_args__ = (UniqueConstraint("theme_id", "as_at", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="RESTRICT"))
    as_at: Mapped[date]
    revision: Mapped[int]
    narrative: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Workstream(Base):
    """A piece of work that reports."""

    __tablename__ = "workstream"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="RESTRICT"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    rating_source: Mapped[str | None] = mapped_column(String(300))

    theme: Mapped[Theme] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise")
    parts: Mapped[list["WorkstreamPart"]] = relationship(
        lazy="raise", order_by="WorkstreamPart.part", cascade="all, delete-orphan"
    )
    serves: Mapped[list[FrameworkItem]] = relationship(
        lazy="raise", secondary="workstream_item", order_by="FrameworkItem.position"
    )
    updates: Mapped[list["Update"]] = relationship(
        lazy="raise", back_populates="workstream", order_by="Update.as_at, Update.revision"
    )


class WorkstreamItem(Base):
    """A workstream serves a framework's item."""

    __tablename__ = "workstream_item"

    workstream_id: Mapped[int] = mapped_column(ForeignKey("workstream.id", ondelete="RESTRICT"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("framework_item.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class WorkstreamPart(Base):
    """Whether this workstream has this part; without a row, what the format says holds."""

    __tablename__ = "workstream_part"

    workstream_id: Mapped[int] = mapped_column(ForeignKey("workstream.id", ondelete="RESTRICT"), primary_key=True)
    part: Mapped[str] = mapped_column(Key, primary_key=True)
    need: Mapped[Need] = mapped_column(
        Enum(Need, native_enum=False, length=20, values_callable=lambda needs: [n.value for n in needs])
    )


class Update(Base):
    """What a workstream reports as at a date; a correction is a new revision, nothing is overwritten."""

    __tablename__ = "update"
    __table_args__ = (UniqueConstraint("workstream_id", "as_at", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workstream_id: Mapped[int] = mapped_column(ForeignKey("workstream.id", ondelete="RESTRICT"))
    as_at: Mapped[date]
    revision: Mapped[int]
    nothing_to_report: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    workstream: Mapped[Workstream] = relationship(lazy="raise", back_populates="updates")
    parts: Mapped[list["UpdatePart"]] = relationship(lazy="raise", order_by="UpdatePart.part")
    ratings: Mapped[list["Rating"]] = relationship(lazy="raise")


class UpdatePart(Base):
    """The narrative of one part of an update, in canonical form."""

    __tablename__ = "update_part"

    update_id: Mapped[int] = mapped_column(ForeignKey("update.id", ondelete="RESTRICT"), primary_key=True)
    part: Mapped[str] = mapped_column(Key, primary_key=True)
    narrative: Mapped[str] = mapped_column(Text)


class Rating(Base):
    """Update × dimension → value or *not rated*, with its source."""

    __tablename__ = "rating"

    update_id: Mapped[int] = mapped_column(ForeignKey("update.id", ondelete="RESTRICT"), primary_key=True)
    dimension_id: Mapped[int] = mapped_column(
        ForeignKey("rag_dimension.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    value_id: Mapped[int | None] = mapped_column(ForeignKey("rag_value.id", ondelete="RESTRICT"), index=True)
    """None: not rated."""
    source: Mapped[str | None] = mapped_column(String(300))

    dimension: Mapped[RagDimension] = relationship(lazy="raise")
    value: Mapped[RagValue | None] = relationship(lazy="raise")
