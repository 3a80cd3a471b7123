"""The manual for template authors says what is true: it has every name, and its sample template prints each of them."""

import runpy
from collections.abc import Iterator

import pytest

from app import word
from app.assembly.context import PaperContext, for_engine, vocabulary
from app.assembly.reference import names_of, reference
from app.assembly.sample import expected_of, sample_paper
from app.formats.manifest import parse_manifest
from app.settings import PACKAGED_TEMPLATES
from app.word.language import FILTERS, TESTS
from tests.conftest import ROOT

SAMPLE = PACKAGED_TEMPLATES / "reference" / "template.docx"
MANUAL = ROOT / "docs" / "templates.md"
MANIFESTS = sorted(PACKAGED_TEMPLATES.glob("*/format.toml"))


def paths_in(names: word.Vocabulary, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, below in names.items():
        yield (*way, name)
        yield from paths_in(below or {}, (*way, name))


def without(names: word.Vocabulary, path: tuple[str, ...]) -> word.Vocabulary:
    """The names but for this one, in whose place there is another."""
    first, *rest = path
    if rest:
        return {**names, first: without(names[first] or {}, tuple(rest))}
    return {"another": None, **{name: below for name, below in names.items() if name != first}}


PRINTABLE = [path for path in paths_in(vocabulary()) if path[0] != "document"]


def test_the_published_manual_is_what_the_code_writes() -> None:
    assert MANUAL.read_text(encoding="utf-8") == reference(), (
        "a name has changed: run `boardpapers format reference --out docs/templates.md`"
    )


def test_the_manual_describes_every_name_and_word_of_the_language() -> None:
    manual = reference()
    assert all(name.description in manual and f"`{name.way}`" in manual for name in names_of(PaperContext))
    owners = {"rows": "row", "front_sheet": "row", "ratings": "cell"}
    for path in PRINTABLE:
        if len(path) > 1:
            owner = owners.get(path[-2], path[-2].removesuffix("s"))
            assert f"| `{owner}.{path[-1]}` |" in manual, path
    for word_of_language in (*FILTERS, *TESTS):
        assert f"`{word_of_language}`" in manual


def test_what_must_be_printed_is_marked() -> None:
    marked = {name.way for name in names_of(PaperContext) if name.must}
    assert marked == {"marking", "second_marking", "public_copy", "strapline"}
    assert "| `part.text` | prose | ● |" in reference()
    assert "| `cell.label` | text |  |" in reference()


def test_the_sample_template_is_what_its_script_writes(tmp_path) -> None:
    rebuilt = tmp_path / "template.docx"
    runpy.run_module("templates.reference.build_template")["write"](rebuilt)
    assert word.content_digest(rebuilt.read_bytes()) == word.content_digest(SAMPLE.read_bytes()), (
        "a name has changed: run `python -m templates.reference.build_template`"
    )


@pytest.mark.parametrize("path", PRINTABLE, ids=".".join)
def test_the_sample_template_uses_the_name(path: tuple[str, ...]) -> None:
    """Were there no such name, the template could not be used."""
    with pytest.raises(word.UnknownName, match=path[-1]):
        word.compile_template(SAMPLE.read_bytes(), without(vocabulary(), path))


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.parent.name)
def test_the_sample_template_is_fit_for_every_format_and_says_what_it_prints(file) -> None:
    manifest = parse_manifest(file.read_text(encoding="utf-8"))
    template = SAMPLE.read_bytes()
    assert word.check(template, vocabulary(), expected_of(manifest)) == []
    paper = sample_paper(manifest)
    printed = word.text_of(word.render(word.compile_template(template, vocabulary()), for_engine(paper), {}))
    assert f"title – Title of the paper: {paper.title}" in printed
    assert "cell.label – The rating's word as plain text: Amber" in printed
    assert "row.missing – Whether a required value is missing: yes" in printed
    assert f"gap – one of them: {paper.gaps[0]}" in printed
