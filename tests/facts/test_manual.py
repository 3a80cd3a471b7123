"""What the manual of the facts file shows can be loaded as it stands there, and names everything that there is."""

import re
from typing import get_args

from app.facts.shapes import FactsFile
from app.papers.blocks import Block
from tests.conftest import ROOT
from tests.facts.stories import formats, loaded

MANUAL = (ROOT / "docs" / "facts-file.md").read_text(encoding="utf-8")


def test_the_example_can_be_loaded(database, blobs):
    from app.facts.parse import parse

    example = max(re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL), key=len)
    facts = parse(example.encode())
    shown = {name for name in FactsFile.model_fields if getattr(facts, name)}
    assert shown == set(FactsFile.model_fields) - {"formats"}
    outcome = loaded(database, blobs, formats(), facts)
    assert {row.outcome for row in outcome.rows} == {"added"}


def test_every_block_and_what_it_may_say_is_in_the_table():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \|([^|]*)\|$", MANUAL, re.MULTILINE))
    models = get_args(get_args(Block)[0])
    said = {model.model_fields["kind"].default: set(model.model_fields) - {"kind", "public"} for model in models}
    assert all("public" in model.model_fields for model in models)
    assert "`public: false`" in MANUAL
    assert {kind: set(re.findall(r"`([a-z_]+)`", row)) for kind, row in rows.items()} == said
