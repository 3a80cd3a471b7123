"""Writes the backup of a populated database with the newest schema, for `test_upgrades.py`: once for each release.

uv run --group test python -m tests.upkeep.released.write
"""

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from sqlalchemy import func, select

from app.accounts.commands import command_line, create
from app.accounts.models import Role
from app.assembly.assemble import assemble
from app.facts.demonstration_round import KEY, UNANSWERED, play_round
from app.facts.load import load
from app.facts.shapes import FactsFile
from app.facts.shipped import demonstration, shipped_formats
from app.people.queries import get_person
from app.pictures.commands import add
from app.pictures.image import clean
from app.replies.commands import keep
from app.rounds.commands import claim_reminder, give_calendar
from app.rounds.queries import get_request
from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES
from app.tables import Base
from app.upkeep.backup import back_up
from app.upkeep.stores import Stores, open_stores
from app.upkeep.upgrade import newest, upgrade
from tests import stories

FOLDER = Path(__file__).parent


def write() -> Path:
    """The backup of the newest schema, with a row in every table; raises FileExistsError where there is one."""
    revision = newest(PACKAGED_MIGRATIONS)
    file = FOLDER / f"{revision}.zip"
    if file.exists():
        raise FileExistsError(file)
    with TemporaryDirectory() as place:
        folder = Path(place)
        url = f"sqlite:///{(folder / 'b.sqlite').as_posix()}"
        upgrade(url, PACKAGED_MIGRATIONS)
        stores = open_stores(url, folder / "blobs", folder / "checkpoints.jsonl")
        fill(stores)
        with stores.database.reading() as session:
            counts = {table.name: session.scalar(select(func.count()).select_from(table)) for table in _tables()}
            empty = sorted(name for name, count in counts.items() if not count)
        assert not empty, f"nothing in {empty}: nobody would notice if an upgrade lost their rows"
        back_up(stores, file, revision=revision, program="tests", now=stories.NOON)
        stores.database.dispose()
    return file


def fill(stores: Stores) -> None:
    """The demonstration with its papers generated, and whatever it has no example of."""
    now = stories.NOON
    with stores.database.writing() as session:
        by = command_line(session, now)
        facts = FactsFile(facts="1", formats=shipped_formats(PACKAGED_TEMPLATES))
        load(session, stores.blobs, facts, by=by.key, now=now)
        load(session, stores.blobs, demonstration(), by=by.key, now=now)
        play_round(session, stores.blobs, demonstration(), by=by.key)
        request = get_request(session, KEY, UNANSWERED[0])
        give_calendar(session, by, board=None, person=get_person(session, "acc-crime"), at=now)
        claim_reminder(session, request.id, "late", "lead@example", object_="reminder", by=by.key, at=now)
        for paper in demonstration().papers[:2]:
            assemble(session, stores.blobs, paper.reference, by=by, now=now)
        account, _ = create(session, key="ada", name="Ada", role=Role.AUTHOR, organisation_id=None, by=by.key, now=now)
        picture = BytesIO()
        Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
        add(session, stores.blobs, clean(picture.getvalue(), max_bytes=1_000, max_pixels=64), by=by.key, now=now)
        keep(
            session,
            account_key=account.key,
            idempotency_key="key-1",
            request_digest="ab" * 32,
            status=201,
            headers={"Location": "/api/v1/papers/P1"},
            body=b"made",
            now=now,
        )


def _tables():
    return Base.metadata.sorted_tables


if __name__ == "__main__":
    sys.stdout.write(f"{write()}\n")
