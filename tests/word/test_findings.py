"""What a template author is told: every fault at once, where it is, and how it is put right."""

import io

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from app.word import Expected, Fact, UnknownName, check, compile_template
from app.word.findings import MOST_OF_A_KIND
from app.word.scan import MAX_TAGS
from tests.word import broken
from tests.word.templates import DOCUMENT, a_template, saved, vocabulary_of
from tests.word.test_same_as_docxtpl import FACTS, FEATURES, FOOTNOTES, W

SAID = dict(
    block.split("\n", 1) for block in broken.FINDINGS.read_text(encoding="utf-8").removeprefix("# ").split("\n# ")
)


def errors(template, *names, **nested):
    vocabulary = dict.fromkeys(names) | nested
    return [finding for finding in check(template, vocabulary) if finding.severity == "error"]


def said_of(*paragraphs):
    return [finding.what for finding in errors(a_template(*paragraphs), "x", xs={"name": None})]


def warnings_of(document):
    return {(f.code, f.quoted) for f in check(saved(document), {"x": None}) if f.severity == "warning"}


@pytest.mark.parametrize("make", broken.TEMPLATES, ids=lambda make: make.__name__)
def test_each_broken_template_is_told_what_is_wrong_with_it(make):
    assert broken.told(make).strip() == SAID[make.__name__].strip()


def test_ten_templates_are_broken_and_the_whole_one_is_not():
    assert len(broken.TEMPLATES) == len(SAID) == 10
    assert broken.told(broken.good) == ""


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.__name__)
def test_what_keeps_working_is_no_error(feature):
    document = docx.Document()
    feature(document)
    people = {**vocabulary_of(FACTS)["people"], "nothing": None}
    assert errors(saved(document), **{**vocabulary_of(FACTS), "people": people}) == []


@pytest.mark.parametrize(
    ("paragraph", "named"),
    [
        ("{ % if x %}", "write “{%” without a space"),
        ("{{ x }", "write “}}” at its end"),
        ("{{ x", "It has no end"),
        ("{% if x {{ x }}", "write “%}” at its end"),
        ("x %}", "has no beginning"),
        ("{{ x | }}", "Something is missing at the end"),
        ("{{ x x }}", "cannot be understood from “x” on"),
        ("{{ }}", "is empty"),
        ("{% for y of xs %}", "a loop is written “{% for item in items %}”"),
        ("{% if x = 1 %}a{% endif %}", "write “==”"),
        ("{% if x == «a» %}a{% endif %}", "type straight quotes"),
        ("{% if x – 1 %}a{% endif %}", "a plain dash"),
        ("{% if %}a{% endif %}", "does not say what it depends on"),
        ("{% IF x %}a{% endif %}", "Did you mean “if”?"),
        ("{% if x %}a{% end if %}", "Did you mean “endif”?"),
        ("{% if x %}a{% elseif x %}b{% endif %}", "Did you mean “elif”?"),
        ("{% if x %}a{% else %}b{% else %}c{% endif %}", "comes after the {% else %}"),
        ("{% else %}", "outside of any {% if … %}"),
        ("{% endfor %}", "there is no “{% for … %}” before it"),
        ("{%p if x %}", "write “{%p endif %}” where it ends"),
        ("{{ r x }}", "write “{{r x }}”"),
        ("{% p if x %}", "write “{%p if x %}”"),
        ("{%pendif %}", "write “{%p endif %}”"),
        ("{%tc for y in xs %}", "belongs in a table"),
        ("a {{p x }}", "“a” would be lost"),
        ("{% 7 %}", "does not say what to do"),
        ("{{ x|uper }}", "There is no filter “uper”"),
        ("{{ loop.index }}", "“loop” stands in no loop"),
        ("{% macro m() %}{% endmacro %}", "The template defines a macro. Take “{% macro m() %}” out."),
        ("{{ x" + ".a" * 1900 + " }}", "too deep"),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "block"),
    ],
)
def test_a_damaged_tag_is_told_with_how_to_put_it_right(paragraph, named):
    assert any(named in what for what in said_of("fine", paragraph, "{{ x }}"))


@pytest.mark.parametrize(("tag", "unit"), [("{% vm %}", "row"), ("{% hm %}", "cell")])
def test_cells_are_merged_by_a_loop_only(tag, unit):
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = f"{tag}words"
    [finding] = errors(saved(document))
    assert (finding.code, finding.quoted) == ("broken-tag", f"{tag}words")
    assert f"put it into a {unit} between" in finding.what
    with pytest.raises(UnknownName, match="“loop” stands in no loop"):
        compile_template(saved(document), {})


def test_everything_is_told_at_once_also_behind_a_damaged_tag():
    codes = [f.code for f in errors(a_template("{{ x", "{{ y }}", "{% if x %}", "{{ x() }}", "{{ z|w }}"), "x")]
    assert sorted(codes) == [
        "broken-tag",
        "broken-tag",
        "not-allowed",
        "unknown-filter",
        "unknown-name",
        "unknown-name",
    ]


def test_a_damaged_loop_still_names_what_those_within_it_use():
    whats = said_of("{% for y im xs %}{{ y.name }}{% endfor %}")
    assert len(whats) == 1
    assert "a loop is written" in whats[0]


def test_each_missing_end_is_told_at_its_beginning():
    found = errors(a_template("{%p if x %}", "{% for y in xs %}{{ y.name }}", "{%p endif %}"), "x", xs={"name": None})
    assert [(f.where, f.quoted, f.meant) for f in found] == [
        ("paragraph 2", "{% for y in xs %}{{ y.name }}", "{% endfor %}")
    ]


def test_curly_quotes_are_read_through_as_word_makes_them():
    assert said_of("{% if x == “a” %}{{ x|default(‘b’) }}{% endif %}") == []


def test_a_tag_that_word_split_is_quoted_whole():
    document = docx.Document()
    paragraph = document.add_paragraph("See ")
    for piece in ("{", "{ tit", "el }", "}"):
        paragraph.add_run(piece).bold = piece == "el }"
    (found,) = errors(saved(document), "title")
    assert (found.quoted, found.meant) == ("See {{ titel }}", "title")


def test_a_place_is_told_by_heading_table_and_paragraph():
    document = docx.Document()
    document.add_paragraph("{{ a }}")
    document.add_heading("Purpose", 1)
    document.add_paragraph("first")
    document.add_paragraph("{{ b }}")
    document.add_table(2, 2).cell(1, 0).text = "{{ c }}"
    inner = document.tables[0].cell(1, 1).add_table(1, 1)
    inner.cell(0, 0).text = "{{ d }}"
    document.add_heading("{{ e }}", 2)
    assert [finding.where for finding in errors(saved(document))] == [
        "paragraph 1",
        "under “Purpose”, paragraph 2",
        "under “Purpose”, table 1, row 2, column 1",
        "under “Purpose”, table 1, row 2, column 2, in the table there, row 1, column 1",
        "under “Purpose”, a heading",
    ]


def test_every_part_is_called_by_its_name():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ a }}"
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_footer.paragraphs[0].text = "{{ b }}"
    second = document.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "{{ c }}"
    document.settings.odd_and_even_pages_header_footer = True
    document.sections[0].even_page_header.paragraphs[0].text = "{{ d }}"
    xml = (
        f'<w:footnotes xmlns:w="{W[1:-1]}"><w:footnote w:id="2"><w:p><w:r><w:t>{{{{ e }}}}</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    ).encode()
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, xml, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.core_properties.title = "{{ f }}"
    assert {(f.part, f.quoted) for f in errors(saved(document))} == {
        ("the header of section 1", "{{ a }}"),
        ("the first-page footer of section 1", "{{ b }}"),
        ("the header of section 2", "{{ c }}"),
        ("the even-page header of section 1", "{{ d }}"),
        ("the footnotes", "{{ e }}"),
        ("the document properties", "{{ f }}"),
    }


def test_a_name_is_found_where_no_reader_sees_it():
    document = docx.Document()
    table = document.add_table(1, 1)
    table._tbl.tblPr.append(table._tbl.makeelement(f"{W}tblCaption", {f"{W}val": "About {{ titel }}"}))
    (found,) = errors(saved(document), "title")
    assert (found.where, found.quoted, found.meant) == ("table 1", "About {{ titel }}", "title")


def test_a_finding_is_plain_data_for_a_program():
    (found,) = errors(a_template("{{ titel }}"), "title")
    assert found.to_dict() == {
        "severity": "error",
        "code": "unknown-name",
        "part": "the body",
        "where": "paragraph 1",
        "quoted": "{{ titel }}",
        "what": "There is no “titel” in a paper. Did you mean “title”?",
        "meant": "title",
    }


def test_what_only_a_paper_shows_is_told_at_its_paragraph():
    sample = {"document": DOCUMENT, "title": "T", "days": None}
    (found,) = [
        finding
        for finding in check(
            a_template("{%p if title %}", "{{ title }}", "{%p endif %}", "Days: {{ days }}"),
            {"title": None, "days": None},
            Expected(sample),
        )
        if finding.severity == "error"
    ]
    assert (found.code, found.where, found.quoted) == ("sample-fails", "paragraph 4", "Days: {{ days }}")


def test_what_is_printed_for_some_and_not_for_all_is_told_by_name():
    sections = [{"heading": Fact(name), "note": Fact(f"Note of {name}")} for name in ("One", "Two")]
    vocabulary = {"sections": {"heading": None, "note": None}}
    template = a_template(
        "{% for s in sections %}{{ s.heading }}{% if loop.first %}{{ s.note }}{% endif %}{% endfor %}"
    )
    findings = check(template, vocabulary, Expected({"document": DOCUMENT, "sections": sections}))
    assert [f.what for f in findings if f.code == "never-printed"] == [
        "“sections.note” is not printed for “Two”, and would be lost: print it wherever a paper has it."
    ]


def test_what_only_a_printed_paper_shows_to_readers_is_told_once_and_not_what_the_sample_is_to_blame_for():
    document = broken.good()
    pale = document.styles.add_style("Pale", 2)
    pale.font.color.rgb, pale.font.size = RGBColor(0xAA, 0xAA, 0xAA), Pt(6)
    for _ in range(2):
        document.add_paragraph().add_run("{{ title }}", pale)
    found = check(saved(document), broken.VOCABULARY, broken.EXPECTED)
    assert [(f.severity, f.code, f.part, f.quoted) for f in found] == [
        ("warning", "contrast", "a paper of sample data", "A paper"),
        ("warning", "small-text", "a paper of sample data", "A paper"),
        ("warning", "body-size", "a paper of sample data", "A paper"),
    ]
    assert found[0].where == "the body, under “Risks”"


def test_what_is_typed_by_hand_is_told_and_what_word_numbers_is_not():
    document = docx.Document()
    for text in (
        "1. a",
        "(a) b",
        "2.1 c",
        "• d",
        "* e",
        "{{ loop.index }} f",
        "2026 was a year",
        "e.g. this",
        "-5 degrees",
    ):
        document.add_paragraph(text)
    document.add_heading("3 Heading", 1)
    document.add_heading("Appendix A Heading", 1)
    for text in ("4. real", "• real"):
        document.add_paragraph(text, "List Number")
    found = warnings_of(document)
    assert {quoted for code, quoted in found if code == "typed-number"} == {
        "1. a", "(a) b", "2.1 c", "{{ loop.index }} f", "3 Heading", "Appendix A Heading",
    }  # fmt: skip
    assert {quoted for code, quoted in found if code == "typed-bullet"} == {"• d", "* e"}


def test_a_table_of_data_has_a_heading_row_or_column():
    document = docx.Document()
    for header, column in ((False, False), (True, False), (False, True)):
        table = broken.rows(document, (f"{header} {column}", "b"), ("c", "d"), ("e", "f"))
        look = table._tbl.tblPr.find(f"{W}tblLook")
        look.set(f"{W}firstColumn", str(int(column)))
        if header:
            table.rows[0]._tr.get_or_add_trPr().append(table._tbl.makeelement(f"{W}tblHeader"))
    assert {q for code, q in warnings_of(document) if code == "table-without-headers"} == {"False False"}


def test_a_table_that_a_loop_makes_long_has_a_heading_too():
    document = docx.Document()
    table = broken.rows(document, ("{%tr for y in x %}", ""), ("{{ y }}", "b"), ("{%tr endfor %}", ""))
    table._tbl.tblPr.find(f"{W}tblLook").set(f"{W}firstColumn", "0")
    assert ("table-without-headers", "{%tr for y in x %}") in warnings_of(document)


def test_headings_in_different_branches_are_not_compared():
    document = docx.Document()
    document.add_heading("One", 1)
    document.add_paragraph("{%p if x %}")
    document.add_heading("Two", 3)
    document.add_paragraph("{%p endif %}")
    document.add_heading("Three", 3)
    assert {q for code, q in warnings_of(document) if code == "heading-jump"} == {"Three"}


def test_a_picture_is_described_or_marked_as_decoration():
    document = docx.Document()
    for words in ("", "A chart"):
        document.add_paragraph("x").add_run().add_picture(io.BytesIO(broken.PNG))
        for drawing in document.paragraphs[-1]._p.iter("{*}docPr"):
            drawing.set("descr", words)
    assert [code for code, _ in warnings_of(document)].count("no-alternative-text") == 1


def test_a_template_without_a_language_is_told_so():
    document = docx.Document()
    for language in list(document.styles._element.iter(f"{W}lang")):
        language.getparent().remove(language)
    assert ("no-language", "") in warnings_of(document)


def test_a_style_that_is_not_there_is_told_where_it_is_used():
    document = docx.Document()
    document.add_paragraph("x", "Quote")
    document.styles["Quote"].delete()
    assert ("unknown-style", "x") in warnings_of(document)


PIECES = [
    *("{", "{{", "{%", "{#", "}", "}}", "%}", "#}", " ", "p ", "tr ", "r ", "if x", "for y in xs", "endif", "endfor"),
    *("else", "elif x", "raw", "endraw", "macro m()", "set a = x", "set a", "x", "y.name", "|", "'", "“", "("),
    *("cellbg x", "include 'a'", "block b", "with", "endwith", "-", "\u00a0"),
]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=6))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_an_answer_is_given_and_it_is_the_compilers(paragraphs):
    template = a_template(*paragraphs)
    vocabulary = {"x": None, "xs": {"name": None}}
    found = [finding for finding in check(template, vocabulary) if finding.severity == "error"]
    assert all(finding.what and finding.part for finding in found)
    if not found:
        compile_template(template, vocabulary)


def test_a_paragraph_of_very_many_tags_is_judged_like_any_other(full):
    count = 100_000 if full else 10_000
    for text, said in {
        "{{" * count: "It has no end",
        "{#" * count: "It has no end",
        "{%p if x %}" * min(count // 10, MAX_TAGS): "would be lost",
        "{{ y }}" * min(count // 10, MAX_TAGS): "There is no “y”",
        "} }" * count: "has no beginning",
    }.items():
        document = docx.Document()
        document.add_paragraph().add_run(text)
        assert any(said in finding.what for finding in errors(saved(document), "x"))


@pytest.mark.parametrize("tag", ["{%p if x %}", "{{ y }}"])
def test_of_a_paragraph_of_more_tags_than_a_part_may_have_nothing_else_is_told(tag):
    (found,) = errors(a_template(tag * (MAX_TAGS + 1)), "x")
    assert (found.code, found.where) == ("too-many-tags", "paragraph 1")
    assert found.what == (
        "There are more than 5,000 tags in this part, and it may have no more: print what repeats in a loop."
    )


def test_of_very_many_faults_of_a_kind_the_first_are_told_and_how_many_follow():
    count = MOST_OF_A_KIND + 1_950
    found = errors(a_template("{{ y }}", *["{{ x"] * count, "{{ x() }}", "{{ x"), "x")
    assert [f.code for f in found] == ["unknown-name", *["broken-tag"] * (MOST_OF_A_KIND + 1), "not-allowed"]
    told, more = found[1 : MOST_OF_A_KIND + 1], found[MOST_OF_A_KIND + 1]
    assert [f.where for f in told] == [f"paragraph {number}" for number in range(2, MOST_OF_A_KIND + 2)]
    assert {f.what for f in told} == {"The tag “{{ x” is not complete. It has no end: write “}}” at its end."}
    assert (more.where, more.quoted, more.times) == (f"paragraph {MOST_OF_A_KIND + 2}", "{{ x", 1_951)
    assert more.what == "And 1,951 more like this from here on: put right those that are listed, and check again."


def test_as_many_faults_of_a_kind_as_are_told_one_by_one_are_all_that_is_told():
    found = errors(a_template(*["{{ x"] * MOST_OF_A_KIND), "x")
    assert [f.what for f in found if f.what.startswith("And ")] == []
    assert len(found) == MOST_OF_A_KIND
