"""Accounts: who may sign in, as what, and what of the papers exists for them; the tokens by which programs act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import commands, policy, queries, sign_in
from app.accounts.commands import COMMAND_LINE, AccountExists
from app.accounts.models import Account, Role, Token
from app.accounts.policy import ALLOWED, Action
from app.boards import queries as boards
from app.errors import Conflict, Fault, Invalid
from app.fields import KeyText, Line
from app.people import queries as people
from app.people.models import Person
from app.web.deps import Caller, ProofNeeded, proved_by_browser
from app.web.errors import leave_trace
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.persons import looks_for_persons, persons_for
from app.web.pages.routing import page_router
from app.web.pages.visit import Allowed, Visit
from app.workstreams import queries as workstreams

router = page_router()

MOST = 50
"""Accounts on one page of the list."""

MOST_CHOICES = 200
"""Organisations and boards that a form offers."""

Managing = Annotated[Visit, Depends(Allowed(Action.MANAGE_ACCOUNTS))]

ROLES: dict[Role, str] = {
    Role.ADMINISTRATOR: "Administrator",
    Role.TEMPLATE_MANAGER: "Template manager",
    Role.SECRETARY: "Board secretary",
    Role.APPROVER: "Approver",
    Role.AUTHOR: "Report author",
    Role.LEAD: "Workstream lead",
    Role.CLIENT: "Client (a program)",
    Role.READER: "Reader",
}

FOR = {
    Role.ADMINISTRATOR: "Looks after accounts, formats and the service; decides on no paper.",
    Role.TEMPLATE_MANAGER: "Brings Word templates, tries them and puts them live.",
    Role.SECRETARY: "Runs meetings, rounds and the directory, and records what boards decide.",
    Role.APPROVER: "Reads papers and decides on them, such as a chief officer.",
    Role.AUTHOR: "Writes papers, generates them and submits them.",
    Role.LEAD: "Reports workstreams and answers rounds.",
    Role.CLIENT: "A program that reports, changes facts and generates papers by the API.",
    Role.READER: "Reads papers and comments on them.",
}
"""What an account of each role is for."""

LASTS = {"30": "30 days", "90": "90 days", "365": "A year", "": "For ever"}
"""Days that a token opens → their words."""


@dataclass(frozen=True)
class AccountTold:
    """An account as pages tell of it."""

    row: Account
    organisation: str | None
    """Name of the organisation whose papers it sees; None: it sees all."""
    person: Person | None
    """Whom papers and rounds name, where that is who signs in."""

    @property
    def role(self) -> str:
        """What it is for."""
        return ROLES[self.row.role]

    @property
    def is_built_in(self) -> bool:
        """Whether it is the command line's own, which nobody changes."""
        return self.row.key == COMMAND_LINE

    @property
    def opens(self) -> str:
        """What opens it, in words."""
        if self.row.disabled_at is not None:
            return "Shut"
        ways = ["the work account"] * (self.row.issuer is not None) + ["a password"] * bool(self.row.password_hash)
        return f"With {' or '.join(ways)}" if ways else "No password yet"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class RoleForm(_Said):
    """What an account is for, and for whom."""

    role: Role = Field(title="a role")
    organisation: KeyText | None = Field(default=None, title="an organisation")


class AccountForm(RoleForm):
    """A new account."""

    key: KeyText = Field(title="the account name")
    name: Line = Field(title="the name of the person or program")
    person: KeyText | None = Field(default=None, title="the person")


class PersonForm(_Said):
    """Whom papers name, where that is who signs in."""

    person: KeyText | None = Field(default=None, title="the person")


class RemitForm(_Said):
    """To what an account is confined; nothing: to nothing."""

    boards: list[KeyText] = Field(title="boards", max_length=100)
    markings: str = Field(default="", title="markings", max_length=2000)
    workstreams: str = Field(default="", title="workstreams", max_length=50_000)


class TokenForm(_Said):
    """A new token."""

    name: KeyText = Field(title="the name of the token")
    days: int | None = Field(default=None, title="how long it opens", ge=1, le=3660)
    scopes: list[str] = Field(title="scopes", max_length=100)


@router.get("/accounts")
def every_account(
    visit: Managing,
    q: Annotated[str, Query(max_length=100)] = "",
    role: Annotated[str, Query(max_length=30)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The accounts, by key."""
    wanted = Role(role) if role in set(Role) else None
    with visit.reading() as session:
        found = queries.page(session, limit=MOST + 1, after=after, containing=q.strip(), role=wanted)
        rows = [_told(session, account) for account in found[:MOST]]
    return page(
        visit,
        "accounts/list.html",
        "Accounts",
        accounts=rows,
        q=q,
        role=role,
        roles=_roles(),
        is_first=not after,
        following=found[MOST - 1].key if len(found) > MOST else None,
    )


@router.get("/new-account")
def ask_account(visit: Managing) -> Response:
    """The page on which an account is made."""
    return _new_page(visit)


@router.post("/new-account")
def make_account(visit: Managing, form: Typed) -> Response:
    """The account is there; nobody can open it yet."""
    if looks_for_persons(form):
        return _new_page(visit, form)
    try:
        asked = form.read(AccountForm)
        with visit.writing() as session:
            account = commands.open_account(
                session,
                key=asked.key,
                name=asked.name,
                role=asked.role,
                organisation_id=people.named_organisation(session, asked.organisation),
                by=visit.account.key,
                now=visit.now,
            )
            number = people.named_person(session, asked.person)
            commands.name_person(session, account, number, by=visit.account.key, now=visit.now)
    except AccountExists as there:
        return _new_page(visit, form.wrong("key", str(there), status=409))
    except Invalid as faulty:
        return _new_page(visit, form.refused(faulty, "role"))
    said = f"The account {asked.key} was made. Nobody can open it yet: give its person a link to set a password."
    return to(f"/accounts/{asked.key}", said=said)


@router.get("/accounts/{key}")
def one_account(key: KeyText, visit: Managing) -> Response:
    """The account, what it may do, and what opens it."""
    return _account_page(visit, key)


@router.post("/accounts/{key}/role")
def set_role(key: KeyText, visit: Managing, form: Typed) -> Response:
    """The account has this role in this organisation."""
    try:
        _require_proof(visit)
        asked = form.read(RoleForm)
        with visit.writing() as session:
            account = _changeable(session, key)
            number = people.named_organisation(session, asked.organisation)
            commands.set_role(session, account, asked.role, organisation_id=number, by=visit.account.key, now=visit.now)
    except (Invalid, Conflict) as problem:
        return _account_page(visit, key, form.refused(problem, "role"))
    except ProofNeeded:
        leave_trace(visit.request)
        return _account_page(visit, key, form.wrong("", NOT_PROVED, status=403))
    return to(f"/accounts/{key}", said=f"{key} is now: {ROLES[asked.role].lower()}.")


@router.post("/accounts/{key}/person")
def name_person(key: KeyText, visit: Managing, form: Typed) -> Response:
    """Papers and rounds know who signs in by the account as this person."""
    if looks_for_persons(form):
        return _account_page(visit, key, form)
    try:
        _require_proof(visit)
        asked = form.read(PersonForm)
        with visit.writing() as session:
            account = _changeable(session, key)
            number = people.named_person(session, asked.person)
            commands.name_person(session, account, number, by=visit.account.key, now=visit.now)
            person = people.person_by_id(session, number) if number is not None else None
            name = person.name if person else "nobody"
    except (Invalid, Conflict) as problem:
        return _account_page(visit, key, form.refused(problem, "person"))
    except ProofNeeded:
        return _account_page(visit, key, form.wrong("", NOT_PROVED, status=403))
    return to(f"/accounts/{key}", said=f"{key} is {name} in papers and rounds.")


@router.post("/accounts/{key}/confine")
def confine(key: KeyText, visit: Managing, form: Typed) -> Response:
    """The account is confined to these boards, markings and workstreams."""
    try:
        _require_proof(visit)
        asked = form.read(RemitForm)
        with visit.writing() as session:
            account = _changeable(session, key)
            refs = _lines(asked.workstreams)
            unknown = sorted(set(refs or ()) - set(workstreams.workstream_ids(session, refs or ())))
            if unknown:
                raise FaultyForm([Fault("workstreams", f"There is no workstream {', '.join(unknown)[:200]}")])
            commands.confine(
                session,
                account,
                boards=asked.boards or None,
                workstreams=refs,
                markings=_lines(asked.markings),
                by=visit.account.key,
                now=visit.now,
            )
    except (Invalid, Conflict) as problem:
        return _account_page(visit, key, form.refused(problem, "boards"))
    except ProofNeeded:
        leave_trace(visit.request)
        return _account_page(visit, key, form.wrong("", NOT_PROVED, status=403))
    return to(f"/accounts/{key}", said=f"What exists for {key} was changed.")


@router.post("/accounts/{key}/link")
def give_link(key: KeyText, visit: Managing) -> Response:
    """A link to set a password, shown once: it stands in this answer alone, in no address and no cookie."""
    try:
        _require_proof(visit)
        with visit.writing() as session:
            account = _changeable(session, key)
            secret, ends = sign_in.give_link(session, account, by=visit.account.key, now=visit.now)
    except Conflict as problem:
        return _account_page(visit, key, NOTHING_TYPED.refused(problem))
    except ProofNeeded:
        leave_trace(visit.request)
        return _account_page(visit, key, NOTHING_TYPED.wrong("", NOT_PROVED, status=403))
    return page(
        visit,
        "accounts/secret.html",
        f"Link for {key}",
        is_secret=True,
        key=key,
        secret=f"{visit.here.address}/set-password?link={secret}",
        what="link",
        ends=ends,
    )


@router.post("/accounts/{key}/shut")
def shut(key: KeyText, visit: Managing) -> Response:
    """Nothing opens the account any more."""
    try:
        with visit.writing() as session:
            commands.disable(session, _changeable(session, key), by=visit.account.key, now=visit.now)
    except Conflict as problem:
        return _account_page(visit, key, NOTHING_TYPED.refused(problem))
    return to(f"/accounts/{key}", said=f"{key} is shut: no password, session or token opens it.")


@router.post("/accounts/{key}/tokens")
def give_token(key: KeyText, visit: Managing, form: Typed) -> Response:
    """A token, shown once: it stands in this answer alone."""
    try:
        _require_proof(visit)
        asked = form.read(TokenForm)
        if form.value("only") == "scopes" and not asked.scopes:
            raise FaultyForm([Fault("scopes", "Choose what the token is for")])
        with visit.writing() as session:
            token, secret = commands.give_token(
                session,
                _changeable(session, key),
                name=asked.name,
                scopes=asked.scopes if form.value("only") == "scopes" else None,
                expires_at=visit.now + timedelta(days=asked.days) if asked.days else None,
                by=visit.account.key,
                now=visit.now,
            )
            ends = token.expires_at
    except (Invalid, Conflict) as problem:
        return _account_page(visit, key, form.refused(problem, "scopes", "name"))
    except ProofNeeded:
        leave_trace(visit.request)
        return _account_page(visit, key, form.wrong("", NOT_PROVED, status=403))
    return page(
        visit,
        "accounts/secret.html",
        f"Token {asked.name} of {key}",
        is_secret=True,
        key=key,
        secret=secret,
        what="token",
        ends=ends,
    )


@router.post("/accounts/{key}/tokens/{name}/revoke")
def take_token(key: KeyText, name: KeyText, visit: Managing) -> Response:
    """The token opens nothing any more."""
    with visit.writing() as session:
        commands.take_token(session, queries.get(session, key), name, by=visit.account.key, now=visit.now)
    return to(f"/accounts/{key}", said=f"The token {name} was taken away: it opens nothing any more.")


class BuiltIn(Conflict):
    """The command line's own account was to be changed."""

    def __init__(self) -> None:
        super().__init__("This account belongs to the command line: nobody changes it.")


NOT_PROVED = "Show again that it is you, then send this again: nothing of what you typed is lost"


def _require_proof(visit: Visit) -> None:
    """Who visits proved a short while ago who they are: what opens accounts is no other page's or passer-by's click."""
    proved_by_browser(Caller(visit.account, visit.session), visit.here, visit.now)


def _changeable(session: Session, key: str) -> Account:
    if key == COMMAND_LINE:
        raise BuiltIn
    return queries.get(session, key)


def _new_page(visit: Visit, form: Form = NOTHING_TYPED) -> Response:
    with visit.reading() as session:
        organisations, persons = _organisations(session), persons_for(session, form)
    return page(
        visit,
        "accounts/new.html",
        "Make an account",
        form=form,
        roles=_roles_told(),
        organisations=organisations,
        persons=persons,
    )


def _account_page(visit: Visit, key: str, form: Form = NOTHING_TYPED) -> Response:
    with visit.reading() as session:
        account = queries.get(session, key)
        shown = _told(session, account)
        tokens: Sequence[Token] = queries.tokens(session, account)
        organisations = _organisations(session)
        persons = persons_for(session, form, chosen=[shown.person.key if shown.person else None])
        organisation = people.organisation_by_id(session, account.organisation_id) if account.organisation_id else None
        offered = [
            {"value": board.key, "text": board.name}
            for board in boards.boards(session, limit=MOST_CHOICES, ordered_by_name=True)
        ]
    allowed = sorted(action.value for action in ALLOWED[account.role])
    return page(
        visit,
        "accounts/account.html",
        account.name,
        form=form,
        needs_proof=visit.session is not None and not visit.here.rules.is_proved(visit.session, visit.now),
        this=shown,
        account=account,
        tokens=tokens,
        roles=_roles_told(),
        organisations=organisations,
        organisation=organisation.key if organisation else "",
        boards=offered,
        persons=persons,
        allowed=allowed,
        scopes=_scopes(account.role),
        lasts=[{"value": days, "text": words} for days, words in LASTS.items()],
    )


def _told(session: Session, account: Account) -> AccountTold:
    number = account.organisation_id
    organisation = people.organisation_by_id(session, number) if number is not None else None
    person = people.person_by_id(session, account.person_id) if account.person_id is not None else None
    return AccountTold(account, organisation.name if organisation else None, person)


def _roles() -> list[dict[str, str]]:
    return [{"value": role.value, "text": words} for role, words in ROLES.items()]


def _roles_told() -> list[dict[str, Any]]:
    return [{"value": role.value, "text": words, "hint": {"text": FOR[role]}} for role, words in ROLES.items()]


def _scopes(role: Role) -> list[dict[str, Any]]:
    """What a token of the role may be for: in words, and as programs name it."""
    named = {action.scope: action.value for action in Action if action.scope in policy.scopes_of(role)}
    by_words = sorted(named.items(), key=lambda entry: entry[1])
    return [
        {"value": scope, "text": f"{words[:1].upper()}{words[1:]}", "hint": {"text": scope}}
        for scope, words in by_words
    ]


def _organisations(session: Session) -> list[dict[str, str]]:
    found = people.organisations(session, limit=MOST_CHOICES, ordered_by_name=True)
    return [{"value": "", "text": "Every organisation"}] + [
        {"value": organisation.key, "text": organisation.name} for organisation in found
    ]


def _lines(text: str) -> list[str] | None:
    """One a line; None where there is none."""
    return [line.strip() for line in text.splitlines() if line.strip()] or None
