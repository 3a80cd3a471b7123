"""A stranger's format: the manual's walk-through is done exactly as it is printed, and ends with a finished paper."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from app import cli, word
from app.boards.deadlines import USUAL
from app.formats.manifest import BLOCK_SETTINGS, Manifest
from tests.conftest import ROOT

MANUAL = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
REFERENCE, _, WALK = MANUAL.partition("## A format from nothing")
LINES, REST = "# the lines with these names\n", "# everything from the first [[implications]] to the end\n"
FACTS = "roads.yaml"
HEADINGS = [
    "Purpose of the report", "Recommendations", "Background", "Progress since the last report", "Proposals",
    "Other options considered", "Consultation", "Implications", "Exempt information", "Timetable for decision",
    "Background documents",
]  # fmt: skip


class Stranger:
    """Somebody who does what the walk-through says, in a folder of their own, and sees what is printed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        self.seen = ""

    def follow(self, walk: str) -> None:
        for kind, block in steps_in(walk):
            getattr(self, f"follow_{kind}")(block)

    def follow_sh(self, commands: str) -> None:
        self.seen = ""
        for command in commands.splitlines():
            self.monkeypatch.setattr(sys, "argv", shlex.split(command))
            with pytest.raises(SystemExit) as end:
                cli.main()
            printed = self.capsys.readouterr()
            self.seen += printed.out
            assert not end.value.code, f"{command}\n{printed.out}{printed.err}"

    def follow_text(self, printed: str) -> None:
        assert printed in self.seen

    def follow_toml(self, edit: str) -> None:
        file = self.folder / "committee" / "format.toml"
        said = file.read_text(encoding="utf-8")
        if edit.startswith(LINES):
            for line in edit.removeprefix(LINES).splitlines():
                name = line.partition(" =")[0]
                said, count = re.subn(rf"^{name} = .*$", lambda _, line=line: line, said, flags=re.MULTILINE)
                assert count == 1, name
        else:
            assert edit.startswith(REST)
            said = said[: said.index("\n[[implications]]")] + edit.removeprefix(REST)
        file.write_text(said, encoding="utf-8")

    def follow_word(self, edit: str) -> None:
        file = self.folder / "committee" / "template.docx"
        document = docx.Document(str(file))
        there, wanted = re.findall(r"`([^`]+)`", edit)
        (paragraph,) = [paragraph for paragraph in document.paragraphs if paragraph.text == there]
        paragraph.text = wanted
        document.save(str(file))

    def follow_yaml(self, facts: str) -> None:
        (self.folder / FACTS).write_text(facts, encoding="utf-8")


def steps_in(walk: str) -> Iterator[tuple[str, str]]:
    """The blocks of code and the rows of what is typed in Word, in their order."""
    for code in re.finditer(r"^```(\w+)\n(.*?)^```$|^(\| `[^\n]* \|)$", walk, re.MULTILINE | re.DOTALL):
        yield (code[1], code[2]) if code[1] else ("word", code[3])


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Stranger:
    monkeypatch.chdir(tmp_path)
    for name in ("BOARDPAPERS_DATABASE_URL", "BOARDPAPERS_DATA", "UV"):
        monkeypatch.delenv(name, raising=False)
    return Stranger(tmp_path, monkeypatch, capsys)


def test_a_stranger_makes_a_format_and_a_finished_paper(stranger: Stranger, tmp_path: Path) -> None:
    kinds = [kind for kind, _ in steps_in(WALK)]
    assert kinds == ["sh", "toml", "toml", "word", "sh", "text", "sh", "yaml", "sh", "text"]
    stranger.follow(WALK)
    assert "still open" not in stranger.seen

    paper = (tmp_path / "roads.docx").read_bytes()
    lines = word.outline(paper)
    assert [(line.number, line.text) for line in lines if line.style == "Heading 1"] == [
        (f"{number}.", heading) for number, heading in enumerate(HEADINGS, start=1)
    ]
    numbers = {line.text: line.number for line in lines}
    asked = ["approve the repair;", "allow the Head of Roads to:", "invite tenders;", "award the contract."]
    assert [numbers[text] for text in asked] == ["1.", "2.", "(a)", "(b)"]
    assert (numbers["The bridge carries 4,100 vehicles a day."], numbers["One lane stays open throughout."]) == (
        "3.1", "5.2",
    )  # fmt: skip

    said = word.text_of(paper)
    assert "Report to the Roads Committee on 10 December 2026" in said
    exempt = said[said.index("Exempt information") + 1]
    assert exempt.startswith("This report is not for publication. It contains exempt information under paragraph 3")
    assert "This report contains no exempt information." not in said
    assert word.accessibility(paper) == []


def test_the_implications_say_who_cleared_them_and_when(stranger: Stranger, tmp_path: Path) -> None:
    stranger.follow(WALK)
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(str(tmp_path / "roads.docx")).tables
    ]
    (implications,) = [rows for rows in tables if rows[0][0] == "Implication"]
    assert implications == [
        ["Implication", "What this means", "Cleared by", "Date"],
        ["Finance", "£412,000 from the capital programme.", "Head of Finance", "24 November 2026"],
        ["Legal", "The council must keep the highway in repair.", "Monitoring Officer", "25 November 2026"],
        ["Equality", "Footways stay open for everybody.", "Equality Officer", "25 November 2026"],
        ["Climate", "None noted at this time.", "Not needed", "Not needed"],
    ]


def test_what_is_left_out_is_said_in_the_draft_as_the_manual_promises(stranger: Stranger, tmp_path: Path) -> None:
    stranger.follow(WALK)
    file = tmp_path / FACTS
    facts = file.read_text(encoding="utf-8")
    left_out = facts.replace("exempt: yes\n", "exempt: no\n").replace(", cleared_by: legal, cleared_on: 2026-11-25", "")
    assert len(facts) - len(left_out) > 40
    file.write_text(left_out, encoding="utf-8")
    stranger.follow_sh(f"boardpapers load {FACTS}\nboardpapers generate ROADS-2026-12 --out second.docx")
    assert "still open: Legal: Not yet cleared" in stranger.seen
    said = word.text_of((tmp_path / "second.docx").read_bytes())
    assert said[said.index("Exempt information") + 1] == "This report contains no exempt information."


def test_the_manual_names_everything_that_a_manifest_may_say() -> None:
    schema = Manifest.model_json_schema()
    names = {
        name
        for title, shape in {"": schema, **schema["$defs"]}.items()
        if title != "Wording"
        for name in shape.get("properties", {})
    }
    said = set(re.findall(r"[a-z_]+", REFERENCE))
    assert names - said == set()


def test_the_manuals_tell_when_things_are_usually_due() -> None:
    stages, offsets = re.search(r"The stages (.*?) have usual\s+offsets \((.*?)\)", REFERENCE, re.DOTALL).groups()
    assert dict(zip(re.findall(r"`([a-z-]+)`", stages), map(int, offsets.split(", ")), strict=True)) == USUAL
    rounds = (ROOT / "docs" / "rounds.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)`: .* \| (\d+)(?: working days before)? \|$", rounds, re.MULTILINE)
    assert {stage: -int(days) for stage, days in rows} == USUAL


def test_the_manual_tells_what_each_kind_of_block_may_say() -> None:
    table = REFERENCE[REFERENCE.index("## Blocks that a section has by itself") :]
    told = {
        kind: frozenset(re.findall(r"`([a-z_]+)`", said))
        for kinds, said in re.findall(r"^\| (`.*?) \|(.*)\|$", table, re.MULTILINE)
        for kind in re.findall(r"`([a-z-]+)`", kinds)
    }
    assert told == dict(BLOCK_SETTINGS)
