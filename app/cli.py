"""`boardpapers …`: what a person does at the command line. Sub-commands import what they need when they are called.

Exit codes: 0 done, 1 something cannot be (said in one sentence), 2 the command's words are off; `verify` has its own.
"""

import gc
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import Conflict, Fault, Invalid, Problem

if TYPE_CHECKING:
    from app.settings import Settings
    from app.upkeep.backup import Backup
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

formats = typer.Typer(help="Bring formats of papers, judge and try their templates.", no_args_is_help=True)
app.add_typer(formats, name="format")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder that holds everything. Default: $BOARDPAPERS_DATA or ./var"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
PaperArgument = Annotated[str, typer.Argument(metavar="PAPER", help="Reference of the paper, as `papers` lists it.")]
FormatArgument = Annotated[str, typer.Argument(metavar="KEY", help="Key of the format.")]
NumberArgument = Annotated[int, typer.Argument(metavar="N", help="Number of the template version.", min=1)]
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


class CannotRead(Conflict):
    """What was to be loaded cannot be read."""

    def __init__(self, file: Path, error: OSError) -> None:
        super().__init__(f"{error.filename or file} cannot be read: {error.strerror or error}.")


class AnotherAccount(Conflict):
    """An account with this key is there, and it is not what the command's words say."""


class DamagedFiles(Conflict):
    """A backup was made of what is sound, and there were kept files that are not."""

    def __init__(self, digests: Sequence[str]) -> None:
        super().__init__(
            f"{len(digests)} kept files are damaged and not in the backup, the first is {digests[0]}. "
            f"Run `{_program()} verify` to see what they belong to."
        )


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
    _back_up_before_upgrade(settings)
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
        Path, typer.Argument(metavar="FILE", help="A facts file, YAML or JSON; or a format's folder.", exists=True)
    ],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load a facts file, or the format in a folder: all of it, or nothing if anything in it is wrong.

    Every fault is named with its place in the file. Loading the same file twice changes nothing.
    """
    from app.facts.load import load as load_facts
    from app.facts.parse import parse
    from app.facts.shipped import format_in

    try:
        facts = format_in(file) if file.is_dir() else parse(file.read_bytes())
    except OSError as error:
        raise CannotRead(file, error) from error
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

    from app.logs import to_stream
    from app.main import create_app

    settings = _settings(data)
    _check_schema(settings)
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update=changes)
    _say(f"Boardpapers listens on http://{settings.host}:{settings.port} (reference at /docs). Stop it with Ctrl+C.")
    _say(f"A token for it: {_program()} token NAME --role administrator{_where(data)}")
    with _in_sentences(settings):
        application = create_app(settings)
    # What the program itself is made of stays until the end: going through it for garbage takes a tenth of a second,
    # in the middle of somebody's draft.
    gc.collect()
    gc.freeze()
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


@app.command(short_help="Read the audit log, or take it away.")
def audit(
    *,
    action: Annotated[str | None, typer.Option(help="Only this action, for example version.kept")] = None,
    object_: Annotated[
        str | None, typer.Option("--object", metavar="NAME", help="Only about this, for example paper/REF")
    ] = None,
    under: Annotated[
        str | None, typer.Option(metavar="START", help="Only about what has a name that begins so")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="ACCOUNT", help="Only by this account")] = None,
    request: Annotated[str | None, typer.Option(metavar="ID", help="Only of this request")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="On this day or later, in UTC")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="On this day or earlier, in UTC")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most events that are listed")] = 50,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write all of them there, oldest first: .jsonl or .csv"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the audit log, newest first; only the events of which all holds that is asked.

    With --export every one of them is written to a file with its hash and the one before, so that others can follow
    the chain. That it was taken away is in the log.
    """
    from app.audit import queries
    from app.audit.queries import Wanted

    wanted = Wanted(
        action=action,
        object_=object_,
        under=under,
        by=by,
        request=request,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    if export is not None:
        _export_log(data, export, wanted)
        return
    with _ready(data) as stores, stores.database.reading() as session:
        rows = [
            {"sequence": event.sequence, "hash": event.hash, **json.loads(event.body)}
            for event in queries.page(session, limit=limit, **wanted)
        ]
    if as_json:
        _print_json(rows)
        return
    columns = {"No.": "sequence", "Time": "at", "By": "by", "Action": "action", "Object": "object"}
    _table("Audit log", columns, [row | {"at": f"{row['at'][:19].replace('T', ' ')} UTC"} for row in rows])


@app.command(short_help="Make the database, or bring it up to date.")
def upgrade(
    *,
    backup: Annotated[
        bool, typer.Option("--backup/--no-backup", help="Back up a database that will be changed, before it is.")
    ] = True,
    data: DataOption = None,
) -> None:
    """Bring the database to the newest schema, or make it; formats that came with the program are added.

    A database with an older schema is backed up first, into the data folder's backups.
    """
    from app.facts.load import load as load_facts
    from app.facts.shapes import FactsFile
    from app.facts.shipped import shipped_formats
    from app.formats.queries import find
    from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES
    from app.upkeep.upgrade import upgrade as bring_to_head

    settings = _settings(data)
    if backup:
        _back_up_before_upgrade(settings)
    with _in_sentences(settings):
        _say(str(bring_to_head(settings.database_url, PACKAGED_MIGRATIONS)))
    with _stores(settings) as stores, stores.database.writing() as session:
        new = tuple(shape for shape in shipped_formats(PACKAGED_TEMPLATES) if find(session, shape.key) is None)
        if new:
            by = _command_line(session).key
            load_facts(session, stores.blobs, FactsFile(facts="1", formats=new), by=by, now=_now())
            _say(f"Formats added: {', '.join(shape.key for shape in new)}.")


@formats.command("add", short_help="Upload a version of a format; it is not live yet.")
def format_add(
    key: FormatArgument,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Has template.docx and format.toml.", exists=True, file_okay=False),
    ] = None,
    *,
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The Word template.", exists=True, dir_okay=False)
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The format.toml.", exists=True, dir_okay=False)
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Upload a template with its format.toml as the next version of a format.

    Both are checked, and a paper of sample data is printed. With an error nothing is kept; warnings are told. The
    version is not live: `format try` prints a paper with it, `format effect` says what it changes, `format live` puts
    it live.
    """
    from app.assembly.trial import judged
    from app.formats.commands import UnfitTemplate, upload_template_version

    content, text = _template_and_manifest(folder, template, manifest)
    with _ready(data) as stores:
        try:
            findings = judged(key, text, content)
        except UnfitTemplate as unfit:
            if not as_json:
                _say_findings(unfit.findings)
            raise
        with stores.database.writing() as session:
            version, is_new = upload_template_version(
                session, stores.blobs, key, text, content, by=_command_line(session).key, now=_now()
            )
            number = version.number
    if as_json:
        said = {"format": key, "number": number, "new": is_new, "findings": [found.to_dict() for found in findings]}
        _print_json(said)
        return
    _say_findings(findings)
    result = "added, not live yet" if is_new else "there already"
    _say(f"{key} {number}: {result}; {_verdict(findings)}.")
    if is_new:
        _say(f"Try it: {_program()} format try {key} {number}{_where(data)}")


@formats.command("versions", short_help="List the template versions of a format.")
def format_versions(key: FormatArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the template versions of a format: how far each has come, and who brought it there."""
    from app.formats.queries import get, live_versions, stage_of

    with _ready(data) as stores, stores.database.reading() as session:
        live = live_versions(session, [key]).get(key)
        rows: list[dict[str, Any]] = [
            {
                "number": version.number,
                "stage": stage_of(version, live).value,
                "added_at": version.added_at.isoformat(timespec="seconds"),
                "digest": version.digest,
                "events": [
                    {"change": event.change.value, "at": event.at.isoformat(timespec="seconds"), "by": event.by}
                    for event in version.events
                ],
            }
            for version in get(session, key).versions
        ]
    if as_json:
        _print_json(rows)
        return
    _table(
        f"Template versions of {key}",
        {"Version": "number", "Stage": "stage", "Digest": "digest", "What became of it": "events"},
        [
            row
            | {
                "digest": row["digest"][:12],
                "events": "\n".join(f"{event['change']} by {event['by']}" for event in row["events"]),
            }
            for row in rows
        ],
    )


@formats.command("try", short_help="Print a paper with a template version.")
def format_try(
    key: FormatArgument,
    number: NumberArgument,
    *,
    paper: Annotated[
        str | None, typer.Option(metavar="PAPER", help="Print this paper. Default: sample data that has everything")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Where the document goes. Default: here", callback=_document_or_folder
        ),
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
) -> None:
    """Print a paper with a template version that is not live: of sample data, or of a paper's facts. It is not kept."""
    from app.assembly.trial import try_on_paper, try_on_sample
    from app.formats.commands import note_trial
    from app.formats.queries import get_version

    with _ready(data) as stores:
        with stores.database.reading() as session:
            version = get_version(session, key, number)
            if paper is None:
                tried = try_on_sample(stores.blobs, version)
            else:
                tried = try_on_paper(session, stores.blobs, version, paper, now=_now())
        with stores.database.writing() as session:
            by = _command_line(session).key
            note_trial(session, get_version(session, key, number), by=by, now=_now())
    file, left = _write(tried.content, out or Path(), tried.file_name, force=force)
    _say(f"{key} {number}: tried, {file}")
    _say_left_alone(left, file)
    for barrier in tried.barriers:
        _say(f"  hard to read: {barrier.where}: {barrier.what}")


@formats.command("effect", short_help="Say what a template version changes in the last papers.")
def format_effect(
    key: FormatArgument,
    number: NumberArgument,
    *,
    last: Annotated[int, typer.Option(help="Of how many papers.", min=1)] = 3,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Also write both documents of each paper there.", callback=_folder),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the last papers of a format with a template version and say what differs.

    The facts are those that were kept with the papers.
    """
    from app.assembly.trial import effects
    from app.formats.queries import get_version

    with _ready(data) as stores, stores.database.reading() as session:
        found = effects(session, stores.blobs, get_version(session, key, number), last=last)
        rows: list[dict[str, Any]] = [
            {
                "paper": effect.version.paper.reference,
                "version": effect.version.label,
                "made_with": effect.version.template_version.number,
                "why": effect.why,
                "differences": [difference.to_dict() for difference in effect.differences],
                "files": [
                    str(_write(content, out, f"{effect.version.paper.reference} {which} template.docx", force=True)[0])
                    for which, content in (("old", effect.old), ("new", effect.new))
                    if out is not None and content is not None
                ],
            }
            for effect in found
        ]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        _say(f"No paper of the format “{key}” was generated yet.")
    for row, effect in zip(rows, found, strict=True):
        what = effect.why or f"{len(effect.differences)} differences" * bool(effect.differences) or "nothing differs"
        _say(f"{row['paper']} {row['version']}, made with version {row['made_with']}: {what}")
        for difference in effect.differences:
            _say(f"  {difference.subject}: {difference}")
        for file in row["files"]:
            _say(f"  {file}")


@formats.command("live", short_help="Put a template version live.")
def format_live(key: FormatArgument, number: NumberArgument, data: DataOption = None) -> None:
    """From now on, papers are generated with this template version; an uploaded one must have been tried."""
    from app.formats.commands import put_live
    from app.formats.queries import get_version

    with _ready(data) as stores, stores.database.writing() as session:
        by = _command_line(session).key
        put_live(session, get_version(session, key, number), by=by, two_people=False, now=_now())
    _say(f"{key} {number} is live.")


@formats.command("retire", short_help="Retire a template version.")
def format_retire(key: FormatArgument, number: NumberArgument, data: DataOption = None) -> None:
    """No new paper uses this template version; where it was live, the one that was live before it is so again."""
    from app.formats.commands import retire
    from app.formats.queries import get_version, live_versions

    with _ready(data) as stores, stores.database.writing() as session:
        retire(session, get_version(session, key, number), by=_command_line(session).key, now=_now())
        live = live_versions(session, [key]).get(key)
        now_live = f"version {live.number} is live" if live else "no version is live now"
    _say(f"{key} {number} is retired; {now_live}.")


@formats.command("save", short_help="Write a template version's template and format.toml.")
def format_save(
    key: FormatArgument,
    number: NumberArgument,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder. Default: KEY-N, here", callback=_folder)
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
) -> None:
    """Write the very template and format.toml that were kept, into a folder."""
    from app.formats.queries import get_version

    folder = out or Path(f"{key}-{number}")
    with _ready(data) as stores, stores.database.reading() as session:
        version = get_version(session, key, number)
        for name, content in (
            ("template.docx", stores.blobs.get(version.template_digest)),
            ("format.toml", version.manifest.encode()),
        ):
            file, left = _write(content, folder, name, force=force)
            _say(str(file))
            _say_left_alone(left, file)


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
    errors = any(finding.severity == "error" for finding in findings)
    if as_json:
        _print_json([finding.to_dict() for finding in findings])
    else:
        _say_findings(findings)
        fit = "cannot be used" if errors else "is fit for use"
        _say(f"{file.name} {fit} with the format “{said.name}”: {_verdict(findings)}.")
    raise typer.Exit(1 if errors else 0)


@formats.command("new", short_help="Begin a format of your own.")
def format_new(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the format, such as committee.")],
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What its papers are called. Default: made from the key")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where its two files go. Default: a folder named KEY, here")
    ] = None,
) -> None:
    """Write a folder with a commented format.toml and a Word template that already make a paper.

    Files that are there are never replaced.
    """
    from app.fields import KEY_PATTERN
    from app.formats.first import begin
    from app.settings import PACKAGED_TEMPLATES

    if not re.fullmatch(KEY_PATTERN, key):
        raise FaultyKey(key)
    packaged = PACKAGED_TEMPLATES / "first"
    called = name or key.replace("-", " ").replace("_", " ").capitalize()
    into = folder or Path(key)
    try:
        manifest, template = begin(
            into,
            key,
            called,
            pattern=(packaged / "first.toml").read_text(encoding="utf-8"),
            template=(packaged / "template.docx").read_bytes(),
        )
    except OSError as error:
        raise CannotWrite(into, error) from error
    _say(f"The format “{called}” begins with two files:")
    steps = {
        f"{manifest}": "front sheet, sections and words: change it in any editor",
        f"{template}": "fonts, colours and order on the page: change it in Word",
    }
    following = {
        f"format check {shlex.quote(str(template))}": "whether the two fit together; run it after each change",
        f"load {shlex.quote(str(into))}": "papers can be made with it",
    }
    for file, what in steps.items():
        _say(f"  {file}: {what}")
    _say("\nWhat to do next:")
    for step, what in following.items():
        _say(f"  {_program()} {step}: {what}")


@formats.command("reference", short_help="Write the manual for template authors.")
def format_reference(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
    sample: Annotated[
        Path | None,
        typer.Option(
            "--sample", metavar="FILE", help="Write a Word template that prints every value beside its name, instead."
        ),
    ] = None,
) -> None:
    """Print the manual for template authors: every tag, every name that a template may use and how it is printed."""
    from app.assembly.reference import reference
    from app.settings import PACKAGED_TEMPLATES

    if sample is not None:
        template = (PACKAGED_TEMPLATES / "reference" / "template.docx").read_bytes()
        file, left = _write(template, sample, "reference.docx")
        _say(f"A template that prints every value: {file}")
        if left is not None:
            _say(f"  {left} holds something else and was left alone.")
        return
    if out is None:
        sys.stdout.write(reference())
        return
    try:
        out.write_text(reference(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotWrite(out, error) from error


@app.command(short_help="Take away files that belong to nothing.")
def sweep(
    *,
    days: Annotated[int, typer.Option(min=1, help="Only files that are older than this many days.")] = 7,
    look: Annotated[bool, typer.Option("--look", help="Only list them.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take away kept files that belong to nothing, after days of grace: what a crash left between a file and its row.

    The log names each. Files that are damaged stay, for whoever looks into the damage.
    """
    from app.tables import Base
    from app.upkeep.sweep import sweep as take_away

    with _ready(data) as stores:
        with stores.database.writing() as session:
            by = _command_line(session).key
        swept = take_away(
            stores.database,
            stores.blobs,
            Base.metadata.sorted_tables,
            grace=timedelta(days=days),
            by=by,
            now=_now(),
            only_look=look,
        )
    if as_json:
        _print_json({"files": list(swept.digests), "unfinished": swept.unfinished, "taken_away": not look})
        return
    deed = "would be" if look else "were"
    _say(f"{len(swept.digests)} files that belong to nothing and {swept.unfinished} unfinished ones {deed} taken away.")
    for digest in swept.digests:
        _say(f"  {digest}")


@app.command(short_help="Write everything kept into one file.")
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A new .zip file, or a folder to put one in.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything kept into one file, while the service works: facts, versions, files, the audit log.

    The file says what is in it and is read again before it counts. It holds everything, accounts too: keep it as
    safe as the data. `restore` puts it back, on either kind of database.
    """
    settings = _settings(data)
    _check_schema(settings)
    made = _back_up(settings, to)
    if as_json:
        _print_json({"file": str(made.file), "manifest": json.loads(made.manifest.model_dump_json())})
    else:
        _say(f"{made.file}: {made.manifest}.")
    _complain_of_damage(made)


@app.command(short_help="Put a backup back, into an empty place.")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.", exists=True, dir_okay=False)],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, into an empty place only, and prove that everything is what it was.

    The whole backup is checked before anything is changed. The exit code is that of `verify`. A backup of an older
    Boardpapers is restored as it was: run `upgrade` after it.
    """
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.restore import restore as put_back
    from app.upkeep.upgrade import newest

    settings = _settings(data)
    with _in_sentences(settings):
        manifest = put_back(
            file,
            database_url=settings.database_url,
            blobs=settings.blobs,
            checkpoints=settings.audit_checkpoint_file,
            migrations=PACKAGED_MIGRATIONS,
        )
    if not as_json:
        _say(f"Restored: {manifest}.")
    if manifest.schema_revision != newest(PACKAGED_MIGRATIONS):
        _say(f"Now run `{_program()} upgrade{_where(data)}`, then `{_program()} verify{_where(data)}`.")
        return
    verify(data, as_json)


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


def _export_log(data: Path | None, file: Path, wanted: Any) -> None:
    from app.audit import actions, queries
    from app.audit.commands import record
    from app.audit.export import WAYS

    way = WAYS.get(file.suffix.lower().removeprefix("."))
    if way is None:
        raise typer.BadParameter(f"“{file}” must end in .jsonl or .csv.", param_hint="--export")
    with _ready(data) as stores:
        with stores.database.writing() as session:
            record(session, actions.LOG_EXPORTED, actions.LOG_OBJECT, by=_command_line(session).key, at=_now())
        with stores.database.reading() as session:
            try:
                with file.open("w", encoding="utf-8", newline="") as target:
                    target.writelines(way(queries.walk(session, **wanted)))
            except OSError as error:
                raise CannotWrite(file, error) from error
    _say(f"The log is in {file}.")


def _back_up(settings: "Settings", to: Path) -> "Backup":
    """Everything that the installation keeps, whatever its schema, is in a new file."""
    from importlib.metadata import version

    from app.upkeep.backup import back_up
    from app.upkeep.upgrade import revision

    with _stores(settings) as stores:
        found = revision(stores.database.engine)
        if found is None:
            raise NoDatabase(f"The database in {settings.data}", None)
        return back_up(stores, to, revision=found, program=version("boardpapers"), now=_now())


def _back_up_before_upgrade(settings: "Settings") -> None:
    """A database whose schema is about to be changed was backed up, without damage."""
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.stores import sqlite_file
    from app.upkeep.upgrade import outdated

    with _in_sentences(settings):
        file = sqlite_file(settings.database_url)
        if file is not None and not file.exists():
            return
        found = outdated(settings.database_url, PACKAGED_MIGRATIONS)
    if found is not None:
        made = _back_up(settings, settings.backups)
        typer.echo(f"Backed up before the upgrade: {made.file}.", err=True)
        _complain_of_damage(made)


def _complain_of_damage(made: "Backup") -> None:
    if made.manifest.damaged:
        raise DamagedFiles(made.manifest.damaged)


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


def _template_and_manifest(folder: Path | None, template: Path | None, manifest: Path | None) -> tuple[bytes, str]:
    """The contents of the folder's two files, or of the two that are named; raises BadParameter."""
    if folder is not None:
        template, manifest = template or folder / "template.docx", manifest or folder / "format.toml"
    if template is None or manifest is None:
        raise typer.BadParameter("name a folder, or both --template and --manifest.")
    try:
        return template.read_bytes(), manifest.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(str(error)) from error


def _say_findings(findings: "Sequence[Finding]") -> None:
    """The findings by part, each with its place, its paragraph and a sentence."""
    part = ""
    for finding in findings:
        if finding.part != part:
            part = finding.part
            _say(f"{part[:1].upper()}{part[1:]}\n")
        place = ", ".join(filter(None, [finding.where, finding.quoted and f"“{finding.quoted}”"]))
        _say(f"  {finding.severity}: {place}" if place else f"  {finding.severity}:")
        _say(f"    {finding.what}\n")


def _verdict(findings: "Sequence[Finding]") -> str:
    counts = {what: sum(f.times for f in findings if f.severity == what) for what in ("error", "warning")}
    said = [f"{count:,} {what}{'s' * (count > 1)}" for what, count in counts.items() if count]
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
