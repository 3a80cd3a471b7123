"""The contents list of a template is filled with the headings that are printed, each leading to its own."""

import io

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from app.assembly.context import for_engine, vocabulary
from app.word import accessibility, compile_template, render
from app.word.container import read_members, write_members
from tests.templates.scrutiny_paper import a_paper
from tests.word.templates import DOCUMENT, printed, saved
from tests.word.test_accessibility import TEMPLATE

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CODE = ' TOC \\o "1-2" \\h \\z \\u '


def a_list(code: str = CODE, before: str = "", after: str = "") -> str:
    """A contents list as Word keeps it that has never been brought up to date."""
    return (
        f'<w:p {W}>{before}<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{code}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Update this list.</w:t></w:r>'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>{after}</w:p>'
    )


def a_template(field: str) -> bytes:
    document = docx.Document()
    document.add_paragraph("before")
    document.element.body[-2].addnext(parse_xml(field))
    for tag, style in (("{%p for n in names %}", None), ("{{ n }} & more", "Heading 1"), ("Costs", "Heading 2"),
                       ("Deep", "Heading 3"), ("{%p endfor %}", None)):  # fmt: skip
        document.add_paragraph(tag, style)
    return saved(document)


def opened(document: bytes):
    return docx.Document(io.BytesIO(document))


def entries(document) -> list[tuple[str, str]]:
    """The words of each entry with those of the heading that it leads to."""
    marks = {mark.get(qn("w:name")): mark.getparent() for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    links = document.element.body.iter(qn("w:hyperlink"))
    found = [("".join(t.text for t in link.iter(qn("w:t"))), marks[link.get(qn("w:anchor"))]) for link in links]
    return [(words, "".join(t.text for t in heading.iter(qn("w:t")))) for words, heading in found]


def test_the_list_has_every_heading_that_it_asks_for():
    made = opened(printed(a_template(a_list()), names=["North", "South <x>"]))
    headings = ["North & more", "Costs", "South <x> & more", "Costs"]
    assert entries(made) == [(words, words) for words in headings]
    marks = [mark.get(qn("w:fldCharType")) for mark in made.element.body.iter(qn("w:fldChar"))]
    assert marks == ["begin", "separate", "end"]
    assert [text.text for text in made.element.body.iter(qn("w:instrText"))] == [CODE]
    assert not any(mark.get(qn("w:dirty")) for mark in made.element.body.iter(qn("w:fldChar")))
    assert "Update this list." not in [paragraph.text for paragraph in made.paragraphs]


def test_entries_have_the_styles_of_contents_lists():
    document = docx.Document(io.BytesIO(a_template(a_list())))
    for level in (1, 2):
        document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
    made = opened(printed(saved(document), names=["North"]))
    styles = {p.text: p.style.name for p in made.paragraphs if p._p.find(qn("w:hyperlink")) is not None}
    assert styles == {"North & more": "toc 1", "Costs": "toc 2"}


@pytest.mark.parametrize(
    "field",
    [
        a_list(before="<w:r><w:t>Contents: </w:t></w:r>"),
        a_list(after="<w:r><w:t>.</w:t></w:r>"),
        a_list(" DATE "),
        a_list(' TOC \\o "4-5" '),
    ],
)
def test_any_other_field_stays_as_it_is(field):
    made = opened(printed(a_template(field), names=["North"]))
    assert entries(made) == []
    assert any("Update this list." in paragraph.text for paragraph in made.paragraphs)


def test_a_list_of_several_paragraphs_is_filled_anew():
    several = a_list().replace("<w:r><w:t>Update this list.", "</w:p><w:p><w:r><w:t>Update this list.")
    document = docx.Document(io.BytesIO(a_template(a_list())))
    old = next(document.element.body.iter(qn("w:fldChar"))).getparent().getparent()
    for paragraph in parse_xml(f"<w:body {W}>{several}</w:body>"):
        old.addprevious(paragraph)
    old.getparent().remove(old)
    made = opened(printed(saved(document), names=["North"]))
    assert [words for words, _ in entries(made)] == ["North & more", "Costs"]
    assert "Update this list." not in [paragraph.text for paragraph in made.paragraphs]


def scrutiny_with_contents() -> bytes:
    """A scrutiny paper whose template has a contents list behind the front sheet."""
    members = read_members(TEMPLATE.read_bytes())
    body = members["word/document.xml"].decode().replace("</w:tbl>", f"</w:tbl>{a_list()}", 1)
    template = write_members({**members, "word/document.xml": body.encode()})
    return render(compile_template(template, vocabulary()), for_engine(a_paper()), {})


def test_a_paper_with_contents_shows_the_numbers_that_word_prints():
    document = scrutiny_with_contents()
    words = [words for words, _ in entries(opened(document))]
    assert words[:3] == ["1.0 Purpose of Report", "2.0 Recommendations", "3.0 Executive Summary"]
    assert "6.2 Demand" in words
    assert words[-2:] == ["Appendix", "Sources"]
    assert accessibility(document) == []


def test_a_paper_as_a_template_is_filled_anew():
    first = scrutiny_with_contents()
    again = render(compile_template(first, vocabulary()), {"document": DOCUMENT}, {})
    names = [mark.get(qn("w:name")) for mark in opened(again).element.body.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names)) == 2 * len(entries(opened(first)))
    assert entries(opened(again)) == entries(opened(first))


def test_equal_facts_give_an_equal_list():
    template = a_template(a_list())
    compiled = compile_template(template, {"names": None})
    one, other = (render(compiled, {"document": DOCUMENT, "names": ["x"]}, {}) for _ in range(2))
    assert one == other
