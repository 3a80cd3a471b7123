"""The life of a template version: uploaded, tried, compared with what is live, put live, retired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app.accounts import policy
from app.accounts.models import Account
from app.assembly import trial
from app.assembly.reference import every_name
from app.assembly.trial import Effect
from app.audit.commands import REQUEST_ID
from app.db import lock
from app.errors import Fault
from app.facts.entries import NotBase64, template_bytes
from app.fields import KeyText
from app.formats import commands
from app.formats import queries as formats
from app.formats.commands import LONGEST_MANIFEST
from app.formats.models import TemplateVersion
from app.web.api import examples
from app.web.api.body import FaultyBody, RawBody, json_body, media_type, read_as
from app.web.api.conditions import Preconditions
from app.web.api.formats import LIFE, Number, TemplateInFull, TemplateWithLife
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts
from app.web.deps import (
    Bounds,
    FactsReader,
    Here,
    Now,
    Paced,
    Reading,
    SignedIn,
    Store,
    TemplateAdder,
    TemplatePromoter,
    TemplateRetirer,
    TemplateTrier,
    Writing,
    request_id,
)
from app.web.downloads import DOCX_CONTENT, DOWNLOAD, download
from app.web.errors import FaultyParameter, TooLarge
from app.web.openapi import ETAG, LOCATION, REPLAY, gives, problems, takes
from app.web.reach import Reach
from app.web.trace import Tracing, markings_of
from app.word import Difference, Finding

router = for_accounts("/formats/{key}/versions", "formats")
reference_router = for_accounts("", "formats")

FORM = "multipart/form-data"
FILE = {"type": "string", "format": "binary"}


class FindingOut(BaseModel):
    """One thing about a template, in words for its author."""

    severity: Literal["error", "warning"] = Field(description="With an error the template cannot be used")
    code: str = Field(description="Stable name of the kind of finding")
    part: str = Field(description="The part of the file: the body, a header …")
    where: str = Field(description="Where in it")
    quoted: str = Field(description="The paragraph, cut where it is long")
    what: str = Field(description="What is wrong, and how it is put right")
    meant: str = Field(description="The name that was perhaps meant")

    @classmethod
    def of(cls, finding: Finding) -> "FindingOut":
        """What the finding says."""
        return cls.model_validate(finding.to_dict())


class Findings(BaseModel):
    """Everything that is to be said of a template."""

    findings: list[FindingOut]


class TemplateUpload(BaseModel, extra="forbid"):
    """A template with its manifest."""

    manifest: str = Field(max_length=LONGEST_MANIFEST, description="The format.toml, as text")
    template: str = Field(max_length=14_000_000, description="The Word template (.docx), base 64")


class UploadedTemplate(TemplateInFull):
    """A template version that was uploaded, with what its author is told."""

    findings: list[FindingOut] = Field(description="Warnings: it can be used, but its papers may be better")


class DifferenceOut(BaseModel):
    """One thing that a template version changes in a paper."""

    subject: Literal["text", "structure", "looks", "accessibility"]
    code: str = Field(description="Stable name of the kind of difference")
    where: str = Field(description="Where a reader finds it")
    old: str = Field(description="What is there now; empty where nothing is")
    new: str = Field(description="What would be there; empty where nothing would")

    @classmethod
    def of(cls, difference: Difference) -> "DifferenceOut":
        """What the difference says."""
        return cls.model_validate(difference.to_dict())


class EffectOut(BaseModel):
    """What a template version changes in one paper that was generated before."""

    paper: str
    version: str = Field(description="Label of the kept version whose facts are printed")
    made_with: int = Field(description="Number of the template version that printed it")
    differences: list[DifferenceOut]
    why: str = Field(description="Why the new template cannot print it; empty where it can")
    old: str = Field(description="Address of the document as it is")
    new: str | None = Field(description="Address of the document as it would be; null where there is none")

    @classmethod
    def of(cls, effect: Effect, version: TemplateVersion) -> "EffectOut":
        """What the effect says; `version` is the one that is looked at."""
        kept = effect.version
        files = f"{address(version)}/effect/{kept.paper.reference}"
        return cls(
            paper=kept.paper.reference,
            version=kept.label,
            made_with=kept.template_version.number,
            differences=[DifferenceOut.of(difference) for difference in effect.differences],
            why=effect.why,
            old=f"{files}/old",
            new=f"{files}/new" if effect.new is not None else None,
        )


class Effects(BaseModel):
    """What a template version changes in the last papers of its format."""

    papers: list[EffectOut]


class ValueOut(BaseModel):
    """One name that a template may use."""

    name: str = Field(description="With the names that it stands below: sections.heading")
    description: str
    kind: str = Field(description="text, prose, list …")
    tag: str = Field(description="How it is printed, inside the loops of the lists that it stands in; may be empty")
    must_be_printed: bool = Field(description="Whether every template prints it where it is not empty")


class TemplateReference(BaseModel):
    """Every name that a template may use."""

    values: list[ValueOut]


FINDING: dict[str, Any] = {
    "severity": "warning",
    "code": "empty-paragraph",
    "part": "the body",
    "where": "under “Purpose”",
    "quoted": "",
    "what": "Two empty paragraphs follow each other; space belongs to the style.",
    "meant": "",
}
EFFECT: dict[str, Any] = {
    "paper": "COL-2027-03",
    "version": "0.3",
    "made_with": 1,
    "differences": [
        {"subject": "text", "code": "changed", "where": "the body", "old": "Report to", "new": "Report for"},
    ],
    "why": "",
    "old": "/api/v1/formats/scrutiny/versions/2/effect/COL-2027-03/old",
    "new": "/api/v1/formats/scrutiny/versions/2/effect/COL-2027-03/new",
}
IN_FULL: dict[str, Any] = LIFE | {"manifest": examples.FORMAT["manifest"]}


def address(version: TemplateVersion) -> str:
    """Where the template version is found."""
    return f"/api/v1/formats/{version.format.key}/versions/{version.number}"


# What comes in


@dataclass(frozen=True)
class Upload:
    """A template and its manifest that were judged fit, and what is to be said of them."""

    manifest: str
    template: bytes
    findings: tuple[Finding, ...]


async def sent_template(request: Request, body: RawBody) -> tuple[str, bytes]:
    """The manifest and the template's bytes: of a form with two files, or of JSON.

    Raises:
        UnsupportedMediaType: when the body is said to be neither.
        FaultyBody, FaultyParameter: when it does not hold them.
    """
    if media_type(request) != FORM:
        said = read_as(TemplateUpload, json_body(request, body))
        try:
            return said.manifest, template_bytes(said.template)
        except NotBase64 as error:
            raise FaultyBody("What was sent is not right.", [Fault("template", "is not base 64")]) from error
    try:
        async with request.form(max_files=2, max_fields=2) as form:
            return _as_text(await _bytes_in(form, "manifest")), await _bytes_in(form, "template")
    except HTTPException as error:
        raise FaultyParameter("template", f"The form cannot be read: {error.detail}") from error


async def _bytes_in(form: FormData, name: str) -> bytes:
    given = form.get(name)
    if isinstance(given, UploadFile):
        return await given.read()
    if name == "manifest" and isinstance(given, str):
        return given.encode(errors="surrogatepass")
    raise FaultyParameter(name, f"The form must have a field “{name}” that is a file.")


def _as_text(manifest: bytes) -> str:
    if len(manifest) > 4 * LONGEST_MANIFEST:
        raise TooLarge(f"A format.toml has at most {LONGEST_MANIFEST} letters.")
    try:
        return manifest.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyBody("What was sent is not right.", [Fault("manifest", "is not text in UTF-8")]) from error


def judged_upload(
    key: KeyText, sent: Annotated[tuple[str, bytes], Depends(sent_template)], bounds: Bounds, making: Paced
) -> Upload:
    """What was sent, judged before a door of the database opens: that may take a moment.

    Raises:
        TooLarge: the template has more bytes than are taken.
        UnfitTemplate, TemplateTooCostly: with everything that was found.
        TooFast: the account has too many made within a minute.
    """
    manifest, template = sent
    if len(template) > bounds.template_bytes:
        raise TooLarge(f"A template may have at most {bounds.template_bytes / 2**20:.3g} MiB.")
    making.count()
    return Upload(manifest, template, trial.judged(key, manifest, template))


# What happens


class Memory:
    """Writes down that a version was tried: in a transaction of its own, so that no writer waits for a trial."""

    def __init__(self, request: Request, here: Here, account: SignedIn, now: Now) -> None:
        self._database = here.database
        self._request_id = request_id(request)
        self._account: Account = account
        self._now: datetime = now

    def tried(self, key: str, number: int) -> None:
        """The account tried the version just now."""
        with self._database.writing() as session:
            lock(session, "facts")
            session.info[REQUEST_ID] = self._request_id
            version = formats.get_version(session, key, number)
            commands.note_trial(session, version, by=self._account.key, now=self._now)


Remembering = Annotated[Memory, Depends()]


@router.post(
    "",
    summary="Upload a template version",
    description="Template and format.toml are checked together, and a paper of sample data is printed with them in a "
    "process of little time and memory. With an error nothing is kept, and the answer holds every finding; warnings "
    "are told. The version is not live: try it, see its effect, and let it be put live. What the format already has is "
    "answered as it is.",
    operation_id="upload_template",
    openapi_extra=takes(
        TemplateUpload,
        {name: examples.FORMAT[name] for name in ("manifest", "template")},
        also={
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"manifest": FILE, "template": FILE},
                    "required": ["manifest", "template"],
                }
            }
        },
    ),
    responses={
        200: gives(
            UploadedTemplate,
            "The format has this version already.",
            example=IN_FULL | {"findings": [FINDING]},
            headers=LOCATION | REPLAY,
        ),
        201: gives(
            UploadedTemplate,
            "The version that was added.",
            example=IN_FULL | {"findings": [FINDING]},
            headers=LOCATION | REPLAY,
        ),
        **problems(409, 413, 415, 429),
    },
    response_class=Response,
)
def upload_template(
    *,
    key: KeyText,
    who: TemplateAdder,
    upload: Annotated[Upload, Depends(judged_upload)],
    session: Writing,
    blobs: Store,
    once: Doing,
    now: Now,
) -> Response:
    """The version is kept, and not live."""

    def make() -> Response:
        version, is_new = commands.upload_template_version(
            session, blobs, key, upload.manifest, upload.template, by=who.key, now=now
        )
        life = _life_of(session, key, version.number)
        found = [FindingOut.of(finding) for finding in upload.findings]
        said = UploadedTemplate(**life.model_dump(), manifest=version.manifest, findings=found)
        return json_answer(plain(said), 201 if is_new else 200, {"Location": address(version)})

    return once.answer(commands.pair_digest(upload.manifest, upload.template).encode(), make)


@router.get(
    "/{number}/findings",
    summary="See what is to be said of a template version",
    description="What an upload of it would be told today: warnings, and errors where checks became stricter.",
    operation_id="get_template_findings",
    responses={
        200: gives(Findings, "Everything that was found.", example={"findings": [FINDING]}),
        **problems(404, 429),
    },
    response_class=Response,
)
def get_findings(
    *, key: KeyText, number: Number, _who: TemplateTrier, session: Reading, blobs: Store, making: Paced
) -> Response:
    """The findings of the version."""
    version = formats.get_version(session, key, number)
    making.count()
    found = [FindingOut.of(finding) for finding in trial.findings_of(blobs, version)]
    return json_answer(plain(Findings(findings=found)))


@router.post(
    "/{number}/trial",
    summary="Try a template version",
    description="A paper printed with it: of sample data that has everything, or of the facts that one paper has now. "
    "It is not kept; that it was tried is remembered. Barriers to accessibility are counted in `Barriers`.",
    operation_id="try_template",
    responses={
        200: gives(
            None,
            "The document.",
            headers=DOWNLOAD
            | {
                "Barriers": {
                    "description": "How much keeps somebody from reading the document",
                    "schema": {"type": "integer"},
                }
            },
            content=DOCX_CONTENT,
        ),
        **problems(404, 409, 429),
    },
    response_class=Response,
)
def try_template(
    *,
    key: KeyText,
    number: Number,
    who: TemplateTrier,
    session: Reading,
    blobs: Store,
    now: Now,
    trace: Tracing,
    memory: Remembering,
    making: Paced,
    paper: Annotated[KeyText | None, Query(description="Reference of a paper; without one, sample data")] = None,
) -> Response:
    """The paper, printed with the version."""
    version = formats.get_version(session, key, number)
    making.count()
    if paper is None:
        tried = trial.try_on_sample(blobs, version)
    else:
        real = Reach(session, who).paper(paper)
        tried = trial.try_on_paper(session, blobs, version, paper, now=now)
        trace.reading(paper, real.marking, "trial")
    memory.tried(key, number)
    return download(tried.content, tried.file_name, {"Barriers": str(len(tried.barriers))})


@router.get(
    "/{number}/effect",
    summary="See what a template version changes",
    description="The newest versions of the last papers of the format, printed with this version of the template from "
    "the facts that were kept with them: what is inserted, deleted, changed, built or looks otherwise, and who can "
    "read it. Only papers that exist for this account.",
    operation_id="get_template_effect",
    responses={
        200: gives(Effects, "The papers and their differences.", example={"papers": [EFFECT]}),
        **problems(404, 429),
    },
    response_class=Response,
)
def get_effect(
    *,
    key: KeyText,
    number: Number,
    who: TemplateTrier,
    session: Reading,
    blobs: Store,
    trace: Tracing,
    making: Paced,
    last: Annotated[int, Query(ge=1, le=10, description="How many papers")] = trial.LAST,
) -> Response:
    """What would be different."""
    version = formats.get_version(session, key, number)
    making.count(last)
    found = trial.effects(
        session,
        blobs,
        version,
        last=last,
        organisation_id=policy.confined_to(who),
        boards=who.boards,
        markings=who.markings,
    )
    for effect in found:
        trace.reading(effect.version.paper.reference, markings_of(effect.version), "effect")
    return json_answer(plain(Effects(papers=[EffectOut.of(effect, version) for effect in found])))


@router.get(
    "/{number}/effect/{reference}/{which}",
    summary="Download a document of an effect",
    description="The paper's newest version as it is (`old`), or as this version of the template prints it (`new`).",
    operation_id="download_template_effect",
    responses={
        200: gives(None, "The Word document.", headers=DOWNLOAD, content=DOCX_CONTENT),
        **problems(404, 409, 429),
    },
    response_class=Response,
)
def download_effect(
    *,
    key: KeyText,
    number: Number,
    reference: KeyText,
    which: Literal["old", "new"],
    who: TemplateTrier,
    session: Reading,
    blobs: Store,
    trace: Tracing,
    making: Paced,
) -> Response:
    """One of the two documents."""
    version = formats.get_version(session, key, number)
    Reach(session, who).paper(reference)
    making.count()
    effect = trial.newest_effect(session, blobs, version, reference, markings=who.markings)
    content = effect.document(which)
    trace.reading(reference, markings_of(effect.version), "effect")
    return download(content, f"{reference} {effect.version.label} {which} template.docx")


@router.post(
    "/{number}/live",
    summary="Put a template version live",
    description="From now on, papers are generated with it; what was generated before stays as it is. An uploaded "
    "version must have been tried, and where the service asks for two people, its uploader may not do this.",
    operation_id="put_template_live",
    responses={200: gives(TemplateWithLife, "The version, live.", example=LIFE), **problems(404, 409)},
    response_class=Response,
)
def put_live(
    *, key: KeyText, number: Number, who: TemplatePromoter, session: Writing, here: Here, now: Now
) -> Response:
    """The version is live."""
    version = formats.get_version(session, key, number)
    commands.put_live(session, version, by=who.key, two_people=here.two_people_for_templates, now=now)
    return json_answer(plain(_life_of(session, key, number)))


@router.post(
    "/{number}/retire",
    summary="Retire a template version",
    description="No new paper uses it. Where it was live, the version that was live before it is so again, unless that "
    "is retired too. It is never deleted: papers that were made with it are proved with it.",
    operation_id="retire_template",
    responses={200: gives(TemplateWithLife, "The version, retired.", example=LIFE), **problems(404, 409)},
    response_class=Response,
)
def retire(*, key: KeyText, number: Number, who: TemplateRetirer, session: Writing, now: Now) -> Response:
    """The version is retired."""
    commands.retire(session, formats.get_version(session, key, number), by=who.key, now=now)
    return json_answer(plain(_life_of(session, key, number)))


@router.get(
    "/{number}/manifest",
    summary="Download the format.toml of a template version",
    description="The very text that was kept.",
    operation_id="download_manifest",
    responses={
        200: gives(
            None, "The format.toml.", headers=DOWNLOAD, content={"application/toml": {"schema": {"type": "string"}}}
        ),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def download_manifest(
    key: KeyText, number: Number, _who: FactsReader, session: Reading, conditions: Preconditions
) -> Response:
    """The manifest's text."""
    version = formats.get_version(session, key, number)
    answer = download(version.manifest.encode(), f"{key} {number} format.toml", media_type="application/toml")
    etag = answer.headers["etag"]
    return Response(status_code=304, headers={"ETag": etag}) if conditions.knows(etag) else answer


@reference_router.get(
    "/template-reference",
    summary="Read what a template may print",
    description="Every name that a template may use, with what it stands for: the manual of template authors.",
    operation_id="get_template_reference",
    responses={
        200: gives(
            TemplateReference,
            "The names, in the order of the paper.",
            example={
                "values": [
                    {
                        "name": "sections.heading",
                        "description": "Heading as printed",
                        "kind": "text",
                        "tag": "{{ section.heading }}",
                        "must_be_printed": True,
                    }
                ]
            },
        ),
        **problems(),
    },
    response_class=Response,
)
def get_reference(_who: FactsReader) -> Response:
    """The vocabulary with its descriptions."""
    values = [
        ValueOut(name=place, description=name.description, kind=name.kind, tag=name.tag, must_be_printed=name.must)
        for place, name in every_name()
    ]
    return json_answer(plain(TemplateReference(values=values)))


def _life_of(session: Session, key: str, number: int) -> TemplateWithLife:
    """The version as its row and events are after a change."""
    session.flush()
    session.expire_all()
    version = formats.get_version(session, key, number)
    return TemplateWithLife.of(version, formats.live_versions(session, [key]).get(key))
