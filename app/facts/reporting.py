"""One update, reported by a person: what is asked for, what was there, and how a change meanwhile is noticed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.audit.changes import Outcome
from app.blobs import Blobs
from app.errors import Conflict, Fault, Invalid
from app.facts.decode import FaultyFacts
from app.facts.load import load
from app.facts.read import workstream_alone
from app.facts.shapes import FactsFile, UpdateShape
from app.formats import queries as formats
from app.formats.manifest import Need, Part, parse_manifest
from app.rounds.queries import taken_back
from app.workstreams import queries as workstreams
from app.workstreams.models import Update, Workstream

NOTHING_YET = 0
"""The revision of what was not reported yet."""


class UpdateWasChanged(Conflict):
    """Somebody reported something else as at this day since it was read."""

    def __init__(self) -> None:
        super().__init__("Somebody else saved this update meanwhile. Yours is still here: look at both, then save.")


class FaultyUpdate(Invalid):
    """What is reported is not right; places are those within the update, as `ratings.overall`."""


@dataclass(frozen=True)
class WantedPart:
    """A part of an update, as the formats of the house ask for it."""

    key: str
    label: str
    guidance: str
    need: Need


def asked_of(session: Session, workstream: Workstream) -> list[WantedPart]:
    """The parts that the workstream has, in the order of the formats; where several have one, the fullest says how.

    Needs the workstream's `parts`.
    """
    known: dict[str, Part] = {}
    for parts in sorted(_parts_of_formats(session), key=len, reverse=True):
        known |= {part.key: part for part in parts if part.key not in known}
    own = {part.part: part.need for part in workstream.parts}
    asked = [
        WantedPart(
            part.key, part.label, part.guidance, own.get(part.key, Need.REQUIRED if part.required else Need.OPTIONAL)
        )
        for part in known.values()
    ]
    return [part for part in asked if part.need is not Need.UNUSED]


def revision_of(update: Update | None) -> int:
    """Which revision somebody sees who is shown this; NOTHING_YET where there is none."""
    return update.revision if update else NOTHING_YET


def report(
    session: Session, blobs: Blobs, ref: str, update: UpdateShape, *, seen: int, by: str, now: datetime
) -> Outcome:
    """The workstream reports this as at its day; answers what became of it. What is there already changes nothing.

    `seen` is the revision that the person was shown (`revision_of`).

    Raises:
        NoWorkstream: there is none.
        UpdateWasChanged: there is another revision by now, which says something else.
        FaultyUpdate: with every fault and its place in the update.
    """
    whole = workstream_alone(session, ref).model_copy(update={"updates": (update,)})
    head = revision_of(workstreams.find_update(session, ref, update.as_at))
    try:
        loaded = load(session, blobs, FactsFile(facts="1", workstreams=(whole,)), by=by, now=now)
    except FaultyFacts as faulty:
        raise FaultyUpdate("The update is not right; nothing was saved.", _within(faulty.faults)) from faulty
    (outcome,) = (row.outcome for row in loaded.rows if row.kind == "update")
    if outcome is not Outcome.UNCHANGED and head != seen:
        raise UpdateWasChanged  # refused, it undoes the load
    return outcome


def before(session: Session, workstream: Workstream, as_at: date) -> Update | None:
    """What the workstream reported last time: its last update before that day."""
    return workstreams.update_before(session, workstream.id, as_at)


def standing_at(session: Session, workstream_id: int, as_at: date) -> Update | None:
    """What papers take as reported as at that day, with its parts: the newest revision that was not sent back."""
    gone = taken_back(session, [workstream_id])
    found = workstreams.latest(session, [workstream_id], up_to=as_at, without=gone)
    return found[0] if found and found[0].as_at == as_at else None


def _parts_of_formats(session: Session) -> list[tuple[Part, ...]]:
    keys = [format_.key for format_ in formats.formats(session, limit=1_000)]
    return [
        parse_manifest(version.manifest).parts for _, version in sorted(formats.live_versions(session, keys).items())
    ]


def _within(faults: Sequence[Fault]) -> list[Fault]:
    place = "workstreams[0].updates[0]."
    return [Fault(fault.where.removeprefix(place), fault.what) for fault in faults]
