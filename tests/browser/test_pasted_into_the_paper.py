"""A lead pastes from Word into the update; in the paper its lists are lists of Word, its merged cells are merged."""

from io import BytesIO

from docx import Document
from playwright.sync_api import expect

from app.upkeep.stores import open_stores
from tests.browser.clipboards import WORD, paste
from tests.demonstrated import settings_for
from tests.listed import way_of
from tests.stories import generate


def test_what_a_lead_pastes_from_word_is_a_list_of_word_in_the_paper(page, signed_in, site):
    signed_in(page, "workstream-lead")
    page.goto("/workstreams/JNT-01/updates/2026-11-20")
    progress = page.get_by_role("textbox", name="Progress this time")
    progress.click()
    page.keyboard.press("Control+a")
    paste(page, WORD)
    expect(progress.locator("td[colspan='2']")).to_have_text("Kind")
    page.get_by_role("button", name="Save the update").click()
    page.wait_for_url("**/workstreams/JNT-01")
    expect(page.get_by_role("cell", name="diesel")).to_be_visible()

    document = drafted(site, "collaboration-2026-12")
    assert {words: way_of(document, words) for words in ("Vans", "electric", "diesel", "Cars")} == {
        "Vans": (0, "lowerRoman"),
        "electric": (1, "lowerLetter"),
        "diesel": (1, "lowerLetter"),
        "Cars": (0, "lowerRoman"),
    }
    (table,) = [table for table in document.tables if table.cell(0, 0).text.strip() == "Kind"]
    assert [[cell.text.strip() for cell in row.cells] for row in table.rows] == [
        ["Kind", "Kind", "Ordered"],
        ["Vans", "electric", "4"],
        ["Vans", "diesel", "2"],
    ]


def drafted(site, reference: str):
    """The paper, generated from what is kept now."""
    settings = settings_for(site.folder)
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    content = stores.blobs.get(generate(stores.database, stores.blobs, reference).version.file_digest)
    stores.database.dispose()
    return Document(BytesIO(content))
