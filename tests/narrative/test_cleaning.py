"""What people paste is brought to one grammar, and nothing that they wrote is lost on the way."""

import contextlib
import re
import time
import unicodedata
from html import unescape

import pytest
from hypothesis import given, settings

from app.errors import Invalid
from app.narrative import (
    CharacterNotAllowed,
    ContentNotHeld,
    LinkNotAllowed,
    OutOfPlace,
    RatingNotAToken,
    SpansOverlap,
    TableTooLarge,
    TooDeep,
    TooLong,
    UnreadableNarrative,
    UnusableNumber,
    clean,
    read,
    text,
)
from app.narrative.cleaning import RowTooWide
from tests.narrative.markup import WORDS, broken_html, markdown


def visible(words: str) -> str:
    """The characters that leave ink, in order."""
    return "".join(unicodedata.normalize("NFC", words).split()).replace("\u0338", "")


@given(broken_html())
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_changes_nothing(markup):
    try:
        once = clean(markup, "html")
    except Invalid:
        return  # what is refused is told apart below
    assert clean(once, "html") == once
    assert unicodedata.normalize("NFC", once) == once
    assert "<p></p>" not in once


@given(WORDS)
@settings(max_examples=300, deadline=None)
def test_plain_text_keeps_every_character_that_can_be_seen(words):
    assert visible(text(clean(words, "text"))) == visible(words)


@given(WORDS)
@settings(max_examples=200, deadline=None)
def test_text_keeps_its_lines_and_spaces(words):
    kept = text(clean(f"[{words}]", "text")).replace("\u00a0", " ")
    expected = unicodedata.normalize("NFC", f"[{words}]").replace("\u00a0", " ").replace("\t", "    ")
    blocks = [line for line in expected.split("\n") if line.strip()]
    assert [line for line in kept.split("\n") if line.strip()] == blocks


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("bare words", "<p>bare words</p>"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<p> a \n b\u00a0 c </p><p>&nbsp;</p><p></p>", "<p>a b\u00a0 c</p>"),
        ("<b>a<p>b</b>c", "<p><strong>a</strong></p><p><strong>b</strong>c</p>"),
        ("<b>a</b><strong>b</strong> <i>c</i>", "<p><strong>ab</strong> <em>c</em></p>"),
        ("<i><b>x</b></i>", "<p><strong><em>x</em></strong></p>"),
        ("<strike>a</strike><del>b</del><ins>c</ins>", "<p><s>ab</s><u>c</u></p>"),
        ("<h4>A</h4><p>b</p><h5>C</h5><h2>D</h2><h4>E</h4>", "<h3>A</h3><p>b</p><h3>C</h3><h3>D</h3><h4>E</h4>"),
        (
            "<ul><li>a<ul><li>b</ul></li><ul><li>c</ul></ul>",
            "<ul><li><p>a</p><ul><li><p>b</p></li><li><p>c</p></li></ul></li></ul>",
        ),
        (
            "<blockquote><ul><li>a</ul></blockquote><blockquote><ul><li>b</ul></blockquote>",
            "<blockquote><ul><li><p>a</p></li><li><p>b</p></li></ul></blockquote>",
        ),
        ("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4><h6>E</h6>", "<h3>A</h3><h3>B</h3><h3>C</h3><h4>D</h4><h4>E</h4>"),
        ("<div>a<section>b</section><span>c</span></div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<pre>a\n  b</pre>", "<p>a<br>\u00a0 b</p>"),
        ("<p>a<br></p><p><br>b<br>c", "<p>a</p><p>b<br>c</p>"),
        ("<ul><li>a<li><p>b</ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<ul><li>a</li><ul><li>b</ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<ol type=a start=3><li>x</ol>", '<ol type="a" start="3"><li><p>x</p></li></ol>'),
        ("<ol><li value=4>x<li value=5>y</ol>", '<ol start="4"><li><p>x</p></li><li><p>y</p></li></ol>'),
        ("<script>alert(1)</script><style>p{}</style><!-- no -->a", "<p>a</p>"),
        ('<p onclick="x()" style="color:red">a</p>', "<p>a</p>"),
        ("<a name=top>a</a>", "<p>a</p>"),
        ("<p>He said <q>so <b>it</b> is</q>.", "<p>He said “so <strong>it</strong> is”.</p>"),
        ("<a href='https://x.org/a b'>a</a>", '<p><a href="https://x.org/a%20b">a</a></p>'),
        ("<mark data-redact=s40>a</mark><mark>b</mark>", '<p><mark data-redact="s40">a</mark>b</p>'),
        ("<blockquote>a<h3>b</h3></blockquote>", "<blockquote><p>a</p><p><strong>b</strong></p></blockquote>"),
        ("cafe\u0301", "<p>caf\u00e9</p>"),
        ("a<b>\u0338b</b>", "<p>a<strong>&#824;b</strong></p>"),
        ("", ""),
    ],
)
def test_html_has_one_canonical_form(written, kept):
    assert clean(written, "html") == kept


def test_a_first_row_of_headings_becomes_the_head_of_the_table():
    cleaned = clean("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "html")
    assert cleaned == (
        '<table><thead><tr><th scope="col"><p>A</p></th><th scope="col"><p>B</p></th></tr></thead>'
        "<tbody><tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>"
    )


def test_short_rows_are_filled_with_empty_cells():
    (table,) = read(clean("<table><tr><td rowspan=2>a<td>b<td>c<tr><td>d</table>", "html"))
    assert table.columns == 3
    assert [[cell.column for cell in row.cells] for row in table.body] == [[0, 1, 2], [1, 2]]
    assert table.body[1].cells[1].blocks == ()


@pytest.mark.parametrize(
    ("written", "refusal", "named"),
    [
        ("<p>a<img src=x>", ContentNotHeld, "a picture"),
        ("<figure><figcaption>x</figcaption></figure>", ContentNotHeld, "a figure"),
        ("<svg><circle/></svg>", ContentNotHeld, "a drawing"),
        ("<iframe src=x></iframe>", ContentNotHeld, "an embedded page"),
        ("<object></object>", ContentNotHeld, "an embedded file"),
        ("<video></video>", ContentNotHeld, "a film"),
        ("<input value=x>", ContentNotHeld, "a form field"),
        ("<a href='javascript:alert(1)'>press</a>", LinkNotAllowed, "“javascript:alert(1)” on “press”"),
        ("<a href='JAVA&#x73;cript:alert(1)'>press</a>", LinkNotAllowed, "JAVAscript:"),
        ("<a href='/plan.pdf'>plan</a>", LinkNotAllowed, "“/plan.pdf” on “plan”"),
        ("<a href='file://server/x'>x</a>", LinkNotAllowed, "file://server/x"),
        ("<a href='https://'>x</a>", LinkNotAllowed, "https://"),
        ("<a href='https://a b/'>x</a>", LinkNotAllowed, "https://a b/"),
        ("a\x00b", CharacterNotAllowed, "U+0000 after “a”"),
        ("a&#1;b", CharacterNotAllowed, "U+0001"),
        ("a\ud800", CharacterNotAllowed, "U+D800"),
        ("\ufffe", CharacterNotAllowed, "U+FFFE at its beginning"),
        ("<table><tr><td><table><tr><td>x</table></table>", OutOfPlace, "A table cannot stand inside a table cell"),
        ("<ul><li><table><tr><td>x</table></ul>", OutOfPlace, "a list item"),
        ("<ul><li>x" * 10, TooDeep, "lists nested more than 9"),
        ("<div>" * 300, TooDeep, "200 levels"),
        ("x" * 200_001, TooLong, "200,001"),
        ("<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>", SpansOverlap, "row 2, column 2"),
        ("<table><tr><td colspan=64>x</table>", TableTooLarge, "64 columns"),
        ("<table>" + "<tr><td colspan=60>x" * 400 + "</table>", TableTooLarge, "24,000 cells"),
        ("<table><tr><td data-rag='Dark Red'>x</table>", RatingNotAToken, "dark red"),
        ("<ol start=-1><li>x</ol>", UnusableNumber, "begins at -1"),
        ("<ol><li>x<li value=7>y</ol>", UnusableNumber, "jumps to 7"),
    ],
)
def test_what_cannot_be_held_is_refused_by_name(written, refusal, named):
    with pytest.raises(refusal) as caught:
        clean(written, "html")
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<p><b id={n}>" for n in range(12_000)),
        "".join(f'<p><b id={n}">' for n in range(11_000)),
        "<a href=x " * 18_000,
        '<b a="' * 28_000,
        "<table>" + "<tr>" * 40_000 + "<td colspan=63>x",
        "<table>" + "<tr><td rowspan=9999>" * 8_000,
        "<a><b><i><u>" * 16_000,
    ],
)
def test_hostile_markup_ends_soon_and_small(markup):
    began = time.process_time()
    with contextlib.suppress(Invalid):
        assert len(clean(markup, "html")) <= 200_000
    assert time.process_time() - began < 20  # unbounded, it took a minute and 590 MB


def test_markdown_nests_its_lists_and_leaves_angle_brackets_alone():
    written = "spend < 5 & <b>not bold</b> but **bold**\n\n- a\n  1. b\n\n     c\n- ~~d~~\n"
    assert clean(written, "markdown") == (
        "<p>spend &lt; 5 &amp; &lt;b&gt;not bold&lt;/b&gt; but <strong>bold</strong></p>"
        "<ul><li><p>a</p><ol><li><p>b</p><p>c</p></li></ol></li><li><p><s>d</s></p></li></ul>"
    )


def test_markdown_tables_have_a_head():
    (table,) = read(clean("| Force | Hours |\n|---|---|\n| Essex | 12 |\n", "markdown"))
    assert len(table.head) == 1
    assert text(clean("| Force | Hours |\n|---|---|\n| Essex | 12 |\n", "markdown")) == "Force\tHours\nEssex\t12"


@given(markdown())
@settings(max_examples=300, deadline=None)
def test_every_letter_and_digit_of_markdown_is_kept(pieces):
    try:
        kept = text(clean("".join(pieces), "markdown"))
    except Invalid:
        return
    written = re.sub(r"\(https://example.org/\)|(?m:^[> \t-]*)1\. ", "", "".join(pieces))
    waiting = iter(filter(str.isalnum, kept))
    lost = [sign for sign in filter(str.isalnum, written) if sign not in waiting]
    assert not lost, kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("[Action]: Reviewed\n\nmore", "[Action]: Reviewed\nmore"),
        ("[Force]: yes", "[Force]: yes"),
        ("[Plan]: https://example.org/ 'The plan'", "[Plan]: https://example.org/ 'The plan'"),
        ("``` Reviewed on Monday\nyes\n```", "Reviewed on Monday\nyes"),
        ("| a | b |\n|---|---|\n| 1 | 2 | |\n| 3\\|4 |", "a\tb\n1\t2\n3|4\t"),
    ],
)
def test_markdown_loses_no_text_to_its_own_signs(written, kept):
    assert text(clean(written, "markdown")) == kept


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_row_of_more_cells_than_its_heading_is_refused(ending):
    lines = ["| x | y |", "|---|---|", "| 1 | 2 |", "", "Force | Hours", "--|--", "| Essex | 12 | late |"]
    with pytest.raises(RowTooWide, match="Row 2 of the table has 3 cells, its heading has 2"):
        clean(ending.join(lines), "markdown")


@pytest.mark.parametrize("written", ["> " * 150 + "x", "- " * 120 + "x"])
def test_markdown_that_its_parser_would_cut_off_is_refused(written):
    with pytest.raises(TooDeep):
        clean(written, "markdown")


def test_plain_text_has_paragraphs_and_lines():
    assert clean("a <b>\nline  two\n\n \nnext & last\r\n", "text") == (
        "<p>a &lt;b&gt;<br>line\u00a0 two</p><p>next &amp; last</p>"
    )


def test_reading_refuses_what_was_never_cleaned():
    for markup in ("<p>a", "a < b", "<p class='x'>a</p>", "</p>"):
        with pytest.raises(UnreadableNarrative):
            read(markup)


def test_the_words_of_a_narrative_stand_one_block_a_line():
    html = clean("<h3>H</h3><ul><li>a<ol><li>b</ol></ul><table><caption>C</caption><tr><td>1<td>2<p>3</table>", "html")
    assert text(html) == "H\na\nb\nC\n1\t2 3"


def test_entities_survive_the_round_trip():
    assert text(clean("&amp;lt; &lt; &quot;", "html")) == unescape("&amp;lt; &lt; &quot;")
