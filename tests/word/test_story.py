"""A document told from beginning to end, in words."""

from app.word import Saying, Tabled, story
from tests.word.templates import a_paper


def test_paragraphs_headings_lists_and_tables_in_reading_order():
    told = story(
        a_paper(
            "<h3>Progress</h3><p>It <strong>went</strong> live.</p><ol><li>One</li></ol>"
            "<table><thead><tr><th>Unit</th><th>Staff</th></tr></thead>"
            "<tbody><tr><td><p>Roads</p><p>North</p></td><td></td></tr></tbody></table>"
        )
    )

    sayings = [saying for saying in told if isinstance(saying, Saying)][-4:-1]
    assert [(saying.words, saying.number) for saying in sayings] == [
        ("Progress", ""),
        ("It went live.", ""),
        ("One", "1."),
    ]
    assert [saying.level is not None for saying in sayings] == [True, False, False]
    assert told[-2] == Tabled((("Unit", "Staff"), ("Roads\nNorth", "")), heads=1)


def test_a_number_moves_and_makes_no_other_paragraph():
    assert Saying("Note it.", "a.") == Saying("Note it.", "c.")
    assert Saying("Note it.", level=1) != Saying("Note it.")
