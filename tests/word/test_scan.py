"""Tags are counted, measured and held to their places before anything tries to understand them."""

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.word import BrokenTemplate, Finding, check, compile_template
from app.word.container import read_members, write_members
from app.word.scan import MAX_MISUSES, MAX_TAGS, misuses_in
from tests.word.templates import a_template, printed

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
GOOD = read_members(a_template("{{ x }}"))


def with_body(xml: str) -> bytes:
    document = f'<w:document xmlns:w="{W}"><w:body>{xml}<w:sectPr/></w:body></w:document>'
    return write_members({**GOOD, "word/document.xml": document.encode()})


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r><w:t>{words}</w:t></w:r>' for words in runs)}</w:p>"


def cell(*paragraphs: str, properties: str = '<w:tcPr><w:tcW w:w="1"/></w:tcPr>') -> str:
    return f"<w:tbl><w:tblGrid/><w:tr><w:tc>{properties}{''.join(paragraphs)}</w:tc></w:tr></w:tbl>"


def errors(template: bytes) -> list[Finding]:
    return [finding for finding in check(template, {"x": None}) if finding.severity == "error"]


def faults(template: bytes) -> list[tuple[str, str]]:
    with pytest.raises(BrokenTemplate) as caught:
        compile_template(template, {"x": None})
    return [(fault.where, fault.what) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        (paragraph("Total: {{ x "), "“{{ x” is not closed: “}}” is missing."),
        (paragraph("{", "{ x "), "“{{ x” is not closed: “}}” is missing."),
        (paragraph("{% if x }"), "“{% if x }” is not closed: “%}” is missing."),
        (paragraph("{# note"), "“{# note” is not closed: “#}” is missing."),
        (paragraph("{# {{ #}"), "The comment “{# {{ #}” holds a tag that is not closed."),
        (paragraph("{{ x }") + paragraph("{{ x }}"), "“{{ x }” is not closed: “}}” is missing."),
        (paragraph("{{ " + "a" * 5000 + " }}"), f"“{{{{ {'a' * 37}…” is longer than 4,000 characters."),
        (
            paragraph("{{ x") + cell(paragraph("}}")),
            "“{{ x}}” begins in one place (cell, paragraph or link) and ends in",
        ),
        (paragraph("{%tr if x %}"), "“{%tr if x %}” belongs into a table row."),
        (paragraph("{% cellbg x %}"), "“{% cellbg x %}” belongs into the text of a table cell."),
        (cell(paragraph("{% colspan 5 % 2 %}")), "“{% colspan 5 % 2 %}” belongs into the text of a table cell."),
        (cell("<w:p>{% vm %}</w:p>"), "“{% vm %}” belongs into the text of a table cell."),
        (cell(cell(), paragraph("{% vm %}")), "“{% vm %}” belongs into a simple table cell, once, without another"),
        ('<w:p w:x="{{ x"/>', '“{{ x"/>” is not closed: “}}” is missing.'),
        ('<w:p w:x="{%p if x %}"/>', "“{%p if x %}” does not belong into a description."),
    ],
)
def test_a_tag_that_cannot_be_filled_is_quoted(xml, what):
    (where, said), *_ = faults(with_body(xml))
    assert said.startswith(what)
    assert where.startswith("word/document.xml")
    told = errors(with_body(xml))
    assert told
    assert len({finding.what for finding in told}) == len(told)  # nothing is told twice
    assert {finding.part for finding in told} == {"the body"}


@pytest.mark.parametrize(
    ("xml", "code", "what"),
    [
        (cell(paragraph("{% colspan '%' %}")), "tag-out-of-place", "belongs into the text of a table cell."),
        (paragraph("{% cellbg x %}"), "tag-out-of-place", "belongs into the text of a table cell."),
        (cell(cell(), paragraph("{% vm %}")), "tag-out-of-place", "belongs into a simple table cell"),
        ('<w:p w:x="{%p if x %}{%p endif %}"/>', "tag-out-of-place", "there is no paragraph"),
        (paragraph("{{ " + "a" * 5000 + " }}"), "too-many-tags", "is longer than 4,000 characters."),
        (paragraph("{# {{ #}"), "broken-tag", "holds a tag that is not closed."),
        ("<w:p><w:r><w:delText>{{ x</w:delText></w:r></w:p>", "broken-tag", "“}}” is missing."),
        ("<w:p><w:r><w:t>{{ x</w:t></w:r><w:hyperlink><w:r><w:t> }}</w:t></w:r></w:hyperlink></w:p>", "crossing-tags",
         "begins in one place"),
    ],
)  # fmt: skip
def test_an_author_is_told_once_what_only_the_scan_sees(xml, code, what):
    found = errors(with_body(paragraph("before") + xml))
    assert [finding.code for finding in found] == [code] * len(found)
    assert what in found[0].what
    assert len({finding.what for finding in found}) == len(found)


def test_the_paragraph_of_the_tag_is_quoted_whole_as_word_shows_it():
    xml = paragraph("Before") + paragraph("Spent ", "{", "{ x of ", "the budget")
    assert faults(with_body(xml)) == [
        (
            "word/document.xml, paragraph “Spent {{ x of the budget”",
            "“{{ x of the budget” is not closed: “}}” is missing.",
        )
    ]
    (told,) = errors(with_body(xml))
    assert (told.where, told.quoted) == ("paragraph 2", "Spent {{ x of the budget")
    (misuse,) = misuses_in("<w:p/>" + xml)
    assert (misuse.kind, misuse.paragraph, misuse.offset) == ("unclosed", 2, 6)


def test_what_is_well_written_passes_split_as_word_splits_it():
    assert (
        misuses_in(paragraph("{", "{ x", " }", "}") + paragraph("{", "%p if x %", "}") + paragraph("{# {{ x }} #}"))
        == []
    )
    assert misuses_in(paragraph("{{ x") + paragraph("}}")) == []
    assert misuses_in('<w:p w:x="{{ x }}"/>' + cell(paragraph("{% vm %}"), paragraph("{% hm %}"))) == []


def test_the_stray_end_of_a_tag_is_noticed_and_printed_as_typed():
    (misuse,) = misuses_in(paragraph("from {40% to 50%} at most"))
    assert (misuse.kind, misuse.text[misuse.offset :]) == ("stray", "%} at most")
    assert b"50%}" in read_members(printed(a_template("from {40% to 50%}"), x="y"))["word/document.xml"]


def test_strays_hide_nothing():
    xml = paragraph("}}" * 500) + paragraph("{{ x")
    assert [m.kind for m in misuses_in(xml)] == ["stray"] * MAX_MISUSES + ["unclosed"]


def test_tags_are_counted():
    assert errors(with_body(paragraph("{{ x }}") * MAX_TAGS)) == []
    ((_, what),) = faults(with_body(paragraph("{{ x }}") * (MAX_TAGS + 1)))
    assert what == "There are more than 5,000 tags in this part, and it may have no more: print what repeats in a loop."
    assert [finding.what for finding in errors(with_body(paragraph("{{ x }}") * (MAX_TAGS + 1)))] == [what]


@given(st.lists(st.text("{}%# xv", max_size=8), max_size=12))
def test_what_passes_has_an_end_for_each_beginning(runs):
    """Against the plainest reading there is: find a beginning, find its end, go on behind it."""
    words = "".join(runs)
    wrong = {m.kind for m in misuses_in("".join(f"<w:t>{run}</w:t>" if run else "<w:t/>" for run in runs))} - {"stray"}
    place, whole = 0, True
    while starts := [found for o in ("{{", "{%", "{#") if (found := words.find(o, place)) >= 0]:
        closer = {"{": "}}", "%": "%}", "#": "#}"}[words[min(starts) + 1]]
        place = words.find(closer, min(starts) + 2) + 2
        if place == 1:
            whole = False
            break
    assert whole or "unclosed" in wrong


SPLIT = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'.format
# The same shapes, small and ten times larger; docxtpl's patterns took the square or the cube of their size for most.
SHAPES = {
    "unclosed": lambda n: paragraph("{{ x ") * n,
    "unclosed in one paragraph": lambda n: paragraph("{{ " * n),
    "split": lambda n: f"<w:p>{(SPLIT('{') * 2 + SPLIT('x') + SPLIT('}') * 2) * (n // 4)}</w:p>",
    "a tag over many runs": lambda n: f"<w:p>{SPLIT('{{')}{SPLIT(' ') * 2000}{SPLIT('x}}')}</w:p>",
    "braces": lambda n: f"<w:p>{SPLIT('{') * n}</w:p>",
    "new lines": lambda n: "<w:p>" + "\n" * n * 10 + "</w:p>",
    "empty paragraphs with attributes": lambda n: paragraph("a\nb") + '<w:p w:rsidR="00000000"/>' * n,
    "empty runs with attributes": lambda n: "<w:p>" + SPLIT("a&#10;b") + '<w:r w:rsidR="00000000"/>' * n + "</w:p>",
    "merging in a large cell": lambda n: cell(f"<w:p>{SPLIT('a') * n}{{% vm %}}</w:p>"),
    "merging before properties": lambda n: cell(paragraph("{% vm %}"), "<w:tcPr> </w:tcPr>", paragraph("a") * n),
    "spaces in a column span": lambda n: cell(paragraph("{% colspan " + " " * 3000 + "% x %}")),
    "properties by another name": lambda n: "<w:tcPrX> </w:tcPrX>" * n + paragraph("{{ x }}"),
    "tables in tables": lambda n: "<w:tbl><w:tblGrid/><w:tr><w:tc>" * 30 + paragraph("{{ x }}") + paragraph("a") * n
    + "</w:tc></w:tr></w:tbl>" * 30,
    "row tags in rows": lambda n: "<w:tbl><w:tblGrid/><w:tr><w:tc>" * 30 + paragraph("{%tr if x %}" * 1000)
    + "</w:tc></w:tr></w:tbl>" * 30 + paragraph("a") * n,
    "comments full of beginnings": lambda n: paragraph("{# " + "{{ " * 1000 + " #}") * (n // 100),
    "long paths": lambda n: paragraph("{{ " + "a." * 1900 + "b }}") * (n // 100),
    "as many long paths as may be": lambda n: paragraph("{{ " + "a." * 1900 + "b }}") * 50,
    "as many calls as may be": lambda n: paragraph("{{ x(x.y) }}" * MAX_TAGS),
    "as many unknown names as may be": lambda n: "".join(paragraph(f"{{{{ a{i} }}}}") for i in range(MAX_TAGS)),
    "blocks in blocks": lambda n: paragraph("{% if x %}") * (MAX_TAGS // 2) + paragraph("{% endif %}") * (MAX_TAGS // 2)
    + paragraph("a") * n,
    "blocks in one paragraph": lambda n: paragraph("{% if x %}" * (MAX_TAGS // 2)) + paragraph("a") * n
    + paragraph("{% endfor %}" * (MAX_TAGS // 2)),
}  # fmt: skip


def seconds_to_check(template: bytes) -> float:
    """Processor time; what the test run has piled up before is not looked through, as in a service that starts."""
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    check(template, {"x": None})
    return time.process_time() - begun


@pytest.mark.trust(14)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_tags_takes_long(shape, full):
    """Ten times as much takes about ten times as long, where the square of it would take a hundred times."""
    counts = (2_000, 20_000) if full else (500, 5_000)
    small, large = (seconds_to_check(with_body(SHAPES[shape](count))) for count in counts)
    assert large < 30 * small + 0.5
    assert large < 10  # the promise is one second; a test run on a crowded machine is many times slower
