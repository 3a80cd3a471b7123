"""A whole draft through the service: request in, facts read, rendered, stored, in the log, answer out.

The real application over a SQLite file, called as a server calls it, without a network in between.
"""

import asyncio
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI
from sqlalchemy import insert, select

from app.accounts import commands as accounts
from app.accounts.commands import command_line
from app.accounts.models import Role
from app.boards.models import Board, Meeting
from app.facts.load import load
from app.facts.parse import parse_facts
from app.formats.models import Format, TemplateChange, TemplateEvent, TemplateVersion
from app.main import create_app
from app.papers.lifecycle import State
from app.papers.models import Paper, Take
from app.rounds.models import Request, Round
from app.settings import PACKAGED_MIGRATIONS, Settings
from app.upkeep.stores import open_stores
from app.upkeep.upgrade import upgrade
from app.versions.models import Version
from app.workstreams.models import Theme, Update, UpdatePart, Workstream
from benchmarks.workload import COLUMNS, DIMENSIONS, RATINGS, SECTIONS, facts

DRAFTED_AT = (20, 200)
"""The numbers of workstreams at which a whole draft is measured."""
_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_FORMAT = Path(__file__).parent.parent / "templates" / "scrutiny"
_SECTIONS = (
    *("purpose", "recommendations", "executive-summary", "background", "plan-priorities", "demand", "risks"),
    *("consultation", "future-work"),
)
_ON = {"Red": "FFFFFF", "Amber": "000000", "Green": "FFFFFF"}
_FIRST_DAY = date(1990, 1, 1)
_UPDATES_EACH = 100
_UPDATES_A_PAPER = 20
_UPDATES_A_TEMPLATE = 10_000
_PAPERS_A_MEETING = 10
_ASKED = 10
"""Workstreams that a round asks."""
_VERSIONS = 40
"""Versions of the paper whose list is measured: more than a page of them."""
_FORMATS = 60


def reference_of(number: int) -> str:
    """What the service's paper with this number, from 0, is called."""
    return f"COL-2027-{number + 3:02}"


PAPER = reference_of(0)


class Service:
    """The application with the workload's paper in its database, and a client that may do everything.

    There may be several `papers`: of the same workstreams, each with the same words.
    """

    def __init__(self, folder: Path, n: int, papers: int = 1) -> None:
        self.settings = Settings(data=folder, generate_per_minute=1_000_000, _env_file=None)
        upgrade(self.settings.database_url, PACKAGED_MIGRATIONS)
        self.stores = open_stores(self.settings.database_url, self.settings.blobs, self.settings.audit_checkpoint_file)
        with self.stores.database.writing() as session:
            who = command_line(session, _NOW).key
            load(session, self.stores.blobs, parse_facts(paper_facts(n, papers)), by=who, now=_NOW)
            _, self.token = accounts.create(
                session,
                key="intranet",
                name="Intranet",
                role=Role.ADMINISTRATOR,
                organisation_id=None,
                by=who,
                now=_NOW,
            )
        self.app = create_app(self.settings)
        self._loop = asyncio.Runner()

    def close(self) -> None:
        """Its connections and its loop are closed."""
        self._loop.close()
        self.stores.database.dispose()

    def ask(self, method: str, path: str, expected: int = 200) -> bytes:
        """The body of the answer to a request; raises ValueError when its status is another."""
        status, answer = self._loop.run(_answer(self.app, method, path, self.token))
        if status != expected:
            raise ValueError(f"{method} {path}: {status} {answer[:300]!r}")
        return answer

    def reword(self, edition: int) -> None:
        """One workstream reports other words: the next draft is another document."""
        words = facts(1, edition=edition)["workstreams"][0]["paragraphs"][0]
        update = {"as_at": "2027-02-01", "parts": {"progress": words}}
        fact = {"ref": "w1", "name": "Workstream 1", "theme": "region", "position": 1, "updates": [update]}
        with self.stores.database.writing() as session:
            who = command_line(session, _NOW).key
            load(session, self.stores.blobs, parse_facts({"facts": "1", "workstreams": [fact]}), by=who, now=_NOW)

    def draft(self) -> bytes:
        """The answer to a request for the paper's next version, which was made and kept."""
        return self.ask("POST", f"/api/v1/papers/{PAPER}/versions", 201)

    def list(self) -> bytes:
        """The first page of the list of papers."""
        return self.ask("GET", "/api/v1/papers?limit=20")

    def read(self) -> bytes:
        """What one workstream has reported."""
        return self.ask("GET", "/api/v1/workstreams/w1/updates?limit=20")

    def preview(self) -> bytes:
        """The paper as it would be now."""
        return self.ask("POST", f"/api/v1/papers/{PAPER}/preview")

    def grow(self, updates: int) -> None:
        """So many updates of other workstreams are stored besides; papers, versions and rounds in proportion."""
        self._grow_updates(updates)
        self._grow_papers(updates // _UPDATES_A_PAPER)
        self._grow_formats(1 + updates // _UPDATES_A_TEMPLATE)

    def _grow_papers(self, papers: int) -> None:
        """So many papers that were approved long ago, each with a version, and with a closed round of its own."""
        with self.stores.database.writing() as session:
            first = session.scalars(select(Paper).where(Paper.reference == PAPER)).one()
            template = session.scalars(select(TemplateVersion)).one()
            board = session.scalars(select(Board.id)).one()
            asked = session.scalars(select(Workstream.id).order_by(Workstream.id).limit(_ASKED)).all()
            days = [_FIRST_DAY + timedelta(days=7 * number) for number in range(-(-papers // _PAPERS_A_MEETING))]
            meetings = session.scalars(
                insert(Meeting).returning(Meeting.id), [{"board_id": board, "held_on": day} for day in days]
            ).all()
            rows: list[dict[str, Any]] = [
                {
                    "reference": f"OLD-{number}",
                    "title": "Collaboration update",
                    "organisation_id": first.organisation_id,
                    "format_id": first.format_id,
                    "meeting_id": meetings[number // _PAPERS_A_MEETING],
                    "marking": "OFFICIAL",
                    "take": Take.LATEST,
                    "fields": {},
                    "state": State.APPROVED,
                }
                for number in range(papers)
            ]
            made = session.scalars(insert(Paper).returning(Paper.id), rows).all()
            kept = [(paper, 1) for paper in made] + [(first.id, number) for number in range(1, _VERSIONS + 1)]
            session.execute(insert(Version), [_version(paper, number, template) for paper, number in kept])
            opened = [
                {
                    "key": f"old-{number}",
                    "name": "Quarterly update",
                    "organisation_id": first.organisation_id,
                    "meeting_id": meetings[number // _PAPERS_A_MEETING],
                    "due_on": _FIRST_DAY,
                    "as_at": _FIRST_DAY,
                    "closed": True,
                }
                for number in range(papers)
            ]
            rounds = session.scalars(insert(Round).returning(Round.id), opened).all()
            session.execute(
                insert(Request),
                [
                    {"round_id": one, "workstream_id": workstream, "position": place, "parts": []}
                    for one in rounds
                    for place, workstream in enumerate(asked)
                ],
            )

    def _grow_formats(self, versions: int) -> None:
        """A page full of formats, each with so many template versions that were live in turn."""
        with self.stores.database.writing() as session:
            manifest = session.scalars(select(TemplateVersion.manifest)).first()
            for number in range(_FORMATS):
                row = {"key": f"format-{number}", "name": f"Format {number}"}
                format_ = session.scalar(insert(Format).returning(Format.id), row)
                found = [
                    {
                        "format_id": format_,
                        "number": count,
                        "digest": _digest(f"{number}/{count}"),
                        "manifest": manifest,
                        "template_digest": _digest("template"),
                        "added_at": _NOW,
                    }
                    for count in range(1, versions + 1)
                ]
                made = session.scalars(insert(TemplateVersion).returning(TemplateVersion.id), found).all()
                session.execute(
                    insert(TemplateEvent),
                    [
                        {"template_version_id": one, "change": change, "at": _NOW, "by": "command-line"}
                        for one in made
                        for change in TemplateChange
                        if change is not TemplateChange.RETIRED
                    ],
                )

    def _grow_updates(self, updates: int) -> None:
        with self.stores.database.writing() as session:
            theme = session.scalars(select(Theme.id)).first()
            for number in range(updates // _UPDATES_EACH):
                name = f"old-{number}"
                row = {"ref": name, "name": name, "theme_id": theme, "position": 1000 + number}
                workstream = session.scalar(insert(Workstream).returning(Workstream.id), row)
                history = [
                    {
                        "workstream_id": workstream,
                        "as_at": _FIRST_DAY + timedelta(days=91 * quarter),
                        "revision": 1,
                        "nothing_to_report": False,
                        "recorded_at": _NOW,
                    }
                    for quarter in range(_UPDATES_EACH)
                ]
                made = session.scalars(insert(Update).returning(Update.id), history).all()
                session.execute(
                    insert(UpdatePart),
                    [{"update_id": update, "part": "progress", "narrative": "<p>As before.</p>"} for update in made],
                )


@contextmanager
def service(n: int, papers: int = 1) -> Iterator[Service]:
    """A service in a folder of its own, which is gone afterwards; each of its papers has `n` workstreams."""
    with TemporaryDirectory(prefix="boardpapers-benchmark-") as folder:
        made = Service(Path(folder), n, papers)
        try:
            yield made
        finally:
            made.close()


def _version(paper: int, number: int, template: TemplateVersion) -> dict[str, Any]:
    """A row of a version; its snapshot is as long as one (as a manifest is), and no more than that."""
    return {
        "paper_id": paper,
        "number": number,
        "label": f"0.{number}",
        "template_version_id": template.id,
        "engine": 1,
        "snapshot": template.manifest,
        "snapshot_digest": _digest("snapshot"),
        "facts_digest": _digest("facts"),
        "content_digest": _digest("content"),
        "file_digest": _digest("file"),
        "size": 1,
        "file_name": "paper.docx",
        "open_points": 0,
        "made_at": _NOW,
        "made_by": "command-line",
    }


def _digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()


async def _answer(app: FastAPI, method: str, path: str, token: str) -> tuple[int, bytes]:
    sent: list[Mapping[str, Any]] = []
    headers = {"host": "localhost", "authorization": f"Bearer {token}"}
    where, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def paper_facts(n: int, papers: int = 1) -> dict[str, Any]:
    """The workload's plain paper as a facts file: as many words, tables and ratings; so many times over."""
    said = facts(n)
    workstreams = said["workstreams"]
    sections = [
        {"key": key, "blocks": [{"kind": "narrative", "text": _text("\n\n".join(said[name]))}]}
        for key, name in zip(_SECTIONS, SECTIONS, strict=True)
    ]
    tables = [{"kind": "table", "text": _html(_table(table["rows"]))} for table in said["tables"]]
    return {
        "facts": "1",
        "formats": [
            {
                "key": "scrutiny",
                "manifest": (_FORMAT / "format.toml").read_text(encoding="utf-8"),
                "template": b64encode((_FORMAT / "template.docx").read_bytes()).decode(),
            }
        ],
        "organisations": [
            {"key": "force", "name": "Ambershire Police", "short_name": "Ambershire"},
            {"key": "office", "name": "Office of the Commissioner", "short_name": "OPCC"},
        ],
        "people": [{"key": "head", "name": "Head of Change", "organisation": "force"}],
        "rag_schemes": [
            {
                "key": "programme",
                "name": "Programme ratings",
                "values": [
                    {"key": word.lower(), "label": word, "meaning": "", "background": colour, "colour": _ON[word]}
                    for word, colour in RATINGS
                    if word in _ON
                ],
                "dimensions": [{"key": name, "label": name.capitalize()} for name in DIMENSIONS],
            }
        ],
        "boards": [
            {
                "key": "board",
                "name": "Scrutiny Board",
                "organisation": "office",
                "programme_title": "Scrutiny Programme",
                "recipient": "the Office of the Commissioner",
                "meetings": [{"held_on": "2027-03-11"}],
            }
        ],
        "themes": [
            {
                "key": "region",
                "name": "Regional work",
                "organisation": "force",
                "rag_scheme": "programme",
                "rating_source": "from the programme pack",
            }
        ],
        "workstreams": [_workstream(number, said) for number, said in enumerate(workstreams, 1)],
        "papers": [
            {
                "reference": reference_of(number),
                "title": "Collaboration update",
                "organisation": "force",
                "format": "scrutiny",
                "board": "board",
                "meeting": "2027-03-11",
                "marking": "OFFICIAL",
                "chief_officer": "head",
                "author": "head",
                "agenda_number": "5",
                "workstreams": [f"w{workstream}" for workstream in range(1, n + 1)],
                "sections": [*sections, {"key": "appendix", "blocks": tables}],
            }
            for number in range(papers)
        ],
    }


def _workstream(number: int, said: Mapping[str, Any]) -> dict[str, Any]:
    bullets = "".join(f"<li><p>{escape(bullet, quote=False)}</p></li>" for bullet in said["bullets"])
    ratings = {name: rated["word"].lower().replace(" ", "-") for name, rated in said["ratings"].items()}
    parts = {"progress": _text("\n\n".join(said["paragraphs"])), "recent-activity": _html(f"<ul>{bullets}</ul>")}
    return {
        "ref": f"w{number}",
        "name": f"Workstream {number}",
        "theme": "region",
        "position": number,
        "updates": [{"as_at": "2027-01-15", "parts": parts, "ratings": ratings}],
    }


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    head = "".join(f'<th scope="col"><p>{name}</p></th>' for name in COLUMNS)
    body = "".join(
        f"<tr>{''.join(f'<td><p>{escape(row[name], quote=False)}</p></td>' for name in COLUMNS)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(words: str) -> dict[str, str]:
    return {"format": "text", "value": words}


def _html(markup: str) -> dict[str, str]:
    return {"format": "html", "value": markup}
