"""Generating papers, and what was generated: provenance, frozen facts, the kept bytes."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.assembly.assemble import assemble
from app.compare.documents import Fate
from app.compare.queries import Compared, between
from app.compare.wording import Kind
from app.fields import KeyText, Line
from app.versions import queries as versions
from app.versions.models import Version
from app.web.api import examples
from app.web.api.conditions import Preconditions
from app.web.api.kinds import Listing
from app.web.api.lists import Paging, every
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain, shown
from app.web.api.routing import for_accounts
from app.web.deps import Downloader, Generator, Now, Paced, Reading, Store, VersionReader, Writing
from app.web.downloads import DOCX_CONTENT, DOWNLOAD, download
from app.web.openapi import ETAG, LINK, LOCATION, REPLAY, gives, problems
from app.web.reach import Reach
from app.web.trace import Tracing, markings_of

router = for_accounts("/papers/{reference}/versions", "versions")


class TemplateOfVersion(BaseModel):
    """Which template printed a version."""

    format: str
    number: int
    digest: str = Field(description="Digest of manifest and template")


class VersionOut(BaseModel):
    """One numbered document of a paper, and everything that proves how it came about."""

    paper: str = Field(description="Reference of the paper")
    number: int
    label: str = Field(description="As printed in the document")
    made_at: datetime
    made_by: str = Field(description="Key of the account")
    template: TemplateOfVersion
    engine: int = Field(description="Number of the engine; it rises when output changes")
    snapshot_digest: str = Field(description="SHA-256 of the frozen facts")
    content_digest: str = Field(description="SHA-256 of the document's members, however they are packed")
    file_digest: str = Field(description="SHA-256 of the file")
    size: int = Field(description="Bytes of the file")
    file_name: str
    open_points: int = Field(description="How much that is required the document shows as missing")
    document: str = Field(description="Address of the file")

    @classmethod
    def of(cls, version: Version) -> "VersionOut":
        """What the row says."""
        template = version.template_version
        return cls(
            paper=version.paper.reference,
            number=version.number,
            label=version.label,
            made_at=version.made_at.astimezone(UTC),
            made_by=version.made_by,
            template=TemplateOfVersion(format=template.format.key, number=template.number, digest=template.digest),
            engine=version.engine,
            snapshot_digest=version.snapshot_digest,
            content_digest=version.content_digest,
            file_digest=version.file_digest,
            size=version.size,
            file_name=version.file_name,
            open_points=version.open_points,
            document=f"{address(version)}/document",
        )


class PieceOut(BaseModel):
    """Some words of a change."""

    kind: Kind = Field(description="Whether both versions say it, or only one of them")
    text: str


class ChangeOut(BaseModel):
    """One paragraph, heading or row of a table that is not the same in both versions."""

    number: int = Field(description="In the order of the document, from 1")
    heading: str = Field(description="The heading that it stands under; empty before the first one")
    what: Literal["heading", "paragraph", "row"]
    fate: Fate = Field(description="What became of it")
    pieces: list[PieceOut] = Field(description="Its words, before and after as one; cells of a row are parted by “|”")


class ComparisonOut(BaseModel):
    """What a version says otherwise than another."""

    paper: str = Field(description="Reference of the paper")
    since: str = Field(description="Label of the other version")
    label: str
    changes: list[ChangeOut]

    @classmethod
    def of(cls, found: Compared) -> "ComparisonOut":
        """What was found."""
        changes = [
            ChangeOut(
                number=change.number,
                heading=change.heading,
                what=change.what,
                fate=change.fate,
                pieces=[PieceOut(kind=piece.kind, text=piece.text) for piece in change.pieces],
            )
            for change in found.comparison.changes
        ]
        return cls(paper=found.new.paper.reference, since=found.old.label, label=found.new.label, changes=changes)


def address(version: Version) -> str:
    """Where the version is found."""
    return f"/api/v1/papers/{version.paper.reference}/versions/{version.label}"


@router.post(
    "",
    summary="Generate a paper",
    description="The next version is made of the facts of this moment and kept for ever. Where nothing but its label "
    "would change, the answer is the version that exists.",
    operation_id="generate_paper",
    responses={
        200: gives(
            VersionOut, "Nothing has changed since this version.", example=examples.VERSION, headers=LOCATION | REPLAY
        ),
        201: gives(VersionOut, "The version that was made.", example=examples.VERSION, headers=LOCATION | REPLAY),
        **problems(404, 409, 413, 429),
    },
    response_class=Response,
)
def make_version(
    *, reference: KeyText, who: Generator, session: Writing, blobs: Store, once: Doing, now: Now, making: Paced
) -> Response:
    """The paper's next version, or the one that says all already."""

    def make() -> Response:
        Reach(session, who).paper(reference)
        making.count()  # only here: the answer to a request that comes again costs nothing
        generated = assemble(session, blobs, reference, by=who, now=now)
        version = generated.version
        return json_answer(
            plain(VersionOut.of(version)), 201 if generated.is_new else 200, {"Location": address(version)}
        )

    return once.answer(b"", make)


@router.get(
    "",
    summary="List versions of a paper",
    description="In the order of their numbers; for who receives the paper, those that were released.",
    operation_id="list_versions",
    responses={
        200: gives(
            Listing[VersionOut],
            "One page of the list.",
            example={"items": [examples.VERSION], "next": None},
            headers=LINK,
        ),
        **problems(404),
    },
    response_class=Response,
)
def list_versions(reference: KeyText, who: VersionReader, session: Reading, page: Paging) -> Response:
    """The versions, first to last."""
    reach = Reach(session, who)
    paper, state = reach.what_exists(reference)
    to = reach.receives_as(state)
    found = every(
        lambda after, size: reach.expecting(
            versions.page(session, paper.id, after=int(after), limit=size, released_to=to)
        ),
        str(page.after_number()),
        size=page.limit + 1,
        key=lambda version: str(version.number),
        wanted=reach.is_cleared_for,
    )
    return page.of(found, key=lambda version: str(version.number), show=lambda version: plain(VersionOut.of(version)))


@router.get(
    "/{label}",
    summary="See how a version came about",
    description="Who made it and when, of which facts, with which template and engine; and the digests that prove it.",
    operation_id="get_version",
    responses={
        200: gives(VersionOut, "The version.", example=examples.VERSION, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_version(
    reference: KeyText, label: Line, who: VersionReader, session: Reading, conditions: Preconditions
) -> Response:
    """The version's provenance."""
    return shown(VersionOut.of(Reach(session, who).version(reference, label)), conditions)


@router.get(
    "/{label}/snapshot",
    summary="Read the facts of a version",
    description="Every fact that the version was made of, as canonical JSON: its SHA-256 is the snapshot digest.",
    operation_id="get_snapshot",
    responses={
        200: gives(
            None,
            "The frozen facts.",
            content={"application/json": {"schema": {"type": "object"}, "example": {"snapshot": 1, "label": "0.3"}}},
        ),
        **problems(404),
    },
    response_class=Response,
)
def get_snapshot(reference: KeyText, label: Line, who: Downloader, session: Reading, trace: Tracing) -> Response:
    """The very text of the snapshot."""
    reach = Reach(session, who)
    reach.paper(reference)
    version = reach.version(reference, label)
    trace.reading(reference, markings_of(version), "snapshot")
    return Response(version.snapshot.encode(), media_type="application/json")


@router.get(
    "/{label}/document",
    summary="Download a version",
    description="The very bytes that were kept: never rendered again.",
    operation_id="download_version",
    responses={
        200: gives(None, "The Word document.", headers=DOWNLOAD, content=DOCX_CONTENT),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def download_version(
    *,
    reference: KeyText,
    label: Line,
    who: Downloader,
    session: Reading,
    blobs: Store,
    conditions: Preconditions,
    trace: Tracing,
) -> Response:
    """The kept bytes under the version's file name."""
    version = Reach(session, who).version(reference, label)
    trace.reading(reference, markings_of(version), "document")
    etag = f'"{version.file_digest}"'
    if conditions.knows(etag):
        return Response(status_code=304, headers={"ETag": etag})
    return download(blobs.get(version.file_digest), version.file_name)


@router.get(
    "/{label}/comparison",
    summary="Compare two versions",
    description="What the version says otherwise than another one, word by word: paragraphs, headings, rows of tables. "
    "Pictures, looks and page headers are not compared.",
    operation_id="compare_versions",
    responses={
        200: gives(ComparisonOut, "Every change, in the order of the document.", example=examples.CHANGES),
        **problems(404),
    },
    response_class=Response,
)
def compare_versions(
    *,
    reference: KeyText,
    label: Line,
    who: Downloader,
    session: Reading,
    blobs: Store,
    trace: Tracing,
    since: Annotated[Line | None, Query(description="Label of the other version; else it is the one before")] = None,
) -> Response:
    """What the version changed."""
    reach = Reach(session, who)
    reach.paper(reference)
    found = between(session, blobs, reference, since, label)
    for version in {reach.version(reference, compared.label) for compared in (found.old, found.new)}:
        trace.reading(reference, markings_of(version), "document")
    return json_answer(plain(ComparisonOut.of(found)))
