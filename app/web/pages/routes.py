"""Every web page."""

from fastapi import APIRouter

from app.web.pages import built, formats, guides, home, manual, sign_in, templates


def router() -> APIRouter:
    """All pages; each file of this room has the routes of one subject."""
    pages = APIRouter(include_in_schema=False)
    parts = (built, sign_in, home, formats, templates, manual, guides)
    for part in parts:
        pages.include_router(part.router)
    return pages
