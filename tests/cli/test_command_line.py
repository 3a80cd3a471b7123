"""Stories of a person at the command line, from the demonstration to the proof that nothing was changed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from app import cli, word
from tests import stories

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in a folder of its own: its exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("BOARDPAPERS_DATABASE_URL", "BOARDPAPERS_DATA"):
        monkeypatch.delenv(name, raising=False)

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["boardpapers", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return command


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    """The small world as a facts file."""
    file = tmp_path / "facts.yaml"
    file.write_text(yaml.safe_dump(stories.world(), allow_unicode=True), encoding="utf-8")
    return file


def test_the_demonstration_ends_with_drafts_written_and_says_unchanged_the_second_time(
    run: Run, tmp_path: Path
) -> None:
    code, first, _ = run("demo", "--json")
    assert code == 0
    drafts = json.loads(first)
    assert len(drafts) >= 2
    assert all(Path(draft["file"]).parent == tmp_path / "var" / "drafts" for draft in drafts)
    assert all(draft["result"] == "new version" for draft in drafts)
    kept = {draft["file"]: Path(draft["file"]).read_bytes() for draft in drafts}

    code, second, _ = run("demo", "--json")
    assert [draft["result"] for draft in json.loads(second)] == ["unchanged"] * len(drafts)
    assert {file: Path(file).read_bytes() for file in kept} == kept
    assert run("verify")[0] == 0


def test_the_demonstration_shows_a_table_and_what_to_do_next(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("demo", "--data", tmp_path / "elsewhere", "--out", tmp_path / "drafts")
    assert code == 0
    assert "new version" in out
    assert "boardpapers verify --data" in out
    assert len(list((tmp_path / "drafts").glob("*.docx"))) >= 2


def test_the_demonstration_never_goes_in_beside_somebodys_own_facts(run: Run, facts_file: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    code, _, err = run("demo")
    assert code == 1
    assert "other facts" in err


def test_own_facts_become_a_draft_and_a_version(run: Run, facts_file: Path, tmp_path: Path) -> None:
    assert "scrutiny" in run("upgrade")[1]
    code, out, _ = run("load", facts_file, "--json")
    assert code == 0
    assert {"kind": "paper", "added": 1, "changed": 0, "unchanged": 0} in json.loads(out)
    assert "none yet" in run("papers")[1]

    code, out, _ = run("generate", stories.PAPER, "--out", tmp_path / "draft.docx")
    assert code == 0
    assert "0.1: new version" in out
    assert "still open: Recommendations" in out
    assert "The team went live." in word.text_of((tmp_path / "draft.docx").read_bytes())
    assert "0.1: unchanged" in run("generate", stories.PAPER)[1]

    versions = json.loads(run("versions", stories.PAPER, "--json")[1])
    assert [version["version"] for version in versions] == ["0.1"]
    run("versions", stories.PAPER, "--save", "0.1", "--out", tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == (tmp_path / "draft.docx").read_bytes()


def test_a_preview_is_written_and_not_kept(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    assert "not kept" in run("generate", stories.PAPER, "--preview", "--out", tmp_path / "preview.docx")[1]
    assert json.loads(run("versions", stories.PAPER, "--json")[1]) == []


def test_loading_the_same_file_twice_changes_nothing(run: Run, facts_file: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    counts = json.loads(run("load", facts_file, "--json")[1])
    assert all(count["added"] == count["changed"] == 0 for count in counts)


def test_a_faulty_file_is_refused_with_every_fault_and_its_place(run: Run, tmp_path: Path) -> None:
    facts = stories.world(papers=[stories.paper(marking="SECRET", workstreams=["procurment"])])
    file = tmp_path / "facts.yaml"
    file.write_text(yaml.safe_dump(facts), encoding="utf-8")
    run("upgrade")
    code, _, err = run("load", file)
    assert code == 1
    assert "papers[0].marking" in err
    assert "papers[0].workstreams[0]" in err
    assert json.loads(run("papers", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("papers",), "boardpapers upgrade"),
        (("serve",), "boardpapers upgrade"),
    ],
)
def test_without_a_database_it_says_what_to_do(run: Run, words: tuple[str, ...], sentence: str) -> None:
    code, _, err = run(*words)
    assert code == 1
    assert sentence in err


def test_a_paper_that_does_not_exist_is_named(run: Run) -> None:
    run("upgrade")
    code, _, err = run("generate", "COL-1999")
    assert code == 1
    assert "COL-1999" in err


def test_a_token_is_shown_once_and_opens_the_api(run: Run) -> None:
    run("upgrade")
    code, first, _ = run("token", "intranet", "--role", "client")
    assert code == 0
    assert first.startswith("bp_")
    assert run("token", "intranet")[1] != first
    assert run("token", "somebody", "--role", "king")[0] == 2


def test_the_description_of_the_api_is_printed(run: Run) -> None:
    code, out, _ = run("openapi")
    assert code == 0
    assert json.loads(out)["openapi"].startswith("3.1")


def test_a_flipped_bit_is_found_and_named(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    run("generate", stories.PAPER)
    digest = json.loads(run("versions", stories.PAPER, "--json")[1])[0]["file_digest"]
    assert run("verify")[0] == 0
    blob = tmp_path / "var" / "blobs" / digest[:2] / digest
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.chmod(0o640)
    blob.write_bytes(content)
    code, out, _ = run("verify")
    assert code >= 10
    assert f"paper/{stories.PAPER}/version/0.1" in out
    assert digest in out
