"""The page of one paper: what there is to do and what is missing; and the paper read as a whole."""

from collections import Counter
from typing import Any

from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Action
from app.accounts.policy import State as Exists
from app.assembly.assemble import facts_of
from app.assembly.differences import changes_since, is_as_now
from app.assembly.snapshot import Snapshot
from app.assembly.wording import Gap, Worded, worded_paper
from app.boards import queries as boards
from app.facts.shapes import PaperShape
from app.fields import KeyText
from app.formats.manifest import Manifest
from app.papers import queries as papers
from app.papers.blocks import NarrativeBlock, RecommendationsBlock, TableBlock
from app.papers.lifecycle import State, may_change
from app.papers.queries import PaperKept
from app.versions import queries as versions
from app.web.pages.layout import page, to
from app.web.pages.papers_desk import may_write, paper_for
from app.web.pages.papers_parts import STATES, in_words
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach, matter_of
from app.web.trace import Tracing

router = page_router("/papers/{reference}")

NEWEST = 3
"""Versions that the page of a paper shows."""


@router.get("")
def paper_page(reference: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """The paper as a list of tasks."""
    with visit.reading() as session:
        if Reach(session, visit.account).what_exists(reference)[1] is Exists.RELEASED:
            return to(f"/papers/{reference}/versions")  # who receives a paper has nothing to do with its making
        paper = paper_for(session, visit, trace, reference)
        found = Reach(session, visit.account).paper(reference)
        state = found.state
        is_open = may_change(state)
        kept = versions.last_of_paper(session, reference, limit=NEWEST) if visit.may(Action.READ_VERSIONS) else []
        afterwards = _afterwards(session, visit, found, paper)
        shows_versions = visit.may(Action.READ_VERSIONS)
        reach = Reach(session, visit.account)
        sent_back = versions.sent_back(session, [found.id]).get(found.id) if shows_versions and is_open else None
        told: dict[str, Any] = {"groups": [], "gaps": None}
        if visit.may(Action.PREVIEW):
            snapshot = facts_of(session, reference, now=visit.now)
            worded = worded_paper(snapshot)
            told = {
                "groups": _groups(paper, snapshot, worded) if may_write(visit) and is_open else [],
                "gaps": len(worded.gaps),
                "changes": changes_since(session, kept[0], now=visit.now) if kept and is_open else [],
                "other_template": bool(kept) and not is_as_now(session, kept[0]),
            }
        return page(
            visit,
            "papers/paper.html",
            paper.title,
            paper=paper,
            held_on=in_words(paper.meeting),
            board=boards.names(session)[paper.board],
            kept=kept,
            makers=accounts.names(
                session, [*(version.made_by for version in kept), *([sent_back.by] if sent_back else [])]
            ),
            state=STATES[state],
            is_open=is_open,
            may_write=may_write(visit) and is_open,
            may_download=visit.may(Action.DOWNLOAD),
            afterwards=afterwards,
            may_follow=may_write(visit) and paper.series is not None and not afterwards,
            may_generate=visit.may(Action.GENERATE) and is_open,
            shows_versions=shows_versions,
            sent_back=sent_back,
            reasons=sent_back.reasons if sent_back and reach.is_cleared_for(sent_back.version) else None,
            open_comments=sum(not thread[0].resolution for thread in reach.threads(found)) if shows_versions else 0,
            **told,
        )


@router.get("/checks")
def checks(reference: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """Everything that is missing or must be checked, with links to where it is put right."""
    visit.authorise(Action.PREVIEW)
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        worded = worded_paper(facts_of(session, reference, now=visit.now))
        return page(
            visit,
            "papers/checks.html",
            "Checks",
            paper=paper,
            found=[{"words": gap.words, "href": address_of(reference, gap)} for gap in worded.gaps],
            may_write=may_write(visit),
        )


@router.get("/whole")
def whole_paper(reference: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """The whole paper as it reads now, each section with the way to change it."""
    visit.authorise(Action.PREVIEW)
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        snapshot = facts_of(session, reference, now=visit.now)
        worded = worded_paper(snapshot)
        return page(
            visit,
            "papers/whole.html",
            "The whole paper",
            paper=paper,
            context=worded.context,
            numbers=_numbers(worded),
            names={section.key: section.heading for section in snapshot.manifest.sections},
            may_write=may_write(visit),
        )


def address_of(reference: str, gap: Gap) -> str | None:
    """The page on which the gap is filled; None where it is on no page alone."""
    kind, _, key = gap.at.partition("/")
    match kind:
        case "front-sheet":
            return f"/papers/{reference}/front-sheet"
        case "field":
            return f"/papers/{reference}/front-sheet#fields.{key}"
        case "section":
            return f"/papers/{reference}/sections/{key}"
        case "workstream":
            return f"/papers/{reference}/workstreams/{key}"
    return None


def _groups(paper: PaperShape, snapshot: Snapshot, worded: Worded) -> list[dict[str, Any]]:
    reference = paper.reference
    missing = Counter(_place(gap) for gap in worded.gaps)
    workstreams = sum(count for place, count in missing.items() if place.startswith("workstream/"))
    front = missing["front-sheet"]
    chosen = len(paper.workstreams)
    return [
        {
            "title": "Prepare",
            "tasks": [
                _task("Front sheet", f"/papers/{reference}/front-sheet", front),
                _task(
                    "Workstreams",
                    f"/papers/{reference}/workstreams",
                    workstreams,
                    hint=f"{chosen or 'None'} chosen",
                    is_open=not chosen and _prints_workstreams(snapshot.manifest),
                ),
                _task(
                    "Consultees",
                    f"/papers/{reference}/consultees",
                    0,
                    hint=f"{len(paper.consultees) or 'Nobody'} named",
                ),
            ],
        },
        {
            "title": "Write",
            "tasks": [_section_task(reference, section, snapshot.manifest, missing) for section in snapshot.sections],
        },
    ]


def _afterwards(session: Session, visit: Visit, found: PaperKept, paper: PaperShape) -> list[dict[str, Any]]:
    """What follows the approval, as tasks: release, reissue, the meeting's outcome, the next paper of the series."""
    labels = versions.approved_labels(session, found.id)
    if not labels or not visit.may(Action.READ_VERSIONS):
        return []
    address, matter = f"/papers/{paper.reference}", matter_of(found)
    tasks: list[dict[str, Any]] = []
    if visit.may(Action.RELEASE, matter):
        is_released = labels[-1] in versions.released(session, found.id)
        tasks.append(
            _task(
                f"Release version {labels[-1]}",
                f"{address}/review#approved",
                0,
                hint="To the body whose board receives it",
                done="Released",
                is_open=not is_released,
            )
        )
    if visit.may(Action.REISSUE, matter) and found.state is State.APPROVED:
        said = "Under another agenda number, or for another meeting"
        tasks.append(_task("Reissue the paper", f"{address}/reissue", 0, hint=said, done="When it is needed"))
    recorded = papers.outcomes(session, found.id)
    asked = papers.meeting_actions(session, found.id)
    left = sum(action.done is None for action in asked)
    to_do = "Nothing is open" if not left else "1 action is open" if left == 1 else f"{left} actions are open"
    tasks.append(
        _task(
            "Outcome of the meeting",
            f"{address}/outcome",
            0,
            hint=to_do if recorded else "What it made of the paper, and what it asked for",
            done="Recorded" if recorded else "After the meeting",
            is_open=not recorded and paper.meeting <= visit.today,
        )
    )
    if may_write(visit) and paper.series is not None:
        tasks.append(_task("The next paper of its series", f"{address}/next", 0, done="To begin"))
    return tasks


def _section_task(reference: str, section: Any, manifest: Manifest, missing: Counter[str]) -> dict[str, Any]:
    entry = manifest.section(section.key)
    writes = any(isinstance(block, NarrativeBlock | TableBlock | RecommendationsBlock) for block in section.blocks)
    return _task(
        section.heading or (entry.heading if entry else section.key),
        f"/papers/{reference}/sections/{section.key}",
        missing[f"section/{section.key}"],
        done="Written" if writes else "Filled by itself" if section.blocks else "Nothing to print",
    )


def _task(
    title: str, href: str, missing: int, *, hint: str | None = None, done: str = "Complete", is_open: bool = False
) -> dict[str, Any]:
    status: dict[str, Any] = {"text": done}
    if missing:
        words = "1 thing missing" if missing == 1 else f"{missing} things missing"
        status = {"tag": {"text": words, "classes": "govuk-tag--yellow"}}
    elif is_open:
        status = {"tag": {"text": "Not yet started", "classes": "govuk-tag--blue"}}
    return {"title": {"text": title}, "href": href, "hint": {"text": hint} if hint else None, "status": status}


def _prints_workstreams(manifest: Manifest) -> bool:
    return any(block.kind == "workstreams" for section in manifest.sections for block in section.blocks)


def _place(gap: Gap) -> str:
    return "front-sheet" if gap.at.startswith(("front-sheet", "field/")) else gap.at


def _numbers(worded: Worded) -> dict[str, str]:
    """Key of a section → its number, as Word will count it."""
    numbers: dict[str, str] = {}
    first = second = 0
    for section in worded.context.sections:
        if not section.numbered:
            continue
        if section.level == 1:
            first, second = first + 1, 0
            numbers[section.key] = f"{first}."
        else:
            second += 1
            numbers[section.key] = f"{first}.{second}"
    return numbers
