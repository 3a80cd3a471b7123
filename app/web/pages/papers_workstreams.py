"""What a paper takes from elsewhere: its workstreams in its own order, its own wording of them, its consultees."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.assembly.assemble import facts_of
from app.assembly.snapshot import Snapshot, WorkstreamFacts
from app.assembly.wording import worded_paper
from app.errors import Conflict, Fault, Invalid, NotFound
from app.facts.shapes import PaperShape
from app.fields import KeyText
from app.papers import queries as papers
from app.papers.asking import proposed_consultees
from app.people import queries as people
from app.web.loading import plain, state_of
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.narrative import narrative_of
from app.web.pages.papers_blocks import prose_sent
from app.web.pages.papers_desk import ChangedMeanwhile, keep_paper, may_type, paper_for
from app.web.pages.papers_parts import Choice, choices, in_words
from app.web.pages.persons import looks_for_persons, persons_for
from app.web.pages.routing import page_router
from app.web.pages.unsent import begun, keeps, sent
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing
from app.workstreams import queries as workstreams
from app.workstreams.models import Workstream

router = page_router("/papers/{reference}")


class NotChosen(NotFound):
    """The paper has no such workstream."""

    def __init__(self, ref: str) -> None:
        super().__init__("workstream of this paper", ref)


# Workstreams


@router.get("/workstreams")
def choose_workstreams(reference: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """The chosen workstreams in their order, and those that can be chosen."""
    visit.authorise(Action.WRITE_FACTS)
    return _choosing(visit, trace, reference, NOTHING_TYPED)


@router.post("/workstreams")
def keep_workstreams(reference: KeyText, visit: Visiting, trace: Tracing, form: Typed) -> Response:
    """One more is chosen, one is taken out, or two have changed places: what others did meanwhile stays."""
    visit.authorise(Action.WRITE_FACTS)
    try:
        with visit.writing() as session:
            paper = paper_for(session, visit, trace, reference)
            chosen = _moved(paper.workstreams, form.value("do"), form.typed.get("add", ()))
            reworded = {wording.workstream for wording in paper.own_wordings} - set(chosen)
            if reworded:
                refs = ", ".join(sorted(reworded))
                raise FaultyForm(
                    [
                        Fault(
                            "", f"The paper has its own wording of {refs}: take that out first, so that it is not lost"
                        )
                    ],
                    (),
                )
            keep_paper(session, visit, paper, workstreams=chosen)
    except (Invalid, Conflict) as problem:
        return _choosing(visit, trace, reference, form.refused(problem))
    return to(f"/papers/{reference}/workstreams", said=_told(form.value("do"), "workstream"))


def _choosing(visit: Visit, trace: Tracing, reference: str, form: Form) -> Response:
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        snapshot = facts_of(session, reference, now=visit.now)
        missing: dict[str, list[str]] = {}
        for gap in worded_paper(snapshot).gaps:
            missing.setdefault(gap.at.removeprefix("workstream/"), []).append(gap.words)
        themes = {theme.key: theme.name for theme in snapshot.themes}
        facts = {found.ref: found for found in snapshot.workstreams if found.chosen}
        return page(
            visit,
            "papers/workstreams.html",
            "Workstreams",
            form=form,
            paper=paper,
            chosen=[
                {
                    "ref": ref,
                    "name": facts[ref].name,
                    "theme": themes[facts[ref].theme],
                    "as_at": [in_words(update.as_at) for update in facts[ref].updates],
                    "missing": missing.get(ref, []),
                    "reworded": any(wording.workstream == ref for wording in paper.own_wordings),
                }
                for ref in paper.workstreams
            ],
            others=_others(session, visit, reference, set(paper.workstreams)),
        )


def _others(session: Session, visit: Visit, reference: str, chosen: set[str]) -> list[dict[str, Any]]:
    """The workstreams that the paper has not, by theme."""
    owner = Reach(session, visit.account).paper(reference).organisation_id
    return by_theme(one for one in workstreams.of_organisation(session, owner) if one.ref not in chosen)


def by_theme(found: Iterable[Workstream]) -> list[dict[str, Any]]:
    """The workstreams to tick, loaded with their themes: those of each theme, by the names of the themes."""
    groups: dict[str, list[Choice]] = {}
    for one in found:
        groups.setdefault(one.theme.name, []).append(Choice(one.ref, f"{one.name} ({one.ref})"))
    return [{"theme": theme, "items": choices(items)} for theme, items in sorted(groups.items())]


# Own wording


@router.get("/workstreams/{ref}")
def own_wording(reference: KeyText, ref: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """What the workstream reported, beside what the paper says instead."""
    visit.authorise(Action.WRITE_FACTS)
    return _wording(visit, trace, reference, ref, NOTHING_TYPED)


@router.post("/workstreams/{ref}")
def keep_own_wording(reference: KeyText, ref: KeyText, visit: Visiting, trace: Tracing, form: Typed) -> Response:
    """The paper says what was typed; where nothing was, what was reported holds."""
    visit.authorise(Action.WRITE_FACTS)
    try:
        with visit.writing() as session:
            paper = paper_for(session, visit, trace, reference)
            _require_chosen(paper, ref)
            if form.value("seen") != _state(paper, ref):
                raise ChangedMeanwhile("this wording")
            others = [plain(wording) for wording in paper.own_wordings if wording.workstream != ref]
            shown = {name for name in form.typed if _PLACE.fullmatch(name)}
            places = sorted(name for name in shown if form.value(name).strip())
            mine = [_sent(form, ref, place) for place in places]
            # What stands under an update that the paper does not take any more was not on the form.
            unseen = [plain(wording) for wording in paper.own_wordings if _is_unseen(wording, ref, shown)]
            named = {f"own_wordings.{len(others) + len(unseen) + n}.text": name for n, name in enumerate(places)}
            try:
                keep_paper(session, visit, paper, own_wordings=[*others, *unseen, *mine])
            except FaultyForm as error:
                faults = [Fault(named.get(fault.where, fault.where), fault.what) for fault in error.faults]
                raise FaultyForm(faults, ()) from error
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        return _wording(
            visit, trace, reference, ref, form.refused(problem), is_late=isinstance(problem, ChangedMeanwhile)
        )
    return to(f"/papers/{reference}/workstreams", said="The wording is saved.")


_PLACE = re.compile(r"wording\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([A-Za-z0-9._-]+?)(?<!_format)")


def _sent(form: Form, ref: str, place: str) -> dict[str, Any]:
    found = _PLACE.fullmatch(place)
    assert found is not None  # noqa: S101 - only such names come here
    return {"workstream": ref, "as_at": found[1], "part": found[2], "text": prose_sent(form, place)}


def _is_unseen(wording: Any, ref: str, shown: set[str]) -> bool:
    return wording.workstream == ref and _name(wording.as_at, wording.part) not in shown


def _name(as_at: date, part: str) -> str:
    return f"wording.{as_at}.{part}"


keeps("/papers/{reference}/workstreams/{ref}", may_type)


def _wording(visit: Visit, trace: Tracing, reference: str, ref: str, form: Form, *, is_late: bool = False) -> Response:
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        _require_chosen(paper, ref)
        form, earlier = begun(session, visit, form)
        snapshot = facts_of(session, reference, now=visit.now)
        facts = next(found for found in snapshot.workstreams if found.ref == ref)
        own = {
            _name(wording.as_at, wording.part): wording.text
            for wording in paper.own_wordings
            if wording.workstream == ref
        }
        updates = _updates(snapshot, facts)
        shown = {part["name"]: part["label"] for update in updates for part in update["parts"]}
        return page(
            visit,
            "papers/wording.html",
            facts.name,
            form=form,
            begun=earlier,
            here=visit.request.url.path,
            paper=paper,
            ref=ref,
            updates=updates,
            own=own,
            labels=shown,
            left_over=_left_over(form, shown),
            is_late=is_late,
            gaps=[gap.words for gap in worded_paper(snapshot).gaps if gap.at == f"workstream/{ref}"],
            seen=_state(paper, ref) if is_late or not form.typed else form.value("seen"),
        )


def _updates(snapshot: Snapshot, facts: WorkstreamFacts) -> list[dict[str, Any]]:
    labels = {part.key: part.label for part in snapshot.manifest.parts}
    return [
        {
            "as_at": in_words(update.as_at),
            "nil": update.nothing_to_report,
            "parts": [
                {
                    "name": _name(update.as_at, key),
                    "label": label,
                    "text": update.parts.get(key, ""),
                    "is_stale": key in update.stale,
                }
                for key, label in labels.items()
                if update.parts.get(key) or key in update.own_wordings
            ],
        }
        for update in facts.updates
    ]


def _left_over(form: Form, shown: Collection[str]) -> list[dict[str, Any]]:
    """What was typed for updates that the paper does not take, or not any more: it is on no field of the form."""
    found = []
    for name in sorted(form.typed):
        place = _PLACE.fullmatch(name)
        if place and name not in shown and form.value(name).strip():
            try:
                html, raw = narrative_of(form, name), ""
            except FaultyForm:
                html, raw = "", form.value(name)
            found.append({"as_at": place[1], "html": html, "raw": raw})
    return found


def _state(paper: PaperShape, ref: str) -> str:
    own = [plain(wording) for wording in paper.own_wordings if wording.workstream == ref]
    return state_of({"own": own})


def _require_chosen(paper: PaperShape, ref: str) -> None:
    if ref not in paper.workstreams:
        raise NotChosen(ref)


# Consultees


@router.get("/consultees")
def choose_consultees(reference: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """Who was consulted, in the order in which they are printed."""
    visit.authorise(Action.WRITE_FACTS)
    return _consulting(visit, trace, reference, NOTHING_TYPED)


@router.post("/consultees")
def keep_consultees(reference: KeyText, visit: Visiting, trace: Tracing, form: Typed) -> Response:
    """One more is named, one is taken out, or two have changed places."""
    visit.authorise(Action.WRITE_FACTS)
    if looks_for_persons(form):
        return _consulting(visit, trace, reference, form)
    try:
        with visit.writing() as session:
            paper = paper_for(session, visit, trace, reference)
            keep_paper(
                session,
                visit,
                paper,
                consultees=_moved(paper.consultees, form.value("do"), form.typed.get("add", ())),
            )
    except (Invalid, Conflict) as problem:
        return _consulting(visit, trace, reference, form.refused(problem))
    return to(f"/papers/{reference}/consultees", said=_told(form.value("do"), "consultee"))


def _consulting(visit: Visit, trace: Tracing, reference: str, form: Form) -> Response:
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        names = people.names(session, keys=paper.consultees)
        persons = persons_for(session, form)
        return page(
            visit,
            "papers/consultees.html",
            "Consultees",
            form=form,
            paper=paper,
            chosen=[{"ref": key, "name": names[key]} for key in paper.consultees],
            persons=persons,
            others=persons.items("Choose a person", without=paper.consultees),
            proposed=[
                {"key": found.person.key, "name": found.person.name, "why": ", ".join(found.workstreams)}
                for found in proposed_consultees(session, papers.get(session, reference))
            ],
        )


# What both lists have


def _moved(entries: Sequence[str], do: str, added: Sequence[str]) -> list[str]:
    """The entries as the button wants them: `up.KEY`, `down.KEY`, `remove.KEY`, `add`; each stands once."""
    deed, _, key = do.partition(".")
    made = list(entries)
    if deed == "add":
        return list(dict.fromkeys([*made, *filter(None, added)]))
    if key not in made:
        return made
    at = made.index(key)
    made.remove(key)
    if deed == "up":
        made.insert(max(at - 1, 0), key)
    elif deed == "down":
        made.insert(at + 1, key)
    return made


def _told(do: str, what: str) -> str:
    deed, _, key = do.partition(".")
    words = {"up": "moved up", "down": "moved down", "remove": "taken out"}
    return f"{key} is {words[deed]}." if deed in words else f"The {what}s are saved."
