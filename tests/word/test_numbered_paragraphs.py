"""Paragraphs that Word numbers, and titles that run into them: printed, counted, read back without them."""

import io

import docx
import pytest
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings

from app.word import CompiledTemplate, Narrative, check, lacking, narrated, outline, render
from tests.narrative.markup import narratives
from tests.word.templates import DOCUMENT, compiled, saved
from tests.word.test_narrated import PICTURES, as_printed

INDENT = 851


def numbered_template(*tags: str, with_styles: bool = True) -> bytes:
    """A template whose style Numbered Paragraph counts through the whole document."""
    document = docx.Document()
    document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    if with_styles:
        _add_counted_style(document)
        document.styles.add_style("Run-in Title", WD_STYLE_TYPE.CHARACTER).font.bold = True
    for tag in tags:
        document.add_paragraph(tag)
    return saved(document)


def _add_counted_style(document: DocumentType) -> None:
    numbering = document.part.numbering_part.element
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="NumberedParagraph"/>'
        '<w:lvlText w:val="%1."/><w:lvlJc w:val="left"/></w:lvl>'
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{level}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    style = document.styles.add_style("Numbered Paragraph", WD_STYLE_TYPE.PARAGRAPH)
    properties = style.element.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="77"/></w:numPr>'))
    properties.append(parse_xml(f'<w:ind {nsdecls("w")} w:left="{INDENT}" w:hanging="{INDENT}"/>'))


@pytest.fixture(scope="module")
def template() -> CompiledTemplate:
    return compiled(numbered_template("{{p one }}", "{{p two }}"), "one", "two")


def printed(template: CompiledTemplate, one: Narrative, two: Narrative) -> bytes:
    return render(template, {"document": DOCUMENT, "one": one, "two": two}, dict(PICTURES))


def test_numbers_run_through_narratives_and_a_paragraph_may_go_on_without_one(template: CompiledTemplate) -> None:
    one = Narrative('<p>First.</p><p data-number="no">It goes on.</p><p>Second.</p>', "one", numbered=True)
    two = Narrative("<p>Third.</p>", "two", numbered=True)
    lines = [(line.number, line.text) for line in outline(printed(template, one, two))]
    assert lines == [("1.", "First."), ("", "It goes on."), ("2.", "Second."), ("3.", "Third.")]


def test_without_being_asked_for_nothing_is_numbered(template: CompiledTemplate) -> None:
    lines = outline(printed(template, Narrative("<p>First.</p>", "one"), Narrative("<p>Second.</p>", "two")))
    assert [line.number for line in lines] == ["", ""]


def test_lists_stand_below_the_words_of_a_numbered_paragraph(template: CompiledTemplate) -> None:
    html = '<p>First:</p><ol type="i"><li><p>one</p><p>more</p><ul><li><p>inner</p></li></ul></li></ol>'
    document = docx.Document(io.BytesIO(printed(template, Narrative(html, "one", numbered=True), Narrative("", "two"))))
    left = {p.text: p.paragraph_format.left_indent.twips for p in document.paragraphs[1:]}
    assert left["one"] == left["more"] == INDENT + 454
    assert left["inner"] == INDENT + 2 * 454


def test_a_title_runs_into_the_first_paragraph_and_is_no_part_of_the_text(template: CompiledTemplate) -> None:
    html = "<p><strong>Decision</strong> – go on.</p><p>And so on.</p>"
    made = printed(template, Narrative(html, "one", numbered=True, run_in="Vetting & more."), Narrative("", "two"))
    assert [line.text for line in outline(made)] == ["Vetting & more. Decision – go on.", "And so on."]
    opening = docx.Document(io.BytesIO(made)).paragraphs[0].runs[0]
    assert (opening.text, opening.style.name) == ("Vetting & more. ", "Run-in Title")
    assert narrated(made).html == html


@pytest.mark.parametrize(
    "html", ["<ul><li><p>A point</p></li></ul>", "<table><tbody><tr><td><p>A</p></td></tr></tbody></table>"]
)
def test_a_title_before_something_else_is_a_paragraph_of_its_own(template: CompiledTemplate, html: str) -> None:
    made = printed(template, Narrative(html, "one", numbered=True, run_in="Vetting."), Narrative("", "two"))
    first = outline(made)[0]
    assert (first.number, first.text.strip()) == ("1.", "Vetting.")
    assert "Vetting" not in narrated(made).html


def test_a_title_is_bold_where_the_template_has_no_style_for_it() -> None:
    bare = compiled(numbered_template("{{p one }}", with_styles=False), "one")
    made = render(bare, {"document": DOCUMENT, "one": Narrative("<p>Text.</p>", "one", run_in="Title.")}, {})
    opening, text = docx.Document(io.BytesIO(made)).paragraphs[0].runs
    assert (opening.text, opening.bold, text.bold) == ("Title. ", True, None)


def test_a_template_may_do_without_and_is_asked_only_by_formats_that_number() -> None:
    roles = ["numbered paragraph", "run-in title"]
    bare, full = numbered_template(with_styles=False), numbered_template()
    assert lacking(bare, roles) == ["Numbered Paragraph", "Run-in Title"]
    assert lacking(full, roles) == []
    assert not any("Numbered Paragraph" in finding.what for finding in check(bare, {}))


def test_out_and_back_is_the_same_where_paragraphs_are_numbered(template: CompiledTemplate, full: bool) -> None:
    @given(narratives())
    @settings(max_examples=1_000 if full else 100, deadline=None, database=None)
    def comes_back(html: str) -> None:
        html = as_printed(html)
        made = printed(template, Narrative(html, "one", numbered=True, run_in="Vetting."), Narrative("", "two"))
        assert narrated(made).html == html

    comes_back()
