"""The assets are built when the sources differ, once for all processes, and come with a wheel."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import assets


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Sources whose build script writes what it is told without any package."""
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "site.scss").write_text("a { color: red }", encoding="utf-8")
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / ".package-lock.json").write_text("{}", encoding="utf-8")
    (folder / "build.mjs").write_text(
        """import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
        mkdirSync(process.argv[2], { recursive: true })
        appendFileSync('../builds', 'x')
        writeFileSync(process.argv[2] + '/manifest.json', '{"site.css": "site-1.css"}')""",
        encoding="utf-8",
    )
    return folder


def builds(sources: Path) -> int:
    file = sources.parent / "builds"
    return len(file.read_text(encoding="utf-8")) if file.exists() else 0


def test_assets_are_built_once_and_again_when_a_source_changes(sources, tmp_path):
    built = tmp_path / "built"
    assert not assets.are_current(sources, built)
    assert assets.names(built) == {}

    assert assets.ensure(sources, built)
    assert not assets.ensure(sources, built)
    assert assets.names(built) == {"site.css": "site-1.css"}

    (sources / "src" / "site.scss").write_text("a { color: blue }", encoding="utf-8")
    assert assets.ensure(sources, built)
    assert builds(sources) == 2


def test_what_npm_installed_and_how_lines_end_is_no_source(sources):
    before = assets.fingerprint(sources)
    (sources / "node_modules" / "more.js").write_text("x", encoding="utf-8")
    file = sources / "build.mjs"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert assets.fingerprint(sources) == before


def test_processes_at_once_build_once(sources, tmp_path):
    words = "import sys; from pathlib import Path; from app.assets import ensure; ensure(*map(Path, sys.argv[1:]))"
    running = [subprocess.Popen([sys.executable, "-c", words, str(sources), str(tmp_path / "built")]) for _ in range(4)]

    assert [process.wait(timeout=120) for process in running] == [0, 0, 0, 0]
    assert builds(sources) == 1


def test_a_wheel_has_no_sources_and_needs_none(sources, tmp_path):
    built = tmp_path / "built"
    assets.ensure(sources, built)
    shutil.rmtree(sources)

    assert not assets.ensure(sources, built)
    shutil.rmtree(built)
    with pytest.raises(assets.NotBuilt, match="no sources"):
        assets.ensure(sources, built)


def test_a_build_that_fails_says_why_and_leaves_what_was_there(sources, tmp_path):
    built = tmp_path / "built"
    assets.ensure(sources, built)
    (sources / "build.mjs").write_text("throw new Error('the style sheet is broken')", encoding="utf-8")

    with pytest.raises(assets.NotBuilt, match="the style sheet is broken"):
        assets.ensure(sources, built)
    assert assets.names(built) == {"site.css": "site-1.css"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["builds", "built", "frontend"]
