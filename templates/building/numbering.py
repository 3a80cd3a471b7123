"""The lists of the shipped templates: numbered headings, and what bullets and numbers are to an author in Word."""

from templates.building.elements import Element, style_id, val, w
from templates.building.look import FONT, NUMBER_WIDTH

HEADING_LIST, BULLET_LIST, NUMBER_LIST, PARAGRAPH_LIST = 1, 2, 3, 4

HEADING_NUMBERS = (
    ("%1.0", "heading 1"),
    ("%1.%2", "heading 2"),
    ("%1.%2.%3", "Heading 3 Numbered"),
    *((".".join(f"%{n}" for n in range(1, level + 1)), None) for level in range(4, 10)),
)
"""How each level of the heading list is printed, and the style that is tied to it."""

LIST_INDENT = 454  # 0.8 cm a level


def numbering(first_heading: str = HEADING_NUMBERS[0][0], paragraphs: str | None = None) -> Element:
    """The list of the headings, and what bullets and numbers are to an author who types in Word.

    `first_heading` is how the number of a main heading is printed. With `paragraphs`, such as `%1.`, the style
    Numbered Paragraph has a list of its own that goes through the whole paper.
    """
    headings = [(first_heading, "heading 1"), *HEADING_NUMBERS[1:]]
    lists = {
        HEADING_LIST: [_heading_level(*level) for level in enumerate(headings)],
        BULLET_LIST: [_list_level(level, "bullet", "•–▪"[level % 3], "List Bullet") for level in range(9)],
        NUMBER_LIST: [_list_level(level, _counted(level), f"%{level + 1}.", "List Number") for level in range(9)],
    }
    if paragraphs:
        lists[PARAGRAPH_LIST] = [_heading_level(0, (paragraphs, "Numbered Paragraph"))]
    definitions = [
        w("abstractNum", w("nsid", val=f"{0x5C000000 + number:08X}"), w("multiLevelType", val="multilevel"), *levels,
          abstractNumId=number)
        for number, levels in lists.items()
    ]  # fmt: skip
    return w("numbering", *definitions, *(w("num", w("abstractNumId", val=n), numId=n) for n in lists))


def _heading_level(level: int, printed: tuple[str, str | None]) -> Element:
    text, style = printed
    place = w("ind", left=NUMBER_WIDTH, hanging=NUMBER_WIDTH)
    return w("lvl", w("start", val=1), w("numFmt", val="decimal"), val("pStyle", style and style_id(style)),
             w("lvlText", val=text), w("lvlJc", val="left"), w("pPr", place), ilvl=level)  # fmt: skip


def _list_level(level: int, form: str, text: str, style: str) -> Element:
    place = w("ind", left=LIST_INDENT * (level + 1), hanging=LIST_INDENT)
    font = w("rPr", w("rFonts", ascii=FONT, hAnsi=FONT, cs=FONT, hint="default")) if form == "bullet" else None
    return w("lvl", w("start", val=1), w("numFmt", val=form), val("pStyle", None if level else style_id(style)),
             w("lvlText", val=text), w("lvlJc", val="left"), w("pPr", place), font, ilvl=level)  # fmt: skip


def _counted(level: int) -> str:
    return ("decimal", "lowerLetter", "lowerRoman")[level % 3]
