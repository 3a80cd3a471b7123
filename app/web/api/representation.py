"""How things are written as JSON: one form that can be sent back, and its ETag."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel

from app import narrative
from app.web.api.conditions import Conditions
from app.web.loading import plain, state_of

__all__ = ["AsText", "etag_of", "in_words", "json_answer", "plain", "shown"]

AsText = Annotated[
    bool, Query(alias="text", description="`1`: narratives as plain text, for reading; cannot be sent back")
]


def etag_of(document: Mapping[str, Any]) -> str:
    """The ETag of a representation: equal content, equal ETag, whatever the order of names."""
    return f'"{state_of(document)}"'


def json_answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The document as an answer in JSON."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers=dict(headers or {}), media_type="application/json")


def shown(shape: BaseModel, conditions: Conditions, *, as_text: bool = False) -> Response:
    """The shape with its ETag, or 304 where the client has it already."""
    document = plain(shape)
    etag = etag_of(document)
    if conditions.knows(etag):
        return Response(status_code=304, headers={"ETag": etag})
    return json_answer(in_words(document) if as_text else document, headers={"ETag": etag})


def in_words(document: Any) -> Any:
    """The same document with every narrative as plain text."""
    if isinstance(document, dict):
        if document.keys() == {"format", "value"} and document["format"] == "html":
            return narrative.text(document["value"])
        return {name: in_words(value) for name, value in document.items()}
    if isinstance(document, list):
        return [in_words(value) for value in document]
    return document
