"""What comes with the program: its formats and the demonstration, as facts."""

from base64 import b64encode
from pathlib import Path

from app.errors import Fault
from app.facts.parse import parse
from app.facts.shapes import FactsFile, FormatShape
from app.formats.manifest import FaultyManifest, parse_manifest

DEMONSTRATION = Path(__file__).with_name("demonstration.yaml")
"""An invented force and its commissioner's office, with three quarters of history."""


def shipped_formats(folder: Path) -> tuple[FormatShape, ...]:
    """The formats in a folder that holds one folder each, with `format.toml` and `template.docx`, in their order."""
    return tuple(_format(manifest.parent, manifest.parent.name) for manifest in sorted(folder.glob("*/format.toml")))


def format_in(folder: Path) -> FactsFile:
    """The one format in this folder, by the key that its manifest says.

    Raises:
        FaultyManifest: if the manifest cannot be read.
        OSError: if one of the two files cannot be read.
    """
    key = parse_manifest(_text(folder / "format.toml")).key
    return FactsFile(facts="1", formats=(_format(folder, key),))


def _format(folder: Path, key: str) -> FormatShape:
    return FormatShape(
        key=key,
        manifest=_text(folder / "format.toml"),
        template=b64encode((folder / "template.docx").read_bytes()).decode(),
    )


def _text(manifest: Path) -> str:
    try:
        return manifest.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FaultyManifest(f"{manifest} cannot be read.", [Fault("", "It is not UTF-8.")]) from error


def demonstration() -> FactsFile:
    """The demonstration's facts."""
    return parse(DEMONSTRATION.read_bytes())
