"""A lead answers a round, and somebody outside by a link: last time beside this time, nothing lost. No JavaScript."""

from app.facts.demonstration_round import KEY
from app.rounds import commands, queries
from app.rounds.commands import RequestEntry, RoundEntry
from app.rounds.models import AnswerKind, Verdict
from app.workstreams.queries import find_update
from tests.stories import NOON

ASKED = f"/rounds/{KEY}/requests/NAT-03"
ANSWER = f"{ASKED}/answer"
LINKED = "/answer-by-link"


def newest(site, ref="NAT-03"):
    with site.state.premises.database.reading() as session:
        answers = queries.get_request(session, KEY, ref).answers
        return answers[-1] if answers else None


def test_what_is_due_is_on_the_home_page_until_it_is_answered(site, browser_of):
    lead = browser_of("workstream-lead").visit("/")
    assert lead.page.rows()[0] == [
        "Answer for National air supportQuarterly collaboration update, December 2026",
        "20 November 2026",
        "Late: no answer yet",
    ]
    lead.follow("Answer for National air support")
    assert lead.page.path == ANSWER
    lead.send(ANSWER, press="deed=no-change").visit("/")
    assert "No answer of yours is still to come." in lead.page.text


def test_a_lead_says_what_has_changed(site, browser_of):
    lead = browser_of("workstream-lead").visit(ANSWER)
    assert "Last time, 13 November 2026" in lead.page.text
    lead.send(
        ANSWER,
        press="deed=changed",
        parts__progress="The **aircraft** came.",
        ratings__overall="amber",
        on_behalf_of="head-contact",
    )

    assert lead.page.told == "Your answer for National air support is recorded."
    assert lead.page.path == ASKED
    answer = newest(site)
    assert (answer.kind, answer.given_by.key, answer.on_behalf_of.key) == (
        AnswerKind.CHANGED,
        "acc-operations",
        "head-contact",
    )
    assert {part.part: part.narrative for part in answer.update.parts} == {
        "progress": "<p>The <strong>aircraft</strong> came.</p>"
    }
    assert "The aircraft came." in lead.page.text
    said = (
        "Answered by Assistant Chief Constable (Operations) on behalf of Head of Contact Management on 23 November 2026"
    )
    assert f"{said} at 12:00, late" in lead.page.text


def other_round(site, key="other-board"):
    """Another round asks as at the same day; the first one asks for progress only, and this one for what is next."""
    with site.state.premises.database.writing() as session:
        first = queries.get(session, KEY)
        request = queries.get_request(session, KEY, "NAT-03")
        request.parts = ["progress"]
        request.workstream.parts = [part for part in request.workstream.parts if part.part != "next-steps"]
        session.flush()
        commands.save_round(
            session,
            RoundEntry(
                key=key,
                name="Asked by another board",
                organisation=first.organisation.key,
                board=first.meeting.board.key,
                meeting=first.meeting.held_on,
                due_on=first.due_on,
                as_at=first.as_at,
                closed=False,
                requests=(RequestEntry("NAT-03", ("next-steps",), None),),
            ),
            by="ada",
            at=NOON,
        )
    return f"/rounds/{key}/requests/NAT-03/answer"


def parts_now(site):
    with site.state.premises.database.reading() as session:
        update = find_update(session, "NAT-03", queries.get(session, KEY).as_at)
        return {part.part: part.narrative for part in update.parts}


def test_what_another_round_asks_for_stays_beside_the_answer(site, browser_of):
    other = other_round(site)
    lead = browser_of("workstream-lead").visit(ANSWER)
    lead.send(ANSWER, press="deed=changed", parts__progress="The **aircraft** came.")
    lead.visit(other)
    assert list(lead.page.form(other).fields).count("parts.progress") == 0
    assert "there is a text for “progress” too, for which this page has no field" in lead.page.text
    lead.send(other, press="deed=nothing-to-report")
    assert lead.page.status == 422
    assert "“progress” is reported too, and would be lost" in lead.page.errors[0]
    lead.send(other, press="deed=changed", **{"parts__next-steps": "They fly."})
    assert lead.page.told
    both = {"progress": "<p>The <strong>aircraft</strong> came.</p>", "next-steps": "<p>They fly.</p>"}
    assert parts_now(site) == both
    lead.visit(ANSWER).send(ANSWER, press="deed=changed")
    assert parts_now(site) == both


def test_what_was_sent_back_is_not_said_again_by_another_round_s_answer(site, browser_of):
    other = other_round(site)
    lead = browser_of("workstream-lead").visit(ANSWER)
    lead.send(ANSWER, press="deed=changed", parts__progress="Not so.")
    with site.state.premises.database.writing() as session:
        request = queries.get_request(session, KEY, "NAT-03")
        commands.judge(session, request, 1, Verdict.SENT_BACK, "Which?", by="ada", at=NOON)
    lead.visit(other).send(other, press="deed=changed", **{"parts__next-steps": "They fly."})
    assert parts_now(site) == {"next-steps": "<p>They fly.</p>"}


def test_a_link_s_answer_keeps_what_the_house_wrote_in_other_parts(site, browser_of, visitor):
    other = other_round(site)
    browser_of("workstream-lead").visit(other).send(other, press="deed=changed", **{"parts__next-steps": "They fly."})
    visitor.visit(given_link(site)).send(LINKED, press="deed=changed", parts__progress="From outside.")
    assert parts_now(site) == {"progress": "<p>From outside.</p>", "next-steps": "<p>They fly.</p>"}


def test_the_short_answers_say_how_they_will_be_printed(site, browser_of):
    lead = browser_of("workstream-lead").visit(ANSWER)
    assert "after “No change since 13 November 2026”." in lead.page.text
    assert "“There are no … to report as at 20 November 2026”." in lead.page.text
    lead.send(ANSWER, press="deed=nothing-to-report", subject="flights")
    assert (newest(site).kind, newest(site).subject) == (AnswerKind.NOTHING_TO_REPORT, "flights")


def test_no_short_answer_throws_a_text_away(site, browser_of):
    lead = browser_of("workstream-lead")
    for deed in ("no-change", "nothing-to-report"):
        lead.visit(ANSWER).send(ANSWER, press=f"deed={deed}", parts__progress="Something after all.")
        assert lead.page.status == 422
        assert lead.page.errors == ["Take this text out where there is nothing to report, or save the update"]
        assert lead.page.form(ANSWER).fields["parts.progress"].strip() == "Something after all."
    assert newest(site) is None


def test_no_short_answer_throws_a_rating_or_its_source_away(site, browser_of):
    lead = browser_of("workstream-lead")
    for deed in ("no-change", "nothing-to-report"):
        for typed in ({"sources__overall": "from the pack"}, {"ratings__overall": "red"}):
            lead.visit(ANSWER).send(ANSWER, press=f"deed={deed}", **typed)
            assert lead.page.status == 422
            assert lead.page.errors == ["This is new: send it as what has changed, or open the page anew"]
    assert newest(site) is None
    lead.visit(ANSWER).send(ANSWER, press="deed=changed", parts__progress="", ratings__overall="red")
    lead.visit(ANSWER).send(ANSWER, press="deed=nothing-to-report")
    assert newest(site).kind is AnswerKind.NOTHING_TO_REPORT, "what is saved already is not lost"


def test_what_is_wrong_is_said_at_its_field_and_everything_is_kept(site, browser_of):
    secretary = browser_of("board-secretary").visit(ANSWER)
    secretary.send(ANSWER, press="deed=changed", parts__progress="Kept.")
    assert secretary.page.status == 422
    assert secretary.page.errors == ["Is needed, since papers name nobody for this account"]
    secretary.send(ANSWER, press="deed=changed", given_by="head-contact", ratings__overall="purple")
    assert secretary.page.status == 422
    assert "purple" in secretary.page.errors[0]
    assert secretary.page.form(ANSWER).fields["parts.progress"].strip() == "Kept."
    assert secretary.page.form(ANSWER).fields["given_by"] == "head-contact"
    assert newest(site) is None


def test_two_who_answer_see_each_others_and_lose_nothing(site, browser_of):
    lead, other = browser_of("workstream-lead").visit(ANSWER), browser_of("board-secretary").visit(ANSWER)
    lead.send(ANSWER, press="deed=changed", parts__progress="The first text.")
    other.send(ANSWER, press="deed=changed", parts__progress="The second text.", given_by="head-contact")

    assert other.page.status == 409
    assert other.page.errors == ["Another answer was saved meanwhile. Yours is still here: look at both, then send."]
    assert "What was saved meanwhile: Progress The first text." in other.page.text
    assert other.page.form(ANSWER).fields["parts.progress"].strip() == "The second text."
    other.send(ANSWER, press="deed=changed", parts__progress="Both texts.")
    assert other.page.told
    assert newest(site).number == 2
    assert newest(site).update.parts[0].narrative == "<p>Both texts.</p>"


def test_a_short_answer_meanwhile_is_seen_too(site, browser_of):
    lead, other = browser_of("workstream-lead").visit(ANSWER), browser_of("board-secretary").visit(ANSWER)
    lead.send(ANSWER, press="deed=no-change")
    other.send(ANSWER, press="deed=changed", parts__progress="Mine.", given_by="head-contact")
    assert other.page.status == 409
    assert "What was answered meanwhileNo change. Answered by Assistant Chief Constable" in other.page.text
    assert newest(site).number == 1


def test_what_is_kept_for_later_is_there_again_until_it_is_sent(site, browser_of):
    lead = browser_of("workstream-lead")
    lead.client.post("/unsent", params={"page": ANSWER}, data={"parts.progress": "Half", "seen": "0"})
    lead.visit(ANSWER)
    assert "This is what you typed on 23 November 2026 at 12:00" in lead.page.text
    lead.send(ANSWER, press="deed=changed", parts__progress="Half, and the rest.").visit(ANSWER)
    assert "This is what you typed" not in lead.page.text


def test_a_reader_reads_and_does_not_answer_and_others_see_nothing(browser_of):
    reader = browser_of("reader").visit(ASKED)
    assert (reader.page.status, reader.page.heading) == (200, "National air support")
    assert "Answer" not in reader.page.links()
    assert reader.visit(ANSWER).page.status == 403
    outside = browser_of("commissioners-office")
    assert outside.visit(ASKED).page.status == 404
    assert outside.visit(ANSWER).page.status == 403


def test_a_closed_round_takes_no_answer_and_keeps_what_was_typed(site, browser_of):
    lead = browser_of("workstream-lead").visit(ANSWER)
    with site.state.premises.database.writing() as session:
        commands.set_closed(session, queries.get(session, KEY), True, by="ada", at=NOON)
    lead.send(ANSWER, press="deed=changed", parts__progress="Too late.")
    assert lead.page.status == 409
    assert "is closed" in lead.page.errors[0]
    assert lead.page.tree.get_element_by_id("parts.progress").text.strip() == "Too late."
    assert newest(site) is None


def test_a_link_into_a_round_that_was_closed_meanwhile_gives_back_what_was_typed(site, visitor):
    visitor.visit(given_link(site))
    with site.state.premises.database.writing() as session:
        commands.set_closed(session, queries.get(session, KEY), True, by="ada", at=NOON)
    visitor.send(LINKED, press="deed=changed", parts__progress="Long work.", sources__overall="The log book")
    assert visitor.page.status == 409
    assert visitor.page.tree.get_element_by_id("parts.progress").text.strip() == "Long work."
    assert visitor.page.tree.get_element_by_id("sources.overall").text.strip() == "The log book"
    assert newest(site) is None


def test_what_was_kept_for_later_is_still_there_when_the_round_is_closed(site, browser_of):
    lead = browser_of("workstream-lead").visit(ANSWER)
    fields = dict(lead.page.form(ANSWER).form_values()) | {"parts.progress": "Half a sentence"}
    assert lead.client.post("/unsent", params={"page": ANSWER}, data=fields).status_code == 303
    with site.state.premises.database.writing() as session:
        commands.set_closed(session, queries.get(session, KEY), True, by="ada", at=NOON)
    lead.visit(ANSWER)
    assert "This round is closed" in lead.page.text
    assert lead.page.tree.get_element_by_id("parts.progress").text.strip() == "Half a sentence"


def given_link(site, days=14, ref="NAT-03"):
    with site.state.premises.database.writing() as session:
        request = queries.get_request(session, KEY, ref)
        _, secret = commands.give_link(
            session, request, name="Air support office", contact=None, days=days, by="ada", at=NOON
        )
        return f"{LINKED}?link={secret}"


def test_somebody_outside_answers_by_a_link_and_sees_one_workstream_only(site, visitor):
    visitor.visit(given_link(site))
    assert visitor.page.heading == "National air support"
    assert "as Air support office" in visitor.page.text
    assert "This link opens until 7 December 2026 at 12:00." in visitor.page.text
    assert visitor.page.navigation == []
    assert set(visitor.page.links().values()) == {"#nothing-new"}
    assert visitor.page.answer.headers.get("content-encoding") is None

    visitor.send(LINKED, press="deed=changed", parts__progress="From outside.")
    assert visitor.page.heading == "Thank you"
    assert visitor.page.told == "Your answer for National air support is recorded."
    answer = newest(site)
    assert (answer.given_by_name, answer.given_by, answer.on_behalf_of) == ("Air support office", None, None)
    assert answer.update.parts[0].narrative == "<p>From outside.</p>"


def test_a_link_is_the_same_page_for_who_is_signed_in(site, browser_of):
    lead = browser_of("workstream-lead").visit(given_link(site))
    assert lead.page.navigation == []
    assert "Sign out" not in lead.page.answer.text


def test_what_somebody_outside_typed_is_kept_when_it_is_refused(site, visitor, browser_of):
    address = given_link(site)
    visitor.visit(address).send(LINKED, press="deed=no-change", parts__progress="Something.")
    assert visitor.page.status == 422
    assert visitor.page.form(LINKED).fields["parts.progress"].strip() == "Something."
    browser_of("workstream-lead").visit(ANSWER).send(ANSWER, press="deed=no-change")
    visitor.send(LINKED, press="deed=changed")
    assert visitor.page.status == 409
    visitor.send(LINKED, press="deed=changed")
    assert visitor.page.heading == "Thank you"


def test_a_link_that_opens_nothing_says_so_and_gives_back_what_was_typed(site, visitor):
    visitor.visit(f"{LINKED}?link=bl_none")
    assert (visitor.page.status, visitor.page.heading) == (404, "This link opens nothing")

    visitor.visit(given_link(site))
    with site.state.premises.database.writing() as session:
        request = queries.get_request(session, KEY, "NAT-03")
        commands.revoke_link(session, request, request.links[-1], by="ada", at=NOON)
    typed = {"sources__overall": "from our own count", "subject": "flights"}
    visitor.send(LINKED, press="deed=changed", parts__progress="Long work.", **typed)
    assert (visitor.page.status, visitor.page.heading) == (404, "This link opens nothing")
    assert all(words in visitor.page.answer.text for words in typed.values())
    assert "it has expired, or was taken away" in visitor.page.text
    assert "Long work." in visitor.page.answer.text
    assert newest(site) is None
