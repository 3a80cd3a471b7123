"""A narrative goes out as Markdown, for plain text areas, and comes back as it was."""

import pytest
from hypothesis import example, given, settings

from app.narrative import clean, markdown
from tests.narrative.markup import WORDS, narratives


@given(narratives())
@settings(max_examples=300, deadline=None)
@example("<p>1. a</p><p># b</p><p>- c</p><p>a_b *c* `d` [e](f) &lt;g&gt; ~~h~~ &amp;amp; \\i | j</p>")
@example("<ol><li><p>a</p></li></ol><ol><li><p>b</p></li></ol><ol><li><p>c</p></li></ol>")
@example('<p data-number="no">```</p>')
def test_every_narrative_comes_back_as_it_was(html):
    assert clean(markdown(html), "markdown") == html


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_in_plain_paragraphs_comes_back(one, other):
    html = clean(f"{one}\n\n{other}", "text")
    assert clean(markdown(html), "markdown") == html


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<p>Spend of £3.5m (12%) - up 2% on 2024.</p>", "Spend of £3.5m (12%) - up 2% on 2024."),
        ("<p>a snake_case name</p>", "a snake_case name"),
        ("<p>R&amp;D &lt; 5</p>", "R&D < 5"),
        ("<p>one<br>two</p>", "one\\\ntwo"),
        ("<p><strong>a <em>b</em></strong> <s>c</s></p>", "**a *b*** ~~c~~"),
        ('<p>see <a href="https://a.org/">here</a></p>', "see [here](<https://a.org/>)"),
        ("<h3>A</h3><p>b</p><h4>C</h4>", "### A\n\nb\n\n#### C"),
        ("<ul><li><p>a</p><ol><li><p>b</p></li></ol></li><li><p>c</p></li></ul>", "- a\n  1. b\n- c"),
        ('<ol start="9"><li><p>a</p></li><li><p>b</p></li></ol>', "9. a\n10. b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<p>3. is a number</p>", "3\\. is a number"),
        (
            '<table><thead><tr><th scope="col"><p>A|B</p></th></tr></thead><tbody><tr><td></td></tr></tbody></table>',
            "| A\\|B |\n| --- |\n|  |",
        ),
    ],
)
def test_what_markdown_can_say_is_said_plainly(html, written):
    assert markdown(html) == written
    assert clean(written, "markdown") == html


def test_what_markdown_cannot_say_stands_in_it_as_html():
    roman = '<ol type="i"><li><p>x</p></li></ol>'
    written = markdown(f"<p>before</p>{roman}<p>after</p>")
    assert written == 'before\n\n```html\n<ol type="i">\n<li>\n<p>x</p>\n</li>\n</ol>\n```\n\nafter'
    assert clean(written.replace("x", "y"), "markdown") == f"<p>before</p>{roman.replace('x', 'y')}<p>after</p>"


def test_html_in_markdown_is_cleaned_and_ends_with_its_block():
    written = "```html\n<blockquote><script>alert(1)</script>a<p onclick=x>b\n```\n\nafter"
    assert clean(written, "markdown") == "<blockquote><p>a</p><p>b</p></blockquote><p>after</p>"
