"""Prose, pictures and charts that stand in a line of the template, or as values of their own in a paragraph."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from app.errors import Invalid
from app.narrative import clean
from app.word import (
    Chart,
    Expected,
    MissingPicture,
    Narrative,
    NotInLine,
    NotPrinted,
    Picture,
    TemplateFails,
    check,
    files_in,
    regions,
    render,
    text_of,
)
from app.word.trial import tried
from tests.word.pictures import a_picture
from tests.word.templates import DOCUMENT, a_template, compiled, saved

DIGEST, PNG = a_picture(96, 48)
FILES = {DIGEST: PNG}
FIGURE = clean(
    "<figure data-chart=column><table><tr><th>Force<th>2025<tr><td>Essex<td>12<tr><td>Kent<td>7</table>"
    "<figcaption>Calls &amp; visits</figcaption></figure>",
    "html",
)
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PROSE = clean(
    "<p>one <strong>two</strong> <a href='https://example.org/a'>three</a><br><mark data-redact=s40>x</mark>", "html"
)


def made(template: bytes, **values) -> bytes:
    return render(compiled(template, *values), {"document": DOCUMENT, **values}, FILES)


def opened(document: bytes):
    return docx.Document(io.BytesIO(document))


def members(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_header(*words: str) -> bytes:
    document = docx.Document()
    for words_of_one in words:
        document.add_paragraph(words_of_one)
    document.sections[0].header.paragraphs[0].text = "head {{r x }} end"
    return saved(document)


def in_all_places() -> bytes:
    """A document with prose, a picture and a chart in lines of its body, a cell and a header."""
    document = docx.Document()
    document.add_paragraph("a {{r x }} b {{r y }} c {{r z }}")
    document.add_paragraph("{{p y }}")
    document.add_paragraph("{{p z }}")
    document.add_table(1, 1).cell(0, 0).text = "{{r x }}{{r y }}{{r z }}"
    document.sections[0].header.paragraphs[0].text = "{{r x }}{{r y }}{{r z }}"
    values = {"x": Narrative(PROSE, "k", region="k"), "y": Picture(DIGEST, "A map", width=20), "z": Chart(FIGURE, "l")}
    return made(saved(document), **values)


def test_a_narrative_of_one_paragraph_is_printed_in_the_line_with_all_that_it_says():
    document = opened(made(a_template("before {{r x }} after"), x=Narrative(PROSE, "k")))
    (paragraph,) = document.paragraphs
    assert paragraph.text == "before one two three\nx after"
    assert [run.text for run in paragraph.runs if run.bold] == ["two"]
    (link,) = paragraph.hyperlinks
    assert (link.text, link.address) == ("three", "https://example.org/a")


def test_what_is_printed_in_a_line_is_found_again_by_its_key_whatever_the_paragraph_is():
    document = docx.Document()
    document.add_paragraph("see {{r x }}", "Heading 1")
    document.add_paragraph("see {{r x }} there", "List Bullet")
    document.add_table(1, 1).cell(0, 0).text = "{{r x }}"
    found = regions(made(saved(document), x=Narrative(PROSE, "k", region="section/a")))["section/a"]
    assert [reading.html for reading in found.readings] == [PROSE.replace('<mark data-redact="s40">x</mark>', "x")] * 3


def test_a_link_of_the_template_holds_no_other_link():
    document = docx.Document()
    relation = document.part.relate_to("https://example.org/b", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, True)
    link = document.element.makeelement(qn("w:hyperlink"), {qn("r:id"): relation})
    paragraph = document.add_paragraph()
    paragraph._p.append(link)
    link.append(paragraph.add_run("to {{r x }}")._r)
    printed = opened(made(saved(document), x=Narrative(PROSE, "k")))
    (link,) = printed.element.body.iter(qn("w:hyperlink"))
    assert "".join(t.text for t in link.iter(qn("w:t"))) == "to one two threex"


@pytest.mark.parametrize("html", ["<p>a</p><p>b</p>", "<h3>a</h3>", "<ul><li>a</li></ul>", FIGURE])
def test_more_than_a_line_is_refused_with_its_key_and_its_place(html):
    with pytest.raises(NotInLine, match="“k-purpose”") as caught:
        made(a_template("See {{r x }} there"), x=Narrative(clean(html, "html"), "k-purpose"))
    assert caught.value.key == "k-purpose"
    assert caught.value.faults[0].where.startswith("word/document.xml, paragraph “See")


def test_an_empty_narrative_leaves_the_line_as_it_is():
    assert text_of(made(a_template("a{{r x }}b"), x=Narrative("", "k", region="k"))) == ["ab"]


def test_a_picture_is_printed_in_a_paragraph_of_its_own_and_in_a_line():
    document = opened(made(a_template("{{p x }}", "see {{r y }} there"),
                           x=Picture(DIGEST, "A map", width=50), y=Picture(DIGEST, "An icon", width=5)))  # fmt: skip
    block, line = document.inline_shapes
    assert (block.width, block.height, line.width, line.height) == (Mm(50), Mm(25), Mm(5), Mm(2.5))
    assert [p.text for p in document.paragraphs] == ["", "see  there"]
    assert [e.get("descr") for e in document.element.body.iter(f"{WP}docPr")] == ["A map", "An icon"]
    assert len([name for name in members(saved(document)) if name.startswith("word/media/")]) == 1


def test_without_a_width_a_picture_is_as_large_as_it_is_and_a_chart_as_wide_as_the_text():
    document = opened(made(a_template("{{r x }}", "{{r y }}"), x=Picture(DIGEST, "A map"), y=Chart(FIGURE, "k")))
    picture, chart = document.inline_shapes
    section = document.sections[0]
    assert (picture.width, picture.height) == (96 * 9525, 48 * 9525)
    assert abs(chart.width - (section.page_width - section.left_margin - section.right_margin)) < 1000


def test_nothing_is_wider_than_the_text():
    document = opened(made(a_template("{{r x }}{{r y }}"), x=Picture(DIGEST, "A map", width=900),
                           y=Chart(FIGURE, "k", width=900)))  # fmt: skip
    section = document.sections[0]
    widest = section.page_width - section.left_margin - section.right_margin
    assert all(shape.width <= widest for shape in document.inline_shapes)


def test_a_chart_is_words_and_table_in_a_paragraph_of_its_own_and_described_in_a_line():
    printed = made(a_template("{{p x }}", "see {{r y }}"), x=Chart(FIGURE, "k"), y=Chart(FIGURE, "l", width=60))
    document = opened(printed)
    assert [p.text for p in document.paragraphs if p.text] == ["Calls & visits", "see "]
    assert len(document.tables) == 1
    said = [e.get("descr") for e in document.element.body.iter(f"{WP}docPr")]
    assert said == [
        "Column chart of 2025 by Force. The table below it has the numbers.",
        "Calls & visits: Column chart of 2025 by Force. Essex: 12; Kent: 7.",
    ]
    charts = [name for name in members(printed) if name.startswith("word/charts/") and name.endswith(".xml")]
    assert len(charts) == 2


@pytest.mark.parametrize("value", [Picture(DIGEST, "A map"), Chart(FIGURE, "k"), Narrative(PROSE, "k")])
def test_in_a_header_it_belongs_to_the_header(value):
    printed = made(with_header("body {{r x }}"), x=value)
    parts = members(printed)
    header = next(name for name in parts if name.startswith("word/header") and b"head" in parts[name])
    relations = etree.fromstring(parts[f"word/_rels/{header.removeprefix('word/')}.rels"])
    named = {relation.get("Id") for relation in relations}
    used = {value for e in etree.fromstring(parts[header]).iter() for name, value in e.attrib.items()
            if name in {qn("r:id"), qn("r:embed")}}  # fmt: skip
    assert used
    assert used <= named


@pytest.mark.parametrize("value", [Picture(DIGEST, "A map"), Chart(FIGURE, "k")])
def test_what_is_drawn_is_nothing_else_and_is_not_left_out(value):
    for tag in ("{{ x }}", "{{ x|upper }}", "{{ x._alt }}", "{{ x.digest }}", "{% for a in x %}{% endfor %}"):
        with pytest.raises(Invalid) as caught:
            made(a_template(tag), x=value)
        assert "object at" not in str(caught.value)
    with pytest.raises(NotPrinted) as caught:
        made(a_template("{% if x %}yes{% endif %}"), x=value)
    assert caught.value.keys == ("x",)


def test_a_picture_that_is_missing_is_named_by_what_it_shows():
    with pytest.raises(MissingPicture) as caught:
        render(compiled(a_template("{{r x }}"), "x"), {"document": DOCUMENT, "x": Picture(DIGEST, "A map")}, {})
    assert caught.value.faults[0].where == "A map"


def test_the_context_says_which_pictures_it_needs():
    assert files_in({"a": [Picture(DIGEST, "A map")], "b": Chart(FIGURE, "k")}) == [DIGEST]


def test_what_cannot_be_drawn_is_refused_when_it_is_made():
    for wrong in (
        lambda: Picture(DIGEST, " "),
        lambda: Picture(DIGEST, "x", width=0),
        lambda: Chart("<p>x</p>", "k"),
        lambda: Chart(FIGURE + FIGURE, "k"),
        lambda: Chart(FIGURE, "k", width=float("nan")),
    ):
        with pytest.raises(TemplateFails):
            wrong()


def test_a_template_author_is_told_how_to_print_it():
    sample = {"document": DOCUMENT, "x": Picture(DIGEST, "A map"), "y": Chart(FIGURE, "k"), "z": Narrative(PROSE, "k")}
    names = dict.fromkeys("xyz")
    found = check(a_template("{{ x }} {{ y }} {{ z }}"), names, Expected(sample, FILES))
    assert [f.what.split(":")[0] for f in found if f.code == "wrong-print"] == [
        "“x” is a picture or chart",
        "“y” is a picture or chart",
        "“z” is prose with paragraphs of its own, and “{{ z }}” prints words",
    ]
    good = a_template("{{p x }}", "see {{r y }} and {{r z }}")
    assert [f for f in check(good, names, Expected(sample, FILES)) if f.severity == "error"] == []
    long = {**sample, "z": Narrative("<p>a</p><p>b</p>", "k")}
    (found,) = [f for f in check(good, names, Expected(long, FILES)) if f.severity == "error"]
    assert (found.code, found.where) == ("sample-fails", "paragraph 2")
    assert "The text “k” is more than one paragraph" in found.what


def test_a_trial_draws_them_too():
    context = {"document": DOCUMENT, "x": Picture(DIGEST, "A map", width=20), "y": Chart(FIGURE, "k")}
    trial = tried(a_template("{{r x }}", "{{p y }}"), dict.fromkeys("xy"), context, FILES)
    assert trial.document == render(compiled(a_template("{{r x }}", "{{p y }}"), "x", "y"), context, FILES)
