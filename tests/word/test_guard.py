# ruff: noqa: E501 - files and sentences are long
"""A file is looked at before anything opens it: what may do harm is refused by name, in one sentence."""

import io
import struct
import zipfile
import zlib

import pytest

from app.word import Narrative, UnreadableTemplate, check
from app.word.container import read_members, write_members
from app.word.guard import MAX_MARKUP, guard
from tests.conftest import ROOT
from tests.word.templates import a_template, printed

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
GOOD = a_template("{{ x }}")
MEMBERS = {name: content for name, content in read_members(GOOD).items() if name != "docProps/thumbnail.jpeg"}
CHARTED = (
    '<figure data-chart="column"><table><thead><tr><th>Year</th><th>Spent</th></tr></thead><tbody><tr><td>2026</td>'
    "<td>5</td></tr></tbody></table></figure>"
)

pytestmark = pytest.mark.trust(14)


def refusal(template: bytes) -> str:
    """The one sentence with which the guard and the check refuse the file."""
    with pytest.raises(UnreadableTemplate) as caught:
        guard(template)
    (finding,) = check(template, {"x": None})
    assert (finding.severity, finding.code, finding.what) == ("error", "unreadable", caught.value.summary)
    return caught.value.summary.removeprefix("This file cannot be used as a Word template: ")


def with_member(name: str, content: bytes | str) -> bytes:
    return write_members({**MEMBERS, name: content.encode() if isinstance(content, str) else content})


def changed(name: str, old: str, new: str) -> bytes:
    assert old.encode() in MEMBERS[name]
    return with_member(name, MEMBERS[name].replace(old.encode(), new.encode()))


def with_body(xml: str, namespace: str = W) -> bytes:
    return with_member(
        "word/document.xml",
        f'<w:document xmlns:w="{namespace}" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{xml}</w:body></w:document>",
    )


def related(kind: str, target: str, mode: str = "", holder: str = "word/_rels/document.xml.rels") -> bytes:
    kind = kind if ":" in kind else KIND + kind
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="{target}"{mode}/></Relationships>'
    return changed(holder, "</Relationships>", relation)


OUTSIDE = ' TargetMode="External"'


def field(*codes: str) -> str:
    pieces = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return f"<w:p>{mark('begin')}{pieces}{mark('separate')}<w:r><w:t>shown</w:t></w:r>{mark('end')}</w:p>"


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def simple(code: str) -> str:
    return f'<w:p><w:fldSimple w:instr="{code}"/></w:p>'


# Other files


def compound(*names: str) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + b"".join(name.encode("utf-16-le") for name in names)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (compound("EncryptionInfo", "EncryptedPackage"), "it is protected by a password. Open it in Word, take the"),
        (compound("WordDocument"), "it is a document of Word 97–2003 (.doc). Open it in Word and save it as a Word"),
        (compound("Workbook"), "it is an Excel workbook (.xls), not a Word document."),
        (compound("Contents"), "it is a file of an older Office program."),
        (b"%PDF-1.7\n", "it is not a .docx file but a PDF."),
        (b"{\\rtf1 hello}", "it is not a .docx file but rich text (.rtf)."),
        (b"<!DOCTYPE html><html>", "it is not a .docx file but a web page."),
        (b"<?xml version='1.0'?><pkg:package/>", "it is not a .docx file but an XML file."),
        (b"\x89PNG\r\n\x1a\n", "it is not a .docx file but a picture."),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "it is an OpenDocument file."),
        (zipped({"[Content_Types].xml": b"<T>spreadsheetml</T>"}), "it is an Excel workbook (.xlsx), not a Word document."),
        (zipped({"[Content_Types].xml": b"<T>presentationml</T>"}), "it is a PowerPoint file (.pptx), not a Word document."),
        (zipped({"a.txt": b"a"}), "it is a zip file, but not a Word document."),
        (changed("[Content_Types].xml", "officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main"), "it holds macros. Save"),
        (changed("[Content_Types].xml", "officedocument.wordprocessingml.document.main", "ms-word.template.macroEnabledTemplate.main"), "it holds macros. Save"),
        (changed("[Content_Types].xml", "wordprocessingml.document.main", "wordprocessingml.template.main"), "it is another kind of Word file."),
        (with_member("word/vbaProject.bin", b"x"), "it holds macros. Save it as a document without macros (.docx)."),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_called_by_its_name(file, sentence):
    assert refusal(file).startswith(sentence)


# The zip file


def entry_at(archive: bytes, name: str) -> int:
    """Where the directory's entry of this name begins."""
    return archive.rindex(b"PK\1\2", 0, archive.rindex(name.encode()))


def patched(name: str, place: int, fmt: str, value: int, archive: bytes = GOOD) -> bytes:
    changed = bytearray(archive)
    struct.pack_into(fmt, changed, entry_at(archive, name) + place, value)
    return bytes(changed)


def end_patched(place: int, fmt: str, value: int) -> bytes:
    changed = bytearray(GOOD)
    struct.pack_into(fmt, changed, len(changed) - 22 + place, value)
    return bytes(changed)


def overlapping() -> bytes:
    """Two entries over the same bytes, each with a head of its own within the other's."""
    first = struct.unpack_from("<L", GOOD, entry_at(GOOD, "word/styles.xml") + 42)[0]
    return patched("word/settings.xml", 42, "<L", first)


def behind(name: str) -> bytes:
    return zipped({**MEMBERS, name: b"x"})


def false_size() -> bytes:
    """States that 5 MiB are 10 bytes."""
    bomb = zipped({**MEMBERS, "word/media/a.png": bytes(5 * 1024**2)})
    return patched("word/media/a.png", 24, "<L", 10, bomb)


def named_twice(first: str, second: str) -> bytes:
    return zipped({**MEMBERS, first: b"x", second: b"x"})


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (GOOD[:-1], "it is not a .docx file, or it is damaged."),
        (GOOD + b"\0", "it is not a .docx file, or it is damaged."),
        (b"#!" + GOOD, "it is not a .docx file, or it is damaged."),
        (end_patched(8, "<H", 3), "it is not a .docx file, or it is damaged."),
        (end_patched(16, "<L", 5), "it is not a .docx file, or it is damaged."),
        (end_patched(16, "<L", 0xFFFFFFFF), "it is a zip64 file, which Word does not write."),
        (end_patched(12, "<L", 0x7FFFFFFF), "it has more than 5,000 parts."),
        (patched("word/styles.xml", 20, "<L", 0xFFFFFFFF), "its part word/styles.xml states no size."),
        (patched("word/styles.xml", 8, "<H", 1), "its part word/styles.xml is protected by a password."),
        (patched("word/styles.xml", 10, "<H", 12), "its part word/styles.xml is compressed in a way that Word does not"),
        (patched("word/styles.xml", 16, "<L", 1), "its part word/styles.xml is not what the file says it is."),
        (overlapping(), "its part word/settings.xml is not what the file says it is."),
        (false_size(), "its part word/media/a.png is not what the file says it is."),
        (behind("/etc/passwd"), "it holds a part with a strange name, “/etc/passwd”."),
        (behind("word/../../a.xml"), "it holds a part with a strange name, “word/../../a.xml”."),
        (behind("..\\a.xml"), "it holds a part with a strange name, “..\\a.xml”."),
        (behind("c:/a.xml"), "it holds a part with a strange name, “c:/a.xml”."),
        (behind("word/a\x1b.xml"), "it holds a part with a strange name, “word/a?.xml”."),
        (named_twice("word/media/a.png", "WORD/Media/A.PNG"), "it holds two parts of the same name, “WORD/Media/A.PNG”."),
        (zipped({**MEMBERS, "word/media/a.bmp": bytes(25 * 1024**2)}), "it holds more than 24 MiB."),
        (zipped({**MEMBERS, **{f"word/media/{n}.png": b"" for n in range(5001)}}), "it has more than 5,000 parts."),
    ],
)  # fmt: skip
def test_a_zip_file_that_is_not_plain_is_refused(file, sentence):
    assert refusal(file).startswith(sentence)


def test_members_over_one_another_are_refused():
    """The bomb that unpacks one kernel many times: here twice, the second time from within the first member."""
    deflater = zlib.compressobj(wbits=-15)
    kernel = deflater.compress(b"x" * 1000) + deflater.flush()
    crc = zlib.crc32(b"x" * 1000)
    inner = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(kernel), 1000, 5, 0) + b"b.png" + kernel
    outer = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, zlib.crc32(inner), len(inner), len(inner), 5, 0)
    body = outer + b"a.png" + inner
    entries = [
        (0, zlib.crc32(inner), len(inner), len(inner), b"a.png", 0),
        (8, crc, len(kernel), 1000, b"b.png", len(outer) + 5),
    ]
    listed = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, method, 0, 33, crc32, small, size, 5, 0, 0, 0, 0, 0, at) + name
        for method, crc32, small, size, name, at in entries
    )
    file = body + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(listed), len(body), 0)
    assert zipfile.ZipFile(io.BytesIO(file)).namelist() == ["a.png", "b.png"]
    assert refusal(file) == "its part a.png overlaps another one."


# XML that does more than say


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp037"])
def test_a_document_type_is_refused_in_any_encoding(encoding):
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY é "é">]><x/>'
    said = refusal(with_member("word/styles.xml", xml.encode(encoding)))
    assert said in {
        "its part word/styles.xml is not written in UTF-8. Open it in Word and save it again.",
        "its part word/styles.xml declares a document type. Open it in Word and save it again.",
    }


@pytest.mark.parametrize("name", ["word/styles.xml", "word/media/a.png", "customXml/item1.xml", "word/media/a.svg"])
def test_a_document_type_is_refused_in_any_member(name):
    assert "declares a document type" in refusal(with_member(name, '<!DOCTYPE x [<!ENTITY a "b">]><x/>'))


def test_large_and_deep_xml_is_refused():
    assert "makes it too large" in refusal(with_body("<w:p/>" * (MAX_MARKUP + 1)))
    attributes = " ".join(f'a{n}=""' for n in range(MAX_MARKUP))
    assert "makes it too large" in refusal(with_member("word/styles.xml", f"<x {attributes}/>"))
    assert "larger than 1.5 MiB" in refusal(with_body("<w:p>" + "x" * (2 * 1024**2) + "</w:p>"))
    assert "makes it too large" in refusal(with_member("customXml/item1.xml", "<x>" + "x" * (8 * 1024**2) + "</x>"))
    assert "more than 128 elements within one another" in refusal(with_body("<w:p>" * 130 + "</w:p>" * 130))
    assert refusal(with_body("<w:p>" * 9000 + "</w:p>" * 9000)) == "its part word/document.xml is damaged."


# What leads outside, and what acts


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (related("hyperlink", "file:///c:/secret.txt", OUTSIDE), "a link that is not to the web"),
        (related("hyperlink", "\\\\server\\share", OUTSIDE), "a link that is not to the web"),
        (related("hyperlink", "ftp://a/b", OUTSIDE), "a link that is not to the web"),
        (related("hyperlink", "javascript:alert(1)", OUTSIDE), "a link that is not to the web"),
        (related("hyperlink", "http:\\\\a", OUTSIDE), "a link that is not to the web"),
        (related("image", "http://a/b.png", OUTSIDE), "a picture that is not in the file"),
        (related("image", "http://a/b.png", ' TargetMode="external"'), "a picture that is not in the file"),
        (related("image", "http://a/b.png"), "a link that leads out of the file"),
        (related("attachedTemplate", "http://a/b.dotm", OUTSIDE), "the address of another template"),
        (related("subDocument", "b.docx", OUTSIDE), "a part that is another document"),
        (related("frame", "http://a/", OUTSIDE), "frames"),
        (related("oleObject", "http://a/", OUTSIDE), "an embedded object"),
        (related("oleObject", "embeddings/a.bin"), "an embedded object"),
        (related("package", "embeddings/a.docx"), "an embedded object"),
        (related("control", "activeX/a.xml"), "an ActiveX control"),
        (related("aFChunk", "a.html"), "another document inside it (altChunk)"),
        (related("http://purl.oclc.org/ooxml/officeDocument/relationships/aFChunk", "a"), "another document inside it"),
        (related("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "a"), "macros"),
        (related("http://schemas.microsoft.com/office/2006/relationships/attachedToolbars", "a"), "toolbars"),
        (related("http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "a"), "buttons"),
        (related("mailMergeSource", "file:///a.csv", OUTSIDE), "a mail merge"),
        (related("anything", "http://a/", OUTSIDE), "a link to something outside (anything)"),
        (with_member("word/embeddings/oleObject1.bin", b"x"), "an embedded object"),
        (with_member("word/embeddings/sheet.xlsx", b"x"), "an embedded object"),
        (with_member("word/run.exe", b"MZ"), "an embedded object"),
        (with_member("word/activeX/activeX1.xml", b"<x/>"), "an ActiveX control"),
        (with_body('<w:altChunk xmlns:r="r" r:id="rId9"/>'), "another document inside it (altChunk)"),
        (with_body("<w:altChunk/>", STRICT), "another document inside it (altChunk)"),
        (with_body("<w:subDoc/>"), "a part that is another document"),
        (with_body("<w:p><w:r><w:pict><v:imagedata src='http://a/b.png'/></w:pict></w:r></w:p>"), "a picture that is not"),
        (with_body("<w:p><w:r><w:pict><v:rect href='file:///a'/></w:pict></w:r></w:p>"), "a link that is not to the web"),
        (with_member("word/settings.xml", f'<w:settings xmlns:w="{W}"><w:mailMerge/></w:settings>'), "a mail merge"),
        (with_member("word/media/a.svg", "<svg><script/></svg>"), "a script"),
        (with_member("word/media/a.svg", "<svg><image href='http://a/b.png'/></svg>"), "a picture that is not in the"),
        (with_member("word/media/a.svg", "<svg onload='a()'/>"), "a picture that is not in the file"),
    ],
)  # fmt: skip
def test_what_leads_outside_or_acts_is_refused_by_name(file, what):
    said = refusal(file)
    assert said.startswith("its part ")
    assert f" holds {what}" in said


@pytest.mark.parametrize("kind", ["DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "DATABASE", "RD",
                                  "MACROBUTTON", "PRINT", "EMBED", "SOMETHING"])  # fmt: skip
@pytest.mark.parametrize(
    "written",
    [
        lambda kind: simple(f" {kind} x"),
        lambda kind: simple(f"{kind.lower()}\\* x"),
        lambda kind: field(f" {kind} x "),
        lambda kind: field(*f" {kind} x "),
        lambda kind: field(*kind).replace("instrText", "delInstrText"),
        lambda kind: field(" PAGE ").replace("shown", field(kind)),
        lambda kind: f"<w:p><w:r><w:instrText>{kind}</w:instrText></w:r></w:p>",
        lambda kind: f"<w:p>{mark('begin')}<w:r><w:instrText>{kind}</w:instrText></w:r></w:p>",
    ],
    ids=range(8),
)
def test_a_field_that_reaches_out_is_refused_however_it_is_cut(kind, written):
    said = refusal(with_body(written(kind)))
    assert f"holds a field {kind}, which a template may not use" in said


def test_a_field_may_not_hide_what_it_is():
    quoted = field(" QUOTE 68 68 69 ")
    nested = f"<w:p>{mark('begin')}{quoted}<w:r><w:instrText> x</w:instrText></w:r>{mark('end')}</w:p>"
    assert "whose kind is worked out by another field" in refusal(with_body(nested))
    either = (
        f"<w:p>{mark('begin')}<mc:AlternateContent><mc:Choice Requires='x'><w:r><w:instrText>PAGE a</w:instrText></w:r>"
        "</mc:Choice><mc:Fallback><w:r><w:instrText>DD</w:instrText></w:r></mc:Fallback></mc:AlternateContent>"
        f"<w:r><w:instrText>E x</w:instrText></w:r>{mark('end')}</w:p>"
    )
    assert "written differently for different programs" in refusal(with_body(either))
    accepted = field("PAGE x").replace("instrText", "delInstrText").replace(mark("separate"), field("DDE x"))
    assert "DDE" in refusal(with_body(accepted))


@pytest.mark.parametrize("code", [r'HYPERLINK "file:///c:/a"', r"HYPERLINK \\\\server\\a", 'HYPERLINK "c:/a.exe"'])
def test_a_link_by_field_leads_no_further_than_one_by_relationship(code):
    assert "a link that is not to the web" in refusal(with_body(field(code)))


# What is harmless passes


def test_what_a_template_needs_passes():
    guard(GOOD)
    guard((ROOT / "templates" / "scrutiny" / "template.docx").read_bytes())
    guard(related("hyperlink", "https://example.org/a?b=c", OUTSIDE))
    guard(related("hyperlink", "mailto:board@example.org", OUTSIDE))
    guard(related("image", "media/a.png"))
    guard(with_member("customXml/item1.xml", "<data><field>DDE</field></data>"))
    fields = " PAGE | NUMPAGES \\* MERGEFORMAT|TOC \\o &quot;1-3&quot; \\h|REF _Ref1 \\h|=SUM(ABOVE)|SEQ Figure|HYPERLINK \\l a"
    guard(with_body("".join(simple(code) + field(code) for code in fields.split("|"))))
    nested = f"<w:p>{mark('begin')}<w:r><w:instrText>IF </w:instrText></w:r>{field('PAGE')}{mark('end')}</w:p>"
    guard(with_body(nested))


def test_a_chart_keeps_its_workbook_unless_that_acts():
    made = printed(a_template("{{p x }}"), x=Narrative(CHARTED, "k"))
    guard(made)
    members = read_members(made)
    (name,) = [name for name in members if name.endswith(".xlsx")]
    inside = read_archive_of(members[name])
    linked = inside["_rels/.rels"].replace(
        b"</Relationships>", b'<Relationship Id="r9" Type="x/externalLink" Target="a"/></Relationships>'
    )
    for harm in (
        {"_rels/.rels": linked},
        {"xl/vbaProject.bin": b"x"},
        {"xl/a.zip": b"x"},
        {"xl/b.xml": b"<!DOCTYPE x><x/>"},
    ):
        said = refusal(write_members({**members, name: write_members({**inside, **harm})}))
        assert said.startswith(f"the workbook {name} of a chart cannot be used: ")


def read_archive_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("word/document.xml", W, STRICT, "it is saved as a Strict Open XML document."),
        ("word/numbering.xml", W, STRICT, "it is saved as a Strict Open XML document."),
        ("word/document.xml", "w:body", "w:other", "its part word/document.xml is not written as Word writes it."),
        ("word/document.xml", "w:document", "w:other", "its part word/document.xml is not written as Word writes it."),
        (
            "word/numbering.xml",
            "w:numbering",
            "w:other",
            "its part word/numbering.xml is not written as Word writes it.",
        ),
    ],
)
def test_a_document_that_is_written_otherwise_is_refused_with_what_to_do(name, old, new, why):
    assert refusal(changed(name, old, new)) == f"{why} Open it in Word and save it as a Word document (.docx)."


def test_another_prefix_is_refused_too():
    body = '<q:document xmlns:q="{}"><q:body><q:p><q:r><q:t>{{{{ x }}}}</q:t></q:r></q:p></q:body></q:document>'
    assert "is not written as Word writes it" in refusal(with_member("word/document.xml", body.format(W)))
