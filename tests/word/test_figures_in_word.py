"""Pictures, charts and turned pages in the document, as Word keeps them."""

import hashlib
import io
import re
import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Emu, Mm
from lxml import etree

from app.narrative import clean
from app.word import MissingPicture, Narrative, PageNotTurned, UnusablePicture, files_in, outline, render, text_of
from tests.word.pictures import a_picture
from tests.word.templates import DOCUMENT, a_template, compiled, saved

WIDE, SMALL = a_picture(2000, 500), a_picture(96, 48, "JPEG")
FILES = dict([WIDE, SMALL])
TABLE = "<table><tr><th>Force<th>2024<th>2025<tr><td>R&amp;D<td>1,250<td>£14.50<tr><td>Kent<td>–<td>-3</table>"
SHARES = "<table><tr><th>Force<th>Share<tr><td>Essex<td>55%<tr><td>Kent<td>45%</table>"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def a_paper(*written: str, template: bytes | None = None) -> bytes:
    names = [f"text{number}" for number in range(len(written))]
    narratives = {name: Narrative(clean(html, "html"), name) for name, html in zip(names, written, strict=True)}
    template = template or a_template("before", *(f"{{{{p {name} }}}}" for name in names), "after")
    return render(compiled(template, *names), {"document": DOCUMENT, **narratives}, FILES)


def picture(digest: str, alt: str = "A map", caption: str = "") -> str:
    return f"<figure><img src={digest} alt='{alt}'>{caption and f'<figcaption>{caption}'}</figure>"


def chart(kind: str, said: str = "", table: str = TABLE) -> str:
    return f"<figure data-chart={kind} {said}>{table}<figcaption>Hours</figcaption></figure>"


def opened(document: bytes):
    return docx.Document(io.BytesIO(document))


def members(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_picture_is_as_wide_as_the_text_at_most_and_never_larger_than_it_is():
    made = opened(a_paper(picture(WIDE[0]) + picture(SMALL[0])))
    wide, small = made.inline_shapes
    section = made.sections[0]
    text_width = section.page_width - section.left_margin - section.right_margin
    assert abs(wide.width - text_width) < 1000
    assert abs(wide.width / wide.height - 4) < 0.01
    assert (small.width, small.height) == (Emu(914400), Emu(457200))


def test_a_tall_picture_leaves_room_for_its_caption():
    tall = a_picture(600, 4000)
    FILES[tall[0]] = tall[1]
    made = opened(a_paper(picture(tall[0], caption="c")))
    section = made.sections[0]
    assert made.inline_shapes[0].height < section.page_height - section.top_margin - section.bottom_margin - Mm(25)


def test_a_picture_says_what_it_shows_and_its_bytes_are_kept_as_they_are():
    made = a_paper(picture(WIDE[0], 'a "map" &amp; <more', "The map"), picture(SMALL[0]), picture(WIDE[0]))
    said = [e.get("descr") for e in opened(made).element.body.iter(f"{WP}docPr")]
    assert said == ['a "map" & <more', "A map", "A map"]
    media = {name: content for name, content in members(made).items() if name.startswith("word/media/")}
    assert {hashlib.sha256(content).hexdigest() for content in media.values()} == {WIDE[0], SMALL[0]}
    assert len(media) == 2
    images = [relation for relation in opened(made).part.rels.values() if relation.reltype.endswith("/image")]
    assert len(images) == 2
    assert {image.target_part.content_type for image in images} == {"image/png", "image/jpeg"}
    drawing, caption = opened(made).paragraphs[1:3]
    assert (caption.text, caption.style.name) == ("The map", "Caption")
    assert drawing.paragraph_format.keep_with_next


def test_drawings_are_numbered_throughout_the_file():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].add_run().add_picture(io.BytesIO(SMALL[1]))
    document.add_picture(io.BytesIO(SMALL[1]))
    document.add_paragraph("{{p text0 }}")
    made = members(a_paper(picture(WIDE[0]) + chart("bar"), template=saved(document)))
    ids = re.findall(rb'<wp:docPr\b[^>]*?\sid="(\d+)"', b"".join(made.values()))
    assert len(ids) == len(set(ids)) == 4


def test_a_picture_in_a_header_belongs_to_the_header():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{p text0 }}"
    made = opened(a_paper(picture(SMALL[0]), template=saved(document)))
    (image,) = [r for r in made.sections[0].header.part.rels.values() if r.reltype.endswith("/image")]
    assert image.target_part.blob == SMALL[1]


def test_a_picture_that_is_missing_or_none_is_named():
    unknown, broken = "9" * 64, "8" * 64
    with pytest.raises(MissingPicture) as caught:
        a_paper(picture(unknown))
    assert f"text0: The picture {unknown} is not stored" in str(caught.value.faults[0])
    FILES[broken] = WIDE[1][:30]
    with pytest.raises(UnusablePicture, match=broken):
        a_paper(picture(broken))


def test_the_context_says_which_pictures_it_needs():
    one, two = (Narrative(clean(picture(digest) * 2, "html"), "k") for digest in (WIDE[0], SMALL[0]))
    assert files_in({"a": [{"b": one}, two], "c": one, "d": "<img ", "e": Narrative("<p>x</p>", "k")}) == [
        WIDE[0],
        SMALL[0],
    ]


# Charts


def parts_of_chart(document: bytes, number: int = 1) -> tuple[etree._Element, dict[str, bytes]]:
    """The chart part and the members of the workbook behind it."""
    found = members(document)
    return etree.fromstring(found[f"word/charts/boardchart{number}.xml"]), members(
        found[f"word/embeddings/boardchart{number}.xlsx"]
    )


def values(space: etree._Element, kind: str) -> list[list[tuple[str, str]]]:
    return [
        [(point.get("idx"), point.findtext(f"{C}v")) for point in series.find(f"{C}{kind}").iter(f"{C}pt")]
        for series in space.iter(f"{C}ser")
    ]


@pytest.mark.parametrize(
    ("kind", "drawn"),
    [("column", "barChart"), ("bar", "barChart"), ("stacked", "barChart"), ("line", "lineChart")],
)
def test_a_chart_has_the_numbers_of_its_table_and_the_table_stands_below(kind, drawn):
    made = a_paper(chart(kind))
    space, book = parts_of_chart(made)
    assert len(list(space.iter(f"{C}{drawn}"))) == 1
    assert values(space, "tx") == [[("0", "2024")], [("0", "2025")]]
    assert values(space, "cat") == [[("0", "R&D"), ("1", "Kent")]] * 2
    assert values(space, "val") == [[("0", "1250")], [("0", "14.50"), ("1", "-3")]]
    assert all(int(axis.get("val")) > 0 for axis in space.iter(f"{C}axId"))
    assert text_of(made) == [
        "before",
        "Hours",
        "Force",
        "2024",
        "2025",
        "R&D",
        "1,250",
        "£14.50",
        "Kent",
        "–",
        "-3",
        "after",
    ]
    sheet = book["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r"<t [^>]*>([^<]*)</t>", sheet) == ["Force", "2024", "2025", "R&amp;D", "Kent"]
    assert re.findall(r"<v>([^<]*)</v>", sheet) == ["1250", "14.50", "-3"]


def test_a_pie_names_its_slices_and_its_table_may_be_left_out():
    made = a_paper(chart("pie", "data-table=hide", SHARES))
    space, _ = parts_of_chart(made)
    assert values(space, "val") == [[("0", "0.55"), ("1", "0.45")]]
    assert len(list(space.iter(f"{C}dPt"))) == 2
    assert {e.get("val") for e in space.iter(f"{C}showCatName")} == {"1"}
    assert text_of(made) == ["before", "Hours", "after"]
    (said,) = [e.get("descr") for e in opened(made).element.body.iter(f"{WP}docPr")]
    assert said == "Pie chart of Share by Force. Essex: 55%; Kent: 45%."


def test_a_chart_opens_its_workbook_and_belongs_to_the_package():
    made = a_paper(chart("bar") + chart("line"))
    charts = [r.target_part for r in opened(made).part.rels.values() if r.reltype.endswith("/chart")]
    assert [str(part.partname) for part in charts] == ["/word/charts/boardchart1.xml", "/word/charts/boardchart2.xml"]
    for part in charts:
        assert part.content_type.endswith("drawingml.chart+xml")
        (book,) = [relation.target_part for relation in part.rels.values()]
        assert book.content_type.endswith("spreadsheetml.sheet")
        (external,) = etree.fromstring(part.blob).iter(f"{C}externalData")
        assert external.get(qn("r:id")) in part.rels
    assert a_paper(chart("bar")) == a_paper(chart("bar"))


def test_charts_are_lettered_like_the_template():
    document = docx.Document()
    document.styles["Normal"].font.name = "Arial"
    document.add_paragraph("{{p text0 }}")
    space, _ = parts_of_chart(a_paper(chart("bar"), template=saved(document)))
    assert {e.get("typeface") for e in space.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}latin")} == {
        "Arial"
    }


# Turned pages


def turned(content: str) -> str:
    return f"<figure data-page=landscape>{content}</figure>"


def pages(document: bytes) -> list[tuple[bool, list[str]]]:
    """Every section: whether it lies on its side, and the text of its paragraphs and tables."""
    made = opened(document)
    out: list[tuple[bool, list[str]]] = []
    pending: list[str] = []
    sections = iter(made.sections)
    for element in made.element.body:
        pending += ["".join(t.text for t in p.iter(qn("w:t"))) for p in element.iter(qn("w:p"))]
        if element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None or element.tag == qn("w:sectPr"):
            out.append((next(sections).orientation == WD_ORIENT.LANDSCAPE, [words for words in pending if words]))
            pending = []
    return out


def with_header(*paragraphs: str) -> bytes:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.header.paragraphs[0].text = "OFFICIAL"
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "FIRST"
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def test_a_turned_page_is_a_section_of_its_own_with_the_same_headers():
    template = with_header("before", "{{p text0 }}", "after")
    made = a_paper(f"<p>a</p>{turned('<table><tr><td>b</table>')}<p>c</p>", template=template)
    assert pages(made) == [(False, ["before", "a"]), (True, ["b"]), (False, ["c", "after"])]
    first, side, last = opened(made).sections
    assert (side.page_width, side.page_height) == (first.page_height, first.page_width)
    assert [s.header.paragraphs[0].text for s in (first, side, last)] == ["OFFICIAL"] * 3
    assert [s.different_first_page_header_footer for s in (first, side, last)] == [True, False, False]
    (table,) = opened(made).tables
    widths = sum(int(column._gridCol.w) for column in table.columns)
    assert abs(widths - (side.page_width - side.left_margin - side.right_margin)) < 2000


def test_turned_pages_after_one_another_and_at_the_end_leave_no_empty_page():
    body = turned("<table><tr><td>b</table>") + turned(f"<img src={WIDE[0]} alt=x><figcaption>d</figcaption>")
    made = a_paper(body, template=with_header("before", "{{p text0 }}"))
    assert pages(made) == [(False, ["before"]), (True, ["b"]), (True, ["d"])]
    alone = a_paper(turned("<table><tr><td>b</table>"), template=with_header("{{p text0 }}"))
    assert pages(alone) == [(True, ["b"])]
    assert opened(alone).sections[0].different_first_page_header_footer


def test_a_heading_goes_with_the_turned_page_below_it():
    made = a_paper(f"<p>a</p><h3>Plan</h3>{turned('<table><tr><td>b</table>')}<p>c")
    assert pages(made) == [(False, ["before", "a"]), (True, ["Plan", "b"]), (False, ["c", "after"])]


def test_a_few_words_between_turned_tables_go_with_the_second():
    table = turned("<table><caption>b</caption><tr><td>1</table>")
    made = a_paper(f"<p>a</p>{table}<h3>Plan</h3><p>c</p><p>d</p>{table}<p>e")
    assert pages(made) == [
        (False, ["before", "a"]),
        (True, ["b", "1"]),
        (True, ["Plan", "c", "d", "b", "1"]),
        (False, ["e", "after"]),
    ]


@pytest.mark.parametrize(
    "between", [f"<p>{'many words ' * 90}</p>", "<ul><li>c</ul><table><tr><td>d</table>"], ids=["many words", "a table"]
)
def test_more_than_a_few_words_have_a_page_of_their_own(between: str):
    table = turned("<table><tr><td>1</table>")
    made = a_paper(f"{table}{between}{table}<p>e")
    assert [is_turned for is_turned, _ in pages(made)] == [False, True, False, True, False]


def test_words_above_a_turned_picture_stay_on_their_page():
    made = a_paper(f"{turned('<table><tr><td>1</table>')}<p>c</p>{turned(f'<img src={WIDE[0]} alt=x>')}<p>e")
    assert pages(made)[2] == (False, ["c"])


def test_a_table_before_a_turned_page_keeps_its_own():
    made = a_paper(f"<table><tr><td>a</table>{turned(f'<img src={WIDE[0]} alt=x>')}")
    assert pages(made) == [(False, ["before", "a"]), (True, []), (False, ["after"])]
    assert outline(made)[-1].text == "after"


def test_a_picture_on_a_turned_page_uses_its_width():
    made = opened(a_paper(turned(f"<img src={WIDE[0]} alt=x>")))
    upright = opened(a_paper(picture(WIDE[0])))
    assert made.inline_shapes[0].width > upright.inline_shapes[0].width * 1.2


def test_the_sections_of_a_template_stay_apart():
    document = docx.Document()
    document.add_paragraph("{{p text0 }}")
    document.add_section().header.is_linked_to_previous = False
    document.sections[1].header.paragraphs[0].text = "SECOND"
    document.add_paragraph("{{p text1 }}")
    document.add_paragraph("end")
    body = f"<p>a</p>{turned('<table><tr><td>b</table>')}"
    made = a_paper(body, body, template=saved(document))
    assert [words for _, words in pages(made)] == [["a"], ["b"], ["a"], ["b"], ["end"]]
    assert [s.header.paragraphs[0].text for s in list(opened(made).sections)[2:]] == ["SECOND"] * 3


def test_no_page_is_turned_in_a_table_or_a_header():
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "{{p text0 }}"
    header = docx.Document()
    header.sections[0].header.paragraphs[0].text = "{{p text0 }}"
    for template in (document, header):
        with pytest.raises(PageNotTurned):
            a_paper(turned("<table><tr><td>b</table>"), template=saved(template))


def test_one_compiled_template_brings_links_pictures_and_charts_to_each_of_its_papers():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{p above }}"
    document.add_paragraph("{{p text }}")
    template = compiled(saved(document), "above", "text")
    link = "<p><a href='https://a.org/'>there</a></p>"
    turned = f"<figure data-page=landscape><img src={WIDE[0]} alt='A map'></figure>"

    def paper(above: str, text: str) -> bytes:
        values = {"above": Narrative(clean(above, "html"), "above"), "text": Narrative(clean(text, "html"), "text")}
        return render(template, {"document": DOCUMENT, **values}, FILES)

    full = paper(link + picture(SMALL[0]), link + chart("column") + turned + "<p>end</p>")
    made = opened(full)
    assert [section.orientation for section in made.sections] == [0, 1, 0]
    (above,) = (one for paragraph in made.sections[0].header.paragraphs for one in paragraph.hyperlinks)
    (below,) = (one for paragraph in made.paragraphs for one in paragraph.hyperlinks)
    assert (above.address, below.address) == ("https://a.org/", "https://a.org/")
    drawn = [e.get("id") for part in ("document", "header1") for e in _drawings(full, f"word/{part}.xml")]
    assert sorted(drawn) == ["1", "2", "3"]
    plain = members(paper("<p>a</p>", "<p>b</p>"))
    assert not [name for name in plain if "media" in name or "chart" in name]
    assert paper(link + picture(SMALL[0]), link + chart("column") + turned + "<p>end</p>") == full


def _drawings(document: bytes, part: str) -> list[etree._Element]:
    return list(etree.fromstring(members(document)[part]).iter(f"{WP}docPr"))


def test_a_template_that_was_a_paper_keeps_its_charts():
    paper = opened(a_paper(chart("bar") + picture(WIDE[0])))
    paper.add_paragraph("{{p text0 }}")
    made = members(a_paper(chart("pie", table=SHARES) + picture(WIDE[0]), template=saved(paper)))
    assert b"barChart" in made["word/charts/boardchart1.xml"]
    assert b"pieChart" in made["word/charts/boardchart2.xml"]
    relation = etree.fromstring(made["word/charts/_rels/boardchart2.xml.rels"])[0].get("Target")
    assert relation == "../embeddings/boardchart2.xlsx"
    assert {"word/embeddings/boardchart1.xlsx", "word/embeddings/boardchart2.xlsx"} <= set(made)
    assert made["[Content_Types].xml"].count(b"boardchart1.xml") == 1
