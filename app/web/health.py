"""Whether the service lives, and whether it can serve: for whoever watches over it. Its figures need a token."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field

from app.web.api.representation import json_answer
from app.web.deps import Here, NotSignedIn, bearer
from app.web.errors import ProblemError, problem
from app.web.metrics import MEDIA_TYPE
from app.web.openapi import gives, problem_answer

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """How the service is."""

    status: str = Field(description="`ok`")


OK = {"status": "ok"}


@router.get(
    "/health/live",
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
    "/health/ready",
    summary="See whether the service can serve",
    description="The database answers and has the newest schema, and the folder of kept files can be written, "
    "on a disk with room. For machines that send requests only where they can be served.",
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


@router.get(
    "/metrics",
    summary="Read the figures of the service",
    description="Requests by route and status, how long answers took, versions, gaps, templates, doors. Needs the "
    "token of the setting `BOARDPAPERS_METRICS_TOKEN` as `Authorization: Bearer …`; nothing opens it without that.",
    operation_id="metrics",
    responses={
        200: gives(None, "The figures.", content={"text/plain": {"schema": {"type": "string"}}}),
        401: problem_answer(401),
    },
    response_class=Response,
)
def metrics(here: Here, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Response:
    """The figures of this moment."""
    if credentials is None or not here.metrics.opens(credentials.credentials):
        raise NotSignedIn("This needs the token that the setting BOARDPAPERS_METRICS_TOKEN names.")
    return Response(here.metrics.told(), media_type=MEDIA_TYPE)
