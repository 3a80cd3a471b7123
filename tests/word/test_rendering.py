"""What a template and its values become: everything is in the document as typed, or there is a clear error."""

import io
import os
import subprocess
import sys
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.errors import Invalid
from app.word import (
    BrokenTemplate,
    Coloured,
    Fact,
    MisplacedValue,
    MissingValue,
    Narrative,
    NotPrinted,
    TemplateFails,
    TemplateNotAllowed,
    UnknownName,
    UnwritableText,
    compile_template,
    content_digest,
    render,
    text_of,
)
from app.word.container import read_members
from app.word.namespaces import w
from tests.word.templates import DOCUMENT, a_template, compiled, printed, saved
from tests.word.test_attacks import in_part

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

AS_TYPED = [
    "R&D < 5",
    "</w:body>",
    "{{ 7*7 }}",
    "{_{ 7*7 }_}",
    "{% for x in y %}",
    "{_% if %_}",
    "&amp; &lt;b&gt;",
    "\"quoted\" 'single' “curly”",
    "one\ttab",
    "two\nlines",
    " edges ",
    "no-break\u00a0space",
    "£5 – 7 … 😀",
]


@pytest.mark.parametrize("words", AS_TYPED)
def test_a_value_comes_out_as_typed_everywhere(words):
    document = docx.Document()
    document.add_paragraph("[{{ words }}]")
    document.add_table(1, 1).cell(0, 0).text = "[{{ words }}]"
    document.sections[0].header.paragraphs[0].text = "[{{ words }}]"
    document.sections[0].footer.paragraphs[0].text = "[{{ words }}]"
    opened = docx.Document(io.BytesIO(printed(saved(document), words=words)))
    assert opened.paragraphs[0].text == f"[{words}]"
    assert opened.tables[0].cell(0, 0).text == f"[{words}]"
    assert opened.sections[0].header.paragraphs[0].text == f"[{words}]"
    assert opened.sections[0].footer.paragraphs[0].text == f"[{words}]"


XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(XML_TEXT)
@settings(max_examples=60, deadline=None)
def test_no_character_of_a_value_is_lost(words):
    opened = docx.Document(io.BytesIO(printed(TEMPLATE_OF_ONE_WORD, words=f"[{words}]")))
    assert opened.paragraphs[0].text == f"[{words}]"


TEMPLATE_OF_ONE_WORD = a_template("{{ words }}")


def test_loops_conditions_and_coloured_cells_work():
    document = docx.Document()
    for tag in ("{%p for w in workstreams %}", "{{ w.name }}", "{%p if w.text %}", "{{p w.text }}"):
        document.add_paragraph(tag)
    for tag in ("{%p endif %}", "{%p endfor %}"):
        document.add_paragraph(tag)
    table = document.add_table(3, 1)
    table.cell(0, 0).text = "{%tr for w in workstreams %}"
    table.cell(1, 0).text = "{% cellbg w.background %}{{r w.rating }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    document.add_paragraph("between")
    strip = document.add_table(1, 3)
    strip.cell(0, 0).text, strip.cell(0, 1).text = "{%tc for w in workstreams %}", "{{ w.name }}"
    strip.cell(0, 2).text = "{%tc endfor %}"
    workstreams = [
        {
            "name": "Procurement",
            "text": Narrative("<p>Signed.</p>", "procurement"),
            "background": "2E7D32",
            "rating": Coloured("Green", "2E7D32", "FFFFFF"),
        },
        {
            "name": "Fleet",
            "text": Narrative("", "fleet"),
            "background": "C62828",
            "rating": Coloured("Red", "C62828", "FFFFFF"),
        },
    ]
    opened = docx.Document(io.BytesIO(printed(saved(document), workstreams=workstreams)))
    assert [p.text for p in opened.paragraphs] == ["Procurement", "Signed.", "Fleet", "between"]
    ratings, names = opened.tables
    assert [row.cells[0].text for row in ratings.rows] == ["Green", "Red"]
    assert [cell.text for cell in names.rows[0].cells] == ["Procurement", "Fleet"]
    properties = ratings.rows[1].cells[0]._tc.tcPr
    assert [child.tag.split("}")[1] for child in properties] == ["tcW", "shd"]
    assert 'w:fill="C62828"' in properties.xml
    run = ratings.rows[0].cells[0].paragraphs[0].runs[0]
    assert run.bold
    assert str(run.font.color.rgb) == "FFFFFF"


def test_facts_named_like_methods_are_facts():
    values = {"theme": {"update": "U", "items": "I", "values": "V"}}
    template = a_template("{{ theme.update }}{{ theme.items }}{{ theme.values }}")
    assert text_of(printed(template, **values)) == ["UIV"]


def test_the_same_facts_make_the_same_bytes_on_another_day_and_machine(tmp_path):
    program = (
        "import sys; from tests.word.templates import *\n"
        "html = '<ol><li><p>a</p></li></ol><p><a href=\"https://a.org/\">l</a></p>'\n"
        "document = printed(open(sys.argv[1], 'rb').read(), text=Narrative(html, 'k'))\n"
        "sys.stdout.buffer.write(document)"
    )
    template = tmp_path / "template.docx"
    template.write_bytes(a_template("{{p text }}"))
    made = [
        subprocess.run(
            [sys.executable, "-c", program, str(template)],
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale},
            check=True,
            capture_output=True,
        ).stdout
        for zone, seed, locale in (("UTC", "1", "C"), ("Asia/Tokyo", "99", "C.UTF-8"))
    ]
    assert made[0] == made[1]
    assert content_digest(made[0]) == content_digest(made[1])


def test_a_value_that_is_missing_is_named_with_its_paragraph():
    template = a_template("fine", "Chief officer: {{ paper.officer }}")
    ready = compile_template(template, {"paper": {"officer": None}})
    with pytest.raises(MissingValue) as caught:
        render(ready, {"document": DOCUMENT, "paper": {"title": "x"}}, {})
    assert caught.value.name == "officer"
    assert "paragraph “Chief officer: {{ paper.officer }}”" in str(caught.value)


def test_signs_that_xml_escapes_mean_in_a_tag_what_they_say():
    tag = "{% if x == 'R&D' and 1 < 2 %}{{ x }} & {{ word|default('a & \"b\" &lt;') }}{% endif %}"
    template = compile_template(a_template(tag), {"x": None, "word": None})
    assert text_of(render(template, {"document": DOCUMENT, "x": "R&D"}, {})) == ['R&D & a & "b" &lt;']
    document = docx.Document()
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "a"
    caption = table._tbl.makeelement(w("tblCaption"), {w("val"): "{{ 'R&D \"x\"' if x == 'R&D' else 'no' }}"})
    table._tbl.tblPr.append(caption)
    assert b'w:val="R&amp;D &quot;x&quot;"' in read_members(printed(saved(document), x="R&D"))["word/document.xml"]


def test_an_empty_value_is_missing_and_not_the_word_none():
    with pytest.raises(MissingValue, match="Agenda"):
        printed(a_template("Agenda {{ number }}"), number=None)


def test_a_narrative_that_is_not_printed_stops_the_paper():
    values = {"text": Narrative("<p>x</p>", "sections.purpose"), "rest": [Narrative("", "sections.empty")]}
    with pytest.raises(NotPrinted) as caught:
        printed(a_template("nothing"), **values)
    assert caught.value.keys == ("sections.purpose",)
    assert "“x” is not printed" in str(caught.value)


def lines(*names: str) -> list[dict[str, Fact]]:
    return [{"name": Fact(name)} for name in names]


@pytest.mark.parametrize(
    "tag",
    [
        "{{ line.name }}",
        "{{ line.name|upper }}",
        "{{ line.name|trim|replace('&', 'and') }}",
        "{{ line.name|default('nothing') }}",
        "{% set called = line.name %}{{ called }}",
        "{{ line.name if line.name else 'nothing' }}",
    ],
)
def test_a_fact_is_printed_as_it_is_or_as_a_filter_words_it(tag):
    template = a_template("{%p for line in lines %}", tag, "{%p endfor %}")
    assert len(text_of(printed(template, lines=lines("R&D", "Fleet")))) == 2


@pytest.mark.parametrize("tag", ["{{ lines|map(attribute='name')|join(', ') }}", "{{ lines|join(', ', 'name') }}"])
def test_facts_that_are_joined_are_all_printed(tag):
    assert text_of(printed(a_template(tag), lines=lines("R&D", "Fleet", ""))) == ["R&D, Fleet, "]


@pytest.mark.parametrize(
    "tag",
    [
        "{% if line.name %}named{% endif %}",
        "{% if line.name == 'Fleet' or 'F' in line.name %}fleet{% else %}other{% endif %}",
        "{{ line.name|length }}",
        "{{ line.name|first }}",
        "{{ line.name[:3] }}",
        "{% set called = line.name %}called",
        "{% if line.name|upper|trim == 'FLEET' %}fleet{% endif %}",
        "{% if loop.first %}{{ line.name }}{% endif %}",
        "{{ lines[0].name }}",
    ],
)
def test_a_fact_that_is_only_asked_about_or_cut_is_left_out(tag):
    with pytest.raises(NotPrinted) as caught:
        printed(a_template("{%p for line in lines %}", tag, "{%p endfor %}"), lines=lines("Fleet", "Fleet"))
    assert caught.value.keys[-1] == "lines[1].name"
    assert "“Fleet” is not printed by the template." in str(caught.value)


def test_a_fact_without_words_need_not_be_printed():
    printed(a_template("nothing"), line={"gap": Fact(""), "word": Coloured("", "2E7D32", "FFFFFF")})


def test_a_coloured_word_must_be_printed():
    ratings = [Coloured("Green", "2E7D32", "FFFFFF"), Coloured("Green", "2E7D32", "FFFFFF")]
    with pytest.raises(NotPrinted, match="Green") as caught:
        printed(a_template("{{r ratings[0] }}"), ratings=ratings)
    assert caught.value.keys == ("ratings[1]",)


def test_what_only_a_program_reads_is_not_printed():
    document = docx.Document()
    document.core_properties.title = "{{ name }}"
    document.add_picture(io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunks_of_a_pixel()))
    next(document.element.body.iter(f"{WP}docPr")).set("descr", "{{ name }}")
    with pytest.raises(NotPrinted) as caught:
        printed(saved(document), name=Fact("Fleet"))
    assert caught.value.keys == ("name",)
    document.sections[0].footer.paragraphs[0].text = "{{ name }}"
    made = docx.Document(io.BytesIO(printed(saved(document), name=Fact("Fleet"))))
    assert made.core_properties.title == made.sections[0].footer.paragraphs[0].text == "Fleet"


UNREAD = {
    "hidden": "<w:p {}><w:r><w:rPr><w:vanish/></w:rPr><w:t>{{{{ name }}}}</w:t></w:r></w:p>",
    "deleted": '<w:p {}><w:del w:id="1" w:author="a"><w:r><w:t>{{{{ name }}}}</w:t></w:r></w:del></w:p>',
    "moved": '<w:p {}><w:moveFrom w:id="1" w:author="a"><w:r><w:t>{{{{ name }}}}</w:t></w:r></w:moveFrom></w:p>',
    "fallback": "<w:p {}><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:t>a</w:t></mc:Choice><mc:Fallback>"
    "<w:t>{{{{ name }}}}</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>",
}
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


@pytest.mark.trust(11)
@pytest.mark.parametrize("how", UNREAD)
def test_what_no_reader_sees_is_not_printed(how):
    document = docx.Document()
    document.element.body.insert(0, parse_xml(UNREAD[how].format(SPACES)))
    with pytest.raises(NotPrinted, match="“Fleet” is not printed"):
        printed(saved(document), name=Fact("Fleet"))
    document.add_paragraph("{{ name }}")
    assert "Fleet" in text_of(printed(saved(document), name=Fact("Fleet")))


@pytest.mark.trust(11)
@pytest.mark.parametrize("pages", ["first", "even"])
def test_a_header_that_no_page_has_prints_nothing(pages):
    document = docx.Document()
    section = document.sections[0]
    header = section.first_page_header if pages == "first" else section.even_page_header
    for tag, value in (("{{ x }}", Fact("Fleet")), ("{{r x }}", Coloured("Fleet", "2E7D32", "FFFFFF")),
                       ("{{p x }}", Narrative("<p>Fleet</p>", "k"))):  # fmt: skip
        header.paragraphs[0].text = tag
        section.different_first_page_header_footer = False
        document.settings.odd_and_even_pages_header_footer = False
        with pytest.raises(NotPrinted, match="“Fleet” is not printed"):
            printed(saved(document), x=value)
        section.different_first_page_header_footer = pages == "first"
        document.settings.odd_and_even_pages_header_footer = pages == "even"
        printed(saved(document), x=value)


@pytest.mark.trust(11)
@pytest.mark.parametrize("kind", ["comments", "footnotes", "endnotes"])
def test_comments_and_notes_that_nothing_refers_to_print_nothing(kind):
    document = docx.Document(io.BytesIO(in_part(kind)("{{ name }}")))
    with pytest.raises(NotPrinted, match="“Fleet” is not printed"):
        printed(saved(document), name=Fact("Fleet"))
    reference = OxmlElement(f"w:{kind.removesuffix('s')}Reference")
    reference.set(w("id"), "2")
    document.add_paragraph().add_run()._r.append(reference)
    if kind == "comments":
        with pytest.raises(NotPrinted):
            printed(saved(document), name=Fact("Fleet"))
    else:
        printed(saved(document), name=Fact("Fleet"))


def test_words_in_a_drawing_are_printed():
    document = docx.Document()
    document.add_picture(io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunks_of_a_pixel()))
    drawn = next(document.element.body.iter(f"{A}graphicData"))
    etree.SubElement(drawn, f"{A}t").text = "{{ name }}"
    assert b"<a:t>R&amp;D</a:t>" in zipfile.ZipFile(io.BytesIO(printed(saved(document), name=Fact("R&D")))).read(
        "word/document.xml"
    )


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("{{ x }}", Narrative("<p>lost words</p>", "k")),
        ("{{ x }}", Coloured("lost words", "2E7D32", "FFFFFF")),
        ("{{p x }}", "lost words"),
        ("{{r x }}", "lost words"),
    ],
)
def test_a_value_where_word_would_not_show_it_is_refused(tag, value):
    with pytest.raises(MisplacedValue, match="lost words"):
        printed(a_template(tag), x=value)


def reached(expression: str) -> bytes:
    """What is printed of a narrative by a template that its vocabulary lets look into it."""
    template = compile_template(a_template(f"{{{{ {expression} }}}}"), {"x": {"key": None, "printed": None}})
    return render(template, {"document": DOCUMENT, "x": Narrative("<p>secret</p>", "k")}, {})


def test_opaque_values_have_nothing_inside():
    for expression in ("x._html", "x.key", "x.printed", "x|upper", "x|string"):
        with pytest.raises((MissingValue, TemplateFails, TemplateNotAllowed)):
            reached(expression)


@pytest.mark.parametrize("words", ["a\x00b", "a\x0bb", "\ud800", "\uffff"])
def test_characters_that_xml_cannot_hold_are_refused_with_their_place(words):
    with pytest.raises(UnwritableText, match=r"paper\.themes\[1\]\.name"):
        printed(a_template("{{ paper.themes[1].name }}"), paper={"themes": [{}, {"name": words}]})


def test_the_properties_are_the_papers_own():
    document = {
        **DOCUMENT,
        "title": "A & B < C",
        "keywords": 'x "y"',
        "custom": {"Snapshot & digest": "<ab>", "Label": "0.1"},
    }
    template = compiled(a_template("{{ document.title }}"))
    made = render(template, {"document": document}, {})
    properties = docx.Document(io.BytesIO(made)).core_properties
    assert (properties.title, properties.author, properties.keywords) == (
        "A & B < C",
        "Ambershire Police",
        'x "y"',
    )
    assert properties.language == "en-GB"
    assert properties.created.isoformat() == properties.modified.isoformat() == "2026-03-31T00:00:00+00:00"
    archive = zipfile.ZipFile(io.BytesIO(made))
    custom = archive.read("docProps/custom.xml").decode()
    assert 'name="Snapshot &amp; digest"><vt:lpwstr>&lt;ab&gt;</vt:lpwstr>' in custom
    assert "docProps/custom.xml" in archive.read("[Content_Types].xml").decode()
    assert "docProps/custom.xml" in archive.read("_rels/.rels").decode()


def test_a_paper_without_properties_is_refused():
    with pytest.raises(MissingValue, match=r"document\.created"):
        render(compiled(a_template("x")), {"document": {**DOCUMENT, "created": None}}, {})


@pytest.mark.parametrize(
    ("tag", "refusal", "named"),
    [
        ("{{ unknown }}", UnknownName, "“unknown”"),
        ("{{ x", BrokenTemplate, "{{ x"),
        ("{% if x %}", BrokenTemplate, "endif"),
        ("{{ x|nofilter }}", BrokenTemplate, "nofilter"),
        ("{{ x|safe }}", BrokenTemplate, "safe"),
        ("{{ x.__class__() }}", TemplateNotAllowed, "calls a function"),
        ("{% include 'y' %}", TemplateNotAllowed, "includes"),
        ("{% macro y() %}{% endmacro %}", TemplateNotAllowed, "macro"),
        ("{{ range }}", UnknownName, "range"),
    ],
)
def test_a_template_that_cannot_be_used_says_why_and_where(tag, refusal, named):
    with pytest.raises(refusal) as caught:
        compile_template(a_template("fine {{ x }}", tag), {"x": None})
    assert named in str(caught.value)
    assert "word/document.xml" in str(caught.value)


def test_a_tag_in_the_header_is_checked_too():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ markng }}"
    with pytest.raises(UnknownName, match=r"word/header1\.xml"):
        compile_template(saved(document), {"marking": None})


def test_block_tags_that_cross_a_table_are_refused():
    document = docx.Document()
    document.add_paragraph("{% if x %}")
    document.add_table(1, 1).cell(0, 0).text = "{% endif %}"
    with pytest.raises(Invalid):
        printed(saved(document), x=False)


def test_a_narrative_at_the_end_of_a_cell_leaves_a_paragraph_after_it():
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "{{p text }}"
    html = "<table><tbody><tr><td><p>x</p></td></tr></tbody></table>"
    opened = docx.Document(io.BytesIO(printed(saved(document), text=Narrative(html, "k"))))
    cell = opened.tables[0].cell(0, 0)
    assert cell.tables[0].cell(0, 0).text == "x"
    assert cell._tc[-1].tag.endswith("}p")


def test_a_table_that_has_nothing_to_show_is_left_out():
    document = docx.Document()
    document.add_paragraph("before")
    for rows in (("{%tr for x in xs %}", "{{ x }}", "{%tr endfor %}"), ("{%tr if xs %}", "some", "{%tr endif %}")):
        outer = document.add_table(1, 1).cell(0, 0)
        for table in (document.add_table(3, 1), outer.add_table(3, 1)):
            for row, words in enumerate(rows):
                table.cell(row, 0).text = words
    columns = document.add_table(2, 3)
    for row in columns.rows:
        for cell, words in zip(row.cells, ("{%tc for x in xs %}", "{{ x }}", "{%tc endfor %}"), strict=True):
            cell.text = words
    columns.rows[0].height = Pt(30)
    template = saved(document)
    for xs, count in (([], 2), (["a", "b"], 5)):
        body = docx.Document(io.BytesIO(printed(template, xs=xs))).element.body
        assert len(body.findall(w("tbl"))) == count
        # Word opens no document with a table without rows or a row without cells.
        assert all(table.find(w("tr")) is not None for table in body.iter(w("tbl")))
        assert all(row.find(w("tc")) is not None for row in body.iter(w("tr")))
        assert all(cell[-1].tag == w("p") for cell in body.iter(w("tc")))


def test_a_row_loses_its_cells_and_the_table_keeps_its_other_rows():
    document = docx.Document()
    table = document.add_table(2, 3)
    for number, words in enumerate(("{%tc if xs %}", "some", "{%tc endif %}")):
        table.cell(0, number).text = words
        table.cell(1, number).text = f"kept {number}"
    [made] = docx.Document(io.BytesIO(printed(saved(document), xs=[]))).tables
    assert [cell.text for row in made.rows for cell in row.cells] == ["kept 0", "kept 1", "kept 2"]
    assert len(made._tbl.tr_lst) == 1


def test_links_in_a_header_belong_to_the_header():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{p text }}"
    narrative = Narrative('<p><a href="https://a.org/?b=1&amp;c=2">here</a></p>', "k")
    opened = docx.Document(io.BytesIO(printed(saved(document), text=narrative)))
    (link,) = opened.sections[0].header.paragraphs[0].hyperlinks
    assert (link.text, link.address) == ("here", "https://a.org/?b=1&c=2")


def test_drawings_of_body_and_header_have_ids_of_their_own():
    picture = b"\x89PNG\r\n\x1a\n" + chunks_of_a_pixel()
    document = docx.Document()
    document.add_picture(io.BytesIO(picture))
    document.add_picture(io.BytesIO(picture))
    document.sections[0].header.paragraphs[0].add_run().add_picture(io.BytesIO(picture))
    archive = zipfile.ZipFile(io.BytesIO(printed(saved(document))))
    ids = [
        found.split(b'id="')[1].split(b'"')[0]
        for part in ("word/document.xml", "word/header1.xml")
        for found in archive.read(part).split(b"<wp:docPr")[1:]
    ]
    assert len(ids) == len(set(ids)) == 3


def chunks_of_a_pixel() -> bytes:
    """The chunks of a PNG of one white pixel."""
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">2L5B", 1, 1, 8, 0, 0, 0, 0))
    return header + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")
