"""Signing in and out as a person does it, by keyboard alone."""

from playwright.sync_api import Page

from tests.demonstrated import PASSWORD


def test_by_keyboard_from_the_first_page_to_the_last(page: Page, assert_accessible):
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("report-author")
    page.keyboard.press("Tab")
    page.keyboard.type("not this one")
    page.keyboard.press("Enter")

    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert_accessible(page)

    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Welcome, Report author").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Sign out").press("Enter")
    page.get_by_role("heading", name="You have signed out").wait_for()
