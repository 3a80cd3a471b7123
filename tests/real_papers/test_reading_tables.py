"""The readers of tables and emphasis in published papers, tried on invented ones."""

from tests.real_papers.deep_dive import tables
from tests.real_papers.matrices import EMPTY, read_scrutiny
from tests.real_papers.paper_facts import inline
from tests.real_papers.paper_text import Piece, unmarked
from tests.real_papers.published import published_columns, published_words

MATRIX = "\n".join(
    [
        "## Roofs Programme 2026",
        "",
        "Report to: the Board",
        "",
        "### **1.0 Work**",
        "",
        "**Slates**",
        "",
        "Slates matter (see overleaf).",
        "",
        "<b>SLATES</b>\t\t\t\t\t",
        "\t<b>One</b>\t<b>Two</b>\t<b>Three</b>\t<b>Four</b>\t<b>Five</b>",
        "\tDry\tWarm\tSafe\tCheap\tFine",
        "<b>Plan</b>\t<p><b>Aim:</b> dry.</p> <p><b>How:</b> nails.</p>\t\tc\td\te",
        "<b>Others</b>\ta\tb\t\td\te",
        "",
        "OFFICIAL",
        "",
        "a again\t\tc\t\t",
        "\ta at last\t\t\t\te again",
    ]
)


def test_a_matrix_that_page_breaks_tore_apart_is_one_with_a_list_in_each_cell() -> None:
    paper, [matrix] = read_scrutiny(MATRIX)
    assert [piece.text for piece in paper.sections["1.0"].pieces][-1] == "[matrix 1]"
    assert [unmarked(head) for head in matrix.heads] == ["One Dry", "Two Warm", "Three Safe", "Four Cheap", "Five Fine"]
    assert matrix.rows["<b>Others</b>"] == [["a", "a again", "a at last"], ["b"], ["c"], ["d"], ["e", "e again"]]
    html = matrix.html()
    assert "<p><strong>Aim:</strong> dry.</p><p><strong>How:</strong> nails.</p>" in html
    assert f"<td><p>{EMPTY}</p></td>" in html
    assert "<ul><li><p>e</p></li><li><p>e again</p></li></ul>" in html


def test_the_papers_side_reads_the_columns_without_knowing_of_rows() -> None:
    [columns] = published_columns(MATRIX, 5)
    assert columns[0] == ["slates", "plan", "others"]
    assert columns[1] == ["one", "dry", "aim:", "dry.", "how:", "nails.", "a", "a", "again", "a", "at", "last"]
    assert columns[3] == ["three", "safe", "c", "c"]


def test_a_row_of_one_cell_spans_the_table_that_it_begins() -> None:
    rows = [("Hours",), ("2026", "Q1"), ("Roofs", "12"), ("Hours",), ("2027", "Q1"), ("Roofs", "13")]
    first, second = tables([Piece(cells=row) for row in rows], "<caption>Compared</caption>")
    assert first.startswith('<table><caption>Compared</caption><thead><tr><th scope="col" colspan="2"><p>Hours</p>')
    assert '<th scope="row"><p>Roofs</p></th><td><p>13</p></td>' in second
    assert "caption" not in second


def test_emphasis_is_kept_in_facts_and_left_out_of_the_comparison() -> None:
    text = "Not *this one* but **that**, 2 * 3 and <i>R&D</i>"
    assert inline(text) == "Not <em>this one</em> but <strong>that</strong>, 2 * 3 and <em>R&amp;D</em>"
    assert unmarked(text) == "Not this one but that, 2 * 3 and R&D"


def test_the_lettering_of_a_picture_is_no_sentence_but_one_word_alone_is() -> None:
    sections = published_words("1.0 Work\n\nDone.\n\nRoof\nWorks\n\n2.0 Safety\n\nNone\n\n3.10 Rest\n\n- One\n- Two\n")
    assert {number: section.words for number, section in sections.items()} == {
        "1.0": ["done."], "2.0": ["none"], "3.10": ["one", "two"],
    }  # fmt: skip
