"""What changes formats: new template versions, and which of them is live."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from app import word
from app.audit import actions
from app.audit.commands import record
from app.blobs import Blobs
from app.errors import Fault, Invalid
from app.formats.manifest import FaultyManifest, Manifest, parse_manifest
from app.formats.models import Format, TemplateChange, TemplateEvent, TemplateVersion
from app.formats.queries import find, live_versions, template_version_digest

LARGEST_TEMPLATE = 10 * 1024 * 1024
"""Bytes of a Word template."""


class UnfitTemplate(Invalid):
    """A template and its manifest cannot be used as they are; says why."""


def faults_of(key: str, manifest: str, template: bytes, vocabulary: word.Vocabulary) -> list[Fault]:
    """Why this manifest with this template cannot be a version of the format `key`; empty when it can.

    `vocabulary` is the tree of names that a template may use.
    """
    faults = [*_faults_of_manifest(key, manifest), *_faults_of_template(template, vocabulary)]
    return faults or list(_missing_styles(parse_manifest(manifest), template))


def add_template_version(
    session: Session,
    blobs: Blobs,
    key: str,
    manifest: str,
    template: bytes,
    *,
    vocabulary: word.Vocabulary,
    by: str,
    now: datetime,
) -> TemplateVersion:
    """This manifest with this template is the live version of the format `key`; answers that version.

    A pair that the format already has (in content: the digest covers the manifest's text and the template's members)
    is no second version; it goes live again if it is not. The template's bytes are among the blobs.

    Raises:
        UnfitTemplate: with every fault.
    """
    faults = faults_of(key, manifest, template, vocabulary)
    if faults:
        raise UnfitTemplate(f"The format “{key}” cannot be used as it is.", faults)
    row = find(session, key)
    if row is None:
        row = Format(key=key, name="", versions=[])
        session.add(row)
    row.name = parse_manifest(manifest).name
    digest = pair_digest(manifest, template)
    version = next((known for known in row.versions if known.digest == digest), None)
    if version is None:
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
    current = live_versions(session, [key]).get(key)
    if current is None or current.id != version.id:
        _change(session, key, version, TemplateChange.LIVE, by=by, now=now)
    return version


def pair_digest(manifest: str, template: bytes) -> str:
    """SHA-256 that knows a template version: over the manifest's text, a NUL, and the template's content digest."""
    return sha256(f"{manifest}\0{word.content_digest(template)}".encode()).hexdigest()


def retire(session: Session, version: TemplateVersion, *, by: str, now: datetime) -> None:
    """The template version, loaded with its format and events, is retired: no new paper uses it."""
    _change(session, version.format.key, version, TemplateChange.RETIRED, by=by, now=now)


def _change(
    session: Session, key: str, version: TemplateVersion, change: TemplateChange, *, by: str, now: datetime
) -> None:
    version.events.append(TemplateEvent(change=change, at=now, by=by))
    session.flush()
    record(session, f"template.{change}", actions.template_object(key, version.number), by=by, at=now)


def _faults_of_manifest(key: str, manifest: str) -> Iterator[Fault]:
    try:
        said = parse_manifest(manifest)
    except FaultyManifest as error:
        yield from (_below("manifest", fault) for fault in error.faults)
        return
    if said.key != key:
        yield Fault("manifest.key", f"is “{said.key}”, but this is the format “{key}”")


def _faults_of_template(template: bytes, vocabulary: word.Vocabulary) -> Iterator[Fault]:
    if len(template) > LARGEST_TEMPLATE:
        yield Fault("template", f"is larger than {LARGEST_TEMPLATE // 1024 // 1024} MiB")
        return
    for finding in word.check(template, vocabulary):
        if finding.severity == "error":
            yield Fault("template", str(finding))


def _missing_styles(manifest: Manifest, template: bytes) -> Iterator[Fault]:
    """A fault for each style that this manifest's papers cannot do without: their numbers would be lost."""
    for name in word.lacking(template, manifest.needed_styles()):
        yield Fault("template", f"has no style “{name}”, and format.toml asks for what it prints")


def _below(place: str, fault: Fault) -> Fault:
    return Fault(f"{place}.{fault.where}" if fault.where else place, fault.what)
