"""What changed between the facts of two documents, as a reader names it."""

import pytest

from app.assembly.snapshot import Snapshot
from app.compare.facts import Given, Moved, ratings, since
from tests.stories import generate, paper, put, update, workstream, world


def rated(as_at, text, **given):
    return update(as_at, text, ratings=given)


@pytest.fixture
def facts_of(database, blobs):
    """The facts of a paper that was generated from this world."""

    def make(**changes) -> Snapshot:
        put(database, blobs, world(**changes))
        return Snapshot.from_json(generate(database, blobs).version.snapshot)

    return make


def test_ratings_that_moved_are_told_in_the_words_of_their_scheme(facts_of):
    before = facts_of(workstreams=[workstream(updates=[rated("2027-01-15", "Live.", overall="green", time="green")])])
    now = facts_of(workstreams=[workstream(updates=[rated("2027-02-15", "Late.", overall="red", time="green")])])
    found = since(before, now)

    green, red = Given("programme", "green", "Green"), Given("programme", "red", "Red")
    assert found.moved == (Moved("Procurement", "Overall", green, red),)
    assert found.reported == ("Procurement",)
    assert (ratings(before), ratings(now)) == ({green: 1}, {red: 1})


def test_equal_facts_have_changed_nothing(facts_of):
    before, now = facts_of(), facts_of()

    assert not since(before, now).anything
    assert since(before, now).silent == ("Procurement",)
    assert since(before, now).reworded == ()
    assert "Purpose of Report" in since(before, now).kept


def test_workstreams_join_and_leave_and_sections_are_reworded(facts_of):
    before = facts_of()
    sections = [{"key": "purpose", "blocks": [{"kind": "narrative", "text": "Another purpose."}]}]
    now = facts_of(papers=[paper(workstreams=["forensics"], sections=sections, marking="OFFICIAL-SENSITIVE")])
    found = since(before, now)

    assert (found.joined, found.left) == (("Forensics",), ("Procurement",))
    assert found.reworded == ("Purpose of Report",)
    assert "Purpose of Report" not in found.kept
    assert found.silent == ("Forensics",)
    assert found.front_sheet
