"""Prose in forms: a field that takes Markdown, or HTML where the editor runs, and what the editor asks of us."""

from dataclasses import dataclass
from typing import Annotated, cast, get_args

from fastapi import Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from app.accounts.policy import Action
from app.errors import Fault, Invalid
from app.narrative import Form as Format
from app.narrative import clean, markdown, salvaged
from app.pictures import commands, image, queries
from app.web.pages.forms import FaultyForm, Form, Typed
from app.web.pages.layout import PAGES, PICTURES
from app.web.pages.routing import page_router
from app.web.pages.visit import Visiting

router = page_router()

FORMAT = "_format"
"""What the name of a field of prose has behind it where it says how that prose is written."""

_NO_COPY = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Prose:
    """What a field of prose begins with: `text` as its `format` says, and the same as HTML for the editor."""

    text: str
    format: Format
    html: str


def prose(form: Form, name: str, kept: str) -> Prose:
    """What was typed into the field; where nothing was sent, the kept narrative (canonical HTML) as Markdown."""
    typed = form.value(name, None)
    if typed is None:
        return Prose(markdown(kept), "markdown", kept)
    written = _format_of(form, name)
    try:
        html = clean(typed, written)
    except Invalid:
        # It comes back as it was typed; with the fault beside it somebody can put it right.
        html = typed if written == "html" else ""
    return Prose(typed, written, html)


def narrative_of(form: Form, name: str) -> str:
    """What was typed into the field as canonical HTML; raises FaultyForm with a sentence for the field."""
    try:
        return clean(form.value(name), _format_of(form, name))
    except Invalid as refused:
        raise FaultyForm([Fault(name, refused.summary)], [name]) from refused


def _format_of(form: Form, name: str) -> Format:
    said = form.value(f"{name}{FORMAT}", "markdown")
    return cast("Format", said) if said in get_args(Format) else "markdown"


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/narrative/pasted")
def paste(_visit: Visiting, body: Annotated[bytes, Depends(_body)]) -> Response:
    """What a narrative can hold of the HTML of a clipboard, and what was left out."""
    found = salvaged(body.decode(errors="replace"))
    return JSONResponse({"html": found.html, "left_out": found.left_out}, headers=_NO_COPY)


@router.post(PICTURES)
def add_picture(visit: Visiting, form: Typed) -> Response:
    """The picture is kept; the answer says under which digest."""
    visit.authorise(Action.ADD_PICTURES)
    files = form.files.get("file", ())
    if not files:
        raise FaultyForm([Fault("file", "Choose a picture file")], ["file"])
    bounds = visit.here.limits
    cleaned = image.clean(files[0].file.read(), max_bytes=bounds.picture_bytes, max_pixels=bounds.picture_pixels)
    with visit.writing() as session:
        kept = commands.add(session, visit.here.blobs, cleaned, by=visit.account.key, now=visit.now).picture
        said = {"digest": kept.digest, "width": kept.width, "height": kept.height}
    return JSONResponse(said, 201, headers=_NO_COPY)


@router.get(PICTURES + "/{digest}")
def show_picture(digest: Digest, visit: Visiting) -> Response:
    """The picture's bytes, to be shown in a page."""
    visit.authorise(Action.READ_FACTS)
    with visit.reading() as session:
        media_type = queries.get(session, digest).media_type
    alone = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "same-origin"}
    return Response(visit.here.blobs.get(digest), media_type=media_type, headers={**_NO_COPY, **alone})


PAGES.globals["prose"] = prose
