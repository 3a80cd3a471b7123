"""Whole jobs, each from signing in to its result, in browsers without JavaScript."""

import hashlib
from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from docx.document import Document
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.facts.demonstration_round import KEY
from tests.demonstrated import PASSWORD
from tests.listed import way_of
from tests.pages.reading import Browser
from tests.pages.test_formats import BROKEN, LETTERHEAD, sent

COLLABORATION = "/papers/collaboration-2026-12"
EVIDENCE = "/papers/digital-evidence-2026-12"
TOGETHER = "Working together: quarterly collaboration update, collaboration-2026-12"
LIST = "Two things:\n\n1. The aircraft came\n   - on Monday\n   - with a crew\n2. The hangar is let"


@pytest.fixture
def signs_in(site: FastAPI) -> Callable[[str], Browser]:
    """Makes a browser in which somebody signs in as people do: by the page that asks for it."""

    def make(account: str, password: str = PASSWORD) -> Browser:
        browser = Browser(TestClient(site, base_url="https://testserver", follow_redirects=False)).visit("/")
        browser.send("/sign-in", account=account, password=password)
        assert browser.page.heading.startswith("Welcome, "), browser.page.text
        return browser

    return make


def downloaded(browser: Browser, text: str) -> Document:
    """The document behind the link with this text."""
    answer = browser.client.get(browser.page.links()[text])
    assert "attachment" in answer.headers["content-disposition"]
    return docx.Document(BytesIO(answer.content))


def test_a_lead_answers_a_round_and_the_paper_prints_the_list(signs_in):
    lead = signs_in("workstream-lead").follow("Answer for National air support")
    assert "Last time, 13 November 2026: Progress" in lead.page.text
    lead.press("Send this answer", parts__progress=LIST, ratings__overall="green")
    assert lead.page.told == "Your answer for National air support is recorded."
    assert "No answer of yours is still to come." in lead.visit("/").page.text

    author = signs_in("report-author").follow("6 answers to read: Quarterly collaboration update, December 2026")
    author.follow("National air support").press("Accept")
    assert "Accepted: 5" in author.visit(f"/rounds/{KEY}").page.text
    author.visit("/").follow(TOGETHER).press("Generate a draft")
    assert author.page.heading == "Version 0.2"
    document = downloaded(author, "Download version 0.2")
    words = ("The aircraft came", "on Monday", "with a crew", "The hangar is let")
    assert [way_of(document, said) for said in words] == [(0, "decimal"), (1, "bullet"), (1, "bullet"), (0, "decimal")]


def test_an_author_makes_a_paper_and_finds_the_list_in_word(signs_in):
    author = signs_in("report-author").visit("/papers").follow("Begin a new paper")
    board = "performance-resources 2026-12-10"
    author.press("Begin the paper", title="Fleet renewal", meeting=board, format="scrutiny")
    paper = author.page.path
    assert author.page.heading == "Fleet renewal"

    author.follow("Front sheet").press("Save", agenda_number="8.0", chief_officer="deputy-chief-constable")
    assert author.page.told == "The front sheet is saved."
    author.follow("Workstreams").press("Add what is ticked", add=["OPS-01", "JNT-03"])
    author.visit(paper).follow("Consultees")
    assert "They answered for this meeting Head of Joint Operations (Joint armed policing" in author.page.text
    author.press("Add those ticked", add=["head-joint-operations"]).visit(paper)
    assert "1 named" in author.page.text
    author.follow("Purpose of Report")
    assert "One paragraph: what this paper is for" in author.page.text
    author.press("Save", blocks__0__text=LIST)
    author.follow("Checks").follow(
        "Put it right: Recommendations: To be written: this section is required and has no text yet."
    )
    assert author.page.path == f"{paper}/sections/recommendations"
    author.visit(paper).follow("Look at a preview")
    assert "it is not kept" in author.page.text
    assert way_of(downloaded(author, "Download the Word document"), "on Monday") == (1, "bullet")
    author.visit(paper).press("Generate a draft")
    document = downloaded(author, "Download version 0.1")
    assert way_of(document, "on Monday") == (1, "bullet")
    assert any("Head of Joint Operations" in paragraph.text for paragraph in document.paragraphs)


def test_an_approver_compares_sends_back_and_later_approves(signs_in):
    author, officer = signs_in("report-author"), signs_in("chief-officer")
    author.visit(EVIDENCE).follow("Submit the paper, and see what stands in its way").press("Submit the paper")
    assert author.page.told == "The paper is in review."

    officer.visit("/").visit(officer.page.tree.xpath("//main//table//a/@href")[0])
    assert officer.page.path == f"{EVIDENCE}/decide"
    officer.press("Send the paper back", reasons="Say what it costs.")
    assert officer.page.told == "The paper is sent back, and its author sees why."

    author.visit("/")
    (row,) = [row for row in author.page.rows(1) if "digital-evidence" in row[0]]
    assert "Sent back See why" in row[0], "it waits for the author, and says so"
    author.visit(EVIDENCE)
    assert "Sent back on 23 November 2026 by Chief officer Say what it costs." in author.page.text
    author.visit(EVIDENCE).follow("Purpose of Report").press("Save", blocks__0__text="It says what it **costs**.")
    author.visit(EVIDENCE).follow("Submit the paper, and see what stands in its way").press("Submit the paper")

    officer.visit(f"{EVIDENCE}/decide")
    officer.follow(next(text for text in officer.page.links() if text.startswith("Compare version")))
    assert "What is deleted is struck through, what is inserted is underlined." in officer.page.text
    changed = [link for text, link in officer.page.links().items() if "Inserted" in text or "Changed" in text]
    assert any("costs" in officer.page.tree.get_element_by_id(link[1:]).text_content() for link in changed)
    officer.visit(f"{EVIDENCE}/decide")
    digest = officer.page.tree.get_element_by_id("digest").text
    document = officer.client.get(officer.page.links()["Download the Word document"])
    assert hashlib.sha256(document.content).hexdigest() == digest
    officer.press("Approve this document", on_behalf_of="", remarks="Well done.")
    assert officer.page.told == "Version 1.0 is approved."
    assert digest in officer.page.text
    assert "Approved" in author.visit(EVIDENCE).page.text
    assert "Sent back" not in author.page.text
    kept = author.client.get(author.visit(f"{EVIDENCE}/versions/1.0").page.links()["Download version 1.0"])
    assert kept.content == document.content


def test_a_secretary_runs_a_round(signs_in, visitor):
    secretary = signs_in("board-secretary").visit("/rounds").follow("Open a round")
    secretary.press("Continue", paper="digital-evidence-2026-12")
    secretary.press("Open the round", key="evidence", due_on="soon")
    assert len(secretary.page.errors) == 1
    assert secretary.page.tree.xpath("//a[@href='#due_on']")
    secretary.press("Open the round", due_on="2026-11-20", as_at="2026-11-20")
    assert secretary.page.told == "The round is open: 3 workstreams are asked."
    secretary.follow("Ask more workstreams").press("Ask them too", ask=["NAT-03"])
    assert secretary.page.told == "1 workstream more is asked."

    secretary.follow("Digital evidence management")
    secretary.press("Give out a link", name="Regional office", days="14")
    (link,) = secretary.page.tree.xpath("//main//code/text()")
    visitor.visit(link[link.index("/answer-by-link") :])
    visitor.press("Send this answer", parts__progress="Three things:\n\n1. one\n2. two")
    assert visitor.page.heading == "Thank you"

    secretary.visit("/").follow("1 answer to read: Digital evidence and digital forensics, December 2026")
    secretary.follow("Digital evidence management").press("Send back")
    assert secretary.page.errors == ["Is needed when an answer is sent back"]
    secretary.press("Send back", reason="Which is the third?")
    visitor.visit(link[link.index("/answer-by-link") :])
    assert "Which is the third?" in visitor.page.text
    visitor.press("Send this answer", parts__progress="Three things:\n\n1. one\n2. two\n3. three")
    secretary.visit("/rounds/evidence/requests/DIG-01").press("Accept")
    assert secretary.page.told.endswith("is accepted.")

    secretary.visit("/rounds/evidence").press("Remind who has not answered")
    assert "No reminder reaches who answers for Digital forensics" in secretary.page.text
    secretary.follow("Late: no answer yet: 3")
    assert len(secretary.page.rows()) == 3
    secretary.visit("/rounds/evidence").press("Close the round")
    assert "This round is closed." in secretary.page.text
    secretary.visit("/meetings").follow("10 December 2026, Performance and Resources Scrutiny Board")
    secretary.press("Get the address of the board’s calendar")
    (calendar,) = secretary.page.tree.xpath("//main//code/text()")
    feed = secretary.client.get(calendar[calendar.index("/api/v1/") :]).text
    assert feed.startswith("BEGIN:VCALENDAR")


def test_a_broken_template_is_mended_and_a_second_person_puts_it_live(signs_in):
    manager = signs_in("template-manager").visit("/formats").follow("Scrutiny paper").follow("Upload a new version")
    manager.press("Check and upload", files=sent(template=BROKEN))
    assert manager.page.errors == ["Nothing was kept: 2 errors found. Put them right, and send the files again"]
    assert "{{ titel }}" in [block.text_content() for block in manager.page.tree.find_class("app-finding__quoted")]
    manager.press("Check and upload", files=sent(template=LETTERHEAD))
    manager.follow("Try it").press("Print the trial paper")
    manager.follow("See what this version changes in the last papers")
    assert "Northmoor Constabulary" in manager.page.rows()[0][-1]

    second = signs_in("administrator").visit("/formats/scrutiny/versions/2").press("Put version 2 live")
    assert second.page.told == "Version 2 is live: new papers are made with it."
    author = signs_in("report-author").visit("/papers").follow("Begin a new paper")
    author.press("Begin the paper", title="Fleet", meeting="performance-resources 2026-12-10", format="scrutiny")
    author.press("Generate a draft")
    assert "Northmoor Constabulary" in [said.text for said in downloaded(author, "Download version 0.1").paragraphs]


def test_two_leads_edit_the_same_update(signs_in, visitor):
    administrator = signs_in("administrator").visit("/accounts").follow("Make an account")
    administrator.press(
        "Make the account", key="second", name="Second lead", role="workstream-lead", organisation="northmoor"
    )
    administrator.press("Give a link to set a password")
    (link,) = administrator.page.tree.xpath("//p[contains(@class, 'govuk-inset-text')]/code/text()")
    visitor.visit(link[link.index("/set-password") :]).press("Set password", password=PASSWORD)

    first, second = signs_in("workstream-lead"), signs_in("second")
    for lead in (first, second):
        lead.visit("/workstreams").follow("Joint Serious Crime Directorate").follow("Report an update")
        lead.press("Continue", as_at="2026-11-22")
    first.press("Save the update", parts__progress="The *first* text.")
    assert first.page.told == "The update as at 22 November 2026 is saved."
    second.press("Save the update", parts__progress="The second text.\n\n- a list")
    assert second.page.status == 409
    assert "The first text." in second.page.text
    assert second.page.form(second.page.path).fields["parts.progress"].strip() == "The second text.\n\n- a list"
    second.press("Save the update", parts__progress="The *first* text, and the second:\n\n- a list")
    assert second.page.told == "The update as at 22 November 2026 is saved."
    first.visit("/workstreams/JNT-01")
    assert "The first text, and the second:" in first.page.text
    assert "a list" in [item.text_content().strip() for item in first.page.tree.xpath("//main//li")]
