"""Formats of papers and the versions of their templates: `format …`."""

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.installation import acting_account, ready, utc_now
from app.cli.options import (
    DataOption,
    ForceOption,
    FormatArgument,
    JsonOption,
    NumberArgument,
    document_or_folder,
    folder_only,
)
from app.cli.printing import print_json, print_table, program, same_data, say
from app.cli.refusals import CannotWrite, FaultyKey
from app.cli.writing import say_left_alone, write_document

if TYPE_CHECKING:
    from app.word import Finding

commands = typer.Typer(help="Bring formats of papers, judge and try their templates.", no_args_is_help=True)


@commands.command("add", short_help="Upload a version of a format; it is not live yet.")
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
    with ready(data) as stores:
        try:
            findings = judged(key, text, content)
        except UnfitTemplate as unfit:
            if not as_json:
                _say_findings(unfit.findings)
            raise
        with stores.database.writing() as session:
            version, is_new = upload_template_version(
                session, stores.blobs, key, text, content, by=acting_account(session).key, now=utc_now()
            )
            number = version.number
    if as_json:
        said = {"format": key, "number": number, "new": is_new, "findings": [found.to_dict() for found in findings]}
        print_json(said)
        return
    _say_findings(findings)
    result = "added, not live yet" if is_new else "there already"
    say(f"{key} {number}: {result}; {_verdict(findings)}.")
    if is_new:
        say(f"Try it: {program()} format try {key} {number}{same_data(data)}")


@commands.command("versions", short_help="List the template versions of a format.")
def format_versions(key: FormatArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the template versions of a format: how far each has come, and who brought it there."""
    from app.formats.queries import get, live_versions, stage_of

    with ready(data) as stores, stores.database.reading() as session:
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
        print_json(rows)
        return
    print_table(
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


@commands.command("try", short_help="Print a paper with a template version.")
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
            "--out", metavar="FILE", help="Where the document goes. Default: here", callback=document_or_folder
        ),
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
) -> None:
    """Print a paper with a template version that is not live: of sample data, or of a paper's facts. It is not kept."""
    from app.assembly.trial import try_on_paper, try_on_sample
    from app.formats.commands import note_trial
    from app.formats.queries import get_version

    with ready(data) as stores:
        with stores.database.reading() as session:
            version = get_version(session, key, number)
            if paper is None:
                tried = try_on_sample(stores.blobs, version)
            else:
                tried = try_on_paper(session, stores.blobs, version, paper, now=utc_now())
        with stores.database.writing() as session:
            by = acting_account(session).key
            note_trial(session, get_version(session, key, number), by=by, now=utc_now())
    file, left = write_document(tried.content, out or Path(), tried.file_name, force=force)
    say(f"{key} {number}: tried, {file}")
    say_left_alone(left, file)
    for barrier in tried.barriers:
        say(f"  hard to read: {barrier.where}: {barrier.what}")


@commands.command("effect", short_help="Say what a template version changes in the last papers.")
def format_effect(
    key: FormatArgument,
    number: NumberArgument,
    *,
    last: Annotated[int, typer.Option(help="Of how many papers.", min=1)] = 3,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Also write both documents of each paper there.", callback=folder_only
        ),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the last papers of a format with a template version and say what differs.

    The facts are those that were kept with the papers.
    """
    from app.assembly.trial import effects
    from app.formats.queries import get_version

    with ready(data) as stores, stores.database.reading() as session:
        found = effects(session, stores.blobs, get_version(session, key, number), last=last)
        rows: list[dict[str, Any]] = [
            {
                "paper": effect.version.paper.reference,
                "version": effect.version.label,
                "made_with": effect.version.template_version.number,
                "why": effect.why,
                "differences": [difference.to_dict() for difference in effect.differences],
                "files": [
                    str(write_document(content, out, f"{paper} {which} template.docx", force=True)[0])
                    for paper in [effect.version.paper.reference]
                    for which, content in (("old", effect.old), ("new", effect.new))
                    if out is not None and content is not None
                ],
            }
            for effect in found
        ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(f"No paper of the format “{key}” was generated yet.")
    for row, effect in zip(rows, found, strict=True):
        what = effect.why or f"{len(effect.differences)} differences" * bool(effect.differences) or "nothing differs"
        say(f"{row['paper']} {row['version']}, made with version {row['made_with']}: {what}")
        for difference in effect.differences:
            say(f"  {difference.subject}: {difference}")
        for file in row["files"]:
            say(f"  {file}")


@commands.command("live", short_help="Put a template version live.")
def format_live(key: FormatArgument, number: NumberArgument, data: DataOption = None) -> None:
    """From now on, papers are generated with this template version; an uploaded one must have been tried."""
    from app.formats.commands import put_live
    from app.formats.queries import get_version

    with ready(data) as stores, stores.database.writing() as session:
        by = acting_account(session).key
        put_live(session, get_version(session, key, number), by=by, two_people=False, now=utc_now())
    say(f"{key} {number} is live.")


@commands.command("retire", short_help="Retire a template version.")
def format_retire(key: FormatArgument, number: NumberArgument, data: DataOption = None) -> None:
    """No new paper uses this template version; where it was live, the one that was live before it is so again."""
    from app.formats.commands import retire
    from app.formats.queries import get_version, live_versions

    with ready(data) as stores, stores.database.writing() as session:
        retire(session, get_version(session, key, number), by=acting_account(session).key, now=utc_now())
        live = live_versions(session, [key]).get(key)
        now_live = f"version {live.number} is live" if live else "no version is live now"
    say(f"{key} {number} is retired; {now_live}.")


@commands.command("save", short_help="Write a template version's template and format.toml.")
def format_save(
    key: FormatArgument,
    number: NumberArgument,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder. Default: KEY-N, here", callback=folder_only)
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
) -> None:
    """Write the very template and format.toml that were kept, into a folder."""
    from app.formats.queries import get_version

    folder = out or Path(f"{key}-{number}")
    with ready(data) as stores, stores.database.reading() as session:
        version = get_version(session, key, number)
        for name, content in (
            ("template.docx", stores.blobs.get(version.template_digest)),
            ("format.toml", version.manifest.encode()),
        ):
            file, left = write_document(content, folder, name, force=force)
            say(str(file))
            say_left_alone(left, file)


@commands.command("check", short_help="Say what is wrong with a Word template.")
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
        print_json([finding.to_dict() for finding in findings])
    else:
        _say_findings(findings)
        fit = "cannot be used" if errors else "is fit for use"
        say(f"{file.name} {fit} with the format “{said.name}”: {_verdict(findings)}.")
    raise typer.Exit(1 if errors else 0)


@commands.command("new", short_help="Begin a format of your own.")
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
    say(f"The format “{called}” begins with two files:")
    steps = {
        f"{manifest}": "front sheet, sections and words: change it in any editor",
        f"{template}": "fonts, colours and order on the page: change it in Word",
    }
    following = {
        f"format check {shlex.quote(str(template))}": "whether the two fit together; run it after each change",
        f"load {shlex.quote(str(into))}": "papers can be made with it",
    }
    for file, what in steps.items():
        say(f"  {file}: {what}")
    say("\nWhat to do next:")
    for step, what in following.items():
        say(f"  {program()} {step}: {what}")


@commands.command("reference", short_help="Write the manual for template authors.")
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
        file, left = write_document(template, sample, "reference.docx")
        say(f"A template that prints every value: {file}")
        if left is not None:
            say(f"  {left} holds something else and was left alone.")
        return
    if out is None:
        sys.stdout.write(reference())
        return
    try:
        out.write_text(reference(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotWrite(out, error) from error


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
            say(f"{part[:1].upper()}{part[1:]}\n")
        place = ", ".join(filter(None, [finding.where, finding.quoted and f"“{finding.quoted}”"]))
        say(f"  {finding.severity}: {place}" if place else f"  {finding.severity}:")
        say(f"    {finding.what}\n")


def _verdict(findings: "Sequence[Finding]") -> str:
    counts = {what: sum(f.times for f in findings if f.severity == what) for what in ("error", "warning")}
    said = [f"{count:,} {what}{'s' * (count > 1)}" for what, count in counts.items() if count]
    return ", ".join(said) or "nothing to put right"
