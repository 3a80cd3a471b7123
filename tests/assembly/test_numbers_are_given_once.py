"""Stories of several people generating at once: every kept version has a number of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.blobs import Blobs
from app.db import Database
from app.papers.queries import get
from app.versions.queries import page
from tests import stories
from tests.stories import PAPER

WRITERS = 8


def test_many_at_once_make_one_version_where_nothing_changed(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, stories.world())
    gate = Barrier(WRITERS)

    def generate(_: int) -> tuple[bool, str]:
        gate.wait()
        generated = stories.generate(database, blobs)
        return generated.is_new, generated.version.label

    with ThreadPoolExecutor(WRITERS) as people:
        answers = sorted(people.map(generate, range(WRITERS)))
    assert answers == [(False, "0.1")] * (WRITERS - 1) + [(True, "0.1")]
    with database.reading() as session:
        assert [version.label for version in page(session, get(session, PAPER).id)] == ["0.1"]


def test_many_changes_at_once_number_their_versions_without_a_gap(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, stories.world())
    gate = Barrier(WRITERS)

    def change_and_generate(writer: int) -> None:
        gate.wait()
        words = f"Writer {writer} was here."
        changed = stories.workstream(updates=[stories.update(stories.JANUARY, words)])
        stories.put(database, blobs, {"workstreams": [changed]})
        stories.generate(database, blobs)

    with ThreadPoolExecutor(WRITERS) as people:
        list(people.map(change_and_generate, range(WRITERS)))
    with database.reading() as session:
        labels = [version.label for version in page(session, get(session, PAPER).id)]
    assert labels == [f"0.{number}" for number in range(1, len(labels) + 1)]
    assert 1 <= len(labels) <= WRITERS
