"""Stories of a format from nothing: what it begins with can be used as it stands, and shows every possibility."""

import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import word
from app.assembly.context import for_engine, vocabulary
from app.assembly.sample import expected_of, sample_paper
from app.formats.commands import faults_of
from app.formats.first import FolderHasFormat, begin, first_manifest
from app.formats.manifest import FaultyManifest, Manifest, Wording, parse_manifest
from app.settings import PACKAGED_TEMPLATES

FIRST = PACKAGED_TEMPLATES / "first"
PATTERN = (FIRST / "first.toml").read_text(encoding="utf-8")
TEMPLATE = FIRST / "template.docx"


def uncommented(text: str) -> str:
    """The text with every possibility taken up: the remarks are those with a blank behind the sign."""
    return re.sub(r"^#(?=[^ \n]|  \{)", "", text, flags=re.MULTILINE)


def names_in(schema: dict[str, Any]) -> Iterator[str]:
    for shape in (schema, *schema["$defs"].values()):
        yield from shape.get("properties", {})


def words_in(schema: Any) -> Iterator[str]:
    """Every word that a choice of the schema lists."""
    if isinstance(schema, dict):
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for inner in schema.values():
            yield from words_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from words_in(inner)


def test_the_template_is_what_its_script_writes(tmp_path: Path) -> None:
    rebuilt = tmp_path / "template.docx"
    runpy.run_module("templates.first.build_template")["write"](rebuilt)
    assert word.content_digest(rebuilt.read_bytes()) == word.content_digest(TEMPLATE.read_bytes())


@pytest.mark.parametrize("taken_up", [False, True])
def test_what_a_format_begins_with_is_fit_for_use(taken_up: bool) -> None:
    text = first_manifest(PATTERN, "committee", "Committee report")
    said = uncommented(text) if taken_up else text
    template = TEMPLATE.read_bytes()
    assert faults_of("committee", said, template, vocabulary()) == []
    manifest = parse_manifest(said)
    assert word.check(template, vocabulary(), expected_of(manifest)) == []
    paper = word.render(word.compile_template(template, vocabulary()), for_engine(sample_paper(manifest)), {})
    assert word.accessibility(paper) == []
    numbered = [line.number for line in word.outline(paper) if line.style == "Heading 1"]
    assert numbered == [f"{number}." for number in range(1, len(numbered) + 1)]


def test_every_possibility_is_shown() -> None:
    text = uncommented(first_manifest(PATTERN, "committee", "Committee report"))
    schema = Manifest.model_json_schema()
    given = set(re.findall(r"([A-Za-z_-]+) =", text)) | set(re.findall(r"^\[+([a-z_]+)\]", text, re.MULTILINE))
    assert set(names_in(schema)) - given == set()
    said = set(re.findall(r"[a-z-]+", text))
    assert {choice for choice in words_in(schema) if choice not in said} == set()


def test_the_fixed_words_are_shown_as_they_are() -> None:
    text = uncommented(first_manifest(PATTERN, "committee", "Committee report"))
    assert tomllib.loads(text)["wording"] == dict(Wording())


@pytest.mark.parametrize("name", ['The "big" paper', r"a \ b $key {n}", "Prüfung – 5 %", "it's"])
def test_the_name_is_what_was_asked_for(name: str) -> None:
    manifest = parse_manifest(first_manifest(PATTERN, "a.b-c_1", name))
    assert (manifest.key, manifest.name) == ("a.b-c_1", name)


@pytest.mark.parametrize(("key", "name"), [("a b", "x"), ('a"', "x"), ("", "x"), ("a", ""), ("a", "x" * 1000)])
def test_a_key_or_name_that_no_format_can_have_is_refused(tmp_path: Path, key: str, name: str) -> None:
    with pytest.raises(FaultyManifest):
        begin(tmp_path / "new", key, name, pattern=PATTERN, template=b"")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("there", ["format.toml", "template.docx"])
def test_what_is_there_is_left_alone(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_bytes(b"mine")
    with pytest.raises(FolderHasFormat, match=there):
        begin(tmp_path, "committee", "Committee report", pattern=PATTERN, template=TEMPLATE.read_bytes())
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {there: b"mine"}
