"""Template and facts to document: pure, so that equal facts and equal templates give equal bytes."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.narrative import Run
from app.word.container import DOCUMENT, Packed, digest_of, joined, packed, unpacked
from app.word.contents import has_contents, with_contents
from app.word.converter import begins_with_table, narrative_xml
from app.word.engine import Program
from app.word.figures import Figures
from app.word.language import Budget
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.marks import CUSTOM_XML, Free, bookmark, item_of, table_of
from app.word.paragraphs import Paragraphs
from app.word.parts import CORE, CUSTOM, NUMBERING, STYLES, with_added, with_links, with_relations
from app.word.prepared import REPERTOIRE, Setting, prepared
from app.word.properties import DocumentProperties, properties_in
from app.word.refusals import NotPrinted, UnwritableText
from app.word.sections import with_turned_pages
from app.word.styles import HEADING_LEVELS
from app.word.templates import CompiledTemplate
from app.word.values import (
    Chart,
    Coloured,
    Narrative,
    Picture,
    blocks_in,
    facts_in,
    figure_of,
    heading_level_of,
    html_of,
    is_numbered,
    key_of,
    line_in,
    list_labels_of,
    placed,
    printables_in,
    region_of,
    run_in_of,
    text_in,
    width_of,
    words_of,
)
from app.word.xmltext import BREAKS, NOT_XML, UnwritableCharacter, encoded

_DRAWING_ID = re.compile(rb'(<wp:docPr\b[^>]*?\sid=")[0-9]+"')


@dataclass(frozen=True, slots=True)
class Filled:
    """A document that is not packed yet: what its template brought, as it is, and what was made for it."""

    kept: Mapping[str, Packed]
    made: Mapping[str, bytes]

    @property
    def content_digest(self) -> str:
        """What `content_digest` says of the packed document."""
        names = sorted({*self.kept, *self.made})
        return digest_of((name, self.made[name] if name in self.made else unpacked(self.kept[name])) for name in names)

    def packed(self) -> bytes:
        """The document."""
        return joined({**self.kept, **{part: packed(content) for part, content in self.made.items()}})


def render(template: CompiledTemplate, context: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The document: the template filled with the context, the same bytes whenever and wherever.

    The context holds dicts, lists, str, int, float, bool, None, `Fact`, `Narrative`, `Coloured`, `Picture` and `Chart`,
    and under `document` the properties (title, subject, author, language, keywords, created as an ISO date, custom). In
    a str, BEL begins a new paragraph and a form feed a new page. Raises `MissingValue`, `NotPrinted`, `MisplacedValue`,
    `NotInLine`, `UnwritableText`, `TemplateFails` and `TemplateTooCostly`.

    Every `Fact`, `Narrative`, `Coloured`, `Picture` and `Chart` that is not empty must be printed where it can be read:
    a property of the file or an attribute, such as a description or a colour, is no such place, nor are comments, what
    is hidden or deleted, and headers that no page has.

    `files` has the pictures by SHA-256 (`files_in` names them); raises
    `MissingPicture`, `UnusablePicture` and `PageNotTurned`.

    Whatever a narrative or fact with a `region` prints is bookmarked, so that `app.word.regions` finds it again.
    """
    return fill(template, context, files).packed()


def fill(template: CompiledTemplate, context: Mapping[str, Any], files: Mapping[str, bytes]) -> Filled:
    """The document that `render` makes, before it is packed; the same errors."""
    stated = properties_in(context)
    ledger = Ledger(template.numbering.first_list_id, template.first_relationship, template.free)
    press = _Press(template.digest, template.layout, ledger, files, template.unseen)
    budget = Budget()
    try:
        changed = {program.part: program.filled(context, press, budget) for program in template.programs}
        properties = _worded(stated, template.properties, context, press, budget)
        changed[CORE] = encoded([properties.core_xml()])
        changed[CUSTOM] = encoded([properties.custom_xml()])
    except UnwritableCharacter as error:
        raise _unwritable(context, error.character) from error
    press.require_all_printed(context)
    _count_drawings(changed, template.drawn, template.draws | {part for part, _ in ledger.relations()})
    if lists := list(ledger.lists()):
        changed[NUMBERING] = template.numbering.extended(lists)
    if ledger.turned:
        headings = {template.layout.styles[f"heading {level}"] or "" for level in HEADING_LEVELS}
        changed[DOCUMENT] = with_turned_pages(changed[DOCUMENT], headings)
    if template.lists_contents and has_contents(changed[DOCUMENT]):
        styles, numbering = template.kept.get(STYLES), template.kept[NUMBERING]
        changed[DOCUMENT] = with_contents(
            changed[DOCUMENT], unpacked(styles) if styles else None, changed.get(NUMBERING) or unpacked(numbering)
        )
    _bring_table(ledger, template.free)
    changed |= _brought(ledger, template.joints)
    return Filled(template.kept, changed)


def _bring_table(ledger: Ledger, free: Free) -> None:
    """What the bookmarks of regions stand for goes into the document, where it has any."""
    if marks := ledger.marks():
        ledger.enter(DOCUMENT)
        ledger.relate(CUSTOM_XML, item_of(free.item))
        for name, content in table_of(marks, free.item).items():
            ledger.add(name, content)


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
    words = {name: program.filled(context, press, budget).decode() for name, program in programs.items()}
    return replace(stated, **words) if words else stated  # type: ignore[arg-type]


def _unwritable(context: Mapping[str, Any], character: str) -> UnwritableText:
    """What is to be said of a text that cannot be written: its path, where a fact has such a character."""
    for path, value in placed(context):
        for found in NOT_XML.finditer(_plain_words(value)):
            if found.group() not in BREAKS:
                return UnwritableText(path, found.group())
    return UnwritableText("", character)


@dataclass(slots=True)
class _Press:
    """Prints the narratives of one document and remembers what was printed, by identity: equal facts are two."""

    template: str
    """Its digest."""
    layout: Layout
    ledger: Ledger
    files: Mapping[str, bytes]
    unseen: Collection[str]
    """The parts that no reader of a paper sees."""
    read: set[int] = field(default_factory=set)
    """What was printed where it can be read."""
    printed: set[int] = field(default_factory=set)
    """What was printed in the part that is being printed, and where that can be read, in others."""

    def enter(self, part: str) -> None:
        """From now on this part is printed."""
        self.ledger.enter(part)
        self.printed = set() if part in self.unseen else self.read

    def print(self, narrative: Narrative) -> str:
        """The narrative in Word's XML, noted as printed; the ledger holds what it needs."""
        self.printed.add(id(narrative))
        xml, in_table = self._printed(narrative)
        region = region_of(narrative)
        if not region or not xml:  # nothing was printed that could be marked
            return xml
        # Around the paragraphs, so that one that an author adds at the end is still inside.
        begins, ends = bookmark(self.ledger.mark(region, heading_level_of(narrative), in_table=in_table))
        return f"{begins}{xml}{ends}"

    def _printed(self, narrative: Narrative) -> tuple[str, bool]:
        """The narrative in Word's XML, and whether that begins with a table."""
        setting = Setting(
            self.template,
            html_of(narrative),
            heading_level_of(narrative),
            list_labels_of(narrative),
            is_numbered(narrative),
            run_in_of(narrative),
        )
        known = REPERTOIRE.find(setting)
        if known is not None:
            return known.printed(self.ledger), known.begins_with_table
        blocks = blocks_in(narrative)
        new = prepared(blocks, setting, self.layout)
        if new is not None:
            REPERTOIRE.put(setting, new)
            return new.printed(self.ledger), new.begins_with_table
        xml = narrative_xml(
            blocks,
            self.layout,
            self.ledger,
            setting.heading_level,
            files=self.files,
            where=key_of(narrative),
            list_labels=setting.list_labels,
            numbered=setting.numbered,
            run_in=setting.run_in,
        )
        return xml, begins_with_table(blocks)

    def print_in_line(self, narrative: Narrative, *, in_link: bool) -> str | None:
        """The narrative as runs, noted as printed; None where it is more than one paragraph."""
        inlines = line_in(narrative)
        if inlines is None:
            return None
        self.printed.add(id(narrative))
        if in_link:  # one link holds no other
            inlines = tuple(replace(inline, href=None) if isinstance(inline, Run) else inline for inline in inlines)
        runs, region = Paragraphs(self.layout, self.ledger).line(inlines), region_of(narrative)
        if not region or not runs:
            return runs
        begins, ends = bookmark(self.ledger.mark(region, heading_level_of(narrative), in_line=True))
        return f"{begins}{runs}{ends}"

    def draw(self, value: Picture | Chart, *, in_line: bool) -> str:
        """The picture or chart as paragraphs or as a run, noted as printed."""
        self.printed.add(id(value))
        show = Figures(self.layout, self.ledger, self.files, words_of(value), width_of(value))
        return show.in_line(figure_of(value)) if in_line else show.figure(figure_of(value))

    def mark(self, region: str) -> int:
        """The number of the bookmark for words that print the text with this key."""
        return self.ledger.mark(region)

    def has_marked(self) -> bool:
        """Whether anything has a bookmark so far."""
        return bool(self.ledger.marks())

    def note(self, value: Coloured | str) -> None:
        """Remember that this was printed, or what it was made of."""
        if isinstance(value, str):
            self.printed.update(map(id, facts_in(value)))
        else:
            self.printed.add(id(value))

    def require_all_printed(self, context: Mapping[str, Any]) -> None:
        """Pass when everything that must be printed was; else raise `NotPrinted` with the places and the words."""
        left_out = {id(value) for value in printables_in(context) if id(value) not in self.read and value}
        if left_out:
            places = {id(value): (path, value) for path, value in placed(context) if id(value) in left_out}
            raise NotPrinted(
                (key_of(value), text_in(value)) if isinstance(value, Narrative) else (path, _plain_words(value))
                for path, value in places.values()
            )


def _plain_words(value: Any) -> str:
    """The words of a text, of a coloured word or about a picture; nothing of anything else."""
    if isinstance(value, Coloured | Picture | Chart):
        return words_of(value)
    return value if isinstance(value, str) else ""


def _count_drawings(filled: dict[str, bytes], drawn: Mapping[str, bytes], draws: Collection[str]) -> None:
    """One count of drawing ids goes through all parts, as Word wants them.

    `drawn` are parts with drawings as the template had them, `draws` the names of filled parts that may hold some.
    """
    holders = {**drawn, **{part: xml for part, xml in filled.items() if part in draws}}
    count = 0

    def next_id(found: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        return b'%b%d"' % (found.group(1), count)

    for part in sorted(holders):
        filled[part] = _DRAWING_ID.sub(next_id, holders[part])
