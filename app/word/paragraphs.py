"""Paragraphs and lists of a narrative as WordprocessingML: strings, with the ids of what they need elsewhere.

Strings, because they cost a tenth of an element tree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.narrative import Inline, Item, ListBlock, Mark, Paragraph, Run
from app.word.layout import Layout
from app.word.ledger import Ids
from app.word.namespaces import R
from app.word.numbering import INDENT, PLAIN_LABEL, indent_of
from app.word.xmltext import escaped, run

# In the order in which w:rPr holds them.
_LOOKS = (
    ("strong", "<w:b/><w:bCs/>"),
    ("em", "<w:i/><w:iCs/>"),
    ("s", "<w:strike/>"),
    ("u", '<w:u w:val="single"/>'),
    ("sub", '<w:vertAlign w:val="subscript"/>'),
    ("sup", '<w:vertAlign w:val="superscript"/>'),
)
UNNUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
"""Properties of a paragraph that has no number though its style has."""

_LISTS_KEEP = frozenset({"quote", "table text"})  # roles whose style a list inside them has
_NEARER = 170  # twips by which lists in cells, where room is scarce, stand nearer to the edge

_LINK_COLOUR = "0563C1"  # for templates without a Hyperlink style; 5.9 : 1 on white
_LONGEST_TOOLTIP = 255  # Word takes no longer one


@dataclass(frozen=True, slots=True)
class Look:
    """How all the runs of a place look, beyond their own emphasis."""

    bold: bool = False
    colour: str | None = None


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Writes paragraphs and lists for one template into one document."""

    layout: Layout
    ids: Ids
    list_labels: tuple[str, ...] = ()
    shift: int = 0  # twips by which lists stand further in, below a text that does

    def flow(self, blocks: Iterable[Paragraph | ListBlock], role: str, look: Look = PLAIN) -> str:
        """Paragraphs in the style of the role, and lists, as they stand in a quotation or a cell."""
        return "".join(
            [
                self.paragraph(block.inlines, role, look=look)
                if isinstance(block, Paragraph)
                else self.list(block, look, role if role in _LISTS_KEEP else None)
                for block in blocks
            ]
        )

    def list(self, block: ListBlock, look: Look = PLAIN, role: str | None = None) -> str:
        """The list and all lists within it, in the style of the role; every ordered one counts for itself."""
        # One style throughout: Word drops the space between paragraphs of one style only, and lists that
        # change their style from level to level fall apart.
        role = role or ("bullet" if block.number_type is None else "number")
        return "".join(self._list(block, role, 0, look))

    def paragraph(
        self,
        inlines: Sequence[Inline],
        role: str,
        *,
        before: str = "",
        after: str = "",
        look: Look = PLAIN,
        run_in: str = "",
    ) -> str:
        """One `w:p` in the style of the role, opened by the title `run_in` where there is one.

        `before` and `after` are properties up to the numbering and beyond it, in the order of `w:pPr`.
        """
        runs = self._runs(inlines, look)
        return self.framed(self._title(run_in) + runs if run_in else runs, role, before=before, after=after)

    def framed(self, runs: str, role: str, *, before: str = "", after: str = "") -> str:
        """One `w:p` of these runs in the style of the role."""
        return f"{_head(self.layout.styles[role], before, after)}{runs}</w:p>"

    def line(self, inlines: Sequence[Inline]) -> str:
        """Runs and links as they stand in a paragraph of the template."""
        return self._runs(inlines, PLAIN)

    def _list(self, block: ListBlock, role: str, level: int, look: Look) -> Iterator[str]:
        list_id: int | str
        if block.number_type is None:
            list_id = self.ids.bullets()
        else:
            label = self.list_labels[level] if level < len(self.list_labels) else PLAIN_LABEL
            list_id = self.ids.ordered_list(level, block.number_type, block.start, label)
        for item in block.items:
            yield from self._item(item, role, list_id, level, look)

    def _item(self, item: Item, role: str, list_id: int | str, level: int, look: Look) -> Iterator[str]:
        numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
        place = self._place(role, level)
        blocks = item.blocks
        if isinstance(blocks[0], Paragraph):
            yield self.paragraph(blocks[0].inlines, role, before=numbered, after=place, look=look)
            blocks = blocks[1:]
        else:  # the number of an item whose first words belong to a list inside it
            yield self.paragraph((), role, before=numbered, after=place, look=look)
        for block in blocks:
            if isinstance(block, ListBlock):
                yield from self._list(block, role, level + 1, look)
            else:
                yield self._continuation(block, role, level, look)

    def _continuation(self, block: Paragraph, role: str, level: int, look: Look) -> str:
        indent = f'<w:ind w:left="{indent_of(level) + self._further(role)}" w:firstLine="0"/>'
        return self.paragraph(block.inlines, role, before=UNNUMBERED, after=indent, look=look)

    def _further(self, role: str) -> int:
        """Twips by which a list stands further in than its own numbering says, or nearer."""
        return -_NEARER if role == "table text" else self.shift

    def _place(self, role: str, level: int) -> str:
        """Where an item stands, if not where the numbering of its list says."""
        further = self._further(role)
        if not further:
            return ""
        return f'<w:ind w:left="{indent_of(level) + further}" w:hanging="{INDENT + min(further, 0)}"/>'

    def _title(self, words: str) -> str:
        style = self.layout.styles["run-in title"]
        return run(f"{words} ", f'<w:rStyle w:val="{escaped(style)}"/>' if style else "<w:b/><w:bCs/>")

    def _runs(self, inlines: Sequence[Inline], look: Look) -> str:
        link = self.layout.styles["link"]
        if len(inlines) == 1 and isinstance(only := inlines[0], Run) and only.href is None:  # as nearly everywhere
            return run(only.text, _properties(only.marks, look.bold, look.colour, False, link))
        parts: list[str] = []
        open_link: str | None = None
        for inline in inlines:
            href, words = None, "<w:r><w:br/></w:r>"
            if isinstance(inline, Run):
                href = inline.href
                words = run(inline.text, _properties(inline.marks, look.bold, look.colour, href is not None, link))
            if href != open_link:
                parts.append(f"{'</w:hyperlink>' if open_link else ''}{self._link(href) if href else ''}")
                open_link = href
            parts.append(words)
        if open_link:
            parts.append("</w:hyperlink>")
        return "".join(parts)

    def _link(self, href: str) -> str:
        tooltip = escaped(href[:_LONGEST_TOOLTIP])
        identifier = self.ids.link(href)
        return f'<w:hyperlink xmlns:r="{R}" r:id="{identifier}" w:tooltip="{tooltip}" w:history="1">'


@lru_cache(maxsize=1024)  # lists have one for each of their ids
def _head(style: str | None, before: str, after: str, /) -> str:
    """What opens a paragraph of this style, with these properties up to the numbering and beyond it."""
    styled = f'<w:pStyle w:val="{escaped(style)}"/>' if style else ""
    properties = f"{styled}{before}{after}"
    return f"<w:p><w:pPr>{properties}</w:pPr>" if properties else "<w:p>"


@lru_cache(maxsize=256)  # hardly more looks are ever seen, and every run has one
def _properties(marks: frozenset[Mark], bold: bool, colour: str | None, is_link: bool, link: str | None, /) -> str:
    """The content of `w:rPr` for a run with these marks; `link` is the style of links, if there is one."""
    if bold:
        marks = marks | {"strong"}
    underlined = "u" in marks
    if is_link and not link:
        colour, underlined = colour or _LINK_COLOUR, True
    properties = [f'<w:rStyle w:val="{escaped(link)}"/>'] if is_link and link else []
    for mark, element in _LOOKS:
        if mark == "u":
            properties.append(f'<w:color w:val="{colour}"/>' if colour else "")
            properties.append(element if underlined else "")
        elif mark in marks:
            properties.append(element)
    return "".join(properties)
