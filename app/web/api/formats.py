"""Formats: a Word template with its format.toml, in versions."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action
from app.blobs import Blobs
from app.errors import Conflict
from app.facts import read
from app.facts.shapes import FormatShape, Shape
from app.fields import KeyText
from app.formats import queries as formats
from app.formats.models import TemplateChange, TemplateVersion
from app.formats.queries import Stage
from app.web.api import examples
from app.web.api.body import JsonBody
from app.web.api.conditions import Preconditions
from app.web.api.entries import AtDesk
from app.web.api.kinds import Kind, Listing
from app.web.api.lists import Paging, every
from app.web.api.representation import plain, shown
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, FormatManager, Here, Reading, Store
from app.web.downloads import DOCX_CONTENT, DOWNLOAD, download
from app.web.openapi import ETAG, LINK, gives, problems, takes

router = for_accounts("/formats", "formats")


class LoadedAlone(Conflict):
    """A format was to be written, live at once, where two people are asked for."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Here a template goes live by a second person. Send it to /api/v1/formats/{key}/versions, try it, "
            "and let a colleague put it live."
        )


Number = Annotated[int, Path(ge=1, le=999_999_999, description="Number of the template version")]


class TemplateHappening(BaseModel):
    """What became of a template version."""

    change: TemplateChange
    at: datetime
    by: str = Field(description="Key of the account")


class TemplateOut(BaseModel):
    """One template version of a format."""

    number: int
    digest: str = Field(description="Digest of manifest and template")
    template_digest: str = Field(description="SHA-256 of the Word file")
    added_at: datetime
    live: bool = Field(description="Whether papers are made with it now")

    @classmethod
    def of(cls, version: TemplateVersion, live: TemplateVersion | None) -> "TemplateOut":
        """What the row says, beside the format's live version."""
        return cls(
            number=version.number,
            digest=version.digest,
            template_digest=version.template_digest,
            added_at=version.added_at.astimezone(UTC),
            live=live is not None and live.id == version.id,
        )


class TemplateWithLife(TemplateOut):
    """One template version of a format, how far it has come, and who brought it there."""

    stage: Stage = Field(description="uploaded, tried, live, replaced (live until another was) or retired")
    events: list[TemplateHappening] = Field(description="What became of it, the first at first")

    @classmethod
    def of(cls, version: TemplateVersion, live: TemplateVersion | None) -> "TemplateWithLife":
        """What the row and its events say, beside the format's live version."""
        happened = [
            TemplateHappening(change=event.change, at=event.at.astimezone(UTC), by=event.by) for event in version.events
        ]
        said = TemplateOut.of(version, live).model_dump()
        return cls(**said, stage=formats.stage_of(version, live), events=happened)


class TemplateInFull(TemplateWithLife):
    """One template version of a format with its life and its manifest."""

    manifest: str = Field(description="The format.toml, as text")


class FormatListed(BaseModel):
    """What a list shows of a format."""

    key: str
    name: str
    live: TemplateOut | None = Field(description="The template version that papers are made with now")


TEMPLATE: dict[str, Any] = {
    "number": 1,
    "digest": examples.DIGEST,
    "template_digest": examples.DIGEST,
    "added_at": "2026-11-21T09:00:00Z",
    "live": True,
}

LIFE: dict[str, Any] = TEMPLATE | {
    "stage": "live",
    "events": [{"change": "live", "at": "2026-11-21T09:00:00Z", "by": "template-manager"}],
}

LISTED: dict[str, Any] = {"key": "scrutiny", "name": "Scrutiny paper", "live": TEMPLATE}


def kind(blobs: Blobs) -> Kind:
    """Formats as a kind of facts; their templates lie among these blobs."""

    def read_format(session: Session, key: str) -> Shape:
        return read.format_(session, blobs, key)

    return Kind(
        plural="formats",
        address="formats",
        word="format",
        words="formats",
        tag="formats",
        key="key",
        shape=FormatShape,
        read=read_format,
        example=examples.FORMAT,
        says="",
    )


@router.get(
    "",
    summary="List formats",
    description="In the order of their keys, each with the template version that is live.",
    operation_id="list_formats",
    responses={
        200: gives(
            Listing[FormatListed],
            "One page of the list.",
            example={"items": [LISTED], "next": None},
            headers=LINK,
        ),
        **problems(),
    },
    response_class=Response,
)
def list_formats(_who: FactsReader, session: Reading, page: Paging) -> Response:
    """Every format and what is live of it."""

    def show(key_and_name: tuple[str, str]) -> dict[str, Any]:
        key, name = key_and_name
        live = formats.live_versions(session, [key]).get(key)
        return plain(FormatListed(key=key, name=name, live=TemplateOut.of(live, live) if live else None))

    found = every(
        lambda after, size: [(row.key, row.name) for row in formats.formats(session, after=after, limit=size)],
        page.after,
        size=page.limit + 1,
        key=lambda row: row[0],
    )
    return page.of(found, key=lambda row: row[0], show=show)


@router.get(
    "/{key}",
    summary="Read a format",
    description="The live version: format.toml as text, the Word template in base 64. It can be sent back with PUT.",
    operation_id="get_formats",
    responses={
        200: gives(FormatShape, "The format's live version.", example=examples.FORMAT, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404, 409),
    },
    response_class=Response,
)
def get_format(key: KeyText, _who: FactsReader, session: Reading, blobs: Store, conditions: Preconditions) -> Response:
    """The live version."""
    return shown(read.format_(session, blobs, key), conditions)


@router.put(
    "/{key}",
    summary="Add a version of a format",
    description="Manifest and template are checked together; what has faults is refused with every one of them named. "
    "What differs from every version there was becomes the next one; what is sent is live afterwards. "
    "Where templates go live by a second person, only an administrator may do this.",
    operation_id="put_formats",
    openapi_extra=takes(FormatShape, examples.FORMAT),
    responses={
        200: gives(FormatShape, "The format as it is now.", example=examples.FORMAT, headers=ETAG),
        201: gives(FormatShape, "The format that was made.", example=examples.FORMAT, headers=ETAG),
        **problems(404, 409, 412, 413, 415, 428),
    },
    response_class=Response,
)
def put_format(
    *, key: KeyText, who: FormatManager, document: JsonBody, here: Here, blobs: Store, desk: AtDesk
) -> Response:
    """The format's live version is what was sent."""
    if here.two_people_for_templates and not policy.may(who, Action.PUT_TEMPLATES_LIVE_ALONE):
        raise LoadedAlone(key)
    return desk.put(kind(blobs), key, document, who)


@router.get(
    "/{key}/versions",
    summary="List the template versions of a format",
    description="In the order of their numbers. Papers that were made with one keep naming it.",
    operation_id="list_formats_versions",
    responses={
        200: gives(
            Listing[TemplateWithLife],
            "One page of the list.",
            example={"items": [LIFE], "next": None},
            headers=LINK,
        ),
        **problems(404),
    },
    response_class=Response,
)
def list_format_versions(key: KeyText, _who: FactsReader, session: Reading, page: Paging) -> Response:
    """The format's template versions, first to last."""
    live = formats.live_versions(session, [key]).get(key)
    after = page.after_number()
    rows = (version for version in formats.get(session, key).versions if version.number > after)
    return page.of(
        rows, key=lambda version: str(version.number), show=lambda version: plain(TemplateWithLife.of(version, live))
    )


@router.get(
    "/{key}/versions/{number}",
    summary="Read one template version of a format",
    description="Its digests and its format.toml; it never changes, but for whether it is live.",
    operation_id="get_formats_version",
    responses={
        200: gives(
            TemplateInFull,
            "The template version.",
            example=LIFE | {"manifest": examples.FORMAT["manifest"]},
            headers=ETAG,
        ),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_format_version(
    key: KeyText, number: Number, _who: FactsReader, session: Reading, conditions: Preconditions
) -> Response:
    """The template version with this number."""
    version = formats.get_version(session, key, number)
    live = formats.live_versions(session, [key]).get(key)
    said = TemplateWithLife.of(version, live).model_dump()
    return shown(TemplateInFull(**said, manifest=version.manifest), conditions)


@router.get(
    "/{key}/versions/{number}/template",
    summary="Download the Word template of a template version",
    description="The very bytes that were kept.",
    operation_id="download_formats_template",
    responses={
        200: gives(None, "The Word template.", headers=DOWNLOAD, content=DOCX_CONTENT),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def download_template(
    *, key: KeyText, number: Number, _who: FactsReader, session: Reading, blobs: Store, conditions: Preconditions
) -> Response:
    """The kept bytes, named after the format and the number."""
    version = formats.get_version(session, key, number)
    etag = f'"{version.template_digest}"'
    if conditions.knows(etag):
        return Response(status_code=304, headers={"ETag": etag})
    return download(blobs.get(version.template_digest), f"{key} template {number}.docx")
