"""The built assets: each under a name with a fingerprint of its content, so that a browser keeps it for ever."""

import gzip
from functools import cache
from mimetypes import guess_type
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from app import assets
from app.errors import NotFound
from app.web.pages.routing import page_router

router = page_router()

FOR_EVER = "public, max-age=31536000, immutable"


class Built(NamedTuple):
    """One asset, as it travels."""

    media_type: str
    content: bytes
    packed: bytes


@router.get("/assets/{name}")
def built(name: str, request: Request) -> Response:
    """The asset."""
    found = _all().get(name)
    if found is None:
        if not _all():
            _all.cache_clear()  # they may be built meanwhile
        raise NotFound("asset", name[:100])
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.content, media_type=found.media_type, headers=headers)
    return Response(found.packed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})


@router.get("/favicon.ico")
def favicon() -> Response:
    """What old browsers ask for unasked: there is none, and no page is needed to say so."""
    return Response(status_code=404)


@cache
def _all() -> dict[str, Built]:
    # A handful of small files: held in memory, nothing that is asked for ever becomes a path.
    found = {}
    for name in assets.names().values():
        content = (assets.BUILT / name).read_bytes()
        media_type = "text/javascript" if name.endswith(".js") else guess_type(name)[0] or "application/octet-stream"
        found[name] = Built(media_type, content, gzip.compress(content, mtime=0))
    return found
