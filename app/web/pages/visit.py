"""Who visits a page, and what a page function is given of the service."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import BackgroundTasks, Depends, Request
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Account, BrowserSession
from app.accounts.policy import Action, Matter
from app.web import cookies, deps
from app.web.deps import Calling, Here, NotSignedIn, Now, Premises

LOCAL = ZoneInfo("Europe/London")
"""By which clocks people here live."""


@dataclass(frozen=True)
class Visit:
    """One request for a page: who asks, when, and the doors of the database.

    A page opens the doors itself, so that what failed in one is rolled back before the page is made again.
    """

    request: Request
    here: Premises
    now: datetime
    who: Account | None
    """None: nobody is signed in."""
    session: BrowserSession | None

    @property
    def account(self) -> Account:
        """Who is signed in; raises NotSignedIn."""
        if self.who is None:
            raise NotSignedIn("Sign in to see this page.")
        return self.who

    @property
    def today(self) -> date:
        """The day on which who visits looks at the page."""
        return self.now.astimezone(LOCAL).date()

    def may(self, action: Action, matter: Matter | None = None) -> bool:
        """Whether who asks may do that; nobody may do nothing."""
        return self.who is not None and policy.may(self.who, action, matter)

    def authorise(self, action: Action, matter: Matter | None = None) -> None:
        """Who asks may do that; raises as `policy.authorise`."""
        policy.authorise(self.account, action, matter)

    def count(self, documents: int = 1) -> None:
        """So many more documents are made for who asks; raises TooFast."""
        self.here.generating.count(self.account.key, self.now, documents)

    def reading(self) -> AbstractContextManager[Session]:
        """A session over one consistent state."""
        return self.here.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """A session whose changes are stored when the block ends, or not at all where it raises."""
        return _writing(self.here, self.request)


@contextmanager
def _writing(here: Premises, request: Request) -> Iterator[Session]:
    yield from deps.writing(here, request)


def visiting(request: Request, calling: Calling, here: Here, now: Now) -> Visit:
    """The visit of somebody who is signed in; raises NotSignedIn."""
    return _known(Visit(request, here, now, calling.account, calling.session))


def passing(request: Request, here: Here, now: Now, afterwards: BackgroundTasks) -> Visit:
    """The visit of anybody: of who is signed in, where somebody is."""
    try:
        calling = deps.caller(request=request, here=here, now=now, afterwards=afterwards, credentials=None)
    except (NotSignedIn, cookies.NotOurPage):
        return Visit(request, here, now, None, None)
    return _known(Visit(request, here, now, calling.account, calling.session))


def _known(visit: Visit) -> Visit:
    visit.request.state.visit = visit  # for the page that says that something is wrong
    return visit


Visiting = Annotated[Visit, Depends(visiting)]
Passing = Annotated[Visit, Depends(passing)]


@dataclass(frozen=True)
class Allowed:
    """A dependency: the visit of somebody who is signed in and may do this; asked before a body is read."""

    action: Action

    def __call__(self, visit: Visiting) -> Visit:
        """The visit, allowed; raises as `policy.authorise`."""
        visit.authorise(self.action)
        return visit
