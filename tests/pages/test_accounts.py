"""An administrator makes an account, says what it is for and what exists for it, gives links and tokens, shuts it."""

from datetime import timedelta

import pytest

from app.accounts import queries as accounts
from app.accounts.models import Role
from tests.clock import set_clock
from tests.demonstrated import PASSWORD
from tests.stories import NOON

ADA = "/accounts/ada"
NEW = {"key": "ada", "name": "Ada of the office", "role": "report-author", "organisation": "northmoor"}


@pytest.fixture
def administrator(browser_of):
    return browser_of("administrator")


@pytest.fixture
def with_ada(administrator):
    return administrator.visit("/accounts").follow("Make an account").send("/new-account", **NEW)


def secret_on(page) -> str:
    return page.tree.xpath("//p[contains(@class, 'govuk-inset-text')]/code")[0].text


def test_accounts_are_listed_and_found(administrator):
    administrator.visit("/accounts")
    assert administrator.page.navigation[-3:] == ["Accounts", "Audit log", "Service"]
    assert len(administrator.page.rows()) == 9
    administrator.send("/accounts", q="REPORT")
    assert [row[0] for row in administrator.page.rows()] == ["Report author report-author"]
    administrator.visit("/accounts").send("/accounts", role="approver")
    assert [row[1] for row in administrator.page.rows()] == ["Approver"]
    administrator.send("/accounts", q="nobody")
    assert "No account matches what you look for." in administrator.page.text


def test_a_long_list_has_pages(administrator, monkeypatch):
    monkeypatch.setattr("app.web.pages.accounts.MOST", 5)
    administrator.visit("/accounts")
    first = administrator.page.rows()
    administrator.follow("Next page")
    assert len(first) + len(administrator.page.rows()) == 9
    administrator.follow("First page")
    assert administrator.page.rows() == first


def test_a_new_account_is_opened_by_a_link_that_is_shown_once(with_ada, visitor):
    assert with_ada.page.path == ADA
    assert with_ada.page.told.startswith("The account ada was made.")

    with_ada.send(f"{ADA}/link")
    link = secret_on(with_ada.page)
    assert "content-encoding" not in with_ada.page.answer.headers
    assert with_ada.page.answer.headers["cache-control"] == "no-store"
    assert "bpl_" in link
    assert "bpl_" not in with_ada.visit(ADA).page.answer.text

    visitor.visit(link.partition("8000")[2]).send("/set-password", password=PASSWORD)
    visitor.send("/sign-in", account="ada", password=PASSWORD)
    assert visitor.page.heading == "Welcome, Ada of the office"

    with_ada.visit(ADA).send(f"{ADA}/shut")
    assert with_ada.page.told == "ada is shut: no password, session or token opens it."
    assert visitor.visit("/").page.heading == "Sign in"


def test_what_is_wrong_is_said_beside_its_field_and_kept(administrator):
    administrator.visit("/new-account").send("/new-account", key="not a name", name="", role="approver")

    assert administrator.page.status == 422
    assert len(administrator.page.errors) == 2
    assert administrator.page.form("/new-account").fields["key"] == "not a name"
    assert administrator.page.form("/new-account").fields["role"] == "approver"
    administrator.send("/new-account", key="reader", name="Another")
    assert (administrator.page.status, administrator.page.errors) == (409, ["There already is an account “reader”."])
    administrator.send("/new-account", key="new", name="Another", organisation="nowhere")
    assert administrator.page.errors == ["There is no organisation “nowhere”"]


def test_role_and_remits_are_changed(with_ada):
    with_ada.send(f"{ADA}/role", role="approver", organisation="northmoor-pcc")
    assert with_ada.page.told == "ada is now: approver."
    boards = with_ada.page.tree.xpath("//input[@name='boards']/@value")
    with_ada.send(f"{ADA}/confine", boards=boards[:1], markings="OFFICIAL\n", workstreams="JNT-01\nJNT-99")
    assert with_ada.page.errors == ["There is no workstream JNT-99"]
    assert with_ada.page.form(f"{ADA}/confine").fields["workstreams"].split() == ["JNT-01", "JNT-99"]
    with_ada.send(f"{ADA}/confine", workstreams="JNT-01")
    assert f"Boards: {boards[0]}" in with_ada.page.text
    assert "Markings: OFFICIAL" in with_ada.page.text
    with_ada.send(f"{ADA}/confine", boards=None, markings="", workstreams="")
    assert "Limits None" in with_ada.page.text


def test_the_person_who_signs_in_is_named_and_what_is_asked_of_them_waits(with_ada, browser_of, monkeypatch):
    with_ada.send(f"{ADA}/role", role="workstream-lead", organisation="northmoor")
    assert "Person in papers and rounds Nobody" in with_ada.page.text
    assert "Answer for" not in browser_of("ada").page.text

    with_ada.send(f"{ADA}/person", person="nobody-of-this-key")
    assert (with_ada.page.status, with_ada.page.errors) == (422, ["There is no person “nobody-of-this-key”"])
    monkeypatch.setattr("app.web.pages.persons.MOST", 3)
    with_ada.visit(ADA).press("Find people", person_words="constable operations")
    assert "1 person is found by “constable operations”." in with_ada.page.text
    with_ada.press("Change the person", person="acc-operations")
    assert with_ada.page.told == "ada is Assistant Chief Constable (Operations) in papers and rounds."
    assert "Answer for National air support" in browser_of("ada").page.links()
    with_ada.press("Change the person", person="")
    assert with_ada.page.told == "ada is nobody in papers and rounds."
    assert "Answer for" not in browser_of("ada").page.text
    events = with_ada.visit("/audit?under=account/ada").page.rows()
    assert [row[2] for row in events].count("Person of an account namedaccount.person-named") == 2


def test_an_account_is_made_for_a_person(administrator, browser_of):
    administrator.visit("/new-account")
    assert "Workstream lead Reports workstreams and answers rounds." in administrator.page.text
    administrator.press("Make the account", **NEW | {"role": "workstream-lead", "person": "acc-operations"})
    assert "Person in papers and rounds Assistant Chief Constable (Operations)" in administrator.page.text
    assert "Answer for National air support" in browser_of("ada").page.links()


def test_a_token_is_shown_once_and_taken_away(with_ada):
    assert "Generate papers papers:generate" in with_ada.page.text
    with_ada.send(f"{ADA}/tokens", name="nightly")
    assert with_ada.page.errors == ["Choose what the token is for"]
    with_ada.send(f"{ADA}/tokens", scopes=["facts:read"], days="30")
    token = secret_on(with_ada.page)
    asked = {"Authorization": f"Bearer {token}", "Accept": "*/*"}
    with_ada.client.cookies.clear()
    assert with_ada.client.get("/api/v1/boards", headers=asked).status_code == 200
    assert with_ada.client.get("/api/v1/audit", headers=asked).status_code == 403


def test_tokens_are_told_of_and_taken_away(with_ada):
    with_ada.send(f"{ADA}/tokens", name="nightly", only="all", days="")
    token = secret_on(with_ada.page)
    with_ada.visit(ADA)
    assert with_ada.page.rows()[0][:4] == ["nightly", "Everything that the account may do", "Never", "Never"]
    assert token not in with_ada.page.answer.text
    with_ada.send(f"{ADA}/tokens/nightly/revoke")
    assert with_ada.page.told == "The token nightly was taken away: it opens nothing any more."
    assert "The account has no token." in with_ada.page.text


def test_the_last_administrator_and_the_command_line_stay(administrator):
    address = "/accounts/administrator"
    administrator.visit(address).send(f"{address}/role", role="reader")
    assert administrator.page.status == 409
    assert administrator.page.errors == ["“administrator” is the last administrator. Make another one first."]
    administrator.visit("/accounts/command-line")
    assert "nobody changes it" in administrator.page.text
    for deed in ("link", "shut"):
        assert administrator.client.post(f"/accounts/command-line/{deed}").status_code == 409


@pytest.mark.parametrize("address", ["/accounts", "/new-account", "/accounts/reader", "/audit", "/service"])
def test_nobody_else_sees_them(browser_of, address):
    assert browser_of("board-secretary").visit(address).page.status == 403


def test_what_opens_accounts_asks_for_a_fresh_proof_and_loses_nothing(site, browser_of):
    browser = browser_of("administrator").visit("/accounts/reader")
    set_clock(site, lambda: NOON + timedelta(minutes=25))
    proof = "Show again that it is you, then send this again: nothing of what you typed is lost"

    for action, typed in {
        "role": {"role": "administrator"},
        "confine": {"markings": "OFFICIAL"},
        "person": {"person": "acc-operations"},
        "tokens": {"name": "mine"},
        "link": {},
    }.items():
        browser.visit("/accounts/reader").send(f"/accounts/reader/{action}", **typed)
        assert (browser.page.status, browser.page.errors) == (403, [proof]), action
    with site.state.premises.database.reading() as session:
        assert accounts.get(session, "reader").role is Role.READER

    browser.visit("/accounts/reader").follow("Show that it is you").send("/prove", password=PASSWORD)
    assert browser.page.path == "/accounts/reader"
    browser.send("/accounts/reader/role", role="administrator")
    assert browser.page.told == "reader is now: administrator."
