"""Every route of the API, below `/api/v1`."""

from fastapi import APIRouter

from app.web.api import accounts, audit, entries, facts, formats, meetings, papers, pictures, versions

PREFIX = "/api/v1"


def router() -> APIRouter:
    """The whole API."""
    routes = APIRouter(prefix=PREFIX)
    for part in (
        papers.router,
        entries.router(),
        meetings.router,
        formats.router,
        versions.router,
        pictures.router,
        facts.router,
        accounts.router,
        audit.router,
    ):
        routes.include_router(part)
    return routes
