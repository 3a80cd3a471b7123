"""The tree of workstreams and the history of each, as a browser without JavaScript shows them."""

import pytest

from app.accounts import queries as accounts
from app.web.pages import workstreams as pages


def headings(page, level):
    return [" ".join(heading.text_content().split()) for heading in page.tree.xpath(f"//main//h{level}")]


def test_the_tree_shows_what_each_workstream_reported_last(browser_of):
    page = browser_of("workstream-lead").visit("/workstreams").page

    assert page.heading == "Workstreams"
    assert "Workstreams" in page.navigation
    names = [row[0] for number in range(len(page.tree.xpath("//main//table"))) for row in page.rows(number)]
    assert any(name.startswith("Joint Serious Crime Directorate JNT-01") for name in names)
    assert any("was " in row[1] for number in range(len(page.tree.xpath("//main//table"))) for row in page.rows(number))
    (count,) = page.tree.xpath("//main//p[@role='status']")
    assert count.text_content().split()[0] == str(len(names))


def test_a_search_finds_words_in_names_references_and_owners(browser_of):
    browser = browser_of("report-author").visit("/workstreams").send("/workstreams", q="serious JOINT")
    assert browser.page.rows()[0][0].startswith("Joint Serious Crime Directorate")
    assert "1 workstream found" in browser.page.text

    assert "JNT-01" in browser.send("/workstreams", q="jnt-01").page.text
    browser.send("/workstreams", q="100%")
    assert "Nothing fits all of that" in browser.page.text
    assert browser.follow("Show all").page.rows()


def test_a_theme_is_shown_with_those_below_it(browser_of):
    browser = browser_of("report-author").visit("/workstreams")
    whole = browser.page.text
    browser.send("/workstreams", theme="joint-saltmarch")

    assert "JNT-01" in browser.page.text
    assert len(browser.page.text) < len(whole)


def test_a_long_list_comes_in_pages_that_name_their_themes(browser_of, monkeypatch):
    browser = browser_of("report-author").visit("/workstreams")
    every = [
        row for number in range(len(browser.page.tree.xpath("//main//table"))) for row in browser.page.rows(number)
    ]
    monkeypatch.setattr(pages, "PAGE_SIZE", 5)

    found = []
    for number in range(1, -(-len(every) // 5) + 1):
        page = browser.visit(f"/workstreams?page={number}").page
        tables = range(len(page.tree.xpath("//main//table")))
        found += [row for table in tables for row in page.rows(table)]
        assert headings(page, 2), "the themes above are told on every page"

    assert found == every


def test_a_history_tells_ratings_in_words_and_the_updates(browser_of):
    browser = browser_of("workstream-lead").visit("/workstreams").follow("Joint Serious Crime Directorate")
    page = browser.page

    assert page.heading == "Joint Serious Crime Directorate"
    assert page.rows()[0][0] == "Overall"
    assert {cell.removesuffix(" changed") for cell in page.rows()[0][1:]} <= {"Red", "Amber", "Green", "Not rated"}
    assert headings(page, 3)[0].startswith("As at ")
    assert headings(page, 4)[:3] == ["Progress", "Recent activity", "Future work"]
    assert "restructure" in page.text
    picture = browser.client.get("/workstreams/JNT-01/ratings.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.count("<circle") == sum(len(row) - 1 for row in page.rows())


def test_a_long_history_comes_in_pages(browser_of, monkeypatch):
    monkeypatch.setattr(pages, "STRIP", 1)
    browser = browser_of("workstream-lead").visit("/workstreams/JNT-01")
    days = [headings(browser.page, 3)]
    while "Earlier updates" in browser.page.links():
        days.append(headings(browser.follow("Earlier updates").page, 3))

    assert len(days) >= 3
    assert all(len(day) == 1 for day in days)
    assert len({day[0] for day in days}) == len(days)


@pytest.mark.parametrize("account", ["commissioners-office", "report-author"])
def test_what_is_not_seen_is_not_there(browser_of, account):
    browser = browser_of(account)
    status = browser.visit("/workstreams/JNT-01").page.status

    assert status == (404 if account == "commissioners-office" else 200)
    assert browser.visit("/workstreams/NOT-THERE").page.status == 404
    if account == "commissioners-office":
        assert "JNT-01" not in browser.visit("/workstreams").page.text


def test_colours_are_in_a_style_sheet_of_their_own(browser_of):
    browser = browser_of("reader").visit("/workstreams")
    (address,) = [a for a in browser.page.tree.xpath("//link/@href") if a.startswith("/ratings/")]
    used = {c for c in " ".join(browser.page.tree.xpath("//main//strong/@class")).split() if c.startswith("rating-")}

    sheet = browser.client.get(address)
    assert "immutable" in sheet.headers["cache-control"]
    assert all(f".{name}{{" in sheet.text for name in used)
    assert used


def test_what_was_sent_back_is_said_to_be_wherever_it_was_reported_last(site, browser_of):
    asked = "/rounds/collaboration-2026-12/requests/NAT-03"
    lead, author = browser_of("workstream-lead"), browser_of("report-author")
    with site.state.premises.database.writing() as session:
        accounts.get(session, "workstream-lead").workstreams = ["NAT-03"]

    def answer(**said: str) -> None:
        lead.visit(f"{asked}/answer").send(f"{asked}/answer", **said)
        assert lead.page.told == "Your answer for National air support is recorded."

    def told() -> list[bool]:
        """Whether home page, tree and history say that it was sent back."""
        row = next(row for row in author.visit("/workstreams?q=NAT-03").page.rows() if "NAT-03" in row[0])
        (mine,) = lead.visit("/").page.tree.xpath("//h2[@id='workstreams']/following-sibling::div[1]//tbody/tr")
        newest = author.visit("/workstreams/NAT-03").page.tree.xpath("//article")[0]
        return [
            "Sent back" in row[2],
            "Sent back" in mine.text_content(),
            "Sent back Papers do not print this." in " ".join(newest.text_content().split()),
        ]

    answer(press="deed=changed", parts__progress="It came.", ratings__overall="amber")
    assert told() == [False] * 3
    author.visit(asked).send(f"{asked}/judgement", press="verdict=sent-back", reason="From where?")
    assert told() == [True] * 3
    answer(press="deed=changed", parts__progress="It came by night.", ratings__overall="amber")
    assert told() == [False] * 3, "what was answered then is what was reported last"

    answer(press="deed=no-change", last="2026-11-13", parts__progress="", ratings__overall="")
    page = author.visit("/workstreams/NAT-03").page
    assert "Taken back Papers do not print this: a later answer says that nothing has changed" in page.text
