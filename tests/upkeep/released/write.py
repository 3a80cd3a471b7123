"""Writes the backup of a populated database with the newest schema, for `test_upgrades.py`: once for each release.

uv run --group test python -m tests.upkeep.released.write
"""

import sys
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts import sign_in
from app.accounts.commands import command_line, create
from app.accounts.models import Role
from app.assembly import issuing, review
from app.assembly.assemble import assemble
from app.blobs import Blobs
from app.boards.queries import next_meeting
from app.facts.demonstration_round import KEY, UNANSWERED, play_round
from app.facts.load import load
from app.facts.shapes import FactsFile
from app.facts.shipped import demonstration, shipped_formats
from app.papers import commands as paper_commands
from app.papers import queries as papers
from app.papers.commands import ActionEntry
from app.people.queries import get_person
from app.pictures.commands import add
from app.pictures.image import clean
from app.replies.commands import keep
from app.rounds.commands import claim_reminder, give_calendar
from app.rounds.queries import get_request
from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES
from app.tables import Base
from app.unsent import commands as unsent
from app.upkeep.backup import back_up
from app.upkeep.stores import Stores, open_stores
from app.upkeep.upgrade import newest, upgrade
from app.versions import commands as version_commands
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
        empty = empty_tables(stores)
        assert not empty, f"nothing in {empty}: nobody would notice if an upgrade lost their rows"
        back_up(stores, file, revision=revision, program="tests", now=stories.NOON)
        stores.database.dispose()
    return file


def empty_tables(stores: Stores) -> list[str]:
    """The tables of the newest schema in which there is nothing."""
    with stores.database.reading() as session:
        counts = {table.name: session.scalar(select(func.count()).select_from(table)) for table in _tables()}
    return sorted(name for name, count in counts.items() if not count)


def fill(stores: Stores) -> None:
    """The demonstration with its papers generated, one of them come all its way, and whatever it has no example of."""
    now = stories.NOON
    _demonstration(stores, now)
    with stores.database.writing() as session:
        _bring_before_the_board(session, stores.blobs, now)
        _sign_in(session, now)


def _demonstration(stores: Stores, now: datetime) -> None:
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


def _bring_before_the_board(session: Session, blobs: Blobs, now: datetime) -> None:
    """The paper is cleared, commented on, approved, released, moved to another meeting, and had by it."""
    paper = papers.get(session, PAPER)
    own = {"organisation_id": paper.organisation_id, "by": "ada", "now": now}
    officer, _ = create(session, key="officer", name="Officer", role=Role.APPROVER, **own)
    secretary, _ = create(session, key="secretary", name="Secretary", role=Role.SECRETARY, **own)
    text = {"place": "section/purpose", "digest": "ab" * 32, "person": paper.chief_officer, "day": now.date()}
    paper_commands.clear(session, paper, **text, by="secretary", at=now)
    submission = review.submit(session, blobs, PAPER, by=secretary, now=now)
    about = {"place": "section/purpose", "text": "Why?", "by": officer, "now": now}
    made = review.comment(session, submission.version, **about)
    kept = papers.kept(session, PAPER)
    version_commands.resolve(session, paper=kept, number=made.number, by="officer", now=now)
    digest = review.candidate(session, blobs, PAPER, now=now).digest
    label = review.approve(session, blobs, PAPER, digest=digest, by=officer, now=now).version.label
    issuing.release(session, PAPER, label, by=secretary, now=now)
    sitting = next_meeting(session, paper.meeting)
    moved = {"agenda_number": None, "meeting": sitting.held_on}
    issuing.reissue(session, blobs, PAPER, **moved, by=secretary, now=now)
    asked = [ActionEntry("Bring the cost of the second phase.", paper.chief_officer, None)]
    paper_commands.record_outcome(session, kept, text="Noted.", actions=asked, by="secretary", at=now)
    paper_commands.finish_action(session, kept, 1, done_on=now.date(), note=None, by="secretary", at=now)


def _sign_in(session: Session, now: datetime) -> None:
    """Ada tried to sign in, was given a link, signed in, goes to the provider, and has something unsent."""
    ada = accounts.get(session, "ada")
    sign_in.count_attempt(session, ["account/ada"], at_most=5, now=now)
    sign_in.give_link(session, ada, by="officer", now=now)
    hour = timedelta(hours=1)
    rules = sign_in.SessionRules(hour, hour, hour, attempts_a_minute=5, plain_http=False)
    sign_in.begin(session, ada, rules, now=now)
    sign_in.leave_for_provider(session, None, now=now)
    unsent.keep(session, account_key="ada", page="/papers/P1", fields={"title": ["Later"]}, now=now)


PAPER = "digital-evidence-2026-12"
"""A paper of the demonstration without a gap."""


def _tables():
    return Base.metadata.sorted_tables


if __name__ == "__main__":
    sys.stdout.write(f"{write()}\n")
