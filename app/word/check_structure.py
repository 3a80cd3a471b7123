"""What looks like structure and is none: typed numbers and bullets, tables made of tabs, tables without heads."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from lxml import etree

from app.word.check_tags import PartRead
from app.word.findings import Finding, warning_at
from app.word.namespaces import w
from app.word.numbers import bits_at
from app.word.passages import Passage, StyleBook, TemplateRead
from app.word.reading import within
from app.word.typed import Tag, tags_in

_TYPED_NUMBER = re.compile(r"\s*(\(?(?:\d+(?:\.\d+)*|[ivx]{1,4}|[a-z])[.)]|\d+(?:\.\d+)+)[\s\u00a0]+(?=\S)")
_TYPED_HEADING = re.compile(r"\s*(\d+(?:\.\d+)*[.)]?|[A-Z][.)]|Appendix [A-Z0-9]:?)[\s\u00a0]+(?=\S)")
_TYPED_BULLET = re.compile(r"\s*([•·●○◦▪▫■□‣➢\uf0b7*–—-])[\s\u00a0]+(?=\S)")
_COUNTED = re.compile(r"\s*\{\{-?\s*loop\.index0?\s*-?\}\}")
_LABEL = re.compile(r"\s*[^\t{]+\t+.*\{\{")
_LIST = f"{w('pPr')}/{w('numPr')}/{w('numId')}"
_FIRST_COLUMN = 0x0080  # of w:tblLook


def typed_numbers_and_bullets(template: TemplateRead) -> Iterator[Finding]:
    """A warning for each paragraph that begins with a number or bullet that Word does not know to be one."""
    for passage in template.passages:
        if not passage.is_paragraph or _is_listed(passage, template.styles):
            continue
        words = passage.words
        pattern = _TYPED_HEADING if passage.level else _TYPED_NUMBER
        if found := pattern.match(words) or _COUNTED.match(words):
            kind = "heading" if passage.level else "paragraph"
            yield warning_at(
                passage,
                "typed-number",
                f"The number “{found.group().strip()}” is typed: it stays as it is when something is put in before. "
                f"Take it away and let Word number the {kind}.",
            )
        elif found := _TYPED_BULLET.match(words):
            yield warning_at(
                passage,
                "typed-bullet",
                f"The bullet “{found.group(1)}” is typed, so that nobody can hear that this is a list: take it away "
                "and use the style “List Bullet”.",
            )


def tables_of_tabs(template: TemplateRead) -> Iterator[Finding]:
    """A warning where two or more paragraphs on end are labels and values with tabs between them."""
    for aligned, group in groupby(template.body.passages, key=lambda passage: bool(_LABEL.match(passage.words))):
        run = list(group)
        if aligned and len(run) > 1:
            yield warning_at(
                run[0],
                "typed-table",
                f"These {len(run)} paragraphs are a table made of tabs: a long value breaks it, and nobody can hear "
                "which value belongs to which label. Make a table of two columns.",
            )


def tables_without_heads(template: TemplateRead, reads: Mapping[str, PartRead]) -> Iterator[Finding]:
    """A warning for each table whose rows of data have no heading, or whose heading has merged cells."""
    for part in template.parts:
        opened = reads[part.name].within
        paragraphs = [passage for passage in part.passages if passage.is_paragraph]
        gone = {passage.around("tr") for passage in paragraphs if any(tag.prefix == "tr" for tag in tags_in(passage))}
        repeated_rows = set(_repeated(paragraphs, opened))
        firsts = _first_passages(paragraphs)
        for table in part.root.iter(w("tbl")) if part.root is not None else ():
            rows = [row for row in within(table, "tr") if row not in gone]
            first = firsts.get(table)
            if first is None or not rows:
                continue
            if _has_merged(rows[0]) and _is_head(rows[0]):
                yield warning_at(
                    first,
                    "merged-header",
                    "The heading row of this table has merged cells, so that nobody can hear which heading belongs to "
                    "which column: give every column its own.",
                )
            repeated = any(row in repeated_rows for row in rows)
            if (len(rows) > 2 or repeated) and not _is_head(rows[0]) and not _has_head_column(table):
                yield warning_at(
                    first,
                    "table-without-headers",
                    "This table has neither a heading row nor a heading column. Tick “Header Row” or “First Column” in "
                    "Table Design, and for a row also “Repeat as header row” in its properties.",
                )


def empty_paragraphs(template: TemplateRead) -> Iterator[Finding]:
    """A warning where two or more empty paragraphs on end make a distance."""
    for empty, group in groupby(template.body.passages, key=_is_empty):
        run = list(group)
        if empty and len(run) > 1:
            yield warning_at(
                run[0],
                "empty-paragraphs",
                f"{len(run)} empty paragraphs make a distance here: take them out and set the spacing of the paragraph "
                "or its style, or a page break before it.",
            )


def _is_listed(passage: Passage, styles: StyleBook) -> bool:
    own = passage.element.find(_LIST) if passage.element is not None else None
    return own.get(w("val")) != "0" if own is not None else styles.listed.get(passage.style, False)


def _is_empty(passage: Passage) -> bool:
    if passage.element is None or not passage.is_paragraph or passage.words.strip():
        return False
    shows = (w("drawing"), w("pict"), w("object"), w("br"), w("sectPr"), w("instrText"), w("fldSimple"))
    return passage.around("tc") is None and next(passage.element.iter(*shows), None) is None


def _repeated(paragraphs: Iterable[Passage], opened: Mapping[int, tuple[Tag, ...]]) -> Iterator[etree._Element]:
    """The rows that stand within a loop over rows."""
    around: tuple[Tag, ...] = ()
    repeats = False
    for passage in paragraphs:
        if opened[passage.number] is not around:
            around = opened[passage.number]
            repeats = any(tag.keyword == "for" and tag.prefix == "tr" for tag in around)
        row = passage.around("tr") if repeats else None
        if row is not None:
            yield row


def _first_passages(paragraphs: Iterable[Passage]) -> dict[etree._Element, Passage]:
    """The first paragraph with words of each table, those of tables in its cells included."""
    firsts: dict[etree._Element, Passage] = {}
    for passage in paragraphs:
        if passage.element is None or not passage.words.strip():
            continue
        for table in passage.element.iterancestors(w("tbl")):
            if table in firsts:  # and so those around it
                break
            firsts[table] = passage
    return firsts


def _is_head(row: etree._Element) -> bool:
    return row.find(f"{w('trPr')}/{w('tblHeader')}") is not None


def _has_merged(row: etree._Element) -> bool:
    return any(
        properties.find(w("gridSpan")) is not None or properties.find(w("vMerge")) is not None
        for properties in (cell.find(w("tcPr")) for cell in within(row, "tc"))
        if properties is not None
    )


def _has_head_column(table: etree._Element) -> bool:
    look = table.find(f"{w('tblPr')}/{w('tblLook')}")
    if look is None:
        return False
    stated = look.get(w("firstColumn"))
    return stated in {"1", "true", "on"} if stated is not None else bool(bits_at(look) & _FIRST_COLUMN)
