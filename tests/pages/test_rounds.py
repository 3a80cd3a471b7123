"""A secretary opens a round, watches it, reads answers, gives out links and closes it. Without JavaScript."""

from datetime import date

import pytest

from app.facts.demonstration_round import KEY
from app.people.queries import get_person
from app.rounds import queries
from app.rounds.commands import RequestEntry, RoundEntry, save_round
from tests.stories import NOON

ROUND = f"/rounds/{KEY}"
REG = f"{ROUND}/requests/REG-01"


def the_round(site, key=KEY):
    with site.state.premises.database.reading() as session:
        return queries.find(session, key)


def test_a_secretary_sees_who_has_answered_and_who_has_not(browser_of):
    secretary = browser_of("board-secretary").visit("/").visit("/rounds")
    assert secretary.page.rows() == [
        [
            f"Quarterly collaboration update, December 2026{KEY}",
            "Performance and Resources Scrutiny Board10 December 2026",
            "20 November 2026",
            "3 of 12",
        ]
    ]
    secretary.follow("Quarterly collaboration update, December 2026")
    assert len(secretary.page.rows()) == 12
    assert [words for words in secretary.page.links() if words.startswith(("Late", "Sent back"))] == [
        "Late: no answer yet: 2",
        "Sent back: 1",
    ]
    secretary.follow("Late: no answer yet: 2")
    assert [row[1:] for row in secretary.page.rows()] == [["Late: no answer yet", "–"]] * 2
    late = [row[2] for row in secretary.visit(ROUND).page.rows() if row[2].endswith("late")]
    assert len(late) == 1


def test_rounds_are_found_and_a_long_list_goes_on(site, browser_of, monkeypatch):
    secretary = browser_of("board-secretary").visit("/new-round?paper=digital-evidence-2026-12")
    secretary.press("Open the round", key="evidence")
    secretary.press("Close the round").visit("/rounds")
    names = [row[0] for row in secretary.page.rows()]
    assert [name.rpartition("2026")[2] for name in names] == ["-12", "evidence"]
    secretary.press("Find rounds", now="open", words="DECEMBER quarterly", board="performance-resources")
    assert [row[0] for row in secretary.page.rows()] == names[:1]
    secretary.press("Find rounds", now="closed")
    assert secretary.page.text.endswith("No round fits. Show every round")
    secretary.press("Find rounds", words="")
    assert [row[0] for row in secretary.page.rows()] == names[1:]

    monkeypatch.setattr("app.web.pages.rounds.PAGE_SIZE", 1)
    secretary.visit("/rounds").press("Find rounds", words="december")
    assert [row[0] for row in secretary.page.rows()] == names[:1]
    assert [row[0] for row in secretary.follow("More rounds").page.rows()] == names[1:]
    assert secretary.page.tree.xpath("//input[@name='words']/@value") == ["december"]


def test_a_round_gets_more_time_and_two_who_change_it_lose_nothing(site, browser_of):
    more = "Change the name, or the day on which answers are due"
    secretary = browser_of("board-secretary").visit(ROUND).follow(more)
    other = browser_of("report-author").visit(ROUND).follow(more)
    secretary.press("Save", due_on="next week", name="")
    assert len(secretary.page.errors) == 2
    assert secretary.page.form(f"{ROUND}/change").fields["due_on"] == "next week"
    secretary.press("Save", due_on="2026-11-30", name="Autumn")
    assert secretary.page.told == "The round is saved: answers are due on 30 November 2026."
    assert secretary.page.heading == "Autumn"
    assert "Late: no answer yet" not in secretary.page.text
    assert len(the_round(site).requests) == 12

    other.press("Save", due_on="2026-12-01")
    assert other.page.status == 409
    assert "What was saved meanwhile Autumn, due on 30 November 2026." in other.page.text
    other.press("Save", name="Autumn")
    assert (the_round(site).name, the_round(site).due_on) == ("Autumn", date(2026, 12, 1))
    lead = browser_of("workstream-lead")
    assert lead.visit(f"{ROUND}/change").page.status == 403
    assert lead.client.post(f"{ROUND}/change", data={"name": "Mine", "due_on": "2027-01-01"}).status_code == 403
    assert more not in lead.visit(ROUND).page.links()


def test_a_round_that_runs_asks_further_workstreams_and_two_who_add_some_lose_none(site, browser_of):
    more = "Ask more workstreams"
    secretary = browser_of("board-secretary").visit(ROUND).follow(more)
    other = browser_of("report-author").visit(ROUND).follow(more)
    before = [(one.workstream.ref, one.parts, len(one.answers)) for one in the_round(site).requests]
    first, second, third, *_ = offered = secretary.page.tree.xpath("//input[@name='ask']/@value")
    assert len(offered) == len(set(offered))
    assert not set(offered) & {ref for ref, *_ in before}

    secretary.press("Ask them too", parts=["progress"])
    assert (secretary.page.status, secretary.page.errors) == (422, ["Choose at least one workstream"])
    assert secretary.page.tree.xpath("//a[@href='#ask']")
    assert secretary.page.tree.xpath("//input[@name='parts'][@checked]/@value") == ["progress"]
    secretary.press("Ask them too", ask=[first, second])
    assert secretary.page.told == "2 workstreams more are asked."
    assert len(secretary.page.rows()) == len(before) + 2

    other.press("Ask them too", ask=[second, third])
    assert other.page.told == "1 workstream more is asked."
    asked = [(one.workstream.ref, one.parts, len(one.answers)) for one in the_round(site).requests]
    assert asked == [*before, (first, ["progress"], 0), (second, ["progress"], 0), (third, [], 0)]
    other.visit(f"{ROUND}/requests/{third}").follow("Answer")
    assert set(other.visit(f"{ROUND}/more").page.tree.xpath("//input[@name='ask']/@value")) == set(offered[3:])


def test_who_is_asked_is_the_rounds_own_and_a_closed_one_asks_nobody_else(site, browser_of):
    more = f"{ROUND}/more"
    lead = browser_of("workstream-lead").visit(ROUND)
    assert "Ask more workstreams" not in lead.page.links()
    assert lead.visit(more).page.status == 403
    assert lead.client.post(more, data={"ask": "NAT-01"}).status_code == 403
    assert browser_of("commissioners-office").visit(more).page.status in {403, 404}
    secretary = browser_of("board-secretary").visit(more)
    secretary.send(more, ask=["NONE-1"])
    assert secretary.page.errors == ["There is no workstream “NONE-1” here"]
    ref = secretary.page.tree.xpath("//input[@name='ask']/@value")[0]

    secretary.visit(ROUND).press("Close the round")
    assert "Ask more workstreams" not in secretary.page.links()
    assert "The round is closed, and asks nobody." in secretary.visit(more).page.text
    asked = len(the_round(site).requests)
    answer = secretary.client.post(more, data={"ask": ref})
    assert (answer.status_code, len(the_round(site).requests)) == (409, asked)


def test_whom_no_reminder_reaches_is_said(site, browser_of):
    secretary = browser_of("board-secretary").visit(ROUND)
    unreached = "No reminder reaches who answers for National air support: no e-mail address is known."
    assert unreached in secretary.page.text
    assert "No reminder reaches" not in browser_of("reader").visit(ROUND).page.text
    with site.state.premises.database.writing() as session:
        get_person(session, "acc-operations").contact = "operations@northmoor.example"
    assert "No reminder reaches" not in secretary.visit(ROUND).page.text


def test_a_round_is_opened_for_a_paper_with_the_days_of_its_meeting(site, browser_of):
    secretary = browser_of("board-secretary").visit("/rounds").follow("Open a round")
    secretary.send("/new-round", paper="digital-evidence-2026-12")
    form = secretary.page.form("/new-round")
    assert form.fields["due_on"] == form.fields["as_at"]
    wanted = secretary.page.tree.xpath("//input[@name='ask']/@value")
    assert len(wanted) > 1
    secretary.send("/new-round", key="evidence", ask=wanted[:1], parts=["progress"], due_on="2026-11-30")

    made = the_round(site, "evidence")
    assert secretary.page.told == "The round is open: 1 workstream is asked."
    assert secretary.page.path == "/rounds/evidence"
    assert [(one.workstream.ref, one.parts) for one in made.requests] == [(wanted[0], ["progress"])]
    assert (made.due_on, made.closed) == (date(2026, 11, 30), False)


def test_a_part_that_is_asked_for_is_not_left_empty(site, browser_of):
    secretary = browser_of("board-secretary").visit("/new-round?paper=collaboration-2026-12")
    secretary.send("/new-round", key="again", ask=["NAT-03"], parts=["progress"])
    answer = "/rounds/again/requests/NAT-03/answer"
    lead = browser_of("workstream-lead").visit(answer).send(answer, press="deed=changed", parts__progress=" ")
    assert lead.page.errors == ["Is asked for, and is empty"]
    assert lead.page.tree.xpath("//a[@href='#parts.progress']")
    assert lead.send(answer, press="deed=changed", parts__progress="Said.").page.told


def test_what_is_wrong_with_a_new_round_is_said_and_kept(site, browser_of):
    secretary = browser_of("board-secretary").visit("/new-round?paper=collaboration-2026-12")
    secretary.send("/new-round", name="Again")
    assert secretary.page.errors == ["There is a round with this key already: choose another"]
    assert secretary.page.form("/new-round").fields["name"] == "Again"
    secretary.send("/new-round", key="other", due_on="soon", ask=None)
    assert secretary.page.status == 422
    assert len(secretary.page.errors) == 2
    secretary.send("/new-round", key="other", due_on="2026-11-30", ask=["JNT-01", "NONE-1"])
    assert secretary.page.errors == ["The paper has no workstream “NONE-1”"]
    assert the_round(site, "other") is None


def test_an_answer_is_sent_back_with_a_reason_and_accepted(site, browser_of):
    author = browser_of("report-author").visit(REG)
    author.send(f"{REG}/judgement", press="verdict=sent-back")
    assert author.page.errors == ["Is needed when an answer is sent back"]
    author.send(f"{REG}/judgement", press="verdict=sent-back", reason="Which region?")
    assert author.page.told.endswith("is sent back.")
    assert "Which region?" in browser_of("workstream-lead").visit(f"{REG}/answer").page.text
    author.visit(REG).send(f"{REG}/judgement", press="verdict=accepted")
    assert author.page.told.endswith("is accepted.")
    assert "Accepted on 23 November 2026 at 12:00." in author.visit(REG).page.text


def test_only_the_newest_answer_is_judged(browser_of):
    author, lead = browser_of("report-author").visit(REG), browser_of("workstream-lead").visit(f"{REG}/answer")
    lead.send(f"{REG}/answer", press="deed=changed", parts__progress="Newer.")
    author.send(f"{REG}/judgement", press="verdict=accepted")
    assert author.page.status == 409
    assert author.page.errors == ["There is a newer answer. Read it, and judge that one."]


def test_a_link_is_shown_once_opens_and_is_taken_away(site, browser_of, visitor):
    secretary = browser_of("board-secretary").visit(REG)
    secretary.send(f"{REG}/links", days="100")
    assert len(secretary.page.errors) == 2
    secretary.send(f"{REG}/links", name="Regional office", days="14")
    (address,) = secretary.page.tree.xpath("//main//code/text()")
    assert secretary.page.answer.headers.get("content-encoding") is None
    path = address[address.index("/answer-by-link") :]
    assert "as Regional office" in visitor.visit(path).page.text

    secretary.visit(REG)
    assert path.partition("=")[2] not in secretary.page.answer.text
    secretary.send(f"{REG}/links/2/taken")
    assert secretary.page.told == "The link opens nothing any more."
    assert visitor.visit(path).page.status == 404


def test_a_round_is_closed_and_opened_again(site, browser_of):
    secretary = browser_of("board-secretary").visit(ROUND).send(f"{ROUND}/closed", press="deed=close")
    assert the_round(site).closed
    assert "This round is closed." in secretary.page.text
    assert "Answer" not in browser_of("workstream-lead").visit(f"{ROUND}/requests/NAT-03").page.links()
    secretary.send(f"{ROUND}/closed", press="deed=open")
    assert not the_round(site).closed


def test_who_has_not_answered_is_reminded_once(site, browser_of, tmp_path):
    with site.state.premises.database.writing() as session:
        get_person(session, "acc-operations").contact = "operations@northmoor.example"
        other = queries.get_request(session, KEY, "NAT-03").round
        twin = RoundEntry(
            key="twin",
            name="Another",
            organisation="northmoor",
            board="performance-resources",
            meeting=date(2026, 12, 10),
            due_on=other.due_on,
            as_at=None,
            closed=False,
            requests=(RequestEntry("NAT-03", (), None),),
        )
        save_round(session, twin, by="ada", at=NOON)
    secretary = browser_of("board-secretary").visit(ROUND).send(f"{ROUND}/reminders")
    assert secretary.page.told == "Reminders sent: 3."
    letters = [letter.read_text() for letter in (tmp_path / "site" / "mail").iterdir()]
    assert any("operations@northmoor.example" in letter for letter in letters)
    assert all("Quarterly collaboration update" in letter for letter in letters), "the other round's were not asked for"
    secretary.send(f"{ROUND}/reminders")
    assert secretary.page.told == "Nobody is to be reminded now who was not before."
    assert len(list((tmp_path / "site" / "mail").iterdir())) == len(letters) == 3
    assert browser_of("workstream-lead").client.post(f"{ROUND}/reminders").status_code == 403


def test_the_address_of_the_boards_calendar_is_shown_once(browser_of):
    secretary = browser_of("board-secretary").visit(ROUND).send(f"{ROUND}/calendar")
    (address,) = secretary.page.tree.xpath("//main//code/text()")
    answer = secretary.client.get(address[address.index("/api/v1/calendar/") :])
    assert answer.text.startswith("BEGIN:VCALENDAR")


def test_a_page_that_is_loaded_again_gives_out_nothing_more(browser_of):
    secretary = browser_of("board-secretary").visit(ROUND)
    sent = dict(secretary.page.form(f"{ROUND}/calendar").fields)
    (address,) = secretary.send(f"{ROUND}/calendar").page.tree.xpath("//main//code/text()")
    again = secretary.client.post(f"{ROUND}/calendar", data=sent)
    assert (again.status_code, "after you opened that page" in again.text) == (409, True)
    secretary.visit(ROUND).follow("Your calendars")
    assert secretary.page.text.count("Performance and Resources Scrutiny Board") == 2, "seen, and said of its button"
    reader = browser_of("report-author")
    assert reader.client.post("/calendars/1/taken").status_code == 404, "everybody has their own"
    secretary.send("/calendars/1/taken")
    assert secretary.page.told == "The calendar is taken away: nothing is at its address any more."
    assert "You have no calendar." in secretary.page.text
    assert secretary.client.get(address[address.index("/api/v1/calendar/") :]).status_code == 404
    assert secretary.visit(ROUND).send(f"{ROUND}/calendar").page.status == 200

    before = secretary.visit(REG).page.text.count("Take away the link")
    sent = {**secretary.page.form(f"{REG}/links").fields, "name": "Regional office", "days": "14"}
    first, again = (secretary.client.post(f"{REG}/links", data=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 409)
    assert "A link was given out after you opened this page" in again.text
    assert secretary.visit(REG).page.text.count("Take away the link") == before + 1
    assert 'value="Regional office"' in again.text, "what was typed is in the form"


@pytest.mark.parametrize("address", ["/new-round", "/new-round?paper=collaboration-2026-12"])
def test_who_may_not_run_rounds_does_not(address, site, browser_of):
    lead = browser_of("workstream-lead")
    assert lead.visit(address).page.status == 403
    assert "Open a round" not in lead.visit("/rounds").page.links()
    assert lead.client.post(f"{ROUND}/closed", data={"deed": "close"}).status_code == 403
    assert lead.client.post(f"{REG}/links", data={"name": "Me", "days": "1"}).status_code == 403
    assert lead.client.post(f"{REG}/judgement", data={"number": "1", "verdict": "accepted"}).status_code == 403
    assert not the_round(site).closed


def test_another_organisations_rounds_are_not_there(browser_of):
    office = browser_of("commissioners-office").visit("/rounds")
    assert "There is no round." in office.page.text
    assert office.visit(ROUND).page.status == 404
