"""The document as it is drawn in the page: its words, headings and pictures, in a frame that fits the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, RULES

PAPER = "/papers/collaboration-2026-12"


def test_an_author_sees_the_document_and_downloads_it(page: Page, signed_in, assert_accessible, pictured):
    signed_in(page, "report-author").goto(f"{PAPER}/versions/0.1/preview")
    frame = page.frame_locator("iframe")
    frame.locator("body[data-state=shown]").wait_for()

    assert "0.1" in frame.locator("#pages").inner_text()
    assert frame.get_by_role("heading", level=2).count() > 1
    assert_accessible(page)
    pictured(page, "preview")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the Word document").click()
    assert waiting.value.suggested_filename.endswith(".docx")


def test_the_frame_is_for_everybody_and_fits_a_telephone(page: Page, signed_in, pictured):
    signed_in(page, "report-author").goto(f"{PAPER}/preview/frame")
    page.locator("body[data-state=shown]").wait_for()
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()

    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    size = page.get_by_role("button", name="Full size")
    size.wait_for()
    pages = page.locator("#pages")
    assert pages.evaluate("it => it.scrollWidth <= it.clientWidth")
    pictured(page, "preview-frame")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    size.click()
    assert size.get_attribute("aria-pressed") == "true"
    assert pages.evaluate("it => it.scrollWidth > it.clientWidth")


def test_a_document_that_cannot_be_had_is_said(page: Page, signed_in):
    signed_in(page, "report-author")
    page.route("**/preview/document", lambda route: route.fulfill(status=409, json={"detail": "Try again later."}))
    page.goto(f"{PAPER}/preview/frame")

    page.get_by_role("status").filter(has_text="Try again later.").wait_for()
