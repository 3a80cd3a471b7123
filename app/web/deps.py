"""What routes are given: the doors of the database, the blobs, the time, and who asks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts import queries as accounts
from app.accounts.identity import Provider
from app.accounts.models import Account, BrowserSession
from app.accounts.policy import Action
from app.accounts.sign_in import SEEN_EVERY, ClaimedRoles, SessionRules, find_session
from app.audit.commands import REQUEST_ID
from app.blobs import Blobs
from app.db import Database, lock
from app.errors import Forbidden
from app.notices.reminders import Outcome
from app.rounds import commands as round_commands
from app.rounds import queries as rounds
from app.rounds.models import AnswerLink
from app.upkeep.diary import Deed, Done
from app.web import cookies
from app.web.metrics import Metrics
from app.web.pace import Pace


def utc_now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Limits:
    """How much routes take, in bytes, pixels or rows; the length of bodies is watched before them."""

    picture_bytes: int
    picture_pixels: int
    template_bytes: int
    page_size: int


@dataclass(frozen=True)
class Premises:
    """What the service works with: made once, in `main`."""

    database: Database
    blobs: Blobs
    limits: Limits
    readiness: Callable[[], dict[str, str]]
    """What is not as it must be, by name, in a word or two; empty when requests can be served."""
    generating: Pace
    """How often each account may have a document made."""
    linked: Pace
    """How often each link may be used."""
    keeping: Pace
    """How often what each account types, and has not sent yet, may be kept."""
    metrics: Metrics
    figures: Callable[[], Mapping[str, float]]
    """How the installation stands, by name; those of a database that does not answer are left out."""
    upkeep: Callable[[], Mapping[Deed, Done]]
    """When it was last proved and backed up."""
    two_people_for_templates: bool
    """Whether a template goes live only by another account than its uploader's."""
    note_use: Callable[[int, datetime], None]
    """Notes that the token with this id was used at this time, if that can be noted."""
    note_seen: Callable[[int, datetime], None]
    """Notes that a request came in the session with this id at this time, if that can be noted."""
    rules: SessionRules
    provider: Provider | None
    """Where people sign in, beside passwords; None: nowhere else."""
    claimed: ClaimedRoles
    address: str
    """How browsers reach the service, without a slash at its end."""
    remind: Callable[[str, str, datetime], Sequence[Outcome]]
    """Sends the reminders of the round with this key that are due and were never sent, in the name of the account."""
    clock: Callable[[], datetime] = utc_now
    """Tells what time it is."""


class NotSignedIn(Exception):  # noqa: N818 - it reads as what is the case
    """The request carries no token or session, or one that opens nothing; `str()` is a sentence for the caller."""


class ProofNeeded(Forbidden):
    """A decision is made by a person who proved a short while ago who they are."""


def premises(request: Request) -> Premises:
    """What the service works with."""
    found: Premises = request.app.state.premises
    return found


# A dependency that waits for nothing is `async`: each of the others goes through a thread of the pool.
async def _here(request: Request) -> Premises:
    return premises(request)


Here = Annotated[Premises, Depends(_here)]


def request_id(request: Request) -> str:
    """What this request is called in the log and in its answer."""
    name: str = request.scope["state"]["request_id"]
    return name


async def store(here: Here) -> Blobs:
    """The blobs."""
    return here.blobs


async def limits(here: Here) -> Limits:
    """How much the service takes."""
    return here.limits


async def now(here: Here) -> datetime:
    """This moment, in UTC."""
    return here.clock()


def reading(here: Here) -> Iterator[Session]:
    """A session over one consistent state."""
    with here.database.reading() as session:
        yield session


@contextmanager
def only_writer(request: Request) -> Iterator[None]:
    """Meanwhile the request opens one writing door; raises RuntimeError where it has one open already.

    A second door would wait for the first, which waits for it.
    """
    state = request.scope["state"]
    if state.get(_WRITES):
        raise RuntimeError("this request has a writing door open already")
    state[_WRITES] = True
    try:
        yield
    finally:
        state[_WRITES] = False


_WRITES = "writes"


def writing(here: Here, request: Request) -> Iterator[Session]:
    """A session whose changes are stored before the answer leaves, or not at all; raises as `only_writer`."""
    with only_writer(request), here.database.writing() as session:
        # One writer at a time on both databases, loading included: what a condition was compared with is still so when
        # it is changed, and what a paper is made of does not change while it is made.
        lock(session, "facts")
        session.info[REQUEST_ID] = request_id(request)
        yield session


Store = Annotated[Blobs, Depends(store)]
Bounds = Annotated[Limits, Depends(limits)]
Now = Annotated[datetime, Depends(now)]
# Routes name who asks first, then the body, then the door: nobody uploads without leave, or holds a door meanwhile.
# The scope "function" commits before the answer leaves: with the default, a client would be told 201 first.
Reading = Annotated[Session, Depends(reading, scope="function")]
Writing = Annotated[Session, Depends(writing, scope="function")]

bearer = HTTPBearer(
    scheme_name="token",
    bearerFormat="bp_…",
    description="A service token: `Authorization: Bearer bp_…`. An administrator gives it out; it is shown once.",
    auto_error=False,
)


@dataclass(frozen=True)
class Caller:
    """Who asks: an account, by the session of a browser or by a token."""

    account: Account
    session: BrowserSession | None
    """None: by a token."""


def caller(
    *,
    request: Request,
    here: Here,
    now: Now,
    afterwards: BackgroundTasks,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Caller:
    """Who asks, by the request's token or, without one, by its session.

    Raises:
        NotSignedIn: it carries neither, or what opens nothing.
        NotOurPage: the session's browser was made to send it by somebody else's page.
    """
    secret = cookies.secret_in(request)
    if credentials is not None:
        found = _by_token(here, credentials.credentials, now, afterwards)
    elif secret is not None:
        found = _by_session(here, secret, now, afterwards)
        cookies.refuse_other_pages(request, secret)
    else:
        raise NotSignedIn("This needs a token (send “Authorization: Bearer bp_…”) or a session.")
    request.state.account = found.account.key  # for the trace that a refusal leaves
    return found


def _by_token(here: Premises, secret: str, now: datetime, afterwards: BackgroundTasks) -> Caller:
    # A door of its own, closed before the route's opens: a writer must not wait for itself.
    with here.database.reading() as session:
        token = accounts.opened_by(session, secret, now=now)
        if token is None:
            raise NotSignedIn("This token opens nothing: it is mistyped, was renewed, was taken away, or has expired.")
        session.expunge_all()
    if accounts.use_is_to_be_noted(token, now):
        afterwards.add_task(here.note_use, token.id, now)
    return Caller(accounts.acting_by(token), None)


def _by_session(here: Premises, secret: str, now: datetime, afterwards: BackgroundTasks) -> Caller:
    with here.database.reading() as session:
        found = find_session(session, secret, here.rules, now=now)
        if found is None:
            raise NotSignedIn("Your session has ended. Sign in again.")
        session.expunge_all()
    if found.seen_at <= now - SEEN_EVERY:
        afterwards.add_task(here.note_seen, found.id, now)
    return Caller(found.account, found)


Calling = Annotated[Caller, Depends(caller)]


async def signed_in(calling: Calling) -> Account:
    """The account that asks, allowed no more than the token is for by which it asks; raises as `caller`."""
    return calling.account


SignedIn = Annotated[Account, Depends(signed_in)]


def recently_proved(calling: Calling, here: Here, now: Now) -> Account:
    """The account that asks, in a session in which its person proved a short while ago who they are.

    Raises ProofNeeded: for a token always, since a decision is a person's.
    """
    if calling.session is None:
        raise ProofNeeded("A person decides, who is signed in: a token does not.")
    if not here.rules.is_proved(calling.session, now):
        raise ProofNeeded("Prove again that it is you: POST /api/v1/session/proof, then decide.")
    return calling.account


RecentlyProved = Annotated[Account, Depends(recently_proved)]


def in_person(calling: Calling) -> Account:
    """The account that asks, in a session; raises ProofNeeded for a token."""
    if calling.session is None:
        raise ProofNeeded("A person says so, who is signed in: a token does not.")
    return calling.account


InPerson = Annotated[Account, Depends(in_person)]


def proved_by_browser(calling: Calling, here: Here, now: Now) -> Account:
    """The account that asks: in a session, one in which its person proved a short while ago who they are.

    A token is sent by no page of somebody else's, and by nobody who found a browser open. Raises ProofNeeded.
    """
    if calling.session is not None and not here.rules.is_proved(calling.session, now):
        raise ProofNeeded("Prove again that it is you: POST /api/v1/session/proof, then go on.")
    return calling.account


ProvedByBrowser = Annotated[Account, Depends(proved_by_browser)]


@dataclass(frozen=True)
class Making:
    """Counts that an account has a document made, which costs much."""

    here: Here
    account: SignedIn
    now: Now

    def count(self, documents: int = 1) -> None:
        """So many more documents are made; raises TooFast."""
        self.here.generating.count(self.account.key, self.now, documents)


Paced = Annotated[Making, Depends()]


@dataclass(frozen=True)
class LinkHolder:
    """Who opened a link for one workstream of one round."""

    key: str
    """What repeated requests are known by."""
    name: str
    """Who was given the link."""
    round: str
    ref: str
    by: str
    """What the log calls who acts."""


def _holder_of(link: AnswerLink) -> LinkHolder:
    return LinkHolder(
        key=f"link/{link.id}",
        name=link.name,
        round=link.request.round.key,
        ref=link.request.workstream.ref,
        by=round_commands.link_object(link.request, link),
    )


def link_holder(
    request: Request,
    here: Here,
    now: Now,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> LinkHolder:
    """Who holds the link whose secret the request carries; the log has its use. Raises NotSignedIn."""
    if credentials is None:
        raise NotSignedIn("This needs a link: send its secret, “Authorization: Bearer bl_…”.")
    return holder_of_secret(request, here, credentials.credentials, now=now)


def holder_of_secret(request: Request, here: Premises, secret: str, *, now: datetime) -> LinkHolder:
    """Who holds the link with this secret; the log has its use. Raises NotSignedIn, TooFast.

    Who guesses holds up nobody: only what is a link waits for those who write.
    """
    with here.database.reading() as session:
        there = rounds.link_by_secret(session, secret)
        name = None if there is None else _holder_of(there).key
    if name is not None:
        here.linked.count(name, now)
        return _opened(request, here, secret, now=now)
    raise NotSignedIn("This link opens nothing: it is mistyped.")


def _opened(request: Request, here: Premises, secret: str, *, now: datetime) -> LinkHolder:
    with here.database.writing() as session:
        session.info[REQUEST_ID] = request_id(request)
        link = rounds.link_by_secret(session, secret)
        holder = None if link is None else _holder_of(link)
        is_open = link is not None and round_commands.use_link(session, link, at=now)
    if holder is None:
        raise NotSignedIn("This link opens nothing: it is mistyped.")
    if not is_open:
        raise NotSignedIn("This link opens nothing any more: it has expired, or was taken away. Ask for a new one.")
    return holder


ByLink = Annotated[LinkHolder, Depends(link_holder)]


@dataclass(frozen=True)
class May:
    """A dependency: the account that asks, which may do this (or that; or both); else RoleMayNot is raised."""

    action: Action
    or_else: Action | None = None
    besides: Action | None = None

    async def __call__(self, account: SignedIn) -> Account:
        """The account, allowed."""
        if self.or_else is None or not policy.may(account, self.or_else):
            policy.authorise(account, self.action)
        if self.besides is not None:
            policy.authorise(account, self.besides)
        return account


FactsReader = Annotated[Account, Depends(May(Action.READ_FACTS))]
FactsWriter = Annotated[Account, Depends(May(Action.WRITE_FACTS))]
FormatManager = Annotated[Account, Depends(May(Action.MANAGE_FORMATS))]
TemplateAdder = Annotated[Account, Depends(May(Action.ADD_TEMPLATES))]
TemplateTrier = Annotated[Account, Depends(May(Action.TRY_TEMPLATES))]
TemplatePromoter = Annotated[Account, Depends(May(Action.PUT_TEMPLATES_LIVE))]
TemplateRetirer = Annotated[Account, Depends(May(Action.RETIRE_TEMPLATES))]
Previewer = Annotated[Account, Depends(May(Action.PREVIEW))]
Generator = Annotated[Account, Depends(May(Action.GENERATE))]
VersionReader = Annotated[Account, Depends(May(Action.READ_VERSIONS))]
Downloader = Annotated[Account, Depends(May(Action.DOWNLOAD))]
ChangesReader = Annotated[Account, Depends(May(Action.READ_VERSIONS, besides=Action.PREVIEW))]
PictureAdder = Annotated[Account, Depends(May(Action.ADD_PICTURES))]
Auditor = Annotated[Account, Depends(May(Action.READ_AUDIT))]
Submitter = Annotated[Account, Depends(May(Action.SUBMIT))]
Decider = Annotated[Account, Depends(May(Action.DECIDE, or_else=Action.CHECK))]
DecisionRecorder = Annotated[Account, Depends(May(Action.RECORD_DECISIONS))]
Commenter = Annotated[Account, Depends(May(Action.COMMENT))]
Releaser = Annotated[Account, Depends(May(Action.RELEASE))]
Reissuer = Annotated[Account, Depends(May(Action.REISSUE))]
OutcomeRecorder = Annotated[Account, Depends(May(Action.RECORD_OUTCOMES))]
Clearer = Annotated[Account, Depends(May(Action.CLEAR))]
RoundRunner = Annotated[Account, Depends(May(Action.RUN_ROUNDS))]
Answerer = Annotated[Account, Depends(May(Action.ANSWER_ROUNDS))]
AnswerJudge = Annotated[Account, Depends(May(Action.JUDGE_ANSWERS))]
AccountManager = Annotated[Account, Depends(May(Action.MANAGE_ACCOUNTS))]
