"""A narrative in the document: Word's own lists, tables and links, and every word of it."""

import io
import re
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given, settings

from app.errors import Invalid
from app.narrative import (
    Break,
    Cell,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Row,
    Table,
    clean,
    files_needed,
    read,
)
from app.word import Narrative, outline, render, text_of
from app.word.tables import column_widths
from tests.narrative.markup import broken_html
from tests.word.pictures import a_picture
from tests.word.templates import DOCUMENT, a_paper, a_template, compiled, printed, saved

TEMPLATE = a_template("before", "{{p text }}", "after")


def numbered(document: bytes) -> list[str]:
    return [f"{line.number} {line.text}".strip() for line in outline(document)[1:-1]]


def opened(document: bytes):
    return docx.Document(io.BytesIO(document))


def part(document: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(document)).read(name).decode()


def words_of(block) -> list[str]:
    """The text of every paragraph in a block, in reading order."""
    match block:
        case Paragraph(inlines) | Heading(_, inlines):
            return ["".join("\n" if isinstance(i, Break) else i.text for i in inlines)]
        case Figure(content, caption, _):
            captions = words_of(Paragraph(caption)) if caption else []
            table = content if isinstance(content, Table) else getattr(content, "table", None)
            return captions + (words_of(table) if table and getattr(content, "table_shown", True) else [])
        case ListBlock(items):
            return [words for item in items for inner in item.blocks for words in words_of(inner)]
        case Quote(blocks) | Cell(blocks):
            return [words for inner in blocks for words in words_of(inner)]
        case Row(cells):
            return [words for cell in cells for words in words_of(cell)]
        case Table(caption, head, body):
            captions = words_of(Paragraph(caption)) if caption else []
            return captions + [words for row in (*head, *body) for words in words_of(row)]


@given(broken_html())
@settings(max_examples=120, deadline=None)
def test_every_character_of_a_narrative_is_in_the_document_in_order(markup):
    try:
        html = clean(markup, "html")
    except Invalid:
        return
    files = dict.fromkeys(files_needed(html), a_picture(8, 8)[1])
    made = render(compiled(TEMPLATE, "text"), {"document": DOCUMENT, "text": Narrative(html, "k")}, files)
    expected = [words for block in read(html) for words in words_of(block)]
    assert text_of(made) == ["before", *expected, "after"]
    assert [line.text for line in outline(made) if line.text] == ["before", *expected, "after"]


def test_every_ordered_list_starts_for_itself():
    html = (
        "<ol><li>a<ol type=a><li>b<li>c</ol><li>d<ol type=a><li>e<ul><li>f<ol type=I start=4><li>g</ol></ul>"
        "<li>h</ol></ol><p>between</p><ol><li>i<li>j</ol><ol type=A start=3><li>k<li>l</ol>"
    )
    assert numbered(a_paper(clean(html, "html"))) == [
        *("1. a", "a. b", "b. c", "2. d", "a. e", "▪ f", "IV. g", "b. h"),
        *("between", "1. i", "2. j", "C. k", "D. l"),
    ]


def test_a_list_in_a_cell_continues_nothing_and_nothing_continues_it():
    html = "<ol><li>a<li>b</ol><table><tr><td><ol><li>c<li>d</ol><td><ol><li>e</ol></table><ol start=3><li>f</ol>"
    assert numbered(a_paper(clean(html, "html"))) == ["1. a", "2. b", "1. c", "2. d", "1. e", "3. f"]


def test_no_two_ordered_lists_share_a_definition():
    made = a_paper(clean("<ol><li>a<ol><li>b</ol></ol><ol><li>c</ol><ul><li>d</ul><ul><li>e</ul>", "html"))
    numbering = opened(made).part.numbering_part.element
    used = {element.get(qn("w:val")) for element in opened(made).element.body.iter(qn("w:numId"))}
    abstracts = [num.abstractNumId.val for num in numbering.num_lst if str(num.numId) in used]
    assert len(abstracts) == len(set(abstracts)) == 4  # three ordered lists, and one for all bullets
    names = [child.tag for child in numbering]
    assert names.index(qn("w:num")) > max(i for i, name in enumerate(names) if name == qn("w:abstractNum"))
    nsids = [e.get(qn("w:val")) for e in numbering.iter(qn("w:nsid"))]
    assert len(nsids) == len(set(nsids))
    own = [num for num in numbering.num_lst if str(num.numId) in used]
    starts = [(o.ilvl, o.startOverride.val) for num in own for o in num.lvlOverride_lst]
    assert sorted(starts) == [(0, 1), (0, 1), (1, 1)]


def test_a_narrative_printed_twice_counts_twice():
    narrative = Narrative(clean("<ol><li>a<li>b</ol>", "html"), "k")
    made = printed(a_template("{{p text }}", "{{p text }}"), text=narrative)
    assert [line.number for line in outline(made)] == ["1.", "2.", "1.", "2."]


def test_more_words_of_an_item_stand_under_it_without_a_number():
    made = a_paper(clean("<ol><li>a<br>b<p>c<ul><li>d<p>e</ul></ol>", "html"))
    first, more, bullet, below = opened(made).paragraphs[1:-1]
    assert numbered(made) == ["1. a\nb", "c", "– d", "e"]
    assert more.paragraph_format.left_indent > 0
    assert below.paragraph_format.left_indent > more.paragraph_format.left_indent
    assert first.style.name == more.style.name == "List Number"
    assert bullet.style.name == "List Number"


def test_the_templates_own_lists_keep_their_numbers():
    document = docx.Document()
    document.add_paragraph("one", "List Number")
    document.add_paragraph("{{p text }}")
    document.add_paragraph("two", "List Number")
    made = printed(saved(document), text=Narrative(clean("<ol><li>x</ol>", "html"), "k"))
    assert [(line.number, line.text) for line in outline(made)] == [("1.", "one"), ("1.", "x"), ("2.", "two")]


def test_a_template_without_numbering_gets_it():
    document = docx.Document()
    document.add_paragraph("{{p text }}")
    package = document.part
    (identifier,) = [r for r, rel in package.rels.items() if rel.reltype.endswith("/numbering")]
    package.drop_rel(identifier)
    made = printed(saved(document), text=Narrative(clean("<ol><li>x</ol>", "html"), "k"))
    assert [line.number for line in outline(made)] == ["1."]
    assert part(made, "word/_rels/document.xml.rels").count('/numbering"') == 1


def test_headings_take_the_level_that_the_paper_gives_them():
    made = a_paper("<h3>A</h3><h4>B</h4><p>c</p>", heading_level=2)
    assert [line.style for line in outline(made)[1:-1]] == ["Heading 2", "Heading 3", "Body Text"]


def test_emphasis_is_words_own():
    html = "<p><strong>b</strong><em>i</em><u>u</u><s>s</s><sub>l</sub><sup>h</sup></p>"
    bold, italic, underlined, struck, low, high = opened(a_paper(html)).paragraphs[1].runs
    assert (bold.bold, italic.italic, underlined.underline, struck.font.strike) == (True, True, True, True)
    assert (low.font.subscript, high.font.superscript) == (True, True)


def test_links_lead_where_they_say_and_share_their_relationship():
    address = "https://a.org/?x=1&y=2"
    made = a_paper(clean(f'<p><a href="{address}">one <b>two</b></a> <a href="{address}">three</a>', "html"))
    first, second = opened(made).paragraphs[1].hyperlinks
    assert (first.text, second.text) == ("one two", "three")
    assert first.address == second.address == address
    assert first._hyperlink.rId == second._hyperlink.rId
    assert first._hyperlink.get(qn("w:tooltip")) == address


TABLE = clean(
    "<table><caption>Hours saved</caption><thead><tr><th rowspan=2>Force<th colspan=2>Hours<tr><th>2024<th>2025</thead>"
    "<tr><th scope=row>Essex<td data-rag=green>Green<td rowspan=2>x<tr><th scope=row>Kent<td data-rag=amber>Amber"
    "</table>",
    "html",
)


def test_a_table_repeats_its_head_and_keeps_its_rows_whole():
    table = opened(a_paper(TABLE)).tables[0]
    rows = [row._tr.trPr.xml for row in table.rows]
    assert ["w:tblHeader" in row for row in rows] == [True, True, False, False]
    assert all("w:cantSplit" in row for row in rows)
    assert table.style.name == "Table Grid"


def test_a_row_that_fills_much_of_a_page_may_go_on_on_the_next():
    items = "".join(f"<li>Point {number} of what was agreed" for number in range(40))
    html = clean(f"<table><tr><td>a<td>b<tr><td><ul>{items}</ul><td>{'many words ' * 400}</table>", "html")
    short, tall = opened(a_paper(html)).tables[0].rows
    assert "w:cantSplit" in short._tr.trPr.xml
    assert tall._tr.trPr is None


def test_a_list_in_a_cell_looks_as_the_text_of_the_table_does():
    document = docx.Document()
    document.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("{{p text }}")
    html = clean("<ul><li>a</ul><table><tr><td>b<ul><li>c<p>d<ul><li>e</ul></ul></table>", "html")
    made = opened(printed(saved(document), text=Narrative(html, "k")))
    outside = made.paragraphs[0]
    text, item, more, below = made.tables[0].cell(0, 0).paragraphs
    assert outside.style.name == "List Bullet"
    assert {p.style.name for p in (text, item, more, below)} == {"Table Text"}
    assert 0 < item.paragraph_format.left_indent < Mm(8)
    assert item.paragraph_format.left_indent == more.paragraph_format.left_indent
    assert below.paragraph_format.left_indent > item.paragraph_format.left_indent
    assert -below.paragraph_format.first_line_indent == item.paragraph_format.left_indent


def test_merged_cells_fill_the_grid():
    table = opened(a_paper(TABLE)).tables[0]
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts == [
        ["Force", "Hours", "Hours"],
        ["Force", "2024", "2025"],
        ["Essex", "Green", "x"],
        ["Kent", "Amber", "x"],
    ]


def test_the_columns_are_as_wide_as_the_text():
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.left_margin, section.right_margin = Mm(210), Mm(20), Mm(25)
    document.add_paragraph("{{p text }}")
    table = opened(printed(saved(document), text=Narrative(TABLE, "k"))).tables[0]
    widths = [int(column._gridCol.w.twips) for column in table.columns]
    assert abs(sum(widths) - Mm(165).twips) <= 2
    assert all(width > 500 for width in widths)


def test_headings_of_rows_are_bold_and_ratings_coloured():
    table = opened(a_paper(TABLE)).tables[0]
    assert table.cell(2, 0).paragraphs[0].runs[0].bold
    assert not table.cell(2, 2).paragraphs[0].runs[0].bold
    for row, background, foreground in ((2, "2E7D32", "FFFFFF"), (3, "FFBF00", "000000")):
        assert f'w:fill="{background}"' in table.cell(row, 1)._tc.tcPr.xml
        assert str(table.cell(row, 1).paragraphs[0].runs[0].font.color.rgb) == foreground


def test_the_caption_stands_above_and_stays_with_its_table():
    caption = opened(a_paper(TABLE)).paragraphs[1]
    assert (caption.text, caption.style.name, caption.paragraph_format.keep_with_next) == (
        "Hours saved",
        "Caption",
        True,
    )


def test_every_cell_ends_with_a_paragraph_and_tables_stay_apart():
    made = a_paper(clean("<table><tr><td><ul><li>a</ul><td></table><table><tr><td>b</table>", "html"))
    body = opened(made).element.body
    assert all(cell[-1].tag == qn("w:p") for cell in body.iter(qn("w:tc")))
    tables = list(body.iter(qn("w:tbl")))
    assert len(tables) == 2
    assert tables[0].getnext().tag == qn("w:p")


def test_no_break_spaces_and_quotations_survive():
    made = a_paper(clean("<blockquote>a\u00a0b</blockquote>", "html"))
    assert [(line.style, line.text) for line in outline(made)[1:-1]] == [("Quote", "a\u00a0b")]


def test_redacted_words_are_printed_in_the_full_paper():
    made = a_paper(clean('<p>seen <mark data-redact="s40">A. Name</mark>', "html"))
    assert text_of(made)[1] == "seen A. Name"


def test_a_template_with_few_styles_falls_back():
    document = docx.Document()
    document.add_paragraph("{{p text }}")
    for name in ("Body Text", "List Number", "Table Grid", "Quote"):
        document.styles[name].delete()
    html = clean("<p>a<ol><li>b</ol><blockquote>c</blockquote><table><tr><td>d</table>", "html")
    made = printed(saved(document), text=Narrative(html, "k"))
    assert [line.style for line in outline(made)] == ["Normal", "List Paragraph", "Normal", "Normal"]
    assert "w:tblBorders" in part(made, "word/document.xml")


def test_numbering_of_a_thousand_lists_stays_small():
    made = a_paper(clean("<ol><li>x</ol>" * 1000, "html"))
    assert {line.number for line in outline(made)[1:-1]} == {"1."}
    assert len(made) < 250_000


@pytest.mark.parametrize("name", ["word/document.xml", "word/numbering.xml"])
def test_ids_follow_the_page(name):
    html = clean("<ol><li>x</ol><ul><li>y</ul><ol><li>z</ol>", "html")
    template = compiled(TEMPLATE, "text")
    assert template.numbering.first_list_id > 1
    ids = [int(found) for found in re.findall(r'<w:numId w:val="(\d+)"', part(a_paper(html), "word/document.xml"))]
    assert ids == sorted(ids)
    assert part(a_paper(html), name) == part(a_paper(html), name)


def test_a_column_has_room_for_its_longest_word() -> None:
    html = (
        '<table><thead><tr><th scope="col"><p>Source</p></th>'
        + "".join(f'<th scope="col"><p>{head}</p></th>' for head in ("April–June", "July–September", "Target", "Year"))
        + "</tr></thead><tbody><tr><td><p>Regional procurement of vehicles and everything that goes with them</p></td>"
        + "<td><p>1</p></td>" * 4
        + "</tr></tbody></table>"
    )
    (table,) = read(clean(html, "html"))
    assert isinstance(table, Table)
    widths = column_widths(table, 9070)
    assert sum(widths) == 9070
    letters = [width // 125 for width in widths]
    assert all(
        room > len(word)
        for room, word in zip(letters, ("procurement", "April–", "September", "Target", "Year"), strict=True)
    )
    assert widths[0] > widths[2] > widths[4]
