"""Meetings: found, entered, their agenda set and reordered, their papers numbered, what is late for them told."""

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts import queries as accounts
from app.audit.models import AuditEvent
from app.boards import queries as boards
from app.boards.models import AgendaItem
from app.facts import read
from app.facts.demonstration_round import KEY
from app.facts.load import load
from app.facts.parse import parse_facts
from app.papers import queries as papers
from app.versions import queries as versions
from app.web.loading import plain
from tests.stories import NOON

MEETING = "/meetings/performance-resources/2026-12-10"
AGENDA = f"{MEETING}/agenda"
EVIDENCE = "digital-evidence-2026-12"


def agenda_of(site, board="performance-resources", held_on=date(2026, 12, 10)) -> list[tuple[str, str]]:
    with site.state.premises.database.reading() as session:
        return [(item.number, item.title) for item in boards.get_meeting(session, board, held_on).agenda]


def number_of(site, reference=EVIDENCE) -> str | None:
    with site.state.premises.database.reading() as session:
        return papers.get(session, reference).agenda_number


def test_meetings_to_come_and_held_are_found_board_by_board(browser_of):
    lead = browser_of("workstream-lead").visit("/meetings")
    assert [row[0].split(",")[0] for row in lead.page.rows()][:2] == ["10 December 2026", "16 December 2026"]
    lead.send("/meetings", board="strategic", when="past")
    assert [row[0].split(",")[0] for row in lead.page.rows()] == ["20 October 2026", "7 July 2026", "24 March 2026"]
    lead.send("/meetings", board="delivery", when="past")
    assert "No such meeting is known. Show every meeting to come" in lead.page.text
    lead.follow("Show every meeting to come").follow("10 December 2026, Performance and Resources Scrutiny Board")
    assert lead.page.heading == "Performance and Resources Scrutiny Board, 10 December 2026"
    assert "Change place and agenda" not in lead.page.links()


def test_a_long_list_goes_on_where_it_ended(browser_of, monkeypatch):
    monkeypatch.setattr("app.web.pages.meetings.OF_A_PAGE", 2)
    reader = browser_of("reader").visit("/meetings?when=past")
    days: list[str] = []
    for _ in range(5):
        days += [row[0] for row in reader.page.rows()]
        if "More meetings" not in reader.page.links():
            break
        reader.follow("More meetings")
    assert [day.split(",")[0] for day in days] == [
        "20 October 2026", "10 September 2026", "7 July 2026", "11 June 2026", "24 March 2026", "12 March 2026",
    ]  # fmt: skip


def test_a_meeting_says_what_is_on_its_agenda_due_and_late(browser_of):
    secretary = browser_of("board-secretary").visit(MEETING)
    said = secretary.page.text
    assert "5.0 Quarterly collaboration update Working together: quarterly collaboration update" in said
    assert "Workstreams have answered 12 November 2026 Late 3 answers are still to come" in said
    assert "The draft is complete 20 November 2026 Late" in said
    assert "is not approved" not in said, "that is due on a day to come"
    assert "3 of 12 still to come, 5 to read" in said
    secretary.follow("Quarterly collaboration update, December 2026")
    assert secretary.page.path == f"/rounds/{KEY}"
    (address,) = secretary.visit(MEETING).send(f"{MEETING}/calendar").page.tree.xpath("//main//code/text()")
    assert secretary.client.get(address[address.index("/api/v1/") :]).text.startswith("BEGIN:VCALENDAR")


def test_what_was_never_generated_is_late_for_the_board(site, browser_of):
    with site.state.premises.database.writing() as session:
        board, paper = plain(read.board(session, "performance-resources")), plain(read.paper(session, EVIDENCE))
        new = {"reference": "new", "title": "A new paper", "meeting": "2026-11-30", "agenda_number": None}
        facts = {"facts": "1", "boards": [board | {"meetings": [{"held_on": "2026-11-30"}]}], "papers": [paper | new]}
        load(session, site.state.premises.blobs, parse_facts(facts), by="x", now=NOON)
    secretary = browser_of("board-secretary").visit("/meetings/performance-resources/2026-11-30")
    assert "A new paper is not released" in secretary.page.text
    assert "is not released" not in browser_of("workstream-lead").visit(secretary.page.path).page.text


def test_a_meeting_is_entered_and_its_agenda_written(site, browser_of):
    secretary = browser_of("board-secretary").visit("/meetings").follow("Enter a meeting")
    secretary.send("/new-meeting", board="", held_on="", place="Moor House")
    assert secretary.page.errors == ["Enter a board", "Enter the day of the meeting"]
    assert secretary.page.form("/new-meeting").fields["place"] == "Moor House"
    secretary.send("/new-meeting", board="performance-resources", held_on="2026-12-10")
    assert secretary.page.errors == ["The board meets on that day already"]
    secretary.send("/new-meeting", held_on="2027-06-10")
    agenda = "/meetings/performance-resources/2027-06-10/agenda"
    assert secretary.page.path == agenda
    secretary.send(agenda, items__0__number="1.0", items__0__title="Welcome", items__2__title="Nothing")
    assert secretary.page.errors == ["Enter the number of the item"]
    assert secretary.page.tree.xpath("//a[@href='#items.2.number']")
    secretary.send(agenda, items__2__number="1.0")
    assert secretary.page.tree.xpath("//a[@href='#items.2.number']"), "the same number twice"
    secretary.send(agenda, items__2__number="2.0")
    assert secretary.page.told == "The meeting is saved."
    assert agenda_of(site, held_on=date(2027, 6, 10)) == [("1.0", "Welcome"), ("2.0", "Nothing")]
    assert len(agenda_of(site)) == 8, "the board's other meetings are as they were"


def test_items_are_moved_and_what_was_typed_is_saved_with_them(site, browser_of):
    secretary = browser_of("board-secretary").visit(AGENDA)
    before = agenda_of(site)
    secretary.send(AGENDA, press="do=up.1", items__0__title="Welcome")
    assert secretary.page.told == "The item is moved, and the agenda saved."
    assert agenda_of(site)[:3] == [before[1], (before[0][0], "Welcome"), before[2]]


def test_a_long_agenda_is_saved_to_its_last_row(site, browser_of):
    with site.state.premises.database.writing() as session:
        meeting = boards.get_meeting(session, "performance-resources", date(2026, 12, 10))
        count = len(meeting.agenda)
        more = [AgendaItem(number=f"9.{row}", title=f"Item {row}", position=row) for row in range(count, 250)]
        meeting.agenda.extend(more)
    secretary, before = browser_of("board-secretary").visit(AGENDA), agenda_of(site)
    assert len(before) == 250
    secretary.send(AGENDA, place="Moor House", items__250__number="10.0", items__250__title="")
    assert secretary.page.errors == ["Enter what the item is about"]
    assert secretary.page.form(AGENDA).fields["items.250.number"] == "10.0"
    secretary.send(AGENDA, press="do=up.249", items__250__title="The last one")
    assert agenda_of(site) == [*before[:248], before[249], before[248], ("10.0", "The last one")]


@pytest.mark.parametrize("do", ["up." + "9" * 4_301, "up.٣", "up.", "down.-1", "down.200", "sideways.1"])
def test_a_move_of_what_is_no_item_moves_nothing(site, browser_of, do):
    secretary, before = browser_of("board-secretary").visit(AGENDA), agenda_of(site)
    sent = secretary.client.post(AGENDA, data={**secretary.page.form(AGENDA).fields, "do": do})
    assert (sent.status_code, agenda_of(site)) == (303, before)


def test_two_secretaries_change_one_agenda_and_nothing_is_lost(site, browser_of):
    first, second = browser_of("board-secretary").visit(AGENDA), browser_of("administrator").visit(AGENDA)
    first.send(AGENDA, place="Moor House")
    second.send(AGENDA, place="By video conference")
    assert (second.page.status, "Somebody else changed the meeting" in second.page.errors[0]) == (409, True)
    assert "What is saved now Moor House" in second.page.text
    assert second.page.form(AGENDA).fields["place"] == "By video conference"
    second.send(AGENDA)
    assert "By video conference" in first.visit(MEETING).page.text


def test_drafts_are_numbered_as_the_agenda_has_it(site, browser_of):
    secretary, late = browser_of("board-secretary").visit(MEETING), browser_of("report-author").visit(MEETING)
    numbers = f"{MEETING}/numbers"
    secretary.send(numbers, **{f"number.{EVIDENCE}": "8.0"})
    assert secretary.page.told == "The numbers of the papers are saved."
    assert (number_of(site), number_of(site, "collaboration-2026-12")) == ("8.0", "5.0")
    assert "8.0 Any other business From the scene to the court" in secretary.page.text

    late.send(numbers, **{f"number.{EVIDENCE}": "3.0"})
    assert (late.page.status, "Somebody else changed the number" in late.page.errors[0]) == (409, True)
    assert number_of(site) == "8.0"
    assert "Saved meanwhile: 8.0" in late.page.text, "what the next press replaces stands there"
    assert late.page.form(numbers).fields[f"number.{EVIDENCE}"] == "3.0"
    late.send(numbers)
    assert number_of(site) == "3.0"
    late.visit(MEETING).send(numbers, **{f"number.{EVIDENCE}": ""})
    assert number_of(site) is None
    strange = {f"number.{EVIDENCE}": "77", f"seen.{EVIDENCE}": ""}
    assert late.client.post(numbers, data=strange).status_code == 422
    assert number_of(site) is None


def test_numbers_that_two_give_to_two_papers_both_stay(site, browser_of):
    first, second = browser_of("board-secretary").visit(MEETING), browser_of("report-author").visit(MEETING)
    numbers = f"{MEETING}/numbers"
    first.send(numbers, **{f"number.{EVIDENCE}": "8.0"})
    second.send(numbers, **{"number.collaboration-2026-12": "2.0"})
    assert second.page.told == "The numbers of the papers are saved."
    assert (number_of(site), number_of(site, "collaboration-2026-12")) == ("8.0", "2.0")
    second.visit(MEETING)
    first.send(numbers, **{f"number.{EVIDENCE}": "6.0"})
    second.send(numbers, **{f"number.{EVIDENCE}": "3.0", "number.collaboration-2026-12": "1.0"})
    fields = second.page.form(numbers).fields
    assert (second.page.status, fields[f"number.{EVIDENCE}"]) == (409, "3.0")
    assert (number_of(site), number_of(site, "collaboration-2026-12")) == ("6.0", "2.0"), "all or nothing"


def test_who_numbers_the_papers_of_a_meeting_has_not_written_them(site, browser_of):
    numbers, premises = f"{MEETING}/numbers", site.state.premises
    with premises.database.reading() as session:
        kept = papers.kept(session, EVIDENCE)
        before = versions.hands(session, kept.id)
    assert "board-secretary" not in before
    browser_of("board-secretary").visit(MEETING).send(numbers, **{f"number.{EVIDENCE}": "8.0"})
    with premises.database.reading() as session:
        after = papers.kept(session, EVIDENCE)
        assert versions.hands(session, kept.id) == before
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(1)).one()
    assert after.revision == kept.revision + 1, "who has the paper open is told"
    assert f'"paper/{EVIDENCE}"' in event.body


def test_a_paper_that_is_no_draft_keeps_its_number(site, browser_of):
    author = browser_of("report-author").visit(f"/papers/{EVIDENCE}/review").send(f"/papers/{EVIDENCE}/review/submit")
    assert f"number.{EVIDENCE}" not in author.visit(MEETING).page.form(f"{MEETING}/numbers").fields
    author.client.post(f"{MEETING}/numbers", data={f"number.{EVIDENCE}": "8.0", f"seen.{EVIDENCE}": "6.0"})
    assert number_of(site) == "6.0"


def test_who_may_not_change_meetings_does_not_and_other_boards_meetings_are_not_there(site, browser_of):
    author, office = browser_of("report-author"), browser_of("commissioners-office")
    assert author.visit("/new-meeting").page.status == 403
    assert author.visit(AGENDA).page.status == 403
    assert author.client.post(AGENDA, data={"place": "Nowhere"}).status_code == 403
    assert author.client.post("/new-meeting", data={"board": "delivery", "held_on": "2027-01-01"}).status_code == 403
    assert "There is no paper for this meeting that you may see." in office.visit(MEETING).page.text
    assert office.client.post(f"{MEETING}/numbers", data={}).status_code == 403
    assert author.visit("/meetings/performance-resources/2026-12-11").page.status == 404
    with site.state.premises.database.writing() as session:
        accounts.get(session, "reader").boards = ["delivery"]
    reader = browser_of("reader").visit("/meetings")
    assert [row[1] for row in reader.page.rows()] == ["Performance and Delivery Board"]
    assert reader.visit(MEETING).page.status == 404
