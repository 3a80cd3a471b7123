"""Every web page."""

from fastapi import APIRouter

from app.web.pages import (
    built,
    guides,
    home,
    narrative,
    papers,
    papers_front,
    papers_paper,
    papers_sections,
    papers_versions,
    papers_workstreams,
    preview,
    ratings,
    sign_in,
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
        papers.router,
        papers_paper.router,
        papers_front.router,
        papers_sections.router,
        papers_workstreams.router,
        papers_versions.router,
        workstreams.router,
        ratings.router,
        preview.router,
        narrative.router,
    ):
        pages.include_router(part)
    return pages
