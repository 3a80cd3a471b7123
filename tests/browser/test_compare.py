"""Two versions in a browser: the list leads to each change, and all of it fits a telephone."""

from playwright.sync_api import Page

from tests.browser.conftest import NARROWEST, fits

PAPER = "/papers/collaboration-2026-12"

REWORD = """async paper => {
    const address = `/api/v1${paper}/sections/purpose`
    const before = await fetch(address)
    const section = await before.json()
    section.blocks = [
        {kind: 'narrative', text: 'This paper tells the board what the force does.\\n\\nIt is short.'},
        {kind: 'narrative', text: '| Unit | Staff |\\n| --- | --- |\\n| Dogs | 7 |'}
    ]
    const headers = {'If-Match': before.headers.get('etag'), 'Content-Type': 'application/json'}
    await fetch(address, {method: 'PUT', headers, body: JSON.stringify(section)})
    return (await fetch(`/api/v1${paper}/versions`, {method: 'POST'})).status
}"""


def test_an_approver_follows_a_change(page: Page, signed_in, assert_accessible, pictured):
    signed_in(page, "report-author")
    assert page.evaluate(REWORD, PAPER) == 201
    page.goto(f"{PAPER}/compare")
    assert_accessible(page)
    pictured(page, "compare")

    page.get_by_role("link", name=". Inserted").first.click()
    target = page.locator(":target")
    assert "app-said--changed" in target.get_attribute("class")
    assert target.locator("ins").count() == 1

    page.get_by_role("link", name="Show only what changed").click()
    page.get_by_role("heading", name="What changed").wait_for()
    assert_accessible(page)
    pictured(page, "compare-changes")
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    fits(page)
