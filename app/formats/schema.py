"""The published JSON Schema of `format.toml`, made from the manifest's shapes.

`python -m app.formats.schema docs/format.schema.json` writes it anew after a shape has changed.
"""

import json
import sys
from pathlib import Path

from app.formats.manifest import Manifest


def format_schema() -> str:
    """The JSON Schema (draft 2020-12) of a `format.toml`, as the text that is published."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Manifest.model_json_schema()}
    return json.dumps(schema | {"title": "Boardpapers format.toml"}, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(format_schema(), encoding="utf-8", newline="\n")
