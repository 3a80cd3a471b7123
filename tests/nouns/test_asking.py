"""Getting one, finding none, and going through a list page by page."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.boards import queries as boards
from app.errors import Conflict, NotFound
from app.facts import read
from app.formats import queries as formats_of
from app.frameworks import queries as frameworks
from app.papers import queries as papers
from app.people import queries as people
from app.workstreams import queries as workstreams
from tests.facts.stories import a_force, demonstration, formats, loaded, only, shipped, small


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda s: people.get_organisation(s, "x"), "There is no organisation “x”."),
        (lambda s: people.get_person(s, "x"), "There is no person “x”."),
        (lambda s: frameworks.get(s, "x"), "There is no framework “x”."),
        (lambda s: boards.get(s, "x"), "There is no board “x”."),
        (lambda s: boards.get_meeting(s, "x", date(2026, 1, 1)), "There is no meeting “x, 2026-01-01”."),
        (lambda s: boards.get_series(s, "x"), "There is no series “x”."),
        (lambda s: formats_of.get(s, "x"), "There is no format “x”."),
        (lambda s: formats_of.live(s, "x"), "There is no format “x”."),
        (lambda s: formats_of.get_version(s, "x", 3), "There is no template version “x, 3”."),
        (lambda s: workstreams.get_scheme(s, "x"), "There is no RAG scheme “x”."),
        (lambda s: workstreams.get_theme(s, "x"), "There is no theme “x”."),
        (lambda s: workstreams.get(s, "x"), "There is no workstream “x”."),
        (lambda s: workstreams.get_update(s, "x", date(2026, 1, 1)), "There is no update “x, 2026-01-01”."),
        (lambda s: papers.get(s, "x"), "There is no paper “x”."),
    ],
)
def test_what_does_not_exist_is_said_in_a_sentence(database, ask, sentence):
    with database.reading() as session, pytest.raises(NotFound) as caught:
        ask(session)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("listing", "key"),
    [
        (read.organisations, "key"),
        (read.people, "key"),
        (read.frameworks, "key"),
        (read.rag_schemes, "key"),
        (read.boards, "key"),
        (read.series, "key"),
        (read.themes, "key"),
        (read.workstreams, "ref"),
        (read.papers, "reference"),
    ],
)
def test_pages_together_are_the_whole_list(database, blobs, listing, key):
    loaded(database, blobs, shipped(), demonstration())
    with database.reading() as session:
        whole = listing(session, limit=1000)
        assert whole
        page, pages = listing(session, limit=2), []
        while page:
            assert len(page) <= 2
            pages += page
            page = listing(session, after=getattr(page[-1], key), limit=2)
        assert pages == whole


def test_the_live_template_version_is_the_last_that_went_live_and_was_not_retired(database, blobs):
    from app.formats.commands import retire
    from tests.conftest import NOW

    loaded(database, blobs, formats())
    (shape,) = formats().formats
    for note in ("# second", "# third"):
        loaded(database, blobs, only(formats=[{**shape.model_dump(), "manifest": f"{shape.manifest}\n{note}\n"}]))

    def live() -> int:
        with database.reading() as session:
            return formats_of.live(session, "scrutiny").number

    def retire_number(number: int) -> None:
        with database.writing() as session:
            retire(session, formats_of.get_version(session, "scrutiny", number), by="manager", now=NOW)

    assert live() == 3
    retire_number(3)
    assert live() == 2
    retire_number(1)
    assert live() == 2
    retire_number(2)
    with pytest.raises(Conflict) as caught:
        live()
    assert str(caught.value) == "The format “scrutiny” has no template that is live. Add one, or bring one back."


def test_the_previous_paper_is_the_one_before_in_the_series(database, blobs):
    document = small()
    (paper,) = document["papers"]
    earlier = paper | {"reference": "Q2", "meeting": "2026-09-10"}
    other = paper | {"reference": "X", "meeting": "2026-09-10"}
    del other["series"]
    document["papers"] = [paper, earlier, other]
    loaded(database, blobs, formats(), document)
    with database.reading() as session:
        found = papers.previous(session, papers.get(session, "Q3"))
        assert found is not None
        assert (found.reference, found.meeting.held_on) == ("Q2", date(2026, 9, 10))
        assert papers.previous(session, papers.get(session, "Q2")) is None
        assert papers.previous(session, papers.get(session, "X")) is None


def test_a_search_knows_the_capitals_of_every_letter_as_the_database_s_language_does(database, blobs):
    document = small()
    document["papers"][0]["title"] = "ÉCOLE and Straße"
    loaded(database, blobs, formats(), document)
    with database.reading() as session:
        # On PostgreSQL, a database that was made with the locale C knows the letters of ASCII only.
        knows = session.scalar(select(func.lower("É"))) == "é"
        assert knows or session.get_bind().dialect.name == "postgresql"
        for words, found in {"école": knows, "École": True, "ÉCOLE": True, "STRASSE": False, "straße": True}.items():
            asked = papers.PapersWanted(words=(words,))
            assert bool(papers.found(session, asked, limit=1)) is found, words


def test_names_are_in_one_order_on_both_databases(database, blobs):
    document = small()
    (person, *_) = document["people"]
    document["people"] += [person | {"key": f"p{n}", "name": name} for n, name in enumerate(["émile", "Zoe", "adam"])]
    loaded(database, blobs, formats(), document)
    with database.reading() as session:
        named = list(people.names(session).values())
    assert [name for name in named if name in {"émile", "Zoe", "adam"}] == ["adam", "Zoe", "émile"]


def test_meetings_follow_one_another(database, blobs):
    a_force(database, blobs)
    with database.reading() as session:
        first = boards.get_meeting(session, "scrutiny", date(2026, 9, 10))
        second = boards.next_meeting(session, first)
        assert second is not None
        assert second.held_on == date(2026, 12, 10)
        assert boards.next_meeting(session, second) is None


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [date(2026, 9, 10), date(2026, 12, 10)]),
        ({"held_from": date(2026, 9, 11)}, [date(2026, 12, 10)]),
        ({"held_to": date(2026, 9, 10)}, [date(2026, 9, 10)]),
        ({"board": "other"}, []),
        ({"after": (date(2026, 9, 10), "scrutiny")}, [date(2026, 12, 10)]),
        ({"after": (date(2026, 9, 10), "a")}, [date(2026, 9, 10), date(2026, 12, 10)]),
    ],
)
def test_meetings_are_listed_by_day(database, blobs, filters, found):
    a_force(database, blobs)
    with database.reading() as session:
        assert [meeting.held_on for meeting in boards.meetings(session, limit=10, **filters)] == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Q2", "Q3"]),
        ({"board": "scrutiny"}, ["Q2", "Q3"]),
        ({"board": "other"}, []),
        ({"series": "quarterly"}, ["Q3"]),
        ({"meeting_from": date(2026, 12, 1)}, ["Q3"]),
        ({"meeting_to": date(2026, 12, 1)}, ["Q2"]),
        ({"after": "Q2"}, ["Q3"]),
    ],
)
def test_papers_are_listed_by_what_they_belong_to(database, blobs, filters, found):
    document = small()
    earlier = document["papers"][0] | {"reference": "Q2", "meeting": "2026-09-10"}
    del earlier["series"]
    document["papers"].append(earlier)
    loaded(database, blobs, formats(), document)
    with database.reading() as session:
        assert [paper.reference for paper in papers.papers(session, limit=10, **filters)] == found
        assert [paper.reference for paper in papers.walk(session)] == ["Q2", "Q3"]


def test_a_paper_comes_with_everything_that_a_generation_reads(database, blobs):
    """Relationships that were not loaded raise: whatever is touched here was."""
    a_force(database, blobs)
    with database.reading() as session:
        paper = papers.get(session, "Q3")
        assert paper.meeting.board.organisation.name == "Office of the Commissioner"
        assert paper.chief_officer.posts[-1].title == "Deputy Chief Constable"
        assert paper.author.posts == []
        assert [choice.workstream.ref for choice in paper.choices] == ["EST-2", "EST-1"]
        work = paper.choices[1].workstream
        assert (work.theme.key, work.owner.posts[0].title) == ("estate", "Assistant Chief Constable")
        assert {f"{item.framework.key}/{item.key}" for item in work.serves} == {"plan/contact", "plan/roads"}
        assert [(part.part, part.need) for part in work.parts] == [("next-steps", "required")]
        (wording,) = paper.own_wordings
        assert (wording.update.workstream.ref, len(wording.update.parts)) == ("EST-1", 2)
        assert [consultee.person.key for consultee in paper.consultees] == ["analyst", "dcc"]
        assert paper.consultees[1].person.posts


def test_a_framework_comes_with_its_items_parents_first(database, blobs):
    a_force(database, blobs)
    with database.reading() as session:
        (plan,) = frameworks.with_items(session, ["plan", "none"])
        assert [item.key for item in plan.items] == ["victims", "contact", "roads"]


def test_keys_are_listed_in_the_same_order_on_both_databases(database, blobs):
    keys = ["b", "B", "a-b", "ab", "a.c", "A", "a_d", "Z1"]
    entries = [{"key": key, "name": key, "short_name": key} for key in keys]
    loaded(database, blobs, {"facts": "1", "organisations": entries})
    with database.reading() as session:
        assert [o.key for o in people.organisations(session, limit=100)] == sorted(keys)
        assert [o.key for o in people.organisations(session, after="a-b", limit=2)] == ["a.c", "a_d"]
