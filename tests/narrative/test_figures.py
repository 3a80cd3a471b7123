"""Pictures, charts and turned pages in a narrative."""

import pytest
from hypothesis import given, settings

from app.narrative import (
    Chart,
    ChartNotDrawn,
    ContentNotHeld,
    Figure,
    OutOfPlace,
    PictureNotDescribed,
    PictureNotStored,
    Table,
    clean,
    data_of,
    files_needed,
    read,
    text,
)
from tests.narrative.markup import narratives

ONE, TWO = "1" * 64, "2" * 64
TABLE = "<table><tr><th>Force<th>2024<th>2025<tr><td>Essex<td>1,250<td>12.5<tr><td>Kent<td>–<td>-3</table>"


@given(narratives())
@settings(max_examples=200, deadline=None)
def test_what_the_grammar_holds_is_kept_as_it_is(html):
    assert clean(html, "html") == html
    assert read(html)


def test_a_picture_stands_on_its_own_with_its_description_and_caption():
    cleaned = clean(
        f"<p>a<img src=' {ONE.upper()} ' alt=' a  map '>b<figure><img src={TWO} alt=x><figcaption>c", "html"
    )
    assert cleaned == (
        f'<p>a</p><figure><img src="{ONE}" alt="a map"></figure><p>b</p>'
        f'<figure><img src="{TWO}" alt="x"><figcaption>c</figcaption></figure>'
    )
    assert files_needed(cleaned + cleaned) == [ONE, TWO]
    assert text(cleaned) == "a\nb\nc"


def test_a_chart_keeps_its_table_and_says_what_it_shows():
    (figure,) = read(clean(f"<figure data-chart=bar>{TABLE}<figcaption>Hours</figcaption></figure>", "html"))
    assert isinstance(figure, Figure)
    assert isinstance(figure.content, Chart)
    assert (figure.content.kind, figure.content.table_shown) == ("bar", True)
    data = data_of(figure.content.table, "bar")
    assert (data.corner, data.categories) == ("Force", ("Essex", "Kent"))
    assert [(one.name, [None if n is None else float(n.value) for n in one.numbers]) for one in data.series] == [
        ("2024", [1250, None]),
        ("2025", [12.5, -3]),
    ]


def test_the_table_of_a_chart_that_is_not_printed_is_plain_and_its_caption_the_charts():
    written = f"<figure data-chart=line data-table=hide>{TABLE.replace('Essex', '<b>Essex</b>')}</figure>"
    written = written.replace("<table>", "<table><caption>Hours</caption>")
    assert clean(written, "html") == (
        '<figure data-chart="line" data-table="hide"><table><thead><tr><th scope="col"><p>Force</p></th>'
        '<th scope="col"><p>2024</p></th><th scope="col"><p>2025</p></th></tr></thead><tbody>'
        '<tr><th scope="row"><p>Essex</p></th><td><p>1,250</p></td><td><p>12.5</p></td></tr>'
        '<tr><th scope="row"><p>Kent</p></th><td></td><td><p>-3</p></td></tr></tbody></table>'
        "<figcaption>Hours</figcaption></figure>"
    )


def test_a_turned_page_may_hold_a_table_and_an_upright_one_needs_no_figure():
    turned = f"<figure data-page=landscape>{TABLE}<figcaption>c</figcaption></figure>"
    (figure,) = read(clean(turned, "html"))
    assert figure.landscape
    assert isinstance(figure.content, Table)
    assert (figure.caption, figure.content.caption[0].text) == ((), "c")
    (table,) = read(clean(turned.replace(" data-page=landscape", ""), "html"))
    assert isinstance(table, Table)


def test_what_else_stands_in_a_figure_stands_before_and_after_it():
    cleaned = clean(f"<figure>a<img src={ONE} alt=x><p>b<img src={TWO} alt=y></p><figcaption>c</figcaption>d", "html")
    shown = [f'<figure><img src="{ONE}" alt="x"></figure>', f'<img src="{TWO}" alt="y"><figcaption>c</figcaption>']
    assert cleaned == f"<p>a</p>{shown[0]}<p>b</p><figure>{shown[1]}</figure><p>d</p>"


def test_a_paragraph_may_go_on_without_a_number():
    assert clean(f"<p data-number=no>a<img src={ONE} alt=x>b</p><p>c<li data-number=no>d", "html") == (
        f'<p data-number="no">a</p><figure><img src="{ONE}" alt="x"></figure><p data-number="no">b</p><p>c</p><p>d</p>'
    )


def chart(*rows: str, kind: str = "column", head: str = "<th>a<th>b") -> str:
    return f"<figure data-chart={kind}><table><thead><tr>{head}</thead><tr>{'<tr>'.join(rows)}</table></figure>"


@pytest.mark.parametrize(
    ("written", "refusal", "named"),
    [
        ("<img src=plan.png alt=x>", PictureNotStored, "“plan.png”"),
        ("<img src='file:///C:/clip_image001.png' alt=x>", PictureNotStored, "clip_image001.png"),
        ("<img src='data:image/png;base64,AAAA' alt=x>", PictureNotStored, "data:image/png"),
        ("<img alt=x>", PictureNotStored, "without an address"),
        (f"<img src={ONE}>", PictureNotDescribed, "111"),
        (f"<img src={ONE} alt=' &nbsp;'>", PictureNotDescribed, "no description"),
        (f"<ul><li><img src={ONE} alt=x></ul>", OutOfPlace, "A picture cannot stand inside a list item"),
        (f"<table><tr><td><img src={ONE} alt=x></table>", OutOfPlace, "a table cell"),
        ("<blockquote><figure>x</figure></blockquote>", OutOfPlace, "A figure cannot stand inside a quotation"),
        ("<figure><p>x</figure>", ContentNotHeld, "a figure without a picture"),
        (chart("<td>c<td>1", kind="radar"), ChartNotDrawn, "“radar” is no kind"),
        (chart("<td>c<td>about 5"), ChartNotDrawn, "“about 5” beside “c” is not a number"),
        (chart("<td>c<td>1,25"), ChartNotDrawn, "“1,25”"),
        (chart("<td>c<td>1234567890123456"), ChartNotDrawn, "15 digits"),
        (chart("<td><td>1"), ChartNotDrawn, "row 1 of its table has no name"),
        (chart("<td>c<td>1", head="<th>a<th>"), ChartNotDrawn, "column 2 of its table has no heading"),
        (chart("<td>c<td>1<td>2", kind="pie", head="<th>a<th>b<th>c"), ChartNotDrawn, "one column of numbers"),
        (chart("<td>c<td>-1", kind="pie"), ChartNotDrawn, "negative"),
        (chart("<td colspan=2>c"), ChartNotDrawn, "merged cells"),
        (chart("<td><ul><li>c</ul><td>1"), ChartNotDrawn, "a list"),
        (chart("<td><mark data-redact=x>c</mark><td>1"), ChartNotDrawn, "leaves out"),
        ("<figure data-chart=pie>x</figure>", ContentNotHeld, "a figure without"),
        (f"<figure data-chart=pie>{TABLE}{TABLE}</figure>", ChartNotDrawn, "one table and nothing else"),
        (f"<figure data-chart=pie><img src={ONE} alt=x></figure>", ChartNotDrawn, "one table"),
        ("<figure data-chart=bar><table><tr><td>a<td>1</table></figure>", ChartNotDrawn, "one row of headings"),
        (chart(*["<td>c<td>1"] * 2001), ChartNotDrawn, "2,000 numbers"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(written, refusal, named):
    with pytest.raises(refusal) as caught:
        clean(written, "html")
    assert named in str(caught.value)
