"""Rounds: `round open`, `round list`, `round show`, `round close`, and `remind`."""

from datetime import date, datetime
from typing import Annotated, Any

import typer

from app.cli.installation import acting_account, ready, settings_of, utc_now
from app.cli.options import DataOption, JsonOption
from app.cli.printing import print_json, print_table, say
from app.cli.refusals import check_key

commands = typer.Typer()
rounds = typer.Typer(no_args_is_help=True, help="Ask workstreams to report by a day, and see who has answered.")

RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help="Key of the round, as `round list` lists it.")]
DAY = ["%Y-%m-%d"]


@rounds.command(name="open", short_help="Ask the workstreams of a paper.")
def open_round(
    key: Annotated[str, typer.Argument(metavar="ROUND", help="Key of the round; one that was closed opens again.")],
    *,
    paper: Annotated[
        str | None, typer.Option("--paper", metavar="PAPER", help="A new round asks this paper's workstreams.")
    ] = None,
    workstreams: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="REF", help="Ask this one instead of all of them; may be repeated."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it is called. Default: subject and month")] = None,
    due: Annotated[
        datetime | None,
        typer.Option("--due", metavar="DAY", formats=DAY, help="Default: as the meeting's deadlines say"),
    ] = None,
    as_at: Annotated[
        datetime | None,
        typer.Option("--as-at", metavar="DAY", formats=DAY, help="As at which day is reported. Default: the day due"),
    ] = None,
    data: DataOption = None,
) -> None:
    """Open a round for the meeting of a paper; or open again one that was closed, as it was."""
    from dataclasses import replace

    from app.papers import queries as papers
    from app.papers.asking import round_for
    from app.rounds import commands as deeds
    from app.rounds import queries

    with ready(data) as stores, stores.database.writing() as session:
        by, now = acting_account(session).key, utc_now()
        found = queries.find(session, key)
        if found is None:
            check_key(key)
            if paper is None:
                raise typer.BadParameter("a new round needs a paper whose workstreams it asks", param_hint="--paper")
            entry = round_for(papers.get(session, paper), key)
            asked = tuple(deeds.RequestEntry(ref, parts=(), person=None) for ref in workstreams or ())
            entry = replace(
                entry,
                name=name or entry.name,
                due_on=due.date() if due else None,
                as_at=as_at.date() if as_at else None,
                requests=asked or entry.requests,
            )
            deeds.save_round(session, entry, by=by, at=now)
        elif any((paper, workstreams, name, due, as_at)):
            raise deeds.RoundIsThere(key)
        else:
            deeds.set_closed(session, found, False, by=by, at=now)
        kept = queries.get(session, key)
        count = len(kept.requests)
        who = "1 workstream is" if count == 1 else f"{count} workstreams are"
        say(f"{kept.name}: {who} asked, answers are due on {kept.due_on}.")


@rounds.command(name="list", short_help="List the rounds.")
def list_rounds(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the rounds, the one due last first, and how many workstreams still have to answer."""
    from app.boards.deadlines import LONDON
    from app.rounds import queries
    from app.rounds.standing import OPEN, standing_of

    today = utc_now().astimezone(LONDON).date()
    with ready(data) as stores, stores.database.reading() as session:
        rows = [
            {
                "round": found.key,
                "name": found.name,
                "board": found.meeting.board.name,
                "meeting": found.meeting.held_on.isoformat(),
                "due_on": found.due_on.isoformat(),
                "asked": len(found.requests),
                "open": sum(standing_of(request, today=today) in OPEN for request in found.requests),
                "closed": found.closed,
            }
            for found in queries.walk(session)
        ]
    if as_json:
        print_json(rows)
        return
    print_table(
        "Rounds",
        {"Round": "round", "Name": "name", "Meeting": "meeting", "Due": "due_on", "To come": "to_come"},
        [row | {"to_come": "closed" if row["closed"] else f"{row['open']} of {row['asked']}"} for row in rows],
    )


@rounds.command(name="show", short_help="Say who has answered, and who has not.")
def show_round(key: RoundArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Say how each workstream stands: what was answered by whom, late or not, and what is still to come."""
    from app.boards.deadlines import LONDON
    from app.rounds import queries

    today = utc_now().astimezone(LONDON).date()
    with ready(data) as stores, stores.database.reading() as session:
        found = queries.get(session, key)
        name, due_on = found.name, found.due_on
        rows = [_standing(request, today) for request in found.requests]
    if as_json:
        print_json(rows)
        return
    print_table(
        f"{name}, due on {due_on}",
        {"Workstream": "said", "Asked": "asked_name", "Standing": "standing", "Answer": "answer"},
        [
            row
            | {
                "said": f"{row['workstream']}\n{row['name']}",
                "asked_name": row["asked_name"] or "nobody",
                "standing": row["standing"].replace("-", " "),
                "answer": _in_words(row),
            }
            for row in rows
        ],
    )


@rounds.command(name="close", short_help="Take no more answers.")
def close_round(key: RoundArgument, data: DataOption = None) -> None:
    """Close a round: it takes no answers any more, and nobody is reminded. `round open` opens it again."""
    from app.rounds import commands as deeds
    from app.rounds import queries

    with ready(data) as stores, stores.database.writing() as session:
        found = queries.get(session, key)
        deeds.set_closed(session, found, True, by=acting_account(session).key, at=utc_now())
        say(f"{found.name} takes no answers any more.")


def _standing(request: Any, today: date) -> dict[str, Any]:
    from app.facts.asked import asked_in_brief

    said = asked_in_brief(request, today=today)
    return said.model_dump(mode="json")


def _in_words(row: dict[str, Any]) -> str:
    if row["kind"] is None:
        return "none"
    words = [row["kind"].replace("-", " "), f"by {row['given_by']}"]
    words += ["late"] if row["late"] else []
    return ", ".join(words)


@commands.command(short_help="Remind whoever has not answered a round.")
def remind(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Send every reminder that is due and was never sent: two working days before, on the day, when late or sent back.

    For a timer, once a day or more often: nobody is reminded of the same thing twice. By the mail server of the
    settings (BOARDPAPERS_SMTP_HOST …); without one, each letter is a file in the data folder's mail. The exit code is 1
    when a letter could not be sent.
    """
    from app.notices.post import post_by
    from app.notices.reminders import remind as send_reminders

    settings = settings_of(data)
    post = post_by(
        settings.smtp_host,
        settings.smtp_port,
        starttls=settings.smtp_starttls,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        folder=settings.mail,
    )
    with ready(data) as stores:
        with stores.database.writing() as session:
            by = acting_account(session).key
        done = send_reminders(
            stores.database, post, sender=settings.mail_from, address=settings.address, by=by, now=utc_now()
        )
    rows = [
        {
            "to": one.reminder.to,
            "subject": one.reminder.subject,
            "occasion": one.reminder.occasion,
            "trouble": one.trouble,
        }
        for one in done
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            trouble = f", not sent: {row['trouble']}" if row["trouble"] else ""
            say(f"{row['to']}: {row['subject']} ({row['occasion']}){trouble}")
        say(f"{sum(row['trouble'] is None for row in rows)} sent.")
    raise typer.Exit(1 if any(row["trouble"] for row in rows) else 0)
