"""Every web page."""

from fastapi import APIRouter

from app.web.pages import (
    accounts,
    built,
    formats,
    guides,
    home,
    log,
    manual,
    narrative,
    preview,
    ratings,
    rounds,
    service,
    sign_in,
    templates,
    updates,
    workstreams,
)


def router() -> APIRouter:
    """All pages; each file of this room has the routes of one subject."""
    pages = APIRouter(include_in_schema=False)
    for part in (
        built.router,
        sign_in.router,
        home.router,
        guides.router,
        updates.router,
        formats.router,
        templates.router,
        manual.router,
        accounts.router,
        log.router,
        service.router,
        rounds.router,
        workstreams.router,
        ratings.router,
        narrative.router,
        preview.router,
    ):
        pages.include_router(part)
    return pages
