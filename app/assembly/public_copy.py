"""What the public copy of a paper leaves out: decided before anything is worded, so that it is nowhere in the file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from app.assembly.snapshot import Snapshot
from app.formats.fields import FieldValue, Values
from app.formats.manifest import Manifest
from app.narrative.redaction import MARKED, redacted
from app.papers.blocks import Block, WorkstreamsBlock

Kept = TypeVar("Kept")


def public_values(manifest: Manifest, values: Values) -> dict[str, FieldValue]:
    """What the paper says in the fields that are public; in one that the format does not have, nothing is."""
    fields = manifest.every_field
    return {key: value for key, value in values.items() if key in fields and fields[key].public}


class Shown:
    """What the blocks that stand in a copy print of the chosen workstreams; `paths` are theme → it and those above."""

    def __init__(self, blocks: Iterable[Block], paths: Mapping[str, Sequence[str]]) -> None:
        self._blocks = [block for block in blocks if isinstance(block, WorkstreamsBlock)]
        self._paths = paths

    def has(self, theme: str) -> bool:
        """Whether workstreams of the theme are printed."""
        return any(self._covers(block, theme) for block in self._blocks)

    def of(self, theme: str, parts: Mapping[str, Kept]) -> dict[str, Kept]:
        """Of what is kept by part, that which is printed of the theme's workstreams."""
        covering = [block for block in self._blocks if self._covers(block, theme)]
        return {
            part: kept
            for part, kept in parts.items()
            if any(not block.parts or part in block.parts for block in covering)
        }

    def _covers(self, block: WorkstreamsBlock, theme: str) -> bool:
        return not block.themes or not set(block.themes).isdisjoint(self._paths[theme])


def without_marked_words(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the format's words wherever a narrative marks words as not public."""
    said = snapshot.model_dump(mode="json", exclude={"manifest"})
    manifest = {"manifest": snapshot.manifest.model_dump(mode="json")}
    return Snapshot.model_validate(_walked(said, snapshot.manifest.wording.redacted) | manifest)


def _walked(value: Any, words: str) -> Any:
    # Everything is looked at, so that no narrative is forgotten that is added to the snapshot one day.
    if isinstance(value, str):
        return redacted(value, words) if MARKED in value and value.startswith("<") else value
    if isinstance(value, list):
        return [_walked(entry, words) for entry in value]
    if isinstance(value, dict):
        return {key: _walked(entry, words) for key, entry in value.items()}
    return value
