"""Somebody looks at a document in the page; without JavaScript, it is downloaded."""

from urllib.parse import unquote

import pytest

from app import word

PAPER = "/papers/collaboration-2026-12"


@pytest.fixture
def author(browser_of):
    return browser_of("report-author")


def test_a_kept_version_is_shown_and_downloaded_as_it_was_kept(author):
    page = author.visit(f"{PAPER}/versions/0.1/preview").page
    (frame,) = page.tree.xpath("//iframe")

    assert page.heading == "Document of version 0.1"
    assert page.text.startswith("Working together: quarterly collaboration update Document of version 0.1")
    assert frame.get("title") == f"{page.heading}: Working together: quarterly collaboration update"
    file = author.client.get(page.links()["Download the Word document"])
    kept = author.client.get("/api/v1" + f"{PAPER}/versions/0.1/document")
    assert file.content == kept.content
    assert "v0.1 DRAFT" in unquote(file.headers["content-disposition"])


def test_what_would_be_generated_now_is_shown_and_not_kept(author):
    page = author.visit(f"{PAPER}/preview").page
    file = author.client.get(page.links()["Download the Word document"])

    assert page.heading == "Preview"
    assert "it is not kept" in page.text
    assert "Preview" in "\n".join(word.text_of(file.content)) + unquote(file.headers["content-disposition"])
    assert len(author.client.get("/api/v1" + f"{PAPER}/versions").json()["items"]) == 1


def test_only_the_frame_may_write_styles_and_only_we_may_show_it(author):
    page = author.visit(f"{PAPER}/versions/0.1/preview").page
    around = page.answer.headers["content-security-policy"]
    within = author.client.get(page.tree.xpath("//iframe/@src")[0]).headers["content-security-policy"]

    assert "unsafe-inline" not in around
    assert "style-src 'self' 'unsafe-inline'" in within
    assert "script-src 'self';" in within
    assert "frame-ancestors 'self'" in within


@pytest.mark.parametrize("what", ["", "/frame", "/document"])
@pytest.mark.parametrize("of", ["/preview", "/versions/0.1/preview", "/versions/9.9/preview"])
def test_what_does_not_exist_for_somebody_is_not_found(browser_of, of, what):
    outsider = browser_of("commissioners-office")

    assert outsider.client.get(f"{PAPER}{of}{what}").status_code in {403, 404}


def test_a_version_that_is_not_there_is_not_found(author):
    page = author.visit(f"{PAPER}/versions/9.9/preview").page

    assert page.status == 404
