"""What holds for all pages: headers, navigation, problems said as pages, assets that are kept for ever."""

import gzip

import pytest

from app.web.pages import layout


def test_a_page_lets_nothing_in_from_elsewhere_and_is_kept_nowhere(visitor):
    headers = visitor.visit("/sign-in").page.answer.headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "same-origin")


def test_no_page_has_a_script_or_a_style_written_into_it(visitor, browser_of):
    for page in (visitor.visit("/sign-in").page, browser_of("report-author").visit("/").page):
        assert page.tree.xpath("//style | //script[not(@src)] | //*[@style] | //*[@onclick]") == []


def test_assets_are_kept_for_ever_under_a_name_of_their_content(visitor):
    address = layout.asset("site.css")

    answer = visitor.client.get(address, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert visitor.client.get("/assets/site-000000000000.css").status_code == 404
    assert visitor.client.get("/assets/..%2Fmanifest.json").status_code == 404


def test_the_first_page_is_small(visitor, browser_of):
    """No more than 60 kB travel for the first page, before and after signing in, style sheets and scripts included."""
    page = visitor.visit("/sign-in").page
    addresses = page.tree.xpath("//head/link[@rel='stylesheet' or @rel='icon']/@href | //head/script/@src")
    packed = [len(gzip.compress(visitor.client.get(address).content)) for address in addresses]

    assert len(packed) == 4
    assert sum(packed) + len(gzip.compress(page.answer.content)) <= 60_000
    for account in ("workstream-lead", "report-author", "administrator"):
        home = browser_of(account).page
        assert home.tree.xpath("//head/link[@rel='stylesheet' or @rel='icon']/@href | //head/script/@src") == addresses
        assert sum(packed) + len(gzip.compress(home.answer.content)) <= 60_000


@pytest.mark.parametrize("address", ["/nowhere", "/assets/none.css", "/problems/none"])
def test_what_is_not_there_is_said_as_a_page(browser_of, address):
    page = browser_of("reader").visit(address).page

    assert (page.status, page.heading) == (404, "Page not found")
    assert page.links()["Go to the home page"] == "/"


def test_programs_are_told_in_problem_documents_and_browsers_in_pages(visitor):
    asked = {"Accept": "*/*"}

    assert visitor.client.get("/nowhere", headers=asked).headers["content-type"] == "application/problem+json"
    assert visitor.client.get("/api/v1/papers").headers["content-type"] == "application/problem+json"
    assert visitor.client.get("/nowhere").headers["content-type"] == "text/html; charset=utf-8"


def test_what_is_too_large_is_said_as_a_page(visitor):
    page = visitor.visit("/sign-in").send("/sign-in", account="a" * 3_000_000).page

    assert (page.status, page.heading) == (413, "That is too large")


def test_a_failure_is_said_as_a_page_without_what_failed(site, browser_of, monkeypatch):
    browser = browser_of("reader")
    browser.client._transport.raise_server_exceptions = False
    monkeypatch.setattr("app.web.pages.home.papers.to_come", lambda *_, **__: 1 / 0)

    page = browser.visit("/").page

    assert (page.status, page.heading) == (500, "Sorry, something went wrong")
    assert "ZeroDivision" not in page.answer.text
    assert page.answer.headers["x-request-id"] in page.text


def test_guides_are_open_to_all(visitor):
    assert visitor.visit("/accessibility").page.heading == "Accessibility statement"
    assert visitor.visit("/keyboard").page.heading == "Keyboard help"


def test_what_was_just_done_is_told_by_a_cookie_that_no_sister_domain_sets(browser_of):
    lead = browser_of("workstream-lead").visit("/workstreams/JNT-01/updates/2026-11-22")
    answer = lead.client.post("/workstreams/JNT-01/updates/2026-11-22", data={"deed": "nothing", "seen": "0"})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-boardpapers-said=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    lead.client.cookies.clear()
    lead.client.cookies.set("boardpapers-said", "Send%20your%20password")
    assert "Send your password" not in lead.client.get("/sign-in").text


@pytest.mark.parametrize(
    ("account", "address", "place"),
    [
        ("board-secretary", "/", "Home"),
        ("board-secretary", "/new-round", "Rounds"),
        ("board-secretary", "/new-meeting", "Meetings"),
        ("board-secretary", "/calendars", "Meetings"),
        ("board-secretary", "/new-entry/people", "Directory"),
        ("template-manager", "/new-format", "Formats"),
        ("template-manager", "/template-reference", "Formats"),
        ("administrator", "/new-account", "Accounts"),
    ],
)
def test_the_navigation_says_in_which_part_a_page_is(browser_of, account, address, place):
    tree = browser_of(account).visit(address).page.tree

    assert [link.text_content().strip() for link in tree.xpath("//nav//a[@aria-current]")] == [place]
