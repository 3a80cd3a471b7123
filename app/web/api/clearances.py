"""Clearances: texts that a named person clears before their paper is submitted."""

from datetime import date, datetime

from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.assembly import review
from app.assembly.selection import clearances_of
from app.fields import Day, KeyText, Line
from app.formats import queries as formats
from app.papers import queries as papers
from app.web.api.body import JsonBody, read_as
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain
from app.web.api.review import DigestText
from app.web.api.routing import for_accounts
from app.web.deps import Clearer, InPerson, Now, Reading, VersionReader, Writing
from app.web.openapi import REPLAY, gives, problems, takes
from app.web.reach import Reach

router = for_accounts("/papers/{reference}/clearances", "review")


class ClearanceIn(BaseModel):
    """That somebody cleared a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Line
    digest: DigestText = Field(description="SHA-256 of the text that was on screen")
    cleared_by: KeyText = Field(description="Person who cleared it")
    cleared_on: Day | None = Field(default=None, description="Without one, today")


class ClearanceOut(BaseModel):
    """A text that must be cleared, and who cleared it as it stands."""

    place: str = Field(description="`section/KEY` or `implication/KEY`")
    label: str
    whose: str = Field(description="Who clears it, as the format says")
    digest: str = Field(description="SHA-256 of the text: when it changes, this clearance is void, and no other")
    cleared_by: str | None
    cleared_on: date | None


class ClearancesOut(BaseModel):
    """Every text of a paper that its format wants cleared."""

    clearances: list[ClearanceOut]


EXAMPLE = {
    "clearances": [
        {
            "place": "implication/finance",
            "label": "Finance",
            "whose": "Chief finance officer",
            "digest": "5f" * 32,
            "cleared_by": "chief-finance-officer",
            "cleared_on": "2026-11-27",
        }
    ]
}


@router.get(
    "",
    summary="See what must be cleared",
    description="Every text of the paper that its format wants cleared, and who cleared it as it stands now.",
    operation_id="list_clearances",
    responses={200: gives(ClearancesOut, "The texts.", example=EXAMPLE), **problems(404, 409)},
    response_class=Response,
)
def list_clearances(reference: KeyText, who: VersionReader, session: Reading, now: Now) -> Response:
    """What must be cleared, and what is."""
    Reach(session, who).paper(reference)
    return _clearances(session, reference, now)


@router.post(
    "",
    summary="Clear a text",
    description="The person cleared the text with this digest. Another text needs another clearance. A person says so, "
    "who is signed in and linked to that person, or a board secretary: never a token.",
    operation_id="post_clearance",
    openapi_extra=takes(
        ClearanceIn,
        {"place": "implication/finance", "digest": "5f" * 32, "cleared_by": "chief-finance-officer"},
    ),
    responses={
        201: gives(ClearancesOut, "The texts.", example=EXAMPLE, headers=REPLAY),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def post_clearance(
    *,
    reference: KeyText,
    who: Clearer,
    _in_person: InPerson,
    document: JsonBody,
    session: Writing,
    once: Doing,
    now: Now,
) -> Response:
    """The text is cleared."""

    def make() -> Response:
        said = read_as(ClearanceIn, document)
        Reach(session, who).paper(reference)
        review.clear(
            session,
            reference,
            place=said.place,
            digest=said.digest,
            person=said.cleared_by,
            day=said.cleared_on,
            by=who,
            now=now,
        )
        return _clearances(session, reference, now, 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


def _clearances(session: Session, reference: str, now: datetime, status: int = 200) -> Response:
    paper = papers.get(session, reference)
    template = formats.live(session, paper.format.key)
    shown = [
        ClearanceOut(
            place=needed.place,
            label=needed.label,
            whose=needed.whose,
            digest=needed.digest,
            cleared_by=cleared.person.key if cleared else None,
            cleared_on=cleared.day if cleared else None,
        )
        for needed, cleared in clearances_of(session, paper, template, now=now)
    ]
    return json_answer(plain(ClearancesOut(clearances=shown)), status)
