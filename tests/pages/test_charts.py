"""Charts of narratives are drawn on pages, and say in words and in a table what they show."""

import pytest
from lxml import html

from app.narrative import clean
from app.web.pages.charts import with_charts_drawn

TABLE = (
    "<table><thead><tr><th>Month</th><th>Homes &amp; flats</th><th>Shops</th></tr></thead><tbody>"
    "<tr><th>June</th><td>£1,250</td><td>£300</td></tr>"
    "<tr><th>July</th><td>-£1,300</td><td>–</td></tr></tbody></table>"
)
SHARES = (
    "<table><thead><tr><th>Force</th><th>Share</th></tr></thead><tbody>"
    "<tr><th>North</th><td>75%</td></tr><tr><th>South</th><td>25%</td></tr></tbody></table>"
)


def drawn(kind: str, table: str = TABLE, more: str = ""):
    figure = f'<figure data-chart="{kind}"{more}>{table}<figcaption>What it cost</figcaption></figure>'
    narrative = clean(figure, "html")
    return html.fromstring(f"<div>{with_charts_drawn(narrative)}</div>")


@pytest.mark.parametrize("kind", ["column", "stacked", "bar"])
def test_a_mark_for_each_number_and_each_name_of_the_legend(kind):
    tree = drawn(kind)
    (svg,) = tree.xpath("//figure/svg")

    assert len(svg.xpath("rect")) == 4 + 2
    assert all(float(box.get("width")) >= 0 and float(box.get("height")) >= 0 for box in svg.xpath("rect"))
    words = [text.text for text in svg.xpath("text")]
    assert {"June", "July", "Homes & flats", "Shops", "-£1,000"} <= set(words)
    assert tree.xpath("//figure/svg/following-sibling::table")
    assert tree.xpath("string(//figcaption)") == "What it cost"


def test_a_line_has_a_gap_where_nothing_is_known():
    (svg,) = drawn("line").xpath("//svg")

    assert len(svg.xpath("circle")) == 3
    assert [path.get("d").count("L") for path in svg.xpath("path[@stroke-width]")] == [1, 0]


def test_a_pie_says_the_shares():
    (svg,) = drawn("pie", SHARES).xpath("//svg")

    assert [text.text for text in svg.xpath("text")] == ["North: 75%", "South: 25%"]
    assert len(svg.xpath("path")) == 2


def test_it_is_named_in_words_and_a_table_that_is_not_printed_can_be_opened():
    (shown,) = drawn("column").xpath("//svg/@aria-label")
    assert shown.endswith("The table below it has the numbers.")

    hidden = drawn("pie", SHARES, ' data-table="hide"')
    assert "North: 75%" in hidden.xpath("string(//svg/@aria-label)")
    assert hidden.xpath("string(//figure/details/summary)") == "The numbers of the chart"
    assert hidden.xpath("//figure/details/table")


def test_what_holds_no_chart_stays_as_it_is():
    other = clean(f"<p>Text</p>{SHARES}<figure data-page=landscape>{SHARES}</figure>", "html")

    assert with_charts_drawn(other) == other


def test_pages_show_a_chart_wherever_the_text_stands(browser_of):
    purpose = "/papers/collaboration-2026-12/sections/purpose"
    author = browser_of("report-author").visit(purpose)
    text = f'<figure data-chart="column">{TABLE}</figure>'
    author.send(purpose, blocks__0__text=text, blocks__0__text_format="html", press="do=save")

    page = author.visit("/papers/collaboration-2026-12/whole").page
    assert page.tree.xpath("//figure/svg[@role='img']")

    day = "/workstreams/JNT-01/updates/2026-11-22"
    author.visit(day).send(day, parts__progress=text, parts__progress_format="html")
    assert author.visit("/workstreams/JNT-01").page.tree.xpath("//figure/svg[@role='img']")
