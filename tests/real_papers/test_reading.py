"""The readers of published papers, tried on an invented one: what they say of a real one can be believed."""

from tests.real_papers.comparison import differences, paper_words, share_found
from tests.real_papers.paper_facts import narrative, tree_of
from tests.real_papers.paper_text import read_paper

INVENTED = """Estates Programme 2026/27

Report to: the Board

Title of Report:\tRoofs and
\tgutters
Officer on behalf\tA Roofer
of the Chief:\t

1.0 Purpose of Report

The roof is reported on by the

OFFICIAL

Head of Roofs. It leaks.

- a first thing that goes
 on here.
 A second whose marker was lost.

2.0 <u>Work</u>

Roofs

Slates - Overall RAG - Green, Time Rag - Amber

Note: RAG assessment made by the board of the scheme.

Slates were laid.

Gutters

Note RAG assessment out of the monthly returns except overall RAG that the owner gave.

Gutters were cleaned.

Next Steps:

- Clean them again
"""


def test_what_a_page_break_tore_apart_is_one_paragraph() -> None:
    first, *items = read_paper(INVENTED).sections["1.0"].pieces
    assert first.text == "The roof is reported on by the Head of Roofs. It leaks."
    assert [(item.marker, item.text) for item in items] == [
        ("-", "a first thing that goes on here."),
        ("-", "A second whose marker was lost."),
    ]


def test_labels_and_values_that_run_over_two_rows_are_one() -> None:
    assert read_paper(INVENTED).front_sheet == {
        "title of report": "Roofs and gutters",
        "officer on behalf of the chief": "A Roofer",
    }


def test_ratings_in_a_heading_and_notes_below_it_become_facts() -> None:
    slates, gutters = tree_of(read_paper(INVENTED).sections["2.0"].pieces).rows
    assert (slates.name, slates.theme, slates.ratings) == ("Slates", "Roofs", {"overall": "green", "time": "amber"})
    assert slates.sources == dict.fromkeys(("overall", "time"), "made by the board of the scheme")
    assert (gutters.rating_source, gutters.sources) == (
        "out of the monthly returns",
        {"overall": "that the owner gave"},
    )
    assert set(gutters.ratings.values()) == {"not-rated"}
    assert [piece.text for piece in gutters.parts["next-steps"]] == ["Clean them again"]


def test_letters_stand_inside_their_roman_number() -> None:
    text = "A\n\nReport to: B\n\n1.0 Lists\n\ni. One\n\n- a. Inner\n\nii. Two\n\nAs follows:\n\n- a. Last & least\n"
    assert narrative(read_paper(text).sections["1.0"].pieces)["value"] == (
        '<ol type="i"><li><p>One</p><ol type="a"><li><p>Inner</p></li></ol></li>'
        '<li><p>Two</p><p>As follows:</p><ol type="a"><li><p>Last &amp; least</p></li></ol></li></ol>'
    )


def test_the_comparison_names_what_is_missing_moved_or_invented() -> None:
    words = paper_words(INVENTED)["1.0"].words
    assert differences(words, words) == []
    assert differences(words, [word for word in words if word != "leaks."]) == [
        "missing after “the head of roofs. it”: leaks."
    ]
    assert differences(words, [*words, "again"]) == ["too much after “second whose marker was lost.”: again"]
    assert len(differences(words, [words[1], words[0], *words[2:]])) == 2
    assert share_found([(words, words[: len(words) // 2])]) == len(words) // 2 / len(words)
