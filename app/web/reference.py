"""The reference of the API as one plain page, made from the OpenAPI document; its style sheet is served by us."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from markdown_it import MarkdownIt
from markupsafe import Markup

from app.errors import NotFound
from app.web.errors import EXPLANATIONS, TITLES

CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"

PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("app.web", "html"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

METHODS = ("get", "put", "post", "delete")

router = APIRouter(include_in_schema=False)

style_sheets = StaticFiles(packages=[("app.web", "static")])


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
def docs(request: Request) -> Response:
    """The reference."""
    document = request.app.openapi()
    return _page("reference.html", document=document, groups=list(_groups(document)))


@router.get("/problems/{name}")
def explain(name: str) -> Response:
    """What a kind of problem means, and what to do about it."""
    for status, (slug, title) in TITLES.items():
        if slug == name:
            return _page("problem.html", status=status, title=title, explanation=EXPLANATIONS[status])
    raise NotFound("kind of problem", name[:100])


def _page(name: str, **said: Any) -> Response:
    return HTMLResponse(
        PAGES.get_template(name).render(**said), headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    )


def _groups(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    operations = [
        {"method": method.upper(), "path": path, **_told_in_full(operations[method], document)}
        for path, operations in document["paths"].items()
        for method in METHODS
        if method in operations
    ]
    for tag in document["tags"]:
        of_tag = [operation for operation in operations if tag["name"] in operation["tags"]]
        yield {**tag, "operations": of_tag}


def _told_in_full(operation: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """The operation with the answers that it only refers to."""
    shared = document["components"]["responses"]
    answers = {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }
    return {**operation, "responses": answers}


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _as_html(text: str) -> Markup:
    # Our own words, in CommonMark with raw HTML switched off.
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))  # noqa: S704


def _type_of(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        kinds = (_type_of(kind) for kind in schema["anyOf"])
        return " or ".join(kind for kind in kinds if kind != "null")
    kind = str(schema.get("format") or schema.get("type") or "any")
    return f"list of {_type_of(schema.get('items', {}))}" if kind == "array" else kind


PAGES.filters |= {"as_json": _as_json, "as_html": _as_html, "type_of": _type_of}
