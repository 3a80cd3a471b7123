"""Every web page."""

from fastapi import APIRouter

from app.web.pages import built, guides, home, papers, sign_in


def router() -> APIRouter:
    """All pages; each file of this room has the routes of one subject."""
    pages = APIRouter(include_in_schema=False)
    for part in (built.router, sign_in.router, home.router, papers.router, guides.router):
        pages.include_router(part)
    return pages
