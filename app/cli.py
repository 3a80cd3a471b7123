"""`boardpapers …`: what a person does at the command line. Sub-commands import what they need when they are called.

Exit codes: 0 done, 1 something cannot be (said in one sentence), 2 the command's words are off; `verify` has its own.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import Conflict, Problem

if TYPE_CHECKING:
    from app.settings import Settings
    from app.upkeep.stores import Stores

app = typer.Typer(
    name="boardpapers",
    help="Makes complete draft board papers (.docx) out of a database of workstream updates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder that holds everything. Default: $BOARDPAPERS_DATA or ./var"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
PaperArgument = Annotated[str, typer.Argument(metavar="PAPER", help="Reference of the paper, as `papers` lists it.")]


UNBROKEN = frozenset({"Paper", "Version", "Meeting", "Digest", "File digest", "Template", "Time", "Made"})
"""Columns of tables that are read as a whole."""


class NoDatabase(Conflict):
    """There is no database of the newest schema where one was expected."""

    def __init__(self, data: Path, revision: str | None) -> None:
        what = "has an older schema" if revision else "is not there yet"
        super().__init__(
            f"The database in {data} {what}. Run `boardpapers upgrade` first, or `boardpapers demo` to see an example."
        )


class HoldsOtherFacts(Conflict):
    """The demonstration was to be loaded beside somebody's own facts."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"The database in {data} holds other facts than the demonstration's, and they are left alone. "
            "Name another folder with --data."
        )


@app.command(short_help="Make invented papers, to see how it works.")
def demo(
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the drafts go. Default: the data folder's drafts")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a database with invented facts and write its draft papers.

    Run it again: what has not changed stays as it is.
    """
    from app.facts.load import load as load_facts
    from app.facts.shapes import FactsFile
    from app.facts.shipped import demonstration, shipped_formats
    from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES
    from app.upkeep.upgrade import upgrade as bring_to_head

    settings = _settings(data)
    folder = out or settings.data / "drafts"
    bring_to_head(settings.database_url, PACKAGED_MIGRATIONS)
    facts = demonstration()
    with _stores(settings) as stores:
        with stores.database.writing() as session:
            _only_demonstration(session, facts, settings.data)
            by = _command_line(session)
            formats = FactsFile(facts="1", formats=shipped_formats(PACKAGED_TEMPLATES))
            load_facts(session, stores.blobs, formats, by=by.key, now=_now())
            load_facts(session, stores.blobs, facts, by=by.key, now=_now())
        rows = [_generate(stores, paper.reference, folder) for paper in facts.papers]
    if as_json:
        _print_json(rows)
        return
    _table(
        "Draft papers",
        {"Paper and file": "what", "Version": "made", "Digest": "digest", "Time": "time"},
        [
            {
                "what": f"{row['paper']}\n{row['name']}",
                "made": f"{row['version']}\n{row['result']}",
                "digest": row["digest"][:12],
                "time": f"{row['milliseconds']} ms",
            }
            for row in rows
        ],
    )
    _say(f"\nThe drafts are in {folder}: open them in Word.\n\nWhat to do next:")
    where = f" --data {data}" if data else ""
    steps = {
        "papers": "the papers in the database",
        f"versions {rows[-1]['paper']}": "what was made of one, with its digests",
        "load FILE": "your own facts (see docs/facts-file.md)",
        "verify": "proof that nothing kept was changed",
        "serve": "the JSON API, with its reference at /docs",
    }
    width = max(len(step) for step in steps) + len(where) + 2
    for step, why in steps.items():
        _say(f"  boardpapers {step + where:<{width}} {why}")


@app.command(short_help="Load a facts file, all of it or nothing.")
def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A facts file, YAML or JSON.", exists=True, dir_okay=False)
    ],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load a facts file: all of it, or nothing if anything in it is wrong.

    Every fault is named with its place in the file. Loading the same file twice changes nothing.
    """
    from app.facts.load import load as load_facts
    from app.facts.parse import parse

    facts = parse(file.read_bytes())
    with _ready(data) as stores, stores.database.writing() as session:
        loaded = load_facts(session, stores.blobs, facts, by=_command_line(session).key, now=_now())
    counts = [{"kind": kind, **vars(count)} for kind, count in loaded.counts.items()]
    if as_json:
        _print_json(counts)
        return
    _table("Loaded", {"Kind": "kind", "Added": "added", "Changed": "changed", "Unchanged": "unchanged"}, counts)


@app.command()
def papers(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the papers, each with its newest version."""
    from app.papers.queries import walk
    from app.versions.queries import last

    with _ready(data) as stores, stores.database.reading() as session:
        rows = [
            {
                "paper": paper.reference,
                "title": paper.title,
                "board": paper.meeting.board.name,
                "meeting": paper.meeting.held_on.isoformat(),
                "version": version.label if (version := last(session, paper.id)) else None,
            }
            for paper in walk(session)
        ]
    if as_json:
        _print_json(rows)
        return
    columns = {"Paper": "paper", "Title": "title", "Board": "board", "Meeting": "meeting", "Version": "version"}
    _table("Papers", columns, [row | {"version": row["version"] or "none yet"} for row in rows])


@app.command(short_help="Make a paper's draft and keep it.")
def generate(
    paper: PaperArgument,
    preview: Annotated[
        bool, typer.Option("--preview", help="Make the document without keeping it; it takes no version number.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the document goes. Default: here, by its own name"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the complete draft of a paper and keep it as its next version.

    Where nothing has changed, the version that exists is the answer.
    """
    with _ready(data) as stores:
        row = _preview(stores, paper, out) if preview else _generate(stores, paper, out or Path())
    if as_json:
        _print_json(row)
        return
    _say(f"{paper} {row['version']}: {row['result']}, {row['file']}")
    for gap in row["gaps"]:
        _say(f"  still open: {gap}")


@app.command(short_help="List or save what was made of a paper.")
def versions(
    paper: PaperArgument,
    save: Annotated[
        str | None, typer.Option("--save", metavar="LABEL", help="Write the kept file of this version, as it was made.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where --save writes. Default: here")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was produced of a paper, with the digests that prove it; or write one version's file."""
    from app.papers.queries import get
    from app.versions import queries

    with _ready(data) as stores, stores.database.reading() as session:
        if save:
            version = queries.get(session, paper, save)
            file = _write(stores.blobs.get(version.file_digest), out or Path(), version.file_name)
            _say(f"{paper} {version.label}: {file}")
            return
        rows: list[dict[str, Any]] = []
        paper_id = get(session, paper).id
        while page := queries.page(session, paper_id, after=rows[-1]["number"] if rows else 0):
            rows += [
                {
                    "number": version.number,
                    "version": version.label,
                    "made_at": version.made_at.isoformat(timespec="seconds"),
                    "made_by": version.made_by,
                    "open_points": version.open_points,
                    "template": f"{version.template_version.format.key} {version.template_version.number}",
                    "engine": version.engine,
                    "content_digest": version.content_digest,
                    "file_digest": version.file_digest,
                    "file": version.file_name,
                }
                for version in page
            ]
    if as_json:
        _print_json(rows)
        return
    _table(
        f"Versions of {paper}",
        {"Version": "version", "Made": "made_at", "By": "made_by", "Open": "open_points", "Template": "template",
         "File digest": "file_digest"},
        [
            row | {"file_digest": row["file_digest"][:12], "made_at": f"{row['made_at'][:16].replace('T', ' ')} UTC"}
            for row in rows
        ],
    )  # fmt: skip


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: this machine only")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: 8000")] = None,
    data: DataOption = None,
) -> None:
    """Serve the JSON API until stopped; the reference is at /docs."""
    import uvicorn

    from app.main import create_app

    settings = _settings(data)
    _check_schema(settings)
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update=changes)
    _say(f"Boardpapers listens on http://{settings.host}:{settings.port} (reference at /docs). Stop it with Ctrl+C.")
    _say("A token for it: boardpapers token NAME --role administrator")
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_level="warning", server_header=False)


@app.command(short_help="Give an account a new token for the API.")
def token(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Key of the account; a new one is made.")],
    role: Annotated[str, typer.Option(help="Role of a new account: administrator, report-author, reader …")] = "reader",
    organisation: Annotated[
        str | None, typer.Option(metavar="KEY", help="A new account sees only this organisation's papers.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Give an account a new token for the API and print it, once; its old token opens nothing any more."""
    from app.accounts import commands, queries
    from app.accounts.models import Role
    from app.people.queries import get_organisation

    if role not in list(Role):
        raise typer.BadParameter(f"must be one of {', '.join(Role)}", param_hint="--role")
    with _ready(data) as stores, stores.database.writing() as session:
        by, found = _command_line(session).key, queries.find(session, account)
        if found is not None:
            secret = commands.renew_token(session, found, by=by, now=_now())
        else:
            organisation_id = get_organisation(session, organisation).id if organisation else None
            _, secret = commands.create(
                session,
                key=account,
                name=account,
                role=Role(role),
                organisation_id=organisation_id,
                by=by,
                now=_now(),
            )
    _say(secret)


@app.command(short_help="Prove that nothing kept was changed.")
def verify(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Prove that everything kept is what it was: files, versions, facts that never change, the audit log.

    The exit code is 0 only when all is well; each class of damage has its own.
    """
    from app.assembly.assemble import ENGINE, make_again
    from app.upkeep.verify import verify as check

    with _ready(data) as stores, stores.database.reading() as session:
        report = check(
            session,
            stores.blobs,
            checkpoints=stores.checkpoints,
            engine=ENGINE,
            make_again=lambda version: make_again(version, stores.blobs).content,
        )
    if as_json:
        _print_json(report.as_json())
    else:
        _say(str(report))
    raise typer.Exit(report.exit_code)


@app.command(short_help="Make the database, or bring it up to date.")
def upgrade(data: DataOption = None) -> None:
    """Bring the database to the newest schema, or make it; formats that came with the program are added."""
    from app.facts.load import load as load_facts
    from app.facts.shapes import FactsFile
    from app.facts.shipped import shipped_formats
    from app.formats.queries import find
    from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES
    from app.upkeep.upgrade import upgrade as bring_to_head

    settings = _settings(data)
    _say(str(bring_to_head(settings.database_url, PACKAGED_MIGRATIONS)))
    with _stores(settings) as stores, stores.database.writing() as session:
        new = tuple(shape for shape in shipped_formats(PACKAGED_TEMPLATES) if find(session, shape.key) is None)
        if new:
            by = _command_line(session).key
            load_facts(session, stores.blobs, FactsFile(facts="1", formats=new), by=by, now=_now())
            _say(f"Formats added: {', '.join(shape.key for shape in new)}.")


@app.command()
def openapi(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
) -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    from app.main import create_app, described

    text = described(create_app(_settings(None)))
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def main() -> None:
    """The command line; a problem is said in one sentence, not in a traceback."""
    try:
        app()
    except Problem as problem:
        typer.echo(f"boardpapers: {problem}", err=True)
        sys.exit(1)


# What the commands share


def _settings(data: Path | None) -> "Settings":
    from app.settings import Settings

    return Settings(data=data) if data else Settings()


@contextmanager
def _stores(settings: "Settings") -> "Iterator[Stores]":
    from app.upkeep.stores import open_stores

    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    try:
        yield stores
    finally:
        stores.database.dispose()


@contextmanager
def _ready(data: Path | None) -> "Iterator[Stores]":
    """The stores of an installation whose database has the newest schema."""
    settings = _settings(data)
    _check_schema(settings)
    with _stores(settings) as stores:
        yield stores


def _check_schema(settings: "Settings") -> None:
    from app.db import engine_for
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.upgrade import newest, revision

    engine = engine_for(settings.database_url)
    try:
        found = revision(engine)
    finally:
        engine.dispose()
    if found != newest(PACKAGED_MIGRATIONS):
        raise NoDatabase(settings.data, found)


def _only_demonstration(session: Any, facts: Any, data: Path) -> None:
    """Invented facts never go in beside somebody's own."""
    from app.people.queries import organisation_keys

    if set(organisation_keys(session)) - {organisation.key for organisation in facts.organisations}:
        raise HoldsOtherFacts(data)


def _command_line(session: Any) -> Any:
    from app.accounts.commands import command_line

    return command_line(session, _now())


def _now() -> datetime:
    return datetime.now(UTC)


def _generate(stores: "Stores", reference: str, out: Path) -> dict[str, Any]:
    from app.assembly.assemble import assemble

    started = perf_counter()
    with stores.database.writing() as session:
        generated = assemble(session, stores.blobs, reference, by=_command_line(session), now=_now())
        version = generated.version
        digest, name = version.file_digest, version.file_name
        row: dict[str, Any] = {
            "paper": reference,
            "version": version.label,
            "name": name,
            "digest": digest,
            "result": "new version" if generated.is_new else "unchanged",
            "gaps": list(generated.gaps),
        }
    row["file"] = str(_write(stores.blobs.get(digest), out, name))
    return row | {"milliseconds": round((perf_counter() - started) * 1000)}


def _preview(stores: "Stores", reference: str, out: Path | None) -> dict[str, Any]:
    from app.assembly.assemble import preview

    with stores.database.reading() as session:
        document = preview(session, stores.blobs, reference, now=_now())
    file = _write(document.content, out or Path(), document.file_name)
    return {"paper": reference, "version": document.label, "result": "not kept", "file": str(file),
            "gaps": list(document.gaps)}  # fmt: skip


def _write(content: bytes, out: Path, name: str) -> Path:
    """The file that now holds the content: `out` where that is a `.docx`, else `name` in the folder `out`."""
    file = out if out.suffix.lower() == ".docx" and not out.is_dir() else out / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_bytes() != content:
        file.write_bytes(content)
    return file


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _say(text: str) -> None:
    typer.echo(text)


def _table(title: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", show_lines=True)
    for label in columns:
        table.add_column(label, overflow="fold", no_wrap=label in UNBROKEN)
    for row in rows:
        table.add_row(*(str(row[key]) for key in columns.values()))
    Console().print(table)
