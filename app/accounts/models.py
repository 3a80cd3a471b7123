"""Accounts, each with one role, and the tokens by which programs act for them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Digest, Key, UtcDateTime


class Role(StrEnum):
    """What an account is for."""

    ADMINISTRATOR = "administrator"
    TEMPLATE_MANAGER = "template-manager"
    SECRETARY = "board-secretary"
    APPROVER = "approver"
    AUTHOR = "report-author"
    LEAD = "workstream-lead"
    CLIENT = "client"
    READER = "reader"


class Account(Base):
    """Who signs in: a name, a role, and the organisation whose papers it sees."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    __allow_unmapped__ = True  # for what an account is only while it asks

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=30, values_callable=lambda roles: [role.value for role in roles])
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """Whom papers name, where that is who signs in."""
    boards: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Keys of the boards whose papers it sees; None: of every board."""
    workstreams: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Refs of the workstreams that it reports; None: each of its organisation."""
    markings: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Its clearance: the markings of the papers that it sees; None: any."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """Argon2id, with its salt and costs; None: nobody signs in by password."""
    issuer: Mapped[str | None] = mapped_column(String(255))
    """The provider of identities that vouches for who signs in, where one does."""
    subject: Mapped[str | None] = mapped_column(String(255))
    """What that provider calls them, for ever."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    """Whether `demo` made it, for invented papers only."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing opens it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    scopes: frozenset[str] | None = None
    """Not kept: of what its role allows, what the token that it asks by is for; None: all."""


class Token(Base):
    """By which a program acts for an account: shown once, kept as a hash, known by its name for ever."""

    __tablename__ = "token"
    __table_args__ = (
        # A name is free again once its token was taken away.
        Index(
            "ix_token_account_id_name_live",
            "account_id",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(Key)
    secret_hash: Mapped[str] = mapped_column(Digest, unique=True)
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """What it is for, in the order of the names; None: whatever the account may do."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """To the hour."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="raise")


class PasswordLink(Base):
    """By which somebody sets a password, once: an account has one at most, kept as a hash."""

    __tablename__ = "password_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), unique=True)
    secret_hash: Mapped[str] = mapped_column(Digest, unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="raise")


class BrowserSession(Base):
    """A browser in which somebody is signed in: known by a secret of which a hash is kept; gone when it ends."""

    __tablename__ = "browser_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), index=True)
    secret_hash: Mapped[str] = mapped_column(Digest, unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When a request came last, to the minute."""
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When somebody last proved who they are, by password or at the provider of identities."""

    account: Mapped[Account] = relationship(lazy="raise")


class Journey(Base):
    """A browser on its way to the provider of identities and back: known by a hash; gone when it is back."""

    __tablename__ = "journey"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Digest, unique=True)
    session_id: Mapped[int | None]
    """The session that is proved; None: one will begin. No foreign key: sessions end."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInAttempt(Base):
    """A try to sign in that did not succeed (yet): counted by account and by address, forgotten after a while."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(120))
    """`account/KEY`, whether there is one or not, or `address/ADDRESS`."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
