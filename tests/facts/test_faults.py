"""A file that cannot be loaded is refused as a whole, and every fault is named with its place."""

import json
from base64 import b64encode
from copy import deepcopy

import pytest

from app.audit.queries import walk
from app.facts import read
from app.facts.parse import FaultyFacts
from app.pictures.models import Picture
from tests.conftest import NOW
from tests.facts.stories import a_force, formats, loaded, only, small


def faults(database, blobs, *documents) -> list[str]:
    with pytest.raises(FaultyFacts) as caught:
        loaded(database, blobs, *documents)
    return [str(fault) for fault in caught.value.faults]


def changed(path: str, value: object) -> dict:
    """The small force with another value at a place."""
    document = small()
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    at = document
    for step in way:
        at = at[step]
    if isinstance(at, list) and last == len(at):
        at.append(value)
    else:
        at[last] = value
    return document


STORIES = [
    ("people/0/organisation", "nobody", "people[0].organisation: there is no organisation “nobody”"),
    ("people/0/aliases", ["A", "A"], "people[0].aliases[1]: “A” stands twice: it is also people[0].aliases[0]"),
    (
        "people/0/posts/1/ends_on",
        "2025-03-01",
        "people[0].posts[1].ends_on: ends on 2025-03-01, before it starts on 2025-04-01",
    ),
    (
        "frameworks/0/items/1/key",
        "contact",
        "frameworks[0].items[1].key: “contact” stands twice: it is also frameworks[0].items[0].items[0]",
    ),
    (
        "rag_schemes/0/values/0/colour",
        "BBBBBB",
        "rag_schemes[0].values[0].colour: “Green” in BBBBBB on 2E7D32 has a contrast of 2.67 : 1; it must be at least",
    ),
    ("rag_schemes/0/values/1/key", "green", "rag_schemes[0].values[1].key: “green” stands twice"),
    ("rag_schemes/0/dimensions/1/label", "Overall", "rag_schemes[0].dimensions[1].label: “Overall” stands twice"),
    (
        "rag_schemes/0/values/1/key",
        "not-rated",
        "rag_schemes[0].values[1].key: “not-rated” is what an update says that has no value",
    ),
    ("boards/0/format", "letter", "boards[0].format: there is no format “letter”, neither in this file nor in the"),
    ("boards/0/meetings/0/held_on", "2026-12-10", "boards[0].meetings[1].held_on: “2026-12-10” stands twice"),
    ("boards/0/meetings/1/agenda/1/number", "4.0", "boards[0].meetings[1].agenda[1].number: “4.0” stands twice"),
    ("series/0/board", "police", "series[0].board: there is no board “police”"),
    ("themes/1/parent", "land", "themes[1].parent: there is no theme “land”"),
    ("themes/0/parent", "garages", "themes[0].parent: “garages” stands itself below “estate”: a theme cannot go round"),
    ("themes/0/parent", "estate", "themes[0].parent: “estate” stands itself below “estate”"),
    ("themes/1/organisation", "office", "themes[1].parent: “estate” belongs to “force”, this theme to “office”"),
    ("themes/0/rag_scheme", "traffic", "themes[0].rag_scheme: there is no RAG scheme “traffic”"),
    (
        "themes/0/introductions/1",
        {"as_at": "2026-11-01", "text": "x"},
        "themes[0].introductions[1].as_at: “2026-11-01” stands twice",
    ),
    ("themes/0/introductions/0/text", " ", "themes[0].introductions[0].text: says nothing"),
    ("workstreams/1/ref", "EST-1", "workstreams[1].ref: “EST-1” stands twice: it is also workstreams[0]"),
    ("workstreams/0/theme", "land", "workstreams[0].theme: there is no theme “land”"),
    ("workstreams/0/owner", "nobody", "workstreams[0].owner: there is no person “nobody”"),
    ("workstreams/0/serves/1", "plan/sea", "workstreams[0].serves[1]: there is no item of a framework “plan/sea”"),
    ("workstreams/0/updates/0/as_at", "2026-11-20", "workstreams[0].updates[1].as_at: “2026-11-20” stands twice"),
    (
        "workstreams/1/updates/0/parts",
        {"progress": "Much."},
        "workstreams[1].updates[0].nothing_to_report: says that there is nothing to report, and yet reports",
    ),
    (
        "workstreams/0/updates/1/ratings/time",
        "amber",
        "workstreams[0].updates[1].ratings.time: “amber” is no value of the scheme “programme”, which has green, red",
    ),
    (
        "workstreams/1/updates/0/ratings",
        {"cost": "red"},
        "workstreams[1].updates[0].ratings.cost: “cost” is no dimension of the scheme “programme”, which has overall,",
    ),
    ("papers/0/organisation", "nobody", "papers[0].organisation: there is no organisation “nobody”"),
    ("papers/0/format", "letter", "papers[0].format: there is no format “letter”"),
    ("papers/0/meeting", "2026-12-11", "papers[0].meeting: the board “scrutiny” has no meeting on 2026-12-11"),
    ("papers/0/series", "yearly", "papers[0].series: there is no series “yearly”"),
    ("papers/0/marking", "SECRET", "papers[0].marking: “SECRET” is no marking of the format, which allows OFFICIAL"),
    ("papers/0/author", "nobody", "papers[0].author: there is no person “nobody”"),
    ("papers/0/consultees", ["dcc", "dcc"], "papers[0].consultees[1]: “dcc” stands twice"),
    ("papers/0/fields", {"cost": "£5"}, "papers[0].fields.cost: the format has no field “cost”"),
    ("papers/0/workstreams/2", "EST-9", "papers[0].workstreams[2]: there is no workstream “EST-9”"),
    ("papers/0/workstreams/2", "EST-1", "papers[0].workstreams[2]: “EST-1” stands twice"),
    (
        "papers/0/workstreams",
        ["EST-2"],
        "papers[0].own_wordings[0].workstream: “EST-1” is not among the paper's workstreams",
    ),
    (
        "papers/0/own_wordings/0/as_at",
        "2026-11-21",
        "papers[0].own_wordings[0].as_at: “EST-1” has reported nothing as at 2026-11-21",
    ),
    ("papers/0/own_wordings/0/part", "hopes", "papers[0].own_wordings[0].part: the format has no part “hopes”; its"),
    (
        "papers/0/own_wordings/1",
        {"workstream": "EST-1", "as_at": "2026-11-20", "part": "progress", "text": "Up."},
        "papers[0].own_wordings[1]: rewords the same part as own_wordings[0]",
    ),
    ("papers/0/sections/0/key", "actions", "papers[0].sections[2].key: “actions” stands twice"),
    ("papers/0/sections/0/key", "preface", "papers[0].sections[0].key: the format has no section “preface”"),
    (
        "papers/0/sections/1/blocks/0/parts",
        ["progress", "hopes"],
        "papers[0].sections[1].blocks[0].parts[1]: the format has no part “hopes”",
    ),
    (
        "papers/0/sections/1/blocks/0/themes",
        ["land"],
        "papers[0].sections[1].blocks[0].themes[0]: there is no theme “land”",
    ),
    (
        "papers/0/sections/0/blocks/0",
        {"kind": "table", "text": "No table."},
        "papers[0].sections[0].blocks[0].text: a table block holds tables and nothing else",
    ),
    (
        "papers/0/sections/0/blocks/0",
        {"kind": "rating-key", "schemes": ["traffic"]},
        "papers[0].sections[0].blocks[0].schemes[0]: there is no RAG scheme “traffic”",
    ),
    (
        "papers/0/sections/0/blocks/0",
        {"kind": "framework-items", "framework": "scheme"},
        "papers[0].sections[0].blocks[0].framework: there is no framework “scheme”",
    ),
    (
        "papers/0/sections/0/blocks/0",
        {"kind": "again", "section": "preface"},
        "papers[0].sections[0].blocks[0].section: the format has no section “preface”",
    ),
    (
        "papers/0/sections/0/blocks/0",
        {"kind": "again", "section": "purpose"},
        "papers[0].sections[0]: the section “purpose” would print itself again",
    ),
    (
        "papers/0/agenda_number",
        "7.0",
        "papers[0].agenda_number: “7.0” is not on the meeting's agenda, which has 4.0, 5.0",
    ),
    (
        "workstreams/0/updates/1/parts/riskz",
        "Rain.",
        "workstreams[0].updates[1].parts.riskz: the format “scrutiny” has no part “riskz”",
    ),
    (
        "papers/0/sections/2/blocks/0",
        {"kind": "nil", "subject": "actions"},
        "papers[0].sections[2].blocks[0].as_at: is missing: say when it was so",
    ),
    (
        "papers/0/sections/2/blocks/0",
        {"kind": "nil", "wording": "None as at {as_at}."},
        "papers[0].sections[2].blocks[0].as_at: is missing: the wording prints {as_at}",
    ),
    (
        "papers/0/sections/2/blocks/0",
        {"kind": "nil", "wording": "No {subject} as of {day}."},
        "papers[0].sections[2].blocks[0].subject: is missing: the wording prints {subject}",
    ),
]


@pytest.fixture(scope="module")
def nothing_reaches_the_database(tmp_path_factory):
    """One database with the format, for stories that must leave it as it is."""
    from app.blobs import Blobs
    from app.db import Database
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.upgrade import upgrade

    folder = tmp_path_factory.mktemp("faults")
    url = f"sqlite:///{folder.as_posix()}/boardpapers.sqlite"
    upgrade(url, PACKAGED_MIGRATIONS)
    database, blobs = Database(url), Blobs(folder / "blobs")
    loaded(database, blobs, formats())
    yield database, blobs
    database.dispose()


@pytest.mark.parametrize(("path", "value", "sentence"), STORIES)
def test_a_fault_is_named_with_its_place(nothing_reaches_the_database, path, value, sentence):
    database, blobs = nothing_reaches_the_database
    found = faults(database, blobs, changed(path, value))
    assert any(fault.startswith(sentence) for fault in found), found
    with database.reading() as session:
        assert read.organisations(session, limit=10) == []


def test_all_faults_are_reported_at_once_and_nothing_is_written(database, blobs):
    loaded(database, blobs, formats())
    document = small()
    document["people"][0]["organisation"] = "nobody"
    document["workstreams"][0]["owner"] = "somebody"
    document["workstreams"][0]["updates"][0]["ratings"] = {"cost": "purple"}
    document["papers"][0]["workstreams"] = ["EST-1", "EST-2", "EST-3"]
    found = faults(database, blobs, document)
    assert [fault.split(": ")[0] for fault in found] == [
        "people[0].organisation",
        "workstreams[0].owner",
        "papers[0].workstreams[2]",
        "workstreams[0].updates[0].ratings.cost",
        "workstreams[0].updates[0].ratings.cost",
    ]
    with database.reading() as session:
        assert read.everything(session, blobs).workstreams == ()
        assert [json.loads(event.body)["action"] for event in walk(session)] == ["template.added", "template.live"]


def test_what_was_saved_before_is_not_harmed(database, blobs):
    a_force(database, blobs)
    with database.reading() as session:
        before = read.everything(session, blobs)
    document = small()
    document["organisations"][0]["name"] = "Another name"
    document["papers"][0]["author"] = "nobody"
    faults(database, blobs, document)
    with database.reading() as session:
        assert read.everything(session, blobs) == before


def test_a_theme_cannot_be_moved_below_what_the_database_has_below_it(database, blobs):
    a_force(database, blobs)
    estate = deepcopy(small()["themes"][0]) | {"parent": "garages"}
    (fault,) = faults(database, blobs, only(themes=[estate]))
    assert fault == "themes[0].parent: “garages” stands itself below “estate”: a theme cannot go round"


def test_sections_that_print_one_another_again_are_refused(database, blobs):
    document = small()
    document["papers"][0]["sections"] = [
        {"key": "purpose", "blocks": [{"kind": "again", "section": "recommendations"}]},
        {"key": "recommendations", "blocks": [{"kind": "again", "section": "purpose"}]},
        {"key": "background", "blocks": [{"kind": "again", "section": "purpose"}]},
    ]
    assert faults(database, blobs, formats(), document) == [
        "papers[0].sections[0]: the section “purpose” would print itself again",
        "papers[0].sections[1]: the section “recommendations” would print itself again",
    ]


def test_an_agenda_that_the_database_has_counts_too(database, blobs):
    a_force(database, blobs)
    (paper,) = small()["papers"]
    (fault,) = faults(database, blobs, only(papers=[paper | {"agenda_number": "9"}]))
    assert fault == "papers[0].agenda_number: “9” is not on the meeting's agenda, which has 4.0, 5.0"
    loaded(database, blobs, only(papers=[paper | {"meeting": "2026-09-10", "agenda_number": "9", "cut_off": None}]))


def test_a_part_that_is_called_unused_or_comes_too_late_for_the_paper_is_no_fault(database, blobs):
    document = small()
    document["workstreams"][0]["parts"]["riskz"] = "unused"
    document["workstreams"][0]["updates"][1]["parts"]["riskz"] = "Rain."
    late = {"as_at": "2026-12-01", "parts": {"hopes": "Sun."}}
    document["workstreams"][0]["updates"].append(late)
    assert loaded(database, blobs, formats(), document).rows


def test_faults_are_told_up_to_two_hundred(database, blobs):
    people = [{"key": f"p{n}", "name": "P", "organisation": "nobody"} for n in range(1200)]
    found = faults(database, blobs, only(people=people))
    assert len(found) == 201
    assert found[-1] == "… and 1,000 more faults"


def test_a_rating_needs_a_scheme(database, blobs):
    document = small()
    del document["themes"][0]["rag_scheme"]
    found = faults(database, blobs, formats(), document)
    assert found[0] == (
        "workstreams[0].updates[0].ratings: nothing can be rated: neither the theme “estate” nor one above it has a "
        "RAG scheme"
    )
    assert len(found) == 3


def test_a_paper_needs_a_format_that_is_live(database, blobs):
    from datetime import UTC, datetime

    from app.formats.commands import retire
    from app.formats.queries import get_version

    a_force(database, blobs)
    with database.writing() as session:
        retire(session, get_version(session, "scrutiny", 1), by="manager", now=datetime.now(UTC))
    (fault,) = faults(database, blobs, only(papers=small()["papers"]))
    assert fault == "papers[0].format: the format “scrutiny” has no template that is live"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"template": "no base 64!"}, "formats[0].template: is not written in base 64"),
        ({"template": b64encode(b"no document").decode()}, "formats[0].template: "),
        ({"manifest": "key = "}, "formats[0].manifest: "),
        ({"manifest": "key = 'scrutiny'"}, "formats[0].manifest.name: "),
        ({"key": "letter"}, "formats[0].manifest.key: is “scrutiny”, but this is the format “letter”"),
    ],
)
def test_a_format_that_cannot_be_used_is_refused(nothing_reaches_the_database, change, sentence):
    database, blobs = nothing_reaches_the_database
    (shape,) = formats().formats
    found = faults(database, blobs, only(formats=[shape.model_dump() | change]))
    assert any(fault.startswith(sentence) for fault in found), found


def test_a_picture_that_nobody_stored_is_named_with_its_place(database, blobs):
    shown = f'<figure><img src="{"a" * 64}" alt="A map"></figure>'
    document = changed("workstreams/0/updates/0/parts", {"progress": {"format": "html", "value": shown}})
    assert faults(database, blobs, formats(), document) == [
        f"workstreams[0].updates[0].parts.progress: shows the picture {'a' * 64}, which is not stored; upload it first"
    ]
    with database.writing() as session:
        session.add(Picture(digest="a" * 64, media_type="image/png", width=1, height=1, size=1, added_at=NOW))
    assert loaded(database, blobs, formats(), document)
