"""The whole journey of a paper on one screen: preview, generate, and the proof that a version can be made again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from app import word
from app.accounts.models import Account
from app.assembly.answers import Answers
from app.assembly.context import for_engine, vocabulary
from app.assembly.naming import file_name
from app.assembly.regions import stored_texts
from app.assembly.selection import select_for
from app.assembly.snapshot import Snapshot
from app.assembly.wording import SNAPSHOT_DIGEST, context_for
from app.blobs import Blobs, MissingBlob
from app.boards.deadlines import LONDON
from app.db import lock
from app.formats import queries as formats
from app.formats.manifest import parse_manifest
from app.formats.models import TemplateVersion
from app.narrative import text
from app.papers import commands as paper_commands
from app.papers import queries as papers
from app.versions import commands as version_commands
from app.versions import queries as versions
from app.versions.commands import Document
from app.versions.models import Version

Facts: TypeAlias = Mapping[str, Any]
"""A paper's context as the engine takes it."""

ENGINE = 5
"""Rises whenever the same facts and template give another document, for any reason: narrative, wording or word."""

PREVIEW_LABEL = "Preview"


@dataclass(frozen=True)
class Generated:
    """A kept version with its paper and template version, whether it was made just now, and what it says is missing."""

    version: Version
    is_new: bool
    gaps: tuple[str, ...]


def preview(session: Session, blobs: Blobs, reference: str, *, now: datetime, public: bool = False) -> Document:
    """The paper, or its public copy, as it would be generated now; takes no number and is not kept."""

    def made() -> Document:
        template, snapshot = _selected(session, reference, now, public=public)
        return make(snapshot, blobs.get(template.template_digest), blobs.get)

    return _ANSWERS.answer(session, ("preview", reference, public, _today(now)), made)


def facts_of(session: Session, reference: str, *, now: datetime) -> Snapshot:
    """The facts that a preview of the paper would be made of."""
    question = "facts", reference, _today(now)
    return _ANSWERS.answer(session, question, lambda: _selected(session, reference, now, public=False)[1])


_ANSWERS = Answers()
"""Of the time they take the day alone."""


def _today(now: datetime) -> date:
    return now.astimezone(LONDON).date()


def _selected(session: Session, reference: str, now: datetime, *, public: bool) -> tuple[TemplateVersion, Snapshot]:
    paper = papers.to_assemble(session, reference)
    template = formats.live(session, paper.format.key)
    return template, select_for(session, paper, template, stage="preview", label=PREVIEW_LABEL, now=now, public=public)


def assemble(session: Session, blobs: Blobs, reference: str, *, by: Account, now: datetime) -> Generated:
    """The paper's next version, kept; or the newest one, where nothing but its label would change.

    Raises:
        PaperIsNotOpen: the paper is no draft; what it is stays as it was submitted or approved.
    """
    lock(session, "facts")  # on PostgreSQL too, nothing is loaded between the first fact that is read and the last
    paper = papers.to_assemble(session, reference)
    paper_commands.require_open(paper)
    template = formats.live(session, paper.format.key)
    newest = versions.last(session, paper.id)
    number = newest.number + 1 if newest else 1
    label = draft_label(session, paper.id, template, number)
    snapshot = select_for(session, paper, template, stage="draft", label=label, now=now)
    context = context_for(snapshot)
    facts = for_engine(context)
    content = blobs.get(template.template_digest)
    if newest and _says_the_same(newest, snapshot, facts, content, blobs.get):
        return Generated(newest, is_new=False, gaps=tuple(context.gaps))
    document = _document(snapshot, facts, content, blobs.get)
    paper_commands.set_written_on(paper, _today(now))
    version = version_commands.keep(
        session, blobs, paper=paper, number=number, template=template, document=document, by=by.key, now=now
    )
    return Generated(version, is_new=True, gaps=document.gaps)


def draft_label(session: Session, paper_id: int, template: TemplateVersion, number: int) -> str:
    """What the paper's version with this number is called if it is a draft; no version of it has that label."""
    approved = versions.approvals(session, paper_id)
    came_out_again = versions.reissued(session, paper_id)
    since = number - 1 - approved[-1].number - len(versions.issues(session, approved[-1].id)) if approved else 0
    labels = parse_manifest(template.manifest).labels
    return free_label(
        session, paper_id, lambda on: labels.of_draft(number - came_out_again + on, len(approved), since + on)
    )


def free_label(session: Session, paper_id: int, counted: Callable[[int], str]) -> str:
    """The first of the labels counted from 0 that no version of the paper has."""
    taken = versions.labels(session, paper_id)
    return next(label for on in count() if (label := counted(on)) not in taken)


def _no_file(digest: str) -> bytes:
    raise MissingBlob(digest)


def make(snapshot: Snapshot, template: bytes, file: Callable[[str], bytes] = _no_file) -> Document:
    """The document of a snapshot: a pure function of the snapshot, the template and the engine.

    `file` gives the bytes of a picture by its digest, which the snapshot names.
    """
    return _document(snapshot, for_engine(context_for(snapshot)), template, file)


def _document(snapshot: Snapshot, facts: Facts, template: bytes, file: Callable[[str], bytes]) -> Document:
    printed = _printed(facts, template, file)
    return Document(
        content=printed.packed(),
        content_digest=printed.content_digest,
        file_name=file_name(snapshot),
        snapshot=snapshot.to_json(),
        facts_digest=snapshot.facts_digest,
        engine=ENGINE,
        label=snapshot.label,
        gaps=tuple(facts["gaps"]),
    )


def _printed(facts: Facts, template: bytes, file: Callable[[str], bytes]) -> word.Filled:
    compiled = word.compile_template(template, vocabulary())
    return word.fill(compiled, facts, {digest: file(digest) for digest in word.files_in(facts)})


def _says_the_same(
    version: Version, snapshot: Snapshot, facts: Facts, template: bytes, file: Callable[[str], bytes]
) -> bool:
    """Whether these facts make the document of this draft, but for the label and the digest of the facts in it.

    What was approved is no draft: what comes after it is a version of its own, also where it prints the same.
    """
    if version.engine != ENGINE:
        return False
    if version.facts_digest == snapshot.facts_digest:
        return True
    before = Snapshot.from_json(version.snapshot)
    if before.stage != snapshot.stage or _rewords(before, snapshot, facts):
        return False
    # Facts may have changed that the template does not print: only the document tells.
    context = context_for(snapshot.model_copy(update={"label": version.label}))
    custom = context.document.custom | {SNAPSHOT_DIGEST: version.snapshot_digest}
    properties = context.document.model_copy(update={"custom": custom})
    again = _printed(for_engine(context.model_copy(update={"document": properties})), template, file)
    return again.content_digest == version.content_digest


def _rewords(kept: Snapshot, snapshot: Snapshot, facts: Facts) -> bool:
    """Whether a stored text that the paper prints as prose has other words than in what is kept, or is not in it.

    Then the document is another one, and need not be made to tell: every such text is printed, in its own region.
    """
    before, now = stored_texts(kept), stored_texts(snapshot)
    printed = {region for narrative in word.narratives_in(facts) if (region := word.region_of(narrative))}
    return any(
        before.get(region) != now[region] and (region not in before or text(before[region]) != text(now[region]))
        for region in printed
    )


def make_again(version: Version, blobs: Blobs) -> Document:
    """A kept version made once more from its snapshot and template, for proof."""
    template = blobs.get(version.template_version.template_digest)
    return make(Snapshot.from_json(version.snapshot), template, blobs.get)
