"""The scrutiny template: an ordinary Word file that prints a whole paper and leaves nothing of itself behind."""

import io
import re
import runpy
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.table import Table
from pydantic import BaseModel

from app.assembly.context import PaperContext, Printed, for_engine, vocabulary
from app.word import Coloured, NotPrinted, check, compile_template, content_digest, outline, render
from tests.conftest import ROOT
from tests.templates.scrutiny_paper import COLOURS, FIVE_DIMENSIONS, a_paper

FOLDER = ROOT / "templates" / "scrutiny"
TEMPLATE = FOLDER / "template.docx"
TAG = re.compile(r"\{[{%#].*?[}%#]\}")


def printed(paper: PaperContext) -> bytes:
    compiled = compile_template(TEMPLATE.read_bytes(), vocabulary())
    return render(compiled, for_engine(paper), {})


def opened(document: bytes) -> DocumentType:
    return Document(io.BytesIO(document))


@pytest.fixture(scope="module")
def paper() -> bytes:
    return printed(a_paper())


def alternative_text(table: Table) -> tuple[str, str]:
    properties = table._tbl.tblPr
    title, description = properties.find(qn("w:tblCaption")), properties.find(qn("w:tblDescription"))
    return title.get(qn("w:val")), description.get(qn("w:val"))


def is_marked(row) -> bool:
    return row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None


def tables_about(document: bytes, title: str) -> list[Table]:
    return [table for table in described_tables(document) if alternative_text(table)[0].startswith(title)]


def described_tables(document: bytes) -> list[Table]:
    return [table for table in opened(document).tables if table._tbl.tblPr.find(qn("w:tblCaption")) is not None]


def paragraph_styles(document: DocumentType) -> dict[str, object]:
    return {style.style_id: style for style in document.styles if style.type == 1}


def outline_level(style) -> int | None:
    """The heading level of a style, from 1, looked up as Word does: in the style, then in what it is based on."""
    while style is not None:
        found = style.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if found is not None:
            return int(found.get(qn("w:val"))) + 1
        style = style.base_style
    return None


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


# The template itself


def test_the_script_writes_the_template_that_is_shipped(tmp_path: Path) -> None:
    rebuilt = tmp_path / "template.docx"
    runpy.run_module("templates.scrutiny.build_template")["write"](rebuilt)
    assert content_digest(rebuilt.read_bytes()) == content_digest(TEMPLATE.read_bytes())


def test_nothing_is_wrong_with_the_template() -> None:
    assert check(TEMPLATE.read_bytes(), vocabulary()) == []


def test_every_tag_stands_whole_in_one_run() -> None:
    document = opened(TEMPLATE.read_bytes())
    runs = [node.text or "" for node in document.element.body.iter(qn("w:t"))]
    assert sum(len(TAG.findall(words)) for words in runs) > 100
    assert [words for words in runs if words.count("{") != words.count("}") or TAG.sub("", words).count("{")] == []


def test_tags_that_vanish_are_marked_as_such_for_whoever_edits_the_template() -> None:
    document = opened(TEMPLATE.read_bytes())
    styles = document.styles
    shown = [
        (words, styles.get_by_id(p.style, 1).name if p.style else "Normal")
        for p in document.element.body.iter(qn("w:p"))
        if re.match(r"\{%(p|tr|tc) |\{\{p ", words := "".join(t.text or "" for t in p.iter(qn("w:t"))))
    ]
    assert shown
    assert {style for _, style in shown} == {"Template Tag"}


def test_text_is_legible_on_what_stands_behind_it() -> None:
    styles = opened(TEMPLATE.read_bytes()).styles.element
    seen = 0
    for letters in styles.iter(qn("w:rPr")):
        colour = letters.find(qn("w:color"))
        shades = [s.get(qn("w:fill")) for s in letters.getparent().iter(qn("w:shd"))] or ["FFFFFF"]
        for shade in shades:
            if colour is not None:
                seen += 1
                assert contrast(colour.get(qn("w:val")), shade) >= 4.5, letters.getparent().get(qn("w:styleId"))
    assert seen > 10


def test_the_file_carries_nothing_that_is_not_used() -> None:
    with zipfile.ZipFile(TEMPLATE) as archive:
        assert set(archive.namelist()) == {
            "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/_rels/document.xml.rels",
            "word/document.xml", "word/styles.xml", "word/numbering.xml", "word/settings.xml",
            "word/header1.xml", "word/footer1.xml", "word/fontTable.xml", "word/theme/theme1.xml",
        }  # fmt: skip
        assert b"updateFields" not in archive.read("word/settings.xml")
        assert b'w:val="en-GB"' in archive.read("word/styles.xml")


# The paper that it prints


def test_word_numbers_the_sections(paper: bytes) -> None:
    lines = outline(paper)
    numbers = [line.number for line in lines if line.style in {"Heading 1", "Heading 2"}]
    assert numbers == [
        "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "6.1", "6.2", "6.3", "6.4", "6.5", "7.0", "8.0", "9.0",
    ]  # fmt: skip
    named = {line.text: line.number for line in lines}
    assert named["Current Work and Performance"] == "5.0"
    assert named["Demand"] == "6.2"


def test_appendix_themes_and_workstreams_have_headings_without_numbers(paper: bytes) -> None:
    lines = {line.text: line for line in outline(paper)}
    styles = {
        "Appendix": "Heading 1 Unnumbered",
        "Sources": "Heading 2 Unnumbered",
        "Eastern Region": "Theme Heading",
        "Digital": "Subtheme Heading",
        "Procurement": "Workstream Heading",
        "Evidence store": "Workstream Heading 2",
    }
    assert {text: (lines[text].style, lines[text].number) for text in styles} == {
        text: (style, "") for text, style in styles.items()
    }


def test_no_heading_level_is_jumped(paper: bytes) -> None:
    styles = {style.name: outline_level(style) for style in paragraph_styles(opened(paper)).values()}
    levels = [(styles[line.style], line.text) for line in outline(paper) if styles[line.style]]
    assert levels[0] == (1, "Purpose of Report")
    assert {level for level, _ in levels} == {1, 2, 3, 4, 5, 6, 7}
    jumps = [text for (above, _), (level, text) in pairwise(levels) if level > above + 1]
    assert jumps == []


def test_dates_and_labels_of_parts_are_headings_below_their_workstream(paper: bytes) -> None:
    styles = {style.name: outline_level(style) for style in paragraph_styles(opened(paper)).values()}
    levels = [(line.text, styles[line.style]) for line in outline(paper) if styles[line.style]]
    assert levels[levels.index(("Evidence store", 4)) :][:4] == [
        ("Evidence store", 4), ("As at 31 October 2026", 5), ("Progress", 6), ("Storage", 7),
    ]  # fmt: skip
    assert levels[levels.index(("Schools", 3)) :][:4] == [
        ("Schools", 3), ("As at 31 October 2026", 4), ("Progress", 5), ("As at 31 July 2026", 4),
    ]  # fmt: skip
    assert levels[levels.index(("Vehicles", 3)) :][:2] == [("Vehicles", 3), ("Progress", 4)]


def test_the_front_sheet_has_a_label_and_a_value_in_each_row(paper: bytes) -> None:
    [front_sheet] = tables_about(paper, "Front sheet")
    rows = [[cell.text for cell in row.cells] for row in front_sheet.rows]
    assert rows == [[row.label, row.value] for row in a_paper().front_sheet]
    assert front_sheet._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstColumn")) == "1"


def test_a_missing_value_stands_out(paper: bytes) -> None:
    [front_sheet] = tables_about(paper, "Front sheet")
    marked = {cell.text: run.style.name for cell in front_sheet._cells for run in cell.paragraphs[0].runs}
    assert marked["To be completed"] == "Gap Char"
    assert [text for text, style in marked.items() if style == "Gap Char"] == ["To be completed"]


def test_what_is_missing_is_said_where_it_is_missing(paper: bytes) -> None:
    lines = outline(paper)
    gaps = {line.text: lines[number - 1].text for number, line in enumerate(lines) if line.style == "Gap"}
    assert gaps == {
        "To be written: this section is required and has no text yet.": "Executive Summary",
        "To be written: Procurement has no “Next steps” as at 31 October 2026.": "Next steps",
        "To be checked: the update under this wording was corrected after it was written.": "Progress",
        "To be written: Mental health has reported nothing up to today.": "Mental health",
    }


@pytest.mark.parametrize("count", range(1, 6))
def test_ratings_are_words_on_their_colours_in_columns_of_one_width(count: int) -> None:
    wanted = dict(list(FIVE_DIMENSIONS.items())[:count])
    shortened = a_paper().model_dump()
    for section in shortened["sections"]:
        for block in section["blocks"]:
            for line in block["lines"]:
                for update in line["updates"]:
                    update["ratings"] = update["ratings"][:count]
    [strip] = tables_about(printed(PaperContext.model_validate(shortened)), "Ratings of Procurement")
    heads, words = strip.rows
    assert [cell.text for cell in heads.cells] == list(wanted)
    assert [cell.text for cell in words.cells] == list(wanted.values())
    fills = [cell._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")) for cell in words.cells]
    assert fills == [COLOURS[word][0] for word in wanted.values()]
    assert is_marked(heads)
    widths = [column.width.twips for column in strip.columns]
    assert len(widths) == count
    assert max(widths) - min(widths) <= 20


def test_a_key_explains_every_rating_on_its_colour_and_says_how_dimensions_are_judged(paper: bytes) -> None:
    keys = tables_about(paper, "Key to ratings")
    assert [alternative_text(key)[0] for key in keys] == [
        "Key to ratings: Programme ratings", "Key to ratings: Regional ratings", "Key to ratings: Theme ratings",
    ]  # fmt: skip
    for key in keys:
        assert [cell.text for cell in key.rows[0].cells] == ["Rating", "Meaning"]
        words = key.columns[0].cells[1:]
        assert {cell.text: cell._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")) for cell in words} == {
            label: background for label, (background, _) in COLOURS.items()
        }
    judged = tables_about(paper, "How each dimension is judged")
    assert [[cell.text for cell in row.cells] for row in judged[0].rows] == [
        ["Dimension", "How it is judged"],
        ["Overall", "The worst of the others."],
        ["Time", "Against the agreed plan."],
    ]
    assert len(judged) == 2


def test_tables_speak_to_those_who_cannot_see_them(paper: bytes) -> None:
    ours = described_tables(paper)
    assert len(ours) == 11
    for table in ours:
        title, description = alternative_text(table)
        assert title
        assert description
        assert is_marked(table.rows[0]) is (title != "Front sheet")
        assert not list(table._tbl.iter(qn("w:gridSpan"), qn("w:vMerge")))
    titles = [alternative_text(table)[0] for table in ours]
    assert 'Ratings of Fleet & "tyre" repairs as at 31 October 2026' in titles


def test_a_source_note_follows_its_ratings_and_words_stand_in_for_a_missing_strip(paper: bytes) -> None:
    notes = [line.text for line in outline(paper) if line.style == "Source Note"]
    assert notes == ["Ratings from the programme pack.", "Not rated"]


@pytest.mark.parametrize("template", sorted(ROOT.glob("templates/*/template.docx")), ids=lambda file: file.parent.name)
def test_ratings_stay_on_the_page_of_the_note_that_says_where_they_come_from(template: Path) -> None:
    strips = [table for table in described_tables(template.read_bytes()) if "{%tc" in table._tbl.xml]
    strips = [table for table in strips if "under one heading" not in alternative_text(table)[0]]
    assert strips
    # What only the style says, LibreOffice does not ask for in the last row of a table.
    paragraphs = [paragraph for table in strips for paragraph in table._tbl.iter(qn("w:p"))]
    assert all(paragraph.pPr.find(qn("w:keepNext")) is not None for paragraph in paragraphs)


def test_nothing_to_report_is_said(paper: bytes) -> None:
    texts = [line.text for line in outline(paper)]
    assert (
        texts[texts.index("As at 31 July 2026", texts.index("Schools")) + 1] == "Nothing to report as at 31 July 2026."
    )
    assert texts.count("None noted at this time.") == 3


def test_every_page_carries_the_marking_and_says_which_paper_it_is(paper: bytes) -> None:
    [section] = opened(paper).sections
    assert [p.text for p in section.header.paragraphs] == ["OFFICIAL – DRAFT"]
    title, page, last = section.footer.paragraphs
    assert title.text == "Working together: quarterly update"
    assert page.text == "COLL-2026-Q3, version: 0.3\tPage 1 of 1"
    assert [code.text.strip() for code in page._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert last.text == "OFFICIAL – DRAFT"
    assert not section.different_first_page_header_footer


def test_an_approved_paper_is_no_draft() -> None:
    [section] = opened(printed(a_paper(draft="", marking="OFFICIAL-SENSITIVE"))).sections
    assert [p.text for p in section.header.paragraphs] == ["OFFICIAL-SENSITIVE"]
    assert section.footer.paragraphs[-1].text == "OFFICIAL-SENSITIVE"


def test_a_second_marking_stands_beside_the_first_and_the_public_copy_says_what_it_is() -> None:
    document = opened(printed(a_paper(second_marking="Not for publication", public_copy="Public copy")))
    [section] = document.sections
    assert [p.text for p in section.header.paragraphs] == ["OFFICIAL – Not for publication – DRAFT"]
    assert section.footer.paragraphs[-1].text == "OFFICIAL – Not for publication – DRAFT"
    assert document.paragraphs[2].text == "Public copy"


def test_pages_are_a4(paper: bytes) -> None:
    [section] = opened(paper).sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert round(section.left_margin.cm, 1) == round(section.right_margin.cm, 1) == 2.5


def all_text(document: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        for name in archive.namelist():
            yield archive.read(name).decode()


def test_no_tag_is_left_anywhere(paper: bytes) -> None:
    assert [found for part in all_text(paper) for found in re.findall(r"\{[{%#]|[}%#]\}", part)] == []
    assert not [line for line in outline(paper) if line.style == "Template Tag"]


def test_no_paragraph_is_empty(paper: bytes) -> None:
    lines = outline(paper)
    assert [(before.text, line.style) for before, line in pairwise(lines) if not line.text] == []


def test_the_title_is_no_heading_and_comes_first(paper: bytes) -> None:
    first, second = opened(paper).paragraphs[:2]
    assert (first.style.name, first.text) == ("Title", "Performance and Resources Scrutiny Programme 2026/27")
    assert outline_level(first.style) is None
    assert second.text == "Report to: Office of the Police, Fire and Crime Commissioner for Wendmark"


# What it may not leave out

LEFT_OUT = [
    ("{{ row.label }}", "front_sheet[3].label", "Chief officer"),
    ("{{ row.value }}", "front_sheet[3].value", "To be completed"),
    ("{{ section.heading }}", "sections[5].heading", "Implications (Issues)"),
    ("{{ block.words }}", "sections[5].blocks[0].words", "None noted at this time."),
    ("{{ line.name }}", "sections[4].blocks[0].lines[1].name", "Procurement"),
    ("{{ line.gap }}", "sections[4].blocks[0].lines[8].gap", "To be written: Mental health has reported nothing"),
    ("{{ update.nil }}", "sections[4].blocks[0].lines[3].updates[0].nil", "Nothing to report."),
    ("{{ update.source_note }}", "sections[4].blocks[0].lines[1].updates[0].source_note", "Ratings from the programme"),
    ("{{ part.gap }}", "sections[4].blocks[0].lines[1].updates[0].parts[2].gap", "To be written: Procurement has no"),
    ("{{ part.check }}", "sections[4].blocks[0].lines[4].updates[0].parts[0].check", "To be checked: the update"),
    ("{{ value.meaning }}", "sections[3].blocks[1].keys[0].values[0].meaning", "What red means."),
    ("{{r value.word }}", "sections[3].blocks[1].keys[1].values[2].word", "Green"),
    ("{{ dimension.label }}", "sections[3].blocks[1].keys[0].dimensions[1].label", "Time"),
    ("{{ dimension.meaning }}", "sections[3].blocks[1].keys[0].dimensions[1].meaning", "Against the agreed plan."),
    ("{{ cell.dimension }}", "sections[4].blocks[0].lines[1].updates[0].ratings[1].dimension", "Time"),
    ("{{r cell.word }}", "sections[4].blocks[0].lines[1].updates[0].ratings[1].word", "Red"),
    ("{{ objective.text }}", "sections[4].blocks[0].lines[7].objectives[1].text", "Objective 3: Safer roads"),
    ("{{ strapline }}", "strapline", "Working as one"),
    ("{{ marking }}", "marking", "OFFICIAL"),
    ("{{ second_marking }}", "second_marking", "Not for publication"),
    ("{{ public_copy }}", "public_copy", "Public copy"),
]


@pytest.mark.parametrize(("tag", "place", "words"), LEFT_OUT, ids=[tag for tag, _, _ in LEFT_OUT])
def test_a_template_that_leaves_something_out_makes_no_paper(tag: str, place: str, words: str) -> None:
    forgetful = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as whole, zipfile.ZipFile(forgetful, "w") as cut:
        for member in whole.namelist():
            cut.writestr(member, whole.read(member).replace(tag.encode(), b"the tag is gone"))
    compiled = compile_template(forgetful.getvalue(), vocabulary())
    shown = a_paper(second_marking="Not for publication", public_copy="Public copy", strapline="Working as one")
    with pytest.raises(NotPrinted) as caught:
        render(compiled, for_engine(shown), {})
    said = {fault.where: fault.what for fault in caught.value.faults}
    assert said[place].startswith(f"“{words}")
    assert said[place].endswith("is not printed by the template.")
    assert {where.rpartition(".")[2] for where in said} == {place.rpartition(".")[2]}


def test_every_text_that_must_be_printed_is_tried_above() -> None:
    tried = {re.sub(r"\[[0-9]+\]", "", place).rpartition(".")[0::2] for _, place, _ in LEFT_OUT}
    marked = {
        (path.rpartition(".")[2], name)
        for path, model in _models(PaperContext)
        for name, field in model.model_fields.items()
        if Printed() in field.metadata or field.annotation is Coloured
    }
    assert {(owner.rpartition(".")[2], name) for owner, name in tried} == marked


def _models(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    yield path, model
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _models(kind, f"{path}.{name}")
