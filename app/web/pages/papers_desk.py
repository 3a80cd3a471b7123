"""A paper on the desk: read by who visits, and changed where nobody else has changed it meanwhile."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.errors import Conflict, Fault
from app.facts import read
from app.facts.decode import FaultyFacts
from app.facts.shapes import PaperShape
from app.formats import queries as formats
from app.formats.manifest import Manifest, parse_manifest
from app.web.loading import load_within_reach, plain
from app.web.pages.forms import FaultyForm
from app.web.pages.visit import Visit
from app.web.reach import Reach
from app.web.trace import Trace


class ChangedMeanwhile(Conflict):
    """Somebody else changed what the form shows, after it was opened."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Somebody else changed {what} after you opened it. What they wrote is shown below; "
            f"what you wrote is still in the form. Save again to replace theirs with yours."
        )


def paper_for(session: Session, visit: Visit, trace: Trace, reference: str) -> PaperShape:
    """The paper as its facts are now; raises RoleMayNot, NoPaper, or Hidden where it is none for who visits.

    Where its marking is a sensitive one, the log says that it was read.
    """
    visit.authorise(Action.READ_FACTS)
    kept = Reach(session, visit.account).paper(reference)
    trace.reading(reference, kept.marking, "paper", within=session)
    return read.paper(session, reference)


def may_type(session: Session, visit: Visit, names: Mapping[str, str]) -> None:
    """Who visits may write on the paper of a page with these names in its address; raises as `paper_for`."""
    visit.authorise(Action.WRITE_FACTS)
    Reach(session, visit.account).paper(names["reference"])


def manifest_for(session: Session, key: str) -> Manifest:
    """What the format's live template version says of its papers; raises NothingLive."""
    return parse_manifest(formats.live(session, key).manifest)


def may_write(visit: Visit) -> bool:
    """Whether who visits changes papers."""
    return visit.may(Action.WRITE_FACTS)


def keep_paper(session: Session, visit: Visit, paper: PaperShape, place: str = "", **changes: Any) -> None:
    """The paper is as it was but for these members.

    Raises:
        FaultyForm: with every fault; those at or below `place` (`sections[2]`) bear the name of what is below it, as
            fields are named: `blocks.0.text`.
    """
    write_paper(session, visit, plain(paper) | changes, place)


def write_paper(session: Session, visit: Visit, document: Mapping[str, Any], place: str = "") -> None:
    """The paper is as the document says; raises as `keep_paper`."""
    visit.authorise(Action.WRITE_FACTS)
    try:
        load_within_reach(
            session, visit.here.blobs, {"facts": "1", "papers": [document]}, by=visit.account, now=visit.now
        )
    except FaultyFacts as error:
        raise FaultyForm(_named(error.faults, f"papers[0].{place}"), ()) from error


def _named(faults: Iterable[Fault], place: str) -> list[Fault]:
    below = ((fault.where.removeprefix(place).removeprefix("papers[0]"), fault.what) for fault in faults)
    return [Fault(field_name(where), what) for where, what in below]


def field_name(where: str) -> str:
    """The field of a place: `blocks[0].items[1].text` is `blocks.0.items.1.text`."""
    return re.sub(r"\[([0-9]+)\]", r".\1", where).strip(".")
