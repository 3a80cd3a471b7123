"""A chief officer reads on one page what a paper says, what changed, and what is open."""

import re
from datetime import date

import pytest

from app.papers import queries as papers
from app.papers.commands import ActionEntry, record_outcome
from app.web.pages.papers_parts import said_once
from app.word.contrast import contrast
from tests.stories import NOON

PAPER = "/papers/collaboration-2026-12"
SECTION = f"/api/v1{PAPER}/sections/purpose"


@pytest.fixture
def officer(browser_of):
    return browser_of("chief-officer")


def test_ratings_what_changed_and_what_is_open(officer):
    page = officer.visit(f"{PAPER}/brief").page
    (row, *_) = page.rows()

    assert page.heading == "Brief: Working together: quarterly collaboration update"
    assert "Version 0.1" in page.text
    assert "by Command line." in page.text
    assert "ratings have moved" in page.text
    assert len(row) == 4
    assert row[2] != row[3]
    assert "Since the paper for 10 September 2026" in page.text
    assert "New in the paper: " in page.text
    gaps = officer.client.get(f"/api/v1{PAPER}/gaps")
    assert gaps.status_code == 200
    assert all(said_once(gap) in page.text for gap in gaps.json()["gaps"])
    assert "changed since this version" not in page.text


def test_ratings_are_words_on_their_colours(officer):
    page = officer.visit(f"{PAPER}/brief").page
    (sheet,) = page.tree.xpath("//head/link[contains(@href, '/ratings/')]/@href")
    colours = re.findall(r"\.(rating-\d+)\{background:#(\w{6});color:#(\w{6})\}", officer.client.get(sheet).text)
    legible = {name for name, background, colour in colours if contrast(colour, background) >= 4.5}

    shown = page.tree.xpath("//main//strong[starts-with(@class, 'app-rating')]")
    cells = page.tree.xpath("//table//td[position() > 1]")
    assert len(shown) > len(cells) > 1, "each rating in the table, and those that are counted"
    assert all(one.text_content().strip() for one in shown)
    assert {one.get("class").removeprefix("app-rating ") for one in shown} <= legible
    assert all(cell.xpath("*[contains(@class, 'app-rating')]") for cell in cells)


def test_facts_that_changed_since_the_version_are_told(browser_of, officer):
    author = browser_of("report-author").client
    answer = author.get(SECTION)
    section = answer.json() | {"blocks": [{"kind": "narrative", "text": "Another purpose."}]}
    assert author.put(SECTION, json=section, headers={"If-Match": answer.headers["etag"]}).status_code == 200

    page = officer.visit(f"{PAPER}/brief").page

    assert "1 fact has changed since this version was made." in page.text
    assert "Purpose of Report" in page.text
    reader = browser_of("reader").visit(f"{PAPER}/brief").page
    assert "Still open" in reader.text
    assert "since this version was made" not in reader.text, "who may not preview the paper is told what was generated"


def test_a_paper_without_an_earlier_one_says_so(officer):
    page = officer.visit("/papers/digital-evidence-2026-12/brief").page

    assert "There is no earlier paper of its series to compare it with." in page.text


def test_what_does_not_exist_for_somebody_has_no_brief(browser_of, officer):
    assert browser_of("commissioners-office").visit(f"{PAPER}/brief").page.status == 404
    assert officer.visit(f"{PAPER}/brief?version=7").page.status == 404
    assert browser_of("workstream-lead").visit(f"{PAPER}/brief").page.status == 403


def test_what_waits_for_somebody_is_told(site, officer):
    with site.state.premises.database.writing() as session:
        before = papers.kept(session, "collaboration-2026-09")
        action = ActionEntry("Bring the cost of the second phase.", None, date(2026, 11, 1))
        record_outcome(session, before, text="Noted.", actions=[action], by="board-secretary", at=NOON)
    officer.visit(f"{PAPER}/review").send(
        f"{PAPER}/review/comments", place="section/purpose", comment="Who pays for the second phase?"
    )

    page = officer.visit(f"{PAPER}/brief").page
    assert "Late: " in page.text
    assert "Sent back, to be answered again: " in page.text
    assert "Bring the cost of the second phase. (meeting of 10 September 2026; due on 1 November" in page.text
    assert "2026, late)" in page.text
    assert "Purpose of Report: “Who pays for the second phase?” (chief-officer, on version 0.1)" in page.text
    officer.visit(f"{PAPER}/review").send(f"{PAPER}/review/comments/1/settled")
    assert "Who pays" not in officer.visit(f"{PAPER}/brief").page.text
