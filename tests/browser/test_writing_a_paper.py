"""An author begins a paper, writes it in the editor, generates it, and finds the list in the Word document."""

import io

from docx import Document
from playwright.sync_api import Page

from app.web.pages import persons
from tests.browser.conftest import NARROWEST, WIDE, fits


def test_an_author_makes_fills_generates_and_downloads_a_paper(page: Page, signed_in, assert_accessible, pictured):
    signed_in(page, "report-author")
    page.get_by_role("link", name="Papers", exact=True).click()
    page.get_by_role("button", name="Begin a new paper").click()
    page.get_by_role("button", name="Begin the paper").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)

    page.get_by_label("Title").fill("Fleet renewal")
    page.get_by_label("Meeting").select_option(index=1)
    page.get_by_label("Format").select_option("scrutiny")
    page.get_by_role("button", name="Begin the paper").click()
    page.get_by_role("heading", name="Fleet renewal", level=1).wait_for()
    assert_accessible(page)
    pictured(page, "paper-begun")

    page.get_by_role("link", name="Purpose of Report").click()
    page.wait_for_url("**/sections/purpose")  # with all that it loads: the editor is there
    text = page.get_by_role("textbox", name="Text")
    text.click()
    page.keyboard.type("It asks the board to:")
    page.keyboard.press("Enter")
    page.keyboard.type("1. agree the order")
    page.keyboard.press("Enter")
    page.keyboard.type("note the price")
    assert_accessible(page)
    pictured(page, "section-in-the-editor")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("“Purpose of Report” is saved.").wait_for()

    page.get_by_role("button", name="Generate a draft").click()
    page.get_by_role("heading", name="Version 0.1", level=1).wait_for()
    assert_accessible(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download version 0.1").click()
    assert waiting.value.suggested_filename.endswith("Fleet renewal v0.1 DRAFT OFFICIAL.docx")
    document = Document(io.BytesIO(waiting.value.path().read_bytes()))
    (point,) = [paragraph for paragraph in document.paragraphs if paragraph.text == "note the price"]
    assert point._p.xpath("./w:pPr/w:numPr") or point.style.element.xpath("./w:pPr/w:numPr")


def test_an_author_finds_a_chief_officer_among_many(page: Page, signed_in, assert_accessible, pictured, monkeypatch):
    monkeypatch.setattr(persons, "MOST", 2)
    signed_in(page, "report-author")
    page.goto("/papers/collaboration-2026-12/front-sheet")
    officers = page.get_by_label("Chief officer")
    assert officers.locator("option").count() == 3, "nobody yet, and whom the paper names"
    assert_accessible(page)
    page.get_by_label("Title").fill("Working apart")

    page.get_by_label("Find people to choose from").fill("crime")
    page.get_by_role("button", name="Find people").click()
    page.get_by_text("found by “crime”").wait_for()
    assert page.get_by_label("Title").input_value() == "Working apart"
    assert_accessible(page)
    pictured(page, "people-found")
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    fits(page)
    pictured(page, "people-found-narrow")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    officers.select_option("acc-crime")
    page.get_by_label("Find people to choose from").fill("operations")
    page.keyboard.press("Enter")
    page.get_by_text("found by “operations”").wait_for()
    assert officers.input_value() == "acc-crime"
    page.get_by_label("Title").press("Enter")
    page.get_by_text("The front sheet is saved.").wait_for()
