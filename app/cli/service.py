"""`boardpapers serve`, and the assets that its pages need."""

import sys
from typing import Annotated

import typer

from app.cli.installation import check_schema, in_sentences, settings_of, stores_of
from app.cli.options import DataOption
from app.cli.printing import program, same_data, say

commands = typer.Typer()


@commands.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: this machine only")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on. Default: 8000")] = None,
    data: DataOption = None,
) -> None:
    """Serve the web pages and the JSON API until stopped; the reference is at /docs."""
    import uvicorn

    from app.accounts import queries
    from app.logs import to_stream
    from app.main import calm_collector, create_app

    settings = settings_of(data)
    check_schema(settings)
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update=changes)
    _build_assets()
    say(f"Boardpapers: {settings.address} (the API's reference is at /docs). Stop it with Ctrl+C.")
    say(f"A token for the API: {program()} token NAME --role administrator{same_data(data)}")
    with stores_of(settings) as stores, stores.database.reading() as session:
        opened = [account.key for account in queries.demonstration(session)]
    if opened:
        say(f"Sign in as {', '.join(opened)}: with the password that `demo` said.")
        say("These accounts of the demonstration open this service: `user disable` shuts them.")
    with in_sentences(settings):
        application = create_app(settings)
    calm_collector()
    to_stream(sys.stderr)
    # Told to stop (SIGTERM, Ctrl+C), it takes no new request, finishes those that run, and leaves.
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_seconds,
    )


@commands.command(short_help="Build what the web pages need.")
def assets() -> None:
    """Build the style sheets and scripts of the web pages, where the sources are newer. `serve` does it too."""
    from app import assets as built

    say("The assets are built." if built.ensure() else "The assets are of the newest sources already.")


def _build_assets() -> None:
    """The pages have what they need, or it is said why not: programs are served without."""
    from app import assets as built

    if built.are_current():
        return
    say("Building the assets of the web pages: once, up to a minute.")
    try:
        built.ensure()
    except built.NotBuilt as reason:
        say(f"{reason}\nThe API is served without the web pages.")
