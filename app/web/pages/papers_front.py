"""The front sheet of a paper: what the paper says of itself, and the fields of its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.boards import queries as boards
from app.errors import Conflict, Invalid
from app.facts.shapes import PaperShape
from app.fields import KeyText
from app.formats.fields import FieldKind, PaperField
from app.formats.manifest import Manifest
from app.papers import queries as papers
from app.web.loading import plain, state_of
from app.web.pages.forms import NOTHING_TYPED, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_blocks import rows_shown
from app.web.pages.papers_desk import ChangedMeanwhile, keep_paper, manifest_for, may_type, paper_for
from app.web.pages.papers_parts import Choice, choices, in_words, way_back
from app.web.pages.persons import Persons, looks_for_persons, persons_for
from app.web.pages.routing import page_router
from app.web.pages.unsent import begun, keeps, sent
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing

router = page_router("/papers/{reference}/front-sheet")

OWN = ("title", "agenda_number", "marking", "series", "chief_officer", "author", "take", "cut_off")
"""What a paper says of itself that has one value."""

SPARE_ROWS = 2
"""Empty rows below those of a table, to be filled."""

MOST = 200

TAKES = (
    Choice("latest", "The latest of each workstream"),
    Choice("since-previous", "All since the previous paper of the series"),
)


@dataclass(frozen=True)
class FormField:
    """One field of the form, with what the paper says in it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    hint: str | None = None
    items: list[dict[str, str]] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    """Of a table: key and label."""

    def said(self, value: Any) -> str:
        """A value of the field in words."""
        texts = {item["value"]: item["text"] for item in self.items}
        if isinstance(value, str):
            return texts.get(value, value) or "Nothing"
        rows = [", ".join(row.values()) if isinstance(row, dict) else texts.get(row, row) for row in value or ()]
        return "; ".join(rows) or "Nothing"


@router.get("")
def front_sheet(reference: KeyText, visit: Visiting, trace: Tracing, back: Annotated[str, Query()] = "") -> Response:
    """The form with what is known."""
    visit.authorise(Action.WRITE_FACTS)
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        return _shown(session, visit, paper, NOTHING_TYPED, back=back)


@router.post("")
def keep_front_sheet(reference: KeyText, visit: Visiting, trace: Tracing, form: Typed) -> Response:
    """The front sheet is as it was typed, unless somebody else changed it meanwhile."""
    visit.authorise(Action.WRITE_FACTS)
    back = form.value("back")
    if looks_for_persons(form):
        with visit.reading() as session:
            return _shown(session, visit, paper_for(session, visit, trace, reference), form, back=back)
    try:
        with visit.writing() as session:
            paper = paper_for(session, visit, trace, reference)
            changes = _read(form, manifest_for(session, paper.format))
            seen = _state(paper)
            if form.value("seen") != seen and _of(plain(paper)) != _of(plain(paper) | changes):
                raise ChangedMeanwhile("the front sheet")
            keep_paper(session, visit, paper, **changes)
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            now = paper_for(session, visit, trace, reference)
            theirs = now if isinstance(problem, ChangedMeanwhile) else None
            return _shown(session, visit, now, form.refused(problem), back=back, theirs=theirs)
    return to(way_back(reference, back, "front-sheet"), said="The front sheet is saved.")


keeps("/papers/{reference}/front-sheet", may_type)


def _shown(
    session: Session, visit: Visit, paper: PaperShape, form: Form, *, back: str, theirs: PaperShape | None = None
) -> Response:
    form, earlier = begun(session, visit, form)
    manifest = manifest_for(session, paper.format)
    owner = Reach(session, visit.account).paper(paper.reference).organisation_id
    own_people = persons_for(session, form, chosen=(paper.chief_officer, paper.author), organisation_id=owner)
    everybody = persons_for(session, form, chosen=_persons_in(paper, manifest))
    own = list(_own(session, visit, paper, manifest, owner=owner, persons=own_people))
    more = list(_fields(paper, manifest, everybody))
    asks_everybody = any(described.kind is FieldKind.PERSON for described in manifest.every_field.values())
    typed = _of(plain(paper) | _read(form, manifest)) if theirs else {}
    return page(
        visit,
        "papers/front_sheet.html",
        "Front sheet",
        form=form,
        begun=earlier,
        here=visit.request.url.path,
        rows_shown=rows_shown,
        paper=paper,
        own=own,
        more=more,
        persons=everybody if asks_everybody else own_people,
        spare=SPARE_ROWS,
        back=back,
        seen=_state(paper) if theirs or not form.typed else form.value("seen"),
        differences=[
            (asked.label, asked.said(kept), asked.said(said))
            for asked in (*own, *more)
            if (kept := _value(_of(plain(paper)), asked.name)) != (said := _value(typed, asked.name))
        ]
        if theirs
        else [],
    )


def _value(said: Mapping[str, Any], name: str) -> Any:
    if name == "meeting":
        return f"{said['board']} {said['meeting']}"
    if name.startswith("fields."):
        return said["fields"].get(name.removeprefix("fields.")) or ""
    return said.get(name) or ""


def _of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of the paper stands on the form."""
    return {name: document.get(name) for name in (*OWN, "board", "meeting", "fields")}


def _state(paper: PaperShape) -> str:
    return state_of(_of(plain(paper)))


# The fields


def _own(
    session: Session, visit: Visit, paper: PaperShape, manifest: Manifest, *, owner: int, persons: Persons
) -> Iterator[FormField]:
    meetings = [
        Choice(f"{meeting.board.key} {meeting.held_on}", f"{in_words(meeting.held_on)}, {meeting.board.name}")
        for meeting in boards.meetings(session, limit=MOST, held_from=paper.meeting.replace(month=1, day=1))
        if visit.account.boards is None or meeting.board.key in visit.account.boards
    ]
    allowed = visit.account.markings
    markings = [Choice(name, name) for name in manifest.markings if allowed is None or name in allowed]
    series = [Choice(found.key, found.name) for found in papers.series_for(session, owner, limit=MOST)]
    yield FormField("title", "Title", "text", paper.title)
    yield FormField("meeting", "Meeting", "select", f"{paper.board} {paper.meeting}", items=choices(meetings))
    yield FormField(
        "agenda_number", "Agenda number", "short", paper.agenda_number or "", "As the agenda numbers it, such as 5.0"
    )
    yield FormField("marking", "Marking", "radios", paper.marking, "Printed on every page", choices(markings))
    yield FormField(
        "series",
        "Series",
        "select",
        paper.series or "",
        "If it follows earlier papers on the same subject",
        choices(_with(series, paper.series), first="None"),
    )
    for name, label in (("chief_officer", "Chief officer"), ("author", "Author")):
        kept = getattr(paper, name)
        yield FormField(name, label, "select", kept or "", items=persons.items("Nobody yet", kept=kept))
    yield FormField("take", "Updates that the paper takes", "radios", paper.take.value, items=choices(TAKES))
    yield FormField(
        "cut_off",
        "Last day whose updates are taken",
        "date",
        str(paper.cut_off or ""),
        "Without one, the day of the meeting",
    )


def _with(offered: list[Choice], kept: str | None) -> list[Choice]:
    """The choices, and what the paper says now: it is not lost because it is none of the organisation's own."""
    if kept is None or any(choice.value == kept for choice in offered):
        return offered
    return [*offered, Choice(kept, kept)]


def _persons_in(paper: PaperShape, manifest: Manifest) -> list[str]:
    """Keys of the persons whom the paper names in fields of its format."""
    named = (key for key, described in manifest.every_field.items() if described.kind is FieldKind.PERSON)
    return [said for key in named if isinstance(said := paper.fields.get(key), str)]


def _fields(paper: PaperShape, manifest: Manifest, persons: Persons) -> Iterator[FormField]:
    for key, described in manifest.every_field.items():
        yield FormField(
            f"fields.{key}",
            described.label if described.required else f"{described.label} (optional)",
            _KINDS[described.kind],
            _given(described, paper.fields.get(key)),
            described.guidance or None,
            _items(described, persons),
            [(column.key, column.label) for column in described.columns],
        )


_KINDS = {
    FieldKind.TEXT: "text",
    FieldKind.DATE: "date",
    FieldKind.CHOICE: "radios",
    FieldKind.CHOICES: "checkboxes",
    FieldKind.YES_NO: "radios",
    FieldKind.PERSON: "select",
    FieldKind.LIST: "list",
    FieldKind.TABLE: "table",
}


def _items(described: PaperField, persons: Persons) -> list[dict[str, str]]:
    match described.kind:
        case FieldKind.PERSON:
            return persons.items("Nobody yet")
        case FieldKind.YES_NO:
            return choices([Choice("yes", "Yes"), Choice("no", "No")])
        case FieldKind.CHOICE | FieldKind.CHOICES:
            return choices([Choice(option, option) for option in described.options])
    return []


def _given(described: PaperField, value: Any) -> Any:
    if described.kind in (FieldKind.CHOICES, FieldKind.TABLE):
        return list(value or ())
    if described.kind is FieldKind.LIST:
        return "\n".join(value or ())
    return value or ""


# What was typed


def _read(form: Form, manifest: Manifest) -> dict[str, Any]:
    board, _, day = form.value("meeting").partition(" ")
    said: dict[str, Any] = {name: form.value(name).strip() or None for name in OWN}
    said |= {"title": form.value("title"), "marking": form.value("marking"), "take": form.value("take", "latest")}
    fields = {key: _typed(form, f"fields.{key}", described) for key, described in manifest.every_field.items()}
    return said | {"board": board, "meeting": day, "fields": {key: value for key, value in fields.items() if value}}


def _typed(form: Form, name: str, described: PaperField) -> Any:
    match described.kind:
        case FieldKind.CHOICES:
            return [value for value in form.typed.get(name, ()) if value.strip()]
        case FieldKind.LIST:
            return [line.strip() for line in form.value(name).splitlines() if line.strip()]
        case FieldKind.TABLE:
            rows = [
                {
                    column.key: value
                    for column in described.columns
                    if (value := form.value(f"{name}.{number}.{column.key}").strip())
                }
                for number in range(MOST)
                if f"{name}.{number}.{described.columns[0].key}" in form.typed
            ]
            return [row for row in rows if row]
    return form.value(name).strip()
