"""A document's body, or a stretch of it, read back as narrative: Word's paragraphs, lists, tables and drawings."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from html import escape

from lxml import etree

from app.errors import Invalid
from app.narrative import Number, clean
from app.word.charts import first_words
from app.word.container import DOCUMENT, read_members
from app.word.figures import WITH_CAPTION, WITH_TABLE
from app.word.namespaces import MC, WP, A, C, R, w
from app.word.numbering import INDENT, indent_of
from app.word.numbers import number_at, whole_number
from app.word.parts import NUMBERING, STYLES, relationships_in
from app.word.reading import Counter, Definitions, StyleSheet, is_on
from app.word.styles import ROLE_STYLES
from app.word.tables import RAG_COLOURS

_TYPES = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_UNSEEN = {w("del"), w("moveFrom"), w("pPr"), w("rPr"), w("instrText"), w("delText"), f"{{{MC}}}Fallback"}
_RAG_OF = {background: rag for rag, (background, _) in RAG_COLOURS.items()}
RUN_IN_STYLES = frozenset(ROLE_STYLES["run-in title"].names)
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_MOST_DIGITS = 30  # of a number in a chart
_FOOTNOTES = "word/footnotes.xml"


@dataclass(frozen=True, slots=True)
class Narrated:
    """Canonical HTML, and the pictures that it shows by their SHA-256."""

    html: str
    pictures: Mapping[str, bytes]


def narrated(document: bytes, heading_level: int = 3) -> Narrated:
    """The body of a document as narrative; headings of `heading_level` and above are `h3`, the others `h4`.

    Marks of redaction are not in a full paper and do not come back. Raises `UnreadableTemplate` when the bytes are
    no document, and the refusals of `app.narrative.clean` for what no narrative can hold.
    """
    reader = BodyReader.of(document)
    return reader.narrated(list(reader.body), heading_level)


@dataclass(slots=True)
class BodyReader:
    """Reads stretches of the body of one document, in their order: lists are counted along the way."""

    members: Mapping[str, bytes]
    root: etree._Element
    body: etree._Element
    styles: StyleSheet
    counter: Counter
    relations: Mapping[str, str]
    turned: set[etree._Element]
    footnotes: Mapping[str, str]

    @classmethod
    def of(cls, document: bytes) -> "BodyReader":
        """A reader of this document, at its beginning."""
        return cls.of_part(read_members(document), DOCUMENT)

    @classmethod
    def of_part(cls, members: Mapping[str, bytes], part: str) -> "BodyReader":
        """A reader of a part of the document with these members; only the document's main part has a body."""
        styles = StyleSheet.read(members.get(STYLES))
        root = etree.fromstring(members[part])
        body = root.find(w("body"))
        body = etree.Element(w("body")) if body is None else body
        return cls(
            members=members,
            root=root,
            body=body,
            styles=styles,
            counter=Counter(Definitions.read(members.get(NUMBERING), styles)),
            relations=relationships_in(members, part),
            turned=set(_turned(body)),
            footnotes=_footnotes(members.get(_FOOTNOTES)),
        )

    def narrated(self, elements: Sequence[etree._Element], heading_level: int) -> Narrated:
        """These elements of the body as narrative."""
        stretch = _Stretch(self, heading_level)
        html = "".join(stretch.blocks(elements))
        return Narrated(clean(html, "html"), stretch.pictures)

    def narrated_lines(self, paragraphs: Sequence[etree._Element]) -> Narrated:
        """The words of these paragraphs as paragraphs of a narrative, whatever their styles make of them."""
        stretch = _Stretch(self, 3)
        return Narrated(clean("".join(map(stretch.line, paragraphs)), "html"), {})


def _turned(body: etree._Element) -> Iterator[etree._Element]:
    """The children of the body that stand on pages lying on their sides."""
    pending: list[etree._Element] = []
    for child in body:
        pending.append(child)
        section = child if child.tag == w("sectPr") else child.find(f"{w('pPr')}/{w('sectPr')}")
        if section is not None:
            size = section.find(w("pgSz"))
            if size is not None and size.get(w("orient")) == "landscape":
                yield from pending
            pending = []


def _footnotes(part: bytes | None) -> dict[str, str]:
    root = etree.fromstring(part) if part else etree.Element("none")
    return {
        note.get(w("id"), ""): " ".join("".join(t.text or "" for t in note.iter(w("t"))).split())
        for note in root.iter(w("footnote"))
    }


@dataclass(slots=True)
class _List:
    level: int
    list_id: int
    tag: str
    opening: str
    count: int = 0  # of the last item, as Word counts
    shift: int = 0  # twips by which it stands further in than a list of its own would
    items: list[list[str]] = field(default_factory=list)

    def html(self) -> str:
        items = "".join(f"<li>{''.join(item)}</li>" for item in self.items)
        return f"{self.opening}{items}</{self.tag}>"


@dataclass(slots=True)
class _Stretch:
    """Turns elements into HTML, not canonical yet."""

    reader: BodyReader
    heading_level: int
    pictures: dict[str, bytes] = field(default_factory=dict)

    def blocks(self, elements: Sequence[etree._Element]) -> Iterator[str]:
        """HTML for block after block."""
        open_lists: list[_List] = []
        quoted = False
        place = 0
        elements = [element for element in opened(elements) if element.tag in {w("p"), w("tbl")}]
        while place < len(elements):
            element = elements[place]
            place += 1
            if element.tag == w("p") and (item := self._in_list(element, open_lists)):
                is_quote = self._is(element, "Quote", "Intense Quote")
                if is_quote != quoted and item != "more":
                    yield from _closed(open_lists)
                    yield "<blockquote>" if is_quote else "</blockquote>" if quoted else ""
                    quoted = is_quote
                yield from self._listed(element, open_lists, item)
                continue
            is_quote = element.tag == w("p") and self._is(element, "Quote", "Intense Quote")
            html, taken = self._block(elements, place - 1)
            if not html:
                continue
            yield from _closed(open_lists)
            if is_quote != quoted:
                yield "<blockquote>" if is_quote else "</blockquote>"
                quoted = is_quote
            yield html
            place += taken
        yield from _closed(open_lists)
        if quoted:
            yield "</blockquote>"

    def _is(self, paragraph: etree._Element, *names: str) -> bool:
        return self.reader.styles.name(self.reader.styles.of(paragraph)) in names

    # Lists

    def _in_list(self, paragraph: etree._Element, open_lists: list[_List]) -> str:
        """`item`, `more` of the item before, or nothing."""
        style = self.reader.styles.of(paragraph)
        name = self.reader.styles.name(style)
        list_id, level = self.reader.counter.list_of(paragraph, style, self.reader.styles)
        direct = paragraph.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")
        if list_id and (direct is not None or name.startswith("List")) and not _HEADING.match(name):
            found = self.reader.counter.definitions.lists.get(list_id)
            return "item" if found and level in found.levels else ""
        is_indented = bool(open_lists) and _left(paragraph) > open_lists[0].shift
        return "more" if is_indented and direct is not None and direct.get(w("val")) == "0" else ""

    def _listed(self, paragraph: etree._Element, open_lists: list[_List], what: str) -> Iterator[str]:
        words = self._paragraph(paragraph)
        if what == "more":
            level = _level_of(_left(paragraph) - open_lists[0].shift)
            while len(open_lists) > 1 and open_lists[-1].level > level:
                _end(open_lists)
            open_lists[-1].items[-1].append(words)
            return
        style = self.reader.styles.of(paragraph)
        list_id, level = self.reader.counter.list_of(paragraph, style, self.reader.styles)
        self.reader.counter.numbered(paragraph, style, self.reader.styles)
        while len(open_lists) > 1 and open_lists[-1].level > level:
            _end(open_lists)
        if open_lists and (open_lists[-1].level > level or self._is_other(open_lists[-1], level, list_id)):
            if len(open_lists) > 1:
                _end(open_lists)
            else:
                yield from _closed(open_lists)
        if not open_lists or open_lists[-1].level < level:
            left = _left(paragraph)
            open_lists.append(self._new_list(list_id or 0, level, max(left - indent_of(level), 0)))
        open_lists[-1].items.append([words])
        open_lists[-1].count = self._count(list_id or 0, level)

    def _is_other(self, around: _List, level: int, list_id: int | None) -> bool:
        if around.level != level or around.list_id == list_id:
            return False
        # Where the counting goes on, so does the list: LibreOffice makes two of one whose start was stated.
        lists = self.reader.counter.definitions.lists
        goes_on = lists[around.list_id].abstract_id == lists[list_id or 0].abstract_id
        return not goes_on or self._count(list_id or 0, level) != around.count + 1

    def _count(self, list_id: int, level: int) -> int:
        return self.reader.counter.counts[self.reader.counter.definitions.lists[list_id].abstract_id][level]

    def _new_list(self, list_id: int, level: int, shift: int) -> _List:
        found = self.reader.counter.definitions.lists[list_id]
        kind = _TYPES.get(found.levels[level].number_format)
        if kind is None and found.levels[level].number_format in {"bullet", "none"}:
            return _List(level, list_id, "ul", "<ul>", shift=shift)
        start = self._count(list_id, level)
        return _List(level, list_id, "ol", f'<ol type="{kind or "1"}" start="{start}">', shift=shift)

    # Blocks

    def _block(self, elements: Sequence[etree._Element], place: int) -> tuple[str, int]:
        """The HTML of the block that begins at this place, and how many more elements it took."""
        element = elements[place]
        is_turned = element in self.reader.turned
        if element.tag == w("tbl"):
            return _figure(self._table(element, ""), "", is_turned) if is_turned else self._table(element, ""), 0
        if (drawing := next(element.iter(f"{{{WP}}}inline", f"{{{WP}}}anchor"), None)) is not None:
            return self._drawn(elements, place, drawing, is_turned)
        words = self._paragraph(element)
        name = self.reader.styles.name(self.reader.styles.of(element))
        if name == "Caption" and place + 1 < len(elements) and elements[place + 1].tag == w("tbl"):
            table = self._table(elements[place + 1], self._inlines(element))
            return _figure(table, "", is_turned) if is_turned else table, 1
        if not words:
            return "", 0
        if heading := _HEADING.match(name):
            level = 3 if int(heading.group(1)) <= self.heading_level else 4
            return f"<h{level}>{self._inlines(element)}</h{level}>", 0
        self.reader.counter.numbered(element, self.reader.styles.of(element), self.reader.styles)
        return words, 0

    def line(self, paragraph: etree._Element) -> str:
        """HTML for the words of a paragraph, without what its own properties say."""
        return f"<p>{self._inlines(paragraph)}</p>"

    def _paragraph(self, paragraph: etree._Element) -> str:
        inlines = self._inlines(paragraph)
        number = paragraph.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")
        said = ' data-number="no"' if number is not None and number.get(w("val")) == "0" else ""
        return f"<p{said}>{inlines}</p>" if inlines else ""

    def _drawn(
        self, elements: Sequence[etree._Element], place: int, drawing: etree._Element, is_turned: bool
    ) -> tuple[str, int]:
        said = drawing.find(f"{{{WP}}}docPr")
        name, alt = (said.get("name", ""), said.get("descr", "")) if said is not None else ("", "")
        after = [*elements[place + 1 : place + 4]]
        chart = drawing.find(f".//{{{C}}}chart")
        if chart is not None and not _says_what_follows(name):
            name = self._likely_name(chart, after)
        taken = 0
        caption = ""
        if self._has_caption(name, after):
            caption, taken = self._inlines(after[0]), 1
        words = self._paragraph(elements[place])
        if chart is not None:
            shown, more = self._chart(chart, after[taken:] if WITH_TABLE in name else [])
            return words + (_figure(shown.html, caption, is_turned, shown.said) if shown else ""), taken + more
        blip = drawing.find(f".//{{{A}}}blip")
        target = self.reader.relations.get(blip.get(f"{{{R}}}embed", ""), "") if blip is not None else ""
        content = self.reader.members.get(target)
        if content is None:
            return words, 0
        digest = hashlib.sha256(content).hexdigest()
        self.pictures[digest] = content
        image = f'<img src="{digest}" alt="{escape(alt or name or "Picture")}">'
        return words + _figure(image, caption, is_turned), taken

    def _has_caption(self, name: str, after: Sequence[etree._Element]) -> bool:
        if not after or after[0].tag != w("p") or not self._is(after[0], "Caption"):
            return False
        if _says_what_follows(name):
            return WITH_CAPTION in name
        return len(after) < 2 or after[1].tag != w("tbl")

    def _likely_name(self, chart: etree._Element, after: Sequence[etree._Element]) -> str:
        """What our name of a chart would say, where another program gave it its own: by the table that follows."""
        captions = 0
        while captions < len(after) and after[captions].tag == w("p") and self._is(after[captions], "Caption"):
            captions += 1
        part = self.reader.members.get(self.reader.relations.get(chart.get(f"{{{R}}}id", ""), ""))
        if not part or captions == len(after) or after[captions].tag != w("tbl"):
            return ""
        space = etree.fromstring(part)
        drawn = {_bare(v) for names in space.iter(f"{{{C}}}tx", f"{{{C}}}cat") for v in names.iter(f"{{{C}}}v")}
        told = {_bare(cell) for cell in after[captions].iter(w("tc"))}
        return " ".join([WITH_CAPTION] * bool(captions) + [WITH_TABLE]) if drawn <= told else ""

    def _chart(self, chart: etree._Element, after: Sequence[etree._Element]) -> "tuple[_Shown | None, int]":
        part = self.reader.relations.get(chart.get(f"{{{R}}}id", ""), "")
        if part not in self.reader.members:
            return None, 0
        space = etree.fromstring(self.reader.members[part])
        kind = _kind_of(space)
        if kind is None:
            return None, 0
        said = f' data-chart="{kind}"'
        if after and after[0].tag == w("tbl"):
            return _Shown(self._table(after[0], ""), said), 1
        if len(after) > 1 and self._is(after[0], "Caption") and after[1].tag == w("tbl"):
            return _Shown(self._table(after[1], self._inlines(after[0])), said), 2
        corner = _corner(self.reader.members, part)
        return _Shown(_table_of_chart(space, corner), f'{said} data-table="hide"'), 0

    # Tables

    def _table(self, table: etree._Element, caption: str) -> str:
        rows = [row for row in opened(table) if row.tag == w("tr")]
        tall = sum(1 for _ in _head(rows))
        cells = [list(_placed(row)) for row in rows]
        written = []
        for number, row in enumerate(cells):
            is_head = number < tall
            inside = "".join(
                self._cell(cell, is_head=is_head, rowspan=_rowspan(cells[number : tall if is_head else None], column))
                for column, cell in row
                if not _is_continued(cell)
            )
            written.append(f"<tr>{inside}</tr>")
        title = f"<caption>{caption}</caption>" if caption else ""
        head = f"<thead>{''.join(written[:tall])}</thead>" if tall else ""
        return f"<table>{title}{head}<tbody>{''.join(written[tall:])}</tbody></table>"

    def _cell(self, cell: etree._Element, *, is_head: bool, rowspan: int) -> str:
        properties = cell.find(w("tcPr"))
        shading = properties.find(w("shd")) if properties is not None else None
        rag = _RAG_OF.get(shading.get(w("fill"), "").upper()) if shading is not None else None
        scope = _scope_of(cell, is_head=is_head and rag is None)  # a rating is bold for being one
        inner = _Stretch(self.reader, self.heading_level, self.pictures)
        content = "".join(inner.blocks(list(_flat(cell))))
        if scope or rag:
            content = re.sub(r"</?strong>", "", content)  # all of it is bold for being what it is
        said = [f' colspan="{_span(cell)}"' if _span(cell) > 1 else "", f' rowspan="{rowspan}"' if rowspan > 1 else ""]
        said += [f' scope="{scope}"' if scope else "", f' data-rag="{rag}"' if rag else ""]
        tag = "th" if scope else "td"
        return f"<{tag}{''.join(said)}>{content}</{tag}>"

    # Words

    def _inlines(self, paragraph: etree._Element) -> str:
        return "".join(self._pieces(paragraph, None))

    def _pieces(self, element: etree._Element, href: str | None) -> Iterator[str]:
        for child in element:
            if child.tag == w("r"):
                yield self._run(child, href)
            elif child.tag == w("hyperlink"):
                address = _permitted(self.reader.relations.get(child.get(f"{{{R}}}id", ""), ""))
                yield from self._pieces(child, address or href)
            elif child.tag not in _UNSEEN and child.tag != w("p"):
                yield from self._pieces(child, href)

    def _run(self, run: etree._Element, href: str | None) -> str:
        words = "".join(self._words(run))
        if not words or self._is_run_in_title(run):
            return ""
        # Where a template has no style for links, the line under them is all that shows them.
        is_bare_link = href is not None and run.find(f"{w('rPr')}/{w('rStyle')}") is None
        for mark in _marks(run.find(w("rPr"))):
            if not (mark == "u" and is_bare_link):
                words = f"<{mark}>{words}</{mark}>"
        return f'<a href="{escape(href)}">{words}</a>' if href else words

    def _is_run_in_title(self, run: etree._Element) -> bool:
        """A title that was printed before a narrative's first words is no part of it."""
        style = run.find(f"{w('rPr')}/{w('rStyle')}")
        return style is not None and self.reader.styles.name(style.get(w("val"), "")) in RUN_IN_STYLES

    def _words(self, run: etree._Element) -> Iterator[str]:
        for child in run:
            if child.tag == w("t"):
                yield escape(child.text or "", quote=False)
            elif child.tag == w("tab"):
                yield " "
            elif child.tag in {w("br"), w("cr")} and child.get(w("type"), "textWrapping") == "textWrapping":
                yield "<br>"
            elif child.tag == w("noBreakHyphen"):
                yield "\u2011"
            elif child.tag == w("softHyphen"):
                yield "\u00ad"
            elif child.tag == w("footnoteReference") and (note := self.reader.footnotes.get(child.get(w("id"), ""))):
                yield escape(f" [{note}]", quote=False)


def _says_what_follows(name: str) -> bool:
    """Whether this name of a drawing is one that we gave it."""
    return WITH_CAPTION in name or WITH_TABLE in name or name.endswith(" alone")


def _bare(element: etree._Element) -> str:
    """The words in an element, without the white space that programs write differently."""
    return "".join("".join(str(text) for text in element.itertext()).split())


def _left(paragraph: etree._Element) -> int:
    """Twips by which the paragraph itself says to stand in."""
    indent = paragraph.find(f"{w('pPr')}/{w('ind')}")
    return number_at(indent, "left") or number_at(indent, "start") or 0


def _level_of(indent: int) -> int:
    return max(round(indent / INDENT) - 1, 0)


@dataclass(frozen=True, slots=True)
class _Shown:
    html: str
    said: str


def opened(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """The elements, with content controls and custom XML around them opened."""
    for element in elements:
        if element.tag in {w("sdt"), w("sdtContent"), w("customXml"), w("ins"), w("moveTo")}:
            yield from opened(element)
        else:
            yield element


def _flat(cell: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of a cell; of tables inside it, their paragraphs."""
    for element in opened(cell):
        if element.tag == w("tbl"):
            yield from element.iter(w("p"))
        else:
            yield element


def _closed(open_lists: list[_List]) -> Iterator[str]:
    while len(open_lists) > 1:
        _end(open_lists)
    if open_lists:
        yield open_lists.pop().html()


def _end(open_lists: list[_List]) -> None:
    ended = open_lists.pop()
    open_lists[-1].items[-1].append(ended.html())


def _figure(content: str, caption: str, is_turned: bool, said: str = "") -> str:
    page = ' data-page="landscape"' if is_turned else ""
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure{said}{page}>{content}{below}</figure>"


def _marks(properties: etree._Element | None) -> Iterator[str]:
    if properties is None:
        return
    for tag, mark in (("b", "strong"), ("i", "em"), ("strike", "s"), ("u", "u")):
        if is_on(properties.find(w(tag))):
            yield mark
    align = properties.find(w("vertAlign"))
    level = align.get(w("val")) if align is not None else None
    if level in {"subscript", "superscript"}:
        yield "sub" if level == "subscript" else "sup"


@lru_cache(maxsize=512)
def _permitted(address: str) -> str | None:
    """The address, where a narrative may lead there."""
    try:
        return address if address and clean(f'<a href="{escape(address)}">x</a>', "html") else None
    except Invalid:
        return None


def _head(rows: Sequence[etree._Element]) -> Iterator[etree._Element]:
    for row in rows:
        if row.find(f"{w('trPr')}/{w('tblHeader')}") is None:
            return
        yield row


def _placed(row: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """The cells of a row with the grid columns where they begin."""
    column = 0
    for cell in opened(row):
        if cell.tag == w("tc"):
            yield column, cell
            column += _span(cell)


def _span(cell: etree._Element) -> int:
    return number_at(cell.find(f"{w('tcPr')}/{w('gridSpan')}")) or 1


def _is_continued(cell: etree._Element) -> bool:
    merge = cell.find(f"{w('tcPr')}/{w('vMerge')}")
    return merge is not None and merge.get(w("val"), "continue") == "continue"


def _rowspan(rows: Sequence[Sequence[tuple[int, etree._Element]]], column: int) -> int:
    tall = 1
    for row in rows[1:]:
        below = next((cell for place, cell in row if place == column), None)
        if below is None or not _is_continued(below):
            break
        tall += 1
    return tall


def _scope_of(cell: etree._Element, *, is_head: bool) -> str | None:
    """What the cell heads: as it says, or in a repeated row by its bold words."""
    stated = cell.find(f"{w('tcPr')}/{w('cnfStyle')}")
    if stated is not None:
        value = stated.get(w("val"), "")
        return "col" if value[:1] == "1" else "row" if value[2:3] == "1" else None
    runs = [run for run in cell.iter(w("r")) if run.find(w("t")) is not None]
    is_bold = bool(runs) and all("strong" in set(_marks(run.find(w("rPr")))) for run in runs)
    return "col" if is_head and is_bold else None


# Charts


def _kind_of(space: etree._Element) -> str | None:
    for drawn in space.iter(f"{{{C}}}barChart", f"{{{C}}}lineChart", f"{{{C}}}pieChart"):
        if drawn.tag == f"{{{C}}}lineChart":
            return "line"
        if drawn.tag == f"{{{C}}}pieChart":
            return "pie"
        if _val(drawn, "barDir") == "bar":
            return "bar"
        return "stacked" if (_val(drawn, "grouping") or "").endswith("tacked") else "column"
    return None


def _val(element: etree._Element, name: str) -> str | None:
    found = element.find(f"{{{C}}}{name}")
    return found.get("val") if found is not None else None


def _table_of_chart(space: etree._Element, corner: str) -> str:
    series = list(space.iter(f"{{{C}}}ser"))
    names = ["".join(v.text or "" for tx in one.findall(f"{{{C}}}tx") for v in tx.iter(f"{{{C}}}v")) for one in series]
    points = [_points(one.find(f"{{{C}}}val")) for one in series]
    categories = _points(series[0].find(f"{{{C}}}cat")) if series else {}
    heads = "".join(f"<th>{escape(name, quote=False)}</th>" for name in (corner, *names))
    rows = "".join(
        f"<tr><th>{escape(category, quote=False)}</th>"
        + "".join(f"<td>{escape(one.get(place, ''), quote=False)}</td>" for one in points)
        + "</tr>"
        for place, category in sorted(categories.items())
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _points(data: etree._Element | None) -> dict[int, str]:
    if data is None:
        return {}
    common = data.findtext(f".//{{{C}}}formatCode") or "General"
    return {
        whole_number(point.get("idx")) or 0: _as_written(
            point.findtext(f"{{{C}}}v") or "", point.get("formatCode", common) if data.tag == f"{{{C}}}val" else None
        )
        for point in data.iter(f"{{{C}}}pt")
    }


def _as_written(words: str, number_format: str | None) -> str:
    """A number as its format shows it; other words as they are."""
    if number_format is None:
        return words
    try:
        value = Decimal(words)
    except InvalidOperation:
        return words
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return words
    unit = re.search('["\\[]?([£$€])', number_format)
    decimals = re.search(r"\.(0+)", number_format)
    percent = number_format.endswith("%")
    places = len(decimals.group(1)) if decimals else 0
    if number_format == "General":
        places = max(-int(value.normalize().as_tuple().exponent), 0)
    return str(Number(value, unit.group(1) if unit else "", "," in number_format, places, percent))


def _corner(members: Mapping[str, bytes], chart: str) -> str:
    """The words of the first cell of the workbook behind a chart; empty where it has none."""
    book = next((part for part in relationships_in(members, chart).values() if part.endswith(".xlsx")), "")
    return first_words(members[book]) if book in members else ""
