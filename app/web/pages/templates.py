"""The life of a template version: uploaded, its findings read, tried, its effect seen, put live, retired."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict

from fastapi import Depends, Query
from fastapi.responses import Response

from app.accounts import policy
from app.accounts.policy import Action
from app.assembly import trial
from app.assembly.trial import Trial
from app.errors import Conflict, Fault, Invalid
from app.fields import KeyText
from app.formats import commands
from app.formats import queries as formats
from app.formats.commands import LONGEST_MANIFEST, UnfitTemplate
from app.formats.manifest import FaultyManifest, parse_manifest
from app.papers import queries as papers
from app.web.downloads import download
from app.web.pages.formats import FormatTold, Number, VersionTold, told
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.routing import page_router
from app.web.pages.visit import Allowed, Visit
from app.web.reach import Reach
from app.web.trace import Trace, markings_of
from app.word import Finding

router = page_router()

MOST_PAPERS = 50
"""Papers that a trial offers to choose from: those for the latest meetings."""

Adding = Annotated[Visit, Depends(Allowed(Action.ADD_TEMPLATES))]
Trying = Annotated[Visit, Depends(Allowed(Action.TRY_TEMPLATES))]
Promoting = Annotated[Visit, Depends(Allowed(Action.PUT_TEMPLATES_LIVE))]
Retiring = Annotated[Visit, Depends(Allowed(Action.RETIRE_TEMPLATES))]
Chosen = Annotated[KeyText | None, Query(alias="paper")]


class _Filters(TypedDict):
    organisation_id: int | None
    boards: list[str] | None
    markings: list[str] | None


@dataclass(frozen=True)
class Part:
    """What was found in one part of a template, or in its format.toml."""

    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Found:
    """Everything that was found, by part."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding], faults: Iterable[Fault] = ()) -> "Found":
        """The findings in the order of the file, behind what is wrong with its format.toml."""
        parts: dict[str, list[Finding]] = {}
        for fault in faults:
            where = fault.where.removeprefix("manifest").removeprefix(".")
            parts.setdefault("format.toml", []).append(Finding("error", "manifest", fault.what, "format.toml", where))
        for finding in findings:
            parts.setdefault(finding.part or "the whole template", []).append(finding)
        return cls(tuple(Part(title, tuple(inside)) for title, inside in parts.items()))

    @property
    def errors(self) -> int:
        """How many keep the template from being used."""
        return self._count("error")

    @property
    def warnings(self) -> int:
        """How many do not."""
        return self._count("warning")

    def _count(self, severity: str) -> int:
        return sum(finding.severity == severity for part in self.parts for finding in part.findings)


# Uploading


@router.get("/new-format")
def ask_format(visit: Adding) -> Response:
    """The page on which a new format is brought."""
    return _upload_page(visit, None)


@router.post("/new-format")
def bring_format(visit: Adding, form: Typed) -> Response:
    """The format has its first version, which is not live; or what was found is told."""
    try:
        template, manifest = _sent(form, visit, None)
        key = _key_of(manifest)
        with visit.reading() as session:
            if formats.find(session, key) is not None:
                raise FaultyForm(
                    [Fault("manifest", f"There already is a format “{key}”: open it, and upload a new version there")]
                )
    except FaultyForm as faulty:
        return _upload_page(visit, None, form.refused(faulty, "template", "manifest"))
    return _keep(visit, None, form, key=key, manifest=manifest, template=template)


@router.get("/formats/{key}/upload")
def ask_template(key: KeyText, visit: Adding) -> Response:
    """The page on which a new version is uploaded."""
    return _upload_page(visit, _format(visit, key))


@router.post("/formats/{key}/upload")
def upload(key: KeyText, visit: Adding, form: Typed) -> Response:
    """The format has one more version, which is not live; or what was found is told."""
    this = _format(visit, key)
    try:
        template, manifest = _sent(form, visit, this)
    except FaultyForm as faulty:
        return _upload_page(visit, this, form.refused(faulty, "template", "manifest"))
    return _keep(visit, this, form, key=key, manifest=manifest, template=template)


def _keep(visit: Visit, this: FormatTold | None, form: Form, *, key: str, manifest: str, template: bytes) -> Response:
    visit.count()
    try:
        findings = trial.judged(key, manifest, template)
    except UnfitTemplate as unfit:
        found = Found.of(unfit.findings, [fault for fault in unfit.faults if fault.where.startswith("manifest")])
        return _upload_page(visit, this, form.refused(_verdict(found), "found"), found)
    except Invalid as costly:
        return _upload_page(visit, this, form.refused(costly, "template"))
    with visit.writing() as session:
        version, is_new = commands.upload_template_version(
            session, visit.here.blobs, key, manifest, template, by=visit.account.key, now=visit.now
        )
        number = version.number
    warned = f", with {_counted(len(findings), 'warning')}" if findings else ""
    said = f"Version {number} was uploaded{warned}. It is not live yet."
    return to(
        f"/formats/{key}/versions/{number}", said=said if is_new else f"The format has this already: version {number}."
    )


def _sent(form: Form, visit: Visit, this: FormatTold | None) -> tuple[bytes, str]:
    """The template and the manifest; of a format that is there, what was not sent is as in its newest version."""
    template, manifest = _bytes_of(form, "template"), _bytes_of(form, "manifest")
    newest = this.versions[0] if this is not None and this.versions else None
    faults = []
    if template is None and (newest is None or manifest is None):
        faults.append(Fault("template", "Choose a Word template (.docx)"))
    if manifest is None and newest is None:
        faults.append(Fault("manifest", "Choose a format.toml"))
    if template is not None and len(template) > visit.here.limits.template_bytes:
        most = f"{visit.here.limits.template_bytes / 2**20:.3g} MiB"
        faults.append(Fault("template", f"The template must be {most} or smaller"))
    text = newest.manifest if newest else ""
    if manifest is not None:
        try:
            text = manifest.decode("utf-8-sig")
        except UnicodeDecodeError:
            faults.append(Fault("manifest", "The format.toml must be text in UTF-8"))
        if len(text) > LONGEST_MANIFEST:
            faults.append(Fault("manifest", f"The format.toml must have {LONGEST_MANIFEST:,} letters or fewer"))
    if faults:
        raise FaultyForm(faults)
    return visit.here.blobs.get(newest.template_digest) if template is None and newest else template or b"", text


def _bytes_of(form: Form, name: str) -> bytes | None:
    sent = form.files.get(name)
    return sent[0].file.read() if sent else None


def _key_of(manifest: str) -> str:
    try:
        return parse_manifest(manifest).key
    except FaultyManifest:
        return ""  # no key; what is wrong is told with everything else


def _upload_page(
    visit: Visit, this: FormatTold | None, form: Form = NOTHING_TYPED, found: Found | None = None
) -> Response:
    heading = f"Upload a version of {this.name}" if this else "Bring a new format"
    return page(
        visit,
        "formats/upload.html",
        heading,
        form=form,
        this=this,
        found=found,
        most=f"{visit.here.limits.template_bytes / 2**20:.3g} MB",
    )


# What a version is


@router.get("/formats/{key}/versions/{number}")
def version_page(
    key: KeyText, number: Number, visit: Annotated[Visit, Depends(Allowed(Action.READ_FACTS))]
) -> Response:
    """One template version, and what can be done with it now."""
    return _version_page(visit, key, number)


def _version_page(visit: Visit, key: str, number: int, form: Form = NOTHING_TYPED) -> Response:
    this = _format(visit, key)
    version = _version(this, number)
    return page(
        visit,
        "formats/version.html",
        f"{this.name}, version {number}",
        form=form,
        this=this,
        version=version,
        may_try=visit.may(Action.TRY_TEMPLATES),
        may_promote=visit.may(Action.PUT_TEMPLATES_LIVE),
        may_retire=visit.may(Action.RETIRE_TEMPLATES),
        needs_another=visit.here.two_people_for_templates and version.uploaded_by == visit.account.key,
        two_people=visit.here.two_people_for_templates,
    )


@router.get("/formats/{key}/versions/{number}/findings")
def findings_page(key: KeyText, number: Number, visit: Trying) -> Response:
    """What is to be said of the version today."""
    this = _format(visit, key)
    visit.count()
    with visit.reading() as session:
        version = formats.get_version(session, key, number)
    form, found = NOTHING_TYPED, Found(())
    try:
        found = Found.of(trial.findings_of(visit.here.blobs, version))
    except Invalid as costly:
        form = form.refused(costly)
    return page(
        visit,
        "formats/findings.html",
        f"Findings for {this.name}, version {number}",
        form=form,
        this=this,
        number=number,
        found=found,
    )


# Trying it


@router.get("/formats/{key}/versions/{number}/trial")
def ask_trial(key: KeyText, number: Number, visit: Trying) -> Response:
    """The page on which it is chosen what to try the version on."""
    return _trial_page(visit, key, number)


@router.post("/formats/{key}/versions/{number}/trial")
def try_it(key: KeyText, number: Number, visit: Trying, form: Typed) -> Response:
    """A paper was printed with the version, which is remembered; the page that comes next tells of it."""
    reference = form.value("paper") if form.value("on") == "paper" else None
    try:
        if form.value("on") not in {"sample", "paper"}:
            raise FaultyForm([Fault("on", "Choose what to try the template on")])
        if reference == "":
            raise FaultyForm([Fault("paper", "Choose a paper")])
        _tried(visit, key, number, reference)
    except (Invalid, Conflict) as problem:
        return _trial_page(visit, key, number, form.refused(problem, "on", "paper"))
    with visit.writing() as session:
        commands.note_trial(session, formats.get_version(session, key, number), by=visit.account.key, now=visit.now)
    return to(_address(key, number, "trial/result", reference), said=f"Version {number} was tried.")


@router.get("/formats/{key}/versions/{number}/trial/result")
def trial_result(key: KeyText, number: Number, visit: Trying, reference: Chosen = None) -> Response:
    """What a trial gave: the document, what the paper lacks, and what makes it hard to read."""
    this = _format(visit, key)
    tried = _tried(visit, key, number, reference)
    return page(
        visit,
        "formats/trial_result.html",
        f"Trial of {this.name}, version {number}",
        this=this,
        number=number,
        reference=reference,
        tried=tried,
        document=_address(key, number, "trial/document", reference),
    )


@router.get("/formats/{key}/versions/{number}/trial/document")
def trial_document(key: KeyText, number: Number, visit: Trying, reference: Chosen = None) -> Response:
    """The paper, printed with the version."""
    tried = _tried(visit, key, number, reference)
    return download(tried.content, tried.file_name)


def _tried(visit: Visit, key: str, number: int, reference: str | None) -> Trial:
    visit.count()
    with visit.reading() as session:
        version = formats.get_version(session, key, number)
        if reference is None:
            return trial.try_on_sample(visit.here.blobs, version)
        paper = Reach(session, visit.account).paper(reference)
        tried = trial.try_on_paper(session, visit.here.blobs, version, reference, now=visit.now)
    _trace(visit).reading(reference, paper.marking, "trial")
    return tried


def _trial_page(visit: Visit, key: str, number: int, form: Form = NOTHING_TYPED) -> Response:
    this = _format(visit, key)
    _version(this, number)
    with visit.reading() as session:
        found = papers.of_format(session, key, limit=MOST_PAPERS, **_within_reach(visit))
        choices = [
            {"value": paper.reference, "text": f"{paper.reference}: {paper.title}, {paper.meeting.held_on:%d/%m/%Y}"}
            for paper in found
        ]
    return page(
        visit,
        "formats/trial.html",
        f"Try {this.name}, version {number}",
        form=form,
        this=this,
        number=number,
        choices=choices,
    )


# Its effect


@router.get("/formats/{key}/versions/{number}/effect")
def effect_page(
    key: KeyText, number: Number, visit: Trying, last: Annotated[int, Query(ge=1, le=10)] = trial.LAST
) -> Response:
    """What the version changes in the last papers of its format."""
    this = _format(visit, key)
    visit.count(last)
    with visit.reading() as session:
        version = formats.get_version(session, key, number)
        found = trial.effects(session, visit.here.blobs, version, last=last, **_within_reach(visit))
    for effect in found:
        _trace(visit).reading(effect.version.paper.reference, markings_of(effect.version), "effect")
    return page(
        visit,
        "formats/effect.html",
        f"Effect of {this.name}, version {number}",
        this=this,
        number=number,
        effects=found,
        last=last,
    )


@router.get("/formats/{key}/versions/{number}/effect/{reference}/{which}")
def effect_document(
    *, key: KeyText, number: Number, reference: KeyText, which: Literal["old", "new"], visit: Trying
) -> Response:
    """The paper's newest version as it is, or as the template version prints it."""
    with visit.reading() as session:
        version = formats.get_version(session, key, number)
        Reach(session, visit.account).paper(reference)
        visit.count()
        markings = visit.account.markings
        effect = trial.newest_effect(session, visit.here.blobs, version, reference, markings=markings)
    content = effect.document(which)
    _trace(visit).reading(reference, markings_of(effect.version), "effect")
    return download(content, f"{reference} {effect.version.label} {which} template.docx")


# Live, and no longer


@router.post("/formats/{key}/versions/{number}/live")
def put_live(key: KeyText, number: Number, visit: Promoting, form: Typed) -> Response:
    """New papers are made with the version."""
    try:
        with visit.writing() as session:
            version = formats.get_version(session, key, number)
            two_people = visit.here.two_people_for_templates
            commands.put_live(session, version, by=visit.account.key, two_people=two_people, now=visit.now)
    except (Conflict, commands.SecondPersonNeeded) as problem:
        return _version_page(visit, key, number, form.refused(problem))
    return to(_address(key, number), said=f"Version {number} is live: new papers are made with it.")


@router.post("/formats/{key}/versions/{number}/retire")
def retire(key: KeyText, number: Number, visit: Retiring, form: Typed) -> Response:
    """No new paper is made with the version."""
    try:
        with visit.writing() as session:
            commands.retire(session, formats.get_version(session, key, number), by=visit.account.key, now=visit.now)
            live = formats.live_versions(session, [key]).get(key)
            then = f"Version {live.number} is live." if live else "No version is live now: no paper can be made."
    except Conflict as problem:
        return _version_page(visit, key, number, form.refused(problem))
    return to(_address(key, number), said=f"Version {number} is retired. {then}")


def _format(visit: Visit, key: str) -> FormatTold:
    with visit.reading() as session:
        return told(session, [formats.get(session, key)])[0]


def _version(this: FormatTold, number: int) -> VersionTold:
    found = next((version for version in this.versions if version.number == number), None)
    if found is None:
        raise formats.NoTemplateVersion(this.key, number)
    return found


def _address(key: str, number: int, below: str = "", reference: str | None = None) -> str:
    path = f"/formats/{key}/versions/{number}" + (f"/{below}" if below else "")
    return f"{path}?paper={reference}" if reference else path


def _trace(visit: Visit) -> Trace:
    return Trace(visit.request, visit.here, visit.account, visit.now)


def _within_reach(visit: Visit) -> _Filters:
    who = visit.account
    return {"organisation_id": policy.confined_to(who), "boards": who.boards, "markings": who.markings}


def _verdict(found: Found) -> Invalid:
    what = f"Nothing was kept: {_counted(found.errors, 'error')} found. Put them right, and send the files again"
    return Invalid(what, [Fault("found", what)])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
