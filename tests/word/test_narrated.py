"""A document read back: what went out as narrative comes back as the same narrative."""

import io
import re

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import given, settings

from app.narrative import clean
from app.word import Narrative, narrated, render
from app.word.container import read_members, write_members
from tests.narrative.markup import DIGESTS, narratives
from tests.word.pictures import a_picture
from tests.word.templates import DOCUMENT, compiled, saved

PICTURES = [a_picture(40, 30), a_picture(30, 40)]


def a_template_with_links() -> bytes:
    document = docx.Document()
    document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    document.add_paragraph("{{p text }}")
    return saved(document)


TEMPLATE = compiled(a_template_with_links(), "text")


def as_printed(html: str) -> str:
    """The narrative as a full paper can show it: nothing marked for redaction, no colour without a meaning.

    Heading and rated cells are bold throughout, so that emphasis within them does not show.
    """
    html = re.sub(r"</?mark[^>]*>", "", html).replace(' data-rag="dark-blue"', "")
    html = re.sub(
        r"<(t[dh])((?: [^>]*)?)>(.*?)</\1>",
        lambda found: (
            re.sub(r"</?strong>", "", found.group())
            if found.group(1) == "th" or "data-rag" in found.group(2)
            else found.group()
        ),
        html,
    )
    for digest, (stored, _) in zip(DIGESTS, PICTURES, strict=True):
        html = html.replace(digest, stored)
    return clean(html, "html")


def there_and_back(html: str) -> str:
    made = render(TEMPLATE, {"document": DOCUMENT, "text": Narrative(html, "k")}, dict(PICTURES))
    back = narrated(made)
    assert all(back.pictures[digest] == content for digest, content in PICTURES if digest in html)
    return back.html


@pytest.mark.trust(11)
def test_out_and_back_is_the_same(full):
    @given(narratives())
    @settings(max_examples=2_000 if full else 200, deadline=None, database=None)
    def comes_back(html):
        html = as_printed(html)
        assert there_and_back(html) == html

    comes_back()


def test_a_document_that_somebody_else_made_is_read_as_far_as_it_goes():
    document = docx.Document()
    document.add_heading("Plan", 1)
    document.add_paragraph("one", "List Number")
    document.add_paragraph("two", "List Number")
    document.add_paragraph("point", "List Bullet")
    document.add_paragraph("")
    words = document.add_paragraph("said ")
    words.add_run("loudly").bold = True
    document.add_picture(io.BytesIO(PICTURES[0][1]))
    document.add_paragraph("Figure 1", "Caption")
    document.add_paragraph("between")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).add_table(1, 1).cell(0, 0).text = "inner"
    back = narrated(saved(document))
    assert back.pictures == dict(PICTURES[:1])
    assert back.html == (
        "<h3>Plan</h3><ol><li><p>one</p></li><li><p>two</p></li></ol><ul><li><p>point</p></li></ul>"
        "<p>said <strong>loudly</strong></p>"
        f'<figure><img src="{PICTURES[0][0]}" alt="Picture 1"><figcaption>Figure 1</figcaption></figure>'
        "<p>between</p>"
        '<table><tbody><tr><td colspan="2"><p>wide</p></td></tr><tr><td><p>inner</p></td><td></td></tr></tbody></table>'
    )


def test_a_number_that_was_changed_in_the_chart_comes_back():
    html = clean("<figure data-chart=bar data-table=hide><table><tr><th>a<th>b<tr><td>c<td>£1,250.50</table>", "html")
    made = render(TEMPLATE, {"document": DOCUMENT, "text": Narrative(html, "k")}, {})
    members = read_members(made)
    members["word/charts/boardchart1.xml"] = members["word/charts/boardchart1.xml"].replace(b">1250.50<", b">-99.5<")
    assert "-£99.50" in narrated(write_members(members)).html


def test_a_narrow_table_of_short_lists_has_widths():
    html = clean("<table><tr><td><ul><li>a</ul><td><ul><li>b</ul></table>", "html")
    assert there_and_back(html) == html
