"""Stories of sameness: the same facts are the same bytes, on another day, machine, database, time zone or locale."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.assembly.assemble import ENGINE, make, make_again
from app.assembly.snapshot import Snapshot
from app.blobs import Blobs
from app.db import Database
from app.versions.queries import get
from app.word import content_digest
from tests import stories
from tests.stories import PAPER, ROOT

pytestmark = pytest.mark.trust(15, each="ways to make a document again, equal")

GOLDEN = Path(__file__).parent / "golden"

MAKE_AGAIN = """
import sys
from hashlib import sha256
from app.assembly.assemble import make
from app.assembly.snapshot import Snapshot
snapshot, template = sys.argv[1:]
document = make(Snapshot.from_json(open(snapshot, encoding="utf-8").read()), open(template, "rb").read())
print(document.content_digest, sha256(document.content).hexdigest())
"""


@pytest.mark.parametrize("name", ["quarterly", "one-subject"])
def test_the_output_changes_only_with_the_number_of_the_engine(name: str) -> None:
    """If this fails, the document of the same facts is another one: raise `ENGINE`, then write the new digest down."""
    template = (GOLDEN / "template.docx").read_bytes()
    document = make(Snapshot.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8")), template)
    known = json.loads((GOLDEN / "digests.json").read_text(encoding="utf-8"))
    assert {"engine": ENGINE, "content": document.content_digest} == known[name]


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "7", "LC_ALL": "C.UTF-8"},
    ],
)
def test_another_process_time_zone_and_locale_make_the_same_bytes(surroundings: dict[str, str]) -> None:
    snapshot, template = GOLDEN / "quarterly.json", GOLDEN / "template.docx"
    here = make(Snapshot.from_json(snapshot.read_text(encoding="utf-8")), template.read_bytes())
    there = subprocess.run(
        [sys.executable, "-c", MAKE_AGAIN, str(snapshot), str(template)],
        env=os.environ | surroundings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    from hashlib import sha256

    assert there.stdout.split() == [here.content_digest, sha256(here.content).hexdigest()]


def test_both_databases_make_the_same_bytes(sqlite_url: str, postgresql_url: str, blobs: Blobs) -> None:
    made = []
    for url in (sqlite_url, postgresql_url):
        database = Database(url)
        stories.put(database, blobs, stories.world())
        made.append(stories.generate(database, blobs).version)
        database.dispose()
    assert made[0].snapshot == made[1].snapshot
    assert made[0].file_digest == made[1].file_digest


def test_a_version_is_made_again_from_its_snapshot_and_template(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, stories.world())
    stories.generate(database, blobs)
    changed = stories.workstream(updates=[stories.update("2027-02-01", "Something else altogether.")])
    stories.put(database, blobs, {"workstreams": [changed]})
    with database.reading() as session:
        version = get(session, PAPER, "0.1")
        assert make_again(version, blobs).content == blobs.get(version.file_digest)


def test_a_snapshot_is_the_same_after_json() -> None:
    text = (GOLDEN / "quarterly.json").read_text(encoding="utf-8")
    assert Snapshot.from_json(text).to_json() == text


def test_a_copy_of_a_snapshot_says_what_it_says() -> None:
    snapshot = Snapshot.from_json((GOLDEN / "quarterly.json").read_text(encoding="utf-8"))
    told = snapshot.to_json(), snapshot.digest, snapshot.facts_digest
    labelled, renumbered = snapshot.model_copy(update={"label": "9.9"}), snapshot.model_copy(update={"schemes": ()})
    assert json.loads(labelled.to_json())["label"] == "9.9"
    assert (labelled.digest == told[1], labelled.facts_digest == told[2]) == (False, True)
    assert renumbered.facts_digest != told[2]
    assert (snapshot.to_json(), snapshot.digest, snapshot.facts_digest) == told


@pytest.mark.parametrize("name", ["quarterly", "one-subject"])
def test_the_digest_of_a_document_is_known_before_it_is_packed(name: str) -> None:
    template = (GOLDEN / "template.docx").read_bytes()
    document = make(Snapshot.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8")), template)
    assert document.content_digest == content_digest(document.content)
