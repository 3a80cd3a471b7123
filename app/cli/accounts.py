"""Who may sign in, and with what: `user …` and `token …`."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from app.cli.installation import acting_account, ready, settings_of, utc_now
from app.cli.options import AccountArgument, DataOption, JsonOption
from app.cli.printing import print_json, print_table, program, say
from app.cli.refusals import AnotherAccount, NoProvider, check_key


class _TokenGroup(typer.core.TyperGroup):
    """`token ACCOUNT …` is short for `token make ACCOUNT …`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            args = ["make", *args]
        return super().resolve_command(ctx, args)


tokens = typer.Typer(cls=_TokenGroup, no_args_is_help=True, help="Give out, list and take away tokens for the API.")


@tokens.command(name="make", short_help="Give an account a token.")
def make_token(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Key of the account; a new one is made.")],
    *,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What the token is for; one of this name is replaced.")
    ] = "main",
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="Only for this, as versions:download; may be repeated."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help="How long it opens. Default: for ever")] = None,
    role: Annotated[
        str | None,
        typer.Option(help="Role of a new account: administrator, report-author … Default: reader"),
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="KEY", help="A new account sees only this organisation's papers.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Give an account a token for the API and print it, once; one that had its name opens nothing any more.

    An account that is there keeps its role and organisation: words that say others are refused.
    """
    from app.accounts import commands, queries
    from app.accounts.models import Role
    from app.people.queries import get_organisation

    _check_role(role)
    with ready(data) as stores, stores.database.writing() as session:
        by, found, now = acting_account(session).key, queries.find(session, account), utc_now()
        organisation_id = get_organisation(session, organisation).id if organisation else None
        check_key(name)
        if found is not None:
            if role not in (None, found.role.value):
                raise AnotherAccount(f"The account “{account}” has the role {found.role.value}, not {role}.")
            if organisation and found.organisation_id != organisation_id:
                raise AnotherAccount(f"The account “{account}” does not belong to the organisation “{organisation}”.")
        else:
            check_key(account)
            found = commands.open_account(
                session,
                key=account,
                name=account,
                role=Role(role or Role.READER),
                organisation_id=organisation_id,
                by=by,
                now=now,
            )
        expires_at = now + timedelta(days=days) if days else None
        _, secret = commands.give_token(
            session, found, name=name, scopes=scopes or None, expires_at=expires_at, by=by, now=now
        )
    say(secret)


@tokens.command(name="list", short_help="List the tokens of an account.")
def list_tokens(account: AccountArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the tokens of an account that were not taken away; what they are for, and when they were used last."""
    from app.accounts import queries

    with ready(data) as stores, stores.database.reading() as session:
        rows = [
            {
                "name": token.name,
                "scopes": token.scopes,
                "created_at": token.created_at.isoformat(timespec="seconds"),
                "expires_at": token.expires_at and token.expires_at.isoformat(timespec="seconds"),
                "last_used_at": token.last_used_at and token.last_used_at.isoformat(timespec="seconds"),
            }
            for token in queries.tokens(session, queries.get(session, account))
        ]
    if as_json:
        print_json(rows)
        return
    print_table(
        f"Tokens of {account}",
        {"Name": "name", "Only for": "scopes", "Made": "created_at", "Ends": "expires_at", "Last used": "last_used_at"},
        [
            row
            | {
                "scopes": "\n".join(row["scopes"]) if row["scopes"] else "everything that the account may do",
                "expires_at": row["expires_at"] or "never",
                "last_used_at": row["last_used_at"] or "never",
            }
            for row in rows
        ],
    )


@tokens.command(name="revoke", short_help="Take a token away.")
def revoke_token(
    account: AccountArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the token, as `token list` says it.")] = "main",
    data: DataOption = None,
) -> None:
    """Take a token away: from now on it opens nothing."""
    from app.accounts import commands, queries

    with ready(data) as stores, stores.database.writing() as session:
        by = acting_account(session).key
        commands.take_token(session, queries.get(session, account), name, by=by, now=utc_now())
    say(f"The token “{name}” of {account} opens nothing any more.")


users = typer.Typer(no_args_is_help=True, help="Make, list and change the accounts of people.")


RoleArgument = Annotated[
    str, typer.Argument(metavar="ROLE", help="administrator, board-secretary, approver, report-author, reader …")
]


@users.command(name="add", short_help="Make an account for a person.")
def add_user(
    key: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Key of the account: what is typed to sign in.")],
    *,
    role: Annotated[str, typer.Option(help="administrator, board-secretary, approver … Default: reader")] = "reader",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the person. Default: the key")] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="KEY", help="It sees only this organisation's papers.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="KEY", help="Whom papers name, where that is who signs in.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account for a person and print a link, once, by which they set their password."""
    from app.accounts import commands, sign_in
    from app.accounts.models import Role
    from app.people.queries import get_organisation, get_person

    _check_role(role)
    check_key(key)
    with ready(data) as stores, stores.database.writing() as session:
        by, now = acting_account(session).key, utc_now()
        account = commands.open_account(
            session,
            key=key,
            name=name or key,
            role=Role(role),
            organisation_id=get_organisation(session, organisation).id if organisation else None,
            by=by,
            now=now,
        )
        commands.name_person(session, account, get_person(session, person).id if person else None, by=by, now=now)
        secret, expires_at = sign_in.give_link(session, account, by=by, now=now)
    _say_link(data, key, secret, expires_at, as_json=as_json)


@users.command(name="reset", short_help="Give a person a link to set a new password.")
def reset_user(account: AccountArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print a link, once, by which the person sets a new password; the old one opens until then.

    An account that was disabled can be opened again. A link that was given out before opens nothing any more.
    """
    from app.accounts import commands, queries, sign_in

    with ready(data) as stores, stores.database.writing() as session:
        by, now, found = acting_account(session).key, utc_now(), queries.get(session, account)
        commands.enable(session, found, by=by, now=now)
        secret, expires_at = sign_in.give_link(session, found, by=by, now=now)
    _say_link(data, account, secret, expires_at, as_json=as_json)


@users.command(name="person", short_help="Say whom papers name for an account.")
def name_person(
    account: AccountArgument,
    person: Annotated[
        str | None, typer.Argument(metavar="PERSON", help="Key of the person who signs in. Default: nobody")
    ] = None,
    data: DataOption = None,
) -> None:
    """Say which person of the directory signs in by an account: what rounds and meetings ask of them waits for it."""
    from app.accounts import commands, queries
    from app.people.queries import get_person

    with ready(data) as stores, stores.database.writing() as session:
        by, found = acting_account(session).key, queries.get(session, account)
        number = get_person(session, person).id if person else None
        commands.name_person(session, found, number, by=by, now=utc_now())
    say(f"{account} is {person or 'nobody'} in papers and rounds.")


@users.command(name="role", short_help="Change what an account may do.")
def change_role(
    account: AccountArgument,
    role: RoleArgument,
    organisation: Annotated[
        str | None, typer.Option(metavar="KEY", help="It sees only this organisation's papers. Default: as before")
    ] = None,
    data: DataOption = None,
) -> None:
    """Give an account another role."""
    from app.accounts import commands, queries
    from app.accounts.models import Role
    from app.people.queries import get_organisation

    _check_role(role)
    with ready(data) as stores, stores.database.writing() as session:
        by, found = acting_account(session).key, queries.get(session, account)
        number = get_organisation(session, organisation).id if organisation else found.organisation_id
        commands.set_role(session, found, Role(role), organisation_id=number, by=by, now=utc_now())
    say(f"{account} has the role {role}.")


@users.command(name="disable", short_help="Shut an account.")
def disable_user(account: AccountArgument, data: DataOption = None) -> None:
    """Shut an account: no password, session or token opens it any more. What it did stays known by its name."""
    from app.accounts import commands, queries

    with ready(data) as stores, stores.database.writing() as session:
        by = acting_account(session).key
        commands.disable(session, queries.get(session, account), by=by, now=utc_now())
    say(f"Nothing opens {account} any more. `{program()} user reset {account}` opens it again.")


@users.command(name="confine", short_help="Confine an account to boards, workstreams or markings.")
def confine_user(
    account: AccountArgument,
    *,
    boards: Annotated[
        list[str] | None, typer.Option("--board", metavar="KEY", help="It sees papers of this board; may be repeated.")
    ] = None,
    workstreams: Annotated[
        list[str] | None, typer.Option("--workstream", metavar="REF", help="It reports this one; may be repeated.")
    ] = None,
    markings: Annotated[
        list[str] | None, typer.Option("--marking", help="It sees papers so marked, as OFFICIAL; may be repeated.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Confine an account to what is named; where none of a kind is named, all of it is open."""
    from app.accounts import commands, queries

    with ready(data) as stores, stores.database.writing() as session:
        commands.confine(
            session,
            queries.get(session, account),
            boards=boards or None,
            workstreams=workstreams or None,
            markings=markings or None,
            by=acting_account(session).key,
            now=utc_now(),
        )
    for what, only in (("boards", boards), ("workstreams", workstreams), ("markings", markings)):
        say(f"{account}, {what}: {', '.join(only) if only else 'any'}")


@users.command(name="link", short_help="Let the provider of identities open an account.")
def link_user(
    account: AccountArgument,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="What the provider calls the person: its claim `sub`.")
    ],
    data: DataOption = None,
) -> None:
    """Let who has this identity at the provider (BOARDPAPERS_OIDC_ISSUER) sign in to the account."""
    from app.accounts import queries, sign_in

    issuer = settings_of(data).oidc_issuer
    if issuer is None:
        raise NoProvider
    with ready(data) as stores, stores.database.writing() as session:
        by = acting_account(session).key
        sign_in.link(session, queries.get(session, account), issuer, subject, by=by, now=utc_now())
    say(f"Who is {subject} at {issuer} signs in as {account}.")


@users.command(name="list", short_help="List the accounts.")
def list_users(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the accounts, their roles and how they are opened."""
    from app.accounts import queries
    from app.people.queries import organisation_by_id

    rows: list[dict[str, Any]] = []
    with ready(data) as stores, stores.database.reading() as session:
        while page := queries.page(session, limit=100, after=rows[-1]["key"] if rows else None):
            for account in page:
                place = organisation_by_id(session, account.organisation_id) if account.organisation_id else None
                rows.append(
                    {
                        "key": account.key,
                        "name": account.name,
                        "role": account.role.value,
                        "organisation": place.key if place else None,
                        "opened_by": [
                            *(["password"] if account.password_hash else []),
                            *(["identity"] if account.issuer else []),
                            *(["tokens"] if queries.tokens(session, account, limit=1) else []),
                        ],
                        "disabled": account.disabled_at is not None,
                        "demonstration": account.is_demonstration,
                    }
                )
    if as_json:
        print_json(rows)
        return
    print_table(
        "Accounts",
        {"Account": "key", "Name": "name", "Role": "role", "Organisation": "organisation", "Opened by": "opened_by"},
        [
            row
            | {
                "organisation": row["organisation"] or "all",
                "opened_by": "disabled" if row["disabled"] else ", ".join(row["opened_by"]) or "nothing yet",
                "name": f"{row['name']} (demonstration)" if row["demonstration"] else row["name"],
            }
            for row in rows
        ],
    )


def _say_link(data: Path | None, key: str, secret: str, expires_at: datetime, *, as_json: bool) -> None:
    link = f"{settings_of(data).address}/set-password?link={secret}"
    if as_json:
        print_json({"account": key, "link": link, "expires_at": expires_at.isoformat(timespec="seconds")})
        return
    say(link)
    say(f"\nWho opens this link sets the password of {key}: once, until {expires_at:%d %B %Y, %H:%M} UTC.")


def _check_role(role: str | None) -> None:
    from app.accounts.models import Role

    if role is not None and role not in list(Role):
        raise typer.BadParameter(f"must be one of {', '.join(Role)}", param_hint="--role")
