"""A lead reports: last time beside this time, and never a lost text. Without JavaScript."""

from dataclasses import replace
from datetime import date

from app.unsent.commands import keep
from app.web.pace import Pace
from app.workstreams import queries
from tests.stories import NOON

DAY = "/workstreams/JNT-01/updates/2026-11-22"


def reported(site, as_at="2026-11-22"):
    with site.state.premises.database.reading() as session:
        found = queries.find_update(session, "JNT-01", date.fromisoformat(as_at))
        return found and (found.revision, queries.content_of(found))


def test_a_lead_reports_from_the_tree_to_the_saved_update(site, browser_of):
    browser = browser_of("workstream-lead").visit("/workstreams").follow("Joint Serious Crime Directorate")
    browser.follow("Report an update")
    browser.send("/workstreams/JNT-01/report", as_at="tomorrow")
    assert browser.page.errors == ["Enter the day as at which you report"]

    browser.send("/workstreams/JNT-01/report", as_at="2026-11-22")
    assert browser.page.heading == "Joint Serious Crime Directorate, as at 22 November 2026"
    assert "Last time, 20 November 2026" in browser.page.text
    assert "Last time: Green" in browser.page.text

    browser.send(
        DAY,
        parts__progress="Two things:\n\n1. The desk is **open**.\n2. Nobody left.",
        ratings__overall="amber",
        sources__overall="from the board's own review",
    )
    assert browser.page.heading == "Joint Serious Crime Directorate"
    assert browser.page.told == "The update as at 22 November 2026 is saved."
    revision, content = reported(site)
    assert revision == 1
    assert "<strong>open</strong>" in content.parts["progress"]
    assert content.parts["progress"].count("<li>") == 2
    assert content.ratings["overall"].value == "amber"
    assert content.ratings["overall"].source == "from the board's own review"
    assert set(content.ratings) == {"overall"}, "what was not said is not rated by saying nothing"


def test_what_a_round_still_asks_for_is_said_wherever_somebody_would_report(browser_of):
    lead, asks = browser_of("workstream-lead"), "Answer Quarterly collaboration update, December 2026"
    places = [f"/workstreams/NAT-03{below}" for below in ("", "/report", "/updates/2026-11-20")]
    for place in places:
        assert "as at 20 November 2026, until 20 November 2026, and has no answer yet." in lead.visit(place).page.text
        assert asks in lead.page.links()
    lead.follow(asks).press("No change")
    assert lead.page.told
    for place in places:
        assert asks not in lead.visit(place).page.links()
    assert asks not in browser_of("reader").visit("/workstreams/REG-04").page.links()

    sent_back = browser_of("report-author").visit("/workstreams/INN-02")
    assert "has no answer yet: the one that it had was sent back." in sent_back.page.text


def test_nothing_to_report_is_one_button(site, browser_of):
    browser = browser_of("workstream-lead").visit(DAY).send(DAY, press="deed=nothing")

    assert browser.page.told == "The update as at 22 November 2026 is saved."
    assert reported(site)[1].nothing_to_report
    assert "Nothing to report" in browser.page.text


def test_that_button_throws_no_text_away(site, browser_of):
    browser = browser_of("workstream-lead").visit(DAY)
    browser.send(DAY, press="deed=nothing", parts__progress="Something after all.")

    assert browser.page.status == 422
    assert browser.page.errors == ["Take this text out where there is nothing to report, or save the update"]
    assert browser.page.form(DAY).fields["parts.progress"].strip() == "Something after all."
    assert reported(site) is None


def test_an_update_is_corrected_as_it_stands(site, browser_of):
    day = "/workstreams/JNT-01/updates/2026-11-20"
    before = reported(site, "2026-11-20")
    browser = browser_of("workstream-lead").visit(day)

    browser.send(day)
    assert reported(site, "2026-11-20") == before, "what is sent back unchanged is no revision"

    browser.visit(day).send(day, ratings__time="red")
    revision, content = reported(site, "2026-11-20")
    assert revision == before[0] + 1
    assert content.parts == before[1].parts
    assert content.ratings["time"].value == "red"


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(site, browser_of):
    browser = browser_of("workstream-lead").visit(DAY)
    browser.send(DAY, parts__progress="Kept words", ratings__overall="purple", sources__overall="x" * 400)

    assert browser.page.status == 422
    assert len(browser.page.errors) == 1
    assert browser.page.form(DAY).fields["parts.progress"].strip() == "Kept words"
    assert reported(site) is None

    browser.send(DAY, ratings__overall="purple", sources__overall="")
    assert browser.page.status == 422
    assert "purple" in browser.page.errors[0]
    assert browser.page.form(DAY).fields["parts.progress"].strip() == "Kept words"


def test_two_who_edit_the_same_update_see_each_others_and_lose_nothing(site, browser_of):
    one, other = browser_of("workstream-lead").visit(DAY), browser_of("board-secretary").visit(DAY)
    one.send(DAY, parts__progress="The first text.")

    other.send(DAY, parts__progress="The second text.")
    assert other.page.status == 409
    assert other.page.errors == [
        "Somebody else saved this update meanwhile. Yours is still here: look at both, then save."
    ]
    assert "What was saved meanwhile: Progress" in other.page.text
    assert "The first text." in other.page.text
    assert other.page.form(DAY).fields["parts.progress"].strip() == "The second text."
    assert "The first text." in reported(site)[1].parts["progress"]

    other.send(DAY, parts__progress="Both texts.")
    assert other.page.told
    revision, content = reported(site)
    assert (revision, content.parts["progress"]) == (2, "<p>Both texts.</p>")


def test_who_may_not_report_is_told_so(browser_of):
    assert browser_of("reader").visit(DAY).page.status == 403
    assert browser_of("commissioners-office").visit(DAY).page.status == 404
    assert "Report an update" not in browser_of("reader").visit("/workstreams/JNT-01").page.links()


KEPT = "/unsent"


def test_what_is_kept_for_later_is_there_again_and_nobody_elses(site, browser_of):
    lead, other = browser_of("workstream-lead").visit(DAY), browser_of("board-secretary")
    lead.client.post(KEPT, params={"page": DAY}, data={"parts.progress": "Half a sentence", "seen": "0"})

    lead.visit(DAY)
    assert "This is what you typed on 23 November 2026 at 12:00. It is not saved yet" in lead.page.text
    assert lead.page.form(DAY).fields["parts.progress"].strip() == "Half a sentence"
    assert "Half a sentence" not in other.visit(DAY).page.answer.text
    assert reported(site) is None

    lead.send(DAY, parts__progress="Half a sentence, and the rest.")
    assert "Half a sentence, and the rest." in reported(site)[1].parts["progress"]
    assert "This is what you typed" not in lead.visit(DAY).page.text, "what was sent is not kept besides"


def test_what_was_kept_is_thrown_away(browser_of):
    lead = browser_of("workstream-lead")
    lead.client.post(KEPT, params={"page": DAY}, data={"parts.progress": "Nonsense"})
    lead.visit(DAY).send("/unsent/discarded")

    assert lead.page.told == "What you had typed is gone."
    assert "Nonsense" not in lead.page.answer.text


def test_nothing_is_kept_of_other_pages_of_others_updates_or_without_end(site, browser_of):
    lead = browser_of("workstream-lead")
    for page in ("/", "/n0", "/papers/collaboration-2026-12", "//elsewhere", f"{DAY}/more", f"{DAY}?a=b"):
        assert lead.client.post(KEPT, params={"page": page}, data={"a": "b"}).status_code == 422, page
    assert lead.client.post(KEPT, params={"page": "/workstreams/NONE/updates/2026-11-20"}, data={}).status_code == 404
    assert browser_of("reader").client.post(KEPT, params={"page": DAY}, data={"a": "b"}).status_code == 403
    assert browser_of("commissioners-office").client.post(KEPT, params={"page": DAY}, data={}).status_code == 404
    assert lead.client.post(KEPT, params={"page": DAY}, data={"a": "b" * 600_000}).status_code == 413
    assert "This is what you typed" not in lead.visit(DAY).page.text


def test_what_was_kept_and_cannot_be_shown_keeps_nobody_from_the_page(site, browser_of):
    with site.state.premises.database.writing() as session:
        keep(session, account_key="workstream-lead", page=DAY, fields={"parts.progress": ["\ud800"]}, now=NOON)
    lead = browser_of("workstream-lead").visit(DAY)
    assert lead.page.status == 200
    assert lead.send(DAY, parts__progress="Better.").page.told


def test_what_was_kept_before_another_saved_still_meets_it(site, browser_of):
    lead, other = browser_of("workstream-lead").visit(DAY), browser_of("board-secretary").visit(DAY)
    lead.client.post(KEPT, params={"page": DAY}, data={"parts.progress": "Mine", "seen": "0"})
    other.send(DAY, parts__progress="Theirs")

    lead.visit(DAY).send(DAY)
    assert lead.page.status == 409
    assert "Theirs" in lead.page.text
    assert lead.page.form(DAY).fields["parts.progress"].strip() == "Mine"


def test_what_is_typed_is_kept_at_a_pace(site, browser_of):
    here = site.state.premises
    site.state.premises = replace(here, keeping=Pace(2, "What you type may be kept"))
    lead, other = browser_of("workstream-lead"), browser_of("board-secretary")
    answers = [lead.client.post(KEPT, params={"page": DAY}, data={"parts.progress": f"{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "What you type may be kept 2 times a minute. Try again in 60 seconds." in answers[2].text
    assert answers[2].headers["retry-after"] == "60"
    assert lead.client.post(f"{KEPT}/discarded", params={"page": DAY}).status_code == 429
    assert lead.visit(DAY).page.form(DAY).fields["parts.progress"].strip() == "1"
    assert other.client.post(KEPT, params={"page": DAY}, data={"a": "b"}).status_code == 303, "each at their own"
    here.keeping.count("workstream-lead", NOON, 60)  # who types into two pages at once is not held up


def test_a_script_that_keeps_is_told_when(browser_of):
    lead = browser_of("workstream-lead")
    answer = lead.client.post(KEPT, params={"page": DAY}, data={"a": "b"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.text.strip()) == (200, "Kept for you at 12:00. It is not saved yet.")
