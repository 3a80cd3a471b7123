"""The OpenAPI document: what each operation takes and answers, in which words, with which examples."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.web.errors import EXPLANATIONS, MEDIA_TYPE, TITLES, ProblemDocument

TITLE = "Boardpapers"

DESCRIPTION = """\
Board papers out of a database: updates and facts go in, complete draft papers come out as Word documents.

**Token.** Every operation below `/api/v1` needs `Authorization: Bearer bp_…`, or the session of a browser in which
somebody signed in (`POST /api/v1/session`). What belongs to another organisation does not exist for your account (404).

**Session.** A request that changes something in a session shows that a page of ours made it: by what the browser says
of itself (`Sec-Fetch-Site`, `Origin`), or by the session's `csrf` as `X-CSRF-Token`. A decision asks for a proof of who
decides, at most ten minutes old: signing in, or `POST /api/v1/session/proof`.

**Reading and writing.** What GET answers, PUT takes. Changing something that exists needs its `ETag` as `If-Match`:
428 without it, 412 when somebody else was faster. A PUT merges what is kept by date or key (updates, introductions,
meetings, framework items): those that it does not name stay; every other list is replaced.

**Narratives** are sent as Markdown, or as `{"format": "html" | "markdown" | "text", "value": …}`; they are answered as
HTML in our small grammar, in a form that can be sent back. `?text=1` gives plain text.

**Repeating.** A POST with an `Idempotency-Key` that comes again gets the answer that it got, with
`Idempotent-Replay: true`, and does nothing twice.

**Lists** come in pages: `limit`, `cursor`, a `Link` header with `rel="next"`, a stable order.

**Errors** are problem documents (RFC 9457): `detail` is a sentence for a person, `errors` names every fault with a JSON
pointer into the body, or the parameter that is meant. Every answer has an `X-Request-Id`; send your own, or take ours.
"""

TAGS = [
    ("people", "Organisations and the persons named in papers."),
    ("plans", "Frameworks: editions of a plan, and the items that workstreams serve."),
    ("boards", "Boards, their meetings, and the series of papers that follow one another."),
    ("workstreams", "RAG schemes, themes, workstreams and what they report as at a date."),
    ("rounds", "Who is asked to report by when, and what was answered, by whom."),
    ("formats", "Word templates with their format.toml, in versions."),
    ("papers", "What a board will read: front sheet, sections, chosen workstreams."),
    ("versions", "Drafts that were generated, with their provenance, for ever."),
    ("review", "Submission, comments, decisions about the very bytes of a paper, and what follows them."),
    ("pictures", "Pictures that narratives may show."),
    ("facts", "Many things at once, all or nothing."),
    ("accounts", "Who may call, and what they may do."),
    ("session", "Signing in with a browser, proving again who one is, signing out."),
    ("audit", "What happened, append-only."),
    ("health", "Whether the service lives and can serve."),
]

INPUT = "-Input"

ETAG = {"ETag": {"description": "SHA-256 of the representation", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Address of what was made", "schema": {"type": "string"}}}
REPLAY = {
    "Idempotent-Replay": {
        "description": "`true`: this is the answer that the same request got before",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
LINK = {"Link": {"description": 'Address of the next page, `rel="next"`', "schema": {"type": "string"}}}

_taken: dict[str, type[BaseModel]] = {}


def takes(model: type[BaseModel], example: Any, *, also: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """For `openapi_extra`: the operation takes this in JSON; `also` are further media types."""
    _taken[model.__name__] = model
    schema = {"$ref": f"#/components/schemas/{model.__name__}{INPUT}"}
    content = {"application/json": {"schema": schema, "example": example}, **(also or {})}
    return {"requestBody": {"required": True, "content": content}}


def gives(
    model: type[BaseModel] | None,
    description: str,
    *,
    example: Any = None,
    headers: Mapping[str, Any] | None = None,
    content: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """For `responses`: one answer that is no error."""
    answer: dict[str, Any] = {"description": description}
    if headers:
        answer["headers"] = dict(headers)
    if model is not None:
        answer["model"] = model
    if content is not None:
        answer["content"] = dict(content)
    elif example is not None:
        answer["content"] = {"application/json": {"example": example}}
    return answer


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses`: the errors of an operation below `/api/v1`; 401, 403, 422 and 503 are everyone's."""
    return {status: problem_answer(status) for status in sorted({401, 403, 422, 503, *statuses})}


def open_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses`: the errors of an operation that needs no sign-in."""
    return {status: problem_answer(status) for status in sorted({422, *statuses})}


def problem_answer(status: int) -> dict[str, Any]:
    """For `responses`: the problem document of this status."""
    slug, title = TITLES[status]
    example = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": EXPLANATIONS[status]}
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    answer: dict[str, Any] = {
        "description": f"{title}.",
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}}}
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "string"}}}
    return answer


def document_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the app; made once, then remembered."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=TITLE,
            version=app.version,
            openapi_version="3.1.0",
            description=DESCRIPTION,
            license_info={"name": "MIT", "identifier": "MIT"},
            routes=app.routes,
            tags=[{"name": name, "description": says} for name, says in TAGS],
            servers=[{"url": "/", "description": "This service"}],
        )
        schemas = made["components"]["schemas"]
        schemas |= _schemas(_taken.values(), "validation", INPUT)
        schemas |= _schemas([ProblemDocument], "serialization", "")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        made["components"]["responses"] = _shared_problems(made["paths"])
        app.openapi_schema = made
    return app.openapi_schema


def _shared_problems(paths: Mapping[str, Any]) -> dict[str, Any]:
    """The problems of all operations, told once; the operations refer to them."""
    shared = {f"Problem{status}": problem_answer(status) for status in TITLES}
    for operation in (operation for methods in paths.values() for operation in methods.values()):
        for status, answer in operation["responses"].items():
            if answer == shared.get(f"Problem{status}"):
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    return shared


def _schemas(models: Iterable[type[BaseModel]], mode: Any, suffix: str) -> dict[str, Any]:
    _, found = models_json_schema(
        [(model, mode) for model in models], ref_template=f"#/components/schemas/{{model}}{suffix}"
    )
    return {f"{name}{suffix}": schema for name, schema in found.get("$defs", {}).items()}
