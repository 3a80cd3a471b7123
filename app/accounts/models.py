"""Accounts, each with one role and at most one token."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

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
    """Who signs in: a name, a role, the organisation whose papers it sees, and the hash of its token."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=30, values_callable=lambda roles: [role.value for role in roles])
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    token_hash: Mapped[str | None] = mapped_column(Digest, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
