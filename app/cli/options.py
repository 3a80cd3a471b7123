"""The words that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder that holds everything. Default: $BOARDPAPERS_DATA or ./var"),
]


JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


PaperArgument = Annotated[str, typer.Argument(metavar="PAPER", help="Reference of the paper, as `papers` lists it.")]


FormatArgument = Annotated[str, typer.Argument(metavar="KEY", help="Key of the format.")]


NumberArgument = Annotated[int, typer.Argument(metavar="N", help="Number of the template version.", min=1)]


ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a file that was edited, instead of writing beside it.")
]


def is_folder(out: Path) -> bool:
    """Whether a folder is there."""
    try:
        return out.is_dir()
    except OSError:  # a name longer than the disk takes, a folder that is closed: whoever writes there is told
        return False


def document_or_folder(out: Path | None) -> Path | None:
    """The name of a document to be, or a folder; raises BadParameter."""
    if out is not None and out.suffix.lower() not in {"", ".docx"} and not is_folder(out):
        raise typer.BadParameter(f"“{out}” must end in .docx, or be a folder.")
    return out


def folder_only(out: Path | None) -> Path | None:
    """A folder, there or to be; raises BadParameter for the name of a document."""
    if out is not None and out.suffix.lower() == ".docx" and not is_folder(out):
        raise typer.BadParameter(f"“{out}” must be a folder: there are several drafts.")
    return out


AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Key of the account.")]
