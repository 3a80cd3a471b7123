"""Parameters of an address: one that its operation does not know is a mistake, never ignored."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.web.deps import ByLink, SignedIn
from app.web.errors import FaultyParameter


async def only_known_parameters(request: Request, _who: SignedIn) -> None:
    """As `parameters_of_all`, after somebody has signed in."""
    _only_known(request)


async def parameters_of_all(request: Request) -> None:
    """Every parameter behind the “?” is one that the operation takes; raises FaultyParameter with the first other."""
    _only_known(request)


async def only_known_parameters_by_link(request: Request, _holder: ByLink) -> None:
    """The same for who has a link instead of an account."""
    _only_known(request)


def _only_known(request: Request) -> None:
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        return
    known = set(_names(route.dependant))
    for name in request.query_params:
        if name not in known:
            takes = f"takes only {', '.join(sorted(known))}" if known else "takes none"
            raise FaultyParameter(name[:100], f"“{name[:100]}” is no parameter here; this address {takes}.")


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for below in dependant.dependencies:
        yield from _names(below)
