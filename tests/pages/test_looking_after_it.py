"""An administrator reads the audit log, takes it away, and sees how the service is."""

import csv
import json
import os

import pytest
from typer.testing import CliRunner

from app.cli import app as command_line


@pytest.fixture
def administrator(browser_of):
    return browser_of("administrator")


def test_the_log_is_read_found_and_taken_away(administrator, monkeypatch):
    monkeypatch.setattr("app.web.pages.log.MOST", 10)
    administrator.visit("/audit")
    numbers = [int(row[0]) for row in administrator.page.rows()]
    assert numbers == sorted(numbers, reverse=True)
    administrator.follow("Older events")
    assert int(administrator.page.rows()[0][0]) == numbers[-1] - 1
    administrator.follow("Newest events")

    administrator.send("/audit", action="version.kept")
    assert {row[2] for row in administrator.page.rows()} == {"Version of a paper keptversion.kept"}
    taken = administrator.client.get(administrator.page.links()["Take these events away as a spreadsheet (CSV)"])
    assert "attachment" in taken.headers["content-disposition"]
    assert {row["action"] for row in csv.DictReader(taken.text.splitlines())} == {"version.kept"}
    lines = administrator.client.get(administrator.page.links()["or for programs (JSON lines)"]).text.splitlines()
    assert {json.loads(line)["action"] for line in lines} == {"version.kept"}
    administrator.visit("/audit").send("/audit", action="audit.exported")
    assert {row[4] for row in administrator.page.rows()} == {"administrator"}
    by_link = "round/collaboration-2026-12/workstream/REG-01/link/1"
    administrator.visit("/audit").send("/audit", by=by_link)
    assert {row[4] for row in administrator.page.rows()} == {by_link}


def test_what_cannot_be_looked_for_is_said_beside_its_field(administrator):
    administrator.visit("/audit?since=yesterday&by=reader")

    assert administrator.page.status == 422
    assert "must be a date like 2026-03-26" in administrator.page.errors[0]
    assert administrator.page.form("/audit").fields["by"] == "reader"
    administrator.visit("/audit?by=nobody")
    assert "No event matches what you look for." in administrator.page.text


def test_the_page_of_the_service_tells_of_proofs_and_backups(administrator, tmp_path, monkeypatch):
    administrator.visit("/service")
    assert "Ready" in administrator.page.text
    assert "It was never proved here." in administrator.page.text
    assert "No backup was made here." in administrator.page.text

    data = tmp_path / "site"
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("BOARDPAPERS_")]:
        monkeypatch.delenv(name)
    for words in (["verify"], ["backup", str(tmp_path / "kept.zip")]):
        said = CliRunner().invoke(command_line, [*words, "--data", str(data)])
        assert said.exit_code == 0, said.output

    administrator.visit("/service")
    assert administrator.page.text.count("All was well") == 2
    assert "kept.zip" in administrator.page.text
    assert "All is well." in administrator.page.text

    (data / "upkeep.json").write_text("{", encoding="utf-8")
    assert "It was never proved here." in administrator.visit("/service").page.text
