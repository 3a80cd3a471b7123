"""A paper on its way: what stands in the way, submission, comments, sending back, approval of the bytes on screen."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import queries
from app.assembly import review
from app.audit.models import AuditEvent
from app.papers import queries as papers
from app.papers.commands import note_writer
from app.people.queries import get_person
from tests.clock import set_clock
from tests.demonstrated import PASSWORD
from tests.stories import NOON

REFERENCE = "digital-evidence-2026-12"
PAPER = f"/papers/{REFERENCE}"
REVIEW, DECIDE = f"{PAPER}/review", f"{PAPER}/decide"
OFFICER = "chief-officer"


@pytest.fixture
def author(browser_of):
    return browser_of("report-author")


@pytest.fixture
def officer(browser_of):
    return browser_of("chief-officer")


@pytest.fixture
def submitted(author):
    """The paper is in review."""
    author.visit(REVIEW).send(f"{REVIEW}/submit")
    assert author.page.told == "The paper is in review.", author.page.text
    return author


def proved(browser):
    """The person showed again who they are."""
    browser.visit(f"/prove?next={DECIDE}").send("/prove", password=PASSWORD)
    return browser


def test_what_stands_in_the_way_is_told_before_and_after_submitting(author):
    address = "/papers/collaboration-2026-12/review"
    page = author.visit(address).page
    assert re.search(r"\d+ things? stands? in the way:", page.text)
    assert "To be answered: National air support has not answered" in page.text
    assert "National air support: To be answered" not in page.text

    page = author.send(f"{address}/submit").page

    assert page.status == 422
    assert any(error.startswith("To be written: ") and "Next steps" in error for error in page.errors)
    assert page.told is None


def test_an_approver_sends_back_and_the_author_reads_why(submitted, officer):
    page = officer.visit(DECIDE).send(f"{DECIDE}/send-back", reasons="").page
    assert (page.status, page.errors) == (422, ["Enter why the paper goes back"])

    officer.send(f"{DECIDE}/send-back", reasons="Say what it costs.\nIn pounds.")

    assert officer.page.told == "The paper is sent back, and its author sees why."
    assert "Say what it costs." in submitted.visit(REVIEW).page.text


def test_the_very_bytes_on_screen_are_approved(submitted, officer):
    page = proved(officer).visit(DECIDE).page
    shown = page.tree.get_element_by_id("digest").text
    file = officer.client.get(page.links()["Download the Word document"])
    assert hashlib.sha256(file.content).hexdigest() == shown

    officer.send(f"{DECIDE}/approve", on_behalf_of="")

    label = re.fullmatch(r"Version (\S+) is approved\.", officer.page.told)[1]
    kept = officer.client.get(f"/api/v1{PAPER}/versions/{label}/document")
    assert kept.content == file.content
    assert shown in officer.page.text


def test_what_changed_after_it_was_on_screen_is_not_approved(submitted, officer):
    proved(officer).visit(DECIDE)
    page = officer.send(f"{DECIDE}/approve", digest="0" * 64, on_behalf_of="", remarks="Well done.").page

    assert page.status == 409
    assert "is not what was on screen any more" in page.errors[0]
    assert page.tree.get_element_by_id("remarks").text.strip() == "Well done."


def refusals(site) -> list[str]:
    """What the log says was refused to the officer."""
    with site.state.premises.database.reading() as session:
        bodies = map(json.loads, session.scalars(select(AuditEvent.body).order_by(AuditEvent.sequence)))
        return [said["object"] for said in bodies if (said["action"], said["by"]) == ("request.refused", OFFICER)]


def test_without_a_fresh_proof_nothing_is_decided_and_nothing_lost(site, submitted, officer):
    officer.visit(DECIDE)
    set_clock(site, lambda: NOON + timedelta(minutes=25))

    page = officer.send(f"{DECIDE}/send-back", reasons="Too long.").page

    assert page.status == 403
    assert page.errors == ["Show again that it is you, then decide: nothing of what you typed is lost"]
    assert page.tree.get_element_by_id("reasons").text.strip() == "Too long."
    assert refusals(site) == [f"POST {DECIDE}/send-back"]
    kept = page
    assert "Show that it is you" in officer.visit(DECIDE).page.links()
    officer.follow("Show that it is you").send("/prove", password=PASSWORD)
    officer.page = kept
    officer.send(f"{DECIDE}/send-back")
    assert officer.page.told == "The paper is sent back, and its author sees why."


def test_nobody_decides_on_what_they_submitted_and_others_only_look(submitted, browser_of):
    page = submitted.visit(DECIDE).page
    assert page.status == 200
    assert not [form for form in page.tree.forms if form.get("action", "").endswith(("/approve", "/send-back"))]
    assert browser_of("commissioners-office").visit(DECIDE).page.status == 404


def test_an_approver_who_wrote_the_paper_is_told_so_and_offered_no_decision(site, submitted, officer):
    with site.state.premises.database.writing() as session:
        note_writer(session, papers.get(session, PAPER.rpartition("/")[2]), "chief-officer")
    page = officer.visit(DECIDE).page
    assert "wrote or submitted" in page.text
    assert not [form for form in page.tree.forms if form.get("action", "").endswith(("/approve", "/send-back"))]


def test_reasons_about_one_submission_never_fall_on_another(site, submitted, officer, browser_of):
    officer.visit(DECIDE)
    with site.state.premises.database.writing() as session:
        other = queries.get(session, "chief-officer")
        review.send_back(session, REFERENCE, reasons="Name the site.", by=other, now=NOON)
    submitted.visit(REVIEW).send(f"{REVIEW}/submit")

    page = officer.send(f"{DECIDE}/send-back", reasons="Too long.").page

    assert page.status == 409
    assert "submission 2 is in review now" in page.errors[0]
    assert page.tree.get_element_by_id("reasons").text.strip() == "Too long."
    officer.send(f"{DECIDE}/send-back")
    assert officer.page.told == "The paper is sent back, and its author sees why."
    assert "Too long." in submitted.visit(REVIEW).page.text


def test_reasons_are_given_back_when_the_paper_left_review_meanwhile(submitted, officer):
    officer.visit(DECIDE)
    submitted.visit(REVIEW).send(f"{REVIEW}/withdraw")

    page = officer.send(f"{DECIDE}/send-back", reasons="Too long.").page

    assert (page.status, page.heading) == (409, "Nothing to decide")
    assert "The paper is withdrawn, so there is nothing to decide." in page.text
    assert page.tree.get_element_by_id("reasons").text.strip() == "Too long."


def test_the_place_of_a_writer_is_not_offered_and_remarks_outlive_its_refusal(site, submitted, officer):
    with site.state.premises.database.reading() as session:
        chief = papers.get(session, REFERENCE).chief_officer.key
    proved(officer).visit(DECIDE)
    assert officer.page.tree.xpath(f"//input[@name='on_behalf_of'][@value='{chief}']")
    kept = officer.page
    with site.state.premises.database.writing() as session:
        queries.get(session, "administrator").person_id = get_person(session, chief).id
        note_writer(session, papers.get(session, REFERENCE), "administrator")

    officer.page = kept
    page = officer.send(f"{DECIDE}/approve", on_behalf_of=chief, remarks="Well done.").page

    assert page.status == 403
    assert "wrote or submitted the paper: nobody decides on it in that person's place" in page.errors[0]
    assert page.tree.get_element_by_id("remarks").text.strip() == "Well done."
    assert not page.tree.xpath(f"//input[@name='on_behalf_of'][@value='{chief}']")
    assert "request.refused" in bodies(site)[-1]


def test_remarks_of_who_became_a_writer_meanwhile_are_given_back(site, submitted, officer):
    proved(officer).visit(DECIDE)
    with site.state.premises.database.writing() as session:
        note_writer(session, papers.get(session, REFERENCE), "chief-officer")
    page = officer.send(f"{DECIDE}/approve", on_behalf_of="", remarks="Well done.").page
    assert page.status == 403
    assert page.tree.get_element_by_id("remarks").text.strip() == "Well done."
    assert not [form for form in page.tree.forms if form.get("action", "").endswith(("/approve", "/send-back"))]


def test_a_state_that_was_not_on_screen_is_not_changed(site, submitted, browser_of):
    late = browser_of("report-author").visit(REVIEW)
    submitted.visit(REVIEW).send(f"{REVIEW}/withdraw")
    late_too = browser_of("report-author").visit(REVIEW)
    submitted.send(f"{REVIEW}/reopen")
    assert submitted.page.told == "The paper is a draft again."
    draft = browser_of("report-author").visit(REVIEW)
    sheet = f"{PAPER}/front-sheet"
    submitted.visit(sheet).send(sheet, title="Another title, saved a second ago")

    for browser, deed in ((late, "withdraw"), (late_too, "reopen"), (draft, "submit")):
        page = browser.send(f"{REVIEW}/{deed}").page
        assert (page.status, "Look at how it stands now" in page.errors[0]) == (409, True), deed
        assert "Another title" in page.text
    draft.send(f"{REVIEW}/submit", written_on="2026-11-23")
    assert draft.page.told == "The paper is in review.", draft.page.text


def bodies(site) -> list[str]:
    """The events of the log, the last one last."""
    with site.state.premises.database.reading() as session:
        return list(session.scalars(select(AuditEvent.body).order_by(AuditEvent.sequence)))


def test_comments_are_answered_and_settled(author, officer):
    page = officer.visit(REVIEW).send(f"{REVIEW}/comments", place="", comment="Why?").page
    assert (page.status, page.errors) == (422, ["Enter what the comment is about"])
    assert page.tree.get_element_by_id("comment").text.strip() == "Why?"
    officer.send(f"{REVIEW}/comments", place="section/purpose")
    assert officer.page.told == "Your comment is there for all who see the draft."

    author.visit(REVIEW).send(f"{REVIEW}/comments/1/replies", **{"reply-1": "Because."})
    page = author.visit(REVIEW).send(f"{REVIEW}/comments/1/settled").page

    assert "Because." in page.text
    assert "Settled by Report author." in page.text


def test_no_two_places_that_a_comment_may_be_about_bear_one_name(officer):
    (places,) = officer.visit(REVIEW).page.tree.xpath("//select[@name='place']")
    names = [option.text_content() for option in places.iter("option")]
    assert "Digital evidence management: progress as at 20 November 2026" in names
    assert len(set(names)) == len(names)


def test_an_approval_elsewhere_is_recorded_with_its_evidence(submitted, browser_of):
    secretary = proved(browser_of("board-secretary"))
    page = secretary.visit(DECIDE).send(DECIDE, decided_on="2026-11-24").page
    assert (page.status, page.errors) == (422, ["24 November 2026 is still to come."]), "and another day can be said"
    secretary.send(DECIDE, decided_on="2026-11-23")
    page = secretary.send(f"{DECIDE}/record", evidence="").page
    assert (page.status, page.errors) == (422, ["Enter where the decision is written"])

    secretary.send(f"{DECIDE}/record", evidence="E-mail of 23 November 2026")

    assert secretary.page.told == "The decision is recorded."
    assert "Decided elsewhere: E-mail of 23 November 2026" in secretary.page.text


def test_what_is_approved_is_released_and_read_by_who_receives_it(submitted, officer, browser_of):
    proved(officer).visit(DECIDE).send(f"{DECIDE}/approve", on_behalf_of="")
    secretary = browser_of("board-secretary")
    label = secretary.visit(REVIEW).page.form(f"{REVIEW}/release").fields["label"]
    secretary.send(f"{REVIEW}/release")

    assert secretary.page.told == "The version is released."
    author, version = browser_of("report-author"), f"{PAPER}/versions/{label}"
    assert "Nothing has changed since this version was made." in author.visit(version).page.text
    author.visit(REVIEW).send(f"{REVIEW}/reopen")
    author.visit(f"{PAPER}/front-sheet").send(f"{PAPER}/front-sheet", title="Later")
    for address in (PAPER, version):
        assert "is “Later” now." in author.visit(address).page.text
    outsider = browser_of("commissioners-office")
    assert outsider.visit(f"{PAPER}/versions/{label}/preview").page.status == 200
    assert outsider.visit(f"{PAPER}/versions/0.1/preview").page.status == 404


def test_a_paper_is_withdrawn_and_reopened(author):
    assert author.visit(REVIEW).send(f"{REVIEW}/withdraw").page.told == "The paper is withdrawn."
    assert author.send(f"{REVIEW}/reopen").page.told == "The paper is a draft again."
