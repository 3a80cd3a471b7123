"""Stories of limits, labels and deadlines: how long a paper may be, what its versions are called, when it is due."""

from datetime import date, timedelta

import pytest

from app.blobs import Blobs
from app.boards import queries as boards
from app.boards.deadlines import USUAL, Stage, due_days, working_days_from
from app.db import Database
from app.formats.commands import faults_of_manifest
from app.formats.manifest import FaultyManifest, Labels, parse_manifest
from tests import stories
from tests.formats import committee

ONE_WORD_MORE = '\n[[sections]]\nkey = "more"\nheading = "More"\nlimit = { words = 5 }\n'


def more(text: str) -> dict:
    return {"key": "more", "blocks": [{"kind": "narrative", "text": text}]}


def test_a_section_that_is_too_long_is_printed_and_the_draft_says_so(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(ONE_WORD_MORE), more("One two three.\n\n* four\n* five\n* six"))
    said = committee.lines(database, blobs)
    at = said.index("More")
    assert said[at + 1] == "To be checked: “More” has 6 words; the format allows 5."
    assert said[at + 2 : at + 6] == ["One two three.", "four", "five", "six"]
    assert committee.gaps(database, blobs) == (f"More: {said[at + 1]}",)
    committee.put(database, blobs, committee.manifest(ONE_WORD_MORE), more("One two three.\n\n* four\n* five"))
    assert committee.gaps(database, blobs) == ()


@pytest.mark.parametrize(
    ("limit", "words", "sentence"),
    [
        ("words = 10", 6, "The paper has 11 words; the format allows 10."),
        ("words = 11", 6, ""),
        ("characters = 10", 1, "The paper has 23 characters; the format allows 10."),
        ("pages = 1", 395, ""),
        ("pages = 1", 396, "The paper has about 2 pages, at 400 words a page; the format allows 1."),
    ],
)
def test_the_paper_as_a_whole_may_have_a_limit(sqlite_url, blobs, limit: str, words: int, sentence: str) -> None:
    database = Database(sqlite_url)
    # The paper says “To decide.” and “That is all.” besides: 5 words, 22 characters.
    said = committee.manifest(ONE_WORD_MORE.replace("words = 5", "words = 1000"), first=f"limit = {{ {limit} }}\n")
    committee.put(database, blobs, said, more("w " * words))
    found = committee.gaps(database, blobs)
    database.dispose()
    assert found == ((f"The paper: To be checked: {sentence}",) if sentence else ())


def test_what_a_draft_says_of_itself_is_not_counted(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(ONE_WORD_MORE))
    missing = "More: To be written: this section is required and has no text yet."
    assert committee.gaps(database, blobs) == (missing,)


def test_a_limit_counts_one_thing() -> None:
    with pytest.raises(FaultyManifest, match="a limit counts one of words, characters and pages"):
        parse_manifest(committee.manifest(first="limit = { words = 5, pages = 1 }\n"))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, ["0.1", "0.2"]),
        ({"draft": "V{n}", "first": 3}, ["V3", "V4"]),
        ({"draft": "1.{n}", "first": 0}, ["1.0", "1.1"]),
    ],
)
def test_versions_are_called_as_the_format_says(labels: dict, expected: list[str]) -> None:
    assert [Labels.model_validate(labels).of_draft(number) for number in (1, 2)] == expected


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ("first = 0", "manifest.labels.final: line 19: two versions of one paper would be called “0.0” "),
        ('revised = "r{n}"', "two versions of one paper would be called “r1” (by labels.revised)"),
        ('draft = "D{n}"\nrevised = "D{n}"', "would be called “D1” (by labels.draft and labels.revised)"),
    ],
)
def test_patterns_that_call_two_versions_the_same_are_refused(labels: str, sentence: str) -> None:
    manifest = committee.manifest(f"\n[labels]\n{labels}\n")
    (fault,) = faults_of_manifest("committee", manifest)
    assert sentence in f"{fault.where}: {fault.what}"
    assert parse_manifest(manifest).labels, "a format from before goes on"


def test_the_labels_of_the_shipped_formats_are_all_different() -> None:
    for file in (stories.ROOT / "templates").glob("*/format.toml"):
        assert list(faults_of_manifest(file.parent.name, file.read_text(encoding="utf-8"))) == []


def test_the_first_version_has_the_first_label(database: Database, blobs: Blobs) -> None:
    said = committee.manifest('\n[labels]\ndraft = "V{n}"\nfirst = 3\n')
    committee.put(database, blobs, said)
    assert stories.generate(database, blobs).version.label == "V3"


def test_stages_are_due_so_many_working_days_from_the_meeting_unless_the_board_says_otherwise() -> None:
    thursday = date(2026, 12, 10)
    assert working_days_from(thursday, -4) == date(2026, 12, 4)
    assert working_days_from(thursday, 2) == date(2026, 12, 14)
    assert working_days_from(date(2026, 12, 12), -1) == date(2026, 12, 11)
    said = parse_manifest(committee.manifest("\n[deadlines]\nfinal = -5\ndraft = -15\nminutes = 10\n"))
    assert list(due_days(thursday, said.deadlines, {"final": -3}).items()) == [
        ("draft", date(2026, 11, 19)), ("final", date(2026, 12, 7)), ("minutes", date(2026, 12, 24)),
    ]  # fmt: skip


def test_nobody_works_on_a_bank_holiday() -> None:
    christmas_eve = date(2026, 12, 24)
    # Christmas is a Friday, Boxing Day a Saturday, kept on the Monday: Tuesday is the next day of work.
    assert working_days_from(christmas_eve, 1) == date(2026, 12, 29)
    assert working_days_from(date(2026, 12, 29), -1) == christmas_eve
    # Over Easter and two May holidays of 2026, and the one of the coronation.
    assert working_days_from(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert working_days_from(date(2023, 5, 5), 1) == date(2023, 5, 9)


def test_the_count_ends_where_the_calendar_does() -> None:
    assert working_days_from(date(9999, 12, 30), 250) == date.max
    assert working_days_from(date(1, 1, 3), -250) == date.min


def test_the_public_copy_is_published_five_clear_days_before_the_meeting() -> None:
    meeting = date(2026, 12, 10)
    published = due_days(meeting, USUAL, {})[Stage.PUBLICATION]
    between = [published + timedelta(days=n) for n in range(1, (meeting - published).days)]
    assert [day.weekday() for day in between if day.weekday() < 5] == [3, 4, 0, 1, 2], "neither end counts"


def test_a_meeting_has_deadlines_as_its_board_its_format_and_the_house_say(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest("\n[deadlines]\ndraft = -12\nminutes = 3\n"))
    board = stories.WORLD["boards"][0] | {"format": "committee", "deadlines": {"board": "-6"}}
    stories.put(database, blobs, {"boards": [board]})
    with database.reading() as session:
        due = boards.deadlines(session, boards.get_meeting(session, "scrutiny-board", date(2026, 12, 10)))
    assert list(due.items()) == [
        ("answers", date(2026, 11, 12)), ("draft", date(2026, 11, 24)), ("chief-officer", date(2026, 11, 26)),
        ("board", date(2026, 12, 2)), ("publication", date(2026, 12, 2)), ("minutes", date(2026, 12, 15)),
    ]  # fmt: skip
