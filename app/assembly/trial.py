"""A template tried before papers depend on it: on sample data, on a real paper, and what it changes in the last ones.

Whatever somebody uploaded is filled in a limited process of its own; nothing here is kept.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app import word
from app.assembly.assemble import ENGINE, PREVIEW_LABEL, make_again
from app.assembly.context import PaperContext, for_engine, vocabulary
from app.assembly.naming import file_name
from app.assembly.sample import expected_of, sample_paper
from app.assembly.selection import select_for
from app.assembly.snapshot import PersonFacts, Snapshot, TemplateFacts
from app.assembly.standing import NOTHING, Standing, Written
from app.assembly.wording import context_for
from app.blobs import Blobs
from app.errors import Conflict, Fault, Invalid, Problem
from app.formats.commands import UnfitTemplate, faults_of_manifest, missing_styles
from app.formats.fields import FieldKind, FieldValue, Values
from app.formats.manifest import Manifest, parse_manifest
from app.formats.models import TemplateVersion
from app.papers import queries as papers
from app.versions import queries as versions
from app.versions.models import Version
from app.word.trial import tried

LAST = 3
"""Of how many papers the effect is shown where nobody says."""


class CannotBePrinted(Invalid):
    """The template version prints no paper of these facts; names what stands in the way."""


class PaperOfAnotherFormat(Conflict):
    """A template version was to be tried on a paper that is built otherwise."""

    def __init__(self, reference: str, format_key: str, key: str) -> None:
        super().__init__(f"The paper {reference} has the format “{format_key}”: it says nothing of “{key}”.")


@dataclass(frozen=True)
class Trial:
    """A paper of a template version that is not live: the document and its name, what it lacks, and who cannot read it.

    `barriers` are those of `word.accessibility`.
    """

    content: bytes
    file_name: str
    gaps: tuple[str, ...]
    barriers: tuple[word.Barrier, ...]


@dataclass(frozen=True)
class Effect:
    """What a template version changes in one kept version of a paper: both documents, and their differences.

    `new` is None where the template cannot print it; `why` says why.
    """

    version: Version
    old: bytes
    new: bytes | None
    differences: tuple[word.Difference, ...]
    why: str = ""

    def document(self, which: Literal["old", "new"]) -> bytes:
        """One of the two; raises NoSuchEffect."""
        content = self.old if which == "old" else self.new
        if content is None:
            raise NoSuchEffect(self.why)
        return content


class NoSuchEffect(Conflict):
    """The paper that would be printed anew cannot be."""


def judged(key: str, manifest: str, template: bytes) -> tuple[word.Finding, ...]:
    """What the author of this manifest and template is told, where they can be a version of the format `key`: warnings.

    A paper of sample data is printed, in a limited process.

    Raises:
        UnfitTemplate: with every fault of the manifest and every finding of the template.
        TemplateTooCostly: when the template passes its limits.
    """
    faults = list(faults_of_manifest(key, manifest))
    said = None if faults else parse_manifest(manifest)
    findings = _findings(template, said)
    faults += [Fault("template", str(finding)) for finding in findings if finding.severity == "error"]
    if faults:
        raise UnfitTemplate(f"The format “{key}” cannot be used as it is; nothing was kept.", faults, findings)
    return tuple(findings)


def findings_of(blobs: Blobs, version: TemplateVersion) -> tuple[word.Finding, ...]:
    """What is to be said of a kept template version today; raises TemplateTooCostly."""
    return tuple(_findings(blobs.get(version.template_digest), parse_manifest(version.manifest)))


def _findings(template: bytes, manifest: Manifest | None) -> list[word.Finding]:
    """All findings; without a manifest, those that need none."""
    try:
        word.guard(template)  # most of what is no template is not worth a process
    except word.UnreadableTemplate as error:
        return [word.Finding("error", "unreadable", error.summary)]
    expected = expected_of(manifest) if manifest else None
    findings = list(tried(template, vocabulary(), expected=expected).findings)
    if manifest and not any(finding.code == "unreadable" for finding in findings):
        findings += missing_styles(manifest, template)
    return findings


def try_on_sample(blobs: Blobs, version: TemplateVersion) -> Trial:
    """A paper of invented facts that has everything; raises CannotBePrinted, TemplateTooCostly."""
    manifest = parse_manifest(version.manifest)
    context = sample_paper(manifest)
    content = _printed(context, blobs.get(version.template_digest), blobs.get)
    name = f"{manifest.key} template {version.number} sample.docx"
    return Trial(content, name, tuple(context.gaps), tuple(word.accessibility(content)))


def try_on_paper(session: Session, blobs: Blobs, version: TemplateVersion, reference: str, *, now: datetime) -> Trial:
    """The paper as it would be generated now with the template version, loaded with its format.

    Raises:
        NoPaper: there is none with this reference.
        PaperOfAnotherFormat: it is not of the version's format.
        CannotBePrinted, TemplateTooCostly: the template cannot print it.
    """
    paper = papers.get(session, reference)
    if paper.format.key != version.format.key:
        raise PaperOfAnotherFormat(reference, paper.format.key, version.format.key)
    snapshot = select_for(session, paper, version, stage="preview", label=PREVIEW_LABEL, now=now)
    context = context_for(snapshot)
    content = _printed(context, blobs.get(version.template_digest), blobs.get)
    return Trial(content, file_name(snapshot), tuple(context.gaps), tuple(word.accessibility(content)))


def effects(
    session: Session,
    blobs: Blobs,
    version: TemplateVersion,
    *,
    last: int = LAST,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> list[Effect]:
    """What the template version, loaded with its format, changes in the last papers of its format, the newest first.

    Of the `last` papers that were generated last, each its newest version; only those of the organisation, for
    one of the boards (by key) and with one of the markings, now and as they were printed, where they are given.
    """
    kept = versions.last_of_format(
        session,
        version.format.key,
        limit=last,
        organisation_id=organisation_id,
        boards=boards,
        markings=markings,
    )
    return [effect_on(kept_version, version, blobs) for kept_version in kept if _bears(kept_version, markings)]


def _bears(version: Version, markings: Collection[str] | None) -> bool:
    """Whether one of the markings is printed in the version, whatever its paper's is now; None: any will do."""
    return markings is None or Snapshot.from_json(version.snapshot).paper.marking in markings


def newest_effect(
    session: Session,
    blobs: Blobs,
    version: TemplateVersion,
    reference: str,
    *,
    markings: Collection[str] | None = None,
) -> Effect:
    """What the template version, loaded with its format, changes in the newest version of this paper.

    One that bears one of the markings, where they are given.

    Raises:
        NoPaper: there is none with this reference.
        PaperOfAnotherFormat: it is not of the version's format.
        NoSuchVersion: it was never generated, or its newest version bears another marking.
    """
    paper = papers.kept(session, reference)
    if paper.format != version.format.key:
        raise PaperOfAnotherFormat(reference, paper.format, version.format.key)
    kept = versions.last(session, paper.id)
    if kept is None or not _bears(kept, markings):
        raise versions.NoSuchVersion(reference, "any")
    return effect_on(versions.get(session, reference, kept.label), version, blobs)


def effect_on(kept: Version, version: TemplateVersion, blobs: Blobs) -> Effect:
    """What the template version changes in one kept version, loaded with its paper and template version.

    Both documents say the same facts: those of the kept snapshot. The old one is what was kept, or where an earlier
    engine made that, made again by this one.
    """
    old = blobs.get(kept.file_digest) if kept.engine == ENGINE else make_again(kept, blobs).content
    try:
        snapshot = as_if_made_with(Snapshot.from_json(kept.snapshot), version)
        new = _printed(context_for(snapshot), blobs.get(version.template_digest), blobs.get)
    except Problem as problem:
        return Effect(kept, old, None, (), str(problem))
    return Effect(kept, old, new, tuple(word.differences(old, new)))


def _printed(context: PaperContext, template: bytes, file: Callable[[str], bytes]) -> bytes:
    """The document, made in a limited process; raises CannotBePrinted, TemplateTooCostly."""
    facts = for_engine(context)
    trial = tried(template, vocabulary(), facts, {digest: file(digest) for digest in word.files_in(facts)})
    if trial.document is None:
        errors = [finding for finding in trial.findings if finding.severity == "error"]
        raise CannotBePrinted(
            "The template cannot print this paper.", [Fault("template", str(finding)) for finding in errors]
        )
    return trial.document


# The facts of one format under another manifest


def as_if_made_with(snapshot: Snapshot, version: TemplateVersion) -> Snapshot:
    """The same facts, selected under the manifest of this template version.

    What the paper itself says stays; where the old format spoke (default blocks, clauses), the new one does. A field
    that became one of another kind says nothing.
    """
    manifest = parse_manifest(version.manifest)
    values = _fitting(snapshot.paper.fields, snapshot.manifest, manifest)
    standing = Standing(manifest, values, snapshot.public)
    written = _written(snapshot)
    return snapshot.model_copy(
        update={
            "manifest": manifest,
            "template": TemplateFacts(number=version.number, digest=version.digest),
            "paper": snapshot.paper.model_copy(update={"fields": values}),
            "front_rows": standing.rows(),
            "sections": standing.sections(written),
            "unprinted_sections": standing.unprinted(written),
            "persons": _unnamed(values, manifest) | snapshot.persons,
        }
    )


def _written(snapshot: Snapshot) -> dict[str, Written]:
    """What the paper itself said: the sections that are not as the format alone fills them."""
    alone = {
        section.key: section
        for section in Standing(snapshot.manifest, snapshot.paper.fields, snapshot.public).sections({})
    }
    return {
        section.key: NOTHING if section == alone.get(section.key) else Written(section.heading, section.blocks)
        for section in snapshot.sections
    }


def _fitting(values: Values, old: Manifest, new: Manifest) -> dict[str, FieldValue]:
    """The values whose field is of the kind that it was, or that the new format does not have."""
    before, after = old.every_field, new.every_field
    return {
        key: value
        for key, value in values.items()
        if key not in after or (key in before and before[key].kind is after[key].kind)
    }


def _unnamed(values: Values, manifest: Manifest) -> dict[str, PersonFacts]:
    """The persons whom fields name, as far as only their keys are known."""
    fields = manifest.every_field
    return {
        value: PersonFacts(key=value, name=value, post=None)
        for key, value in values.items()
        if isinstance(value, str) and key in fields and fields[key].kind is FieldKind.PERSON
    }
