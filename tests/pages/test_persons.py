"""Whoever is to be named is found among thousands, in every form that names persons; no list holds them all."""

import pytest
from sqlalchemy import func, select

from app.formats.manifest import Implication
from app.people.models import Person
from app.people.queries import get_person
from app.web.pages import papers_sections, persons

PAPER = "/papers/collaboration-2026-12"
FRONT_SHEET, CONSULTEES = f"{PAPER}/front-sheet", f"{PAPER}/consultees"
THOUSANDS = 3_000
LARGEST_PAGE = 100_000
"""Bytes of a page with a form, whoever there is; the list of all of these persons alone would be twice that."""


@pytest.fixture
def crowd(site) -> None:
    """Thousands of people work for the force."""
    with site.state.premises.database.writing() as session:
        like = get_person(session, "acc-crime")
        session.add_all(
            Person(key=f"officer-{number:04}", name=f"Officer Number {number:04}", organisation_id=like.organisation_id)
            for number in range(THOUSANDS)
        )


def offered(browser, field: str) -> list[str]:
    """The keys that the list offers."""
    return browser.page.tree.xpath(f"//select[@name='{field}']/option[@value!='']/@value")


def chosen(browser, field: str) -> str:
    return browser.page.tree.xpath(f"string(//select[@name='{field}']/option[@selected]/@value)")


def is_light(browser) -> bool:
    return len(browser.page.answer.content) < LARGEST_PAGE


def test_where_there_are_few_everybody_stands_in_the_list(site, browser_of):
    author = browser_of("report-author").visit(CONSULTEES)
    with site.state.premises.database.reading() as session:
        count = session.scalar(select(func.count()).select_from(Person))
    assert count <= persons.MOST
    named = author.page.tree.xpath("count(//main//li[contains(@class, 'app-ordered__entry')])")
    assert len(offered(author, "add")) + named == count
    assert "Find people" not in author.page.text


def test_an_author_finds_the_chief_officer_and_loses_nothing_that_was_typed(crowd, browser_of):
    author = browser_of("report-author").visit(FRONT_SHEET)
    before = chosen(author, "chief_officer")
    assert is_light(author)
    assert before
    assert before in offered(author, "chief_officer")
    assert len(offered(author, "chief_officer")) <= 2, "whom the paper names"

    author.send(FRONT_SHEET, press="find=people", title="Another title", person_words="officer 299")
    assert author.page.status == 200
    assert "13 people are found by “officer 299”." in author.page.text
    assert author.page.form(FRONT_SHEET).fields["title"] == "Another title"
    assert chosen(author, "chief_officer") == before
    assert "officer-2991" in offered(author, "chief_officer")

    author.send(FRONT_SHEET, press="find=people", chief_officer="officer-2991", person_words="officer")
    assert "More than 50 people are found by “officer”" in author.page.text
    assert len(offered(author, "author")) <= persons.MOST + 3
    assert chosen(author, "chief_officer") == "officer-2991", "who was chosen is offered whatever is looked for"
    author.send(FRONT_SHEET, press="find=people", person_words="nobody of this name")
    assert "Nobody is found by “nobody of this name”." in author.page.text
    assert chosen(author, "chief_officer") == "officer-2991"

    author.send(FRONT_SHEET)
    assert author.page.told == "The front sheet is saved."
    author.visit(FRONT_SHEET)
    assert author.page.form(FRONT_SHEET).fields["title"] == "Another title"
    assert chosen(author, "chief_officer") == "officer-2991"


def test_a_name_that_was_not_looked_for_yet_is_looked_for_before_anything_is_saved(crowd, browser_of):
    author = browser_of("report-author").visit(FRONT_SHEET)
    author.send(FRONT_SHEET, title="Another title", person_words="officer 0007")
    assert "1 person is found by “officer 0007”. Choose from the list, then save: nothing is saved yet." in (
        author.page.text
    )
    assert author.visit(FRONT_SHEET).page.form(FRONT_SHEET).fields["title"] != "Another title"
    first = author.page.form(FRONT_SHEET).xpath(".//button[@type='submit']")[0]
    assert "find" not in first.attrib.get("name", ""), "the key Enter saves"


def test_one_of_two_of_the_same_name_is_told_by_the_key(site, crowd, browser_of):
    with site.state.premises.database.writing() as session:
        like = get_person(session, "acc-crime")
        session.add_all(
            Person(key=key, name="Jo Twin", organisation_id=like.organisation_id) for key in ("twin-1", "twin-2")
        )
    author = browser_of("report-author").visit(CONSULTEES)
    author._shown(author.client.post(CONSULTEES, data={"find": "people", "person_words": "twin"}))
    assert author.page.tree.xpath("//select[@name='add']/option[@value!='']/text()") == [
        "Jo Twin (twin-1)",
        "Jo Twin (twin-2)",
    ]
    author._shown(author.client.post(CONSULTEES, data={"do": "add", "add": "twin-2"}))
    assert author.page.told == "The consultees are saved."
    assert "Jo Twin" in author.page.tree.xpath("//h2/text()")
    assert is_light(author)


def test_an_owner_is_found_in_the_directory_and_somebody_to_answer_for(crowd, browser_of):
    author, entry = browser_of("report-author"), "/directory/workstreams/JNT-01"
    author.visit(entry)
    before = chosen(author, "owner")
    assert is_light(author)
    author.send(entry, press="find=people", name="Crime together", person_words="officer 0042")
    assert set(offered(author, "owner")) == {before, "officer-0042"}
    author.send(entry, owner="officer-0042")
    assert author.page.told == "“Crime together” is saved."
    assert chosen(author.visit(entry), "owner") == "officer-0042"
    new = "/new-entry/workstreams"
    author.visit(new).send(new, press="find=people", name="One more", person_words="officer 0042")
    assert offered(author, "owner") == ["officer-0042"]

    asked = "/rounds/collaboration-2026-12/requests/NAT-03"
    lead = browser_of("workstream-lead").visit(f"{asked}/answer")
    assert is_light(lead)
    lead.send(f"{asked}/answer", press="find=people", parts__progress="It came.", person_words="officer 0042")
    assert offered(lead, "on_behalf_of") == ["officer-0042"]
    lead.send(f"{asked}/answer", press="deed=changed", on_behalf_of="officer-0042", ratings__overall="amber")
    assert lead.page.told == "Your answer for National air support is recorded."
    assert "on behalf of Officer Number 0042" in lead.page.text
    assert "It came." in lead.page.text


def test_who_cleared_an_implication_is_found(crowd, browser_of, monkeypatch):
    there = papers_sections.manifest_for

    def with_implications(session, key):
        implication = Implication(key="money", label="Financial implications")
        return there(session, key).model_copy(update={"implications": (implication,)})

    monkeypatch.setattr(papers_sections, "manifest_for", with_implications)
    author, section = browser_of("report-author"), f"{PAPER}/sections/purpose"
    author.visit(section)
    name = "blocks.0.entries.money.cleared_by"
    sent = {"blocks.0.kind": "implications", "blocks.0.entries.money.text": "It costs £5.", name: "officer-0007"}
    author._shown(author.client.post(section, data=sent | {"person_words": "officer 0042", "find": "people"}))
    assert offered(author, name) == ["officer-0007", "officer-0042"]
    assert chosen(author, name) == "officer-0007"
    assert "It costs £5." in author.page.form(section).fields["blocks.0.entries.money.text"]
    assert is_light(author)
