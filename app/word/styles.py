"""Which of a template's styles plays which part in a narrative."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lxml import etree

from app.word.namespaces import w
from app.word.numbers import whole_number

Kind: TypeAlias = Literal["paragraph", "character", "table"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a style is for: its kind, and the names by which it is looked for, the best first.

    The first `fitting` of the names are all right; the ones behind them are makeshifts.
    """

    kind: Kind
    names: tuple[str, ...]
    fitting: int = 1


HEADING_LEVELS = range(1, 10)

ROLE_STYLES: Mapping[str, Role] = {
    "paragraph": Role("paragraph", ("Body Text", "Normal")),
    # Where a paper numbers its paragraphs, this style carries the numbering.
    "numbered paragraph": Role("paragraph", ("Numbered Paragraph", "Body Text", "Normal")),
    "bullet": Role("paragraph", ("List Bullet", "List Paragraph", "Normal")),
    "number": Role("paragraph", ("List Number", "List Paragraph", "Normal")),
    "quote": Role("paragraph", ("Quote", "Body Text", "Normal")),
    "figure": Role("paragraph", ("Figure", "Body Text", "Normal"), fitting=3),
    "caption": Role("paragraph", ("Caption", "Body Text", "Normal")),
    "table text": Role("paragraph", ("Table Text", "Normal")),
    "table": Role("table", ("Board Table", "Table Grid")),
    "link": Role("character", ("Hyperlink",)),
    "run-in title": Role("character", ("Run-in Title",)),
    # A heading inside prose never takes part in the numbering of the paper's own headings.
    **{
        f"heading {level}": Role("paragraph", (f"Heading {level} Unnumbered", f"Heading {level}", "Normal"), fitting=2)
        for level in HEADING_LEVELS
    },
}
"""Every role of the narrative converter. Names are compared without regard to case, as Word does."""

ON_DEMAND = ("numbered paragraph", "run-in title")
"""Roles that only some formats ask for: a template may do without them."""


@dataclass(frozen=True, slots=True)
class Styles:
    """The ids of a template's styles, by role; None where the template has none of the names."""

    ids: Mapping[str, str | None]
    fallen_back: tuple[str, ...]  # roles that have none of the fitting styles

    def __getitem__(self, role: str) -> str | None:
        return self.ids[role]


def styles_in(root: etree._Element | None) -> Styles:
    """The styles that play each role in a template with this `word/styles.xml`, or with none."""
    present = _present(root) if root is not None else {}
    ids: dict[str, str | None] = {}
    fallen_back = []
    for name, role in ROLE_STYLES.items():
        found = [present.get((role.kind, style.casefold())) for style in role.names]
        ids[name] = next((identifier for identifier in found if identifier), None)
        if not any(found[: role.fitting]):
            fallen_back.append(name)
    return Styles(ids, tuple(fallen_back))


def indent_in(root: etree._Element | None, identifier: str | None) -> int | None:
    """Twips by which paragraphs of the style stand in, None where neither it nor a style below it says so."""
    for style in _chain(root, identifier):
        indent = style.find(f"{w('pPr')}/{w('ind')}")
        stated = indent.get(w("left"), indent.get(w("start"))) if indent is not None else None
        if (twips := whole_number(stated)) is not None:
            return twips
    return None


def font_in(root: etree._Element | None, styles: Styles) -> str | None:
    """The face of body text in a template with these styles, None when it leaves that to its theme."""
    for style in _chain(root, styles["paragraph"]):
        if font := _ascii_font(style):
            return font
    defaults = root.find(f"{w('docDefaults')}/{w('rPrDefault')}") if root is not None else None
    return _ascii_font(defaults) if defaults is not None else None


def _chain(root: etree._Element | None, identifier: str | None) -> Iterator[etree._Element]:
    """The style and those that it is based on."""
    if root is None or not identifier:
        return
    by_id: dict[str, etree._Element] = {}
    for style in root.iter(w("style")):
        by_id.setdefault(style.get(w("styleId"), ""), style)
    seen: set[str] = set()
    while identifier and identifier not in seen:
        seen.add(identifier)
        found = by_id.get(identifier)
        if found is None:
            return
        yield found
        base = found.find(w("basedOn"))
        identifier = base.get(w("val")) if base is not None else None


def _ascii_font(holder: etree._Element) -> str | None:
    fonts = holder.find(f"{w('rPr')}/{w('rFonts')}")
    return fonts.get(w("ascii")) if fonts is not None else None


def _present(root: etree._Element) -> dict[tuple[str, str], str]:
    present = {}
    for style in root.iter(w("style")):
        name = style.find(w("name"))
        if name is not None:
            key = (style.get(w("type"), "paragraph"), name.get(w("val"), "").casefold())
            present[key] = style.get(w("styleId"), "")
    return present
