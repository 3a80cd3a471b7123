"""Template and facts to document: pure, so that equal facts and equal templates give equal bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.word.container import DOCUMENT, joined, packed
from app.word.converter import narrative_xml
from app.word.engine import Program
from app.word.language import Budget
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.parts import CORE, CUSTOM, NUMBERING, with_added, with_links, with_relations
from app.word.properties import DocumentProperties, properties_in
from app.word.refusals import NotPrinted, UnwritableText
from app.word.sections import with_turned_pages
from app.word.styles import HEADING_LEVELS
from app.word.templates import CompiledTemplate
from app.word.values import (
    Coloured,
    Narrative,
    blocks_in,
    facts_in,
    heading_level_of,
    is_numbered,
    key_of,
    placed,
    printables_in,
    run_in_of,
    text_in,
    words_of,
)
from app.word.xmltext import BREAKS, NOT_XML, encoded

_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\sid=")[0-9]+"')


def render(template: CompiledTemplate, context: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The document: the template filled with the context, the same bytes whenever and wherever.

    The context holds dicts, lists, str, int, float, bool, None, `Fact`, `Narrative` and `Coloured`, and under
    `document` the properties (title, subject, author, language, keywords, created as an ISO date, custom). In a str,
    BEL begins a new paragraph and a form feed a new page. Raises `MissingValue`, `NotPrinted`, `MisplacedValue`,
    `UnwritableText`, `TemplateFails` and `TemplateTooCostly`.

    Every `Fact`, `Narrative` and `Coloured` that is not empty must be printed where it can be read: a property of
    the file or an attribute, such as a description or a colour, is no such place.

    `files` has the pictures of the narratives by SHA-256 (`app.narrative.files_needed` names them); raises
    `MissingPicture`, `UnusablePicture` and `PageNotTurned`.
    """
    stated = properties_in(context)
    ledger = Ledger(template.numbering.first_list_id, template.first_relationship)
    press = _Press(template.layout, ledger, files)
    budget = Budget()
    filled = {program.part: program.filled(context, press, budget) for program in template.programs}
    properties = _worded(stated, template.properties, context, press, budget)
    press.require_all_printed(context)
    _count_drawings(filled, template.drawn)
    changed = {part: _bytes(xml, context) for part, xml in filled.items()}
    changed[CORE] = _bytes(properties.core_xml().decode(errors="surrogatepass"), context)
    changed[CUSTOM] = _bytes(properties.custom_xml().decode(errors="surrogatepass"), context)
    if lists := list(ledger.lists()):
        changed[NUMBERING] = template.numbering.extended(lists)
    if ledger.turned:
        headings = {template.layout.styles[f"heading {level}"] or "" for level in HEADING_LEVELS}
        changed[DOCUMENT] = with_turned_pages(changed[DOCUMENT], headings)
    changed |= _brought(ledger, template.joints)
    return joined({**template.kept, **{part: packed(content) for part, content in changed.items()}})


def _brought(ledger: Ledger, joints: Mapping[str, bytes]) -> dict[str, bytes]:
    """The pictures, charts and workbooks that narratives brought, and the joints that speak of them or of links."""
    members = joints
    for part, links in ledger.links():
        members = with_links(members, part, links)
    for part, relations in ledger.relations():
        members = with_relations(members, part, relations)
    if added := ledger.added():
        members = with_added(members, added)
    return {name: content for name, content in members.items() if joints.get(name) is not content}


def _worded(
    stated: DocumentProperties,
    programs: Mapping[str, Program],
    context: Mapping[str, Any],
    press: "_Press",
    budget: Budget,
) -> DocumentProperties:
    """The properties, where the template words some itself as the template words them."""
    words = {name: program.filled(context, press, budget) for name, program in programs.items()}
    return replace(stated, **words) if words else stated  # type: ignore[arg-type]


def _bytes(xml: str, context: Mapping[str, Any]) -> bytes:
    """The part as it is kept; raises `UnwritableText` with the path of a text that cannot be written."""
    content = encoded(xml)
    if content is None:
        for path, value in placed(context):
            for found in NOT_XML.finditer(_plain_words(value)):
                if found.group() not in BREAKS:
                    raise UnwritableText(path, found.group())
        unwritable = NOT_XML.search(xml)
        raise UnwritableText("", unwritable.group() if unwritable else "\0")
    return content


@dataclass(slots=True)
class _Press:
    """Prints the narratives of one document and remembers what was printed, by identity: equal facts are two."""

    layout: Layout
    ledger: Ledger
    files: Mapping[str, bytes]
    printed: set[int] = field(default_factory=set)

    def enter(self, part: str) -> None:
        """From now on this part is printed."""
        self.ledger.enter(part)

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
            numbered=is_numbered(narrative),
            run_in=run_in_of(narrative),
        )

    def note(self, value: Coloured | str) -> None:
        """Remember that this was printed, or what it was made of."""
        if isinstance(value, str):
            self.printed.update(map(id, facts_in(value)))
        else:
            self.printed.add(id(value))

    def require_all_printed(self, context: Mapping[str, Any]) -> None:
        """Pass when everything that must be printed was; else raise `NotPrinted` with the places and the words."""
        left_out = {id(value) for value in printables_in(context) if id(value) not in self.printed and value}
        if left_out:
            places = {id(value): (path, value) for path, value in placed(context) if id(value) in left_out}
            raise NotPrinted(
                (key_of(value), text_in(value)) if isinstance(value, Narrative) else (path, _plain_words(value))
                for path, value in places.values()
            )


def _plain_words(value: Any) -> str:
    """The words of a text or of a coloured word; nothing of anything else."""
    if isinstance(value, Coloured):
        return words_of(value)
    return value if isinstance(value, str) else ""


def _count_drawings(filled: dict[str, str], drawn: Mapping[str, str]) -> None:
    """One count of drawing ids goes through all parts, as Word wants them; parts that hold none stay as they are."""
    holders = {**drawn, **{part: xml for part, xml in filled.items() if "<wp:docPr" in xml}}
    count = 0

    def next_id(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f'{found.group(1)}{count}"'

    for part in sorted(holders):
        filled[part] = _DRAWING_ID.sub(next_id, holders[part])
