"""Writes the golden snapshots and digests anew, from the demonstration: run it when `ENGINE` has risen."""

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT))

from app.accounts.commands import command_line  # noqa: E402
from app.assembly.assemble import ENGINE, assemble, make  # noqa: E402
from app.assembly.snapshot import Snapshot  # noqa: E402
from app.facts.load import load  # noqa: E402
from app.facts.shapes import FactsFile  # noqa: E402
from app.facts.shipped import demonstration, shipped_formats  # noqa: E402
from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES  # noqa: E402
from app.upkeep.stores import open_stores  # noqa: E402
from app.upkeep.upgrade import upgrade  # noqa: E402

NAMES = {"quarterly": "collaboration-2026-12", "one-subject": "digital-evidence-2026-12"}
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def write_snapshots(folder: Path) -> None:
    """The demonstration's two papers as snapshots, and the template that prints them."""
    url = f"sqlite:///{(folder / 'golden.sqlite').as_posix()}"
    upgrade(url, PACKAGED_MIGRATIONS)
    stores = open_stores(url, folder / "blobs", folder / "checkpoints.jsonl")
    with stores.database.writing() as session:
        by = command_line(session, NOW)
        for facts in (FactsFile(facts="1", formats=shipped_formats(PACKAGED_TEMPLATES)), demonstration()):
            load(session, stores.blobs, facts, by=by.key, now=NOW)
        for name, reference in NAMES.items():
            version = assemble(session, stores.blobs, reference, by=by, now=NOW).version
            (HERE / f"{name}.json").write_text(version.snapshot, encoding="utf-8")
    stores.database.dispose()
    shutil.copyfile(PACKAGED_TEMPLATES / "scrutiny" / "template.docx", HERE / "template.docx")


def write_digests() -> None:
    """What this engine makes of the golden snapshots."""
    template = (HERE / "template.docx").read_bytes()
    digests = {
        name: {
            "engine": ENGINE,
            "content": make(
                Snapshot.from_json((HERE / f"{name}.json").read_text(encoding="utf-8")), template
            ).content_digest,
        }
        for name in NAMES
    }
    (HERE / "digests.json").write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write_snapshots(Path(scratch))
    write_digests()
