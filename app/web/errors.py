"""Problem documents (RFC 9457) for every error, and which status each kind of error has."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, Field
from starlette.exceptions import HTTPException

from app.accounts.identity import ProviderFails
from app.accounts.sign_in import TooManyAttempts
from app.assets import NotBuilt
from app.audit import commands as audit
from app.db import Busy
from app.errors import Conflict, Fault, Forbidden, Hidden, Invalid, NotFound, Problem
from app.facts.answering import AnsweredMeanwhile
from app.formats.commands import UnfitTemplate
from app.pictures.image import NotAPicture, PictureTooLarge
from app.replies.commands import KeyUsedBefore
from app.web.deps import NotSignedIn, premises, request_id
from app.web.pace import TooFast

MEDIA_TYPE = "application/problem+json"


class PreconditionMissing(Problem):
    """Something would be changed without saying which state of it was seen."""


class PreconditionFailed(Problem):
    """It is not, or no longer, in the state that the request names."""


class UnsupportedMediaType(Problem):
    """The body is of a kind that is not taken here."""


class TooLarge(Problem):
    """The body is longer than is taken here."""


class FaultyParameter(Invalid):
    """A parameter of the address or a header is not right; `name` says which."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


STATUS: dict[type[Problem], int] = {
    KeyUsedBefore: 422,
    TooManyAttempts: 429,
    Busy: 503,
    ProviderFails: 503,
    NotBuilt: 503,
    NotAPicture: 415,
    PictureTooLarge: 413,
    PreconditionMissing: 428,
    PreconditionFailed: 412,
    UnsupportedMediaType: 415,
    TooLarge: 413,
    TooFast: 429,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Forbidden: 403,
}
"""Which status an error has: that of its nearest ancestor in this table."""

TITLES: dict[int, tuple[str, str]] = {
    400: ("bad-request", "The request cannot be understood"),
    401: ("not-signed-in", "A token or session is needed"),
    403: ("forbidden", "You may not do that"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "That cannot be done with this address"),
    409: ("conflict", "That cannot be done now"),
    412: ("precondition-failed", "It was changed in the meantime"),
    413: ("too-large", "That is too large"),
    415: ("unsupported-media-type", "That kind of content is not taken here"),
    422: ("invalid", "What was sent is not right"),
    428: ("precondition-required", "Say which state you change"),
    429: ("too-many-requests", "That was too often"),
    500: ("internal-error", "Something went wrong on our side"),
    503: ("not-ready", "The service is not ready"),
}
"""Status → last part of the problem's `type`, and its title."""

EXPLANATIONS: dict[int, str] = {
    400: "The message is not HTTP as it should be. Check the client that sends it.",
    401: "Send a token with the request: Authorization: Bearer bp_… An administrator gives tokens out.",
    403: "The role of your account does not go with this. An administrator can say which role does.",
    404: "Nothing with that name exists, or it belongs to an organisation whose papers you may not see.",
    405: "The answer's Allow header names the methods that this address knows.",
    409: "The request is right in itself, but the state that things are in does not allow it. The detail says why.",
    412: "The If-Match header names another state than the present one. Read it again, and decide anew.",
    413: "Send less at once, or a smaller file. The detail names the limit.",
    415: "The detail names what is taken here.",
    422: "Each entry of “errors” names one fault and its place: a JSON pointer into the body, or a parameter.",
    428: "Something that exists is changed only by who has seen it: send its ETag as If-Match.",
    429: "It was done too often within a minute. The Retry-After header says how many seconds to wait.",
    500: "Nothing was changed. The log holds more, under the request id that came with the answer.",
    503: "Try again in a moment; /health/ready says what is missing.",
}
"""Status → what somebody who meets the problem may do."""


def _encodable(said: Any) -> Any:
    # What was sent is told back, and half a surrogate pair is no character that an answer can hold.
    return said.encode(errors="backslashreplace").decode() if isinstance(said, str) else said


Said = Annotated[str, BeforeValidator(_encodable)]
"""Words for the client, whatever it sent: they can always be encoded."""


class ProblemError(BaseModel):
    """One fault of what was sent."""

    detail: Said = Field(description="What is wrong, in a sentence")
    pointer: Said | None = Field(default=None, description="JSON pointer (RFC 6901) to the place in the body")
    parameter: Said | None = Field(default=None, description="Name of the parameter or header that is meant")


class Meanwhile(BaseModel):
    """Two texts, of which only one can stand."""

    sent: dict[str, Any] | None = Field(
        default=None, description="The update that was refused; left out where the answer brought no text"
    )
    saved: dict[str, Any] | None = Field(
        default=None, description="The update that somebody saved meanwhile; left out where there is none"
    )
    revision: int = Field(description="Of what was saved, to be sent by who has read it and goes on")


class ProblemDocument(BaseModel):
    """An error as RFC 9457 describes it."""

    type: str = Field(description="Which kind of problem, as an address that explains it")
    title: str = Field(description="The kind of problem in words, always the same")
    status: int = Field(description="The HTTP status")
    detail: Said = Field(description="What is the matter this time, for a person")
    errors: list[ProblemError] = Field(default=[], description="Every fault of what was sent, where there are any")
    findings: list[dict[str, Said]] = Field(
        default=[], description="Everything that was found in a template that was refused, warnings too"
    )
    meanwhile: Meanwhile | None = Field(default=None, description="Both texts, where another was saved meanwhile")


class ProblemAnswer(JSONResponse):
    """A problem document as an answer, and the document itself."""

    def __init__(self, document: ProblemDocument, headers: Mapping[str, str]) -> None:
        self.document = document
        said = document.model_dump(exclude_none=True)
        body = {name: value for name, value in said.items() if value != []}
        super().__init__(body, document.status, headers=dict(headers), media_type=MEDIA_TYPE)


AsPage = Callable[[Request, Exception, ProblemDocument, dict[str, str]], Response]
"""Shows somebody in a browser what is wrong, with the status of the document and these headers."""


def problem(
    status: int,
    detail: str,
    errors: Iterable[ProblemError] = (),
    headers: Mapping[str, str] | None = None,
    *,
    findings: Iterable[Mapping[str, str]] = (),
    meanwhile: Meanwhile | None = None,
) -> ProblemAnswer:
    """The problem document as an answer."""
    slug, title = TITLES.get(status) or (str(status), _phrase(status))
    document = ProblemDocument(
        type=f"/problems/{slug}",
        title=title,
        status=status,
        detail=detail,
        errors=list(errors),
        findings=[dict(finding) for finding in findings],
        meanwhile=meanwhile,
    )
    return ProblemAnswer(document, headers or {})


def status_of(error: Problem) -> int:
    """The status that this error is answered with."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def pointer_to(path: str) -> str:
    """A place as people count it, `updates[1].parts.progress`, as the JSON pointer `/updates/1/parts/progress`."""
    steps = [step for step in re.split(r"[.\[\]]", path) if step]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def install(app: FastAPI, as_page: AsPage) -> None:
    """From now on, every error of the app is answered with a problem document, or to a browser with a page."""
    app.state.as_page = as_page
    for kind, handler in (
        (Problem, _of_ours),
        (NotSignedIn, _not_signed_in),
        (RequestValidationError, _not_valid),
        (HTTPException, _of_the_framework),
        (Exception, _unexpected),
    ):
        app.add_exception_handler(kind, _for_whoever_asks(handler))


def for_whoever_asks(request: Request, error: Exception, answer: ProblemAnswer) -> Response:
    """The answer as a page where a browser asks for a page, else as it is."""
    if not wants_page(request):
        return answer
    as_page: AsPage = request.app.state.as_page
    try:
        return as_page(request, error, answer.document, dict(answer.headers))
    except NotBuilt:
        return answer


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, and not a program."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(OF_PROGRAMS)


OF_PROGRAMS = ("/api/", "/health/", "/metrics", "/openapi.json")
"""Beginnings of addresses that answer with problem documents, whoever asks."""


def _for_whoever_asks(
    handler: Callable[[Request, Exception], ProblemAnswer],
) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        return for_whoever_asks(request, error, handler(request, error))

    return answer


def _of_ours(request: Request, error: Exception) -> ProblemAnswer:
    if not isinstance(error, Problem):
        raise error
    if isinstance(error, Forbidden | Hidden):
        try:
            leave_trace(request)
        except Busy as busy:
            error = busy  # nothing is refused without a trace
    if isinstance(error, TooFast | TooManyAttempts | Busy):
        return problem(status_of(error), str(error), headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, FaultyParameter):
        errors = [ProblemError(detail=error.summary, parameter=error.name)]
        return problem(status_of(error), error.summary, errors)
    if isinstance(error, AnsweredMeanwhile):
        sent, saved = (update and update.model_dump(mode="json") for update in (error.sent, error.saved))
        both = Meanwhile(sent=sent, saved=saved, revision=error.revision)
        return problem(status_of(error), str(error), meanwhile=both)
    if isinstance(error, UnfitTemplate):
        found = [finding.to_dict() for finding in error.findings]
        return problem(status_of(error), error.summary, map(_said, error.faults), findings=found)
    if isinstance(error, Invalid):
        return problem(status_of(error), error.summary, map(_said, error.faults))
    return problem(status_of(error), str(error))


def _said(fault: Fault) -> ProblemError:
    return ProblemError(detail=fault.what, pointer=pointer_to(fault.where))


def leave_trace(request: Request) -> None:
    """The log says that this was refused, in a transaction of its own: the request's has ended without one.

    Raises Busy, where the log takes nothing: then nothing else is answered.
    """
    account = getattr(request.state, "account", None)
    if account is None:
        return
    with premises(request).database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        asked = f"{request.method} {request.url.path}"[:300]
        audit.record(session, "request.refused", asked, by=account, at=datetime.now(UTC))


def _not_signed_in(_request: Request, error: Exception) -> ProblemAnswer:
    return problem(401, str(error), headers={"WWW-Authenticate": 'Bearer realm="boardpapers"'})


def _not_valid(_request: Request, error: Exception) -> ProblemAnswer:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [_of_parameter(wrong) for wrong in error.errors()]
    names = ", ".join(sorted({said.parameter or "" for said in errors}))
    return problem(422, f"This is not right in the address or its headers: {names}.", errors)


def _of_parameter(wrong: Mapping[str, Any]) -> ProblemError:
    # A value_error is a sentence of ours; the rest is Pydantic's, which names no field: the parameter does.
    sentence = str(wrong["ctx"]["error"]) if wrong["type"] == "value_error" else wrong["msg"]
    return ProblemError(detail=f"{sentence}.", parameter=str(wrong["loc"][-1]))


def _of_the_framework(request: Request, error: Exception) -> ProblemAnswer:
    if not isinstance(error, HTTPException):
        raise error
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }
    detail = details.get(error.status_code) or f"{str(error.detail).rstrip('.')}."
    return problem(error.status_code, detail, headers=error.headers)


def _unexpected(request: Request, _error: Exception) -> ProblemAnswer:
    # Beyond the middleware that sets the headers of every other answer.
    name = request_id(request)
    detail = f"Something went wrong on our side, and nothing was changed. The log calls this request {name}."
    return problem(500, detail, headers={"X-Request-Id": name, "X-Content-Type-Options": "nosniff"})


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
