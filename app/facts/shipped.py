"""What comes with the program: its formats and the demonstration, as facts."""

from base64 import b64encode
from pathlib import Path

from app.facts.parse import parse
from app.facts.shapes import FactsFile, FormatShape

DEMONSTRATION = Path(__file__).with_name("demonstration.yaml")
"""An invented force and its commissioner's office, with three quarters of history."""


def shipped_formats(folder: Path) -> tuple[FormatShape, ...]:
    """The formats in a folder that holds one folder each, with `format.toml` and `template.docx`, in their order."""
    return tuple(
        FormatShape(
            key=manifest.parent.name,
            manifest=manifest.read_text(encoding="utf-8"),
            template=b64encode((manifest.parent / "template.docx").read_bytes()).decode(),
        )
        for manifest in sorted(folder.glob("*/format.toml"))
    )


def demonstration() -> FactsFile:
    """The demonstration's facts."""
    return parse(DEMONSTRATION.read_bytes())
