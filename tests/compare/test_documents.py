"""Two documents as one: paragraphs, tables and headings, each change with its place."""

from app.compare.documents import Said, Table, compare
from tests.word.templates import a_paper

ROWS = "<tr><th>Unit</th><th>Staff</th></tr>"


def told(change):
    return change.number, change.heading, change.fate, change.what, change.old, change.new


def test_equal_documents_have_no_change():
    paper = a_paper("<h3>Progress</h3><p>The team went live.</p>")

    assert compare(paper, paper).changes == ()


def test_each_change_says_where_it_is_and_what_it_was():
    old = a_paper("<h3>Progress</h3><p>The team went live in May.</p><p>Vetting is late.</p><h3>Risks</h3><p>None.</p>")
    new = a_paper("<h3>Progress</h3><p>The team went live in June.</p><h3>Risks</h3><p>Costs may rise.</p><p>None.</p>")
    found = compare(old, new)

    assert [told(change) for change in found.changes] == [
        (1, "Progress", "changed", "paragraph", "The team went live in May.", "The team went live in June."),
        (2, "Progress", "gone", "paragraph", "Vetting is late.", ""),
        (3, "Risks", "new", "paragraph", "", "Costs may rise."),
    ]
    assert [passage.change for passage in found.passages if isinstance(passage, Said)][-6:-1] == [1, 2, None, 3, None]


def test_a_list_that_counts_on_from_elsewhere_is_the_same_list():
    old = a_paper('<ol type="a"><li>Note it.</li><li>Agree it.</li></ol>')
    new = a_paper('<ol type="a" start="3"><li>Note it.</li><li>Agree it.</li></ol>')

    assert compare(old, new).changes == ()


def test_a_table_is_compared_row_by_row_and_cell_by_cell():
    old = a_paper(f"<table>{ROWS}<tr><td>Roads</td><td>12</td></tr><tr><td>Dogs</td><td>7</td></tr></table>")
    new = a_paper(
        f"<table>{ROWS}<tr><td>Roads</td><td>14</td></tr><tr><td>Air</td><td>3</td></tr><tr><td>Dogs</td><td>7</td></tr>"
        "</table>"
    )
    found = compare(old, new)
    (table,) = [passage for passage in found.passages if isinstance(passage, Table)]

    assert [row.fate for row in table.rows] == ["same", "changed", "new", "same"]
    assert table.heads == 1
    assert table.rows[1].cells == ((("same", "Roads"),), (("gone", "12"), ("new", "14")))
    assert [change.what for change in found.changes] == ["row", "row"]
    assert found.changes[1].new == "Air | 3"


def test_a_table_that_came_and_one_that_went_are_told_whole():
    table = f"<table>{ROWS}<tr><td>Roads</td><td>12</td></tr></table>"
    came = compare(a_paper("<p>x</p>"), a_paper(f"<p>x</p>{table}"))
    went = compare(a_paper(f"<p>x</p>{table}"), a_paper("<p>x</p>"))

    assert [change.fate for change in came.changes] == ["new", "new"]
    assert [change.fate for change in went.changes] == ["gone", "gone"]
