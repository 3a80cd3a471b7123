"""People sign in, show again who they are, set a password, and sign out: without JavaScript."""

import pytest

from app.accounts import queries, sign_in
from app.upkeep.stores import open_stores
from tests.demonstrated import PASSWORD, settings_for
from tests.stories import NOON


def test_who_is_not_signed_in_is_asked_to_and_then_goes_on_to_the_page(visitor):
    visitor.visit("/prove?next=/keyboard")
    assert (visitor.page.heading, visitor.page.title) == ("Sign in", "Sign in – Boardpapers")

    visitor.send("/sign-in", account="report-author", password=PASSWORD)

    assert visitor.page.path == "/prove?next=/keyboard"
    assert visitor.page.told == "You are signed in as Report author."
    assert visitor.visit("/").page.told is None


def test_a_wrong_password_keeps_the_name_and_says_no_more_than_that(visitor):
    visitor.visit("/sign-in").send("/sign-in", account="report-author", password="not this one")

    assert visitor.page.status == 401
    assert visitor.page.title == "Error: Sign in – Boardpapers"
    assert visitor.page.errors == ["Name and password do not go together, or the account is shut."]
    assert visitor.page.form("/sign-in").fields["account"] == "report-author"
    assert not visitor.page.form("/sign-in").fields["password"]


def test_what_was_left_empty_is_named_beside_its_field(visitor):
    visitor.visit("/sign-in").send("/sign-in", account=" ", password="")

    assert visitor.page.status == 422
    assert visitor.page.errors == ["Enter your account name", "Enter your password"]
    assert visitor.page.tree.get_element_by_id("account").get("aria-describedby") == "account-error"
    links = [link.get("href") for link in visitor.page.tree.find_class("govuk-error-summary")[0].iter("a")]
    assert links == ["#account", "#password"]


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x", "/a\nb"]
)
def test_nobody_is_sent_elsewhere(visitor, onward):
    visitor.visit("/sign-in").send("/sign-in", account="reader", password=PASSWORD, next=onward)

    assert visitor.page.path == "/"


def test_signing_out_ends_the_session(browser_of):
    browser = browser_of("reader")
    secret = dict(browser.client.cookies)

    browser.send("/sign-out")
    assert browser.page.heading == "You have signed out"

    browser.client.cookies.update(secret)
    assert browser.visit("/").page.heading == "Sign in"


def test_a_form_of_another_site_is_refused(browser_of):
    browser = browser_of("reader")

    answer = browser.client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert browser.visit("/").page.heading.startswith("Welcome")


def test_what_was_typed_when_the_session_ended_is_sent_again(browser_of):
    browser, other = browser_of("reader"), browser_of("reader")
    browser.visit("/prove?next=/keyboard")
    browser.client.cookies.clear()

    browser.send("/prove", password=PASSWORD)
    assert (browser.page.status, browser.page.heading) == (401, "Your session has ended")
    kept = dict(browser.page.form("/prove").form_values())
    assert kept["next"] == "/keyboard"
    assert "password" not in kept, "a password is never given back"

    browser.client.cookies = other.client.cookies
    browser.send("/prove")
    assert browser.page.errors == ["Enter your password"]


@pytest.mark.parametrize(
    "said", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_nothing_is_kept_of_what_another_site_sends_without_a_session(visitor, said):
    del visitor.client.headers["Sec-Fetch-Site"]

    answer = visitor.client.post("/accounts/reader/role", data={"role": "administrator"}, headers=said)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_link_sets_a_password_once(visitor, tmp_path):
    settings = settings_for(tmp_path / "site")
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.writing() as session:
        secret, _ = sign_in.give_link(session, queries.get(session, "reader"), by="ada", now=NOON)
    stores.database.dispose()
    address = f"/set-password?link={secret}"

    visitor.visit(address).send("/set-password", password="too short")
    assert visitor.page.status == 422
    assert visitor.page.errors[0].startswith("Must have 12 to 200 characters")

    visitor.send("/set-password", password="four words are better still")
    assert (visitor.page.heading, visitor.page.told) == ("Sign in", "Your password is set. Sign in with it.")
    visitor.send("/sign-in", account="reader", password="four words are better still")
    assert visitor.page.heading == "Welcome, Reader"
    visitor.visit(address)
    assert (visitor.page.status, visitor.page.heading) == (404, "This link cannot be used")
    assert "Ask an administrator" in visitor.page.text


def test_somebody_shows_again_who_they_are(browser_of):
    browser = browser_of("chief-officer").visit("/prove?next=/keyboard")

    browser.send("/prove", password="not this one")
    assert (browser.page.status, browser.page.errors) == (401, ["This is not your password"])

    browser.send("/prove", password=PASSWORD)
    assert (browser.page.heading, browser.page.told) == ("Keyboard help", "Thank you. You can decide now.")
