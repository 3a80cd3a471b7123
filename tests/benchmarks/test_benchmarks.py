"""The benchmarks run and answer in the shape that programs read; how fast anything is, no test says."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from app.narrative import clean
from app.word import text_of
from benchmarks.__main__ import PARTS
from benchmarks.engines import ENGINES
from benchmarks.table import Row, table, targets_of
from benchmarks.workload import SECTIONS, facts, template
from tests.conftest import ROOT

MEASURED = {
    *("plain", "rich", "rich, new words", "first paper", "whole draft", "command line"),
    *("draft among updates", "list among updates", "reading among updates"),
    *("page of workstreams", "search page", "history page", "home page", "page of papers", "papers by words"),
    *("page of rounds", "page of versions", "page of formats", "page of persons"),
}
OVER_HTTP = {"bare route over HTTP", "previews over HTTP", "previews of new facts over HTTP", "kept versions over HTTP"}


def test_a_quick_run_answers_with_a_row_for_every_piece_of_work(full):
    wanted = MEASURED | OVER_HTTP if full else MEASURED
    parts = [part for part in PARTS if full or part != "http"]  # four more processes that serve
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", "--n", "2", "--updates", "100", "200"]
    command += ["--only", *parts]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    rows = json.loads(done.stdout)
    assert {row["workload"] for row in rows} == wanted
    for row in rows:
        assert set(row) == {"workload", "n", "engine", "milliseconds", "ratio to docxtpl", "peak MiB", "bytes"}
        assert row["engine"] in {"docxtpl", "boardpapers"}
        assert row["milliseconds"] > 0
    beside = {row["workload"] for row in rows if row["ratio to docxtpl"]}
    assert beside >= {"plain", "first paper", "whole draft"}


def test_both_engines_print_the_same_words():
    said = facts(3)
    printed = [text_of(engine(template(), said)) for engine in ENGINES.values()]
    assert printed[0] == printed[1]
    assert all(workstream["paragraphs"][2] in printed[0] for workstream in said["workstreams"])


def test_two_of_five_tags_are_split_over_runs():
    with zipfile.ZipFile(BytesIO(template())) as archive:
        xml = archive.read("word/document.xml").decode()
    split = xml.count('w:type="spellStart"')
    whole = xml.count("</w:t>") and sum(xml.count(end) for end in ("}}</w:t>", "%}</w:t>")) - split
    assert 0.35 < split / (split + whole) < 0.45


def test_rich_texts_are_kept_narratives_of_as_many_words():
    rich, plain = facts(1, "rich"), facts(1)
    assert all(clean(rich[name].html, "html") == rich[name].html for name in SECTIONS)
    words = sum(len(paragraph.split()) for paragraph in plain["workstreams"][0]["paragraphs"])
    words += sum(len(bullet.split()) for bullet in plain["workstreams"][0]["bullets"])
    given = sum(
        len(run.text.split())
        for p in rich["workstreams"][0]["text"].pieces
        for line in p.lines + p.below
        for run in line
    )
    given += sum(len(cell.split()) for p in rich["workstreams"][0]["text"].pieces for row in p.rows for cell in row)
    assert given == pytest.approx(words, rel=0.05)


def test_the_table_says_which_figures_are_reached():
    rows = [
        Row("plain", 20, "docxtpl", 30.0, size=1000),
        Row("plain", 20, "boardpapers", 2.0, 15.0, size=1010),
        Row("rich", 20, "boardpapers", 5.0, 60.0, size=1010),
    ]
    met = {target.what: target.is_met for target in targets_of(rows)}
    assert met == {
        "plain text, n = 20, to docxtpl": False,
        "size of the file, n = 20, to docxtpl's": True,
        "rich, n = 20, to docxtpl with Subdoc": True,
        "rich, n = 20, to our plain text": True,
    }
    assert "NO" in table(rows, targets_of(rows))
