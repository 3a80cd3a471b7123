"""The published JSON Schema of the facts file, made from its shapes.

`python -m app.facts.schema docs/facts.schema.json` writes it anew after a shape has changed.
"""

import json
import sys
from pathlib import Path

from app.facts.shapes import FactsFile


def facts_schema() -> str:
    """The JSON Schema (draft 2020-12) of a facts file, as the text that is published."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **FactsFile.model_json_schema()}
    return json.dumps(schema | {"title": "Boardpapers facts file"}, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(facts_schema(), encoding="utf-8", newline="\n")
