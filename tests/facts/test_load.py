"""What a facts file says is what the database holds, and saying it again changes nothing."""

import json
import subprocess
import sys
from datetime import date, timedelta

import pytest

from app.audit.changes import Outcome
from app.audit.queries import walk
from app.facts import read
from app.facts.load import Loaded, load
from app.facts.parse import parse_facts
from tests.conftest import NOW, ROOT
from tests.facts.stories import a_force, demonstration, formats, loaded, only, shipped, small

LATER = NOW + timedelta(days=1)


def events(database) -> list[tuple[str, str]]:
    with database.reading() as session:
        bodies = [json.loads(event.body) for event in walk(session)]
    return [(body["action"], body["object"]) for body in bodies]


def test_the_small_force_is_loaded_row_by_row(database, blobs):
    loaded(database, blobs, formats())
    outcome = loaded(database, blobs, small())
    assert {row.outcome for row in outcome.rows} == {"added"}
    assert ("workstreams[0].updates[1]", "update", "EST-1/2026-11-20") in {
        (row.place, row.kind, row.key) for row in outcome.rows
    }
    assert {kind: count.added for kind, count in outcome.counts.items()} == {
        "organisation": 2,
        "person": 2,
        "framework": 1,
        "rag-scheme": 1,
        "board": 1,
        "series": 1,
        "theme": 2,
        "introduction": 1,
        "workstream": 2,
        "update": 3,
        "paper": 1,
    }


def changed_nothing(found: Loaded) -> bool:
    return {row.outcome for row in found.rows} == {Outcome.UNCHANGED}


def test_loading_the_same_file_twice_changes_nothing(database, blobs):
    facts = demonstration()
    loaded(database, blobs, shipped(), facts)
    before = events(database)
    again = loaded(database, blobs, shipped(), facts, now=LATER)
    assert changed_nothing(again)
    assert events(database) == before


def test_loading_what_was_read_changes_nothing(database, blobs):
    loaded(database, blobs, shipped(), demonstration())
    before = events(database)
    with database.reading() as session:
        everything = read.everything(session, blobs)
    as_read = parse_facts(everything.model_dump(mode="json"))
    assert len(as_read.workstreams) == len(demonstration().workstreams)
    assert changed_nothing(loaded(database, blobs, as_read, now=LATER))
    assert events(database) == before


def test_every_change_leaves_one_event(database, blobs):
    a_force(database, blobs)
    before = events(database)
    document = small()
    document["organisations"][0]["name"] = "Harrowdale Police"
    document["papers"][0]["title"] = "The estate"
    loaded(database, blobs, document)
    assert events(database)[len(before) :] == [
        ("organisation.changed", "organisation/force"),
        ("paper.changed", "paper/Q3"),
    ]


def test_a_correction_is_the_next_revision_and_the_first_one_stays(database, blobs):
    from app.workstreams.queries import revisions

    a_force(database, blobs)
    document = small()
    document["workstreams"][0]["updates"][1]["parts"]["progress"] = "The walls stand, and the doors."
    outcome = loaded(database, blobs, document, now=LATER)
    assert [row.key for row in outcome.rows if row.outcome != "unchanged"] == ["EST-1/2026-11-20"]
    with database.reading() as session:
        first, second = revisions(session, "EST-1", date(2026, 11, 20))
        told = [{part.part: part.narrative for part in update.parts}["progress"] for update in (first, second)]
        assert (first.revision, second.revision) == (1, 2)
        assert (first.recorded_at, second.recorded_at) == (NOW, LATER)
    assert told == ["<p>The <em>walls</em> stand.</p>", "<p>The walls stand, and the doors.</p>"]
    assert events(database)[-1] == ("update.recorded", "workstream/EST-1/update/2026-11-20/r2")


def test_going_back_to_earlier_words_is_a_revision_too(database, blobs):
    a_force(database, blobs)
    changed = small()
    changed["workstreams"][0]["updates"][1]["ratings"] = {"overall": "red"}
    loaded(database, blobs, changed, small())
    with database.reading() as session:
        assert read.update(session, "EST-1", date(2026, 11, 20)).parts == {
            "next-steps": "<p>The roof.</p>",
            "progress": "<p>The <em>walls</em> stand.</p>",
        }
    assert events(database)[-1] == ("update.recorded", "workstream/EST-1/update/2026-11-20/r3")


def test_a_corrected_introduction_is_its_next_revision(database, blobs):
    a_force(database, blobs)
    document = small()
    document["themes"][0]["introductions"][0]["text"] = "The estate is renewed."
    loaded(database, blobs, document)
    with database.reading() as session:
        assert [said.text for said in read.theme(session, "estate").introductions] == ["<p>The estate is renewed.</p>"]
    assert events(database)[-1] == ("introduction.recorded", "theme/estate/introduction/2026-11-01/r2")


def test_what_a_file_does_not_name_stays(database, blobs):
    a_force(database, blobs)
    document = small()
    document["workstreams"][0]["updates"] = []
    document["workstreams"].pop()
    document["boards"][0]["meetings"].pop(0)
    document["themes"][0]["introductions"] = []
    document["frameworks"][0]["items"].pop(0)
    document["rag_schemes"][0]["values"].pop(0)
    document["organisations"].pop(0)
    loaded(database, blobs, document)
    with database.reading() as session:
        assert [update.as_at.month for update in read.workstream(session, "EST-1").updates] == [8, 11]
        assert read.workstream(session, "EST-2").name == "Workshop"
        assert [meeting.held_on.month for meeting in read.board(session, "scrutiny").meetings] == [9, 12]
        assert len(read.theme(session, "estate").introductions) == 1
        assert [value.key for value in read.rag_scheme(session, "programme").values] == ["red", "green"]
        plan = read.framework(session, "plan")
        assert [(item.key, [below.key for below in item.items]) for item in plan.items] == [
            ("roads", []),
            ("victims", ["contact"]),
        ]


def test_lists_within_an_entry_are_replaced_as_a_whole(database, blobs):
    a_force(database, blobs)
    document = small()
    document["people"][0]["posts"] = [{"title": "Deputy Chief Constable", "starts_on": "2025-04-01"}]
    document["people"][0]["aliases"] = ["The Deputy", "DCC"]
    document["boards"][0]["meetings"][1]["agenda"] = [
        {"number": "5.0", "title": "Update"},
        {"number": "4.0", "title": "Estate"},
    ]
    document["workstreams"][0]["serves"] = ["plan/roads"]
    document["workstreams"][0]["parts"] = {"next-steps": "optional", "recent-activity": "unused"}
    paper = document["papers"][0]
    paper["workstreams"] = ["EST-1"]
    paper["consultees"] = ["dcc", "analyst"]
    paper["sections"] = [paper["sections"][1]]
    paper["own_wordings"] = [
        {"workstream": "EST-1", "as_at": "2026-11-20", "part": "progress", "text": "Up they are."},
        {"workstream": "EST-1", "as_at": "2026-08-20", "part": "progress", "text": "Cleared."},
    ]
    loaded(database, blobs, document)
    with database.reading() as session:
        deputy = read.person(session, "dcc")
        assert [post.title for post in deputy.posts] == ["Deputy Chief Constable"]
        assert deputy.aliases == ("DCC", "The Deputy")
        agenda = read.meeting(session, "scrutiny", date(2026, 12, 10)).agenda
        assert [(item.number, item.title) for item in agenda] == [("5.0", "Update"), ("4.0", "Estate")]
        work = read.workstream(session, "EST-1")
        assert work.serves == ("plan/roads",)
        assert {part: need.value for part, need in work.parts.items()} == {
            "next-steps": "optional",
            "recent-activity": "unused",
        }
        after = read.paper(session, "Q3")
        assert after.workstreams == ("EST-1",)
        assert after.consultees == ("dcc", "analyst")
        assert [section.key for section in after.sections] == ["current-work"]
        assert [wording.text for wording in after.own_wordings] == ["<p>Cleared.</p>", "<p>Up they are.</p>"]
    assert changed_nothing(loaded(database, blobs, document))


def test_framework_items_move_within_their_tree(database, blobs):
    a_force(database, blobs)
    document = small()
    victims, roads = document["frameworks"][0]["items"]
    contact = victims.pop("items")[0]
    document["frameworks"][0]["items"] = [{**roads, "items": [{**contact, "items": [{**victims}]}]}]
    loaded(database, blobs, document)
    with database.reading() as session:
        (top,) = read.framework(session, "plan").items
        assert (top.key, top.items[0].key, top.items[0].items[0].key) == ("roads", "contact", "victims")
    assert changed_nothing(loaded(database, blobs, document))


def test_themes_may_stand_in_any_order(database, blobs):
    document = small()
    document["themes"].reverse()
    loaded(database, blobs, formats(), document)
    with database.reading() as session:
        assert read.theme(session, "garages").parent == "estate"


def test_a_later_file_may_refer_to_an_earlier_one(database, blobs):
    a_force(database, blobs)
    update = {"as_at": "2026-12-01", "parts": {"progress": "The roof is on."}, "ratings": {"time": "green"}}
    document = only(workstreams=[{"ref": "EST-1", "name": "New station", "theme": "estate", "updates": [update]}])
    loaded(database, blobs, document)
    with database.reading() as session:
        assert [said.as_at.isoformat() for said in read.workstream(session, "EST-1").updates] == [
            "2026-08-20",
            "2026-11-20",
            "2026-12-01",
        ]


def test_own_wording_stays_with_the_revision_that_it_was_written_for(database, blobs):
    from app.papers.queries import get

    a_force(database, blobs)
    document = small()
    document["workstreams"][0]["updates"][1]["parts"]["progress"] = "The walls fell."
    loaded(database, blobs, document)

    def revision() -> int:
        with database.reading() as session:
            return get(session, "Q3").own_wordings[0].update.revision

    assert revision() == 1
    document["papers"][0]["own_wordings"][0]["text"] = "There are no walls."
    loaded(database, blobs, document)
    assert revision() == 2


def test_what_was_rated_under_an_earlier_scheme_may_be_loaded_again(database, blobs):
    a_force(database, blobs)
    document = small()
    document["rag_schemes"] = [
        {
            "key": "region",
            "name": "Regional ratings",
            "values": [{"key": "amber", "label": "Amber", "meaning": "-", "background": "FFBF00", "colour": "000000"}],
            "dimensions": [{"key": "delivery", "label": "Delivery"}],
        }
    ]
    document["themes"][0]["rag_scheme"] = "region"
    updates = document["workstreams"][0]["updates"]
    updates.append({"as_at": "2026-12-01", "ratings": {"delivery": "amber"}})
    loaded(database, blobs, document)
    assert changed_nothing(loaded(database, blobs, document))
    with database.reading() as session:
        assert read.workstream(session, "EST-1").updates[-1].ratings == {"delivery": "amber"}


def test_a_new_template_goes_live_and_the_same_one_does_not(database, blobs):
    from app.formats.queries import get, live

    loaded(database, blobs, formats())
    (shape,) = formats().formats
    changed = shape.manifest.replace('nil = "', 'nil = "') + "\n# another word\n"
    outcome = loaded(database, blobs, only(formats=[{**shape.model_dump(), "manifest": changed}]))
    assert outcome.counts["format"].changed == 1
    with database.reading() as session:
        assert (live(session, shape.key).number, live(session, shape.key).manifest) == (2, changed)
    back = loaded(database, blobs, formats())
    assert back.counts["format"].changed == 1
    with database.reading() as session:
        assert live(session, shape.key).number == 1
        assert [version.number for version in get(session, shape.key).versions] == [1, 2]
    assert changed_nothing(loaded(database, blobs, formats()))


def test_the_day_on_which_a_paper_was_written_stays(database, blobs):
    from app.papers.commands import set_written_on
    from app.papers.queries import get

    a_force(database, blobs)
    with database.writing() as session:
        set_written_on(get(session, "Q3"), date(2026, 11, 21))
    document = small()
    document["papers"][0]["title"] = "Another title"
    loaded(database, blobs, document)
    with database.writing() as session:
        paper = get(session, "Q3")
        set_written_on(paper, date(2026, 12, 1))
        assert (paper.title, paper.written_on) == ("Another title", date(2026, 11, 21))


def test_what_was_loaded_can_be_read_in_the_same_transaction(database, blobs):
    a_force(database, blobs)
    document = small()
    document["papers"][0]["sections"][0]["blocks"][0]["text"] = "To ask the board."
    document["rag_schemes"][0]["dimensions"].append({"key": "cost", "label": "Cost"})
    with database.writing() as session:
        from app.workstreams.queries import get_scheme

        kept = [get_scheme(session, "programme")]
        load(session, blobs, parse_facts(document), by="author", now=NOW)
        dimensions = get_scheme(session, "programme").dimensions
        assert [dimension.key for dimension in dimensions] == ["overall", "time", "cost"]
        assert read.paper(session, "Q3").sections[2].blocks[0].text == "<p>To ask the board.</p>"
        assert kept


def test_digests_in_the_log_are_found_again_from_the_rows(database, blobs):
    from app.formats.queries import template_version_digest, template_versions
    from app.workstreams.queries import every_introduction, every_update, introduction_digest, update_digest

    loaded(database, blobs, shipped(), demonstration())
    with database.reading() as session:
        logged = [json.loads(event.body) for event in walk(session)]
        found = [update_digest(update) for update in every_update(session)]
        found += [introduction_digest(row, theme) for row, theme in every_introduction(session)]
        found += [template_version_digest(version) for version in template_versions(session)]
    assert sorted(found) == sorted(body["digests"]["content"] for body in logged if "content" in body["digests"])
    assert len(found) == len(set(found)) > 90


def test_ten_thousand_workstreams_load_in_bounded_memory(database_url, tmp_path, full):
    """In a process of its own, so that its memory is what this load took."""
    count, most = (10_000, 400) if full else (2_000, 200)
    pytest.importorskip("resource", reason="this system does not tell how much memory a process took")
    story = f"""
from app.blobs import Blobs
from app.db import Database
from app.facts.load import load
from app.facts.parse import parse
from tests.conftest import NOW
from tests.facts.memory import peak
from pathlib import Path
lines = ['facts: "1"', 'organisations: [{{key: f, name: Force, short_name: F}}]', 'rag_schemes:',
  '- {{key: r, name: R, values: [{{key: red, label: Red, meaning: x, background: C62828, colour: FFFFFF}}],'
  ' dimensions: [{{key: time, label: Time}}]}}',
  'themes: [{{key: t, name: T, organisation: f, rag_scheme: r}}]', 'workstreams:']
for n in range({count}):
    lines.append(f'''- ref: W{{n}}
  name: Workstream {{n}}
  theme: t
  updates:
  - as_at: 2026-11-20
    parts:
      progress: |
        Point {{n}} is **in hand**; {{'much was done about it, '*20}}

        - one
        - two
    ratings: {{{{time: red}}}}''')
database = Database({database_url!r})
facts = parse('\\n'.join(lines).encode())
with database.writing() as session:
    counts = load(session, Blobs(Path({str(tmp_path)!r})), facts, by='author', now=NOW).counts
assert counts['update'].added == {count}, counts
print(peak())
"""
    run = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, cwd=ROOT, check=True)
    assert float(run.stdout) < most
