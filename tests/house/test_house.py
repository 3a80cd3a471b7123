"""The house is kept in order: its tools find nothing, its map is true, its rooms know only those below."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from app.audit import actions
from app.audit.changes import Outcome
from app.audit.words import WORDS
from app.formats.models import TemplateChange
from app.papers.lifecycle import Deed
from tests.conftest import ROOT

TOOLS = {
    "ruff": [sys.executable, "-m", "ruff", "check", "--no-cache", "."],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "."],
    "mypy": [sys.executable, "-m", "mypy"],
    "import-linter": [
        *[sys.executable, "-c"],
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))",
    ],
}

DRAWN = re.compile(r"^  (\S+)  +\S", re.MULTILINE)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_finds_nothing(tool):
    done = subprocess.run(TOOLS[tool], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)

    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


def rooms_in(folder: Path) -> set[str]:
    """What the folder holds, as a map names it."""
    packages = {f"{path.name}/" for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"}
    modules = {path.name for path in folder.glob("*.py") if path.name != "__init__.py"}
    return packages | modules


def rooms_on_the_map() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (drawn,) = re.findall(r"^```\w*\napp/\n(.*?)^\S", readme, re.MULTILINE | re.DOTALL)
    return DRAWN.findall(drawn)


def test_the_map_in_the_readme_shows_the_house_as_it_is():
    drawn = rooms_on_the_map()

    assert len(drawn) == len(set(drawn))
    assert set(drawn) == rooms_in(ROOT / "app")


def modules(folder: Path = ROOT / "app") -> list[Path]:
    """Every module of ours in the folder; what the build of the assets brings along is not ours."""
    return [path for path in sorted(folder.rglob("*.py")) if "node_modules" not in path.parts]


def calls(*names: str) -> Iterator[ast.Call]:
    """Every call of what has one of these names, in the whole house."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
                yield node


def said_by(said: ast.expr, variables: Mapping[str, Iterable[str]]) -> set[str]:
    """Every text that an expression can be: of constants, and of these variables with these values."""
    match said:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return said_by(one, variables) | said_by(other, variables)
        case ast.Attribute(value=ast.Name(id="actions"), attr=name):
            return {getattr(actions, name)}
        case ast.JoinedStr(values=parts):
            return {"".join(texts) for texts in product(*(said_by(part, variables) for part in parts))}
        case ast.FormattedValue(value=ast.Name(id=name)) | ast.FormattedValue(value=ast.Attribute(attr=name)):
            return set(variables[name])
    raise AssertionError(f"line {said.lineno}: this test cannot tell what {ast.unparse(said)} may be")


def test_every_event_that_the_log_can_tell_has_its_words_and_no_other():
    variables = {
        "kind": {text for call in calls("Changes") for text in said_by(call.args[1], {})},
        "outcome": {Outcome.ADDED, Outcome.CHANGED},
        "deed": Deed,
        "change": TemplateChange,
        "what": {text for call in calls("reading") if len(call.args) > 2 for text in said_by(call.args[2], {})},
    }
    recorded = {code for call in calls("record") for code in said_by(call.args[1], variables)}

    assert {"request.refused", "version.kept", "rag-scheme.added", "paper.sent-back", "effect.read"} <= recorded
    assert set(WORDS) == recorded
    assert len(set(WORDS.values())) == len(WORDS), "two events say the same"


def test_every_room_says_what_lives_there():
    silent = [
        path
        for path in modules()
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_routes_write_no_sql():
    """Of SQLAlchemy the web may know the type of a session, so that it can hand one on."""
    known = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(ROOT / "app" / "web")
        for name in imported_by(path)
        if name.split(".")[0] == "sqlalchemy" and name != "sqlalchemy.orm.Session"
    ]

    assert known == []


def imported_by(path: Path) -> list[str]:
    """Every name that a module imports, in full."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def test_nobody_catches_everything():
    """A bare `except Exception` hides what went wrong; ruff's BLE knows it, this knows the ones that were excused."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]

    assert hidden == []


def test_there_is_no_room_for_odds_and_ends():
    odd = {"utils", "helpers", "common", "core", "services", "util", "helper", "misc"}

    assert [path for path in modules() if {path.stem, path.parent.name} & odd] == []


def test_only_the_command_line_imports_within_functions():
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if path.parent.name != "cli"
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_no_page_joins_html_from_words():
    """What a component takes as HTML is made by `{% set %}…{% endset %}` or a macro, which escape what they print."""
    joined = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in sorted((ROOT / "app" / "web" / "html").rglob("*.html"))
        for found in re.finditer(r'"html":[^,}\n]*~|\|\s*safe\b', path.read_text(encoding="utf-8"))
    ]

    assert joined == []
