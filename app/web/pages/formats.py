"""Formats of papers: what there is, each with its template versions as a timeline, and the files of those."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Action
from app.fields import KeyText
from app.formats import queries as formats
from app.formats.models import Format, TemplateChange, TemplateVersion
from app.formats.queries import Stage
from app.web.downloads import download
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Allowed, Visit

router = page_router()

MOST = 50
"""Formats on one page of the list."""

Reading = Annotated[Visit, Depends(Allowed(Action.READ_FACTS))]

Number = Annotated[int, Path(ge=1, le=999_999_999)]

STAGES: dict[Stage, tuple[str, str]] = {
    Stage.UPLOADED: ("Uploaded, not tried", "yellow"),
    Stage.TRIED: ("Tried, not live", "blue"),
    Stage.LIVE: ("Live", "green"),
    Stage.REPLACED: ("Replaced", "grey"),
    Stage.RETIRED: ("Retired", "red"),
}
"""How far a template version has come → its words, and the colour of their tag."""

CHANGES: dict[TemplateChange, str] = {
    TemplateChange.UPLOADED: "Uploaded",
    TemplateChange.TRIED: "Tried",
    TemplateChange.LIVE: "Put live",
    TemplateChange.RETIRED: "Retired",
}


@dataclass(frozen=True)
class Happening:
    """What became of a template version, in words, by whom and when."""

    what: str
    by: str
    at: datetime


@dataclass(frozen=True)
class VersionTold:
    """A template version as pages tell of it."""

    number: int
    stage: Stage
    digest: str
    template_digest: str
    manifest: str
    added_at: datetime
    uploaded_by: str | None
    """Key of the account; None: it was loaded, and live at once."""
    was_tried: bool
    happened: tuple[Happening, ...]

    @property
    def words(self) -> str:
        """How far it has come."""
        return STAGES[self.stage][0]

    @property
    def colour(self) -> str:
        """The colour of the tag that says so."""
        return STAGES[self.stage][1]

    @property
    def is_live(self) -> bool:
        """Whether papers are made with it now."""
        return self.stage is Stage.LIVE

    @property
    def live_since(self) -> Happening | None:
        """When it went live last, and who put it there."""
        return next((event for event in reversed(self.happened) if event.what == CHANGES[TemplateChange.LIVE]), None)


@dataclass(frozen=True)
class FormatTold:
    """A format with its template versions, the newest first."""

    key: str
    name: str
    versions: tuple[VersionTold, ...]

    @property
    def live(self) -> VersionTold | None:
        """The version that papers are made with now."""
        return next((version for version in self.versions if version.is_live), None)

    @property
    def waiting(self) -> list[VersionTold]:
        """The versions that never were live."""
        return [version for version in self.versions if version.stage in {Stage.UPLOADED, Stage.TRIED}]


@router.get("/formats")
def every_format(
    visit: Reading,
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The formats, with what is live of each."""
    with visit.reading() as session:
        found = formats.formats(session, after=after, limit=MOST + 1, containing=q.strip())
        rows = _listed(session, found[:MOST])
    return page(
        visit,
        "formats/list.html",
        "Formats",
        formats=rows,
        q=q,
        following=found[MOST - 1].key if len(found) > MOST else None,
        is_first=not after,
        may_add=visit.may(Action.ADD_TEMPLATES),
    )


@router.get("/formats/{key}")
def one_format(key: KeyText, visit: Reading) -> Response:
    """The format, and what became of its template versions."""
    with visit.reading() as session:
        (shown,) = told(session, [formats.get(session, key)])
    return page(visit, "formats/format.html", shown.name, this=shown, may_add=visit.may(Action.ADD_TEMPLATES))


@router.get("/formats/{key}/versions/{number}/template")
def template(key: KeyText, number: Number, visit: Reading) -> Response:
    """The Word template: the very bytes that were kept."""
    with visit.reading() as session:
        kept = formats.get_version(session, key, number)
    return download(visit.here.blobs.get(kept.template_digest), f"{key} template {number}.docx")


@router.get("/formats/{key}/versions/{number}/manifest")
def manifest(key: KeyText, number: Number, visit: Reading) -> Response:
    """The format.toml: the very text that was kept."""
    with visit.reading() as session:
        kept = formats.get_version(session, key, number)
    return download(kept.manifest.encode(), f"{key} {number} format.toml", media_type="application/toml")


def told(session: Session, found: Iterable[Format]) -> list[FormatTold]:
    """The formats, loaded with their versions and events, in words."""
    return _told(session, [(format_, list(reversed(format_.versions))) for format_ in found])


def _listed(session: Session, found: Sequence[Format]) -> list[FormatTold]:
    """The formats with what is live of each and what never was: all that a list says, however long their history."""
    versions = formats.in_question(session, found)
    return _told(session, [(format_, versions[format_.key]) for format_ in found])


def _told(session: Session, found: Sequence[tuple[Format, Sequence[TemplateVersion]]]) -> list[FormatTold]:
    live = formats.live_versions(session, [format_.key for format_, _ in found])
    names = accounts.names(session, (event.by for _, versions in found for one in versions for event in one.events))
    return [
        FormatTold(format_.key, format_.name, tuple(_version(one, live.get(format_.key), names) for one in versions))
        for format_, versions in found
    ]


def _version(version: TemplateVersion, live: TemplateVersion | None, names: dict[str, str]) -> VersionTold:
    return VersionTold(
        number=version.number,
        stage=formats.stage_of(version, live),
        digest=version.digest,
        template_digest=version.template_digest,
        manifest=version.manifest,
        added_at=version.added_at,
        uploaded_by=formats.uploader(version),
        was_tried=formats.was_tried(version),
        happened=tuple(
            Happening(CHANGES[event.change], names.get(event.by, event.by), event.at) for event in version.events
        ),
    )
