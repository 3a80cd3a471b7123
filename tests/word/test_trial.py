"""An upload is tried in a process of its own: whatever it costs there, it costs the server nothing."""

import json
import threading

import pytest

from app.word import (
    Coloured,
    Expected,
    Fact,
    Narrative,
    TemplateTooCostly,
    check,
    compile_template,
    region_of,
    render,
    text_of,
)
from app.word.container import read_members, write_members
from app.word.trial import Limits, _meant, _told, tried
from tests.word.templates import DOCUMENT, a_template

pytestmark = pytest.mark.trust(13)

FACTS = {
    "document": DOCUMENT,
    "x": [{"name": Fact("Ambershire"), "number": 1.5, "none": None, "yes": True, "empty": []}],
    "text": Narrative("<p>Progress</p>", "k", 4),
    "word": Coloured("Green", "2E7D32", "FFFFFF"),
}
GOOD = a_template("{% for a in x %}{{ a.name }} {{ a.number }}{% endfor %}", "{{p text }}", "{{r word }}")
VOCABULARY = {"x": {"name": None, "number": None, "none": None}, "text": None, "word": None}


def test_a_good_template_is_checked_and_filled_as_in_this_process():
    trial = tried(GOOD, VOCABULARY, FACTS)
    assert {finding.severity for finding in trial.findings} <= {"warning"}
    assert trial.document == render(compile_template(GOOD, VOCABULARY), FACTS, {})
    assert text_of(trial.document) == ["Ambershire 1.5", "Progress", "Green"]


def test_what_crosses_the_border_is_the_same_beyond_it():
    assert _meant(_told(FACTS)) == FACTS
    assert type(_meant(_told(Fact("a")))) is Fact


WHOLE = {
    "text": Narrative("<p>a</p>", "k", 2, list_labels=("({})",), numbered=True, run_in="Title", region="section/a/1"),
    "word": Coloured("Green", "2E7D32", "FFFFFF", region="r"),
    "fact": Fact("a", region="field/a"),
}


def test_nothing_of_a_value_is_lost_on_the_way():
    there = _meant(json.loads(json.dumps(_told(WHOLE))))
    assert there == WHOLE
    assert [region_of(value) for value in there.values()] == ["section/a/1", "r", "field/a"]


def test_the_template_is_held_against_what_it_is_made_for_in_the_process_too():
    expected = Expected(sample=FACTS, choices={"word.key": ["a"]}, on_every_page=("x",))
    for template in (GOOD, a_template("{{ text }}"), a_template("{{ x[0].name }}")):
        here = check(template, VOCABULARY, expected)
        assert list(tried(template, VOCABULARY, expected=expected).findings) == here


def test_faults_come_back_as_findings():
    assert tried(a_template("{{ y }}"), VOCABULARY, FACTS).findings[0].code == "unknown-name"
    assert tried(b"%PDF", VOCABULARY).findings[0].code == "unreadable"
    (left_out, *_) = [f for f in tried(a_template("{{ x[0].none }}"), VOCABULARY, FACTS).findings if f.code == "sample"]
    assert left_out.severity == "error"
    assert tried(GOOD, VOCABULARY).document is None


def test_a_trial_that_takes_too_long_is_killed():
    with pytest.raises(TemplateTooCostly, match=r"took more than 0\.05 seconds"):
        tried(GOOD, VOCABULARY, FACTS, limits=Limits(clock=0.05))


def test_memory_and_processor_are_bounded_by_the_system(cannot_run):
    pytest.importorskip("resource", reason="this system bounds no process")
    many = {**FACTS, "x": [{"name": "x" * 1000, "number": 1}] * 40_000, "text": None, "word": None}
    costly = a_template("{% for a in x %}{{ a.name }}{% endfor %}")
    assert tried(costly, VOCABULARY, many, limits=Limits(memory=1024)).document
    with pytest.raises(TemplateTooCostly, match="more time or memory"):
        tried(costly, VOCABULARY, many, limits=Limits(memory=200))
    endless = a_template("{% for a in x %}{% for b in x %}{{ 'q' in x }}{% endfor %}{% endfor %}")
    trial = tried(endless, VOCABULARY, many, limits=Limits(memory=1024))
    assert [f.code for f in trial.findings if f.severity == "error"] == ["sample"]  # ended by the engine's own budget


def test_a_server_tries_from_many_threads_at_once():
    found = []
    threads = [threading.Thread(target=lambda: found.append(tried(GOOD, VOCABULARY, FACTS).document)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1


def test_a_hostile_file_ends_the_trial_and_nothing_else():
    bomb = write_members({**read_members(GOOD), "word/document.xml": b"<a>" * 500_000})
    assert tried(bomb, VOCABULARY, FACTS).findings[0].code == "unreadable"
