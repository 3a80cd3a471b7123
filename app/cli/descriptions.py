"""What the service says of itself: `permissions` and `openapi`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.installation import settings_of
from app.cli.writing import write_text

commands = typer.Typer()


@commands.command()
def permissions(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
) -> None:
    """Print who may do what, in Markdown."""
    from app.accounts.permissions import page

    write_text(page(), out)


@commands.command()
def openapi(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
) -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    from app.main import create_app, described

    write_text(described(create_app(settings_of(None))), out)
