"""The brief is one sheet of paper."""

import re

from playwright.sync_api import Page

PAPER = "/papers/collaboration-2026-12"


def test_the_brief_is_printed_on_one_sheet(page: Page, signed_in, assert_accessible, pictured, tmp_path):
    signed_in(page, "chief-officer").goto(f"{PAPER}/brief")
    assert_accessible(page)
    pictured(page, "brief")

    page.wait_for_load_state("networkidle")
    printed = page.pdf(format="A4", prefer_css_page_size=False)
    (tmp_path / "brief.pdf").write_bytes(printed)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
