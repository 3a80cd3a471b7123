"""Ten templates as people break them, each an ordinary Word file; `findings.txt` is what is said of each."""

import io
from pathlib import Path

import docx
from docx.enum.section import WD_SECTION
from docx.shared import Pt, RGBColor

from app.word import Coloured, Expected, Fact, Narrative, check
from tests.word.templates import DOCUMENT, saved

FINDINGS = Path(__file__).with_name("findings.txt")

VOCABULARY = {
    "title": None,
    "marking": None,
    "draft": None,
    "front_sheet": {"label": None, "value": None},
    "sections": {"key": None, "heading": None, "text": None, "ratings": {"word": None, "background": None}},
}
"""What a paper of these templates has."""


def sound():
    """An empty document with every style that narratives rely on, and the marking in its header."""
    document = docx.Document()
    for name, kind in (("Table Text", 1), ("Hyperlink", 2), ("Board Table", 3)):
        document.styles.add_style(name, kind)
    for style in document.styles:
        if style.type == 1 and style.font.color.rgb is not None:
            style.font.color.rgb = RGBColor(0, 0, 0)
    for words in document.styles._element.iter(f"{W}lang"):
        words.set(f"{W}val", "en-GB")
    for name in ("Normal", "Body Text", "Quote", "Table Text"):
        document.styles[name].font.size, document.styles[name].font.name = Pt(12), "Arial"
    document.sections[0].header.paragraphs[0].text = "{{ marking }}"
    for field in ("PAGE", "NUMPAGES"):
        document.sections[0].footer.paragraphs[0]._p.append(
            document.element.makeelement(f"{W}fldSimple", {f"{W}instr": field})
        )
    return document


def lines(document, *texts, style=None):
    for text in texts:
        document.add_paragraph(text, style)


def front_sheet(document):
    table = rows(document, ("{%tr for row in front_sheet %}", ""), ("{{ row.label }}", "{{ row.value }}"),
                 ("{%tr endfor %}", ""))  # fmt: skip
    assert 'w:firstColumn="1"' in table._tbl.xml  # python-docx ticks it


def rows(document, *texts):
    table = document.add_table(len(texts), max(map(len, texts)), style="Table Grid")
    for number, cells in enumerate(texts):
        for column, text in enumerate(cells):
            table.cell(number, column).text = text
    return table


def sections(document, *inside):
    lines(document, "{%p for section in sections %}")
    lines(document, "{{ section.heading }}", style="Heading 1")
    lines(document, *(inside or ("{%p if section.text %}", "{{p section.text }}", "{%p endif %}")), *RATINGS)
    lines(document, "{%p endfor %}")


RATINGS = ("{% for rating in section.ratings %}{{r rating.word }} {% endfor %}",)


def good():
    document = sound()
    lines(document, "{{ title }}", style="Title")
    front_sheet(document)
    sections(document)
    return document


def mistyped_brackets():
    document = sound()
    lines(document, "{ { title } }", "Report: {{ title }", "Draft: {{ draft %}", "This ends %} nothing", "{title}")
    front_sheet(document)
    sections(document)
    return document


def missing_ends():
    document = sound()
    lines(document, "{%p if draft %}", "This is a draft.")
    front_sheet(document)
    sections(document)
    lines(document, "{%p endif %}", "{% endfor %}", "{% if title %}always", "{% else if draft %}")
    return document


def curly_and_strange():
    document = sound()
    lines(document, "{% if draft == „DRAFT“ %}a{% endif %}", "{% iff draft %}b{% endif %}",
          "{% if draft = 'x' %}c{% endif %}",
          "{%p foreach row in front_sheet %}", "{{ row.label }}", "{%p endfor %}", "{{ }}")  # fmt: skip
    front_sheet(document)
    sections(document)
    return document


def spaced_prefixes():
    document = sound()
    lines(document, "{{ title }}")
    front_sheet(document)
    sections(document, "{% p if section.text %}", "{{ p section.text }}", "{%p endif %}", "{{ section.text }}",
             "{%pif draft %}", "{%p endif %}", "{{p title }}")  # fmt: skip
    return document


def lost_beside():
    document = sound()
    lines(document, "{%p if draft %} Not for circulation", "{{ title }}", "{%p endif %}", "{%tr if draft %}")
    rows(document, ("Label {%tr for row in front_sheet %}", "Value"), ("{{ row.label }}", "{{ row.value }}"),
         ("{%tr endfor %}", ""))  # fmt: skip
    sections(document)
    return document


def misspelled_names():
    document = sound()
    lines(document, "{{ titel }} for {{ heading }}", "{% if title.upper() %}x{% endif %}", "{{ title|uppr }}")
    front_sheet(document)
    sections(document, "{{ section.headng }}", "{{p section.text }}", "{% include 'other.docx' %}")
    return document


def sections_by_name():
    document = sound()
    lines(document, "{{ title }}")
    for key in ("purpose", "finances"):
        lines(document, "{%p for section in sections %}", f"{{%p if section.key == '{key}' %}}")
        lines(document, "{{ section.heading }}", style="Heading 1")
        lines(document, "{{p section.text }}", *RATINGS, "{%p endif %}", "{%p endfor %}")
    return document


def typed_by_hand():
    document = sound()
    lines(document, "1.0 Purpose", style="Heading 1")
    lines(document, "Part", style="Heading 3")
    lines(document, "• first point", "- second point", "Title:\t{{ title }}", "Draft:\t{{ draft }}", "", "")
    front_sheet(document)
    table = rows(document, ("Rating", "", "Note"), ("a", "b", "c"), ("d", "e", "f"), ("g", "h", "i"))
    table.style = document.styles["Table Grid"]
    table.cell(0, 0).merge(table.cell(0, 1))
    table.rows[0]._tr.get_or_add_trPr().append(table._tbl.makeelement(f"{W}tblHeader"))
    sections(document)
    return document


def bare_pages():
    document = sound()
    document.styles["Quote"].delete()
    document.styles.add_style("Quote", 2)
    lines(document, "{{ title }}")
    front_sheet(document)
    sections(document)
    pale = document.add_paragraph().add_run("Pale words")
    pale.font.color.rgb = RGBColor(0xAA, 0xAA, 0xAA)
    document.add_picture(io.BytesIO(PNG))
    document.sections[0].different_first_page_header_footer = True
    second = document.add_section(WD_SECTION.NEW_PAGE)
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "Annex"
    return document


def crossing():
    document = sound()
    lines(document, "{{ title }}", "{% if draft %} DRAFT")
    rows(document, ("{{ front_sheet[0].label }}", "{{ front_sheet[0].value }}{% endif %}"))
    sections(document)
    return document


def section(key):
    """A section of the sample paper."""
    words = [Coloured(word, "2E7D32", "FFFFFF") for word in ("Green", "Late")]
    return {
        "key": key,
        "heading": Fact(key.title()),
        "text": Narrative(f"<p>Text of {key}.</p>", f"section/{key}"),
        "ratings": [{"word": word, "background": "2E7D32"} for word in words],
    }


EXPECTED = Expected(
    sample={
        "document": {**DOCUMENT, "title": "A paper"},
        "title": "A paper",
        "marking": Fact("OFFICIAL"),
        "draft": "DRAFT",
        "front_sheet": [
            {"label": Fact("Title"), "value": Fact("A paper")},
            {"label": Fact("Author"), "value": Fact("Staff officer")},
        ],
        "sections": [section(key) for key in ("purpose", "demand", "risks")],
    },
    choices={"sections.key": ("purpose", "demand", "risks")},
    on_every_page=("marking",),
)
"""What the templates are made for."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)

TEMPLATES = (
    mistyped_brackets, missing_ends, curly_and_strange, spaced_prefixes, lost_beside, misspelled_names,
    sections_by_name, typed_by_hand, bare_pages, crossing,
)  # fmt: skip


def told(make) -> str:
    """What is said of one of these templates: a line for each finding."""
    findings = check(saved(make()), VOCABULARY, EXPECTED)
    return "".join(f"{finding.severity} {finding.code}: {finding}\n" for finding in findings)


def all_told() -> str:
    """What `findings.txt` holds: a heading for each template and what is said of it."""
    return "\n".join(f"# {make.__name__}\n{told(make)}" for make in TEMPLATES)
