"""Template tags as visible text, each whole in one run; those with a paragraph of their own vanish when printed."""

from collections.abc import Iterable

from templates.building.elements import Element, cell, paragraph, row


def tag(words: str) -> Element:
    """The paragraph of a tag: printed, it is gone."""
    return paragraph("Template Tag", f"{{%p {words} %}}")


def tag_row(words: str, columns: int) -> Element:
    """The table row of a tag: printed, it is gone."""
    return row(cell(paragraph("Template Tag", f"{{%tr {words} %}}"), span=columns))


def tag_cell(words: str) -> Element:
    """The table cell of a tag: printed, it is gone."""
    return cell(paragraph("Template Tag", f"{{%tc {words} %}}"))


def each(loop: str, *content: Element) -> list[Element]:
    """The content once for each: `each("section in sections", …)`."""
    return [tag(f"for {loop}"), *content, tag("endfor")]


def when(condition: str, *content: Element, otherwise: Iterable[Element] = ()) -> list[Element]:
    """The content where the condition holds, else the other."""
    other = list(otherwise)
    return [tag(f"if {condition}"), *content, *([tag("else"), *other] if other else []), tag("endif")]


def first_of(*cases: tuple[str, Element], otherwise: Element | None = None) -> list[Element]:
    """The paragraph of the first condition that holds, else the last one, if there is one."""
    opened: list[Element] = []
    for number, (condition, content) in enumerate(cases):
        opened += [tag(f"{'elif' if number else 'if'} {condition}"), content]
    return [*opened, *([] if otherwise is None else [tag("else"), otherwise]), tag("endif")]
