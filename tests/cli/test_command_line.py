"""Stories of a person at the command line, from the demonstration to the proof that nothing was changed."""

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
import yaml

from app import cli, word
from app.cli import demonstration
from app.facts.shipped import shipped_formats
from app.settings import PACKAGED_TEMPLATES
from tests import stories
from tests.conftest import ROOT
from tests.word.templates import a_template

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in a folder of its own: its exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("BOARDPAPERS_DATABASE_URL", "BOARDPAPERS_DATA", "UV"):
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


def test_a_public_copy_is_written_and_not_kept(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    public = tmp_path / "public.docx"
    assert "not kept" in run("generate", stories.PAPER, "--public", "--out", public)[1]
    assert "Public copy" in word.text_of(public.read_bytes())


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


# What somebody else wrote is left alone


def test_a_draft_that_somebody_edited_is_left_alone_and_the_new_one_goes_beside_it(
    run: Run, facts_file: Path, tmp_path: Path
) -> None:
    run("upgrade")
    run("load", facts_file)
    out = tmp_path / "draft.docx"
    run("generate", stories.PAPER, "--out", out)
    made = out.read_bytes()
    out.write_bytes(b"edited in Word")

    said = run("generate", stories.PAPER, "--out", out)[1]
    assert out.read_bytes() == b"edited in Word"
    assert (tmp_path / "draft (2).docx").read_bytes() == made
    assert "draft (2).docx" in said
    assert "was left alone" in said
    run("versions", stories.PAPER, "--save", "0.1", "--out", out)
    assert sorted(file.name for file in tmp_path.glob("*.docx")) == ["draft (2).docx", "draft.docx"]

    (tmp_path / "draft (2).docx").write_bytes(b"edited too")
    row = json.loads(run("generate", stories.PAPER, "--out", out, "--json")[1])
    assert (row["file"], row["left"]) == (str(tmp_path / "draft (3).docx"), str(out))

    assert "left alone" not in run("generate", stories.PAPER, "--out", out, "--force")[1]
    assert out.read_bytes() == made
    out.write_bytes(b"edited again")
    run("versions", stories.PAPER, "--save", "0.1", "--out", out, "--force")
    assert out.read_bytes() == made


def test_the_demonstration_leaves_an_edited_draft_alone(run: Run) -> None:
    draft = Path(json.loads(run("demo", "--json")[1])[0]["file"])
    draft.write_bytes(b"edited in Word")
    assert "was left alone" in run("demo")[1]
    assert draft.read_bytes() == b"edited in Word"


# What stands in the way is said in a sentence


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BOARDPAPERS_DATABASE_URL", "postgresql+psycopg://me:secret@127.0.0.1:1/papers", "“papers” on 127.0.0.1"),
        ("BOARDPAPERS_DATABASE_URL", "no url", "names no database"),
        ("BOARDPAPERS_DATABASE_URL", "oysters://somewhere/papers", "names no database"),
        ("BOARDPAPERS_PORT", "abc", "BOARDPAPERS_PORT: "),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    for command in ("papers", "upgrade", "demo", "verify", "serve"):
        code, _, err = run(command)
        assert code == 1
        assert err.startswith("boardpapers: ")
        assert sentence in err
        assert "secret" not in err


def test_a_folder_that_is_a_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for command in ("papers", "upgrade", "verify"):
        code, _, err = run(command, "--data", tmp_path / "file")
        assert code == 1
        assert str(tmp_path / "file") in err


def test_a_file_that_is_no_database_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "boardpapers.sqlite").write_bytes(b"no database at all, but long enough to be read" * 100)
    for command in ("papers", "upgrade", "verify"):
        code, _, err = run(command)
        assert code == 1
        assert "file is not a database" in err


def test_a_database_of_a_newer_program_is_told_as_such(run: Run, tmp_path: Path) -> None:
    run("upgrade")
    with sqlite3.connect(tmp_path / "var" / "boardpapers.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'f00dfeedbeef'")
    for command in ("papers", "upgrade", "verify", "serve"):
        code, _, err = run(command)
        assert code == 1
        assert "was made by a newer Boardpapers; install that." in err


def test_a_document_that_cannot_be_written_is_told(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    for out in (facts_file / "drafts", tmp_path / f"{'long' * 70}.docx"):
        code, _, err = run("generate", stories.PAPER, "--out", out)
        assert code == 1
        assert "cannot be written" in err


def test_a_kept_file_that_is_gone_is_told(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    run("generate", stories.PAPER)
    digest = json.loads(run("versions", stories.PAPER, "--json")[1])[0]["file_digest"]
    (tmp_path / "var" / "blobs" / digest[:2] / digest).unlink()
    code, _, err = run("versions", stories.PAPER, "--save", "0.1")
    assert code == 1
    assert digest in err
    assert "boardpapers verify" in err


def test_a_long_title_in_any_script_makes_a_name_that_every_disk_takes(
    run: Run, facts_file: Path, tmp_path: Path
) -> None:
    facts = stories.world(papers=[stories.paper(title="協" * 300)])
    facts["boards"][0]["name"] = "Ж" * 300
    facts_file.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
    run("upgrade")
    run("load", facts_file)
    file = Path(json.loads(run("generate", stories.PAPER, "--json")[1])["file"])
    assert file.exists()
    assert len(file.name.encode()) <= 200
    assert file.name.startswith("2027-03-11 Ж")
    assert file.name.endswith(" v0.1 DRAFT OFFICIAL.docx")


# Words of the command line


def test_a_mistyped_folder_is_not_made(run: Run, tmp_path: Path) -> None:
    for command in ("papers", "verify", "serve"):
        assert run(command, "--data", tmp_path / "typo")[0] == 1
    assert not (tmp_path / "typo").exists()


def test_a_document_of_another_kind_is_refused_before_anything_is_made(
    run: Run, facts_file: Path, tmp_path: Path
) -> None:
    run("upgrade")
    run("load", facts_file)
    code, _, err = run("generate", stories.PAPER, "--out", "draft.doc")
    assert code == 2
    assert "must end in .docx, or be a folder" in err
    assert not (tmp_path / "draft.doc").exists()
    assert json.loads(run("versions", stories.PAPER, "--json")[1]) == []
    (tmp_path / "of.2027").mkdir()
    assert run("generate", stories.PAPER, "--out", "of.2027")[0] == 0
    assert run("demo", "--out", "one.docx")[0] == 2


def test_what_to_do_next_can_be_typed_as_it_stands(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "`boardpapers upgrade`" in run("papers")[2]
    monkeypatch.setenv("UV", "/somewhere/uv")
    assert "`uv run boardpapers upgrade`" in run("papers")[2]
    out = run("demo", "--data", tmp_path / "with space")[1]
    assert "  uv run boardpapers verify --data '" in out


def test_an_account_keeps_its_role_and_organisation(run: Run, facts_file: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    run("token", "intranet", "--role", "client", "--organisation", "force")
    assert run("token", "intranet", "--role", "client", "--organisation", "force")[0] == 0
    code, _, err = run("token", "intranet", "--role", "administrator")
    assert (code, "has the role client, not administrator" in err) == (1, True)
    code, _, err = run("token", "intranet", "--organisation", "office")
    assert (code, "does not belong" in err) == (1, True)


def test_tokens_are_made_listed_and_taken_away(run: Run) -> None:
    run("upgrade")
    secret = run("token", "make", "intranet", "--role", "client", "--name", "nightly", "--days", 30,
                 "--scope", "versions:download", "--scope", "facts:read")[1]  # fmt: skip
    assert secret.startswith("bp_")
    run("token", "intranet")
    listed = json.loads(run("token", "list", "intranet", "--json")[1])
    assert [(token["name"], token["scopes"]) for token in listed] == [
        ("main", None),
        ("nightly", ["facts:read", "versions:download"]),
    ]
    assert listed[0]["expires_at"] is None
    assert listed[1]["expires_at"] > listed[1]["created_at"]
    assert secret.strip() not in run("token", "list", "intranet")[1]
    assert run("token", "revoke", "intranet", "nightly")[0] == 0
    assert run("token", "revoke", "intranet", "nightly")[0] == 1
    assert [token["name"] for token in json.loads(run("token", "list", "intranet", "--json")[1])] == ["main"]
    code, _, err = run("token", "make", "intranet", "--scope", "accounts:manage")
    assert (code, "no scope accounts:manage" in err) == (1, True)


def test_the_first_administrator_comes_by_the_command_line(run: Run) -> None:
    run("upgrade")
    code, out, _ = run("user", "add", "ada", "--role", "administrator", "--name", "Ada")
    assert code == 0
    first = out.split()[0]
    assert first.startswith("http://127.0.0.1:8000/set-password?link=bpl_")
    assert run("user", "add", "ada")[0] == 1
    again = json.loads(run("user", "reset", "ada", "--json")[1])
    assert again["link"] != first
    assert again["account"] == "ada"
    code, _, err = run("user", "disable", "ada")
    assert (code, "last administrator" in err) == (1, True)
    run("user", "add", "bob", "--role", "administrator")
    assert run("user", "role", "bob", "reader")[0] == 0
    assert run("user", "role", "bob", "king")[0] == 2
    assert run("user", "disable", "bob")[0] == 0
    listed = {row["key"]: row for row in json.loads(run("user", "list", "--json")[1])}
    assert {key: (row["role"], row["disabled"]) for key, row in listed.items()} == {
        "ada": ("administrator", False),
        "bob": ("reader", True),
        "command-line": ("administrator", False),
    }
    assert "bob" in run("user", "list")[1]
    assert run("user", "disable", "nobody")[0] == 1


def test_accounts_of_the_demonstration_come_with_it_and_in_no_other_way(run: Run) -> None:
    run("upgrade", "--data", "own")
    assert json.loads(run("user", "list", "--data", "own", "--json")[1]) in ([], [{"key": "command-line",
        "name": "Command line", "role": "administrator", "organisation": None, "opened_by": [], "disabled": False,
        "demonstration": False}])  # fmt: skip
    out = run("demo")[1]
    assert run("user", "person", "reader", "head-contact")[1].startswith("reader is head-contact in papers and rounds.")
    assert run("user", "person", "reader")[1].startswith("reader is nobody in papers and rounds.")
    assert run("user", "person", "reader", "nobody-at-all")[0] == 1
    first = re.search(r"the password of each is (\S+)", out)[1]
    listed = {row["key"]: row for row in json.loads(run("user", "list", "--json")[1])}
    assert set(listed) == {*demonstration.DEMONSTRATION, "command-line"}
    assert all(row["demonstration"] == (key != "command-line") for key, row in listed.items())
    assert listed["commissioners-office"]["organisation"] == "northmoor-pcc"
    assert listed["commissioners-office"]["name"] == "Commissioner’s office"
    assert re.search(r"the password of each is (\S+)", run("demo")[1])[1] != first


def test_an_account_has_a_key_that_the_api_can_name(run: Run) -> None:
    run("upgrade")
    for key in ("a b", "a/b", "é", "x" * 101):
        code, _, err = run("token", key)
        assert (code, "cannot be a key" in err) == (1, True)


def a_format(folder: Path, text: str = "{{ titel }}") -> Path:
    """A template with this paragraph in the folder."""
    file = folder / "template.docx"
    file.write_bytes(a_template("{{ title }}", text))
    return file


def test_the_shipped_template_is_fit_for_use(run: Run) -> None:
    code, out, err = run("format", "check", ROOT / "templates" / "scrutiny" / "template.docx")
    assert (code, err) == (0, "")
    assert out == "template.docx is fit for use with the format “Scrutiny paper”: nothing to put right.\n"


def test_a_broken_template_is_told_by_part_with_the_paragraph_quoted(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("format", "check", a_format(tmp_path))
    assert code == 1
    assert "The body\n\n  error: paragraph 2, “{{ titel }}”\n    There is no “titel” in a paper. Did you mean" in out
    assert out.index("The body") < out.index("The styles")
    assert "template.docx cannot be used with the format “Scrutiny paper”: " in out


def test_a_program_gets_the_findings_as_a_list(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("format", "check", a_format(tmp_path), "--json")
    assert code == 1
    (found,) = [finding for finding in json.loads(out) if finding["code"] == "unknown-name"]
    assert (found["severity"], found["part"], found["quoted"], found["meant"]) == (
        "error", "the body", "{{ titel }}", "title",
    )  # fmt: skip
    assert json.loads(run("format", "check", ROOT / "templates" / "scrutiny" / "template.docx", "--json")[1]) == []


def test_warnings_alone_leave_a_template_fit_for_use(run: Run, tmp_path: Path) -> None:
    document = docx.Document(str(ROOT / "templates" / "scrutiny" / "template.docx"))
    document.add_paragraph("1. typed by hand")
    document.save(str(tmp_path / "own.docx"))
    code, out, _ = run("format", "check", tmp_path / "own.docx")
    assert code == 0
    assert "warning: under “{{ part.label }}”, paragraph 17, “1. typed by hand”" in out
    assert out.endswith("own.docx is fit for use with the format “Scrutiny paper”: 1 warning.\n")


def test_a_template_is_held_against_the_manifest_beside_it_or_the_one_that_is_named(run: Run, tmp_path: Path) -> None:
    file = a_format(tmp_path, "{% if sections[0].key == 'purpos' %}x{% endif %}")
    assert "Did you mean “purpose”?" in run("format", "check", file)[1]
    beside = (ROOT / "templates" / "scrutiny" / "format.toml").read_text(encoding="utf-8")
    beside = beside.replace('name = "Scrutiny paper"', 'name = "Our paper"').replace(
        'key = "purpose"', 'key = "purpos"'
    )
    (tmp_path / "format.toml").write_text(beside, encoding="utf-8")
    own = run("format", "check", file)[1]
    assert "“purpos”" not in own.replace("'purpos'", "")
    assert "the format “Our paper”" in own
    named = run("format", "check", file, "--manifest", ROOT / "templates" / "scrutiny" / "format.toml")[1]
    assert "Did you mean “purpose”?" in named


def test_what_is_no_template_or_no_manifest_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no Word file", encoding="utf-8")
    for words in (["notes.txt"], ["missing.docx"], ["notes.txt", "--manifest", "notes.txt"], ["."]):
        code, out, err = run("format", "check", *words)
        assert (code, out) == (2, "")
        assert words[-1] in err
        assert "Traceback" not in err
    assert "it is not a .docx file" in run("format", "check", "notes.txt")[2]


def test_a_new_format_is_written_checked_and_loaded(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("format", "new", "town-hall")
    assert code == 0
    assert "The format “Town hall” begins with two files:" in out
    assert sorted(file.name for file in (tmp_path / "town-hall").iterdir()) == ["format.toml", "template.docx"]
    code, out, _ = run("format", "check", "town-hall/template.docx")
    assert (code, out) == (0, "template.docx is fit for use with the format “Town hall”: nothing to put right.\n")
    run("upgrade")
    code, out, _ = run("load", "town-hall", "--json")
    assert code == 0
    assert {row["kind"]: row["added"] for row in json.loads(out)} == {"format": 1}


def test_a_new_format_never_replaces_files_and_has_a_key(run: Run, tmp_path: Path) -> None:
    run("format", "new", "town", "--name", "Town paper")
    kept = (tmp_path / "town" / "format.toml").read_bytes()
    code, _, err = run("format", "new", "town", "--name", "Another")
    assert (code, "town/format.toml is there already, and is left alone" in err) == (1, True)
    assert (tmp_path / "town" / "format.toml").read_bytes() == kept
    assert "cannot be a key" in run("format", "new", "a b")[2]
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = run("format", "new", "x", "--folder", "file")
    assert (code, "file cannot be written" in err) == (1, True)


def test_a_folder_that_holds_no_format_is_not_loaded(run: Run, tmp_path: Path) -> None:
    run("upgrade")
    (tmp_path / "empty").mkdir()
    code, _, err = run("load", "empty")
    assert (code, err) == (1, "boardpapers: empty/format.toml cannot be read: No such file or directory.\n")
    (tmp_path / "empty" / "format.toml").write_text("key =\n", encoding="utf-8")
    code, _, err = run("load", "empty")
    assert (code, "format.toml cannot be read.\n  line 1, column 6: " in err) == (1, True)


def test_the_manual_for_template_authors_is_printed_and_its_sample_can_be_checked(run: Run, tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    assert run("format", "reference")[1] == manual
    assert run("format", "reference", "--out", "manual.md")[0] == 0
    assert (tmp_path / "manual.md").read_text(encoding="utf-8") == manual
    code, out, _ = run("format", "reference", "--sample", "sample.docx")
    assert (code, out) == (0, "A template that prints every value: sample.docx\n")
    assert run("format", "check", "sample.docx")[0] == 0
    code, _, err = run("format", "reference", "--out", "none/manual.md")
    assert (code, "cannot be written" in err) == (1, True)


def test_a_backup_is_put_back_where_nothing_is_left(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    run("generate", stories.PAPER, "--out", "draft.docx")

    code, said, _ = run("backup", "kept", "--json")
    assert code == 0
    made = json.loads(said)
    assert made["manifest"]["files"]["count"] == len(shipped_formats(PACKAGED_TEMPLATES)) + 1, "templates and the draft"
    assert run("restore", made["file"])[0] == 1
    (tmp_path / "var").rename(tmp_path / "gone")

    code, said, _ = run("restore", made["file"])
    assert code == 0
    assert "All is well." in said
    assert run("versions", stories.PAPER, "--save", "0.1", "--out", "again.docx")[0] == 0
    assert (tmp_path / "again.docx").read_bytes() == (tmp_path / "draft.docx").read_bytes()


def test_there_is_nothing_to_back_up_where_there_is_no_database(run: Run) -> None:
    code, _, complaint = run("backup", "kept")

    assert code == 1
    assert "is not there yet" in complaint


def test_the_log_is_read_and_taken_away(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)

    code, said, _ = run("audit", "--under", "theme/", "--json")
    assert code == 0
    assert [event["object"] for event in json.loads(said)] == ["theme/region"]
    assert "theme.added" in run("audit", "--action", "theme.added")[1]

    code, said, _ = run("audit", "--export", "log.jsonl")
    assert code == 0
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (log[0]["action"], log[-1]["action"]) == ("account.created", "audit.exported")
    assert run("audit", "--export", "log.csv")[0] == 0
    assert (tmp_path / "log.csv").read_text(encoding="utf-8").startswith('"sequence","at","by"')
    assert run("audit", "--export", "log.xls")[0] == 2


def test_a_format_is_added_tried_compared_put_live_and_retired(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    run("generate", stories.PAPER)
    folder = tmp_path / "own"
    folder.mkdir()
    shipped = ROOT / "templates" / "scrutiny"
    manifest = (shipped / "format.toml").read_text(encoding="utf-8").replace("Purpose of Report", "Aim")
    (folder / "format.toml").write_text(manifest, encoding="utf-8")
    (folder / "template.docx").write_bytes((shipped / "template.docx").read_bytes())

    code, out, _ = run("format", "add", "scrutiny", folder)
    assert (code, out.splitlines()[0]) == (0, "scrutiny 2: added, not live yet; nothing to put right.")
    code, _, err = run("format", "live", "scrutiny", 2)
    assert (code, "Nobody has tried version 2" in err) == (1, True)
    code, out, _ = run("format", "try", "scrutiny", 2, "--paper", stories.PAPER, "--out", "tried.docx")
    assert code == 0
    assert "Aim" in word.text_of((tmp_path / "tried.docx").read_bytes())
    code, out, _ = run("format", "effect", "scrutiny", 2, "--out", "both")
    assert "text: the body: inserted: “Aim”" in out
    assert len(list((tmp_path / "both").glob("*.docx"))) == 2
    assert run("format", "live", "scrutiny", 2)[1] == "scrutiny 2 is live.\n"
    stages = [row["stage"] for row in json.loads(run("format", "versions", "scrutiny", "--json")[1])]
    assert stages == ["replaced", "live"]
    run("format", "save", "scrutiny", 2)
    assert (tmp_path / "scrutiny-2" / "format.toml").read_text(encoding="utf-8") == manifest
    assert run("format", "retire", "scrutiny", 2)[1] == "scrutiny 2 is retired; version 1 is live.\n"
    assert run("verify")[0] == 0


def test_a_format_that_cannot_be_used_is_told_in_full_and_not_kept(run: Run, facts_file: Path, tmp_path: Path) -> None:
    run("upgrade")
    manifest = ROOT / "templates" / "scrutiny" / "format.toml"
    code, out, err = run("format", "add", "scrutiny", "--template", a_format(tmp_path), "--manifest", manifest)
    assert code == 1
    assert "Did you mean “title”?" in out
    assert "nothing was kept" in err
    assert len(json.loads(run("format", "versions", "scrutiny", "--json")[1])) == 1
    assert run("format", "add", "scrutiny")[0] == 2


def test_a_round_is_opened_for_a_paper_shown_closed_and_opened_again(run: Run, facts_file: Path) -> None:
    run("upgrade")
    run("load", facts_file)
    code, out, _ = run("round", "open", "march", "--paper", stories.PAPER, "--due", "2027-02-15")
    assert (code, out) == (0, "Collaboration, March 2027: 1 workstream is asked, answers are due on 2027-02-15.\n")
    (row,) = json.loads(run("round", "show", "march", "--json")[1])
    assert (row["workstream"], row["asked"], row["standing"], row["kind"]) == ("procurement", None, "waiting", None)
    assert "nobody" in run("round", "show", "march")[1]
    (listed,) = json.loads(run("round", "list", "--json")[1])
    assert (listed["round"], listed["open"], listed["asked"], listed["closed"]) == ("march", 1, 1, False)
    assert run("round", "close", "march")[0] == 0
    assert "closed" in run("round", "list")[1]
    assert run("round", "open", "march")[0] == 0
    assert json.loads(run("round", "list", "--json")[1]) == [listed]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "never"), "There is no round “never”"),
        (("close", "never"), "There is no round “never”"),
        (("open", "march", "--paper", "NEVER"), "There is no paper “NEVER”"),
        (("open", "a b", "--paper", stories.PAPER), "cannot be a key"),
        (("open", "march", "--paper", stories.PAPER, "--ask", "never"), "has no workstream “never”"),
        (("open", "there", "--paper", stories.PAPER), "There is a round “there” already"),
    ],
)
def test_a_round_that_cannot_be_is_said_in_a_sentence(
    run: Run, facts_file: Path, words: tuple[str, ...], said: str
) -> None:
    run("upgrade")
    run("load", facts_file)
    run("round", "open", "there", "--paper", stories.PAPER)
    code, _, err = run("round", *words)
    assert (code, said in err) == (1, True), err
    assert run("round", "open", "new")[0] == 2
