"""The one place where the parts meet: settings, database, blobs and routes become one application."""

import gc
import json
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib.metadata import version

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import commands as accounts
from app.accounts import sign_in
from app.accounts.identity import Provider
from app.accounts.models import Role
from app.accounts.sign_in import ClaimedRoles, SessionRules
from app.notices import reminders
from app.notices.post import post_by
from app.settings import PACKAGED_MIGRATIONS, Settings
from app.upkeep import diary
from app.upkeep.figures import figures
from app.upkeep.stores import Stores, open_stores
from app.upkeep.upgrade import is_at_head
from app.web import errors, health, identity, reference
from app.web.api import routes as api
from app.web.api.routing import PREFIX
from app.web.deps import Limits, Premises
from app.web.edges import BodyLimit, RequestName
from app.web.metrics import Metrics
from app.web.openapi import TITLE, document_of
from app.web.pace import Pace
from app.web.pages import faults
from app.web.pages import routes as pages
from app.web.seats import Seats
from app.web.watch import Watch

log = logging.getLogger(__name__)


LINK_USES_PER_MINUTE = 60
"""Each is a line of the audit log."""

KEPT_PER_MINUTE = 120
"""A page that keeps by itself asks 30 times at most: four pages may be typed into at once."""


def create_app(settings: Settings) -> FastAPI:
    """The application that serves with these settings; its database must have the newest schema."""
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        stores.database.dispose()

    app = FastAPI(
        title=TITLE,
        version=version("boardpapers"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=[*api.ROUTES, *identity.router.routes, *health.router.routes, *reference.router.routes, *pages.ROUTES],
        lifespan=lifespan,
    )
    metrics = Metrics(lambda: figures(stores), _token(settings))
    app.state.premises = Premises(
        stores.database,
        stores.blobs,
        _limits(settings),
        _readiness(stores, settings.min_free_bytes),
        generating=Pace(settings.generate_per_minute),
        linked=Pace(LINK_USES_PER_MINUTE),
        keeping=Pace(KEPT_PER_MINUTE, "What you type may be kept"),
        metrics=metrics,
        figures=lambda: figures(stores),
        upkeep=lambda: diary.noted(settings.data / diary.FILE),
        two_people_for_templates=settings.two_people_for_templates,
        note_use=_noting(stores, accounts.note_use, "The use of a token"),
        note_seen=_noting(stores, sign_in.note_seen, "A request in a session"),
        rules=_session_rules(settings),
        provider=_provider(settings),
        claimed=ClaimedRoles(
            {claimed: Role(role) for claimed, role in settings.oidc_roles.items()}, settings.oidc_organisation
        ),
        address=settings.address,
        remind=_reminding(stores, settings),
    )
    app.openapi = lambda: document_of(app)  # type: ignore[method-assign]
    errors.install(app, faults.as_page)
    app.mount("/static", reference.style_sheets)
    app.add_middleware(BodyLimit, usual=settings.max_json_bytes, special=_body_limits(settings))
    app.add_middleware(Seats, count=settings.requests_at_once)
    app.add_middleware(Watch, metrics=metrics)
    app.add_middleware(RequestName)
    return app


def calm_collector() -> None:
    """Python looks for garbage as a process needs that serves: seldom, and not in what it is itself made of.

    What the program is made of stays until the end: going through it takes a tenth of a second, in the middle of
    somebody's draft. A draft is made of a hundred thousand things that are all in use until it is done: to look every
    700 things which of them are garbage takes a third of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def described(app: FastAPI) -> str:
    """The app's OpenAPI document as text: names sorted, two spaces a level, a line break at its end."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _limits(settings: Settings) -> Limits:
    return Limits(
        picture_bytes=settings.max_picture_bytes,
        picture_pixels=settings.max_picture_pixels,
        template_bytes=settings.max_template_bytes,
        page_size=settings.max_page_size,
    )


def _body_limits(settings: Settings) -> dict[str, int]:
    """Beginning of a path → bytes of the largest body, where it is not the usual one."""
    form = 64 * 1024  # what a multipart form adds to its file
    return {
        f"{PREFIX}/facts": settings.max_facts_bytes,
        f"{PREFIX}/pictures": settings.max_picture_bytes + form,
        "/papers/": settings.max_picture_bytes + settings.max_json_bytes,  # a section with a picture to go into it
        "/narrative/pictures": settings.max_picture_bytes + form,
        **dict.fromkeys(("/formats/", "/new-format"), settings.max_template_bytes + settings.max_json_bytes),
        # base 64 takes four bytes for three; a manifest comes with the template
        f"{PREFIX}/formats/": settings.max_template_bytes * 4 // 3 + settings.max_json_bytes,
    }


def _session_rules(settings: Settings) -> SessionRules:
    return SessionRules(
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
        proof=timedelta(minutes=settings.proof_minutes),
        attempts_a_minute=settings.sign_ins_a_minute,
        plain_http=settings.plain_http,
    )


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret.get_secret_value() if secret else None)


def _reminding(stores: Stores, settings: Settings) -> Callable[[str, str, datetime], list[reminders.Outcome]]:
    post = post_by(
        settings.smtp_host,
        settings.smtp_port,
        starttls=settings.smtp_starttls,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        folder=settings.mail,
    )

    def remind(round_key: str, by: str, now: datetime) -> list[reminders.Outcome]:
        return reminders.remind(
            stores.database,
            post,
            sender=settings.mail_from,
            address=settings.address,
            by=by,
            now=now,
            round_key=round_key,
        )

    return remind


def _noting(stores: Stores, command: Callable[..., None], what: str) -> Callable[[int, datetime], None]:
    def note(row_id: int, now: datetime) -> None:
        try:
            with stores.database.writing() as session:
                command(session, row_id, now=now)
        except SQLAlchemyError:
            # The request was answered: this is worth a line, never a failure.
            log.warning("%s could not be noted.", what, exc_info=True)

    return note


def _token(settings: Settings) -> str | None:
    return settings.metrics_token.get_secret_value() if settings.metrics_token else None


def _readiness(stores: Stores, min_free_bytes: int) -> Callable[[], dict[str, str]]:
    def missing() -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            if not is_at_head(stores.database.engine, PACKAGED_MIGRATIONS):
                found["schema"] = "The database has not the newest schema; run “boardpapers upgrade”."
        except SQLAlchemyError:
            found["database"] = "The database does not answer."
        there = stores.blobs.nearest_folder()  # until the first blob, that must take one
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            found["blobs"] = "The folder of kept files cannot be written."
        if shutil.disk_usage(there).free < min_free_bytes:
            found["disk"] = "The disk of the kept files is nearly full."
        return found

    return missing
