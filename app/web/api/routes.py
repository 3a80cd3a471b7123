"""Every route of the API, below `/api/v1`."""

from starlette.routing import BaseRoute

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

ROUTES: list[BaseRoute] = [
    route
    for part in (
        session.doors,
        calendars.doors,
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
        link.router,
    )
    for route in part.routes
]
"""The whole API, made once for all applications of a process: what each route asks for takes long to find out."""
