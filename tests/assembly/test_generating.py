"""Stories of generating a paper: which facts it takes, what it shows as missing, when it is a new version."""

from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from app.assembly.assemble import PREVIEW_LABEL, preview
from app.blobs import Blobs
from app.db import Database
from app.formats.commands import retire
from app.formats.queries import NothingLive, get_version
from tests import stories
from tests.stories import FEBRUARY, JANUARY, MARCH, NOON, PAPER, paper, update, workstream, world

LATER = NOON + timedelta(days=9)


def said(blobs: Blobs, generated) -> str:
    return "\n".join(stories.lines_of(blobs, generated))


def test_the_paper_shows_the_latest_update_before_the_meeting(database: Database, blobs: Blobs) -> None:
    updates = [update(JANUARY, "old"), update(FEBRUARY, "new"), update("2027-04-01", "too late")]
    stories.put(database, blobs, world(workstreams=[workstream(updates=updates)]))
    text = stories.lines_of(blobs, stories.generate(database, blobs))
    assert "new" in text
    assert "old" not in text
    assert "too late" not in text


def test_an_earlier_cut_off_takes_the_update_before_it(database: Database, blobs: Blobs) -> None:
    updates = [update(JANUARY, "old"), update(FEBRUARY, "new")]
    facts = world(workstreams=[workstream(updates=updates)], papers=[paper(cut_off="2027-02-01")])
    stories.put(database, blobs, facts)
    text = stories.lines_of(blobs, stories.generate(database, blobs))
    assert "old" in text
    assert "new" not in text


def test_all_updates_since_the_previous_paper_are_shown_with_their_dates(database: Database, blobs: Blobs) -> None:
    updates = [update("2026-11-01", "before"), update(JANUARY, "first"), update(FEBRUARY, "second")]
    earlier = paper(reference="COL-2026-12", meeting="2026-12-10", cut_off="2026-11-27")
    facts = world(workstreams=[workstream(updates=updates)], papers=[earlier, paper(take="since-previous")])
    stories.put(database, blobs, facts)
    text = stories.lines_of(blobs, stories.generate(database, blobs))
    assert text.index("first") < text.index("second")
    assert "before" not in text
    assert any("15 January 2027" in line for line in text)
    assert any("15 February 2027" in line for line in text)


def test_a_correction_is_printed_and_the_first_words_stay_stored(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, "Saved £1m")])]))
    stories.generate(database, blobs)
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, "Saved £2m")])]))
    second = stories.generate(database, blobs)
    assert second.version.label == "0.2"
    text = stories.lines_of(blobs, second)
    assert "Saved £2m" in text
    assert "Saved £1m" not in text


def test_own_wording_stands_instead_of_the_leads_words(database: Database, blobs: Blobs) -> None:
    own = [{"workstream": "procurement", "as_at": JANUARY, "part": "progress", "text": "In our words."}]
    stories.put(database, blobs, world(papers=[paper(own_wordings=own)]))
    text = said(blobs, stories.generate(database, blobs))
    assert "In our words." in text
    assert "The team went live." not in text


def test_own_wording_over_a_corrected_update_asks_to_be_checked(database: Database, blobs: Blobs) -> None:
    own = [{"workstream": "procurement", "as_at": JANUARY, "part": "progress", "text": "In our words."}]
    stories.put(database, blobs, world(papers=[paper(own_wordings=own)]))
    before = stories.generate(database, blobs)
    corrected = workstream(updates=[update(JANUARY, "The team went live in May.", ratings={"overall": "green"})])
    stories.put(database, blobs, {"workstreams": [corrected]})
    after = stories.generate(database, blobs)
    assert not any("was corrected" in gap for gap in before.gaps)
    assert any("was corrected" in gap for gap in after.gaps)
    assert "was corrected" in said(blobs, after)


def test_what_is_required_and_missing_stands_in_the_draft_in_words(database: Database, blobs: Blobs) -> None:
    silent = workstream(updates=[update(JANUARY, parts={"next-steps": "Go on."})])
    facts = world(
        workstreams=[silent, workstream("forensics")], papers=[paper(workstreams=["procurement", "forensics"])]
    )
    stories.put(database, blobs, facts)
    generated = stories.generate(database, blobs)
    text = said(blobs, generated)
    assert "Procurement has no “Progress” as at 15 January 2027" in text
    assert "Forensics has reported nothing up to 11 March 2027" in text
    assert any(gap.startswith("Recommendations:") for gap in generated.gaps)
    assert generated.version.open_points == len(generated.gaps)


def test_nothing_to_report_is_content_and_no_gap(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, nothing_to_report=True)])]))
    generated = stories.generate(database, blobs)
    assert "Nothing to report as at 15 January 2027." in said(blobs, generated)
    assert not any("Procurement" in gap for gap in generated.gaps)


def test_generating_again_without_a_change_answers_with_the_version_that_exists(
    database: Database, blobs: Blobs
) -> None:
    stories.put(database, blobs, world())
    first, again = stories.generate(database, blobs), stories.generate(database, blobs, now=LATER)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.version.label, again.version.file_digest) == ("0.1", first.version.file_digest)
    assert again.gaps == first.gaps


def test_the_date_written_is_the_day_of_the_first_kept_draft(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    first = stories.generate(database, blobs)
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, "Changed.")])]), now=LATER)
    second = stories.generate(database, blobs, now=LATER)
    assert second.version.label == "0.2"
    for generated in (first, second):
        assert "23 November 2026" in stories.lines_of(blobs, generated)


def test_the_day_is_the_day_in_london(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    late_evening = datetime.fromisoformat("2027-06-01T23:30:00+00:00")
    assert "2 June 2027" in stories.lines_of(blobs, stories.generate(database, blobs, now=late_evening))


def test_a_preview_shows_the_same_and_keeps_nothing(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    kept = set(blobs.digests())
    with database.reading() as session:
        document = preview(session, blobs, PAPER, now=NOON)
    assert document.label == PREVIEW_LABEL
    assert set(blobs.digests()) == kept
    assert stories.generate(database, blobs).version.label == "0.1"


def test_dates_and_year_come_from_the_board_and_the_series(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    text = said(blobs, stories.generate(database, blobs))
    assert "Scrutiny Programme 2026/27" in text
    assert "11 March 2027" in text
    assert "Not yet approved" in text


def test_the_source_note_is_composed_from_the_sources_of_the_ratings(database: Database, blobs: Blobs) -> None:
    ratings = {
        "overall": {"value": "green", "source": "determined for this report"},
        "time": "red",
        "cost": "not-rated",
    }
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, "On.", ratings=ratings)])]))
    text = said(blobs, stories.generate(database, blobs))
    assert "Ratings from the programme pack, except Overall, determined for this report." in text
    assert "Not rated" in text


def test_the_key_of_a_scheme_in_use_is_printed_once(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    assert stories.lines_of(blobs, stories.generate(database, blobs)).count("On track") == 1


def test_the_key_stands_under_its_theme_where_no_section_prints_it(database: Database, blobs: Blobs) -> None:
    sections = [{"key": "background", "blocks": [{"kind": "narrative", "text": "How it began."}]}]
    stories.put(database, blobs, world(papers=[paper(sections=sections)]))
    text = stories.lines_of(blobs, stories.generate(database, blobs))
    assert text.count("On track") == 1
    assert text.index("Regional work") < text.index("On track")


def test_a_scheme_that_nothing_uses_has_no_key(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, "On.")])]))
    assert "On track" not in stories.lines_of(blobs, stories.generate(database, blobs))


def test_nil_is_said_with_its_subject_and_date(database: Database, blobs: Blobs) -> None:
    nil = {"kind": "nil", "subject": "areas for improvement", "as_at": "2027-02-01"}
    stories.put(database, blobs, world(papers=[paper(sections=[{"key": "actions", "blocks": [nil]}])]))
    text = said(blobs, stories.generate(database, blobs))
    assert "There are no areas for improvement to report as at 1 February 2027." in text


def test_another_sections_text_is_printed_again(database: Database, blobs: Blobs) -> None:
    sections = [
        {"key": "recommendations", "blocks": [{"kind": "narrative", "text": "The board is asked to note."}]},
        {"key": "future-work", "blocks": [{"kind": "again", "section": "recommendations"}]},
    ]
    stories.put(database, blobs, world(papers=[paper(sections=sections)]))
    assert stories.lines_of(blobs, stories.generate(database, blobs)).count("The board is asked to note.") == 2


def test_an_outline_of_all_names_work_that_was_not_chosen(database: Database, blobs: Blobs) -> None:
    sections = [{"key": "executive-summary", "blocks": [{"kind": "outline", "scope": "all"}]}]
    stories.put(database, blobs, world(papers=[paper(sections=sections)]))
    assert "Forensics" in stories.lines_of(blobs, stories.generate(database, blobs))


def test_facts_of_other_work_do_not_make_a_new_version(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    stories.generate(database, blobs)
    other = workstream("forensics", updates=[update(FEBRUARY, "Elsewhere.")])
    stories.put(database, blobs, {"workstreams": [other]})
    assert not stories.generate(database, blobs).is_new


def test_the_file_name_tells_what_it_is(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(papers=[paper(title='Update: "IT/OT"?')]))
    name = stories.generate(database, blobs).version.file_name
    assert name == f"{MARCH} Scrutiny Board item 5.0 Update IT OT v0.1 DRAFT OFFICIAL.docx"


def test_a_paper_whose_format_has_no_live_template_says_so(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    with database.writing() as session:
        retire(session, get_version(session, "scrutiny", 1), by="command-line", now=NOON)
    with pytest.raises(NothingLive, match="scrutiny"):
        stories.generate(database, blobs)


def test_the_document_says_of_itself_what_it_is(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(papers=[paper(title="Cost & benefit <2027>")]))
    generated = stories.generate(database, blobs)
    with ZipFile(BytesIO(blobs.get(generated.version.file_digest))) as file:
        core, custom = file.read("docProps/core.xml").decode(), file.read("docProps/custom.xml").decode()
    assert "Cost &amp; benefit &lt;2027&gt;" in core
    assert "Northmoor Constabulary" in core
    assert PAPER in custom
    assert generated.version.snapshot_digest in custom


def test_a_rating_is_printed_as_it_was_given_when_its_theme_has_another_scheme_since(
    database: Database, blobs: Blobs
) -> None:
    rated = workstream(updates=[update(JANUARY, "On.", ratings={"overall": "red", "time": "green"})])
    stories.put(database, blobs, world(workstreams=[rated]))
    other = {
        "key": "other",
        "name": "Other ratings",
        "values": [{"key": "good", "label": "Good", "meaning": "Fine", "background": "2E7D32", "colour": "FFFFFF"}],
        "dimensions": [{"key": "overall", "label": "Overall"}],
    }
    theme = stories.WORLD["themes"][0] | {"rag_scheme": "other"}
    stories.put(database, blobs, {"rag_schemes": [other], "themes": [theme]})
    text = stories.lines_of(blobs, stories.generate(database, blobs))
    assert {"Red", "Green", "Overall", "Time", "In trouble"} <= set(text)
    assert "Not rated" not in text


def test_a_chosen_workstream_that_no_section_prints_is_a_gap(database: Database, blobs: Blobs) -> None:
    sections = [{"key": "current-work", "blocks": [{"kind": "narrative", "text": "Nothing but words."}]}]
    stories.put(database, blobs, world(papers=[paper(sections=sections)]))
    generated = stories.generate(database, blobs)
    assert "Procurement is chosen for this paper, but no section prints it." in said(blobs, generated)
    assert any("no section prints it" in gap for gap in generated.gaps)


def test_own_wording_of_an_update_that_is_not_taken_is_not_dropped_in_silence(database: Database, blobs: Blobs) -> None:
    own = [{"workstream": "procurement", "as_at": JANUARY, "part": "progress", "text": "In our words."}]
    stories.put(database, blobs, world(papers=[paper(own_wordings=own)]))
    stories.put(database, blobs, {"workstreams": [workstream(updates=[update(FEBRUARY, "Newer.")])]})
    text = said(blobs, stories.generate(database, blobs))
    assert "own wording of “Progress” of 15 January 2027 belongs to an update that is not taken" in text


def test_a_part_that_the_format_does_not_know_is_not_dropped_in_silence(database: Database, blobs: Blobs) -> None:
    reported = update(JANUARY, parts={"progress": "On.", "risks": "The roof leaks."})
    elsewhere = world(workstreams=[workstream("forensics", updates=[reported])])
    stories.put(database, blobs, elsewhere | {"papers": []})
    stories.put(database, blobs, {"papers": [paper(workstreams=["forensics"])]})
    assert "Forensics also reports “risks”" in said(blobs, stories.generate(database, blobs))
    unused = workstream("forensics", parts={"risks": "unused"})
    stories.put(database, blobs, {"workstreams": [unused]})
    assert "Forensics also reports" not in said(blobs, stories.generate(database, blobs))


def test_what_a_value_says_is_never_read_as_a_pattern(database: Database, blobs: Blobs) -> None:
    nil = {"kind": "nil", "subject": "{as_at} left", "as_at": "2027-02-01"}
    stories.put(database, blobs, world(papers=[paper(sections=[{"key": "actions", "blocks": [nil]}])]))
    text = said(blobs, stories.generate(database, blobs))
    assert "There are no {as_at} left to report as at 1 February 2027." in text


def test_who_has_nothing_to_report_is_not_said_to_be_unrated(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world(workstreams=[workstream(updates=[update(JANUARY, nothing_to_report=True)])]))
    assert "Not rated" not in stories.lines_of(blobs, stories.generate(database, blobs))


def test_facts_that_the_paper_does_not_print_make_no_new_version(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    stories.generate(database, blobs)
    board = stories.WORLD["boards"][0] | {
        "meetings": [{"held_on": MARCH, "place": "County Hall"}, {"held_on": "2027-04-15"}]
    }
    plan = stories.WORLD["frameworks"][0] | {"edition": "2026"}
    stories.put(database, blobs, {"boards": [board], "frameworks": [plan]}, now=LATER)
    assert not stories.generate(database, blobs, now=LATER).is_new


def test_a_correction_that_is_taken_back_makes_no_new_version(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    stories.generate(database, blobs)
    first = stories.WORLD["workstreams"][0]["updates"][0]
    for text in ("Mistaken.", first["parts"]["progress"]):
        stories.put(database, blobs, {"workstreams": [workstream(updates=[first | {"parts": {"progress": text}}])]})
    assert not stories.generate(database, blobs).is_new


@pytest.mark.parametrize(
    ("second", "label"),
    [
        ('<p><mark data-redact="staff">The van came.</mark></p>', "0.1"),  # a full paper shows no redaction
        ("<p>The <strong>van</strong> came.</p>", "0.2"),
        ("<p>The van went.</p>", "0.2"),
    ],
)
def test_a_version_is_new_when_its_document_is_another_one(
    database: Database, blobs: Blobs, second: str, label: str
) -> None:
    for text in ("<p>The van came.</p>", second):
        block = {"kind": "narrative", "text": {"format": "html", "value": text}}
        stories.put(database, blobs, world(papers=[paper(sections=[{"key": "background", "blocks": [block]}])]))
        generated = stories.generate(database, blobs)
    assert generated.version.label == label
