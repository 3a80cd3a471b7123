"""What changes formats: new template versions, and which of them is live."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from app import word
from app.audit import actions
from app.audit.commands import record
from app.blobs import Blobs
from app.errors import Conflict, Fault, Forbidden, Invalid
from app.formats.coherence import equal_labels
from app.formats.faults import fault_at
from app.formats.manifest import FaultyManifest, Manifest, parse_manifest
from app.formats.models import Format, TemplateChange, TemplateEvent, TemplateVersion
from app.formats.queries import find, live_versions, template_version_digest, uploader, was_tried

LARGEST_TEMPLATE = 10 * 1024 * 1024
"""Bytes of a Word template."""

LONGEST_MANIFEST = 200_000
"""Letters of a `format.toml`."""


class UnfitTemplate(Invalid):
    """A template and its manifest cannot be used as they are; says why. `findings` are all that was found."""

    def __init__(self, summary: str, faults: Iterable[Fault], findings: Iterable[word.Finding] = ()) -> None:
        super().__init__(summary, faults)
        self.findings = tuple(findings)


class TemplateNotTried(Conflict):
    """An uploaded version was to go live of which nobody has seen a paper."""

    def __init__(self, key: str, number: int) -> None:
        super().__init__(f"Nobody has tried version {number} of “{key}” yet. Try it first, and look at the paper.")


class SecondPersonNeeded(Forbidden):
    """Who uploaded a version may not put it live."""

    def __init__(self, key: str, number: int) -> None:
        super().__init__(f"You uploaded version {number} of “{key}”: another person puts it live.")


class TemplateIsRetired(Conflict):
    """A version was to be retired that is."""

    def __init__(self, key: str, number: int) -> None:
        super().__init__(f"Version {number} of “{key}” is retired already.")


def faults_of(key: str, manifest: str, template: bytes, vocabulary: word.Vocabulary) -> list[Fault]:
    """Why this manifest with this template cannot be a version of the format `key`; empty when it can.

    `vocabulary` is the tree of names that a template may use.
    """
    faults = [*faults_of_manifest(key, manifest), *_faults_of_template(template, vocabulary)]
    return faults or [Fault("template", str(missing)) for missing in missing_styles(parse_manifest(manifest), template)]


def add_template_version(
    session: Session,
    blobs: Blobs,
    key: str,
    manifest: str,
    template: bytes,
    *,
    by: str,
    now: datetime,
) -> TemplateVersion:
    """This manifest with this template, both judged fit, is the live version of the format `key`; answers that version.

    A pair that the format already has (in content: the digest covers the manifest's text and the template's members)
    is no second version; it goes live again if it is not. The template's bytes are among the blobs.
    """
    version, _ = _kept(session, blobs, key, manifest, template, by=by, now=now)
    current = live_versions(session, [key]).get(key)
    if current is None or current.id != version.id:
        _change(session, key, version, TemplateChange.LIVE, by=by, now=now)
    version.format.name = parse_manifest(manifest).name
    return version


def upload_template_version(
    session: Session, blobs: Blobs, key: str, manifest: str, template: bytes, *, by: str, now: datetime
) -> tuple[TemplateVersion, bool]:
    """This manifest with this template, both judged fit, is a version of the format `key`; what is live stays so.

    Answers the version, and whether it is new: a pair that the format already has stays as it is.
    """
    version, is_new = _kept(session, blobs, key, manifest, template, by=by, now=now)
    if is_new:
        _change(session, key, version, TemplateChange.UPLOADED, by=by, now=now)
    return version, is_new


def note_trial(session: Session, version: TemplateVersion, *, by: str, now: datetime) -> None:
    """It is remembered that a paper was printed with the version, loaded with its format and events."""
    if not any((event.change, event.at) == (TemplateChange.TRIED, now) for event in version.events):
        _change(session, version.format.key, version, TemplateChange.TRIED, by=by, now=now)


def put_live(session: Session, version: TemplateVersion, *, by: str, two_people: bool, now: datetime) -> None:
    """New papers use the version, loaded with its format and events; with `two_people`, not by who uploaded it.

    A version that is live stays so. The one that was live before is live again should this be retired.

    Raises:
        TemplateNotTried: it was uploaded, and no paper was printed with it.
        SecondPersonNeeded: `by` uploaded it.
    """
    key = version.format.key
    current = live_versions(session, [key]).get(key)
    if current is not None and current.id == version.id:
        return
    by_whom = uploader(version)
    if by_whom is not None and not was_tried(version):
        raise TemplateNotTried(key, version.number)
    if two_people and by_whom == by:
        raise SecondPersonNeeded(key, version.number)
    _change(session, key, version, TemplateChange.LIVE, by=by, now=now)
    version.format.name = parse_manifest(version.manifest).name


def _kept(
    session: Session, blobs: Blobs, key: str, manifest: str, template: bytes, *, by: str, now: datetime
) -> tuple[TemplateVersion, bool]:
    """The version of the format with this manifest and template, and whether it is new; a new format is made."""
    row = find(session, key)
    if row is None:
        row = Format(key=key, name=parse_manifest(manifest).name, versions=[])
        session.add(row)
    digest = pair_digest(manifest, template)
    version = next((known for known in row.versions if known.digest == digest), None)
    if version is not None:
        session.refresh(version, ["format"])  # it came with its format, which does not say so by itself
        return version, False
    version = TemplateVersion(
        number=max((known.number for known in row.versions), default=0) + 1,
        digest=digest,
        manifest=manifest,
        template_digest=blobs.put(template),
        added_at=now,
        format=row,
        events=[],
    )
    session.add(version)
    session.flush()
    record(
        session,
        actions.TEMPLATE_ADDED,
        actions.template_object(key, version.number),
        by=by,
        at=now,
        digests={"content": template_version_digest(version)},
    )
    return version, True


def pair_digest(manifest: str, template: bytes) -> str:
    """SHA-256 that knows a template version: over the manifest's text, a NUL, and the template's content digest."""
    return sha256(f"{manifest}\0{word.content_digest(template)}".encode()).hexdigest()


def retire(session: Session, version: TemplateVersion, *, by: str, now: datetime) -> None:
    """The template version, loaded with its format and events, is retired: no new paper uses it.

    Where it was live, the version that was live before it is so again, unless that is retired too. Raises
    TemplateIsRetired.
    """
    fates = [event.change for event in version.events if event.change != TemplateChange.TRIED]
    if fates and fates[-1] == TemplateChange.RETIRED:
        raise TemplateIsRetired(version.format.key, version.number)
    _change(session, version.format.key, version, TemplateChange.RETIRED, by=by, now=now)


def _change(
    session: Session, key: str, version: TemplateVersion, change: TemplateChange, *, by: str, now: datetime
) -> None:
    version.events.append(TemplateEvent(change=change, at=now, by=by))
    session.flush()
    record(session, f"template.{change}", actions.template_object(key, version.number), by=by, at=now)


def faults_of_manifest(key: str, manifest: str) -> Iterator[Fault]:
    """What is wrong with a `format.toml` for the format `key`, its places below `manifest`."""
    try:
        said = parse_manifest(manifest)
    except FaultyManifest as error:
        yield from (_below("manifest", fault) for fault in error.faults)
        return
    for place, why in equal_labels(said.labels):
        yield _below("manifest", fault_at(manifest, place, why))
    if said.key != key:
        yield Fault("manifest.key", f"is “{said.key}”, but this is the format “{key}”")


def _faults_of_template(template: bytes, vocabulary: word.Vocabulary) -> Iterator[Fault]:
    if len(template) > LARGEST_TEMPLATE:
        yield Fault("template", f"is larger than {LARGEST_TEMPLATE // 1024 // 1024} MiB")
        return
    for finding in word.check(template, vocabulary):
        if finding.severity == "error":
            yield Fault("template", str(finding))


def missing_styles(manifest: Manifest, template: bytes) -> Iterator[word.Finding]:
    """An error for each style that this manifest's papers cannot do without: their numbers would be lost."""
    for name in word.lacking(template, manifest.needed_styles()):
        what = f"has no style “{name}”, and format.toml asks for what it prints"
        yield word.Finding("error", "missing-style", what)


def _below(place: str, fault: Fault) -> Fault:
    return Fault(f"{place}.{fault.where}" if fault.where else place, fault.what)
