"""docxtpl's part in the engine: the tags that authors write in Word, as Jinja tags in the part's XML.

Its translation is kept as it is, because template authors know it; nothing else of docxtpl is used. The translation
runs once for a template, over XML that was read and written by our own parser.
"""

import re
from collections.abc import Callable
from typing import cast

from docxtpl import DocxTemplate

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_HAS_TAGS = re.compile(rb"\{\s*(?:<[^>]*>\s*)*[{%#]")
_HIDDEN = re.compile("\ue000([0-9]+)\ue001")
_PARAGRAPH = re.compile(r"<w:p([ >])")

# Both use nothing of the template object that they are methods of.
_patch_xml = cast("Callable[[None, str], str]", DocxTemplate.patch_xml)
_resolve_listing = cast("Callable[[None, str], str]", DocxTemplate.resolve_listing)

_CELL_PROPERTIES = re.compile(r"(<w:tcPr(?: [^>]*)?(?<!/)>)(.*?)(</w:tcPr>)", re.DOTALL)
_PROPERTY = re.compile(r"<w:(\w+)\b[^>]*?/>|<w:(\w+)\b[^>]*>.*?</w:\2>", re.DOTALL)
# The order of the schema (ISO/IEC 29500-1, CT_TcPr); `{% cellbg %}` and `{% colspan %}` put theirs first.
_CELL_ORDER = [
    *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar"),
    *("textDirection", "tcFitText", "vAlign", "hideMark"),
]
_CELL_RANK = {name: rank for rank, name in enumerate(_CELL_ORDER)}
_LITERAL_BREAK = re.compile(r"[\n\t][^<\n\t]*</w:t>")
_EMPTY_ELEMENT = re.compile(r"<w:([prt]) ([^>]*)/>")
# What `{{r … }}` leaves on either side of the value, when nothing stood there.
_EMPTY_RUN = re.compile(
    r"<w:r(?: [^>]*)?>(?:<w:rPr/>|<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?"
    r"(?:<w:t(?: [^>]*)?/>|<w:t(?: [^>]*)?></w:t>)</w:r>",
    re.DOTALL,
)


def has_tags(part_xml: bytes) -> bool:
    """Whether anything in the part looks like a tag, also where Word has split it over runs."""
    return _HAS_TAGS.search(part_xml) is not None


def translated(part_xml: str) -> str:
    """The part as a Jinja template: each of its tags a Jinja tag, one line for each paragraph.

    Cell properties stand in the order of the schema, and runs that say nothing are gone. The XML is as lxml writes
    it, and its tags are as `app.word.scan` asks: with others, the translation takes very long.
    """
    source = _patch_xml(None, part_xml)
    tags: list[str] = []

    def hide(found: re.Match[str]) -> str:
        # docxtpl leaves these two as XML writes them.
        tags.append(found.group().replace("&quot;", '"').replace("&amp;", "&"))
        return f"\ue000{len(tags) - 1}\ue001"

    hidden = TAG.sub(hide, source.replace("\ue000", "").replace("\ue001", ""))
    if _LITERAL_BREAK.search(hidden):
        hidden = with_breaks(hidden)
    hidden = _EMPTY_RUN.sub("", _CELL_PROPERTIES.sub(_in_order, hidden))
    return _PARAGRAPH.sub(r"\n<w:p\1", _HIDDEN.sub(lambda found: tags[int(found.group(1))], hidden))


def _in_order(found: re.Match[str]) -> str:
    properties = [(match.group(1) or match.group(2), match.group()) for match in _PROPERTY.finditer(found.group(2))]
    ranked = sorted(properties, key=lambda named: _CELL_RANK.get(named[0], len(_CELL_RANK)))
    return found.group(1) + "".join(xml for _, xml in ranked) + found.group(3)


def with_breaks(part_xml: str) -> str:
    """The part with docxtpl's own reading of new lines, tabs and breaks in its text; for texts of unsure place."""
    # docxtpl would look for the end of an empty element as far as the end of the part.
    hidden = _EMPTY_ELEMENT.sub(r"<w:\1/ \2/>", part_xml)
    return (
        _resolve_listing(None, hidden).replace("<w:p/ ", "<w:p ").replace("<w:r/ ", "<w:r ").replace("<w:t/ ", "<w:t ")
    )
