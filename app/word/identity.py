"""Whether a document says what it is: its properties and language, and on every page its marking and number."""

import re
from collections.abc import Iterator

from lxml import etree

from app.word.container import DOCUMENT
from app.word.located import (
    BODY,
    PROPERTIES,
    STYLES_PART,
    Barrier,
    OpenedDocument,
    Section,
    Where,
)
from app.word.namespaces import w
from app.word.parts import CORE, CUSTOM, STYLES
from app.word.properties import texts_in
from app.word.reading import words_of_paragraph

NAMED = ("Paper reference", "Paper version", "Marking", "Snapshot digest", "Template digest")
"""The properties of a paper besides Word's own, by their names in the file."""

_SAID = {"title": "title", "subject": "subject", "author": "author (the organisation)"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PAGES = {"default": "every page", "first": "its first page", "even": "its left-hand pages"}
_PAGE_FIELDS = {"PAGE": "the number of the page", "NUMPAGES": "how many pages there are"}
_FIELD = re.compile(r"\s*(\w+)")


def identity(opened: OpenedDocument, language: str) -> Iterator[Barrier]:
    """What the document does not say of itself."""
    yield from _properties(opened)
    yield from _language(opened, language)
    for section in opened.sections:
        yield from _pages(opened, section)


def custom_properties(opened: OpenedDocument) -> dict[str, str]:
    """The document's own properties by name, as text."""
    root = opened.trees.get(CUSTOM)
    entries = root if root is not None else ()
    return {entry.get("name", ""): "".join(str(words) for words in entry.itertext()) for entry in entries}


def _stated(opened: OpenedDocument) -> dict[str, str]:
    root = opened.trees.get(CORE)
    return texts_in(root) if root is not None else {}


def _properties(opened: OpenedDocument) -> Iterator[Barrier]:
    stated, place = _stated(opened), Where(PROPERTIES)
    for name, words in _SAID.items():
        if not stated.get(name, "").strip():
            yield Barrier("no-property", place, f"The document does not state its {words} (File > Info).")
    custom = custom_properties(opened)
    for name in NAMED:
        if not custom.get(name, "").strip():
            what = f"The document does not carry its {name.lower()} as a property."
            yield Barrier("no-property", place, what)
        elif name.endswith("digest") and not _DIGEST.fullmatch(custom[name]):
            what = f"The {name.lower()} in the document’s properties is no SHA-256."
            yield Barrier("no-property", place, what)
    title = " ".join(stated.get("title", "").split())
    if title and not any(title in " ".join(one.words.split()) for one in opened.standing if one.member == DOCUMENT):
        what = f"The title “{title}” stands in the document’s properties only. Print it on the first page."
        yield Barrier("title-not-shown", Where(BODY), what)


def _language(opened: OpenedDocument, language: str) -> Iterator[Barrier]:
    stated = _stated(opened).get("language", "")
    if stated != language:
        said = f"“{stated}”" if stated else "nothing"
        what = f"The language in the document’s properties is {said}; it is {language}."
        yield Barrier("language", Where(PROPERTIES), what)
    styles = opened.trees.get(STYLES)
    found = styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}/{w('lang')}") if styles is not None else None
    spoken = found.get(w("val"), "") if found is not None else ""
    if spoken != language:
        said = f"“{spoken}”" if spoken else "not stated"
        what = f"The language of the text is {said}; set it to {language}, so that it is read out as it is spoken."
        yield Barrier("language", Where(STYLES_PART), what)


def _pages(opened: OpenedDocument, section: Section) -> Iterator[Barrier]:
    marking = custom_properties(opened).get("Marking", "").strip()
    for kind, members in section.pages.items():
        place = Where(f"section {section.number}")
        roots = [opened.trees[member] for member in members]
        if marking and not any(marking in words for words in _lines(roots)):
            what = f"The marking {marking} does not stand on {_PAGES[kind]}. Print it in the header or the footer."
            yield Barrier("no-marking", place, what)
        fields = set(_fields(roots))
        for field, words in _PAGE_FIELDS.items():
            if field not in fields and not (field == "NUMPAGES" and "SECTIONPAGES" in fields):
                what = f"No header or footer on {_PAGES[kind]} says {words}. Insert the field {field}."
                yield Barrier("no-page-number", place, what)


def _lines(roots: list[etree._Element]) -> Iterator[str]:
    return (words_of_paragraph(paragraph) for root in roots for paragraph in root.iter(w("p")))


def _fields(roots: list[etree._Element]) -> Iterator[str]:
    for root in roots:
        codes = [simple.get(w("instr"), "") for simple in root.iter(w("fldSimple"))]
        codes += list(_complex_codes(root))
        yield from (found.group(1).upper() for code in codes if (found := _FIELD.match(code)))


def _complex_codes(root: etree._Element) -> Iterator[str]:
    """The codes of fields that are written as several runs."""
    code: list[str] = []
    for element in root.iter(w("fldChar"), w("instrText")):
        if element.tag == w("instrText"):
            code.append(element.text or "")
        else:
            if code:
                yield "".join(code)
            code = []
