"""A new format from nothing: a commented `format.toml` and a template, to be changed by whoever brings the format."""

import re
from pathlib import Path
from string import Template

from app.errors import Conflict
from app.formats.manifest import Wording, parse_manifest

MANIFEST, TEMPLATE = "format.toml", "template.docx"
"""The two files of a format, in the folder of its own."""


class FolderHasFormat(Conflict):
    """A format was to be written where one is already."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is there already, and is left alone. Name another folder with --folder.")


def first_manifest(pattern: str, key: str, name: str) -> str:
    """The text of a `format.toml` that can be used as it stands; its fixed words are there to be changed.

    Raises:
        FaultyManifest: if no format can have this key or name.
    """
    words = "\n".join(f"#{word} = {_in_toml(said)}" for word, said in Wording())
    text = Template(pattern).substitute(key=_in_toml(key), name=_in_toml(name), wording=words)
    parse_manifest(text)
    return text


def begin(folder: Path, key: str, name: str, *, pattern: str, template: bytes) -> list[Path]:
    """The two files of a new format are in the folder, which is made where it is not there.

    Raises:
        FolderHasFormat: if one of the files is there; nothing is written.
        OSError: if the folder cannot be written.
    """
    said = first_manifest(pattern, key, name)
    files = [folder / MANIFEST, folder / TEMPLATE]
    for file in files:
        if file.exists():
            raise FolderHasFormat(file)
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in zip(files, (said.encode(), template), strict=True):
        with file.open("xb") as opened:  # never over one that came in between
            opened.write(content)
    return files


def _in_toml(words: str) -> str:
    """The words as a basic string of TOML."""
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda found: f"\\u{ord(found[0]):04X}", words) + '"'
