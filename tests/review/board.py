"""A paper that says everything its format asks for, and the people who bring it before a board."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.models import Role
from tests.api_fixtures import PASSWORD
from tests.clock import set_clock
from tests.stories import NOON, PAPER, paper, scrutiny, world

ADDRESS = f"/api/v1/papers/{PAPER}"
WRITTEN = (
    "purpose", "recommendations", "executive-summary", "background", "plan-priorities", "demand", "risks", "equality",
    "health-and-safety", "actions", "future-work",
)  # fmt: skip


def whole_paper(**changes: Any) -> dict[str, Any]:
    """The world's paper without a gap."""
    sections = [{"key": key, "blocks": [{"kind": "narrative", "text": f"About {key}."}]} for key in WRITTEN]
    return paper(sections=sections, consultees=["dcc"]) | changes


@dataclass
class Board:
    """Those who bring a paper before a board, in their browsers: each sees what the service shows them."""

    app: FastAPI
    admin: TestClient
    author: TestClient
    approver: TestClient
    secretary: TestClient

    def review(self) -> dict[str, Any]:
        return self.admin.get(f"{ADDRESS}/review").json()

    def seen(self) -> dict[str, str]:
        """The header that says which state of the review was seen."""
        return {"If-Match": self.admin.get(f"{ADDRESS}/review").headers["etag"]}

    def post(self, client: TestClient, deed: str, body: Any = None, **options: Any):
        return client.post(f"{ADDRESS}/{deed}", json=body, **options)

    def submit(self, client: TestClient | None = None, **said: Any):
        return self.post(client or self.author, "submissions", said, headers=self.seen())

    def candidate(self, **asked: Any) -> dict[str, Any]:
        answer = self.approver.get(f"{ADDRESS}/candidate", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def approve(self, client: TestClient | None = None, **said: Any):
        body = {"decision": "approve", "digest": said.pop("digest", None) or self.candidate()["digest"]} | said
        return self.post(client or self.approver, "decisions", body)

    def send_back(self, client: TestClient | None = None, **said: Any):
        return self.post(client or self.approver, "decisions", {"decision": "send-back"} | said)

    def reopen(self):
        answer = self.post(self.author, "reopening", headers=self.seen())
        assert answer.status_code == 200, answer.text
        return answer

    def write(self, **changes: Any):
        """The author changes the paper."""
        there = self.author.get(ADDRESS)
        return self.author.put(ADDRESS, json=there.json() | changes, headers={"If-Match": there.headers["etag"]})

    def labels(self) -> list[str]:
        return [item["label"] for item in self.admin.get(f"{ADDRESS}/versions").json()["items"]]

    def version(self, label: str) -> dict[str, Any]:
        return self.admin.get(f"{ADDRESS}/versions/{label}").json()

    def document(self, label: str) -> bytes:
        return self.admin.get(f"{ADDRESS}/versions/{label}/document").content

    def on(self, year: int, month: int, day: int) -> None:
        """From now on, it is noon of that day, and who had a session signs in again."""
        set_clock(self.app, lambda: datetime(year, month, day, 12, tzinfo=UTC))
        for name in PEOPLE:
            sign_in(getattr(self, name), f"{name}-force")


PEOPLE = {"author": Role.AUTHOR, "approver": Role.APPROVER, "secretary": Role.SECRETARY}


def sign_in(browser: TestClient, key: str) -> None:
    """The person whose account that is has a new session in the browser."""
    answer = browser.post("/api/v1/session", json={"account": key, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf"]


def gather(app: FastAPI, admin: TestClient, person_of: Any, *, manifest: str = "", **changes: Any) -> Board:
    """The small world with its paper whole, and its people; `manifest` stands behind the format's own."""
    format_ = scrutiny() | {"manifest": f"{scrutiny()['manifest']}\n{manifest}"}
    answer = admin.post("/api/v1/facts", json=world(formats=[format_], papers=[whole_paper(**changes)]))
    assert answer.status_code == 200, answer.text
    set_clock(app, lambda: NOON)
    people = {name: person_of(role, "force", f"{name}-force") for name, role in PEOPLE.items()}
    return Board(app, admin, **people)
