"""Every web page."""

from fastapi import APIRouter

<<<<<<< HEAD
from app.web.pages import built, guides, home, narrative, preview, ratings, sign_in, updates, workstreams
=======
from app.web.pages import built, guides, home, narrative, preview, ratings, sign_in, workstreams
>>>>>>> a7a96341a1055fef314c8069951b4074a63dfec6


def router() -> APIRouter:
    """All pages; each file of this room has the routes of one subject."""
    pages = APIRouter(include_in_schema=False)
    for part in (
        built.router,
        sign_in.router,
        home.router,
        guides.router,
        updates.router,
        workstreams.router,
        ratings.router,
        narrative.router,
        preview.router,
        narrative.router,
    ):
        pages.include_router(part)
    return pages
