"""The list of promises tells what was shown, and calls nothing kept that was not."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.trust import _FIGURE, _ROW, PROMISES, proofs_of, pytest_collection_modifyitems


def report(outcome: str, row: int, **figures: int):
    told = [(_FIGURE, [what, count]) for what, count in figures.items()]
    return SimpleNamespace(outcome=outcome, passed=outcome == "passed", user_properties=[(_ROW, row), *told])


def test_figures_of_one_promise_are_added_up():
    proof = proofs_of([report("passed", 1, kills=50), report("passed", 1, kills=50)])[1]

    assert (proof.verdict, proof.told) == ("passed", "tests: 2 passed, 100 kills")


def test_one_failure_among_many_breaks_the_promise_and_shows_no_figure():
    proof = proofs_of([report("passed", 6, edits=80), report("failed", 6, edits=3)])[6]

    assert (proof.verdict, proof.told) == ("failed", "tests: 1 failed, 1 passed, 80 edits")


def test_a_promise_that_was_only_skipped_is_not_kept():
    assert proofs_of([report("skipped", 18)])[18].verdict == "skipped"


def test_every_promise_has_its_place():
    assert list(PROMISES) == list(range(1, 21))


def test_a_test_that_is_one_of_a_kind_counts_as_one_of_it():
    item = SimpleNamespace(user_properties=[], iter_markers=lambda _: [pytest.mark.trust(16, each="ways").mark])
    pytest_collection_modifyitems([item])
    told = SimpleNamespace(outcome="passed", passed=True, user_properties=item.user_properties)

    assert proofs_of([told, told])[16].told == "tests: 2 passed, 2 ways"


def test_every_promise_is_put_to_a_test():
    tests = Path(__file__).parent.glob("*/test_*.py")
    marked = {int(row) for file in tests for row in re.findall(r"mark\.trust\((\d+)", file.read_text(encoding="utf-8"))}

    assert marked == set(PROMISES)
