"""A template manager brings a template, reads what is wrong, tries it, sees its effect; a colleague puts it live."""

import io

import docx
import pytest

from app import word
from app.assembly.reference import groups
from tests.conftest import ROOT

TEMPLATES = ROOT / "templates"
SCRUTINY = "/formats/scrutiny"
SHIPPED = (TEMPLATES / "scrutiny" / "template.docx").read_bytes()
FORMAT_TOML = (TEMPLATES / "scrutiny" / "format.toml").read_bytes()


def template(*words: str, key: str = "scrutiny") -> bytes:
    """A shipped template with paragraphs in front of everything."""
    document = docx.Document(str(TEMPLATES / key / "template.docx"))
    for said in words:
        document.paragraphs[0].insert_paragraph_before(said)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sent(**files: bytes) -> dict[str, tuple[str, bytes]]:
    names = {"template": "template.docx", "manifest": "format.toml"}
    return {name: (names[name], content) for name, content in files.items()}


KEYS = sorted(file.parent.name for file in TEMPLATES.glob("*/format.toml"))
LETTERHEAD = template("Northmoor Constabulary")
BROKEN = template("{{ titel }}", "{% if title %}")


@pytest.fixture
def manager(browser_of):
    return browser_of("template-manager")


@pytest.fixture
def second(browser_of):
    return browser_of("administrator")


def test_formats_are_listed_found_and_told_of(manager):
    manager.visit("/").visit("/formats")
    assert "Formats" in manager.page.navigation
    names = [row[0] for row in manager.page.rows()]
    assert [name.endswith(key) for name, key in zip(names, KEYS, strict=True)] == [True] * len(KEYS)
    assert all(row[1].startswith("Version 1 since 2") for row in manager.page.rows())

    manager.send("/formats", q="SCRUT")
    assert [row[0] for row in manager.page.rows()] == [names[-1]]
    manager.send("/formats", q="100%")
    assert "No format has “100%” in its name or key." in manager.page.text

    manager.visit("/formats").visit(SCRUTINY)
    assert "Papers are made with version 1." in manager.page.text
    assert "Put live by Command line" in manager.page.text


def test_a_long_list_has_pages(manager, monkeypatch):
    monkeypatch.setattr("app.web.pages.formats.MOST", 1)
    manager.visit("/formats")
    first = manager.page.rows()[0][0]
    manager.follow("Next page")
    assert manager.page.rows()[0][0] != first
    manager.follow("First page")
    assert manager.page.rows()[0][0] == first


def test_from_a_broken_template_to_one_that_is_live(manager, second):
    manager.visit(SCRUTINY).follow("Upload a new version")
    manager.send(f"{SCRUTINY}/upload", files=sent(template=BROKEN))

    assert manager.page.status == 422
    assert manager.page.title.startswith("Error: ")
    assert manager.page.errors == ["Nothing was kept: 2 errors found. Put them right, and send the files again"]
    assert "What was found: 2 errors" in manager.page.text
    assert "{{ titel }}" in [block.text_content() for block in manager.page.tree.find_class("app-finding__quoted")]
    assert "Perhaps this was meant: title" in manager.page.text

    manager.send(f"{SCRUTINY}/upload", files=sent(template=LETTERHEAD))
    assert manager.page.path == f"{SCRUTINY}/versions/2"
    assert manager.page.told.startswith("Version 2 was uploaded")
    assert manager.page.told.endswith("It is not live yet.")
    assert "You uploaded this version. A template goes live by a second person here: try it" in manager.page.text

    second.visit(f"{SCRUTINY}/versions/2")
    assert "Nobody has tried this version yet." in second.page.text

    manager.follow("Try it").send(f"{SCRUTINY}/versions/2/trial")
    assert manager.page.told == "Version 2 was tried."
    printed = manager.client.get(manager.page.links()["Download the paper (Word)"])
    assert "Northmoor Constabulary" in word.text_of(printed.content)
    assert "attachment" in printed.headers["content-disposition"]

    manager.visit(f"{SCRUTINY}/versions/2").follow("See its effect")
    assert manager.page.rows()[0][1:] == ["Text: inserted", "–", "Northmoor Constabulary"]
    old, new, *_ = [manager.client.get(link) for text, link in manager.page.links().items() if text.endswith("(Word)")]
    assert "Northmoor Constabulary" in word.text_of(new.content)
    assert word.text_of(old.content) != word.text_of(new.content)

    manager.visit(f"{SCRUTINY}/versions/2")
    assert "ask another template manager or an administrator to open this page" in manager.page.text
    own = manager.client.post(f"{SCRUTINY}/versions/2/live")
    assert own.status_code == 403
    assert "You uploaded version 2 of “scrutiny”: another person puts it live." in own.text

    second.visit(f"{SCRUTINY}/versions/2")
    assert "You are the second person: somebody else uploaded it." in second.page.text
    second.send(f"{SCRUTINY}/versions/2/live")
    assert second.page.told == "Version 2 is live: new papers are made with it."
    assert "Papers are made with version 2." in second.visit(SCRUTINY).page.text
    assert "Put live by Administrator" in second.page.text

    second.visit(f"{SCRUTINY}/versions/2").send(f"{SCRUTINY}/versions/2/retire")
    assert second.page.told == "Version 2 is retired. Version 1 is live."
    again = second.client.post(f"{SCRUTINY}/versions/2/retire")
    assert (again.status_code, "is retired already" in again.text) == (409, True)


def test_a_trial_on_a_real_paper(manager):
    manager.visit(f"{SCRUTINY}/versions/1/trial")
    (field,) = manager.page.tree.xpath("//select[@name='paper']")
    reference = field.value_options[1]

    manager.send(f"{SCRUTINY}/versions/1/trial", on="paper", paper="")
    assert (manager.page.status, manager.page.errors) == (422, ["Choose a paper"])
    manager.send(f"{SCRUTINY}/versions/1/trial", on="paper", paper=reference)
    assert f"Printed with the facts that the paper {reference} has now." in manager.page.text
    printed = manager.client.get(manager.page.links()["Download the paper (Word)"])
    assert printed.content.startswith(b"PK")


def test_a_paper_of_another_format_is_refused_beside_the_form(manager):
    manager.visit("/formats/deep-dive/versions/1/trial")
    options = manager.page.tree.xpath("//select[@name='paper']")[0].value_options
    manager.visit(f"{SCRUTINY}/versions/1/trial").send(f"{SCRUTINY}/versions/1/trial", on="paper", paper=options[1])

    assert manager.page.status == 409
    assert "has the format “deep-dive”" in manager.page.errors[0]


def test_what_is_wrong_with_a_format_toml_is_said_with_its_place(manager):
    wrong = FORMAT_TOML.replace(b'name = "', b'nmae = "', 1)
    manager.visit(f"{SCRUTINY}/upload").send(f"{SCRUTINY}/upload", files=sent(manifest=wrong))

    assert manager.page.status == 422
    assert "Format.toml" in manager.page.text
    assert "“nmae” is not known here" in manager.page.text


def test_files_that_are_missing_or_no_text_are_named_beside_their_fields(manager):
    manager.visit(f"{SCRUTINY}/upload").send(f"{SCRUTINY}/upload")
    assert (manager.page.status, manager.page.errors) == (422, ["Choose a Word template (.docx)"])
    manager.send(f"{SCRUTINY}/upload", files=sent(manifest=b"\xff\xfe\xff"))
    assert manager.page.errors == ["The format.toml must be text in UTF-8"]
    manager.visit("/new-format").send("/new-format")
    assert manager.page.errors == ["Choose a Word template (.docx)", "Choose a format.toml"]
    assert manager.page.tree.get_element_by_id("manifest").get("aria-describedby").endswith("manifest-error")
    manager.send("/new-format", files=sent(template=b"no Word file", manifest=FORMAT_TOML))
    assert manager.page.errors == [
        "There already is a format “scrutiny”: open it, and upload a new version there",
    ]


def test_a_new_format_begins_with_its_first_version(manager):
    toml = FORMAT_TOML.replace(b'key = "scrutiny"', b'key = "committee"', 1)
    manager.visit("/formats").follow("Bring a new format")
    manager.send("/new-format", files=sent(template=LETTERHEAD, manifest=toml))

    assert manager.page.path == "/formats/committee/versions/1"
    manager.visit("/formats/committee")
    assert "No version is live: no paper can be made with this format." in manager.page.text


def test_what_is_sent_again_is_no_new_version(manager):
    manager.visit(f"{SCRUTINY}/upload").send(f"{SCRUTINY}/upload", files=sent(template=SHIPPED, manifest=FORMAT_TOML))

    assert manager.page.told == "The format has this already: version 1."


def test_the_files_come_back_as_they_were_sent(manager):
    manager.visit(f"{SCRUTINY}/upload").send(f"{SCRUTINY}/upload", files=sent(template=LETTERHEAD))

    links = manager.page.links()
    assert manager.client.get(links["Template (Word)"]).content == LETTERHEAD
    assert manager.client.get(links["format.toml"]).content == FORMAT_TOML


def test_findings_of_a_kept_version_can_be_read_again(manager):
    manager.visit(f"{SCRUTINY}/versions/1").follow("Read the findings")

    assert manager.page.heading.startswith("Findings for")


def test_only_who_may_sees_what_to_do(browser_of):
    reader = browser_of("reader")
    assert "Formats" not in reader.page.navigation
    assert reader.visit(SCRUTINY).page.status == 200
    assert "Upload a new version" not in reader.page.text
    assert "Look at it" not in reader.visit(f"{SCRUTINY}/versions/1").page.text
    for address in (f"{SCRUTINY}/upload", "/new-format", f"{SCRUTINY}/versions/1/effect"):
        assert reader.visit(address).page.status == 403
    assert reader.client.post(f"{SCRUTINY}/versions/1/retire").status_code == 403
    assert reader.visit("/formats/none").page.status == 404
    assert reader.visit(f"{SCRUTINY}/versions/9").page.status == 404


def test_the_reference_tells_every_name_and_finds_some(manager):
    manager.visit("/formats").follow("What a template may print")

    tables = manager.page.tree.xpath("//main//table")
    told = {row[0] for number in range(len(tables)) for row in manager.page.rows(number)}
    assert {name.way for group in groups() for name in group.names} <= told
    assert "A tag that opens and one that closes stand in one paragraph." in manager.page.text
    assert ".md" not in "".join(manager.page.links().values())

    assert "formats.md" not in manager.page.text
    assert "●" not in manager.page.text
    assert manager.page.tree.xpath("//main//tbody/tr[not(th[@scope='row'])]") == []
    manager.send("/template-reference", q="background")
    assert [row[0] for row in manager.page.rows()] == ["value.background"]
    manager.send("/template-reference", q="no such name")
    assert "No name has “no such name” in it" in manager.page.text
