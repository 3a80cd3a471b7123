"""Files that are no templates are refused in plain words; usable ones are judged."""

import io
import struct
import zipfile

import docx
import pytest
from docx.shared import RGBColor

from app.word import UnknownName, UnreadableTemplate, check, compile_template, content_digest, render
from app.word.container import read_members, write_members
from tests.word.templates import DOCUMENT, a_template, saved

GOOD = a_template("{{ x }}")


def with_member(name: str, content: bytes) -> bytes:
    return write_members({**read_members(GOOD), name: content})


def doubled() -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("WORD/document.xml", "x")
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(101 * 1024 * 1024))
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(GOOD)
    start = content.find(b"PK\1\2")
    content[start + 8 : start + 10] = struct.pack("<H", 1)
    return bytes(content)


@pytest.mark.parametrize(
    ("template", "named"),
    [
        (b"", "not a .docx file"),
        (b"<html>", "not a .docx file"),
        (GOOD[:-200], "not a .docx file"),
        (GOOD.replace(b"PK\1\2", b"PK\1\3"), "not a .docx file"),
        (doubled(), "two parts of the same name"),
        (bomb(), "more than 100 MiB"),
        (encrypted(), "password"),
        (with_member("word/vbaProject.bin", b"x"), "macros"),
        (with_member("../evil.xml", b"<x/>"), "strange name"),
        (with_member("word/styles.xml", b"<!DOCTYPE x [<!ENTITY y 'z'>]><x/>"), "document type"),
        (with_member("word/document.xml", b"<w:document"), "word/document.xml is damaged"),
        (write_members({"[Content_Types].xml": b"<Types/>"}), "not a Word document"),
    ],
)
def test_what_is_no_template_is_refused_in_plain_words(template, named):
    with pytest.raises(UnreadableTemplate) as caught:
        compile_template(template, {"x": None})
    assert named in str(caught.value)
    assert [(f.severity, f.code) for f in check(template, {})] == [("error", "unreadable")]


def test_members_survive_their_container():
    members = {"[Content_Types].xml": b"a", "word/ü.xml": b"", "_rels/.rels": b"b" * 5000, "a": b"c"}
    first = write_members(members)
    assert first == write_members(dict(reversed(members.items())))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["[Content_Types].xml", "_rels/.rels", "a", "word/ü.xml"]
        assert {name: archive.read(name) for name in archive.namelist()} == members
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_content_digest_is_about_content_and_not_compression():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in reversed(read_members(GOOD).items()):
            archive.writestr(name, content)
    assert content_digest(out.getvalue()) == content_digest(GOOD)
    assert content_digest(with_member("word/more.xml", b"<x/>")) != content_digest(GOOD)


def test_leftovers_of_word_are_gone():
    assert "docProps/thumbnail.jpeg" in read_members(GOOD)
    made = render(compile_template(GOOD, {"x": None}), {"document": DOCUMENT, "x": "y"}, {})
    members = read_members(made)
    assert "docProps/thumbnail.jpeg" not in members
    assert "word/stylesWithEffects.xml" not in members
    everything = b"".join(members[name] for name in members if name.endswith((".rels", "Types].xml")))
    assert b"stylesWithEffects" not in everything
    assert b"thumbnail.jpeg" not in everything


def test_check_names_faults_and_missing_styles():
    document = docx.Document(io.BytesIO(a_template("Title: {{ titel }}", "{{ x.__class__() }}")))
    document.styles["Quote"].delete()
    findings = check(saved(document), {"x": None})
    assert [(f.code, f.part, f.where, f.quoted) for f in findings if f.severity == "error"] == [
        ("unknown-name", "the body", "paragraph 1", "Title: {{ titel }}"),
        ("not-allowed", "the body", "paragraph 2", "{{ x.__class__() }}"),
    ]
    missing = [f.what for f in findings if f.code == "missing-style"]
    assert any("“Quote”" in what for what in missing)
    assert any("“Board Table”" in what for what in missing)
    assert not any("“Caption”" in what for what in missing)


def test_check_quotes_the_paragraph_of_a_broken_tag():
    (finding,) = [f for f in check(a_template("fine", "If {% if x %} here"), {"x": None}) if f.severity == "error"]
    assert finding.code == "broken-tag"
    assert "endif" in finding.what


def test_a_name_is_followed_through_loops_filters_and_assignments():
    paper = {"sections": {"heading": None, "blocks": {"text": None}}, "title": None}
    template = a_template(
        "{% for section in sections|sort(attribute='heading') %}{{ section.headin }}{% set all = section.blocks %}",
        "{% for block in all[:2] %}{{ block.text }}{{ block.txt }}{% endfor %}{% endfor %}",
        "{{ sections|map(attribute='blokcs')|first }}{% if titel %}{% elif sections[0].blocks.text %}{% endif %}",
        "{{ title.anything }}{% with s = sections %}{% for section in s %}{{ section.wrong }}{% endfor %}{% endwith %}",
    )
    assert [f.what for f in check(template, paper) if f.code == "unknown-name"] == [
        "There is no “headin” in “sections”. Did you mean “heading”?",
        "There is no “txt” in “sections.blocks”. Did you mean “text”?",
        "There is no “blokcs” in “sections”. Did you mean “blocks”?",
        "There is no “titel” in a paper. Did you mean “title”?",
        "There is no “anything” in “title”.",
        "There is no “wrong” in “sections”.",
    ]


def test_capitals_mean_nothing_in_a_content_type():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ x }}"
    members = read_members(saved(document))
    types = members["[Content_Types].xml"].replace(b"wordprocessingml.header+xml", b"WordprocessingML.Header+XML")
    made = render(compile_template(write_members({**members, "[Content_Types].xml": types}), {"x": None}),
                  {"document": DOCUMENT, "x": "y"}, {})  # fmt: skip
    (header,) = [content for name, content in read_members(made).items() if name.startswith("word/header")]
    assert b"{{" not in header


def test_word_asks_nobody_to_update_fields():
    members = read_members(GOOD)
    settings = members["word/settings.xml"].replace(b"</w:settings>", b'<w:updateFields w:val="true"/></w:settings>')
    assert settings != members["word/settings.xml"]
    asking = write_members({**members, "word/settings.xml": settings})
    made = render(compile_template(asking, {"x": None}), {"document": DOCUMENT, "x": "y"}, {})
    assert read_members(made)["word/settings.xml"] == members["word/settings.xml"]


def test_nothing_stands_below_a_name_that_has_no_names_of_its_own():
    with pytest.raises(UnknownName, match="There is no “anything” in “title”"):
        compile_template(a_template("{{ title.anything }}"), {"title": None})
    compile_template(a_template("{{ title[0] }}{{ document.title }}"), {"title": None})
    with pytest.raises(UnknownName):
        compile_template(a_template("{{ document.anything }}"), {})


def test_nothing_is_found_in_a_template_with_every_style():
    document = docx.Document(io.BytesIO(GOOD))
    for name, kind in (("Table Text", 1), ("Hyperlink", 2), ("Board Table", 3)):
        document.styles.add_style(name, kind)
    for name in ("Caption", "Heading 3", "Heading 4"):  # Word's own blue is too pale to be read by everybody
        document.styles[name].font.color.rgb = RGBColor(0, 0, 0)
    assert check(saved(document), {"x": None}) == []
