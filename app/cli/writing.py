"""Documents and texts on the disk of whoever asked."""

import sys
from pathlib import Path

from app.cli.options import is_folder
from app.cli.printing import say
from app.cli.refusals import CannotWrite


def write_text(text: str, out: Path | None) -> None:
    """The text stands in the file, or is printed where none is named; raises CannotWrite."""
    if out:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CannotWrite(out, error) from error
    else:
        sys.stdout.write(text)


def write_document(content: bytes, out: Path, name: str, *, force: bool = False) -> tuple[Path, Path | None]:
    """The file that now holds the content, and the one that was left alone for it, if any.

    The file is `out` where that is a `.docx`, else `name` in the folder `out`. One that is there with other bytes was
    edited by somebody, or is an earlier draft: it is replaced only by `force`, else the content goes beside it under
    the next free number. Raises CannotWrite.
    """
    wanted = out if out.suffix.lower() == ".docx" and not is_folder(out) else out / name
    file = wanted
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while not force and file.exists() and file.read_bytes() != content:
            number += 1
            file = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
    except OSError as error:
        raise CannotWrite(file, error) from error
    return file, wanted if file != wanted else None


def say_left_alone(left: Path | str | None, file: Path | str) -> None:
    """Say which file was left alone, if any, and where the document is instead."""
    if left is not None:
        say(f"  {left} holds something else and was left alone; the document is {file}. --force replaces it.")
