"""Everybody can read what this engine makes; and what keeps somebody out is named with its place."""

import io
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.assembly.assemble import make
from app.assembly.context import BlockLine, PaperContext, SectionLines, for_engine, vocabulary
from app.assembly.snapshot import Snapshot
from app.narrative import clean
from app.word import PROSE, Narrative, accessibility, compile_template, render
from app.word.container import read_members, write_members
from app.word.identity import NAMED
from tests.conftest import ROOT
from tests.narrative.markup import narratives
from tests.templates.scrutiny_paper import a_paper
from tests.word.pictures import a_picture
from tests.word.test_narrated import PICTURES, as_printed

TEMPLATE = ROOT / "templates" / "scrutiny" / "template.docx"
GOLDEN = ROOT / "tests" / "assembly" / "golden"
PICTURE = a_picture(40, 30)


def printed(paper: PaperContext) -> bytes:
    compiled = compile_template(TEMPLATE.read_bytes(), vocabulary())
    return render(compiled, for_engine(paper), dict([*PICTURES, PICTURE]))


def a_paper_of(html: str) -> bytes:
    """A scrutiny paper with this narrative in its only section."""
    text = BlockLine(kind="narrative", text=Narrative(html, "purpose", 2), words="", keys=[], lines=[])
    section = SectionLines(key="purpose", heading="Purpose of Report", level=1, numbered=True, blocks=[text])
    return printed(a_paper().model_copy(update={"sections": [section]}))


def codes(document: bytes) -> list[str]:
    return [barrier.code for barrier in accessibility(document)]


# What this engine makes


@pytest.mark.parametrize("name", ["quarterly", "one-subject"])
def test_everybody_can_read_the_papers_of_the_demonstration(name):
    snapshot = Snapshot.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert accessibility(make(snapshot, TEMPLATE.read_bytes()).content) == []


@pytest.mark.parametrize("marking", ["OFFICIAL", "OFFICIAL-SENSITIVE"])
def test_everybody_can_read_a_paper_with_everything_that_a_template_prints(marking):
    assert accessibility(printed(a_paper(marking=marking))) == []
    assert accessibility(printed(a_paper(marking=marking, draft=""))) == []


def test_only_its_writer_can_make_a_narrative_hard_to_read(full):
    @given(narratives())
    @settings(max_examples=200 if full else 20, deadline=None, database=None)
    def nothing_else_is_wrong(html):
        assert set(codes(a_paper_of(as_printed(html)))) <= PROSE

    nothing_else_is_wrong()


WORDS = st.sampled_from(["Calls fell by 4%.", "Two posts (of nine) are vacant.", "It is on time.", "At worst 3."])
INLINES = st.sampled_from(
    [
        "{}",
        "<strong>Note:</strong> {}",
        "{} See <a href='https://example.org/a'>the annual report</a>.",
        "{}<br>And on.",
        "<em>{}</em> <u>x</u><sub>2</sub>",
    ]
)
TABLE = "<table>{}<thead><tr><th>Year<th>Calls<th>Cost</thead><tbody>{}</table>"


@st.composite
def readable(draw: st.DrawFn) -> str:
    """A narrative of someone who writes for everybody."""
    return clean("".join(draw(_BLOCKS) for _ in range(draw(st.integers(1, 6)))), "html")


@st.composite
def _paragraph(draw: st.DrawFn) -> str:
    return f"<p>{draw(INLINES).format(draw(WORDS))}</p>"


@st.composite
def _list(draw: st.DrawFn, depth: int = 2) -> str:
    opened = draw(st.sampled_from(["<ul>", "<ol>", '<ol type="i">', '<ol type="a" start="3">']))
    inner = _list(depth - 1) if depth else st.just("")
    items = "".join(
        f"<li>{draw(_paragraph())}{draw(st.just('') | _paragraph() | inner)}" for _ in range(draw(st.integers(1, 3)))
    )
    return f"{opened}{items}</{opened[1:3]}>"


@st.composite
def _table(draw: st.DrawFn) -> str:
    rated = st.sampled_from(["", " data-rag=red", " data-rag=amber", " data-rag=green", " data-rag=grey"])
    cell = _paragraph() | _list(1)
    rows = "".join(
        f"<tr><th scope=row>2025<td{draw(rated)}>{draw(cell)}<td{draw(rated)}>{draw(cell)}"
        for _ in range(draw(st.integers(1, 3)))
    )
    return TABLE.format(draw(st.sampled_from(["", "<caption>Calls by year</caption>"])), rows)


@st.composite
def _figure(draw: st.DrawFn) -> str:
    said = draw(st.sampled_from(["", " data-page=landscape"]))
    caption = draw(st.sampled_from(["", "<figcaption>What it shows</figcaption>"]))
    kind = draw(st.sampled_from(["picture", "column", "bar", "stacked", "line", "pie"]))
    if kind == "picture":
        return f"<figure{said}><img src={PICTURE[0]} alt='The map of the county'>{caption}</figure>"
    hidden = draw(st.sampled_from(["", " data-table=hide"]))
    columns = "<th>Calls" if kind == "pie" else "<th>Calls<th>Visits"
    row = "<td>3" if kind == "pie" else "<td>3<td>£4.50"
    table = f"<table><tr><th>Year{columns}<tr><th>2024{row}<tr><th>2025{row}</table>"
    return f"<figure{said} data-chart={kind}{hidden}>{table}{caption}</figure>"


_BLOCKS = st.one_of(
    _paragraph(),
    _paragraph(),
    st.just("<h3>Storage</h3><p>x</p><h4>Old records</h4>"),
    st.just("<p data-number=no>And so on.</p>"),
    st.builds("<blockquote>{}</blockquote>".format, _paragraph()),
    _list(),
    _table(),
    _figure(),
)


def test_everybody_can_read_what_was_written_for_everybody(full):
    @given(readable())
    @settings(max_examples=200 if full else 20, deadline=None, database=None)
    def nothing_is_wrong(html):
        assert accessibility(a_paper_of(html)) == []

    nothing_is_wrong()


# What keeps somebody out

GOOD = read_members(printed(a_paper()))
BODY, STYLES, HEADER, FOOTER = "word/document.xml", "word/styles.xml", "word/header1.xml", "word/footer1.xml"
CORE, CUSTOM, SETTINGS = "docProps/core.xml", "docProps/custom.xml", "word/settings.xml"


def changed(member: str, old: str, new: str, count: int = 1) -> bytes:
    """The good paper with something in one of its parts replaced; what is replaced must be there."""
    xml = GOOD[member].decode()
    found, times = re.subn(old, new, xml, count=count, flags=re.DOTALL)
    assert times
    return write_members({**GOOD, member: found.encode()})


def before_the_end(xml: str) -> bytes:
    return changed(BODY, r"(?=<w:sectPr>(?:(?!</w:sectPr>).)*</w:sectPr></w:body>)", xml)


def a_run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def a_line(words: str, style: str = "BodyText", properties: str = "", letters: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{a_run(words, letters)}</w:p>'


def a_table(*rows: str) -> str:
    return f'<w:tbl><w:tblPr><w:tblStyle w:val="BoardTable"/></w:tblPr><w:tblGrid/>{"".join(rows)}</w:tbl>'


def a_row(*cells: str, heads: bool = False) -> str:
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if heads else ''}{''.join(cells)}</w:tr>"


def a_cell(words: str, properties: str = "", letters: str = "") -> str:
    content = a_line(words, "TableText", letters=letters) if words else "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def shaded(fill: str) -> str:
    return f'<w:shd w:val="clear" w:fill="{fill}"/>'


def coloured(colour: str) -> str:
    return f'<w:color w:val="{colour}"/>'


def a_link(words: str) -> str:
    return f'<w:p><w:hyperlink w:anchor="x">{a_run(words)}</w:hyperlink></w:p>'


def a_drawing(inner: str = "inline", said: str = "") -> str:
    names = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    named = f'<wp:docPr id="9" name="x"{said}/>'
    return f"<w:p><w:r><w:drawing><wp:{inner} {names}>{named}</wp:{inner}></w:drawing></w:r></w:p>"


HEADS = a_row(a_cell("Year"), a_cell("Calls"), heads=True)
YEAR = a_row(a_cell("2025"), a_cell("7"))

BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "title": ("no-property", lambda: changed(CORE, "<dc:title>.*?</dc:title>", "")),
    "subject": ("no-property", lambda: changed(CORE, "(<dc:subject>).*?(</dc:subject>)", r"\1 \2")),
    "author": ("no-property", lambda: changed(CORE, "<dc:creator>.*?</dc:creator>", "")),
    **{
        name: ("no-property", lambda name=name: changed(CUSTOM, f'name="{name}"', 'name="Other"'))  # type: ignore[misc]
        for name in NAMED
    },
    "digest": ("no-property", lambda: changed(CUSTOM, "5" * 64, "5" * 63 + "x")),
    "title nobody sees": ("title-not-shown", lambda: changed(CORE, "<dc:title>.*?<", "<dc:title>Another<")),
    "language of the file": ("language", lambda: changed(CORE, "<dc:language>en-GB<", "<dc:language>en-US<")),
    "language of the text": ("language", lambda: changed(STYLES, r'<w:lang [^>]*/>', "")),
    "marking gone": ("no-marking", lambda: write_members({**without_marking()})),
    "first page": ("no-marking no-page-number", lambda: changed(BODY, "<w:pgSz", "<w:titlePg/><w:pgSz")),
    "left pages": ("no-marking no-page-number", lambda: changed(SETTINGS, "<w:zoom", "<w:evenAndOddHeaders/><w:zoom")),
    "page": ("no-page-number", lambda: changed(FOOTER, " PAGE ", " DATE ")),
    "pages": ("no-page-number", lambda: changed(FOOTER, " NUMPAGES ", " DATE ")),
    "no headings": ("no-headings", lambda: changed(STYLES, r"<w:outlineLvl [^>]*/>", "", count=0)),
    "jump": ("heading-jump", lambda: before_the_end(a_line("Deep", "Heading5"))),
    "empty heading": ("empty-heading", lambda: before_the_end(a_line(" ", "Heading2Unnumbered"))),
    "typed heading number": ("typed-number", lambda: before_the_end(a_line("1.2 Costs", "Heading2Unnumbered"))),
    "bold line": ("fake-heading", lambda: before_the_end(a_line("Old records", letters="<w:b/>"))),
    "bullet": ("typed-bullet", lambda: before_the_end(a_line("• one"))),
    "dashes": ("typed-bullet", lambda: before_the_end(a_line("- one") + a_line("- two"))),
    "numbers": ("typed-number", lambda: before_the_end(a_line("a) one") + a_line("b) two"))),
    "caption": ("fake-caption", lambda: before_the_end(a_line("Table 4 Calls") + a_table(HEADS, YEAR))),
    "empty": ("empty-paragraph", lambda: before_the_end("<w:p/>")),
    "empty in cell": ("empty-paragraph", lambda: before_the_end(a_table(a_row(f"<w:tc>{a_line('x')}<w:p/></w:tc>")))),
    "blanks": ("blanks", lambda: before_the_end(a_line("Name:    somebody"))),
    "tabs": ("blanks", lambda: before_the_end(f"<w:p>{a_run('a')}<w:r><w:tab/><w:tab/></w:r>{a_run('b')}</w:p>")),
    "breaks": ("blanks", lambda: before_the_end(f"<w:p>{a_run('a')}<w:r><w:br/><w:br/></w:r>{a_run('b')}</w:p>")),
    "no header row": ("no-header-row", lambda: before_the_end(a_table(YEAR, YEAR))),
    "merged header": (
        "merged-header",
        lambda: before_the_end(a_table(a_row(a_cell("All", '<w:gridSpan w:val="2"/>'), heads=True), YEAR)),
    ),
    "empty header": ("empty-header", lambda: before_the_end(a_table(a_row(a_cell(""), a_cell("n"), heads=True), YEAR))),
    "nested": ("nested-table", lambda: before_the_end(a_table(a_row(f"<w:tc>{a_table(YEAR)}<w:p/></w:tc>")))),
    "undescribed": ("no-description", lambda: before_the_end(a_drawing())),
    "file name": ("poor-description", lambda: before_the_end(a_drawing(said=' descr="IMG_0042.JPG"'))),
    "placeholder": ("poor-description", lambda: before_the_end(a_drawing(said=' descr="Picture 3"'))),
    "grey": ("contrast", lambda: before_the_end(a_line("faint", letters=coloured("999999")))),
    "on dark paragraph": (
        "contrast",
        lambda: before_the_end(
            a_line("x", properties=shaded("333333"), letters=coloured("000000"))
        ),
    ),
    "on highlight": (
        "contrast",
        lambda: before_the_end(a_line("x", letters='<w:color w:val="2E7D32"/><w:highlight w:val="green"/>')),
    ),
    "in cell": (
        "contrast",
        lambda: before_the_end(a_table(a_row(a_cell("x", shaded("1F3864"), coloured("000000"))))),
    ),
    "colour alone": (
        "colour-alone",
        lambda: before_the_end(a_table(HEADS, a_row(a_cell("2025"), a_cell("", shaded("C62828"))))),
    ),
    "small": (
        "small-text",
        lambda: before_the_end(a_table(a_row(a_cell("small", letters='<w:sz w:val="16"/>')))),
    ),
    "body size": ("body-size", lambda: before_the_end(a_line("small", letters='<w:sz w:val="22"/>'))),
    "serif": ("serif", lambda: before_the_end(a_line("x", letters='<w:rFonts w:ascii="Times New Roman"/>'))),
    "justified": ("justified", lambda: before_the_end(a_line("x", properties='<w:jc w:val="both"/>'))),
    "here": ("poor-link", lambda: before_the_end(a_link("here"))),
    "address": ("poor-link", lambda: before_the_end(a_link("https://example.org/" + "a" * 40))),
    "field": (
        "poor-link",
        lambda: before_the_end(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "x" </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Click here</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
    ),
    "floating": ("floating", lambda: before_the_end(a_drawing("anchor", ' descr="A map"'))),
    "frame": ("floating", lambda: before_the_end(a_line("x", properties='<w:framePr w:w="100"/>'))),
    "floating table": ("floating", lambda: changed(BODY, "<w:tblPr>", '<w:tblPr><w:tblpPr w:tblpX="1"/>')),
    "blinking": ("moving", lambda: before_the_end(a_line("x", letters='<w:effect w:val="blinkBackground"/>'))),
}  # fmt: skip


def without_marking() -> dict[str, bytes]:
    return {**GOOD, **{name: GOOD[name].replace(b"OFFICIAL", b"x") for name in (HEADER, FOOTER)}}


@pytest.mark.parametrize("name", BROKEN)
def test_what_keeps_somebody_out_is_named(name):
    code, broken = BROKEN[name]
    found = accessibility(broken())
    assert {barrier.code for barrier in found} == set(code.split())
    assert all(barrier.where.part and barrier.what.endswith(".") for barrier in found)


def test_every_code_of_prose_is_tried_above():
    assert {code for code, _ in BROKEN.values()} >= PROSE


def test_a_place_is_told_as_a_reader_finds_it():
    pale = before_the_end(
        a_line("Costs", "Heading1Unnumbered")
        + a_table(HEADS, a_row(a_cell("2025"), a_cell("low", letters=coloured("AAAAAA"))))
    )
    (barrier,) = accessibility(pale)
    assert str(barrier.where).startswith("the body, under “Costs”, table ")
    assert str(barrier.where).endswith("row 2, column 2: “low”")
    assert barrier.what == (
        "The text AAAAAA on FFFFFF has a contrast of 2.3 : 1; it needs at least 4.5 : 1. "
        "Choose a darker text or a lighter background."
    )
    said = barrier.to_dict()
    assert (said["code"], said["heading"], said["row"], said["column"], said["quoted"]) == (
        "contrast",
        "Costs",
        2,
        2,
        "low",
    )


@pytest.mark.parametrize(
    "xml",
    [
        a_line("This is important.", letters="<w:b/>"),
        a_line("- alone"),
        a_drawing(said=' descr="A map of the county"'),
        a_line("large", "Title", letters=coloured("8A8A8A")),
        a_line("black by itself", properties=shaded("FFBF00")),
        a_line("white by itself", properties=shaded("1F3864")),
        a_table(YEAR),
        a_table(HEADS, a_row(*[a_cell(words, shaded("DDDDDD")) for words in ("Sum", "")])),
        '<w:p><w:r><w:br w:type="page"/></w:r></w:p>',
    ],
)
def test_what_is_well_is_left_alone(xml):
    assert accessibility(before_the_end(xml)) == []


def test_a_picture_that_moves_is_named():
    document = a_paper_of(clean(f"<figure><img src={PICTURE[0]} alt='The map of the county'></figure>", "html"))
    members = read_members(document)
    (media,) = (name for name in members if name.startswith("word/media/"))
    relations = "word/_rels/document.xml.rels"
    moved = {
        **{name: content for name, content in members.items() if name != media},
        media.replace(".png", ".gif"): a_moving_picture(),
        relations: members[relations].replace(b".png", b".gif"),
    }
    assert codes(write_members(moved)) == ["moving"]


def a_moving_picture() -> bytes:
    out = io.BytesIO()
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(out, "GIF", save_all=True, append_images=[second])
    return out.getvalue()
