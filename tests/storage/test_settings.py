"""Settings: what may be set from outside, and what holds without."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES, Settings


@pytest.fixture(autouse=True)
def an_empty_world(monkeypatch, tmp_path):
    """No variable and no `.env` but those of the test."""
    import os

    for name in list(os.environ):
        if name.startswith("BOARDPAPERS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_everything_lies_in_one_folder(tmp_path):
    settings = Settings()

    assert settings.data == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{(tmp_path / 'var' / 'boardpapers.sqlite').as_posix()}"
    assert settings.blobs == tmp_path / "var" / "blobs"
    assert settings.audit_checkpoint_file == tmp_path / "var" / "audit-checkpoints.jsonl"


def test_everything_follows_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("BOARDPAPERS_DATA", str(tmp_path / "elsewhere"))

    settings = Settings()

    assert settings.blobs == tmp_path / "elsewhere" / "blobs"
    assert "elsewhere" in settings.database_url


def test_a_working_folder_that_changes_later_moves_nothing(monkeypatch, tmp_path):
    settings = Settings(data=Path("data"))
    monkeypatch.chdir(tmp_path.parent)

    assert settings.data == tmp_path / "data"


def test_a_file_may_say_it_and_a_variable_overrules_it(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("BOARDPAPERS_PORT=9000\nBOARDPAPERS_HOST=0.0.0.0\nSOMEBODY_ELSES=1\n")
    monkeypatch.setenv("BOARDPAPERS_PORT", "9001")

    settings = Settings()

    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_a_setting_that_makes_no_sense_is_refused(monkeypatch):
    monkeypatch.setenv("BOARDPAPERS_MAX_JSON_BYTES", "0")

    with pytest.raises(ValidationError, match="max_json_bytes"):
        Settings()


def test_settings_do_not_change_once_they_are_read():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_a_password_in_the_database_url_is_not_printed():
    said = repr(Settings(database_url="postgresql://me:pa55word@db/papers", oidc_client_secret="s3same"))
    assert "pa55word" not in said
    assert "s3same" not in said


def test_the_limits_are_those_that_were_promised():
    settings = Settings()

    assert settings.max_json_bytes == 2 * 1024**2
    assert settings.max_facts_bytes == 50 * 1024**2
    assert settings.max_template_bytes == settings.max_picture_bytes == 10 * 1024**2
    assert settings.max_picture_pixels == 40_000_000
    assert settings.max_page_size == 100


def test_the_program_finds_what_came_with_it():
    assert (PACKAGED_MIGRATIONS / "env.py").is_file()
    assert (PACKAGED_TEMPLATES / "scrutiny" / "format.toml").is_file()
