"""Every web page."""

from functools import cache

from fastapi import APIRouter, Depends

from app.web.pages import (
    accounts,
    answers,
    brief,
    built,
    calendars,
    compare,
    decide,
    directory,
    formats,
    guides,
    home,
    issued,
    log,
    manual,
    meetings,
    narrative,
    papers,
    papers_front,
    papers_paper,
    papers_sections,
    papers_versions,
    papers_workstreams,
    preview,
    ratings,
    requests,
    review,
    rounds,
    service,
    sign_in,
    templates,
    unsent,
    updates,
    workstreams,
)
from app.web.pages.forms import words_only


@cache
def router() -> APIRouter:
    """All pages; each file of this room has the routes of one subject."""
    pages = APIRouter(include_in_schema=False, dependencies=[Depends(words_only)])
    for part in (
        built.router,
        sign_in.router,
        home.router,
        guides.router,
        papers.router,
        papers_paper.router,
        papers_front.router,
        papers_sections.router,
        papers_workstreams.router,
        papers_versions.router,
        unsent.router,
        updates.router,
        answers.router,
        requests.router,
        rounds.router,
        meetings.router,
        calendars.router,
        directory.router,
        formats.router,
        templates.router,
        manual.router,
        accounts.router,
        log.router,
        service.router,
        workstreams.router,
        ratings.router,
        narrative.router,
        preview.router,
        compare.router,
        brief.router,
        review.router,
        decide.router,
        issued.router,
    ):
        pages.include_router(part)
    return pages
