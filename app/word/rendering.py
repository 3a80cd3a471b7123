"""Template and facts to document: pure, so that equal facts and equal templates give equal bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.word.container import DOCUMENT, read_members, write_members
from app.word.converter import narrative_xml
from app.word.engine import filled
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.parts import CORE, CUSTOM, NUMBERING, with_added, with_links, with_relations
from app.word.properties import properties_in
from app.word.refusals import NotPrinted, TemplateFails, UnwritableText
from app.word.sections import with_turned_pages
from app.word.styles import HEADING_LEVELS
from app.word.templates import CompiledTemplate
from app.word.values import Coloured, Narrative, blocks_in, heading_level_of, key_of, words_of
from app.word.xmltext import NOT_XML

_DRAWING_ID = re.compile(rb'(<wp:docPr\b[^>]*?\sid=")[0-9]+"')


def render(template: CompiledTemplate, context: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The document: the template filled with the context, the same bytes whenever and wherever.

    The context holds dicts, lists, str, int, bool, None, `Narrative` and `Coloured`, and under `document` the
    properties (title, subject, author, language, keywords, created as an ISO date, custom). Raises
    `MissingValue`, `NotPrinted`, `MisplacedValue`, `UnwritableText`, `TemplateFails` and `BrokenTemplate`.

    `files` has the pictures of the narratives by SHA-256 (`app.narrative.files_needed` names them); raises
    `MissingPicture`, `UnusablePicture` and `PageNotTurned`.
    """
    properties = properties_in(context)
    ledger = Ledger(template.numbering.first_list_id, template.first_relationship)
    press = _Press(template.layout, ledger, files)
    bound = {name: press.bound(value, name) for name, value in context.items()}
    members = read_members(filled(template.template, bound, ledger.enter))
    press.require_all_printed()
    members[NUMBERING] = template.numbering.extended(ledger.lists())
    members[CORE] = properties.core_xml()
    members[CUSTOM] = properties.custom_xml()
    for part, links in ledger.links():
        members = with_links(members, part, links)
    for part, relations in ledger.relations():
        members = with_relations(members, part, relations)
    members = with_added(members, ledger.added())
    if ledger.turned:
        headings = {template.layout.styles[f"heading {level}"] or "" for level in HEADING_LEVELS}
        members[DOCUMENT] = with_turned_pages(members[DOCUMENT], headings)
    return write_members(_with_unique_drawings(members))


@dataclass(slots=True)
class _Press:
    """Prints the narratives of one document and remembers which of them were printed."""

    layout: Layout
    ledger: Ledger
    files: Mapping[str, bytes]
    waiting: dict[int, tuple[Narrative, "_Printable"]] = field(default_factory=dict)
    printed: set[int] = field(default_factory=set)

    def bound(self, value: Any, path: str) -> Any:
        """The value as the template gets it; `path` names it in errors.

        Raises `UnwritableText` for characters that XML cannot hold, TypeError for what no context may hold.
        """
        if isinstance(value, str):
            return _writable(value, path)
        if isinstance(value, Mapping):
            return {key: self.bound(inner, f"{path}.{key}") for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.bound(inner, f"{path}[{number}]") for number, inner in enumerate(value)]
        if isinstance(value, Narrative):
            return self.waiting.setdefault(id(value), (value, _Printable(value, self)))[1]
        if isinstance(value, Coloured):
            _writable(words_of(value), path)
            return value
        if value is None or isinstance(value, int | float):
            return value
        raise TypeError(f"{path} holds a {type(value).__name__}, which a template cannot print")

    def print(self, narrative: Narrative) -> str:
        """The narrative in Word's XML, noted as printed; the ledger holds what it needs."""
        self.printed.add(id(narrative))
        return narrative_xml(
            blocks_in(narrative),
            self.layout,
            self.ledger,
            heading_level_of(narrative),
            files=self.files,
            where=key_of(narrative),
        )

    def require_all_printed(self) -> None:
        """Pass when every narrative with text was printed; else raise `NotPrinted` with their keys."""
        left_out = [
            key_of(narrative)
            for identity, (narrative, _) in self.waiting.items()
            if narrative and identity not in self.printed
        ]
        if left_out:
            raise NotPrinted(left_out)


class _Printable:
    """A narrative on its way: becomes Word's XML when the template prints it, so that ids follow the page."""

    __slots__ = ("_narrative", "_press")

    def __init__(self, narrative: Narrative, press: _Press) -> None:
        self._narrative = narrative
        self._press = press

    def __bool__(self) -> bool:
        return bool(self._narrative)

    def __html__(self) -> str:
        return self._press.print(self._narrative)

    def __str__(self) -> str:
        raise TemplateFails("A narrative is printed as it is, without a filter.", key_of(self._narrative))


def _writable(words: str, path: str) -> str:
    if found := NOT_XML.search(words):
        raise UnwritableText(path, found.group())
    return words


def _with_unique_drawings(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts with one count of drawing ids across body, headers and footers, as Word wants them."""
    count = 0

    def next_id(found: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        return b'%s%d"' % (found.group(1), count)

    return {
        part: _DRAWING_ID.sub(next_id, members[part]) if part.startswith("word/") else members[part]
        for part in sorted(members)
    }
