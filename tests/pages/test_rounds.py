"""A board secretary runs a round: sees who has answered, opens one, gives a link; an author accepts and sends back."""

import pytest

from app.web.pages.rounds import STANDINGS

ROUND = "/rounds/collaboration-2026-12"


@pytest.fixture
def secretary(browser_of):
    return browser_of("board-secretary")


def answered(browser) -> str:
    """Address of the first request whose answer waits to be read."""
    rows = browser.visit(ROUND).page.rows()
    place = next(number for number, row in enumerate(rows) if row[2] == "Answered, to be read")
    return browser.page.tree.xpath("//main//tbody/tr/th/a/@href")[place]


def test_a_round_is_watched_closed_and_opened_again(secretary):
    secretary.visit("/").visit("/rounds")
    assert "Rounds" in secretary.page.navigation
    secretary.visit(secretary.page.tree.xpath("//main//tbody//a/@href")[0])
    assert secretary.page.path == ROUND
    assert {row[2] for row in secretary.page.rows()} <= {words for words, _ in STANDINGS.values()}
    assert "still to come" in secretary.page.text

    secretary.send(f"{ROUND}/close")
    assert secretary.page.told == "The round is closed: it takes no answers, and nobody is reminded."
    assert secretary.visit("/rounds").page.rows()[0][3] == "Closed"
    secretary.visit(ROUND).send(f"{ROUND}/open")
    assert secretary.page.told == "The round is open again."


def test_an_answer_is_sent_back_with_a_reason_or_accepted(browser_of):
    author = browser_of("report-author")
    address = answered(author)
    author.visit(address)
    (back,) = [form.get("action") for form in author.page.tree.forms if "send-back" in form.get("action")]
    author.send(back, reason=" ")
    assert (author.page.status, author.page.errors) == (422, ["Enter why it is sent back"])
    author.send(back, reason="Which quarter is the figure of?")
    assert author.page.told.endswith("was sent back.")
    assert "Which quarter is the figure of?" in author.visit(address).page.text
    author.send(back.replace("send-back", "accept"))
    assert author.page.told.endswith("is accepted.")
    assert author.client.post(address + "/answers/99/accept").status_code == 404


def test_a_link_is_shown_once_and_taken_away(secretary):
    address = f"{ROUND}/asked/JNT-01"
    secretary.visit(address).send(f"{address}/links", name="", days="400")
    assert len(secretary.page.errors) == 2
    secretary.send(f"{address}/links", name="Programme office of the region", days="7")
    secret = secretary.page.tree.xpath("//code")[0].text
    assert "bl_" in secret
    assert "content-encoding" not in secretary.page.answer.headers

    secretary.visit(address)
    assert secret.rpartition("/")[2] not in secretary.page.answer.text
    row = secretary.page.rows()[-1]
    assert (row[0], row[2]) == ("Programme office of the region", "Never")
    (take,) = [form.get("action") for form in secretary.page.tree.forms if "revoke" in form.get("action")][-1:]
    secretary.send(take)
    assert secretary.page.rows()[-1][1].startswith("Taken away")


def test_a_round_is_opened_for_a_paper(secretary):
    secretary.visit("/rounds").follow("Open a round").send("/new-round")
    assert secretary.page.errors == ["Enter a paper"]
    (field,) = secretary.page.tree.xpath("//select[@name='paper']")
    there = [value for value in field.value_options if value == "collaboration-2026-12"]
    other = next(value for value in field.value_options if value and value not in there)
    for known in there:
        secretary.send("/new-round", paper=known)
        assert secretary.page.status == 409
    secretary.send("/new-round", paper=other, due_on="next week")
    assert "must be a date like 2026-03-26" in secretary.page.errors[0]
    secretary.send("/new-round", paper=other, due_on="2026-12-01", name="Everything")
    assert secretary.page.path == f"/rounds/{other}"
    assert secretary.page.heading == "Everything"
    assert "Answers are due on 1 December 2026" in secretary.page.text


@pytest.mark.parametrize("address", ["/rounds", "/new-round", ROUND, f"{ROUND}/asked/JNT-01"])
def test_leads_do_not_run_rounds(browser_of, address):
    assert browser_of("workstream-lead").visit(address).page.status == 403
