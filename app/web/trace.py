"""The trace that reading a sensitive paper leaves: stored before the answer leaves."""

import json
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.assembly.selection import SENSITIVE
from app.audit import commands as audit
from app.db import is_writing
from app.versions.models import Version
from app.web.deps import Here, Now, SignedIn, only_writer, request_id


class Trace:
    """Writes down who reads what."""

    def __init__(self, request: Request, here: Here, account: SignedIn, now: Now) -> None:
        self._database = here.database
        self._request = request
        self._account = account
        self._now = now

    def reading(self, reference: str, marking: str, what: str, within: Session | None = None) -> None:
        """Where the marking is a sensitive one, the log says that the account read `what` of that paper.

        It says so in a transaction of its own; in that of `within`, where that is a writing session, which shows
        nothing of the paper where it ends without a change.
        """
        if SENSITIVE not in marking.upper():
            return
        if within is not None and is_writing(within):
            self._record(within, reference, what)
            return
        with only_writer(self._request), self._database.writing() as session:
            session.info[audit.REQUEST_ID] = request_id(self._request)
            self._record(session, reference, what)

    def _record(self, session: Session, reference: str, what: str) -> None:
        audit.record(session, f"{what}.read", f"paper/{reference}", by=self._account.key, at=self._now)


def marking_of(version: Version) -> str:
    """What is printed on every page of the version, whatever the paper's marking is now."""
    said: str = json.loads(version.snapshot)["paper"]["marking"]  # lists ask every version: the rest is not looked at
    return said


def markings_of(version: Version) -> str:
    """What its paper is marked with now, and what is printed in the version, loaded with its paper."""
    return f"{version.paper.marking} {marking_of(version)}"


Tracing = Annotated[Trace, Depends()]
