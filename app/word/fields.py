"""The fields of a part: what Word works out when a document is opened, printed or asked to.

A field is one element, or a run that begins it, runs with its code and a run that ends it; its code may be cut into
pieces anywhere, so that no piece shows what it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.word.archive import shown

_SAFE_LINK = re.compile(r"(?:https?://[^\s\\/]|mailto:|#)", re.IGNORECASE)
FIELDS = frozenset(
    {"=", "ADVANCE", "ASK", "AUTHOR", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "BIBLIOGRAPHY", "CITATION", "COMMENTS"}
    | {"COMPARE", "CREATEDATE", "DATE", "DISPLAYBARCODE", "DOCPROPERTY", "DOCVARIABLE", "EDITTIME", "EQ", "FILENAME"}
    | {"FILESIZE", "FILLIN", "FORMCHECKBOX", "FORMDROPDOWN", "FORMTEXT", "HYPERLINK", "IF", "INDEX", "INFO"}
    | {"KEYWORDS", "LASTSAVEDBY", "LISTNUM", "MERGEFIELD", "NOTEREF", "NUMCHARS", "NUMPAGES", "NUMWORDS", "PAGE"}
    | {
        "PAGEREF",
        "PRINTDATE",
        "QUOTE",
        "REF",
        "REVNUM",
        "SAVEDATE",
        "SECTION",
        "SECTIONPAGES",
        "SEQ",
        "SET",
        "STYLEREF",
    }
    | {"SUBJECT", "SYMBOL", "TA", "TC", "TEMPLATE", "TIME", "TITLE", "TOA", "TOC", "USERADDRESS", "USERINITIALS"}
    | {"USERNAME", "XE"}
)
"""The kinds of fields that a template may hold: none of them reads another file, starts a program or asks the net."""
_HARMFUL = re.compile(
    r"(?:DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|DATABASE|RD|MACROBUTTON|EMBED|CONTROL|HTMLCONTROL"
    r"|PRINT|ADDIN|AUTOTEXT|AUTOTEXTLIST|GOTOBUTTON)(?![A-Z])",
    re.IGNORECASE,
)
_FIELD_WORD = re.compile(r"\s*(=|[^\s\\\"]+)")
_FIELD_TARGET = re.compile(r"\s*HYPERLINK\s+(?:\"([^\"]*)\"?|(?!\\[a-z](?:\s|$))(\S+))", re.IGNORECASE)
_NESTED = "\x01"
ALTERNATIVES = "\x02"


def is_safe_link(address: str) -> bool:
    """Whether the address is of the web (http, https), of an e-mail, or of a place in the document."""
    return _SAFE_LINK.match(address.strip()) is not None


def refusal_of(code: str) -> str | None:
    """What a template may not hold, as the object of a sentence, where this is the code of such a field."""
    if not code.strip():
        return None
    found = _FIELD_WORD.match(code)
    word = found.group(1).upper() if found else code.strip().upper()
    word = "=" if word.startswith("=") else word
    if word == ALTERNATIVES:
        return "a field that is written differently for different programs. Insert it anew"
    if word not in FIELDS or _HARMFUL.match(code.strip()):
        what = "whose kind is worked out by another field" if _NESTED in word else shown(word)
        return f"a field {what}, which a template may not use. Replace it by its text (Ctrl+Shift+F9)"
    if word == "HYPERLINK" and (target := _FIELD_TARGET.match(code)):
        address = target.group(1) if target.group(1) is not None else target.group(2)
        if address.strip() and not is_safe_link(address):
            return "a link that is not to the web (http, https) or an e-mail address (mailto). Change or remove it"
    return None


def codes_in(root: etree._Element) -> Iterator[str]:
    """The codes of the fields of a part, put together from their pieces; a field within one stands there as a mark.

    Deleted pieces count as text, and also as none: whoever accepts or rejects changes gets either. A piece that
    names a harmful field is a code of its own. `ALTERNATIVES` stands for a code that is not the same everywhere.
    """
    opened: list[_Field] = []
    for element in root.iter("{*}fldSimple", "{*}fldChar", "{*}instrText", "{*}delInstrText"):
        match etree.QName(element).localname:
            case "fldSimple":
                yield _attribute(element, "instr")
                _note_within(opened)
            case "fldChar":
                yield from _step(opened, element)
            case kind:
                yield from _piece(opened, element, is_live=kind == "instrText")
    for unfinished in opened:
        yield from unfinished.codes()


@dataclass(slots=True)
class _Field:
    """A field whose end is still to come: the pieces of its code, until what it shows begins."""

    begins_in: etree._Element | None
    live: list[str] = field(default_factory=list)
    every: list[str] = field(default_factory=list)
    is_shown: bool = False

    def codes(self) -> Iterator[str]:
        yield "".join(self.live)
        if self.live != self.every:
            yield "".join(self.every)


def _step(opened: list[_Field], element: etree._Element) -> Iterator[str]:
    """A field begins, ends, or begins to be shown."""
    kind = _attribute(element, "fldCharType")
    if kind == "begin":
        _note_within(opened)
        opened.append(_Field(_alternative(element)))
    elif kind == "separate" and opened:
        opened[-1].is_shown = True
    elif kind == "end" and opened:
        yield from opened.pop().codes()


def _piece(opened: list[_Field], element: etree._Element, *, is_live: bool) -> Iterator[str]:
    words = element.text or ""
    if not opened or _HARMFUL.match(words.strip()):
        yield words
    if opened:
        if opened[-1].begins_in is not _alternative(element):
            yield ALTERNATIVES
        opened[-1].every.append(words)
        opened[-1].live += [words] if is_live else []


def _note_within(opened: list[_Field]) -> None:
    """A field stands in the code of the one around it."""
    if opened and not opened[-1].is_shown:
        opened[-1].live.append(_NESTED)
        opened[-1].every.append(_NESTED)


def _alternative(element: etree._Element) -> etree._Element | None:
    """The alternative (of `mc:AlternateContent`) that the element belongs to, None where there is but one."""
    return next(element.iterancestors("{*}Choice", "{*}Fallback"), None)


def _attribute(element: etree._Element, local: str) -> str:
    return next((str(value) for name, value in element.attrib.items() if etree.QName(name).localname == local), "")
