"""An author begins a paper, writes it in the editor, generates it, and finds the list in the Word document."""

import io

from docx import Document
from playwright.sync_api import Page


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
