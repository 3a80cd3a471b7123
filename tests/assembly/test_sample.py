"""The sample paper has everything that a template may print, and the shipped template prints all of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from app import word
from app.assembly.context import PaperContext, for_engine, vocabulary
from app.assembly.sample import expected_of, sample_paper
from app.formats.manifest import Manifest, parse_manifest
from app.settings import PACKAGED_TEMPLATES

SCRUTINY = PACKAGED_TEMPLATES / "scrutiny"
MANIFESTS = sorted(PACKAGED_TEMPLATES.glob("*/format.toml"))
SMALL = """
key = "minutes"
name = "Minutes"
markings = ["OFFICIAL"]
[[front_sheet]]
key = "title"
label = "Title"
source = "title"
[[parts]]
key = "progress"
label = "Progress"
[[sections]]
key = "notes"
heading = "Notes"
"""


@pytest.fixture(scope="module")
def scrutiny() -> Manifest:
    return parse_manifest((SCRUTINY / "format.toml").read_text(encoding="utf-8"))


def fields_in(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from fields_in(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        yield path, value
        for item in value:
            yield from fields_in(item, path)
    else:
        yield path, value


def named_in(names: word.Vocabulary, path: str = "") -> Iterator[str]:
    for name, below in names.items():
        yield f"{path}.{name}"
        yield from named_in(below or {}, f"{path}.{name}")


def test_every_field_is_filled_somewhere_and_every_list_has_two_items(scrutiny):
    filled: dict[str, list[Any]] = {}
    for path, value in fields_in(sample_paper(scrutiny)):
        filled.setdefault(path, []).append(value)
    for path in named_in(vocabulary()):
        if path.startswith(".document."):
            continue
        values = filled.get(path) or [value for name in filled if name.startswith(f"{path}.") for value in filled[name]]
        assert any(values), path
        if isinstance(values[0], list):
            assert max(map(len, values)) >= 2, path
        if isinstance(values[0], bool):
            assert set(values) == {True, False}, path


def test_every_word_that_a_fact_can_be_is_there(scrutiny):
    found: dict[str, set[str]] = {}
    for path, value in fields_in(sample_paper(scrutiny)):
        found.setdefault(path.lstrip("."), set()).add(value if isinstance(value, str) else "")
    choices = expected_of(scrutiny).choices
    assert choices["sections.key"] == [section.key for section in scrutiny.sections]
    for path, words in choices.items():
        if path != "marking":  # a paper has one
            assert found[path] == set(words), path


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.parent.name)
def test_the_shipped_templates_are_fit_for_use(file):
    manifest = parse_manifest(file.read_text(encoding="utf-8"))
    template = file.with_name("template.docx").read_bytes()
    assert word.check(template, vocabulary(), expected_of(manifest)) == []
    facts = for_engine(sample_paper(manifest))
    paper = word.render(word.compile_template(template, vocabulary()), facts, {})
    printed = word.text_of(paper)
    assert word.accessibility(paper) == []
    assert {section.heading for section in manifest.sections if section.heading_printed} <= set(printed)


def test_the_sample_paper_can_be_printed_and_opened_again(scrutiny):
    template = (SCRUTINY / "template.docx").read_bytes()
    facts = for_engine(sample_paper(scrutiny))
    printed = word.text_of(word.render(word.compile_template(template, vocabulary()), facts, {}))
    assert "Sample text with strong words & a sign < 5%." in printed
    assert {section.heading for section in scrutiny.sections} <= set(printed)


def test_a_format_without_workstreams_has_them_in_its_sample_all_the_same():
    manifest = parse_manifest(SMALL)
    paper = sample_paper(manifest)
    assert isinstance(paper, PaperContext)
    assert [section.key for section in paper.sections] == ["notes"]
    assert "workstreams" in {block.kind for block in paper.sections[0].blocks}
    assert word.check((SCRUTINY / "template.docx").read_bytes(), vocabulary(), expected_of(manifest)) == []
