"""Whether the service lives, and whether it can serve: for whoever watches over it. Needs no token, says no secret."""

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.web.api.representation import json_answer
from app.web.deps import Here
from app.web.errors import ProblemError, problem
from app.web.openapi import gives, problem_answer

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """How the service is."""

    status: str = Field(description="`ok`")


OK = {"status": "ok"}


@router.get(
    "/live",
    summary="See whether the service lives",
    description="Answers as soon as the service runs; looks at nothing else.",
    operation_id="health_live",
    responses={200: gives(Health, "It lives.", example=OK)},
    response_class=Response,
)
def live() -> Response:
    """It lives."""
    return json_answer(OK)


@router.get(
    "/ready",
    summary="See whether the service can serve",
    description="The database answers and has the newest schema, and the folder of kept files can be written.",
    operation_id="health_ready",
    responses={200: gives(Health, "It can serve.", example=OK), 503: problem_answer(503)},
    response_class=Response,
)
def ready(here: Here) -> Response:
    """It can serve, or what is missing."""
    missing = here.readiness()
    if not missing:
        return json_answer(OK)
    errors = [ProblemError(detail=what, parameter=name) for name, what in missing.items()]
    return problem(503, "The service cannot serve yet.", errors, {"Retry-After": "5"})
