"""The body of a request: read within bounds, of a kind that is taken, decoded."""

from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from app.errors import Fault, Invalid
from app.facts.decode import FaultyFacts, decode
from app.facts.parse import faults_in
from app.web.errors import UnsupportedMediaType

Model = TypeVar("Model", bound=BaseModel)

JSON = "application/json"
YAML = "application/yaml"


class FaultyBody(Invalid):
    """What was sent as JSON is none, or no object."""


async def raw_body(request: Request) -> bytes:
    """The bytes of the body."""
    return await request.body()


RawBody = Annotated[bytes, Depends(raw_body)]


def media_type(request: Request) -> str:
    """The media type that the body is said to have, without its parameters, in small letters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_body(request: Request, body: RawBody) -> dict[str, Any]:
    """The JSON object in the body.

    Raises:
        UnsupportedMediaType: when the body is said to be something else.
        FaultyBody: when it is not one JSON object.
    """
    kind = media_type(request)
    if body and kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType(f"Send JSON (Content-Type: {JSON}), not “{kind[:100]}”.")
    if not body.lstrip().startswith(b"{"):
        raise FaultyBody("The body must be a JSON object.", [Fault("", "must be a JSON object: {…}")])
    try:
        document: dict[str, Any] = decode(body)
    except FaultyFacts as error:
        raise FaultyBody("The body cannot be read.", error.faults) from error
    return document


JsonBody = Annotated[dict[str, Any], Depends(json_body)]


def read_as(model: type[Model], document: dict[str, Any]) -> Model:
    """What the document says; raises FaultyBody with every fault."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise FaultyBody("What was sent is not right.", faults_in(document, error)) from error
