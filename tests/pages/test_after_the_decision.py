"""An approved paper is released, reissued, had by its meeting and followed by the next one, from its own page."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import inspect

from app.accounts import queries as accounts
from app.accounts.models import Role
from app.assembly import issuing, review
from app.boards import queries as boards
from app.boards.models import Meeting
from app.main import create_app
from app.papers import queries as papers
from app.upkeep.stores import open_stores
from app.versions import queries as versions
from app.versions.models import Release, Version
from tests.clock import set_clock
from tests.demonstrated import copied, settings_for
from tests.stories import NOON

REFERENCE = "digital-evidence-2026-12"
PAPER = f"/papers/{REFERENCE}"
TITLE = "From the scene to the court: digital evidence and digital forensics"
REVIEW, DECIDE, OUTCOME, REISSUE = (f"{PAPER}/{place}" for place in ("review", "decide", "outcome", "reissue"))


@pytest.fixture(scope="module")
def decided(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with the paper approved; not to be changed."""
    folder = copied(installed, tmp_path_factory.mktemp("decided"))
    settings = settings_for(folder)
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.writing() as session:
        author, officer = (accounts.get(session, key) for key in ("report-author", "chief-officer"))
        review.submit(session, stores.blobs, REFERENCE, by=author, now=NOON)
        made = review.candidate(session, stores.blobs, REFERENCE, now=NOON)
        review.approve(session, stores.blobs, REFERENCE, digest=made.digest, by=officer, now=NOON)
    stores.database.dispose()
    return folder


@pytest.fixture
def site(decided: Path, tmp_path: Path) -> FastAPI:
    """The application over such a demonstration of the test's own; it is noon there."""
    made = create_app(settings_for(copied(decided, tmp_path / "site")))
    set_clock(made, lambda: NOON)
    return made


@pytest.fixture
def secretary(browser_of):
    """A secretary of the organisation that wrote the paper."""
    return browser_of("board-secretary")


@pytest.fixture
def held(site, browser_of):
    """Such a secretary on the day of the paper's meeting."""
    set_clock(site, lambda: NOON.replace(month=12, day=10))
    return browser_of("board-secretary")


def tasks(browser) -> dict[str, str]:
    """What the task list after the decision says, by its tasks."""
    items = browser.visit(PAPER).page.tree.xpath("//h2[text()='After the decision']/following-sibling::ul[1]/li")
    return {
        " ".join(item.findtext(".//a").split()): " ".join(item.xpath("./div[2]")[0].text_content().split())
        for item in items
    }


def test_the_page_of_an_approved_paper_says_what_follows(secretary, browser_of):
    said = tasks(secretary)
    (label,) = [name.split()[-1] for name in said if name.startswith("Release")]
    assert said == {
        f"Release version {label}": "Not yet started",
        "Reissue the paper": "When it is needed",
        "Outcome of the meeting": "After the meeting",
        "The next paper of its series": "To begin",
    }
    secretary.visit(REVIEW).send(f"{REVIEW}/release")
    assert tasks(secretary)[f"Release version {label}"] == "Released"
    assert set(tasks(browser_of("report-author"))) == {"Outcome of the meeting", "The next paper of its series"}
    assert set(tasks(browser_of("reader"))) == {"Outcome of the meeting"}
    assert secretary.visit(PAPER).follow("The next paper of its series").page.heading == "Next paper of the series"


def test_a_draft_has_nothing_after_the_decision(browser_of):
    draft = "/papers/collaboration-2026-12"
    secretary = browser_of("board-secretary").visit(draft)
    assert "After the decision" not in secretary.page.text
    assert "Only an approved paper is reissued." in secretary.visit(f"{draft}/reissue").page.text
    assert "The meeting has not had the paper yet" in secretary.visit(f"{draft}/outcome").page.text


def test_a_paper_is_reissued_under_another_number_and_that_version_is_released(secretary):
    secretary.visit(REISSUE).send(REISSUE, agenda_number="9.9")
    assert secretary.page.status == 422
    assert secretary.page.errors[0].startswith("“9.9” is not on the meeting's agenda")
    assert secretary.page.tree.xpath("//a[@href='#agenda_number']")
    assert secretary.page.form(REISSUE).fields["agenda_number"] == "9.9"
    secretary.send(REISSUE, agenda_number="6.0")
    assert (secretary.page.status, "agenda number and meeting already" in secretary.page.errors[0]) == (409, True)

    late = secretary.visit(REISSUE).page
    secretary.send(REISSUE, agenda_number="8.0")
    label = secretary.page.told.removeprefix("The paper is reissued as version ").rstrip(".")
    assert f"Version {label} is not released yet." in secretary.page.text
    secretary.page = late
    secretary.send(REISSUE, agenda_number="3.0")
    assert (secretary.page.status, "Somebody else changed the paper" in secretary.page.errors[0]) == (409, True)

    assert secretary.client.post(f"{REVIEW}/release", data={"label": label}).status_code == 303
    assert f"Version {label} is released to the receiving body." in secretary.visit(REVIEW).page.text


def test_who_may_not_reissue_or_record_does_not(secretary, browser_of):
    author, lead, outsider = map(browser_of, ("report-author", "workstream-lead", "commissioners-office"))
    assert author.visit(REISSUE).page.status == 403
    assert author.client.post(REISSUE, data={"agenda_number": "8.0"}).status_code == 403
    assert author.visit(OUTCOME).page.status == 200
    assert author.client.post(OUTCOME, data={"outcome": "Noted.", "seen": "0"}).status_code == 403
    assert lead.visit(OUTCOME).page.status == 403
    assert outsider.visit(OUTCOME).page.status == 404
    assert outsider.visit(REISSUE).page.status in (403, 404)


def test_the_outcome_is_recorded_with_what_the_meeting_asked_for(held, browser_of):
    other = browser_of("board-secretary").visit(OUTCOME)
    page = (
        held.visit(OUTCOME)
        .send(OUTCOME, outcome="", actions__0__text="Bring the cost.", actions__1__due_on="soon")
        .page
    )
    assert page.status == 422
    assert page.errors[0] == "Enter what the meeting made of the paper"
    assert page.tree.xpath("//a[@href='#actions.1.text']")
    assert page.tree.xpath("//a[@href='#actions.1.due_on']")
    assert page.form(OUTCOME).fields["actions.0.text"].strip() == "Bring the cost."

    held.send(OUTCOME, outcome="The board noted it.", actions__0__owner="acc-crime", actions__1__due_on="")
    assert held.page.told == "The outcome is recorded."
    assert "Assistant Chief Constable (Crime)" in held.page.text
    assert tasks(held)["Outcome of the meeting"] == "Recorded"
    assert "1 action is open" in held.page.text

    other.send(OUTCOME, outcome="The board agreed to it.")
    assert (other.page.status, "it stands above" in other.page.errors[0]) == (409, True)
    assert "The board noted it." in other.page.text
    assert other.page.form(OUTCOME).fields["outcome"].strip() == "The board agreed to it."
    other.send(OUTCOME)
    assert other.page.told == "What the meeting made of the paper is saved."
    assert "What was recorded before, and corrected The board noted it." in other.page.text


def test_an_action_is_done_on_a_day_that_has_come(held):
    held.visit(OUTCOME).send(OUTCOME, outcome="Noted.", actions__0__text="Bring the cost.")
    done = f"{PAPER}/actions/1/done"
    held.send(done, done__1__done_on="2027-01-01", done__1__note="Sent.")
    assert (held.page.status, held.page.errors) == (422, ["That day is still to come."])
    assert held.page.tree.xpath("//a[@href='#done.1.done_on']")
    assert held.page.form(done).fields["done.1.note"].strip() == "Sent."
    held.send(done, done__1__done_on="")
    assert held.page.told == "Action 1 is done."
    assert "Done" in held.page.tree.get_element_by_id("action-1").text_content()
    assert held.client.post(done, data={}).status_code == 409


def test_one_more_action_is_no_correction_of_the_outcome(held):
    held.visit(OUTCOME).send(OUTCOME, outcome="Noted.").send(OUTCOME, actions__0__text="Bring the cost.")
    assert held.page.told == "What the meeting made of the paper is saved."
    assert "Bring the cost." in held.page.text
    assert "and corrected" not in held.page.text.partition("What the meeting asked for")[0]


def test_a_release_that_a_receiver_may_see_is_found_behind_many_that_they_may_not(site, held, browser_of):
    held.visit(REVIEW).send(f"{REVIEW}/release")
    with site.state.premises.database.writing() as session:
        accounts.get(session, "commissioners-office").markings = ["OFFICIAL"]
        paper = papers.get(session, REFERENCE)
        (first,) = versions.released(session, paper.id).values()
        row = {column.key: getattr(first.version, column.key) for column in inspect(Version).column_attrs}
        facts = json.loads(row.pop("snapshot"))
        facts["paper"]["marking"] = "OFFICIAL-SENSITIVE"
        for number in range(10, 36):
            later = row | {"id": None, "number": number, "label": f"{number}.0", "snapshot": json.dumps(facts)}
            session.add(version := Version(**later))
            session.flush()
            session.add(
                Release(version_id=version.id, organisation_id=first.organisation_id, at=NOON, by="board-secretary")
            )
        label = first.version.label

    office = browser_of("commissioners-office")
    for address in (f"{PAPER}/versions", f"{PAPER}/versions/{label}", OUTCOME):
        assert office.visit(address).page.status == 200, address
    assert "35.0" not in office.visit(f"{PAPER}/versions").page.text


def test_who_receives_the_paper_learns_no_title_and_no_meeting_that_was_not_released(site, secretary, browser_of):
    with site.state.premises.database.writing() as session:
        accounts.get(session, "commissioners-office").role = Role.SECRETARY
    secretary.visit(REVIEW).send(f"{REVIEW}/release")
    with site.state.premises.database.writing() as session:
        paper = papers.get(session, REFERENCE)
        paper.title = "Another title, not released"
        paper.meeting = boards.get_meeting(session, "performance-resources", date(2027, 3, 11))
    office = browser_of("commissioners-office").visit(OUTCOME)
    assert "Performance and Resources Scrutiny Board, 10 December 2026" in office.page.text
    assert "The meeting has not had the paper yet" in office.page.text

    told = office.client.post(OUTCOME, data={"outcome": "Noted.", "seen": "0"}).text
    assert "The meeting has not had “From the scene to the court" in told
    assert "it is on 10 December 2026" in told
    assert not any(secret in told for secret in ("Another title", "11 March 2027"))


def test_what_was_released_stays_on_the_pages_of_the_meeting_for_which_it_was_released(site, secretary, browser_of):
    secretary.visit(REVIEW).send(f"{REVIEW}/release")
    title = "From the scene to the court: digital evidence and digital forensics"
    office = browser_of("commissioners-office")
    with site.state.premises.database.writing() as session:
        session.add_all(
            Meeting(board_id=boards.get(session, other).id, held_on=NOON.date() + timedelta(days=days), place=None)
            for other in ("delivery", "strategic")
            for days in range(1, 17)
        )
    assert title in office.visit("/").page.text, "many meetings of others come before"

    with site.state.premises.database.writing() as session:
        paper = papers.get(session, REFERENCE)
        paper.meeting = boards.get_meeting(session, "performance-resources", date(2027, 3, 11))
    assert title in office.visit("/meetings/performance-resources/2026-12-10").page.text
    assert title not in office.visit("/meetings/performance-resources/2027-03-11").page.text


def test_who_receives_the_paper_records_what_their_own_meeting_made_of_it(site, held, browser_of):
    with site.state.premises.database.writing() as session:
        accounts.get(session, "commissioners-office").role = Role.SECRETARY
    office = browser_of("commissioners-office")
    assert office.visit(OUTCOME).page.status == 404
    held.visit(REVIEW).send(f"{REVIEW}/release")
    with site.state.premises.database.writing() as session:
        papers.get(session, REFERENCE).title = "Another title, not released"

    office.visit("/")
    assert "Another title" not in office.page.text
    deed = "Record what the meeting made of it: From the scene to the court: digital evidence and digital forensics"
    office.follow(deed).send(OUTCOME, outcome="We noted it.")
    assert office.page.told == "The outcome is recorded."
    assert "Another title" not in office.page.text
    assert deed not in office.visit("/").page.links()
    assert office.visit(REISSUE).page.status == 404
    assert "We noted it." in held.visit(OUTCOME).page.text


def test_the_board_waits_for_what_is_approved_and_not_for_what_is_reopened(site, secretary):
    meeting, late = "/meetings/performance-resources/2026-12-10", f"{TITLE} is not released"
    with site.state.premises.database.writing() as session:
        boards.get(session, "performance-resources").deadlines = {"board": -20}
    assert late in secretary.visit(meeting).page.text
    with site.state.premises.database.writing() as session:
        issuing.release(session, REFERENCE, "1.0", by=accounts.get(session, "board-secretary"), now=NOON)
    assert late not in secretary.visit(meeting).page.text
    with site.state.premises.database.writing() as session:
        review.reopen(session, REFERENCE, by=accounts.get(session, "report-author"), now=NOON)
    said = secretary.visit(meeting).page.text
    assert late not in said, "the meeting has 1.0"
    assert f"{TITLE} is a draft" in said
    with site.state.premises.database.writing() as session:
        other = Meeting(board_id=boards.get(session, "performance-resources").id, held_on=date(2026, 12, 15))
        session.add(other)
        session.flush()
        papers.get(session, REFERENCE).meeting_id = other.id
    moved = secretary.visit("/meetings/performance-resources/2026-12-15").page.text
    assert late in moved, "1.0 was for another meeting"
