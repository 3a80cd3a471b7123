"""The templates of the delivery and the coordination board: they print all that a paper may hold, in their own look."""

import io
import re
import runpy
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from app.assembly.context import for_engine, vocabulary
from app.formats.manifest import parse_manifest
from app.word import NotPrinted, check, compile_template, content_digest, lacking, outline, render
from tests.conftest import ROOT
from tests.templates.scrutiny_paper import a_paper
from tests.templates.test_scrutiny_template import TAG, contrast, outline_level

FORMATS = ("delivery-board", "coordination-board")


@pytest.fixture(params=FORMATS)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of each of the two formats in turn."""
    return ROOT / "templates" / request.param


@pytest.fixture
def template(folder: Path) -> bytes:
    return (folder / "template.docx").read_bytes()


@pytest.fixture
def paper(template: bytes) -> bytes:
    paper = a_paper(strapline="Working as one")
    return render(compile_template(template, vocabulary()), for_engine(paper), {})


def test_the_script_writes_the_template_that_is_shipped(folder: Path, template: bytes, tmp_path: Path) -> None:
    rebuilt = tmp_path / "template.docx"
    runpy.run_module(f"templates.{folder.name}.build_template")["write"](rebuilt)
    assert content_digest(rebuilt.read_bytes()) == content_digest(template)


def test_nothing_is_wrong_with_the_template_and_it_has_the_styles_that_its_format_needs(
    folder: Path, template: bytes
) -> None:
    manifest = parse_manifest((folder / "format.toml").read_text(encoding="utf-8"))
    assert check(template, vocabulary()) == []
    assert "numbered paragraph" in manifest.needed_styles()
    assert lacking(template, manifest.needed_styles()) == []


def test_every_tag_stands_whole_in_one_run(template: bytes) -> None:
    runs = [node.text or "" for node in docx.Document(io.BytesIO(template)).element.body.iter(qn("w:t"))]
    assert sum(len(TAG.findall(words)) for words in runs) > 80
    assert [words for words in runs if words.count("{") != words.count("}") or TAG.sub("", words).count("{")] == []


def test_a_paper_that_has_everything_is_printed_whole(paper: bytes) -> None:
    text = [line.text for line in outline(paper)]
    assert "Working as one" in text
    assert "Objective 3: Safer roads" in text
    assert not [line for line in text if "{" in line or not line.strip()]


@pytest.mark.parametrize("tag", ["{{ row.value }}", "{{ objective.text }}", "{{ strapline }}", "{{ line.name }}"])
def test_a_template_that_leaves_something_out_makes_no_paper(template: bytes, tag: str) -> None:
    forgetful = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as whole, zipfile.ZipFile(forgetful, "w") as cut:
        for member in whole.namelist():
            cut.writestr(member, whole.read(member).replace(tag.encode(), b"the tag is gone"))
    with pytest.raises(NotPrinted):
        render(
            compile_template(forgetful.getvalue(), vocabulary()), for_engine(a_paper(strapline="Working as one")), {}
        )


def test_every_page_says_its_marking_its_paper_and_its_number(paper: bytes) -> None:
    section = docx.Document(io.BytesIO(paper)).sections[0]
    assert "OFFICIAL" in section.header.paragraphs[0].text
    footer = section.footer._element
    assert "COLL-2026-Q3" in "".join(node.text or "" for node in footer.iter(qn("w:t")))
    fields = [code.text.strip() for code in footer.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_a_missing_front_value_stands_out(paper: bytes) -> None:
    lines = [p for p in docx.Document(io.BytesIO(paper)).paragraphs if p.style.name == "Front Line"]
    shown = {p.text.partition("\t")[0]: p.runs[-1].style.name for p in lines}
    assert shown["Chief officer:"] == "Gap Char"
    assert shown["Agenda number:"] == "Default Paragraph Font"


def test_text_is_12_points_sans_serif_in_english_and_legible(template: bytes) -> None:
    styles = docx.Document(io.BytesIO(template)).styles.element
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert defaults.find(qn("w:rFonts")).get(qn("w:ascii")) == "Arial"
    assert (defaults.find(qn("w:sz")).get(qn("w:val")), defaults.find(qn("w:lang")).get(qn("w:val"))) == ("24", "en-GB")
    for letters in styles.iter(qn("w:rPr")):
        colour = letters.find(qn("w:color"))
        for shade in [s.get(qn("w:fill")) for s in letters.getparent().iter(qn("w:shd"))] or ["FFFFFF"]:
            assert colour is None or contrast(colour.get(qn("w:val")), shade) >= 4.5


def test_numbered_paragraphs_are_text_and_no_headings(template: bytes) -> None:
    style = docx.Document(io.BytesIO(template)).styles["Numbered Paragraph"]
    assert outline_level(style) in {None, 10}
    assert style.font.bold in {None, False}
    assert not style.paragraph_format.keep_with_next


def test_names_in_capitals_are_so_by_their_style(paper: bytes, folder: Path) -> None:
    name = "Heading 1 Unnumbered" if folder.name == "delivery-board" else "Title"
    assert docx.Document(io.BytesIO(paper)).styles[name].font.all_caps
    assert not [line for line in outline(paper) if re.fullmatch(r"[A-Z ]{8,}", line.text)]
