"""What comes from the clipboards of word processors means in a narrative what it meant there."""

import html
import itertools
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.narrative import clean, text
from tests.narrative.markup import ATTRIBUTES, TAGS, WORDS

NBSP = "\u00a0"


def word_item(
    words: str, marker: str, level: int = 1, font: str = "Calibri", conditional: str = "<![if !supportLists]>"
):
    """A list item as Word puts it on the clipboard."""
    ending = conditional.replace("if !supportLists", "endif")
    return (
        f"<p class=MsoListParagraphCxSpMiddle style='margin-left:{36 * level}.0pt;mso-add-space:auto;text-indent:-18pt;"
        f"mso-list:l0 level{level} lfo1'>{conditional}<span style='font-family:{font};mso-fareast-font-family:{font}'>"
        f"<span style='mso-list:Ignore'>{marker}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; "
        f"</span></span></span>{ending}<span lang=EN-GB>{words}<o:p></o:p></span></p>\n"
    )


def test_lists_of_word_are_lists_again():
    pasted = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal{margin:0}</style>"
        "<!--[if gte mso 9]><xml><o:x>no</o:x></xml><![endif]--></head><body lang=EN-GB><!--StartFragment-->\n"
        "<p class=MsoNormal>Before<o:p>&nbsp;</o:p></p>\n"
        + word_item("one", "i.")
        + word_item("inner", "a)", 2)
        + word_item("point", "§", 3, "Wingdings")
        + word_item("inner two", "b)", 2)
        + word_item("two", "ii.", conditional="<!--[if !supportLists]-->")
        + "<p class=MsoListParagraphCxSpLast style='margin-left:36.0pt'>more of two</p>"
        + "<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>After</p>"
        + word_item("dot", "·", 1, "Symbol")
        + word_item("ring", "o", 2, '"Courier New"')
        + "<!--EndFragment--></body></html>"
    )
    assert clean(pasted, "html") == (
        "<p>Before</p>"
        '<ol type="i"><li><p>one</p><ol type="a"><li><p>inner</p><ul><li><p>point</p></li></ul></li>'
        "<li><p>inner two</p></li></ol></li><li><p>two</p><p>more of two</p></li></ol>"
        "<p>After</p><ul><li><p>dot</p><ul><li><p>ring</p></li></ul></li></ul>"
    )


@pytest.mark.parametrize(
    ("markers", "opened"),
    [
        (["1.", "2."], ["<ol>"]),
        (["4)", "5)"], ['<ol start="4">']),
        (["i.", "ii."], ['<ol type="i">']),
        (["i.", "j."], ['<ol type="a" start="9">']),
        (["(v)", "(vi)"], ['<ol type="i" start="5">']),
        (["c.", "d."], ['<ol type="a" start="3">']),
        (["A.", "B."], ['<ol type="A">']),
        (["IX.", "X."], ['<ol type="I" start="9">']),
        (["z.", "aa.", "bb."], ['<ol type="a" start="26">']),
        (["5.1", "5.2"], ["<ol>"]),
        (["1.", "2.", "1.", "2."], ["<ol>", "<ol>"]),
        (["1.", "4."], ["<ol>", '<ol start="4">']),
        (["1.", "•", "2."], ["<ol>", "<ul>", '<ol start="2">']),
        (["•", "–"], ["<ul>"]),
    ],
)
def test_typed_numbers_say_of_what_kind_a_list_is_and_where_it_starts(markers, opened):
    cleaned = clean("".join(word_item(f"x{n}", marker) for n, marker in enumerate(markers)), "html")
    assert re.findall(r"<[ou]l[^>]*>", cleaned) == opened
    assert text(cleaned) == "\n".join(f"x{n}" for n in range(len(markers)))


def test_a_numbered_heading_of_word_leaves_its_number_to_the_template():
    pasted = word_item("Purpose", "1.0").replace("<p ", "<h1 ").replace("</p>", "</h1>")
    assert clean(pasted, "html") == "<h3>Purpose</h3>"


def online(words: str, tag: str, level: int, said: str = "") -> str:
    """A list item as Word Online puts it on the clipboard: every one in a list of its own."""
    return (
        f'<div class="ListContainerWrapper SCXW1 BCX8"><{tag} role="list" class="NumberListStyle1 SCXW1"{said}>'
        f'<li role="listitem" data-leveltext="%1." data-listid="3" data-aria-posinset="1" data-aria-level="{level}" '
        f'class="OutlineElement Ltr SCXW1"><p class="Paragraph SCXW1" style="font-weight: normal; color: windowtext">'
        f'<span class="TextRun SCXW1" lang="EN-GB"><span class="NormalTextRun">{words}</span></span>'
        f'<span class="EOP SCXW1" data-ccp-props="{{}}">&nbsp;</span></p></li></{tag}></div>'
    )


def test_single_lists_of_word_online_are_one_list():
    pasted = (
        '<div class="OutlineElement"><p class="Paragraph"><span class="TextRun" style="font-weight: bold">Before</span>'
        '<span class="EOP">&nbsp;</span></p></div>'
        + online("one", "ol", 1, ' start="1"')
        + online("a", "ol", 2, ' start="1" style="list-style-type: lower-alpha"')
        + online("point", "ul", 3)
        + online("b", "ol", 2, ' start="2" style="list-style-type: lower-alpha"')
        + online("two", "ol", 1, ' start="2"')
    )
    assert clean(pasted, "html") == (
        "<p><strong>Before</strong></p>"
        '<ol><li><p>one</p><ol type="a"><li><p>a</p><ul><li><p>point</p></li></ul></li><li><p>b</p></li></ol></li>'
        "<li><p>two</p></li></ol>"
    )


def test_emphasis_of_google_docs_is_emphasis_and_its_wrapping_is_not():
    pasted = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">'
        '<p dir="ltr"><span style="font-size:11pt;font-weight:700;font-style:normal">bold</span>'
        '<span style="font-weight:400;font-style:italic;text-decoration:underline"> both</span>'
        '<span style="font-size:0.6em;vertical-align:super">2</span></p>'
        '<ol><li dir="ltr" style="list-style-type:lower-roman" aria-level="1"><p dir="ltr"><span>one</span></p></li>'
        '<ul><li style="list-style-type:disc" aria-level="2"><p>in</p></li></ul></ol></b>'
    )
    assert clean(pasted, "html") == (
        "<p><strong>bold</strong><em><u> both</u></em><sup>2</sup></p>"
        '<ol type="i"><li><p>one</p><ul><li><p>in</p></li></ul></li></ol>'
    )


def test_smart_tags_merged_cells_and_references_within_the_text():
    pasted = (
        '<p class=MsoNormal>In <st1:City w:st="on"><st1:place w:st="on">Leeds</st1:place></st1:City>'
        '<a style="mso-footnote-id:ftn1" href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>'
        "<span style='display:none;mso-hide:all'>hidden</span><span style='mso-spacerun:yes'>  </span>now</p>"
        "<table class=MsoTableGrid border=1><tr style='mso-yfti-irow:0'><td width=60 colspan=2 valign=top>"
        "<p class=MsoNormal>wide<o:p></o:p></p></td></tr><tr><td rowspan=2><p>tall</p></td><td>a</td></tr>"
        "<tr><td>b</td></tr></table>"
        '<ol><li id="footnote-1"><p> Source. <a href="#footnote-ref-1">↑</a></p></li></ol>'
    )
    assert clean(pasted, "html") == (
        "<p>In Leeds<sup>[1]</sup> now</p>"
        '<table><tbody><tr><td colspan="2"><p>wide</p></td></tr><tr>'
        '<td rowspan="2"><p>tall</p></td><td><p>a</p></td></tr>'
        "<tr><td><p>b</p></td></tr></tbody></table><ol><li><p>Source.</p></li></ol>"
    )


MARKERS = st.sampled_from(["1.", "2.", "i.", "ii.", "a)", "b)", "·", "o", "§", "aa.", "5.1", "", "xyz", "99999999"])
WORD_LIKE = st.one_of(
    st.builds(word_item, WORDS, MARKERS, st.integers(1, 9), st.sampled_from(["Calibri", "Wingdings", "Symbol"])),
    st.builds(
        online, WORDS, st.sampled_from(["ul", "ol"]), st.integers(1, 9), st.sampled_from(["", " start=3", " type=i"])
    ),
    st.builds("<p class=MsoListParagraph>{}</p>".format, WORDS),
    st.builds("<span style='font-weight:700;font-style:italic'>{}</span>".format, WORDS),
    st.builds("<b style='font-weight:normal'>{}".format, WORDS),
    st.builds("<o:p>&nbsp;</o:p><![if !vml]>{}<![endif]>".format, WORDS),
    st.builds("<st1:place>{}</st1:place><a href='#x'>{}</a>".format, WORDS, WORDS),
    st.builds("<table><tr><td colspan=2>{}<tr><td>{}</table>".format, WORDS, WORDS),
    st.builds(lambda tag, said: f"<{tag}{said}>", TAGS, ATTRIBUTES),
    st.builds("</{}>".format, TAGS),
)


@given(st.lists(WORD_LIKE, max_size=10).map("".join))
@settings(max_examples=300, deadline=None)
def test_cleaning_what_was_pasted_twice_changes_nothing(pasted):
    try:
        once = clean(pasted, "html")
    except Invalid:
        return
    assert clean(once, "html") == once


# Scripts

SCRIPTS = [
    *(
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.org/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
    ),
    *(
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<body onload=alert(1)>",
        "<iframe src=javascript:alert(1)>",
    ),
    *("<a href=javascript:alert(1)>x</a>", "<a href='java\tscript:alert(1)'>x</a>", "<a href=' javascript:x'>x</a>"),
    *("<a href='&#106;avascript:alert(1)'>x</a>", "<a href=data:text/html,x>x</a>", "<a href=vbscript:x>x</a>"),
    *(
        "<a href='https://a.org\" onclick=\"x'>x</a>",
        "<a href=//evil.org>x</a>",
        "<p style='background:url(javascript:x)'>",
    ),
    *("<math><mi xlink:href='javascript:x'>x</mi></math>", "<svg><a xlink:href='javascript:x'><text>x</a></svg>"),
    *("<style>@import 'javascript:x'</style>", "<link rel=stylesheet href=javascript:x>", "<base href=javascript:x//>"),
    *(
        "<meta http-equiv=refresh content='0;url=javascript:x'>",
        "<form action=javascript:x><button>x",
        "<isindex action=x>",
    ),
    *(
        "<object data=javascript:x>",
        "<embed src=javascript:x>",
        "<video><source onerror=x>",
        "<details open ontoggle=x>",
    ),
    *("<noscript><p title='</noscript><img src=x onerror=x>'>", "<template><script>x</script></template>"),
    *("<!--><script>x</script>-->", "<![CDATA[<script>x</script>]]>", "<?xml version='1.0'?><script>x</script>"),
    *("<textarea><script>x</script>", "<title><img src=x onerror=x></title>", "<xmp><script>x</script></xmp>"),
    *(
        "<table background=javascript:x><tr><td background=javascript:x>x</table>",
        "<p data-number='no\" onclick=\"x'>x",
    ),
    *(f"<img src={'0' * 64} alt='\" onerror=\"x'>", "<figure data-page='landscape\" onclick=\"x'>x</figure>"),
    *(
        "<mark data-redact='\"><script>x</script>'>x</mark>",
        "<ol type='1\"><script>x</script>'><li>x</ol>",
        "\x3cscript\x3ex",
    ),
    *("<math><mtext><table><mglyph><style><img src=x onerror=x></style></mglyph></table></mtext></math>",),
]
PLAIN = [
    *("br", "h3", "h4", "strong", "em", "u", "s", "sub", "sup", "ul", "li", "blockquote"),
    *("table", "caption", "thead", "tbody", "tr", "figcaption"),
]
ALLOWED = {
    **{tag: set() for tag in PLAIN},
    "p": {"data-number"},
    "a": {"href"},
    "ol": {"type", "start"},
    "mark": {"data-redact"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan", "data-rag"},
    "th": {"colspan", "rowspan", "data-rag", "scope"},
    "figure": {"data-chart", "data-table", "data-page"},
}


class Reader(HTMLParser):
    """A reader other than the one that cleans; it stops at whatever the grammar does not hold."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ALLOWED[tag], (tag, name)
            if name == "href":
                assert re.match(r"(https?://|mailto:)[^\s\"'<>]+$", value), value
            if name == "src":
                assert re.fullmatch(r"[0-9a-f]{64}", value), value

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


@pytest.mark.trust(12)
def test_nothing_that_comes_in_is_live_when_it_comes_out(full):
    """The reader's own words aside, no element, attribute or address beyond the grammar is left."""
    pieces = st.one_of(
        st.sampled_from(SCRIPTS), WORD_LIKE, WORDS, st.sampled_from(["<p>", "</p>", "<", ">", '"', "'", "<!--"])
    )

    @given(st.lists(pieces, min_size=1, max_size=6).map("".join))
    @settings(max_examples=100_000 if full else 1_000, deadline=None, database=None)
    def no_input_is_live(markup):
        try:
            cleaned = clean(markup, "html")
        except Invalid:
            return
        Reader().feed(cleaned)
        assert clean(cleaned, "html") == cleaned

    no_input_is_live()


@pytest.mark.trust(12)
def test_every_known_script_is_dead_alone_and_in_pairs():
    for written in itertools.chain(SCRIPTS, map("".join, itertools.product(SCRIPTS, SCRIPTS))):
        try:
            cleaned = clean(written, "html")
        except Invalid:
            continue
        Reader().feed(cleaned)


def test_the_reader_of_these_tests_sees_what_is_live():
    for live in (
        "<script>x",
        "<p onclick=x>",
        "<a href='javascript:x'>",
        "<img src=x>",
        "<!-- x -->",
        "<img src=x onerror=y>",
    ):
        with pytest.raises(AssertionError):
            Reader().feed(live)
    Reader().feed(html.escape("<script>x"))


_OPENED = st.builds(
    "<{}{}>".format,
    st.sampled_from(
        [
            *("p", "div", "section", "h1", "h4", "blockquote", "pre", "b", "i", "u", "s", "sup", "a", "span", "font"),
            *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "figcaption"),
            *("dl", "dt", "dd", "q", "details", "label", "ruby", "center", "form", "legend", "o:p", "x-y", "html"),
        ]
    ),
    st.sampled_from(
        [
            *(
                "",
                "",
                " colspan=2",
                " rowspan=2",
                ' href="#x"',
                ' href="https://a.org"',
                " type=i start=4",
                " class=EOP",
            ),
            *(' style="mso-list:l0 level1 lfo1"', ' style="mso-list:l0 level3 lfo1"', " data-aria-level=1"),
            *(
                ' class="ListContainerWrapper"',
                " class=MsoListParagraph",
                " data-redact",
                " data-number=no",
                " scope=row",
            ),
        ]
    ),
)
_PIECES = st.one_of(st.none(), st.none(), _OPENED, _OPENED.map(lambda tag: f"</{tag[1:].split(' ')[0].rstrip('>')}>"))


@pytest.mark.trust(11)
def test_no_word_of_any_html_is_lost_or_said_twice(full):
    """Each None among the pieces stands for a word."""

    @given(st.lists(_PIECES, min_size=3, max_size=25))
    @settings(max_examples=20_000 if full else 2_000, deadline=None, database=None)
    def keeps_every_word(pieces):
        written = "".join(f"w{number}q" if piece is None else piece for number, piece in enumerate(pieces))
        try:
            kept = text(clean(written, "html"))
        except Invalid:
            return
        assert sorted(re.findall(r"w\d+q", written)) == sorted(re.findall(r"w\d+q", re.sub(r"\s", "", kept)))

    keeps_every_word()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<table><caption>Only a title</caption></table>after", "<p>Only a title</p><p>after</p>"),
        (
            "<table><caption>a<caption>b<tr><td>c</table>",
            "<table><caption>a<br>b</caption><tbody><tr><td><p>c</p></td></tr></tbody></table>",
        ),
        ("<ul><li data-aria-level=1>a</li>loose</ul>", "<ul><li><p>a</p></li><li><p>loose</p></li></ul>"),
        (
            "<ul><li data-aria-level=1>a</li><ul><li data-aria-level=2>b</li></ul></ul>",
            "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>",
        ),
    ],
)
def test_what_stands_in_odd_places_is_kept(written, kept):
    assert clean(written, "html") == kept
