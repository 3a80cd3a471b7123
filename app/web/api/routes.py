"""Every route of the API, below `/api/v1`."""

from fastapi import APIRouter, Depends

from app.web.api import (
    accounts,
    audit,
    entries,
    facts,
    formats,
    meetings,
    papers,
    pictures,
    session,
    templates,
    versions,
)
from app.web.api.parameters import only_known_parameters, parameters_of_all

PREFIX = "/api/v1"


def router() -> APIRouter:
    """The whole API."""
    routes = APIRouter(prefix=PREFIX, dependencies=[Depends(only_known_parameters)])
    for part in (
        papers.router,
        entries.router(),
        meetings.router,
        formats.router,
        templates.router,
        templates.reference_router,
        versions.router,
        pictures.router,
        facts.router,
        accounts.router,
        session.router,
        audit.router,
    ):
        routes.include_router(part)
    whole = APIRouter()
    whole.include_router(session.doors, prefix=PREFIX, dependencies=[Depends(parameters_of_all)])
    whole.include_router(routes)
    return whole
