"""An approver compares, sends back, and later approves: the story, in a browser."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import conftest as browser
from tests.stories import NOON

PAPER = "/papers/digital-evidence-2026-12"

REWORD = """async paper => {
    const address = `/api/v1${paper}/sections/purpose`
    const before = await fetch(address)
    const section = await before.json()
    section.blocks = [{kind: 'narrative', text: 'This paper says what it costs.'}]
    const headers = {'If-Match': before.headers.get('etag'), 'Content-Type': 'application/json'}
    return (await fetch(address, {method: 'PUT', headers, body: JSON.stringify(section)})).status
}"""


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Iterator[browser.Site]:
    """The service on the day on which the demonstration was made: a paper is approved between writing and meeting."""
    with browser.serving(browser.copied(installed, tmp_path / "site"), now=NOON) as site:
        yield site


def test_an_approver_compares_sends_back_and_later_approves(
    chromium, site, page: Page, signed_in, assert_accessible, pictured
):
    with browser.watched(chromium, site.address) as officer:
        signed_in(officer, "chief-officer")
        signed_in(page, "report-author").goto(f"{PAPER}/review")
        assert_accessible(page)
        page.get_by_role("button", name="Submit the paper").click()
        page.get_by_text("The paper is in review.").wait_for()

        officer.goto(f"{PAPER}/decide")
        officer.frame_locator("iframe").locator("body[data-state=shown]").wait_for()
        assert_accessible(officer)
        officer.get_by_role("button", name="Send the paper back").click()
        officer.get_by_role("link", name="Enter why the paper goes back").click()
        assert officer.evaluate("document.activeElement.id") == "reasons"
        assert_accessible(officer)
        officer.keyboard.type("Say what it costs.")
        officer.get_by_role("button", name="Send the paper back").click()
        officer.get_by_text("The paper is sent back").wait_for()
        assert_accessible(officer)

        page.goto("/")
        page.get_by_role("link", name="See why").wait_for()
        assert_accessible(page)
        page.goto(PAPER)
        page.get_by_role("heading", name="Sent back on").wait_for()
        assert_accessible(page)
        pictured(page, "sent-back")
        page.goto(f"{PAPER}/review")
        page.get_by_text("Say what it costs.").wait_for()
        assert page.evaluate(REWORD, PAPER) == 200
        page.reload()
        page.get_by_role("button", name="Submit the paper").click()
        page.get_by_text("The paper is in review.").wait_for()
        pictured(page, "review")

        officer.goto(f"{PAPER}/decide")
        officer.get_by_role("link", name="Compare version").click()
        officer.get_by_role("link", name=". Inserted").first.wait_for()
        assert "This paper says what it costs." in officer.locator("ins").all_inner_texts()[-1] + officer.content()
        officer.goto(f"{PAPER}/decide")
        officer.frame_locator("iframe").locator("body[data-state=shown]").wait_for()
        pictured(officer, "decide")
        digest = officer.locator("#digest").inner_text()
        officer.get_by_label("In my own name").check()
        officer.get_by_role("button", name="Approve this document").click()
        officer.get_by_text("is approved.").wait_for()
        assert officer.get_by_text(digest).is_visible()
        assert_accessible(officer)
        pictured(officer, "approved")

        with browser.watched(chromium, site.address) as secretary:
            signed_in(secretary, "board-secretary").goto(PAPER)
            secretary.get_by_role("link", name="Release version 1.0").click()
            assert_accessible(secretary)
            secretary.get_by_role("button", name="Release version 1.0").click()
            secretary.get_by_text("The version is released.").wait_for()
            secretary.get_by_role("link", name="Reissue under another agenda number").click()
            secretary.get_by_label("Agenda number").fill("99")
            secretary.get_by_role("button", name="Reissue the paper").click()
            secretary.get_by_role("link", name="is not on the meeting's agenda").click()
            assert secretary.evaluate("document.activeElement.id") == "agenda_number"
            assert_accessible(secretary)
            secretary.get_by_label("Agenda number").fill("8.0")
            secretary.get_by_role("button", name="Reissue the paper").click()
            secretary.get_by_text("The paper is reissued as version 1.0.1.").wait_for()
            assert_accessible(secretary)
            pictured(secretary, "reissued")

            with closing(sqlite3.connect(site.folder / "boardpapers.sqlite")) as kept, kept:
                kept.execute("UPDATE meeting SET held_on = ? WHERE held_on = '2026-12-10'", (str(NOON.date()),))
            secretary.goto(f"{PAPER}/outcome")
            secretary.get_by_label("What did the meeting make of the paper?").fill("The board noted it.")
            secretary.get_by_label("Due on (1)").fill("2027-03-01")
            secretary.get_by_role("button", name="Save").click()
            secretary.get_by_role("link", name="Enter what is to be done").click()
            assert_accessible(secretary)
            secretary.keyboard.type("Bring the cost.")
            secretary.get_by_role("button", name="Save").click()
            secretary.get_by_text("The outcome is recorded.").wait_for()
            secretary.get_by_text("Action 1 is done").first.click()
            assert_accessible(secretary)
            pictured(secretary, "outcome")
            secretary.get_by_role("button", name="Action 1 is done").click()
            secretary.get_by_text("Action 1 is done.").wait_for()
            assert_accessible(secretary)
