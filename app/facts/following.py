"""The next paper of a series, held against its format like every other paper."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.assembly import meeting as meetings
from app.errors import Fault, Invalid
from app.facts import read
from app.facts.check import faults_in_facts
from app.facts.shapes import FactsFile, PaperShape


class CannotFollow(Invalid):
    """What would be carried over does not fit the format as it is today."""


def start_next(
    session: Session, reference: str, *, new: str, meeting: date | None, title: str | None, by: Account, now: datetime
) -> PaperShape:
    """The series' next paper, as `assembly.meeting.start_next` makes it; it says nothing that its format does not know.

    Raises:
        CannotFollow: with everything that does not fit; and what is raised there.
    """
    meetings.start_next(session, reference, new=new, meeting=meeting, title=title, by=by, now=now)
    session.expire_all()
    shape = read.paper(session, new)
    faults = faults_in_facts(session, FactsFile(facts="1", papers=(shape,)))
    if faults:
        told = [Fault(fault.where.removeprefix("papers[0]").removeprefix("."), fault.what) for fault in faults]
        raise CannotFollow("What would be carried over does not fit its format; nothing was started.", told)
    return shape
