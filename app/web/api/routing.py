"""The routers of the API, by who comes through them: a route has its whole address, and what it asks, from the start.

Routers that include each other would make every route anew for every application, and look for it at every request.
"""

from enum import Enum

from fastapi import APIRouter, Depends

from app.web.api.parameters import only_known_parameters, only_known_parameters_by_link, parameters_of_all

PREFIX = "/api/v1"


def for_accounts(prefix: str = "", *tags: str | Enum) -> APIRouter:
    """A router for those who are signed in, or have a token; `prefix` is what its addresses begin with."""
    return APIRouter(prefix=f"{PREFIX}{prefix}", tags=list(tags), dependencies=[Depends(only_known_parameters)])


def for_links(prefix: str, *tags: str | Enum) -> APIRouter:
    """A router for those who have a link instead of an account."""
    return APIRouter(prefix=f"{PREFIX}{prefix}", tags=list(tags), dependencies=[Depends(only_known_parameters_by_link)])


def for_anybody(prefix: str, *tags: str | Enum) -> APIRouter:
    """A router for everybody: its routes find out for themselves who asks."""
    return APIRouter(prefix=f"{PREFIX}{prefix}", tags=list(tags), dependencies=[Depends(parameters_of_all)])
