"""Rounds at the command line: `remind`."""

import typer

from app.cli.installation import acting_account, ready, settings_of, utc_now
from app.cli.options import DataOption, JsonOption
from app.cli.printing import print_json, say

commands = typer.Typer()


@commands.command(short_help="Remind whoever has not answered a round.")
def remind(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Send every reminder that is due and was never sent: two working days before, on the day, when late or sent back.

    For a timer, once a day or more often: nobody is reminded of the same thing twice. By the mail server of the
    settings (BOARDPAPERS_SMTP_HOST …); without one, each letter is a file in the data folder's mail. The exit code is 1
    when a letter could not be sent.
    """
    from app.notices.post import Folder, Smtp
    from app.notices.reminders import remind as send_reminders

    settings = settings_of(data)
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    post = (
        Smtp(settings.smtp_host, settings.smtp_port, settings.smtp_starttls, settings.smtp_user, password)
        if settings.smtp_host
        else Folder(settings.mail)
    )
    with ready(data) as stores:
        with stores.database.writing() as session:
            by = acting_account(session).key
        done = send_reminders(stores.database, post, sender=settings.mail_from, by=by, now=utc_now())
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
