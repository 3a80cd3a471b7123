"""From HTML to a tree of elements: broken HTML is repaired by HTML's own rules, within bounds."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import nh3

from app.narrative.refusals import ContentNotHeld, TooDeep, UnreadableNarrative

MAX_DEPTH = 200
"""Elements inside one another; what people write stays below 50."""

# What the grammar cannot hold; named to the reader instead of being lost.
NOT_HELD = {
    "applet": "an embedded program",
    "area": "a picture map",
    "audio": "a sound recording",
    "button": "a form button",
    "canvas": "a drawing",
    "embed": "an embedded file",
    "iframe": "an embedded page",
    "input": "a form field",
    "map": "a picture map",
    "math": "a formula",
    "meter": "a gauge",
    "noembed": "an embedded file",
    "noframes": "an embedded page",
    "object": "an embedded file",
    "picture": "a picture",
    "plaintext": "unmarked source text",
    "progress": "a progress bar",
    "select": "a form field",
    "svg": "a drawing",
    "textarea": "a form field",
    "video": "a film",
    "xmp": "unmarked source text",
}
_VOID = {"br", "hr", "wbr", "col", "img", "input", "embed", "area"}
# Known here only to end a paragraph; everything else that is unknown is taken out, its content stays.
BLOCKS = frozenset(
    {"address", "article", "aside", "body", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset"}
    | {"footer", "form", "header", "hgroup", "hr", "html", "main", "nav", "section", "summary"}
)
_FORMATTING = frozenset({"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})
_KEPT = (
    BLOCKS
    | _FORMATTING
    | set(NOT_HELD)
    | {"a", "blockquote", "br", "del", "h1", "h2", "h3", "h4", "h5", "h6", "ins", "li", "mark", "ol", "p", "pre"}
    | {"figcaption", "figure", "img", "q", "span"}
    | {"sub", "sup", "ul", "caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
# `style`, `class` and `data-aria-…` go no further than `pasted`, which reads from them what word processors mean.
_PASTED = {"style", "class"}
_ATTRIBUTES = {
    "a": {"href", "data-href"},
    "p": {"data-number", *_PASTED},
    **dict.fromkeys(("div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "ul"), _PASTED),
    "ol": {"type", "start", *_PASTED},
    "li": {"value", "data-aria-level", "data-aria-posinset", *_PASTED},
    "img": {"src", "data-src", "alt"},
    "figure": {"data-chart", "data-table", "data-page"},
    "td": {"colspan", "rowspan", "data-rag"},
    "th": {"colspan", "rowspan", "data-rag", "scope"},
    "mark": {"data-redact"},
}
# Their content is not prose: code, and the islands of XML in Word's clipboard.
_DROPPED_WITH_CONTENT = {"script", "style", "title", "template", "xml"}

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')

_ADDRESS = re.compile(r"(<(?:a|img)\b[^<>]*?\s)(href|src)(\s*=)", re.IGNORECASE)
# Google Docs wraps everything in bold that is not, and icons are italics that are not.
_EMPHASIS = re.compile(r"<(?:b|strong|i|em)\s[^<>]*>", re.IGNORECASE)
_NONE = re.compile(r"\b(?:font-weight\s*:\s*(?:normal|400)|font-style\s*:\s*normal)\b", re.IGNORECASE)
_EMPTY_OFFICE_PARAGRAPH = re.compile(r"<o:p>(?:\s|&nbsp;)*</o:p>", re.IGNORECASE)
_NAMES = "|".join(sorted(_FORMATTING, key=len, reverse=True))
_PLAIN_ATTRIBUTES = r"""(?:\s+[^\s"'<>/=`]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)+\s*/?"""
_ATTRIBUTED_FORMATTING = re.compile(rf"<({_NAMES}){_PLAIN_ATTRIBUTES}>", re.IGNORECASE)
_ODD_FORMATTING = re.compile(rf"<(?:{_NAMES})[\s/]", re.IGNORECASE)
_MAX_ODD = 50
# Tags whose end cannot be left out, so that their balance is their depth.
_MUST_END = re.compile(r"<(/?)(?:div|span|ul|ol|dl|blockquote|table|section|article|center|form)\b", re.IGNORECASE)
_MAX_BALANCE = 500


@dataclass(slots=True)
class Element:
    """One element with its attributes and content in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Element"]:
        """The elements directly inside, without the text between them."""
        return (child for child in self.children if isinstance(child, Element))


def repaired(markup: str) -> str:
    """The same content as well-formed HTML of known elements only; scripts, styles and comments are gone.

    Raises `TooDeep` or `UnreadableNarrative` for markup whose repair would grow without bound.
    """
    _require_bounded(markup)
    # HTML's rules repeat every open formatting element in every new block when their attributes differ: 180 kB
    # grew to 590 MB. Attributes of these elements mean nothing here, so they go; a few odd ones may stay.
    emphasised = _EMPHASIS.sub(_unless_none, _EMPTY_OFFICE_PARAGRAPH.sub("", markup))
    plain = _ATTRIBUTED_FORMATTING.sub(r"<\1>", emphasised)
    if len(_ODD_FORMATTING.findall(plain)) > _MAX_ODD:
        raise UnreadableNarrative(_ODD_FORMATTING.split(plain, maxsplit=1)[1][:60])
    # What may not stand is to be refused by name; nh3 would take its address away without a word.
    return nh3.clean(
        _ADDRESS.sub(r"\1data-\2\3", plain),
        tags=_KEPT,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        strip_comments=True,
        link_rel=None,
    )


def _unless_none(tag: re.Match[str]) -> str:
    # The end tag that is left over ends nothing.
    return "<span>" if _NONE.search(tag.group()) else tag.group()


def _require_bounded(markup: str) -> None:
    depth = 0
    for tag in _MUST_END.finditer(markup):
        depth = max(depth - 1, 0) if tag.group(1) else depth + 1
        if depth > _MAX_BALANCE:
            raise TooDeep("elements", MAX_DEPTH)


def tree_of(markup: str, *, whole: bool = False) -> Element:
    """The tree of well-formed HTML, under a root of its own.

    Raises `UnreadableNarrative` for anything else, `TooDeep`, and `ContentNotHeld` for what has no place in a
    narrative; of what is to be read `whole`, that is in the tree.
    """
    root = Element("body")
    path = [root]
    position = 0
    for token in _TOKEN.finditer(markup):
        if token.start() != position:
            break
        position = token.end()
        end, tag, attributes, words = token.groups()
        if words is not None:
            path[-1].children.append(html.unescape(words) if "&" in words else words)
        elif end:
            if path.pop().tag != tag or not path:
                raise UnreadableNarrative(token.group())
        else:
            _open(path, tag, attributes, whole=whole)
    if position != len(markup) or len(path) != 1:
        raise UnreadableNarrative(markup[position : position + 60] or markup[-60:])
    return root


def _open(path: list[Element], tag: str, attributes: str, *, whole: bool) -> None:
    if tag in NOT_HELD and not whole:
        raise ContentNotHeld(NOT_HELD[tag])
    element = Element(tag)
    if attributes:
        element.attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    path[-1].children.append(element)
    if tag not in _VOID:
        path.append(element)
        if len(path) > MAX_DEPTH:
            raise TooDeep("elements", MAX_DEPTH)
