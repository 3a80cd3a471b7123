"""What processes do that write through the writing door, to be killed or to be many at once."""

import os
import random
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx2
from sqlalchemy import select

from app.audit.commands import record
from app.db import Database, lock
from app.people.models import Organisation
from app.pictures.models import Picture
from app.upkeep.stores import open_stores


def keep_until_killed(url: str, blobs: Path, checkpoints: Path, acknowledged: Path, seed: int) -> None:
    """Keeps a new file with its row and its event, tells of it in `acknowledged`, and so on for ever."""
    stores = open_stores(url, blobs, checkpoints)
    chance = random.Random(seed)
    with acknowledged.open("ab", buffering=0) as told:
        while True:
            data = chance.randbytes(chance.choice([10, 5_000, 200_000]))
            with stores.database.writing() as session:
                digest = stores.blobs.put(data)
                now = datetime.now(UTC)
                picture = Picture(
                    digest=digest, media_type="image/png", width=1, height=1, size=len(data), added_at=now
                )
                session.add(picture)
                record(session, "picture.added", f"picture/{digest}", by="writer", at=now, digests={"file": digest})
            told.write(f"{digest}\n".encode())


def count_up(url: str, times: int) -> None:
    """Adds one to a number that all of them edit, so many times."""
    database = Database(url)
    for _ in range(times):
        with database.writing() as session:
            lock(session, "organisation/force")
            force = session.scalars(select(Organisation).where(Organisation.key == "force")).one()
            force.short_name = str(int(force.short_name) + 1)
            record(session, "organisation.changed", "organisation/force", by=str(os.getpid()), at=datetime.now(UTC))
    database.dispose()


def count_up_over_http(address: str, token: str, times: int) -> None:
    """Adds one to a number that all of them edit over the API, so many times; whoever was too slow reads again."""
    chance = random.Random(os.getpid())
    thing = f"{address}/api/v1/organisations/force"
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:
        for _ in range(times):
            for tries in count():
                seen = client.get(thing)
                seen.raise_for_status()
                document = seen.json()
                document["short_name"] = str(int(document["short_name"]) + 1)
                answer = client.put(thing, json=document, headers={"If-Match": seen.headers["etag"]})
                if answer.status_code != 412:
                    answer.raise_for_status()
                    break
                time.sleep(chance.uniform(0, min(1, 0.05 * 2**tries)))
