"""What two documents differ in: told by subject and place, and nothing where they are alike."""

import docx
from docx.enum.section import WD_ORIENT
from docx.shared import Pt

from app.word import differences
from tests.word.templates import saved


def a_paper(change=lambda document: None, words=("First.", "Second.", "Third.")):
    document = docx.Document()
    document.add_heading("Progress", 1)
    for said in words:
        document.add_paragraph(said)
    document.add_table(2, 3).cell(0, 0).text = "Year"
    change(document)
    return saved(document)


def told(old, new, subject):
    return [(d.code, d.where, d.old, d.new) for d in differences(old, new) if d.subject == subject]


def test_a_document_does_not_differ_from_itself():
    assert differences(a_paper(), a_paper()) == []


def test_text_that_came_went_or_changed_is_told_with_its_heading():
    place = "the body, under “Progress”"
    assert told(a_paper(), a_paper(words=("First.", "Third.")), "text") == [("deleted", place, "Second.", "")]
    assert told(a_paper(), a_paper(words=("First.", "New words here.", "Second.", "Third.")), "text") == [
        ("inserted", place, "", "New words here.")
    ]
    assert told(a_paper(), a_paper(words=("First.", "Seconds.", "Third.")), "text") == [
        ("changed", place, "Second.", "Seconds.")
    ]
    apart = told(a_paper(), a_paper(words=("First.", "Quite other", "Third.")), "text")
    assert [code for code, *_ in apart] == ["deleted", "inserted"]
    in_table = a_paper(lambda document: setattr(document.tables[0].cell(1, 2), "text", "5"))
    assert told(a_paper(), in_table, "text") == [("inserted", f"{place}, table 1, row 2, column 3", "", "5")]


def test_tables_pages_and_headers_are_structure_and_text():
    wider = a_paper(lambda document: document.tables[0].add_row())
    ((code, where, old, new),) = told(a_paper(), wider, "structure")
    assert (code, where) == ("table-changed", "the body, under “Progress”, table 1")
    assert (old.partition(",")[0], new.partition(",")[0]) == ("2 rows", "3 rows")

    def turned(document):
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width

    ((code, where, old, new),) = told(a_paper(), a_paper(turned), "structure")
    assert (code, where) == ("page-changed", "section 1")
    assert old.startswith("portrait")
    assert new.startswith("landscape")

    def headed(document):
        document.sections[0].header.paragraphs[0].text = "OFFICIAL"

    assert told(a_paper(), a_paper(headed), "text") == [("inserted", "the header of section 1", "", "OFFICIAL")]


def test_looks_are_told_by_style_and_what_of_it():
    def larger(document):
        document.styles["Heading 1"].font.size = Pt(20)

    ((code, where, old, new),) = told(a_paper(), a_paper(larger), "looks")
    assert (code, where.endswith("size in half points"), old, new) == ("style-changed", True, "28", "40")

    def quoted(document):
        document.paragraphs[1].style = "Quote"

    others = [found for found in told(a_paper(), a_paper(quoted), "looks") if found[0] == "other-style"]
    assert [(old, new) for _, _, old, new in others] == [("Normal", "Quote")]


def test_a_barrier_that_came_and_one_that_went_are_told():
    def jumps(document):
        document.add_heading("Deep", 3)

    assert "heading-jump" in {code for code, *_ in told(a_paper(), a_paper(jumps), "accessibility")}
    assert "heading-jump-gone" in {code for code, *_ in told(a_paper(jumps), a_paper(), "accessibility")}
