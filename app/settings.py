"""What may be set from outside: `BOARDPAPERS_*` variables or a `.env`, read once, at the edge. Never read elsewhere."""

import re
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024

CLAIMED_ROLES = frozenset(
    {"template-manager", "board-secretary", "approver", "report-author", "workstream-lead", "client", "reader"}
)
"""Roles that the provider of identities may give: all but the administrator's."""

_PACKAGE = Path(__file__).resolve().parent


def _packaged(name: str) -> Path:
    """The folder `name` that came with the program: inside the package in a wheel, beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


PACKAGED_TEMPLATES = _packaged("templates")
"""The formats that come with the program, one folder each."""

PACKAGED_MIGRATIONS = _packaged("migrations")
"""The migrations of the database, as Alembic reads them."""


def _sqlite_file(settings: dict[str, Any]) -> str:
    return f"sqlite:///{(settings['data'] / 'boardpapers.sqlite').as_posix()}"


def _blobs_folder(settings: dict[str, Any]) -> Path:
    return Path(settings["data"]) / "blobs"


def _checkpoint_file(settings: dict[str, Any]) -> Path:
    return Path(settings["data"]) / "audit-checkpoints.jsonl"


def _mail_folder(settings: dict[str, Any]) -> Path:
    return Path(settings["data"]) / "mail"


def _backups_folder(settings: dict[str, Any]) -> Path:
    return Path(settings["data"]) / "backups"


class Settings(BaseSettings):
    """Every setting of the service; frozen, so that what was read at the start holds until the end."""

    model_config = SettingsConfigDict(
        env_prefix="BOARDPAPERS_", env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    data: Path = Field(
        default=Path("var"), validate_default=True, description="Folder that holds everything the service keeps"
    )
    database_url: str = Field(
        default_factory=_sqlite_file,
        repr=False,
        description="SQLite file or PostgreSQL database, as SQLAlchemy writes it; without one, a file among the data",
    )
    blobs: Path = Field(default_factory=_blobs_folder, description="Folder of the kept files, named by their SHA-256")
    audit_checkpoint_file: Path = Field(
        default_factory=_checkpoint_file,
        description="File outside the database to which the head of the audit log is written at every change",
    )

    backups: Path = Field(
        default_factory=_backups_folder,
        description="Folder of the backups that `upgrade` makes before it changes anything",
    )

    max_json_bytes: int = Field(default=2 * MIB, gt=0, description="Largest JSON request, in bytes")
    max_facts_bytes: int = Field(default=50 * MIB, gt=0, description="Largest facts file, in bytes")
    max_template_bytes: int = Field(default=10 * MIB, gt=0, description="Largest Word template, in bytes")
    max_picture_bytes: int = Field(default=10 * MIB, gt=0, description="Largest picture, in bytes")
    max_picture_pixels: int = Field(default=40_000_000, gt=0, description="Largest picture, in pixels")
    max_page_size: int = Field(default=100, gt=0, description="Most rows that one page of a list may hold")

    generate_per_minute: int = Field(
        default=30, gt=0, description="Most documents that one account may have made within a minute, by each process"
    )
    requests_at_once: int = Field(
        default=12, gt=0, le=16, description="Requests that one process works on at once; the others wait for a seat"
    )
    min_free_bytes: int = Field(
        default=100 * MIB, ge=0, description="Free bytes on the disk of the kept files below which nothing is ready"
    )
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="What opens /metrics, as a bearer token; without one, nothing does"
    )
    stop_seconds: int = Field(
        default=60, gt=0, description="How long requests that run may go on after `serve` was told to stop, in seconds"
    )
    two_people_for_templates: bool = Field(
        default=True,
        description="Whether a template that was uploaded in the browser or over the API goes live only by another "
        "account than its uploader's; what the command line or an administrator loads is live at once",
    )
    smtp_host: str | None = Field(
        default=None, description="Mail server for reminders; without one, they are files in the folder `mail`"
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server")
    smtp_starttls: bool = Field(default=True, description="Whether the connection is encrypted before anything is said")
    smtp_user: str | None = Field(default=None, description="Name by which the mail server knows us, if it asks")
    smtp_password: SecretStr | None = Field(default=None, description="Password for it")
    mail: Path = Field(default_factory=_mail_folder, description="Folder of the letters where there is no mail server")
    mail_from: str = Field(default="boardpapers@localhost", description="Sender of reminders")

    sign_ins_a_minute: int = Field(
        default=5, gt=0, description="Attempts to sign in that may fail in a minute, by account and by address"
    )
    session_idle_minutes: int = Field(default=30, gt=0, description="Minutes without a request that end a session")
    session_hours: int = Field(default=12, gt=0, description="Hours after which a session ends in any case")
    proof_minutes: int = Field(
        default=10, gt=0, description="Minutes for which somebody who proved who they are may decide"
    )
    plain_http: bool = Field(
        default=False, description="Whether people may sign in over plain http from other machines too"
    )

    oidc_issuer: str | None = Field(
        default=None, description="Provider of identities (OpenID Connect), as it calls itself; none: passwords only"
    )
    oidc_client_id: str | None = Field(default=None, description="What we are called at the provider of identities")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="By which the provider of identities knows us; without one, PKCE alone"
    )
    oidc_roles: dict[str, str] = Field(
        default={},
        description="App role at the provider → role here, as JSON; of several the first named here. Administrators "
        "are made here, never there",
    )
    oidc_organisation: str | None = Field(
        default=None, description="Key of the organisation whose people the provider vouches for; none: it sees all"
    )

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#]+$",
        description="How browsers reach the service, as https://papers.example; without it, host and port",
    )
    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that `serve` listens on; 0 takes a free one")

    @property
    def address(self) -> str:
        """How browsers reach the service, without a slash at its end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        # A later change of the working folder must not move the data.
        return value.expanduser().absolute()

    @field_validator("oidc_roles")
    @classmethod
    def _nobody_becomes_administrator(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(value.values()) - CLAIMED_ROLES)
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: must be among {', '.join(sorted(CLAIMED_ROLES))}")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _encrypted(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", value):
            raise ValueError("must begin with https://, or be on this machine")
        return value
