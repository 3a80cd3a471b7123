"""Paragraphs and lists of a narrative as WordprocessingML: strings, and a ledger of what they need elsewhere.

Strings, because they cost a tenth of an element tree.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.narrative import Inline, Item, ListBlock, Paragraph, Run
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.namespaces import R
from app.word.numbering import INDENT, indent_of
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
    ledger: Ledger
    shift: int = 0  # twips by which lists stand further in, below a text that does

    def flow(self, blocks: Iterable[Paragraph | ListBlock], role: str, look: Look = PLAIN) -> str:
        """Paragraphs in the style of the role, and lists, as they stand in a quotation or a cell."""
        return "".join(
            self.paragraph(block.inlines, role, look=look)
            if isinstance(block, Paragraph)
            else self.list(block, look, role if role == "quote" else None)
            for block in blocks
        )

    def list(self, block: ListBlock, look: Look = PLAIN, role: str | None = None) -> str:
        """The list and all lists within it, in the style of the role; every ordered one counts for itself."""
        # One style throughout: Word drops the space between paragraphs of one style only, and lists that
        # change their style from level to level fall apart.
        role = role or ("bullet" if block.number_type is None else "number")
        return "".join(self._list(block, role, 0, look))

    def paragraph(
        self,
        inlines: Iterable[Inline],
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
        return self.framed(self._title(run_in) + self._runs(inlines, look), role, before=before, after=after)

    def framed(self, runs: str, role: str, *, before: str = "", after: str = "") -> str:
        """One `w:p` of these runs in the style of the role."""
        style = self.layout.styles[role]
        properties = (f'<w:pStyle w:val="{escaped(style)}"/>' if style else "") + before + after
        head = f"<w:p><w:pPr>{properties}</w:pPr>" if properties else "<w:p>"
        return f"{head}{runs}</w:p>"

    def _list(self, block: ListBlock, role: str, level: int, look: Look) -> Iterator[str]:
        if block.number_type is None:
            list_id = self.ledger.bullets()
        else:
            list_id = self.ledger.ordered_list(level, block.number_type, block.start)
        for item in block.items:
            yield from self._item(item, role, list_id, level, look)

    def _item(self, item: Item, role: str, list_id: int, level: int, look: Look) -> Iterator[str]:
        numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
        place = f'<w:ind w:left="{self.shift + indent_of(level)}" w:hanging="{INDENT}"/>' if self.shift else ""
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
        indent = f'<w:ind w:left="{self.shift + indent_of(level)}" w:firstLine="0"/>'
        return self.paragraph(block.inlines, role, before=UNNUMBERED, after=indent, look=look)

    def _title(self, words: str) -> str:
        if not words:
            return ""
        style = self.layout.styles["run-in title"]
        return run(f"{words} ", f'<w:rStyle w:val="{escaped(style)}"/>' if style else "<w:b/><w:bCs/>")

    def _runs(self, inlines: Iterable[Inline], look: Look) -> str:
        parts: list[str] = []
        open_link: str | None = None
        for inline in inlines:
            href = inline.href if isinstance(inline, Run) else None
            if href != open_link:
                parts.append(f"{'</w:hyperlink>' if open_link else ''}{self._link(href) if href else ''}")
                open_link = href
            parts.append(self._run(inline, look) if isinstance(inline, Run) else "<w:r><w:br/></w:r>")
        if open_link:
            parts.append("</w:hyperlink>")
        return "".join(parts)

    def _link(self, href: str) -> str:
        tooltip = escaped(href[:_LONGEST_TOOLTIP])
        identifier = self.ledger.link(href)
        return f'<w:hyperlink xmlns:r="{R}" r:id="{identifier}" w:tooltip="{tooltip}" w:history="1">'

    def _run(self, inline: Run, look: Look) -> str:
        marks = inline.marks | {"strong"} if look.bold else inline.marks
        link = self.layout.styles["link"] if inline.href else None
        colour, underlined = look.colour, "u" in marks
        if inline.href and not link:
            colour, underlined = colour or _LINK_COLOUR, True
        properties = [f'<w:rStyle w:val="{escaped(link)}"/>'] if link else []
        for mark, element in _LOOKS:
            if mark == "u":
                properties.append(f'<w:color w:val="{colour}"/>' if colour else "")
                properties.append(element if underlined else "")
            elif mark in marks:
                properties.append(element)
        return run(inline.text, "".join(properties))
