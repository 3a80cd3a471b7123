"""Pictures in, and out again as they are kept."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.pictures import queries
from app.pictures.commands import add
from app.pictures.image import clean
from app.pictures.models import Picture
from app.web.api import examples
from app.web.api.body import RawBody, media_type
from app.web.api.conditions import Preconditions
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain, shown
from app.web.api.routing import for_accounts
from app.web.deps import Bounds, FactsReader, Now, PictureAdder, Reading, Store, Writing
from app.web.downloads import download
from app.web.errors import FaultyParameter, UnsupportedMediaType
from app.web.openapi import ETAG, LOCATION, REPLAY, gives, problems

router = for_accounts("/pictures", "pictures")

FORM = "multipart/form-data"

BINARY = {"schema": {"type": "string", "format": "binary"}}

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", examples=[examples.DIGEST])]


class PictureOut(BaseModel):
    """A kept picture."""

    digest: str = Field(description="SHA-256 of the kept file")
    media_type: str
    width: int = Field(description="Pixels")
    height: int = Field(description="Pixels")
    size: int = Field(description="Bytes")
    content: str = Field(description="Address of the file")

    @classmethod
    def of(cls, picture: Picture) -> "PictureOut":
        """What the row says."""
        return cls(
            digest=picture.digest,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            size=picture.size,
            content=f"/api/v1/pictures/{picture.digest}/content",
        )


async def picture_file(request: Request, body: RawBody) -> bytes:
    """The picture's bytes: the body itself, or the file of a form.

    Raises:
        UnsupportedMediaType: when the body is said to be neither.
        FaultyParameter: when the form has no field `file` with a file.
    """
    kind = media_type(request)
    if kind.startswith("image/"):
        return body
    if kind != FORM:
        raise UnsupportedMediaType(f"Send a picture (image/png, image/jpeg …), or a form with one, not “{kind[:100]}”.")
    try:
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if isinstance(file, UploadFile):
                return await file.read()
    except HTTPException as error:
        raise FaultyParameter("file", f"The form cannot be read: {error.detail}") from error
    raise FaultyParameter("file", "The form must have one field “file” that is a file.")


@router.post(
    "",
    summary="Add a picture",
    description="Checked, turned upright, encoded anew and without metadata: PNG stays PNG, JPEG stays JPEG, anything "
    "else becomes PNG. At most 10 MiB and 40 megapixels. The same picture again is the same picture.",
    operation_id="post_picture",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                **{f"image/{kind}": BINARY for kind in ("png", "jpeg", "gif", "webp", "bmp", "tiff")},
                FORM: {
                    "schema": {
                        "type": "object",
                        "properties": {"file": {"type": "string", "format": "binary"}},
                        "required": ["file"],
                    }
                },
            },
        }
    },
    responses={
        200: gives(PictureOut, "It was kept before.", example=examples.PICTURE, headers=LOCATION | REPLAY),
        201: gives(PictureOut, "The picture that is kept.", example=examples.PICTURE, headers=LOCATION | REPLAY),
        **problems(409, 413, 415),
    },
    response_class=Response,
)
def add_picture(
    *,
    who: PictureAdder,
    data: Annotated[bytes, Depends(picture_file)],
    session: Writing,
    blobs: Store,
    bounds: Bounds,
    once: Doing,
    now: Now,
) -> Response:
    """The picture is kept."""

    def make() -> Response:
        cleaned = clean(data, max_bytes=bounds.picture_bytes, max_pixels=bounds.picture_pixels)
        added = add(session, blobs, cleaned, by=who.key, now=now)
        said = PictureOut.of(added.picture)
        location = f"/api/v1/pictures/{said.digest}"
        return json_answer(plain(said), 201 if added.is_new else 200, {"Location": location})

    return once.answer(data, make)


@router.get(
    "/{digest}",
    summary="Read about a picture",
    description="Its kind and measures.",
    operation_id="get_picture",
    responses={
        200: gives(PictureOut, "The picture.", example=examples.PICTURE, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_picture(digest: Digest, _who: FactsReader, session: Reading, conditions: Preconditions) -> Response:
    """What is known of the picture."""
    return shown(PictureOut.of(queries.get(session, digest)), conditions)


@router.get(
    "/{digest}/content",
    summary="Fetch a picture",
    description="The kept file.",
    operation_id="get_picture_content",
    responses={
        200: gives(None, "The file.", headers=ETAG, content={"image/png": BINARY, "image/jpeg": BINARY}),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_picture_content(
    digest: Digest, _who: FactsReader, session: Reading, blobs: Store, conditions: Preconditions
) -> Response:
    """The picture's bytes."""
    picture = queries.get(session, digest)
    etag = f'"{digest}"'
    if conditions.knows(etag):
        return Response(status_code=304, headers={"ETag": etag})
    ending = picture.media_type.partition("/")[2].replace("jpeg", "jpg")
    return download(blobs.get(digest), f"{digest[:12]}.{ending}", media_type=picture.media_type)
