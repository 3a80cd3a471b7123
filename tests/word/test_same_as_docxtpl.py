# ruff: noqa: E501 - a template reads better as one line for each row
"""What template authors know from docxtpl keeps working: our documents are docxtpl's, feature by feature."""

import io
import itertools
import zipfile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined
from lxml import etree

from app.word import compile_template, render
from tests.word.templates import DOCUMENT, saved, vocabulary_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"

FACTS = {
    "title": "Collaboration & <change>",
    "lines": "one\ntwo\tthree\nfour",
    "pages": "before\fafter\anext",
    "empty": "",
    "number": 7,
    "many": True,
    "nobody": [],
    "names": ["Ann", "Bob & Co", "Cy"],
    "people": [
        {"name": "Ann", "posts": ["Chief", "Chair"], "colour": "FF0000", "span": 2, "on": True},
        {"name": "“Bob”", "posts": [], "colour": "00FF00", "span": 1, "on": False},
        {"name": "Cy £5", "posts": ["Clerk"], "colour": "0000FF", "span": 3, "on": True},
    ],
}


def paragraphs(document, *words):
    for text in words:
        document.add_paragraph(text)


def table(document, *rows):
    made = document.add_table(len(rows), max(map(len, rows)))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            made.cell(row, column).text = text
    return made


def values(document):
    paragraphs(
        document, "{{ title }} and {{ number }}", "{{ lines }}", "[{{ empty }}]", "{{ people[0].name }}", "{{pages}}"
    )


def properties_of_runs(document):
    paragraph = document.add_paragraph(style="Quote")
    paragraph.add_run("bold {{ lines }} x").bold = True
    paragraph.add_run(" {{ pages }} ").italic = True


def paragraph_tags(document):
    paragraphs(document, "{%p if many %}", "seen", "{%p else %}", "unseen", "{%p endif %}", "{%p for n in names %}", "{{ n }}",
               "{%p endfor %}")  # fmt: skip


def inline_tags(document):
    paragraphs(document, "{% for n in names %}{{ n }}{% if not loop.last %}, {% endif %}{% endfor %}.",
               "{% if nobody %}never{% elif many %}yes{% else %}no{% endif %}", "a{# a comment #}b")  # fmt: skip


def merging_tags(document):
    paragraphs(document, "start {% if many -%}", "middle", "{%- endif %} end")


def run_tags(document):
    paragraph = document.add_paragraph("a ")
    for tag, bold in (("{%r if many %}", False), ("bold", True), ("{%r endif %}", False), ("{%r if nobody %}", False),
                      ("gone", True), ("{%r endif %}", False)):  # fmt: skip
        paragraph.add_run(tag).bold = bold


def row_loop(document):
    table(document, ("Name", "Posts"), ("{%tr for p in people %}", ""), ("{{ p.name }}", "{{ p.posts|join(', ') }}"),
          ("{%tr endfor %}", ""))  # fmt: skip


def conditional_rows(document):
    table(document, ("a", "b"), ("{%tr for p in people %}", ""), ("{%tr if p.on %}", ""), ("{{ p.name }}", "on"),
          ("{%tr endif %}", ""), ("{%tr endfor %}", ""))  # fmt: skip


def column_loop(document):
    table(document, ("{%tc for p in people %}", "{{ p.name }}", "{%tc endfor %}"),
          ("{%tc for p in people %}", "{{ loop.index }}", "{%tc endfor %}"))  # fmt: skip


def fewer_columns(document):
    table(document, ("{%tc for n in names[:2] %}", "{{ n }}", "{%tc endfor %}", "x", "y"),
          ("{%tc for n in names[:1] %}", "{{ n }}", "{%tc endfor %}", "x", "y"))  # fmt: skip


def conditional_columns(document):
    table(document, ("a", "{%tc if many %}", "b", "{%tc endif %}", "{%tc if nobody %}", "c", "{%tc endif %}"),
          ("1", "{%tc if many %}", "2", "{%tc endif %}", "{%tc if nobody %}", "3", "{%tc endif %}"))  # fmt: skip


def colours(document):
    table(document, ("{%tr for p in people %}", ""), ("{% cellbg p.colour %}{{ p.name }}", "{% cellbg 'AABBCC' %}x"),
          ("{%tr endfor %}", ""))  # fmt: skip


def spans(document):
    table(document, ("{% colspan 3 %}{{ title }}",), ("a", "b", "c"))
    table(document, ("{% colspan people|length %}{{ title }}",), ("a", "b", "c"))


def vertical_merge(document):
    table(document, ("{%tr for p in people %}", ""), ("{% vm %}all of them", "{{ p.name }}"), ("{%tr endfor %}", ""))


def horizontal_merge(document):
    table(document, ("{%tc for p in people %}", "{% hm %}all", "{%tc endfor %}"),
          ("{%tc for p in people %}", "{{ p.name }}", "{%tc endfor %}"))  # fmt: skip


def nested_loops(document):
    paragraphs(document, "{%p for p in people %}", "{{ p.name }}:", "{%p for post in p.posts %}",
               "{{ loop.index }}. {{ post }} of {{ p.name }}", "{%p endfor %}", "{%p endfor %}")  # fmt: skip


def tables_in_loops(document):
    paragraphs(document, "{%p for p in people %}", "{{ p.name }}")
    table(document, ("{%tr for post in p.posts %}",), ("{{ post }}",), ("{%tr endfor %}",))
    paragraphs(document, "{%p endfor %}")


def loops_in_cells(document):
    cell = table(document, ("x", "y")).cell(0, 1)
    for text in ("{%p for n in names %}", "{{ n }}", "{%p endfor %}"):
        cell.add_paragraph(text)


def headers_and_footers(document):
    section = document.sections[0]
    section.header.paragraphs[0].text = "{% for n in names %}[{{ n }}]{% endfor %}"
    section.footer.paragraphs[0].text = "{{ title }}"
    for text in ("{%p for p in people %}", "{{ p.name }}", "{%p endfor %}"):
        section.footer.add_paragraph(text)
    document.add_paragraph("body")


def footnotes(document):
    xml = (
        f'<w:footnotes xmlns:w="{W[1:-1]}"><w:footnote w:id="2"><w:p><w:r><w:t>{{{{ title }}}}</w:t></w:r>'
        '<w:r><w:t xml:space="preserve">{% for n in names %}{{ n }} {% endfor %}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    ).encode()
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, xml, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.add_paragraph("body")


def split_tags(document):
    for pieces in (
        ("{", "{ ti", "tle }", "}"),
        ("{% if ", "many %}ye", "s{% end", "if %}"),
        ("{{", " number|default('x')", "}}"),
    ):
        paragraph = document.add_paragraph()
        for number, piece in enumerate(pieces):
            paragraph.add_run(piece).bold = bool(number % 2)


def split_paragraph_tags(document):
    for pieces in (("{%", "p for n ", "in names %}"), ("{{ ", "n", " }}"), ("{%p end", "for %}")):
        paragraph = document.add_paragraph()
        for piece in pieces:
            paragraph.add_run(piece)


def smart_quotes(document):
    paragraphs(document, "{% if title == “x” %}x{% else %}other{% endif %}", "{{ people[1].nothing|default(‘d’) }}",
               "{% if number > 5 and number < 9 %}between{% endif %}", "{{ names|join(“; ”) }}")  # fmt: skip


def literal_braces(document):
    paragraphs(document, "write {_{ name }_} or {_% if %_} {{ title }}")


def set_and_filters(document):
    paragraphs(document, "{% set first = people[0] %}{{ first.name|upper }} {{ names|length }} {{ names|first }} {{ names|last }}",
               "{{ people|map(attribute='name')|join(', ') }}", "{{ people|selectattr('on')|map(attribute='name')|join('/') }}",
               "{{ names|sort|join }} {{ 'ab'|replace('a', 'c') }} {{ 2.345|round(1) }} {{ ' x '|trim }}",
               "{{ title|lower }} {{ names[-1] }} {{ 'x' if many else 'y' }} {{ 'Ann' in names }}",
               "{{ [1, 2]|sum }} {{ names|reverse|join('') }} {{ 'aBc'|capitalize }} {{ '12'|int }}")  # fmt: skip


FEATURES = [
    values, properties_of_runs, paragraph_tags, inline_tags, run_tags, row_loop, conditional_rows, column_loop, fewer_columns,
    conditional_columns, colours, spans, vertical_merge, horizontal_merge, nested_loops, tables_in_loops, loops_in_cells,
    headers_and_footers, footnotes, split_tags, split_paragraph_tags, smart_quotes, literal_braces, merging_tags,
    set_and_filters,
]  # fmt: skip


def theirs(template, context):
    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(context), Environment(autoescape=True, undefined=StrictUndefined))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def ours(template, context):
    vocabulary = vocabulary_of(context)
    vocabulary["people"] = {**(vocabulary.get("people") or {}), "nothing": None}  # a name that no person here has
    return render(compile_template(template, vocabulary), {**context, "document": DOCUMENT}, {})


def canonical(document):
    """The parts that are filled, without what means nothing: empty runs, the order of cell properties.

    And without what we do on purpose: cells end with a paragraph, a paragraph keeps two tables apart, and a table
    whose loop had nothing to go through, so that it has no rows, is gone.
    """
    parts = {}
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        for name in archive.namelist():
            if not name.startswith(("word/document", "word/header", "word/footer", "word/footnotes")):
                continue
            root = etree.fromstring(archive.read(name))
            for text in list(root.iter(f"{W}t")):
                if not text.text and text.getparent() is not None:
                    text.getparent().remove(text)
            for run in list(root.iter(f"{W}r")):
                if all(child.tag == f"{W}rPr" for child in run):
                    run.getparent().remove(run)
            for properties in root.iter(f"{W}tcPr"):
                properties[:] = sorted(properties, key=lambda child: child.tag)
            for table in list(root.iter(f"{W}tbl")):
                after = table.getnext()
                if after is not None and after.xpath(
                    "self::w:p[w:pPr/w:spacing[@w:lineRule='exact']]", namespaces={"w": W[1:-1]}
                ):
                    after.getparent().remove(after)
                if table.find(f"{W}tr") is None:
                    table.getparent().remove(table)
            for cell in root.iter(f"{W}tc"):
                if not len(cell) or cell[-1].tag != f"{W}p":
                    etree.SubElement(cell, f"{W}p")
            etree.cleanup_namespaces(root)
            parts[name] = etree.tostring(root, method="c14n", exclusive=True).decode()
    return parts


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.__name__)
def test_each_feature_gives_what_docxtpl_gives(feature):
    document = docx.Document()
    feature(document)
    template = saved(document)
    assert canonical(ours(template, FACTS)) == canonical(theirs(template, FACTS))


@pytest.mark.parametrize("shift", range(1, 6))
def test_features_together_give_what_docxtpl_gives(shift):
    together = [feature for feature in FEATURES if feature is not merging_tags]
    for first in range(0, len(together), 5):
        document = docx.Document()
        for number in range(5):
            together[(first + number * shift) % len(together)](document)
            document.add_paragraph("between")
        template = saved(document)
        assert canonical(ours(template, FACTS)) == canonical(theirs(template, FACTS))


def test_features_inside_a_loop_give_what_docxtpl_gives():
    inner = [values, inline_tags, row_loop, column_loop, colours, spans, vertical_merge, horizontal_merge, nested_loops]
    for one, other in itertools.pairwise(inner):
        document = docx.Document()
        document.add_paragraph("{%p for outer in people %}")
        document.add_paragraph("{%p if outer.on %}")
        one(document)
        document.add_paragraph("{%p endif %}")
        other(document)
        document.add_paragraph("{%p endfor %}")
        template = saved(document)
        assert canonical(ours(template, FACTS)) == canonical(theirs(template, FACTS))


def test_a_property_that_the_template_words_is_filled():
    document = docx.Document()
    document.core_properties.title = "About {{ title }}"
    document.core_properties.comments = "{{ names|join(', ') }}"
    opened = docx.Document(io.BytesIO(ours(saved(document), FACTS))).core_properties
    assert (opened.title, opened.comments) == ("About Collaboration & <change>", "Ann, Bob & Co, Cy")
