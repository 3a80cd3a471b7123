"""The home page says what comes next."""


def test_an_author_sees_the_papers_to_come_and_what_they_lack(browser_of):
    page = browser_of("report-author").visit("/").page

    assert page.heading == "Welcome, Report author"
    assert [h.text_content() for h in page.tree.xpath("//main//h2")] == [
        "Papers for the next meetings",
        "Next meetings",
    ]
    (first, *_) = page.rows()
    assert first[2] == "0.1"
    assert page.navigation[0] == "Home"


def test_a_lead_sees_their_workstreams_and_no_drafts(browser_of):
    browser = browser_of("workstream-lead").visit("/")
    page = browser.page

    assert page.tree.xpath("//main//h2/text()")[:2] == ["Updates due", "Your workstreams"]
    assert browser.follow("Report on Joint Serious Crime Directorate").page.heading.startswith("Report on Joint")
    assert {len(row) for row in page.rows(1)} == {2}


def test_the_commissioners_office_sees_no_paper_that_was_not_released(browser_of):
    page = browser_of("commissioners-office").visit("/").page

    assert "There is no paper for a meeting to come." in page.text
