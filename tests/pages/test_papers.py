"""Papers are found, begun, filled, checked, read and generated: without JavaScript."""

import re

import pytest
from sqlalchemy import Engine, event

from app.people.queries import get_organisation
from app.upkeep.stores import open_stores
from app.versions import queries as versions
from app.versions.commands import release
from tests.demonstrated import settings_for
from tests.stories import NOON

DECEMBER = "collaboration-2026-12"
PAPER = f"/papers/{DECEMBER}"


def test_papers_are_found_by_words_and_filters(browser_of):
    browser = browser_of("report-author").visit("/papers")
    every = [row[0] for row in browser.page.rows()]

    assert browser.page.heading == "Papers"
    assert any(DECEMBER in name for name in every)

    browser.send("/papers", words="collaboration WORKING", meeting="2026-12-10")
    assert [row[1][:16] for row in browser.page.rows()] == ["10 December 2026"]
    assert browser.page.form("/papers").fields["words"] == "collaboration WORKING"

    browser.send("/papers", words="no such paper", meeting="")
    assert "No paper fits." in browser.page.text
    browser.follow("Show every paper")
    assert [row[0] for row in browser.page.rows()] == every


def test_a_list_has_pages(browser_of, monkeypatch):
    monkeypatch.setattr("app.web.pages.papers.OF_A_PAGE", 1)
    browser = browser_of("report-author").visit("/papers")
    first = browser.page.rows()

    assert len(first) == 1
    browser.visit(browser.page.tree.xpath("//a[@rel='next']/@href")[0])
    assert len(browser.page.rows()) == 1
    assert browser.page.rows() != first


def test_papers_of_others_are_in_no_list_and_at_no_address(browser_of):
    browser = browser_of("commissioners-office").visit("/papers")

    assert "There is no paper yet that you may see." in browser.page.text
    for address in (PAPER, f"{PAPER}/versions", f"{PAPER}/versions/0.1", f"{PAPER}/versions/0.1/document"):
        assert browser.visit(address).page.status == 404


def test_an_author_begins_a_paper(browser_of):
    browser = browser_of("report-author").visit("/papers").follow("Begin a new paper")

    browser.send("/papers", title=" ")
    assert browser.page.status == 422
    assert browser.page.errors == ["Enter a title", "Enter a meeting", "Enter a format"]

    board = "performance-resources 2026-12-10"
    browser.send("/papers", title="Fleet: what renewal costs", meeting=board, format="scrutiny")
    assert browser.page.heading == "Fleet: what renewal costs"
    assert browser.page.path == "/papers/fleet-what-renewal-costs-2026-12"
    assert browser.page.told == "“Fleet: what renewal costs” is begun. Go through its parts below."
    assert "Not yet started" in browser.page.text

    browser.visit("/papers/new")
    browser.send("/papers", title="Fleet: what renewal costs", meeting=board, format="scrutiny")
    assert browser.page.path == "/papers/fleet-what-renewal-costs-2026-12-2"


@pytest.mark.parametrize("account", ["reader", "chief-officer", "workstream-lead"])
def test_who_may_not_write_begins_none(browser_of, account):
    browser = browser_of(account).visit("/papers")

    assert "Begin a new paper" not in browser.page.links()
    assert browser.visit("/papers/new").page.status == 403


def test_a_paper_is_a_list_of_tasks(browser_of):
    page = browser_of("report-author").visit(PAPER).page
    tasks = page.links()

    assert tasks["Front sheet"] == f"{PAPER}/front-sheet"
    assert tasks["Purpose of Report"] == f"{PAPER}/sections/purpose"
    assert tasks["Version 0.1"] == f"{PAPER}/versions/0.1"
    assert "25 chosen" in page.text
    assert "Nothing has changed since version 0.1." in page.text


def test_a_reader_sees_versions_and_nothing_to_do(browser_of):
    page = browser_of("reader").visit(PAPER).page

    assert "Version 0.1" in page.links()
    assert "by Command line" in page.text
    assert "Front sheet" not in page.links()
    assert "Generate a draft" not in page.text


def test_the_front_sheet_is_filled_and_what_is_wrong_is_said_beside_its_field(browser_of):
    browser = browser_of("report-author").visit(f"{PAPER}/front-sheet")
    address = f"{PAPER}/front-sheet"

    browser.send(address, agenda_number="77", title="")
    assert browser.page.status == 422
    assert browser.page.errors[0].startswith("Must not be empty")
    assert browser.page.form(address).fields["agenda_number"] == "77"

    browser.send(address, agenda_number="77", title="Working together")
    assert browser.page.errors == ["“77” is not on the meeting's agenda, which has 4.0, 5.0, 6.0, 7.0"] or (
        "is not on the meeting's agenda" in browser.page.errors[0]
    )
    browser.send(address, agenda_number="5.0", title="Working together", author="")
    assert (browser.page.path, browser.page.told) == (PAPER, "The front sheet is saved.")
    assert browser.page.heading == "Working together"
    assert "1 thing missing" in browser.page.text

    browser.follow("Checks")
    assert browser.page.rows is not None
    (href,) = [href for text, href in browser.page.links().items() if text.startswith("Put it right: Author")]
    assert href == address


def test_two_who_change_the_front_sheet_see_both_and_lose_nothing(browser_of):
    mine, theirs = browser_of("report-author"), browser_of("board-secretary")
    address = f"{PAPER}/front-sheet"
    mine.visit(address)
    theirs.visit(address).send(address, title="What they call it")

    mine.send(address, title="What I call it")
    assert mine.page.status == 409
    assert ["Title", "What they call it", "What I call it"] in mine.page.rows()
    assert mine.page.form(address).fields["title"] == "What I call it"

    mine.send(address)
    assert mine.page.heading == "What I call it"


def test_a_draft_is_generated_once_for_the_same_facts(browser_of):
    browser = browser_of("report-author").visit(PAPER)

    browser.send(f"{PAPER}/versions")
    assert (browser.page.heading, browser.page.told) == ("Version 0.1", "Nothing has changed since version 0.1.")

    browser.visit(f"{PAPER}/front-sheet").send(f"{PAPER}/front-sheet", title="Another title")
    browser.send(f"{PAPER}/versions")
    assert (browser.page.heading, browser.page.told) == ("Version 0.2", "Version 0.2 is generated.")
    assert "Report author" in browser.page.text
    assert "Nothing has changed since this version was made." in browser.page.text

    answer = browser.client.get(browser.page.links()["Download version 0.2"])
    assert answer.content[:2] == b"PK"
    assert "Another%20title%20v0.2%20DRAFT%20OFFICIAL.docx" in answer.headers["content-disposition"]

    browser.visit(f"{PAPER}/versions")
    assert [text for text in browser.page.links() if text.startswith("Version ")] == ["Version 0.2", "Version 0.1"]
    assert "have changed" in browser.visit(f"{PAPER}/versions/0.1").page.text


def test_lists_do_not_read_what_was_frozen(site, browser_of):
    browser = browser_of("report-author")
    asked = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for address in ("/papers", f"{PAPER}/versions"):
            assert browser.visit(address).page.status == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert any("FROM version" in statement for statement in asked)
    assert not [statement for statement in asked if "version.snapshot" in statement.replace("version.snapshot_", "")]


def test_previews_are_documents_that_are_not_kept(browser_of):
    browser = browser_of("report-author").visit(PAPER)

    for text in ("Download the preview as a Word document", "Download a preview of the public copy"):
        answer = browser.client.get(browser.page.links()[text])
        assert answer.content[:2] == b"PK"
    assert "Version 0.2" not in browser.visit(PAPER).page.links()
    assert "attachment" in answer.headers["content-disposition"]


def test_the_whole_paper_is_read_on_one_page(browser_of):
    page = browser_of("report-author").visit(f"{PAPER}/whole").page

    headings = [" ".join(h.text_content().split()) for h in page.tree.xpath("//main//h2")]
    assert headings[:3] == ["Front sheet", "1. Purpose of Report", "2. Recommendations"]
    assert "6.1 Links to Police and Crime Plan Priorities" in headings
    assert "It updates the report that the board received on 10 September 2026." in page.text
    assert len(re.findall("Change the section", page.text)) == len(headings) - 1


def test_the_next_paper_of_a_series_carries_over_what_its_format_says(browser_of):
    browser = browser_of("report-author").visit("/papers/collaboration-2026-09")
    address = "/papers/collaboration-2026-09/next"

    browser.follow("Begin the next paper of its series").send(address, title="")
    assert browser.page.errors == ["Enter a title"]
    offered = browser.page.tree.xpath("//select[@name='meeting']/option/@value")
    assert "2027-03-11" in offered
    assert "2026-12-10" not in offered, "the series has a paper for that meeting"
    browser.send(address, title="Working together again", meeting="2026-12-10")
    assert browser.page.status == 409
    assert "has a paper for 10 December 2026 already" in browser.page.errors[0]
    browser.send(address, meeting="2027-03-11")
    assert browser.page.path == "/papers/working-together-again-2027-03"
    assert "12 chosen" in browser.page.text


def test_where_the_series_has_a_paper_for_every_later_meeting_the_page_says_so(browser_of):
    address = "/papers/collaboration-2026-09/next"
    browser = browser_of("report-author").visit(address)
    for number, meeting in enumerate(browser.page.tree.xpath("//select[@name='meeting']/option/@value")):
        browser.visit(address).send(address, title=f"Again {number}", meeting=meeting)
        assert browser.page.told, browser.page.errors

    assert "The series has a paper for every later meeting" in browser.visit(address).page.text
    last = f"/papers/again-{number}-{meeting[:7]}/next"
    assert "No later meeting of the board is known." in browser.visit(last).page.text


def test_papers_are_found_by_their_state(browser_of):
    browser = browser_of("report-author").visit("/papers").send("/papers", state="approved")

    assert "No paper fits." in browser.page.text
    browser.send("/papers", state="draft")
    assert {row[2] for row in browser.page.rows()} == {"Draft"}


def test_who_receives_a_paper_sees_what_was_released_and_nothing_else(browser_of, tmp_path):
    author = browser_of("report-author").visit(f"{PAPER}/front-sheet")
    author.send(f"{PAPER}/front-sheet", title="Not released yet").send(f"{PAPER}/versions")
    settings = settings_for(tmp_path / "site")
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.writing() as session:
        receiver = get_organisation(session, "northmoor-pcc")
        release(session, version=versions.get(session, DECEMBER, "0.1"), receiver=receiver, by="ada", now=NOON)
    stores.database.dispose()
    office = browser_of("commissioners-office").visit("/papers")

    (row,) = office.page.rows()
    assert (DECEMBER in row[0], row[1][:16], row[4]) == (True, "10 December 2026", "0.1, released on 23 November 2026")
    assert "Not released yet" not in office.page.text
    assert "There is no paper yet" not in office.page.text

    office.visit(PAPER)
    assert office.page.path == f"{PAPER}/versions"
    assert [text for text in office.page.links() if text.startswith("Version ")] == ["Version 0.1"]
    assert "Not released yet" not in office.page.text

    office.follow("Version 0.1")
    assert office.client.get(office.page.links()["Download version 0.1"]).content[:2] == b"PK"
    assert "Still missing" not in office.page.text
    for address in (f"{PAPER}/versions/0.2", f"{PAPER}/versions/0.2/document", f"{PAPER}/whole", f"{PAPER}/draft"):
        assert office.visit(address).page.status in {403, 404}


def test_a_paper_leads_to_its_review_and_brief(browser_of):
    browser = browser_of("report-author").visit(PAPER)

    browser.follow("Submit the paper, and see what stands in its way")
    assert (browser.page.status, browser.page.path) == (200, f"{PAPER}/review")
    assert browser.visit(PAPER).follow("A brief of the paper on one page").page.status == 200
    assert "See comments, clearances and decisions" in browser_of("reader").visit(PAPER).page.links()
