"""`boardpapers …`: what a person does at the command line. Sub-commands import what they need when they are called.

Exit codes: 0 done, 1 something cannot be (said in one sentence), 2 the command's words are off; `verify` has its own.
"""

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import Conflict, Fault, Invalid, Problem

if TYPE_CHECKING:
    from app.settings import Settings
    from app.upkeep.stores import Stores
    from app.word import Finding

app = typer.Typer(
    name="boardpapers",
    help="Makes complete draft board papers (.docx) out of a database of workstream updates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

formats = typer.Typer(help="Judge the Word templates of paper formats.", no_args_is_help=True)
app.add_typer(formats, name="format")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder that holds everything. Default: $BOARDPAPERS_DATA or ./var"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
PaperArgument = Annotated[str, typer.Argument(metavar="PAPER", help="Reference of the paper, as `papers` lists it.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a file that was edited, instead of writing beside it.")
]


def _is_folder(out: Path) -> bool:
    try:
        return out.is_dir()
    except OSError:  # a name longer than the disk takes, a folder that is closed: whoever writes there is told
        return False


def _document_or_folder(out: Path | None) -> Path | None:
    if out is not None and out.suffix.lower() not in {"", ".docx"} and not _is_folder(out):
        raise typer.BadParameter(f"“{out}” must end in .docx, or be a folder.")
    return out


def _folder(out: Path | None) -> Path | None:
    if out is not None and out.suffix.lower() == ".docx" and not _is_folder(out):
        raise typer.BadParameter(f"“{out}” must be a folder: there are several drafts.")
    return out


UNBROKEN = frozenset({"Paper", "Version", "Meeting", "Digest", "File digest", "Template", "Time", "Made"})
"""Columns of tables that are read as a whole."""


class NoDatabase(Conflict):
    """There is no database of the newest schema where one was expected; `place` says where in words."""

    def __init__(self, place: str, revision: str | None) -> None:
        what = "has an older schema" if revision else "is not there yet"
        super().__init__(f"{place} {what}. Run `{_program()} upgrade` first, or `{_program()} demo` to see an example.")


class FaultySettings(Invalid):
    """A `BOARDPAPERS_*` variable or a line of `.env` has no value that makes sense."""


class CannotReach(Conflict):
    """The database or the folder of the data does not answer as it must."""


class CannotWrite(Conflict):
    """The document cannot be written there."""

    def __init__(self, file: Path, error: OSError) -> None:
        super().__init__(f"{file} cannot be written: {error.strerror or error}.")


class AnotherAccount(Conflict):
    """An account with this key is there, and it is not what the command's words say."""


class FaultyKey(Invalid):
    """A key that the API could not name."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"“{key}” cannot be a key: letters, digits, dots, dashes and underscores, at most 100, "
            "beginning and ending with a letter or digit."
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
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the drafts go. Default: the data folder's drafts", callback=_folder
        ),
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
    with _in_sentences(settings):
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
    for row in rows:
        _say_left_alone(row["left"], row["file"])
    _say(f"\nThe drafts are in {folder}: open them in Word.\n\nWhat to do next:")
    where = _where(data)
    steps = {
        "papers": "the papers in the database",
        f"versions {rows[-1]['paper']}": "what was made of one, with its digests",
        "load FILE": "your own facts (see docs/facts-file.md)",
        "verify": "proof that nothing kept was changed",
        "serve": "the JSON API, with its reference at /docs",
    }
    width = max(len(step) for step in steps) + len(where) + 2
    for step, why in steps.items():
        _say(f"  {_program()} {step + where:<{width}} {why}")


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
    *,
    preview: Annotated[
        bool, typer.Option("--preview", help="Make the document without keeping it; it takes no version number.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Make the public copy, without what is not public; it is never kept.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Where the document goes. Default: here, by its own name",
            callback=_document_or_folder,
        ),
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the complete draft of a paper and keep it as its next version.

    Where nothing has changed, the version that exists is the answer. A file of its name that somebody edited is left
    alone; the draft then goes beside it.
    """
    with _ready(data) as stores:
        if preview or public:
            row = _preview(stores, paper, out or Path(), public=public, force=force)
        else:
            row = _generate(stores, paper, out or Path(), force=force)
    if as_json:
        _print_json(row)
        return
    _say(f"{paper} {row['version']}: {row['result']}, {row['file']}")
    _say_left_alone(row["left"], row["file"])
    for gap in row["gaps"]:
        _say(f"  still open: {gap}")


@app.command(short_help="List or save what was made of a paper.")
def versions(
    paper: PaperArgument,
    *,
    save: Annotated[
        str | None, typer.Option("--save", metavar="LABEL", help="Write the kept file of this version, as it was made.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where --save writes. Default: here", callback=_document_or_folder),
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was produced of a paper, with the digests that prove it; or write one version's file."""
    from app.papers.queries import get
    from app.versions import queries

    with _ready(data) as stores, stores.database.reading() as session:
        if save:
            version = queries.get(session, paper, save)
            content = stores.blobs.get(version.file_digest)
            file, left = _write(content, out or Path(), version.file_name, force=force)
            _say(f"{paper} {version.label}: {file}")
            _say_left_alone(left, file)
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
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on. Default: 8000")] = None,
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
    _say(f"A token for it: {_program()} token NAME --role administrator{_where(data)}")
    with _in_sentences(settings):
        application = create_app(settings)
    uvicorn.run(application, host=settings.host, port=settings.port, log_level="warning", server_header=False)


@app.command(short_help="Give an account a new token for the API.")
def token(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Key of the account; a new one is made.")],
    role: Annotated[
        str | None,
        typer.Option(help="Role of a new account: administrator, report-author … Default: reader"),
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="KEY", help="A new account sees only this organisation's papers.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Give an account a new token for the API and print it, once; its old token opens nothing any more.

    An account that is there keeps its role and organisation: words that say others are refused.
    """
    from app.accounts import commands, queries
    from app.accounts.models import Role
    from app.fields import KEY_PATTERN
    from app.people.queries import get_organisation

    if role is not None and role not in list(Role):
        raise typer.BadParameter(f"must be one of {', '.join(Role)}", param_hint="--role")
    with _ready(data) as stores, stores.database.writing() as session:
        by, found = _command_line(session).key, queries.find(session, account)
        organisation_id = get_organisation(session, organisation).id if organisation else None
        if found is not None:
            if role not in (None, found.role.value):
                raise AnotherAccount(f"The account “{account}” has the role {found.role.value}, not {role}.")
            if organisation and found.organisation_id != organisation_id:
                raise AnotherAccount(f"The account “{account}” does not belong to the organisation “{organisation}”.")
            secret = commands.renew_token(session, found, by=by, now=_now())
        else:
            if not re.fullmatch(KEY_PATTERN, account):
                raise FaultyKey(account)
            _, secret = commands.create(
                session,
                key=account,
                name=account,
                role=Role(role or Role.READER),
                organisation_id=organisation_id,
                by=by,
                now=_now(),
            )
    _say(secret)


@app.command(short_help="Remind whoever has not answered a round.")
def remind(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Send every reminder that is due and was never sent: two working days before, on the day, when late or sent back.

    For a timer, once a day or more often: nobody is reminded of the same thing twice. By the mail server of the
    settings (BOARDPAPERS_SMTP_HOST …); without one, each letter is a file in the data folder's mail. The exit code is 1
    when a letter could not be sent.
    """
    from app.notices.post import Folder, Smtp
    from app.notices.reminders import remind as send_reminders

    settings = _settings(data)
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    post = (
        Smtp(settings.smtp_host, settings.smtp_port, settings.smtp_starttls, settings.smtp_user, password)
        if settings.smtp_host
        else Folder(settings.mail)
    )
    with _ready(data) as stores:
        with stores.database.writing() as session:
            by = _command_line(session).key
        done = send_reminders(stores.database, post, sender=settings.mail_from, by=by, now=_now())
    rows = [
        {"to": one.reminder.to, "subject": one.reminder.subject, "occasion": one.reminder.occasion,
         "trouble": one.trouble}
        for one in done
    ]  # fmt: skip
    if as_json:
        _print_json(rows)
    else:
        for row in rows:
            _say(f"{row['to']}: {row['subject']} ({row['occasion']}){', not sent: ' if row['trouble'] else ''}"
                 f"{row['trouble'] or ''}")  # fmt: skip
        _say(f"{sum(row['trouble'] is None for row in rows)} sent.")
    raise typer.Exit(1 if any(row["trouble"] for row in rows) else 0)


@app.command(short_help="Prove that nothing kept was changed.")
def verify(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Prove that everything kept is what it was: files, versions, facts that never change, the audit log.

    The exit code is 0 only when all is well; each class of damage has its own. Facts that may be changed (names,
    titles, roles) are not proved: the log says who changed them, and when.
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
    with _in_sentences(settings):
        _say(str(bring_to_head(settings.database_url, PACKAGED_MIGRATIONS)))
    with _stores(settings) as stores, stores.database.writing() as session:
        new = tuple(shape for shape in shipped_formats(PACKAGED_TEMPLATES) if find(session, shape.key) is None)
        if new:
            by = _command_line(session).key
            load_facts(session, stores.blobs, FactsFile(facts="1", formats=new), by=by, now=_now())
            _say(f"Formats added: {', '.join(shape.key for shape in new)}.")


@formats.command("check", short_help="Say what is wrong with a Word template.")
def format_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Word template.", exists=True, dir_okay=False)],
    *,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The format.toml that the template is for. Default: the one beside it, else the scrutiny format's",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say everything that is wrong with a Word template: where, with the paragraph, and how to put it right.

    A paper of invented facts is printed with it. The exit code is 1 when the template cannot be used.
    """
    from app import word
    from app.assembly.context import vocabulary
    from app.assembly.sample import expected_of
    from app.formats.manifest import FaultyManifest, parse_manifest
    from app.settings import PACKAGED_TEMPLATES

    beside = file.with_name("format.toml")
    described = manifest or (beside if beside.exists() else PACKAGED_TEMPLATES / "scrutiny" / "format.toml")
    try:
        said = parse_manifest(described.read_text(encoding="utf-8"))
        template = file.read_bytes()
    except (OSError, UnicodeDecodeError, FaultyManifest) as error:
        raise typer.BadParameter(f"{described}: {error}") from error
    findings = word.check(template, vocabulary(), expected_of(said))
    if findings and findings[0].code == "unreadable":
        raise typer.BadParameter(f"{file}: {findings[0].what}")
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        _print_json([finding.to_dict() for finding in findings])
    else:
        _say_findings(findings)
        fit = "cannot be used" if errors else "is fit for use"
        _say(f"{file.name} {fit} with the format “{said.name}”: {_verdict(findings, errors)}.")
    raise typer.Exit(1 if errors else 0)


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
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CannotWrite(out, error) from error
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
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings(data=data) if data else Settings()
    except ValidationError as error:
        prefix = Settings.model_config["env_prefix"]
        faults = [
            Fault(prefix + ".".join(map(str, fault["loc"])).upper(), f"{fault['msg']}.") for fault in error.errors()
        ]
        raise FaultySettings("A setting is not right.", faults) from error


def _program() -> str:
    """What a person types before a command: `uv run` tells its children by a variable that it is there."""
    return "uv run boardpapers" if os.environ.get("UV") else "boardpapers"


def _where(data: Path | None) -> str:
    return f" --data {shlex.quote(str(data))}" if data else ""


@contextmanager
def _stores(settings: "Settings") -> "Iterator[Stores]":
    from app.upkeep.stores import open_stores

    with _in_sentences(settings):
        stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
        try:
            yield stores
        finally:
            stores.database.dispose()


@contextmanager
def _in_sentences(settings: "Settings") -> Iterator[None]:
    """What the database, the disk or a kept file stands in the way of within the block is said in one sentence."""
    from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

    from app.blobs import BlobFault
    from app.upkeep.stores import place_of

    try:
        yield
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise CannotReach(f"BOARDPAPERS_DATABASE_URL names no database that can be opened: {error}") from error
    except DatabaseError as error:
        # Its other kinds are contradictions of our own making: those belong in a traceback.
        if type(error) not in (DatabaseError, OperationalError):
            raise
        reason = " ".join(str(error.orig).split())
        raise CannotReach(f"{place_of(settings.database_url)} cannot be used: {reason}") from error
    except BlobFault as error:
        raise CannotReach(f"{error} Run `{_program()} verify` to see what else is amiss.") from error
    except OSError as error:
        raise CannotReach(f"The data in {settings.data} cannot be used: {error}") from error


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
    from app.upkeep.stores import place_of, sqlite_file
    from app.upkeep.upgrade import newest, refuse_newer, revision

    url = settings.database_url
    with _in_sentences(settings):
        # Opening a SQLite file makes it: that is for `upgrade` and `demo`, not for a mistyped folder.
        file = sqlite_file(url)
        if file is not None and not file.exists():
            raise NoDatabase(place_of(url), None)
        engine = engine_for(url)
        try:
            found = revision(engine)
        finally:
            engine.dispose()
    if found != newest(PACKAGED_MIGRATIONS):
        refuse_newer(found, PACKAGED_MIGRATIONS, place_of(url))
        raise NoDatabase(place_of(url), found)


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


def _generate(stores: "Stores", reference: str, out: Path, *, force: bool = False) -> dict[str, Any]:
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
    file, left = _write(stores.blobs.get(digest), out, name, force=force)
    row |= {"file": str(file), "left": left and str(left)}
    return row | {"milliseconds": round((perf_counter() - started) * 1000)}


def _preview(stores: "Stores", reference: str, out: Path, *, public: bool, force: bool = False) -> dict[str, Any]:
    from app.assembly.assemble import preview

    with stores.database.reading() as session:
        document = preview(session, stores.blobs, reference, now=_now(), public=public)
    file, left = _write(document.content, out, document.file_name, force=force)
    return {"paper": reference, "version": document.label, "result": "not kept", "file": str(file),
            "left": left and str(left), "gaps": list(document.gaps)}  # fmt: skip


def _write(content: bytes, out: Path, name: str, *, force: bool = False) -> tuple[Path, Path | None]:
    """The file that now holds the content, and the one that was left alone for it, if any.

    The file is `out` where that is a `.docx`, else `name` in the folder `out`. One that is there with other bytes was
    edited by somebody, or is an earlier draft: it is replaced only by `force`, else the content goes beside it under
    the next free number. Raises CannotWrite.
    """
    wanted = out if out.suffix.lower() == ".docx" and not _is_folder(out) else out / name
    file = wanted
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while not force and file.exists() and file.read_bytes() != content:
            number += 1
            file = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
    except OSError as error:
        raise CannotWrite(file, error) from error
    return file, wanted if file != wanted else None


def _say_left_alone(left: Path | str | None, file: Path | str) -> None:
    if left is not None:
        _say(f"  {left} holds something else and was left alone; the document is {file}. --force replaces it.")


def _say_findings(findings: "list[Finding]") -> None:
    """The findings by part, each with its place, its paragraph and a sentence."""
    part = ""
    for finding in findings:
        if finding.part != part:
            part = finding.part
            _say(f"{part[:1].upper()}{part[1:]}\n")
        place = ", ".join(filter(None, [finding.where, finding.quoted and f"“{finding.quoted}”"]))
        _say(f"  {finding.severity}: {place}" if place else f"  {finding.severity}:")
        _say(f"    {finding.what}\n")


def _verdict(findings: "list[Finding]", errors: int) -> str:
    counts = {"error": errors, "warning": len(findings) - errors}
    said = [f"{count} {what}{'s' * (count > 1)}" for what, count in counts.items() if count]
    return ", ".join(said) or "nothing to put right"


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
