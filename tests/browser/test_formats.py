"""A template manager mends a broken template, and a second person puts it live."""

from playwright.sync_api import Page

from app import word
from tests.browser.conftest import watched
from tests.pages.test_formats import BROKEN, LETTERHEAD

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def file(content: bytes) -> dict:
    return {"name": "template.docx", "mimeType": WORD, "buffer": content}


def test_from_a_broken_template_to_one_that_is_live(page: Page, chromium, site, signed_in, assert_accessible, pictured):
    signed_in(page, "template-manager")
    page.get_by_role("link", name="Formats").click()
    page.get_by_role("link", name="Scrutiny paper").click()
    page.get_by_role("button", name="Upload a new version").click()

    page.get_by_label("Word template").set_input_files(file(BROKEN))
    page.get_by_role("button", name="Check and upload").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert page.get_by_text("{{ titel }}", exact=True).is_visible()
    assert_accessible(page)
    pictured(page, "findings-of-a-broken-template")
    page.get_by_role("link", name="Nothing was kept").click()
    assert page.evaluate("document.activeElement.id") == "found"

    page.get_by_label("Word template").set_input_files(file(LETTERHEAD))
    page.get_by_role("button", name="Check and upload").click()
    page.get_by_role("alert").get_by_text("Version 2 was uploaded").wait_for()
    assert page.get_by_text("You uploaded this version.").is_visible()
    assert page.get_by_role("button", name="Put version 2 live").count() == 0
    assert_accessible(page)
    pictured(page, "an-uploaded-version")

    page.get_by_role("link", name="Try it").click()
    page.get_by_role("button", name="Print the trial paper").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download the paper").click()
    assert "Northmoor Constabulary" in word.text_of(downloading.value.path().read_bytes())
    assert_accessible(page)
    page.get_by_role("link", name="See what this version changes").click()
    assert page.get_by_role("cell", name="Northmoor Constabulary").first.is_visible()
    assert_accessible(page)
    pictured(page, "effect-of-a-version")

    with watched(chromium, site.address) as second:
        signed_in(second, "administrator")
        second.goto("/formats/scrutiny/versions/2")
        assert second.get_by_text("You are the second person").is_visible()
        assert_accessible(second)
        second.get_by_role("button", name="Put version 2 live").click()
        second.get_by_role("alert").get_by_text("Version 2 is live").wait_for()
        assert_accessible(second)
        second.goto("/formats/scrutiny")
        assert second.get_by_text("Papers are made with version 2.").is_visible()
        assert_accessible(second)
        pictured(second, "a-format-with-two-versions")
