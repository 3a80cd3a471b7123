"""`boardpapers …`: what a person does at the command line. Sub-commands import what they need when they are called.

Exit codes: 0 done, 1 something cannot be (said in one sentence), 2 the command's words are off; `verify` has its own.
"""

import sys

import typer

from app.cli import accounts, demonstration, descriptions, formats, papers, rounds, service, upkeep
from app.errors import Problem

app = typer.Typer(
    name="boardpapers",
    help="Makes complete draft board papers (.docx) out of a database of workstream updates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in (demonstration, papers, rounds, service, upkeep, descriptions):
    app.add_typer(room.commands)
app.add_typer(formats.commands, name="format")
app.add_typer(rounds.rounds, name="round", short_help="Ask workstreams to report, and see who has answered.")
app.add_typer(accounts.tokens, name="token", short_help="Give out, list and take away tokens for the API.")
app.add_typer(accounts.users, name="user", short_help="Make, list and change the accounts of people.")


def main() -> None:
    """The command line; a problem is said in one sentence, not in a traceback."""
    try:
        app()
    except Problem as problem:
        typer.echo(f"boardpapers: {problem}", err=True)
        sys.exit(1)
