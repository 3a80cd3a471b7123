"""What goes with a paper: the meetings that it goes to, its appendices, the documents that it rests on."""

from collections.abc import Callable, Sequence
from datetime import date

from app import narrative
from app.assembly import prose
from app.assembly.snapshot import ActionFacts, EarlierPaper
from app.formats.manifest import Wording, worded
from app.narrative import LinkNotAllowed
from app.narrative.links import permitted_link
from app.papers.blocks import BackgroundDocument, DocumentsBlock, RoutingBlock

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def routing(block: RoutingBlock, wording: Wording, day: Callable[[date], str]) -> list[narrative.Block]:
    """Which meetings, when and what for, as a table; nothing where there are none."""
    rows = [
        [
            (prose.paragraph(step.meeting),),
            (prose.paragraph(day(step.held_on) if step.held_on else wording.routing_undated),),
            (prose.paragraph(step.purpose or wording.no_value),),
        ]
        for step in block.steps
    ]
    heads = [wording.routing_meeting, wording.routing_date, wording.routing_purpose]
    return [prose.table(heads, rows, row_heads=True)] if rows else []


def documents(block: DocumentsBlock, day: Callable[[date], str]) -> list[narrative.Block]:
    """The documents as a list: title, date, and where it is; nothing where there are none."""
    entries = tuple(narrative.Item((_document(document, day),)) for document in block.documents)
    return [narrative.ListBlock(entries)] if entries else []


def actions(open_actions: Sequence[ActionFacts], wording: Wording, day: Callable[[date], str]) -> list[narrative.Block]:
    """What earlier meetings asked for and what is open, as a table; nothing where nothing is."""
    rows = [
        [
            (prose.paragraph(action.text),),
            (prose.paragraph(action.owner.post or action.owner.name if action.owner else wording.no_value),),
            (prose.paragraph(day(action.due_on) if action.due_on else wording.no_value),),
            (prose.paragraph(day(action.asked_on)),),
        ]
        for action in open_actions
    ]
    heads = [wording.action, wording.action_owner, wording.action_due, wording.action_meeting]
    return [prose.table(heads, rows, row_heads=True)] if rows else []


def outcome(earlier: EarlierPaper | None, wording: Wording, day: Callable[[date], str]) -> list[narrative.Block]:
    """What its meeting made of the earlier paper, a paragraph for each line; nothing where nothing was recorded."""
    lines = [line.strip() for line in (earlier.outcome or "").splitlines() if line.strip()] if earlier else []
    label = worded(wording.outcome, meeting=day(earlier.meeting_on)) if earlier else ""
    return [prose.paragraph(line, label="" if number else label) for number, line in enumerate(lines)]


def letters(number: int) -> str:
    """A, B … Z, AA, AB …, counted from 0."""
    above, last = divmod(number, len(ALPHABET))
    return (letters(above - 1) if above else "") + ALPHABET[last]


def _document(document: BackgroundDocument, day: Callable[[date], str]) -> narrative.Paragraph:
    title = f"{document.title}, {day(document.dated)}" if document.dated else document.title
    if document.where is None:
        return prose.paragraph(title)
    try:
        href = permitted_link(document.where, document.title)
    except LinkNotAllowed:  # no address, so they are words
        return prose.paragraph(f"{title}: {document.where}")
    return narrative.Paragraph((narrative.Run(f"{title}: "), narrative.Run(document.where, href=href)))
