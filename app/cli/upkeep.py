"""Keeping it all sound: `verify`, `audit`, `upgrade`, `sweep`, `backup`, `restore`."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.installation import (
    acting_account,
    back_up,
    back_up_before_upgrade,
    check_schema,
    complain_of_damage,
    in_sentences,
    note_upkeep,
    ready,
    settings_of,
    stores_of,
    utc_now,
)
from app.cli.options import DataOption, JsonOption
from app.cli.printing import print_json, print_table, program, same_data, say
from app.cli.refusals import CannotWrite

commands = typer.Typer()


@commands.command(short_help="Prove that nothing kept was changed.")
def verify(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Prove that everything kept is what it was: files, versions, facts that never change, the audit log.

    The exit code is 0 only when all is well; each class of damage has its own. Facts that may be changed (names,
    titles, roles) are not proved: the log says who changed them, and when.
    """
    from app.assembly.assemble import ENGINE, make_again
    from app.upkeep.verify import verify as check

    with ready(data) as stores, stores.database.reading() as session:
        report = check(
            session,
            stores.blobs,
            checkpoints=stores.checkpoints,
            engine=ENGINE,
            make_again=lambda version: make_again(version, stores.blobs).content,
        )
    note_upkeep(settings_of(data), "verify", is_well=not report.findings, said=str(report))
    if as_json:
        print_json(report.as_json())
    else:
        say(str(report))
    raise typer.Exit(report.exit_code)


@commands.command(short_help="Read the audit log, or take it away.")
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
    with ready(data) as stores, stores.database.reading() as session:
        rows = [
            {"sequence": event.sequence, "hash": event.hash, **json.loads(event.body)}
            for event in queries.page(session, limit=limit, **wanted)
        ]
    if as_json:
        print_json(rows)
        return
    columns = {"No.": "sequence", "Time": "at", "By": "by", "Action": "action", "Object": "object"}
    print_table("Audit log", columns, [row | {"at": f"{row['at'][:19].replace('T', ' ')} UTC"} for row in rows])


@commands.command(short_help="Make the database, or bring it up to date.")
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

    settings = settings_of(data)
    if backup:
        back_up_before_upgrade(settings)
    with in_sentences(settings):
        say(str(bring_to_head(settings.database_url, PACKAGED_MIGRATIONS)))
    with stores_of(settings) as stores, stores.database.writing() as session:
        new = tuple(shape for shape in shipped_formats(PACKAGED_TEMPLATES) if find(session, shape.key) is None)
        if new:
            by = acting_account(session).key
            load_facts(session, stores.blobs, FactsFile(facts="1", formats=new), by=by, now=utc_now())
            say(f"Formats added: {', '.join(shape.key for shape in new)}.")


@commands.command(short_help="Take away files that belong to nothing.")
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

    with ready(data) as stores:
        with stores.database.writing() as session:
            by = acting_account(session).key
        swept = take_away(
            stores.database,
            stores.blobs,
            Base.metadata.sorted_tables,
            grace=timedelta(days=days),
            by=by,
            now=utc_now(),
            only_look=look,
        )
    if as_json:
        print_json({"files": list(swept.digests), "unfinished": swept.unfinished, "taken_away": not look})
        return
    deed = "would be" if look else "were"
    say(f"{len(swept.digests)} files that belong to nothing and {swept.unfinished} unfinished ones {deed} taken away.")
    for digest in swept.digests:
        say(f"  {digest}")


@commands.command(short_help="Write everything kept into one file.")
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A new .zip file, or a folder to put one in.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything kept into one file, while the service works: facts, versions, files, the audit log.

    The file says what is in it and is read again before it counts. It holds everything, accounts too: keep it as
    safe as the data. `restore` puts it back, on either kind of database.
    """
    settings = settings_of(data)
    check_schema(settings)
    made = back_up(settings, to)
    note_upkeep(settings, "backup", is_well=not made.manifest.damaged, said=f"{made.file.name}: {made.manifest}.")
    if as_json:
        print_json({"file": str(made.file), "manifest": json.loads(made.manifest.model_dump_json())})
    else:
        say(f"{made.file}: {made.manifest}.")
    complain_of_damage(made)


@commands.command(short_help="Put a backup back, into an empty place.")
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

    settings = settings_of(data)
    with in_sentences(settings):
        manifest = put_back(
            file,
            database_url=settings.database_url,
            blobs=settings.blobs,
            checkpoints=settings.audit_checkpoint_file,
            migrations=PACKAGED_MIGRATIONS,
        )
    if not as_json:
        say(f"Restored: {manifest}.")
    if manifest.schema_revision != newest(PACKAGED_MIGRATIONS):
        say(f"Now run `{program()} upgrade{same_data(data)}`, then `{program()} verify{same_data(data)}`.")
        return
    verify(data, as_json)


def _export_log(data: Path | None, file: Path, wanted: Any) -> None:
    from app.audit import actions, queries
    from app.audit.commands import record
    from app.audit.export import WAYS

    way = WAYS.get(file.suffix.lower().removeprefix("."))
    if way is None:
        raise typer.BadParameter(f"“{file}” must end in .jsonl or .csv.", param_hint="--export")
    with ready(data) as stores:
        with stores.database.writing() as session:
            record(session, actions.LOG_EXPORTED, actions.LOG_OBJECT, by=acting_account(session).key, at=utc_now())
        with stores.database.reading() as session:
            try:
                with file.open("w", encoding="utf-8", newline="") as target:
                    target.writelines(way(queries.walk(session, **wanted)))
            except OSError as error:
                raise CannotWrite(file, error) from error
    say(f"The log is in {file}.")
