"""What a browser is shown when something is wrong: a page that says what, and what to do about it."""

from datetime import UTC, datetime

from anyio.from_thread import run
from fastapi import BackgroundTasks, Request
from fastapi.responses import Response

from app.errors import Invalid, NotFound
from app.web.cookies import is_from_our_page
from app.web.deps import NotSignedIn, ProofNeeded, premises
from app.web.errors import ProblemDocument
from app.web.onward import with_next
from app.web.pages.forms import typed
from app.web.pages.layout import page, to
from app.web.pages.visit import Visit, passing

HEADINGS = {
    400: "This request cannot be understood",
    401: "Sign in first",
    403: "You may not do that",
    404: "Page not found",
    405: "That cannot be done with this page",
    409: "That cannot be done now",
    412: "It was changed in the meantime",
    413: "That is too large",
    415: "That kind of file is not taken here",
    422: "What was sent is not right",
    428: "It was changed in the meantime",
    429: "That was too often",
    500: "Sorry, something went wrong",
    503: "Sorry, the service is not ready",
}
"""Status → what its page says first."""

ADVICE = {
    400: "Go back and try again. If it happens again, tell whoever runs this service.",
    403: "An administrator can say which role does.",
    404: "It may have been moved, or be something that you may not see. Check the address, or begin at the home page.",
    405: "Go back to the page that you came from.",
    409: "Nothing was changed. Go back, and look at how things stand now.",
    412: "Nothing was changed. Go back, and look at how things stand now.",
    413: "Go back, and send less at once or a smaller file.",
    415: "Go back, and choose another file.",
    422: "Go back, and put it right.",
    428: "Nothing was changed. Go back, and look at how things stand now.",
    429: "Wait a moment, then try again.",
    500: "Nothing was changed. Try again; if it happens again, tell whoever runs this service which request it was.",
    503: "Try again in a moment.",
}
"""Status → what somebody may do."""

NEVER_GIVEN_BACK = frozenset({"password"})

KEPT_HEADERS = frozenset({"retry-after", "allow", "x-request-id"})
"""Headers of the problem document that its page has too."""


def as_page(request: Request, error: Exception, document: ProblemDocument, headers: dict[str, str]) -> Response:
    """The page for this problem; who has to sign in, or to prove who they are, is sent to do so."""
    if isinstance(error, NotSignedIn):
        return _ask_who(request)
    if isinstance(error, ProofNeeded):
        return to(with_next("/prove", request.url.path))
    status = document.status
    heading = HEADINGS.get(status, document.title)
    detail = document.detail
    if status == 404 and not isinstance(error, NotFound):
        detail = "There is no page at this address."
    return page(
        _passing(request) if status == 404 else _visit(request),
        "fault.html",
        heading,
        status=status,
        headers={name: value for name, value in headers.items() if name.lower() in KEPT_HEADERS},
        detail=detail,
        advice=ADVICE.get(status, "Go back and try again."),
        faults=[fault.detail for fault in document.errors],
        request_id=request.scope.get("state", {}).get("request_id", "–"),
    )


def _ask_who(request: Request) -> Response:
    """To the page on which people sign in; what was typed when the session ended waits to be sent again."""
    if request.method in {"GET", "HEAD"}:
        return to(with_next("/sign-in", _address(request)))
    # A page of somebody else's must not put its words into a form of ours, for who is signed in to send by a click.
    if not is_from_our_page(request):
        return to("/sign-in")
    try:
        sent = run(typed, request)
    except Invalid:
        return to("/sign-in")
    kept = {name: values for name, values in sent.typed.items() if name not in NEVER_GIVEN_BACK}
    return page(_visit(request), "sign_in/again.html", "Your session has ended", status=401, kept=kept)


def _passing(request: Request) -> Visit:
    """As far as it was known; at an address that nothing has nobody asked yet who visits."""
    there: Visit | None = getattr(request.state, "visit", None)
    return there or passing(request, premises(request), datetime.now(UTC), BackgroundTasks())


def _visit(request: Request) -> Visit:
    """As far as it was known when things went wrong."""
    there: Visit | None = getattr(request.state, "visit", None)
    return there or Visit(request, premises(request), datetime.now(UTC), None, None)


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
