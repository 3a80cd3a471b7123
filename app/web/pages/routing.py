"""The routers of the pages: no route of theirs is in the description of the API, none takes an address of no words."""

from fastapi import APIRouter, Depends

from app.web.pages.forms import words_only


def page_router(prefix: str = "") -> APIRouter:
    """A router for pages of one subject; `prefix` is what their addresses begin with."""
    return APIRouter(prefix=prefix, include_in_schema=False, dependencies=[Depends(words_only)])
