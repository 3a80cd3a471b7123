"""Facts in, papers out: `load`, `papers`, `generate`, `versions`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.installation import acting_account, ready, utc_now
from app.cli.options import DataOption, ForceOption, JsonOption, PaperArgument, document_or_folder
from app.cli.printing import print_json, print_table, say
from app.cli.refusals import CannotRead
from app.cli.writing import say_left_alone, write_document

if TYPE_CHECKING:
    from app.upkeep.stores import Stores

commands = typer.Typer()


@commands.command(short_help="Load a facts file, all of it or nothing.")
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
    with ready(data) as stores, stores.database.writing() as session:
        loaded = load_facts(session, stores.blobs, facts, by=acting_account(session).key, now=utc_now())
    counts = [{"kind": kind, **vars(count)} for kind, count in loaded.counts.items()]
    if as_json:
        print_json(counts)
        return
    print_table("Loaded", {"Kind": "kind", "Added": "added", "Changed": "changed", "Unchanged": "unchanged"}, counts)


@commands.command()
def papers(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the papers, each with its newest version."""
    from app.papers.queries import walk
    from app.versions.queries import last

    with ready(data) as stores, stores.database.reading() as session:
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
        print_json(rows)
        return
    columns = {"Paper": "paper", "Title": "title", "Board": "board", "Meeting": "meeting", "Version": "version"}
    print_table("Papers", columns, [row | {"version": row["version"] or "none yet"} for row in rows])


@commands.command(short_help="Make a paper's draft and keep it.")
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
            callback=document_or_folder,
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
    with ready(data) as stores:
        if preview or public:
            row = _preview(stores, paper, out or Path(), public=public, force=force)
        else:
            row = generate_paper(stores, paper, out or Path(), force=force)
    if as_json:
        print_json(row)
        return
    say(f"{paper} {row['version']}: {row['result']}, {row['file']}")
    say_left_alone(row["left"], row["file"])
    for gap in row["gaps"]:
        say(f"  still open: {gap}")


@commands.command(short_help="List or save what was made of a paper.")
def versions(
    paper: PaperArgument,
    *,
    save: Annotated[
        str | None, typer.Option("--save", metavar="LABEL", help="Write the kept file of this version, as it was made.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where --save writes. Default: here", callback=document_or_folder),
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was produced of a paper, with the digests that prove it; or write one version's file."""
    from app.papers.queries import get
    from app.versions import queries

    with ready(data) as stores, stores.database.reading() as session:
        if save:
            version = queries.get(session, paper, save)
            content = stores.blobs.get(version.file_digest)
            file, left = write_document(content, out or Path(), version.file_name, force=force)
            say(f"{paper} {version.label}: {file}")
            say_left_alone(left, file)
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
        print_json(rows)
        return
    print_table(
        f"Versions of {paper}",
        {"Version": "version", "Made": "made_at", "By": "made_by", "Open": "open_points", "Template": "template",
         "File digest": "file_digest"},
        [
            row | {"file_digest": row["file_digest"][:12], "made_at": f"{row['made_at'][:16].replace('T', ' ')} UTC"}
            for row in rows
        ],
    )  # fmt: skip


def generate_paper(stores: "Stores", reference: str, out: Path, *, force: bool = False) -> dict[str, Any]:
    """The paper's draft is kept and written; a row that says what was made, how, and in how many milliseconds."""
    from app.assembly.assemble import assemble

    started = perf_counter()
    with stores.database.writing() as session:
        generated = assemble(session, stores.blobs, reference, by=acting_account(session), now=utc_now())
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
    file, left = write_document(stores.blobs.get(digest), out, name, force=force)
    row |= {"file": str(file), "left": left and str(left)}
    return row | {"milliseconds": round((perf_counter() - started) * 1000)}


def _preview(stores: "Stores", reference: str, out: Path, *, public: bool, force: bool = False) -> dict[str, Any]:
    from app.assembly.assemble import preview

    with stores.database.reading() as session:
        document = preview(session, stores.blobs, reference, now=utc_now(), public=public)
    file, left = write_document(document.content, out, document.file_name, force=force)
    return {"paper": reference, "version": document.label, "result": "not kept", "file": str(file),
            "left": left and str(left), "gaps": list(document.gaps)}  # fmt: skip
