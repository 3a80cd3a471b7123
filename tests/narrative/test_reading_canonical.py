# ruff: noqa: E501 - a case reads better as one line
"""What is kept is read at one go: it gives the very blocks that the long way gives, or leaves the text to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.narrative import clean
from app.narrative.canonical import blocks_of
from app.narrative.markup import repaired, tree_of
from app.narrative.pasted import meant
from app.narrative.reading import NotCanonical, read_canonical
from app.narrative.writing import written_blocks
from tests.narrative.markup import broken_html, narratives


def the_long_way(html: str):
    return blocks_of(tree_of(html))


def is_as_the_long_way(html: str) -> bool:
    """Whether the text was read at one go, to the same blocks; the long way takes what it is left."""
    try:
        found = read_canonical(html)
    except NotCanonical:
        return False
    assert found == the_long_way(html)
    return True


@given(narratives())
@settings(max_examples=300, deadline=None)
def test_every_kept_narrative_without_a_figure_is_read_at_one_go(markup):
    html = clean(markup, "html")
    assert is_as_the_long_way(html) or "<figure" in html or "&#" in html


@given(broken_html())
@settings(max_examples=300, deadline=None)
def test_what_is_not_canonical_is_never_read_otherwise(markup):
    try:
        html = repaired(markup)
        the_long_way(html)
    except Invalid:
        return
    is_as_the_long_way(html)


@given(narratives(), st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_narrative_is_never_read_otherwise(markup, data):
    html = clean(markup, "html")
    begin = data.draw(st.integers(0, len(html)))
    end = data.draw(st.integers(begin, min(begin + 30, len(html))))
    put = data.draw(
        st.sampled_from(["", " ", "<", ">", "</p>", "<p>", "<br>", "<ul>", "\u0338", "\u00a0", html[end : end + 20]])
    )
    damaged = html[:begin] + put + html[end:]
    try:
        found = read_canonical(damaged)
    except NotCanonical:
        return
    assert found == the_long_way(damaged)


@pytest.mark.parametrize(
    "html",
    [
        *("<p>a</p><>lost", "<p>a</p><>", "lost<p>a</p>", "<p>a</p>lost", "<p>a</p><p>b", "<p> a</p>", "<p>a </p>"),
        *("<p>a  b</p>", "<p>a\nb</p>", "<p>a<br></p>", "<p><br>a</p>", "<p>a<br> b</p>", "<p></p>", "<p>\u00a0</p>"),
        *("<p><em>a</em><em>b</em></p>", "<p><em><em>a</em></em></p>", "<p><sub>a<sup>b</sup></sub></p>"),
        *("<p>e\u0301</p>", "<p>&lt;\u0338</p>", "<p>a &#824;</p>", "<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>"),
        *("<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>", "<ul><li></li></ul>", "<ul></ul>"),
        *('<p><a href="ftp://example.org/">a</a></p>', '<p><a href="https://example.org/é">a</a></p>', "<p><a>a</a></p>"),
        *('<p><mark data-redact=" a  b">c</mark></p>', '<ol type="1" start="40000"><li><p>a</p></li></ol>', "<ul>a</ul>"),
        *('<table><tbody><tr><th scope="row"><p>a</p></th></tr></tbody></table>', "<table></table>", "<td><p>a</p></td>"),
        *("<table><tbody><tr><td>a</td></tr></tbody></table>", "<p>a<p>b</p></p>", '<blockquote><p data-number="no">a</p></blockquote>'),
        '<figure data-page="landscape"><table><tbody><tr><td><p>a</p></td></tr></tbody></table></figure>',
    ],
)  # fmt: skip
def test_what_the_long_way_would_change_or_refuse_is_left_to_it(html):
    with pytest.raises(NotCanonical):
        read_canonical(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        '<p>a &amp; b <strong>c</strong> <em>d<u>e</u></em><br>f</p><p data-number="no">g</p><h3>h</h3><h4>i</h4>',
        '<p><a href="https://example.org/a?b=c&amp;d=e">f <mark data-redact="s. 40 &quot;x&quot;">g</mark></a></p>',
        '<ol type="i" start="4"><li><p>a</p><ul><li><p>b</p></li></ul><p>c</p></li></ol><ul><li><p>d</p></li></ul>',
        "<blockquote><p>a</p><ul><li><p>b</p></li></ul></blockquote><p>x\u00a0y\u00ad – “z” 😀</p>",
        '<table><caption>a</caption><thead><tr><th scope="col" colspan="2"><p>b</p></th></tr></thead><tbody><tr><td data-rag="green"><p>c</p></td><td></td></tr><tr><td rowspan="2"><p>d</p></td></tr></tbody></table>',
    ],
)
def test_what_is_canonical_is_read_at_one_go(html):
    assert is_as_the_long_way(html)


@given(narratives(), st.data())
@settings(max_examples=200, deadline=None)
def test_cleaning_takes_the_short_way_only_where_the_long_way_leads_there(markup, data):
    html = clean(markup, "html")
    cut = data.draw(st.integers(0, len(html)))
    for text in (html, html[:cut], html + data.draw(st.sampled_from([" ", "\n", "x", "<p>", "<!-- x -->", html]))):
        try:
            short = written_blocks(read_canonical(text))
        except (NotCanonical, Invalid):
            continue
        if short == text:
            assert written_blocks(blocks_of(meant(tree_of(repaired(text))))) == text
