"""One section of a paper: its heading and its blocks, written, ordered, added and taken out."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import narrative
from app.accounts.policy import Action
from app.errors import Conflict, Fault, Invalid, NotFound
from app.facts.shapes import PaperShape
from app.fields import KeyText
from app.formats.manifest import Manifest, SectionEntry
from app.frameworks import queries as frameworks
from app.narrative import Form as Format
from app.papers import queries as papers
from app.papers.blocks import BLOCKS, default_blocks
from app.papers.commands import confirm_section
from app.pictures import commands as pictures
from app.pictures import image
from app.unsent.models import Unsent
from app.web.loading import plain, state_of
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_blocks import NAMES, Sent, flattened, kinds_to_add, new_block, rows_shown
from app.web.pages.papers_blocks import sent as sent_blocks
from app.web.pages.papers_desk import ChangedMeanwhile, keep_paper, manifest_for, may_type, paper_for
from app.web.pages.papers_parts import Choice, choices, way_back
from app.web.pages.persons import looks_for_persons, persons_for
from app.web.pages.routing import page_router
from app.web.pages.unsent import begun, keeps, sent
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing

router = page_router("/papers/{reference}/sections/{key}")

Blocks = Sequence[Mapping[str, Any]]

MOST = 100


class NoSection(NotFound):
    """The format has no such section."""

    def __init__(self, key: str) -> None:
        super().__init__("section", key)


@router.get("")
def section_page(
    reference: KeyText, key: KeyText, visit: Visiting, trace: Tracing, back: Annotated[str, Query()] = ""
) -> Response:
    """The form with what the section says, or with what was typed into it earlier and not sent yet."""
    visit.authorise(Action.WRITE_FACTS)
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        manifest = manifest_for(session, paper.format)
        entry = _entry(manifest, key)
        form, earlier = begun(session, visit, NOTHING_TYPED)
        said = _typed(form, manifest)[0] if earlier else _said(paper, entry)
        return _shown(session, visit, paper, manifest, entry=entry, said=said, form=form, back=back, earlier=earlier)


@router.post("")
def keep_section(reference: KeyText, key: KeyText, visit: Visiting, trace: Tracing, form: Typed) -> Response:
    """The section says what was typed, unless somebody else changed it meanwhile; then what the button says is done."""
    visit.authorise(Action.WRITE_FACTS)
    back, do = form.value("back"), form.value("do", "save")
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        manifest = manifest_for(session, paper.format)
    entry = _entry(manifest, key)
    said, found = _typed(form, manifest)
    if looks_for_persons(form):
        with visit.reading() as session:
            now = paper_for(session, visit, trace, reference)
            return _shown(session, visit, now, manifest, entry=entry, said=said, form=form, back=back)
    try:
        _add_pictures(visit, form, found.blocks)
        said = said | {"blocks": _done(found.blocks, do, form.value("add"))}
        with visit.writing() as session:
            now = paper_for(session, visit, trace, reference)
            if form.value("seen") != _state(now, entry):
                raise ChangedMeanwhile("this section")
            _keep(session, visit, now, entry, said)
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            now = paper_for(session, visit, trace, reference)
            theirs = _said(now, entry) if isinstance(problem, ChangedMeanwhile) else None
            typed = said | {"blocks": found.blocks}
            shown = _renamed(form.refused(problem), found.names)
            return _shown(session, visit, now, manifest, entry=entry, said=typed, form=shown, back=back, theirs=theirs)
    address = f"/papers/{reference}/sections/{key}"
    if do == "save":
        return to(way_back(reference, back, f"section-{key}"), said=f"“{_heading(said, entry)}” is saved.")
    return to(f"{address}?back={back}" if back == "whole" else address, said="Saved.")


@router.post("/confirmation")
def confirm(reference: KeyText, key: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """What was carried over into the section from the paper before still holds."""
    visit.authorise(Action.WRITE_FACTS)
    with visit.writing() as session:
        paper_for(session, visit, trace, reference)
        confirm_section(session, papers.get(session, reference), key, by=visit.account.key, at=visit.now)
    return to(f"/papers/{reference}", said="The section is confirmed.")


def _may_type(session: Session, visit: Visit, names: Mapping[str, str]) -> None:
    may_type(session, visit, names)
    _entry(manifest_for(session, papers.get(session, names["reference"]).format.key), names["key"])


keeps("/papers/{reference}/sections/{key}", _may_type)


def _shown(
    session: Session,
    visit: Visit,
    paper: PaperShape,
    manifest: Manifest,
    *,
    entry: SectionEntry,
    said: Mapping[str, Any],
    form: Form,
    back: str,
    theirs: Mapping[str, Any] | None = None,
    earlier: Unsent | None = None,
) -> Response:
    own = theirs or not form.typed
    return page(
        visit,
        "papers/section.html",
        _heading(said, entry),
        form=form,
        begun=earlier,
        here=visit.request.url.path,
        rows_shown=rows_shown,
        paper=paper,
        entry=entry,
        said=said,
        blocks=[_for_page(block) for block in said["blocks"]],
        theirs=[_in_words(block) for block in theirs["blocks"]] if theirs else [],
        names=NAMES,
        manifest=manifest,
        kinds=choices(kinds_to_add(manifest, entry.key)),
        persons=persons_for(session, form, chosen=_cleared_by(said)),
        frameworks=choices(
            [
                Choice(row.key, f"{row.name} {row.edition}")
                for row in frameworks.frameworks(session, limit=MOST, ordered_by_name=True)
            ],
            first="Each that chosen workstreams serve",
        ),
        seen=_state(paper, entry) if own else form.value("seen"),
        back=back,
        is_carried=entry.key in papers.carried(session, Reach(session, visit.account).paper(paper.reference).id),
        has_pictures=visit.may(Action.ADD_PICTURES),
    )


def _entry(manifest: Manifest, key: str) -> SectionEntry:
    entry = manifest.section(key)
    if entry is None:
        raise NoSection(key)
    return entry


def _heading(said: Mapping[str, Any], entry: SectionEntry) -> str:
    return said.get("heading") or entry.heading


def _said(paper: PaperShape, entry: SectionEntry) -> dict[str, Any]:
    """What the paper says in the section, as JSON; where it says nothing itself, the format's own blocks."""
    section = next((section for section in paper.sections if section.key == entry.key), None)
    if section is not None and section.blocks:
        return {"heading": section.heading, "blocks": plain(section)["blocks"]}
    return {"heading": section.heading if section else None, "blocks": _given(paper, entry)}


def _typed(form: Form, manifest: Manifest) -> tuple[dict[str, Any], Sent]:
    """What was typed, in the shape of `_said`, and how its blocks were sent."""
    found = sent_blocks(form, manifest)
    return {"heading": form.value("heading").strip() or None, "blocks": found.blocks}, found


def _given(paper: PaperShape, entry: SectionEntry) -> Any:
    return BLOCKS.dump_python(default_blocks(entry, paper.fields), mode="json")


def _cleared_by(said: Mapping[str, Any]) -> list[str]:
    """Keys of the persons who are named in the section as having cleared something."""
    entries = [entry for block in said["blocks"] for entry in block.get("entries", {}).values()]
    return [entry["cleared_by"] for entry in entries if entry.get("cleared_by")]


def _state(paper: PaperShape, entry: SectionEntry) -> str:
    return state_of(_said(paper, entry))


def _keep(session: Session, visit: Visit, paper: PaperShape, entry: SectionEntry, said: Mapping[str, Any]) -> None:
    others = [plain(section) for section in paper.sections if section.key != entry.key]
    mine = [{"key": entry.key, **said}] if said["blocks"] or said["heading"] else []
    keep_paper(session, visit, paper, f"sections[{len(others)}]", sections=[*others, *mine])


def _renamed(form: Form, names: Mapping[str, str]) -> Form:
    """The form with its faults at the fields that people see."""

    def field(where: str) -> str:
        found = next((place for place in sorted(names, key=len, reverse=True) if _is_below(where, place)), None)
        return names[found] + where.removeprefix(found) if found else where

    faults = tuple(Fault(field(fault.where), fault.what) for fault in form.faults)
    return Form(form.typed, form.files, faults, form.unsent, form.status)


def _is_below(where: str, place: str) -> bool:
    return where == place or where.startswith(f"{place}.")


def _done(blocks: Sequence[dict[str, Any]], do: str, added: str) -> list[dict[str, Any]]:
    """The blocks as the button wants them: `up.2`, `down.0`, `remove.1`, `add`."""
    deed, _, place = do.partition(".")
    made = list(blocks)
    at = int(place) if re.fullmatch("[0-9]{1,4}", place) and int(place) < len(made) else None
    if deed == "add" and added:
        made.append(new_block(added))
    elif deed == "remove" and at is not None:
        del made[at]
    elif deed == "up" and at:
        made[at - 1 : at + 1] = made[at], made[at - 1]
    elif deed == "down" and at is not None:
        made[at : at + 2] = reversed(made[at : at + 2])
    return made


def _add_pictures(visit: Visit, form: Form, blocks: Sequence[dict[str, Any]]) -> None:
    """The pictures that were chosen stand at the end of the texts to which they were added, with their descriptions."""
    for name, files in form.files.items():
        chosen = re.fullmatch(r"blocks\.([0-9]{1,4})\.picture", name)
        place = int(chosen[1]) if chosen else len(blocks)
        text = blocks[place].get("text", {}) if place < len(blocks) else {}
        if text.get("format") not in get_args(Format):
            continue
        alt = form.value(f"blocks.{place}.alt").strip()
        if not alt:
            raise FaultyForm(
                [Fault(f"blocks.{place}.alt", "Describe the picture for people who do not see it")],
                [f"blocks.{place}.alt"],
            )
        visit.authorise(Action.ADD_PICTURES)
        bounds = visit.here.limits
        cleaned = image.clean(files[0].file.read(), max_bytes=bounds.picture_bytes, max_pixels=bounds.picture_pixels)
        with visit.writing() as session:
            digest = pictures.add(
                session, visit.here.blobs, cleaned, by=visit.account.key, now=visit.now
            ).picture.digest
        before = narrative.clean(text["value"], text["format"])
        tag = f'<figure><img src="{digest}" alt="{_escaped(alt)}"></figure>'
        blocks[place]["text"] = {"format": "html", "value": before + tag}


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _for_page(block: Mapping[str, Any]) -> dict[str, Any]:
    """The block with its recommendations as rows, and its prose as the canonical HTML that it has."""
    shown = {name: _html(value) for name, value in block.items()}
    if block["kind"] == "recommendations":
        shown["items"] = _html(flattened(block.get("items") or ()))
    return {"public": True, **shown}


def _html(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"format", "value"}:
        return value["value"] if value["format"] == "html" else ""
    if isinstance(value, dict):
        return {name: _html(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_html(inner) for inner in value]
    return value


def _in_words(block: Mapping[str, Any]) -> dict[str, Any]:
    texts = [text for text in _texts(block) if text]
    return {"name": NAMES[block["kind"]], "texts": texts}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict) and value.keys() == {"format", "value"}:
        return [value["value"]]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []
