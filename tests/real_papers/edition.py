"""The scrutiny format as it was worded in 2020: the project's own format with other words, the same Word template."""

import json
import tomllib
from typing import Any

from tests.real_papers.paper_facts import FORMAT, NOT_RATED, PARTS

WORDING = {
    "not_rated": NOT_RATED,
    "ratings_from": "Note: RAG assessment {source}.",
    "ratings_from_except": "Note: RAG assessment {source} except {exceptions}.",
}


def edition_of_2020(manifest: str) -> str:
    """The same `format.toml` with that year's parts, labels, dates and wording; the date of approval is typed in."""
    said = tomllib.loads(manifest)
    said |= {
        "key": FORMAT,
        "dates": "ordinal",
        "labels": {"draft": "1.{n}", "final": "{n}.0", "revised": "{m}.0r{n}"},
        "wording": said.get("wording", {}) | WORDING,
        "parts": [
            {"key": key, "label": label or "Progress", "heading": bool(label), "required": not label}
            for key, label in PARTS.items()
        ],
    }
    for row in said["front_sheet"]:
        if row["source"] == "approved-on":
            row["source"] = "field"
    return as_toml(said)


def as_toml(manifest: dict[str, Any]) -> str:
    """A manifest as the text of `format.toml`."""
    return "\n".join(f"{key} = {_toml(value)}" for key, value in manifest.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(entry)}' for key, entry in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
