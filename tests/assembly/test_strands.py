"""Stories of strands: one list of workstreams is walked twice, each time printing other parts, without its theme."""

from typing import Any

from app.blobs import Blobs
from app.db import Database
from tests import stories
from tests.stories import FEBRUARY, JANUARY, paper, update, workstream, world


def walked_twice(**second: Any) -> dict[str, Any]:
    """A paper that prints progress under one heading and next steps under another."""
    done = {"kind": "workstreams", "parts": ["progress"], "theme_headings": False}
    to_do = {"kind": "workstreams", "parts": ["next-steps"], "theme_headings": False, "ratings": False}
    return paper(
        workstreams=["procurement", "forensics"],
        sections=[
            {"key": "executive-summary", "blocks": [{"kind": "narrative", "text": "All is well."}]},
            {"key": "background", "blocks": [{"kind": "narrative", "text": "It began last year."}]},
            {"key": "current-work", "blocks": [done]},
            {"key": "future-work", "heading": "Future Work", "blocks": [to_do | second]},
        ],
    )


def after_heading(lines: list[str], heading: str) -> list[str]:
    return lines[lines.index(heading) + 1 :]


def test_each_walk_prints_its_own_part_and_leaves_out_strands_that_have_none(database: Database, blobs: Blobs) -> None:
    both = update(JANUARY, parts={"progress": "Went live.", "next-steps": "Grow."})
    strands = [workstream(updates=[both]), workstream("forensics", updates=[update(JANUARY, "Accredited.")])]
    stories.put(database, blobs, world(workstreams=strands, papers=[walked_twice()]))
    generated = stories.generate(database, blobs)
    lines = stories.lines_of(blobs, generated)
    first = after_heading(lines, "Current Work and Performance")
    assert [line for line in first if line in {"Procurement", "Forensics"}] == [
        "Procurement",
        "Forensics",
        "Procurement",
    ]
    assert after_heading(lines, "Future Work")[:3] == ["Procurement", "Next steps", "Grow."]
    assert "Regional work" not in lines
    assert not any("Forensics" in gap for gap in generated.gaps)


def test_a_strand_that_no_walk_prints_is_a_gap(database: Database, blobs: Blobs) -> None:
    silent = workstream(
        "forensics", parts={"progress": "optional"}, updates=[update(JANUARY, parts={"recent-activity": "Moved."})]
    )
    stories.put(database, blobs, world(workstreams=[workstream(), silent], papers=[walked_twice()]))
    gaps = stories.generate(database, blobs).gaps
    assert [gap for gap in gaps if "Forensics" in gap] == [
        "Forensics: To be checked: Forensics is chosen for this paper, but no section prints it."
    ]


def test_an_update_without_the_part_leaves_no_date_behind(database: Database, blobs: Blobs) -> None:
    updates = [update(JANUARY, "One."), update(FEBRUARY, parts={"progress": "Two.", "next-steps": "Three."})]
    facts = world(workstreams=[workstream(updates=updates)], papers=[walked_twice() | {"take": "since-previous"}])
    facts["papers"][0]["workstreams"] = ["procurement"]
    stories.put(database, blobs, facts)
    lines = stories.lines_of(blobs, stories.generate(database, blobs))
    assert after_heading(lines, "Future Work")[:4] == ["Procurement", "As at 15 February 2027", "Next steps", "Three."]


def test_without_its_theme_the_first_workstream_explains_the_ratings(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(papers=[walked_twice() | {"workstreams": ["procurement"]}]))
    lines = stories.lines_of(blobs, stories.generate(database, blobs))
    place = lines.index("Key to ratings: Programme ratings")
    assert lines[place - 1] == "Procurement"
    assert lines.count("Key to ratings: Programme ratings") == 1
