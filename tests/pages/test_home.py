"""The home page says what waits for whom, what is late, and what comes next."""

from datetime import date

from sqlalchemy import event, select

from app.accounts import queries as accounts
from app.boards import queries as boards
from app.facts.demonstration_round import KEY
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.papers.models import Paper, Writer
from app.people.models import Person
from app.people.queries import get_person
from app.rounds import queries as rounds
from app.rounds.models import Round
from app.versions import queries as versions
from app.versions.models import Submission
from app.workstreams.models import UpdatePart
from tests.demonstrated import PASSWORD
from tests.stories import NOON

EVIDENCE = "digital-evidence-2026-12"
REVIEW, DECIDE = f"/papers/{EVIDENCE}/review", f"/papers/{EVIDENCE}/decide"


def statements(site, browser) -> int:
    """How many statements the home page asks of the database."""
    found: list[str] = []

    def listen(*said) -> None:
        found.append(said[2])

    engine = site.state.premises.database.engine
    event.listen(engine, "before_cursor_execute", listen)
    browser.visit("/")
    event.remove(engine, "before_cursor_execute", listen)
    return len(found)


def headings(browser) -> list[str]:
    return [h.text_content() for h in browser.visit("/").page.tree.xpath("//main//h2")]


def table(browser, id_: str) -> list[list[str]]:
    """The cells of the table below this heading, row by row."""
    rows = browser.visit("/").page.tree.xpath(f"//h2[@id='{id_}']/following-sibling::div[1]//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in rows]


def test_an_author_sees_the_papers_to_finish_what_they_lack_and_what_is_late(browser_of):
    author = browser_of("report-author")
    page = author.visit("/").page

    assert page.heading == "Welcome, Report author"
    assert headings(author) == ["Updates due", "Papers to finish", "Answers to read", "Next meetings"]
    assert [row[0].split("Quarterly")[0] for row in table(author, "due")] == [
        "Answer for University of Tidwell research partnership"
    ]
    (first, *_) = table(author, "to-finish")
    assert first[2] == "0.1"
    assert first[4].endswith("2026 Late")
    assert page.navigation[0] == "Home"


def test_a_paper_that_is_no_draft_any_more_is_not_to_be_finished(site, browser_of):
    author = browser_of("report-author")
    finished = {row[0] for row in table(author, "to-finish")}
    assert any(EVIDENCE in row for row in finished)
    author.visit(REVIEW).send(f"{REVIEW}/withdraw")
    assert {row[0] for row in table(author, "to-finish")} == {row for row in finished if EVIDENCE not in row}
    reader = browser_of("reader").visit("/").page
    assert f"{EVIDENCE}" not in reader.text
    assert "Papers for the next meetings" in reader.text


def test_answers_wait_for_who_reads_them_until_they_are_judged(site, browser_of):
    secretary = browser_of("board-secretary")
    assert table(secretary, "answers") == [
        [
            "Quarterly collaboration update, December 2026 "
            "Performance and Resources Scrutiny Board, 10 December 2026".replace("2026 P", "2026P"),
            "20 November 2026 Late",
            "5 answers to read: Quarterly collaboration update, December 2026",
            "3 of 12",
        ]
    ]
    secretary.follow("5 answers to read: Quarterly collaboration update, December 2026")
    assert len(secretary.page.rows()) == 5
    request = f"/rounds/{KEY}/requests/REG-01"
    secretary.visit(request).send(f"{request}/judgement", press="verdict=accepted")
    assert table(secretary, "answers")[0][2].startswith("4 answers")
    secretary.visit(request).send(f"{request}/judgement", press="verdict=sent-back", reason="Which region?")
    assert table(secretary, "answers")[0][2:] == [
        "4 answers to read: Quarterly collaboration update, December 2026",
        "4 of 12",
    ]


def test_no_list_of_rounds_or_of_what_is_asked_reads_what_was_reported(site, browser_of):
    lead, secretary = browser_of("workstream-lead"), browser_of("board-secretary")
    found: list[str] = []

    def listen(*said) -> None:
        found.append(said[2])

    event.listen(site.state.premises.database.engine, "before_cursor_execute", listen)
    assert "Answer for National air support" in lead.visit("/").page.links()
    assert secretary.visit("/rounds").page.rows()[0][3] == "3 of 12"
    event.remove(site.state.premises.database.engine, "before_cursor_execute", listen)
    assert any("FROM round" in statement for statement in found)
    assert not any(table in statement for statement in found for table in (UpdatePart.__tablename__, "answer_link"))


def test_finished_rounds_and_papers_of_another_step_hide_nothing(site, browser_of, monkeypatch):
    monkeypatch.setattr("app.web.pages.home.MOST", 2)
    with site.state.premises.database.writing() as session:
        first = rounds.get(session, KEY)
        session.add_all(
            Round(
                key=f"a-{number}",
                name="Nobody is asked any more",
                organisation_id=first.organisation_id,
                meeting_id=first.meeting_id,
                due_on=date(2026, 11, 1),
                as_at=date(2026, 11, 1),
                closed=False,
            )
            for number in range(3)
        )
    (only,) = table(browser_of("board-secretary"), "answers")
    assert only[0].startswith("Quarterly collaboration update")

    browser_of("report-author").visit(REVIEW).send(f"{REVIEW}/submit")
    monkeypatch.setattr("app.web.pages.home.MOST", 1)
    with site.state.premises.database.writing() as session:
        like = papers.get(session, EVIDENCE)
        officer = get_person(session, "deputy-chief-constable")
        accounts.get(session, "chief-officer").person_id = officer.id
        own = Paper(
            reference="a-paper-of-their-own",
            title="Their own",
            organisation_id=like.organisation_id,
            format_id=like.format_id,
            meeting_id=like.meeting_id,
            author_id=officer.id,
            marking=like.marking,
            take=like.take,
            fields={},
            state=State.IN_REVIEW,
        )
        session.add(own)
        session.flush()
        version = versions.last(session, like.id)
        session.add(Submission(paper_id=own.id, number=1, version_id=version.id, at=NOON, by="ada"))
    assert [EVIDENCE in row[0] for row in table(browser_of("chief-officer"), "decisions")] == [True]


def test_a_decision_waits_for_who_may_make_it_and_for_nobody_else(site, browser_of):
    author, officer = browser_of("report-author"), browser_of("chief-officer")
    assert "No paper waits for your decision." in officer.visit("/").page.text
    author.visit(REVIEW).send(f"{REVIEW}/submit")

    assert [EVIDENCE in row[0] for row in table(officer, "decisions")] == [True]
    assert "Decisions to make" not in headings(author)
    assert "Decisions to make" not in headings(browser_of("board-secretary"))

    with site.state.premises.database.writing() as session:
        accounts.get(session, "chief-officer").person_id = get_person(session, "collaboration-manager").id
    assert "No paper waits for your decision." in officer.visit("/").page.text, "they are the paper's author"


def test_after_the_decision_the_secretary_releases_and_records_the_outcome(site, browser_of):
    browser_of("report-author").visit(REVIEW).send(f"{REVIEW}/submit")
    officer = browser_of("chief-officer")
    officer.visit(f"/prove?next={DECIDE}").send("/prove", password=PASSWORD)
    officer.visit(DECIDE).send(f"{DECIDE}/approve", on_behalf_of="")
    secretary = browser_of("board-secretary")
    ((_, _, deed),) = table(secretary, "afterwards")
    assert deed.startswith("Release version")
    secretary.follow(deed).send(f"{REVIEW}/release")
    assert "After the decision" not in headings(secretary)
    office = browser_of("commissioners-office")
    assert headings(office) == ["Released to your organisation", "Next meetings"]
    assert EVIDENCE in office.follow("From the scene to the court: digital evidence and digital forensics").page.path
    office.visit("/meetings/performance-resources/2026-12-10")
    assert "Released to your organisation" in office.page.text
    office.follow("From the scene to the court: digital evidence and digital forensics")
    assert office.page.status == 200

    with site.state.premises.database.writing() as session:
        boards.get_meeting(session, "performance-resources", date(2026, 12, 10)).held_on = NOON.date()
    ((_, _, deed),) = table(secretary, "afterwards")
    assert deed.startswith("Record what the meeting made of it")
    outcome = f"/papers/{EVIDENCE}/outcome"
    asked = {"actions__0__text": "Bring the cost.", "actions__0__owner": "deputy-chief-constable"}
    secretary.follow(deed).send(outcome, outcome="Noted.", actions__0__due_on="2026-11-20", **asked)
    assert secretary.page.told == "The outcome is recorded."
    officer.visit("/")
    (action,) = officer.page.tree.xpath("//h2[@id='actions']/following-sibling::ul/li")
    assert " ".join(action.text_content().split()).startswith("Bring the cost. Late Due on 20 November 2026.")
    assert "What meetings asked you for" not in headings(secretary)
    secretary.visit(outcome).send(f"/papers/{EVIDENCE}/actions/1/done")
    assert "What meetings asked you for" not in headings(officer)


def test_only_the_next_meetings_of_somebodys_own_boards_are_told(site, browser_of):
    with site.state.premises.database.writing() as session:
        accounts.get(session, "reader").boards = ["delivery"]
    (only,) = browser_of("reader").visit("/").page.tree.xpath("//h2[@id='meetings']/following-sibling::ul/li")
    assert "16 December 2026" in only.text_content()


def test_a_lead_sees_their_workstreams_and_no_drafts(browser_of):
    browser = browser_of("workstream-lead").visit("/")
    page = browser.page

    assert page.tree.xpath("//main//h2/text()")[:2] == ["Updates due", "Your workstreams"]
    assert browser.follow("Report on Joint Serious Crime Directorate").page.heading.startswith("Report on Joint")
    assert page.rows(1)[0][1:] == ["20 November 2026", "Report on Digital evidence management"]
    assert {len(row) for row in page.rows(2)} == {2}


def test_the_commissioners_office_sees_no_paper_that_was_not_released(browser_of):
    page = browser_of("commissioners-office").visit("/").page

    assert "There is no paper for a meeting to come." in page.text


def test_the_home_page_asks_as_much_of_a_large_database_as_of_a_small_one(site, browser_of):
    secretary = browser_of("board-secretary")
    database = site.state.premises.database
    secretary.visit("/")
    before = statements(site, secretary)
    with database.writing() as session:
        meeting = boards.get_meeting(session, "delivery", date(2026, 12, 16))
        like = session.scalar(select(Paper).where(Paper.reference == "partners-2026-12"))
        session.add_all(
            Paper(
                reference=f"more-{number}",
                title="One more",
                organisation_id=like.organisation_id,
                format_id=like.format_id,
                meeting_id=meeting.id,
                marking=like.marking,
                take=like.take,
                fields={},
                state=State.DRAFT,
            )
            for number in range(60)
        )
    assert statements(site, secretary) == before


def test_the_home_page_asks_as_much_for_many_papers_in_review_as_for_two(site, browser_of):
    officer = browser_of("chief-officer")
    database = site.state.premises.database

    def lay_before(numbers: range) -> None:
        """So many papers are in review: each with an author, a writer and a submitter of its own."""
        with database.writing() as session:
            like = papers.get(session, EVIDENCE)
            version = versions.last(session, like.id)
            for number in numbers:
                author = Person(key=f"p-{number}", name="Somebody", organisation_id=like.organisation_id)
                paper = Paper(
                    reference=f"more-{number}",
                    title="One more",
                    organisation_id=like.organisation_id,
                    format_id=like.format_id,
                    meeting_id=like.meeting_id,
                    marking=like.marking,
                    take=like.take,
                    fields={},
                    state=State.IN_REVIEW,
                )
                session.add_all([author, paper])
                session.flush()
                paper.author_id = author.id
                session.add_all(
                    [
                        Writer(paper_id=paper.id, account=f"writer-{number}"),
                        Submission(paper_id=paper.id, number=1, version_id=version.id, at=NOON, by=f"by-{number}"),
                    ]
                )

    lay_before(range(2))
    assert len(table(officer, "decisions")) == 2
    before = statements(site, officer)
    lay_before(range(2, 12))
    assert len(table(officer, "decisions")) == 12
    assert statements(site, officer) == before
