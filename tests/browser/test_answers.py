"""A lead answers a round in the browser, pasting from Word; somebody outside answers by a link; two answer at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.facts.demonstration_round import KEY
from app.rounds import queries
from app.upkeep.stores import open_stores
from tests.browser import conftest as browser
from tests.browser.clipboards import WORD, paste
from tests.demonstrated import settings_for
from tests.stories import NOON

ANSWER = f"/rounds/{KEY}/requests/NAT-03/answer"
EVIDENCE = "digital-evidence-2026-12"


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Iterator[browser.Site]:
    """The service over a demonstration of the test's own, on a day on which its round is late."""
    with browser.serving(browser.copied(installed, tmp_path / "site"), now=NOON) as site:
        yield site


def test_a_lead_types_an_answer_which_is_kept_meanwhile(page: Page, site, signed_in, assert_accessible, pictured):
    signed_in(page, "workstream-lead")
    page.get_by_role("link", name="Answer for National air support").click()
    page.wait_for_url(f"**{ANSWER}")
    page.get_by_role("textbox", name="Progress this time").click()
    page.keyboard.type("The aircraft came.")
    expect(page.locator("#kept")).to_have_text(re.compile(r"Kept for you at \d\d:\d\d"))
    assert_accessible(page)
    page.goto("/")
    page.goto(ANSWER)
    expect(page.get_by_role("textbox", name="Progress this time")).to_have_text("The aircraft came.")
    pictured(page, "answer")
    page.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("Your answer for National air support is recorded.")).to_be_visible()
    assert_accessible(page)
    pictured(page, "answered")


def test_two_answer_the_same_request(page: Page, chromium, site, signed_in, assert_accessible, pictured):
    with browser.watched(chromium, site.address) as other:
        signed_in(page, "workstream-lead").goto(ANSWER)
        signed_in(other, "board-secretary").goto(ANSWER)
        other.get_by_label("In whose name").select_option("head-contact")
        for window, words in ((page, "The first text."), (other, "The second text.")):
            window.get_by_role("textbox", name="Progress this time").click()
            window.keyboard.type(words)
            window.get_by_role("button", name="Send this answer").click()

        expect(page.get_by_text("is recorded.")).to_be_visible()
        expect(other.get_by_role("alert")).to_contain_text("Another answer was saved meanwhile")
        expect(other.get_by_text("The first text.")).to_be_visible()
        expect(other.get_by_role("textbox", name="Progress this time")).to_have_text("The second text.")
        assert_accessible(other)
        pictured(other, "two-answers")
        other.get_by_role("button", name="Send this answer").click()
        expect(other.get_by_text("is recorded.")).to_be_visible()
    settings = settings_for(site.folder)
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.reading() as session:
        answers = queries.get_request(session, KEY, "NAT-03").answers
        assert [answer.update.parts[0].narrative for answer in answers] == [
            "<p>The first text.</p>",
            "<p>The second text.</p>",
        ]
    stores.database.dispose()


def test_an_answer_is_pasted_from_word(page: Page, site, signed_in, assert_accessible):
    signed_in(page, "workstream-lead").goto(ANSWER)
    progress = page.get_by_role("textbox", name="Progress this time")
    progress.click()
    paste(page, WORD)
    expect(progress.locator("td[colspan='2']")).to_have_text("Kind")
    page.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("is recorded.")).to_be_visible()
    expect(page.get_by_role("cell", name="diesel")).to_be_visible()
    assert_accessible(page)

    settings = settings_for(site.folder)
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.reading() as session:
        (part,) = queries.get_request(session, KEY, "NAT-03").answers[-1].update.parts
    stores.database.dispose()
    assert '<ol type="i">' in part.narrative
    assert '<ol type="a">' in part.narrative
    assert 'colspan="2"' in part.narrative


def test_a_secretary_runs_a_round(page: Page, chromium, site, signed_in, assert_accessible, pictured):
    signed_in(page, "board-secretary")
    page.get_by_role("link", name="Rounds").click()
    page.get_by_role("button", name="Open a round").click()
    page.get_by_label("For which paper?").select_option("digital-evidence-2026-12")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Its key").fill("evidence")
    page.get_by_label("Answers are due on").fill("")
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Answers are due on").fill("2099-11-30")
    page.get_by_label("Day as at which workstreams report").fill("2099-11-30")
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_text("The round is open")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("table").get_by_role("link").first.click()
    asked = page.url

    page.get_by_label("Name of the person or office outside").fill("Regional office")
    page.get_by_role("button", name="Give out a link").click()
    address = page.locator("main code").inner_text()
    assert_accessible(page)
    pictured(page, "link-given")
    with browser.watched(chromium, site.address) as outside:
        outside.goto(address[address.index("/answer-by-link") :])
        outside.get_by_label("Progress this time").fill("Three things:\n\ni. one\nii. two")
        assert_accessible(outside)
        outside.get_by_role("button", name="Send this answer").click()
        expect(outside.get_by_role("heading", name="Thank you")).to_be_visible()
        assert_accessible(outside)

    page.goto(asked)
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("alert")).to_contain_text("Is needed when an answer is sent back")
    assert_accessible(page)
    page.get_by_label("Why it is sent back").fill("Which is the third?")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("is sent back.")).to_be_visible()
    page.get_by_role("button", name="Close the round").click()
    expect(page.get_by_text("This round is closed.")).to_be_visible()
    assert_accessible(page)


def test_a_secretary_watches_chases_accepts_and_prepares_the_meeting(
    page: Page, site, signed_in, assert_accessible, pictured
):
    signed_in(page, "board-secretary")
    assert_accessible(page)
    page.get_by_role("link", name="5 answers to read").click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(6)
    page.get_by_role("link", name="Late: no answer yet: 2").click()
    assert_accessible(page)
    page.get_by_role("button", name="Remind who has not answered").click()
    expect(page.get_by_text(re.compile(r"Reminders sent: \d"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Answered")).click()
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("is accepted.")).to_be_visible()

    page.get_by_role("link", name="Meetings", exact=True).click()
    page.get_by_role("link", name=re.compile("^10 December 2026")).click()
    expect(page.get_by_text("3 answers are still to come")).to_be_visible()
    page.get_by_role("link", name="Change place and agenda").click()
    page.get_by_label("Item", exact=True).last.fill("Date of the next meeting")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter the number of the item")
    assert_accessible(page)
    page.get_by_label("Number", exact=True).last.fill("9.0")
    pictured(page, "agenda")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The meeting is saved.")).to_be_visible()
    page.get_by_label("Agenda item of From the scene to the court").select_option("9.0")
    page.get_by_role("button", name="Save the numbers").click()
    expect(page.get_by_text("The numbers of the papers are saved.")).to_be_visible()
    assert_accessible(page)
    pictured(page, "meeting")
    page.goto(f"/papers/{EVIDENCE}")
    expect(page.get_by_text("item 9.0")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Get the address of the board").click()
    calendar = page.locator("main code").inner_text()
    answer = page.request.get(calendar[calendar.index("/api/v1/calendar/") :])
    assert answer.text().startswith("BEGIN:VCALENDAR")
    assert_accessible(page)
