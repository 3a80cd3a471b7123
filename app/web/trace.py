"""The trace that reading a sensitive paper leaves: in a transaction of its own, before the answer."""

import json
from typing import Annotated

from fastapi import Depends, Request

from app.assembly.selection import SENSITIVE
from app.audit import commands as audit
from app.versions.models import Version
from app.web.deps import Here, Now, SignedIn, request_id


class Trace:
    """Writes down who reads what."""

    def __init__(self, request: Request, here: Here, account: SignedIn, now: Now) -> None:
        self._database = here.database
        self._request_id = request_id(request)
        self._account = account
        self._now = now

    def reading(self, reference: str, marking: str, what: str) -> None:
        """Where the marking is a sensitive one, the log says that the account read `what` of that paper."""
        if SENSITIVE not in marking.upper():
            return
        with self._database.writing() as session:
            session.info[audit.REQUEST_ID] = self._request_id
            audit.record(session, f"{what}.read", f"paper/{reference}", by=self._account.key, at=self._now)


def marking_of(version: Version) -> str:
    """What is printed on every page of the version, whatever the paper's marking is now."""
    said: str = json.loads(version.snapshot)["paper"]["marking"]  # lists ask every version: the rest is not looked at
    return said


def markings_of(version: Version) -> str:
    """What its paper is marked with now, and what is printed in the version, loaded with its paper."""
    return f"{version.paper.marking} {marking_of(version)}"


Tracing = Annotated[Trace, Depends()]
