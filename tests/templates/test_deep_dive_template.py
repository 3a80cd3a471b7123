"""The deep-dive template: what is its own beside what it shares with the scrutiny template."""

import runpy
from pathlib import Path

from app.assembly.context import PaperContext, for_engine, vocabulary
from app.formats.manifest import parse_manifest
from app.word import check, compile_template, content_digest, outline, render
from tests.conftest import ROOT
from tests.templates.scrutiny_paper import a_paper

FOLDER = ROOT / "templates" / "deep-dive"
TEMPLATE = FOLDER / "template.docx"


def printed(paper: PaperContext) -> bytes:
    return render(compile_template(TEMPLATE.read_bytes(), vocabulary()), for_engine(paper), {})


def a_paper_of_strands() -> PaperContext:
    """The paper that has everything, its section 5 without themes: all workstreams stand at depth 1."""
    paper = a_paper()
    sections = [
        section.model_copy(
            update={
                "blocks": [
                    block.model_copy(
                        update={"lines": [line.model_copy(update={"level": 1}) for line in block.lines if line.updates]}
                    )
                    for block in section.blocks
                ]
            }
        )
        for section in paper.sections
    ]
    return paper.model_copy(update={"sections": sections})


def test_the_script_writes_the_template_that_is_shipped(tmp_path: Path) -> None:
    rebuilt = tmp_path / "template.docx"
    runpy.run_module("templates.deep-dive.build_template")["write"](rebuilt)
    assert content_digest(rebuilt.read_bytes()) == content_digest(TEMPLATE.read_bytes())


def test_nothing_is_wrong_with_the_template() -> None:
    assert check(TEMPLATE.read_bytes(), vocabulary()) == []


def test_strands_have_numbers_below_their_section() -> None:
    lines = [line for line in outline(printed(a_paper_of_strands())) if line.style in {"Heading 1", "Heading 2"}]
    numbers = {line.text: line.number for line in lines}
    assert numbers["Current Work and Performance"] == "5.0"
    assert [numbers[name] for name in ("Procurement", "Vehicles", "Training", "Schools")] == [
        "5.1", "5.2", "5.4", "5.6",
    ]  # fmt: skip
    assert numbers["Demand"] == "6.2"


def test_themes_that_are_printed_have_the_numbers_and_workstreams_stand_below_them() -> None:
    lines = {line.text: line for line in outline(printed(a_paper()))}
    assert [lines[name].number for name in ("Eastern Region", "Local work")] == ["5.1", "5.2"]
    assert (lines["Procurement"].style, lines["Procurement"].number) == ("Workstream Heading", "")
    assert lines["Digital"].style == "Subtheme Heading"
    assert lines["Evidence store"].style == "Workstream Heading 2"


def test_the_format_walks_its_strands_twice() -> None:
    manifest = parse_manifest((FOLDER / "format.toml").read_text(encoding="utf-8"))
    walks = [(s.key, block.parts, block.theme_headings) for s in manifest.sections for block in s.blocks
             if block.kind == "workstreams"]  # fmt: skip
    assert walks == [
        ("deep-dive", ("progress", "recent-activity"), False),
        ("future-work", ("next-steps",), False),
    ]
