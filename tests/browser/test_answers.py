"""A lead answers a round in the browser, pasting from Word; somebody outside answers by a link; two answer at once."""

import re

from playwright.sync_api import Page, expect

from app.facts.demonstration_round import KEY
from app.rounds import queries
from app.upkeep.stores import open_stores
from tests.browser import conftest as browser
from tests.demonstrated import settings_for

ANSWER = f"/rounds/{KEY}/requests/NAT-03/answer"


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
        other.get_by_label("Who answers").select_option("head-contact")
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
