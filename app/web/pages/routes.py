"""Every web page."""

from fastapi import APIRouter

from app.web.pages import built, compare, guides, home, preview, sign_in


def router() -> APIRouter:
    """All pages; each file of this room has the routes of one subject."""
    pages = APIRouter(include_in_schema=False)
    for part in (built.router, sign_in.router, home.router, guides.router, preview.router, compare.router):
        pages.include_router(part)
    return pages
