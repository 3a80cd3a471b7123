"""Every route of the API, below `/api/v1`."""

from functools import cache

from fastapi import APIRouter, Depends

from app.web.api import (
    accounts,
    audit,
    calendars,
    clearances,
    comments,
    entries,
    facts,
    formats,
    issuing,
    link,
    meetings,
    my_requests,
    outcomes,
    paper_rounds,
    papers,
    pictures,
    review,
    rounds,
    session,
    templates,
    versions,
)
from app.web.api.parameters import only_known_parameters, only_known_parameters_by_link, parameters_of_all

PREFIX = "/api/v1"


@cache
def router() -> APIRouter:
    """The whole API, put together once: what each route asks for takes long to find out."""
    by_account = APIRouter(dependencies=[Depends(only_known_parameters)])
    for part in (
        papers.router,
        paper_rounds.router,
        entries.router(),
        meetings.router,
        rounds.router,
        my_requests.router,
        calendars.router,
        formats.router,
        templates.router,
        templates.reference_router,
        versions.router,
        review.router,
        comments.router,
        clearances.router,
        issuing.router,
        outcomes.router,
        pictures.router,
        facts.router,
        accounts.router,
        session.router,
        audit.router,
    ):
        by_account.include_router(part)
    by_link = APIRouter(dependencies=[Depends(only_known_parameters_by_link)])
    by_link.include_router(link.router)
    by_nobody = APIRouter(dependencies=[Depends(parameters_of_all)])
    by_nobody.include_router(session.doors)
    by_nobody.include_router(calendars.doors)
    whole = APIRouter()
    for routes in (by_nobody, by_account, by_link):
        whole.include_router(routes, prefix=PREFIX)
    return whole
