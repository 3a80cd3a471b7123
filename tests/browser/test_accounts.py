"""An administrator lets a person and a program in."""

from playwright.sync_api import Page


def test_an_account_its_link_and_a_token(page: Page, signed_in, assert_accessible, pictured):
    signed_in(page, "administrator")
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("button", name="Make an account").click()
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)

    page.get_by_label("Account name").fill("ada")
    page.get_by_label("Name of the person or program").fill("Ada of the office")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("alert").get_by_text("The account ada was made.").wait_for()
    assert_accessible(page)

    page.get_by_role("button", name="Give a link").click()
    page.get_by_text("This is shown once.").wait_for()
    assert "/set-password?link=bpl_" in page.locator("code").inner_text()
    assert_accessible(page)
    pictured(page, "a-link-shown-once")

    page.get_by_role("link", name="Go back to the account").click()
    page.get_by_label("Name of the token").fill("nightly-download")
    page.get_by_label("Read facts").check()
    page.get_by_role("button", name="Give out the token").click()
    assert page.locator("code").first.inner_text().startswith("bp_")
    assert_accessible(page)
    page.get_by_role("link", name="Go back to the account").click()
    assert page.get_by_role("cell", name="facts:read").is_visible()
    assert_accessible(page)
    pictured(page, "an-account-with-a-token")
