"""Two leads edit the same update in their browsers: what is typed is kept, and neither text is lost."""

import re

from playwright.sync_api import Page, expect

from tests.browser import conftest as browser

DAY = "/workstreams/JNT-01/updates/2026-11-22"


def test_what_is_typed_is_kept_while_it_is_typed_and_shown_again(page: Page, signed_in, assert_accessible):
    signed_in(page, "workstream-lead").goto(DAY)
    page.get_by_role("textbox", name="Progress this time").click()
    page.keyboard.type("The desk is open.")

    expect(page.locator("#kept")).to_have_text(re.compile(r"Kept for you at \d\d:\d\d"))
    assert_accessible(page)
    page.goto("/")
    page.goto(DAY)
    expect(page.get_by_text("This is what you typed on")).to_be_visible()
    expect(page.get_by_role("textbox", name="Progress this time")).to_have_text("The desk is open.")
    assert_accessible(page)


def test_what_is_typed_into_a_section_is_kept_without_the_picture_that_is_chosen(page: Page, signed_in, tmp_path):
    section = "/papers/collaboration-2026-12/sections/purpose"
    (tmp_path / "plan.png").write_bytes(b"a picture")
    signed_in(page, "report-author").goto(section)
    page.get_by_text("Add a picture to this text").click()
    page.locator("input[type=file]").first.set_input_files(tmp_path / "plan.png")
    with page.expect_request("**/unsent?**") as kept:
        page.get_by_role("textbox", name="Text", exact=True).click()
        page.keyboard.type("Half a sentence. ")
    assert "Half a sentence" in kept.value.post_data
    assert "plan.png" not in kept.value.post_data

    expect(page.locator("#kept")).to_have_text(re.compile(r"Kept for you at \d\d:\d\d"))
    page.locator("input[type=file]").first.set_input_files([])
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(section)
    expect(page.get_by_text("This is what you typed on")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_contain_text("Half a sentence.")


def test_what_cannot_be_kept_is_said(page: Page, signed_in):
    signed_in(page, "workstream-lead").goto(DAY)
    page.context.clear_cookies()
    page.get_by_role("textbox", name="Progress this time").click()
    page.keyboard.type("Is this safe?")

    expect(page.locator("#kept")).to_contain_text("could not be kept")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Joint Serious Crime Directorate")


def test_two_leads_save_the_same_update(page: Page, chromium, site, signed_in, assert_accessible, pictured):
    with browser.watched(chromium, site.address) as other:
        signed_in(page, "workstream-lead").goto(DAY)
        signed_in(other, "board-secretary").goto(DAY)
        for window, words in ((page, "The first text."), (other, "The second text.")):
            window.get_by_role("textbox", name="Progress this time").click()
            window.keyboard.type(words)
            window.get_by_role("button", name="Save the update").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Joint Serious Crime Directorate")
        expect(other.get_by_role("alert")).to_contain_text("Somebody else saved this update meanwhile")
        expect(other.get_by_text("The first text.")).to_be_visible()
        expect(other.get_by_role("textbox", name="Progress this time")).to_have_text("The second text.")
        assert_accessible(other)
        pictured(other, "two-leads")
        other.get_by_role("button", name="Save the update").click()
        expect(other.get_by_text("The update as at 22 November 2026 is saved.")).to_be_visible()
        assert_accessible(other)
