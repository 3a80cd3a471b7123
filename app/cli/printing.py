"""What a person reads, and what a program reads."""

import json
import os
import shlex
from pathlib import Path
from typing import Any

import typer

UNBROKEN = frozenset({"Paper", "Round", "Version", "Meeting", "Digest", "File digest", "Template", "Time", "Made"})
"""Columns of tables that are read as a whole."""


def program() -> str:
    """What a person types before a command: `uv run` tells its children by a variable that it is there."""
    return "uv run boardpapers" if os.environ.get("UV") else "boardpapers"


def same_data(data: Path | None) -> str:
    """The words that name the same folder again in another command."""
    return f" --data {shlex.quote(str(data))}" if data else ""


def print_json(value: Any) -> None:
    """Print for a program."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    """Print a line for a person."""
    typer.echo(text)


def print_table(title: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
    """Print rows under a title; `columns` are label → key of the row."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", show_lines=True)
    for label in columns:
        table.add_column(label, overflow="fold", no_wrap=label in UNBROKEN)
    for row in rows:
        table.add_row(*(str(row[key]) for key in columns.values()))
    Console().print(table)
