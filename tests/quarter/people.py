"""Who takes part in a quarter, each with a way into the service of their own, and the paper that they work on.

The service is served to them: they are clients of an address, and see what it shows them.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI

from app import word
from tests.api_fixtures import PASSWORD
from tests.clock import set_clock
from tests.service import free_port
from tests.stories import JANUARY, paper, scrutiny, update, workstream, world

REFERENCE, NEXT = "REGION-2027-03", "REGION-2027-06"
PAPER = f"/api/v1/papers/{REFERENCE}"
ROUND = f"/api/v1/rounds/{REFERENCE}"
LEADS = range(1, 21)

EQUALITY = 'heading = "Equality and/or Human Rights Implications"\n'
WRITTEN = (
    "purpose", "recommendations", "executive-summary", "background", "plan-priorities", "demand", "risks", "equality",
    "health-and-safety", "actions", "future-work",
)  # fmt: skip
"""What the paper's author writes; the rest fills itself."""


def marked_format() -> dict[str, str]:
    """The scrutiny format with a section that must be cleared."""
    said = scrutiny()["manifest"]
    assert EQUALITY in said
    return scrutiny() | {"manifest": said.replace(EQUALITY, f'{EQUALITY}clearance = "Head of equality"\n')}


def sections(**texts: str) -> list[dict[str, Any]]:
    """The paper's sections: these texts, and a sentence in each of the others; an empty text: none."""
    said = {key: f"About {key}." for key in WRITTEN} | texts
    return [{"key": key, "blocks": [{"kind": "narrative", "text": text}]} for key, text in said.items() if text]


FACTS = world(
    formats=[marked_format()],
    people=[*world()["people"], *({"key": f"lead-{n}", "name": f"Lead {n}", "organisation": "force"} for n in LEADS)],
    workstreams=[
        workstream() | {
            "ref": f"work-{n}", "name": f"Work {n}", "owner": f"lead-{n}", "position": n,
            "updates": [update(JANUARY, f"Work {n} went on.", ratings={"overall": "green"})],
        }
        for n in LEADS
    ],
    papers=[
        paper(
            reference=REFERENCE, title="Region", workstreams=[f"work-{n}" for n in LEADS],
            sections=sections(demand="", risks=""),
        )
    ],
)  # fmt: skip


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the application within the block, served by a thread of this process."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Quarter:
    """The service at its address, on a day, and who takes part."""

    app: FastAPI
    address: str
    admin: httpx2.Client
    pool: httpx2.HTTPTransport
    """The connections, which all share."""
    secretary: httpx2.Client = field(init=False)
    author: httpx2.Client = field(init=False)
    chief: httpx2.Client = field(init=False)
    """Decides, in a session."""
    deputy: httpx2.Client = field(init=False)
    """Clears in her own name, in a session."""
    intranet: httpx2.Client = field(init=False)
    """A token that may read versions and nothing else."""
    office: httpx2.Client = field(init=False)
    """A reader of the organisation whose board receives the paper."""
    clerk: httpx2.Client = field(init=False)
    """The secretary there."""
    leads: dict[int, httpx2.Client] = field(default_factory=dict)
    drafts: dict[str, list[str]] = field(default_factory=dict)
    """Label → the lines of the draft, as a reader meets them."""

    def on(self, month: int, day: int) -> None:
        """From now on, it is noon of that day of 2027."""
        noon = datetime(2027, month, day, 12, tzinfo=UTC)
        set_clock(self.app, lambda: noon)

    # Accounts

    def client(self, secret: str = "") -> httpx2.Client:
        """A client that asks by this secret."""
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return httpx2.Client(base_url=self.address, headers=headers, transport=self.pool, timeout=60)

    def account(self, name: str, role: str, organisation: str = "force", **said: Any) -> httpx2.Client:
        """The client of a new account, which asks by its token."""
        asked = {"key": name, "name": name, "role": role, "organisation": organisation} | said
        return self.client(done(self.admin.post("/api/v1/accounts", json=asked))["token"])

    def scoped(self, name: str, *scopes: str) -> httpx2.Client:
        """A client of the account that asks by a token for these deeds only."""
        asked = {"name": "only", "scopes": list(scopes)}
        return self.client(done(self.admin.post(f"/api/v1/accounts/{name}/tokens", json=asked))["token"])

    def browser(self, name: str) -> httpx2.Client:
        """A client of the account that asks in sessions: its person has set a password by a link."""
        link = done(self.admin.post(f"/api/v1/accounts/{name}/password-link"))["link"]
        browser = self.client()
        answer = browser.put("/api/v1/session/password", json={"link": link, "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        return browser

    def sign_in(self, browser: httpx2.Client, name: str) -> httpx2.Client:
        """The browser, in which the person has just signed in."""
        session = done(browser.post("/api/v1/session", json={"account": name, "password": PASSWORD}))
        browser.headers["X-CSRF-Token"] = session["csrf"]
        return browser

    # The round

    def answer(self, number: int, client: httpx2.Client | None = None, **said: Any) -> Any:
        """The answer for that workstream, by who has read what is asked."""
        client = client or self.leads[number]
        return done(client.post(f"{ROUND}/requests/work-{number}/answers", json={"given_by": f"lead-{number}"} | said))

    def changed(self, number: int, text: str, seen: int = 0) -> Any:
        """The lead reports this, red, who has read the revision `seen` of what is reported as at that day."""
        said = update("2027-02-08", text, ratings={"overall": "red"})
        return self.answer(number, kind="changed", update=said, revision=seen)

    def standings(self, **asked: str) -> dict[str, str]:
        """Workstream → how its request stands."""
        items = self.author.get(f"{ROUND}/requests", params={"limit": "50"} | asked).json()["items"]
        return {item["workstream"]: item["standing"] for item in items}

    def draft(self) -> tuple[str, set[int]]:
        """The label of the next draft, and for which workstreams it says that an answer is still to come."""
        label = done(self.author.post(f"{PAPER}/versions"))["label"]
        lines = self.drafts[label] = self.lines(label)
        to_come = {
            n for n in LEADS for line in lines
            if f"To be answered: Work {n} has not answered" in line or f"the answer of Work {n}, due on" in line
        }  # fmt: skip
        return label, to_come

    # The paper

    def write(self, **changes: Any) -> Any:
        """The author changes the paper."""
        there = self.author.get(PAPER)
        return done(self.author.put(PAPER, json=there.json() | changes, headers={"If-Match": there.headers["etag"]}))

    def seen(self) -> dict[str, str]:
        """The header that says which state of the review was seen."""
        return {"If-Match": self.author.get(f"{PAPER}/review").headers["etag"]}

    def submit(self, **said: Any) -> httpx2.Response:
        """The author submits the paper."""
        return self.author.post(f"{PAPER}/submissions", json=said, headers=self.seen())

    def document(self, label: str, paper: str = PAPER) -> bytes:
        """The bytes of a version."""
        answer = self.author.get(f"{paper}/versions/{label}/document")
        assert answer.status_code == 200, answer.text
        return answer.content

    def lines(self, label: str, paper: str = PAPER) -> list[str]:
        """What a version says, paragraph by paragraph, as a reader meets it."""
        return word.text_of(self.document(label, paper))

    def events(self, **asked: str) -> list[dict[str, Any]]:
        """What the log has of what is asked for, first to last."""
        asked = {"limit": "100"} | asked
        page = self.admin.get("/api/v1/audit", params=asked).json()
        found = page["items"]
        while page["next"]:
            page = self.admin.get("/api/v1/audit", params=asked | {"cursor": page["next"]}).json()
            found += page["items"]
        return found[::-1]


def done(answer: httpx2.Response) -> Any:
    """What was answered to something that was done."""
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


@contextmanager
def gathered(app: FastAPI, token: str) -> Iterator[Quarter]:
    """The service with the paper, its twenty workstreams, and everybody who takes part, by an administrator's token."""
    with served(app) as address, httpx2.HTTPTransport() as pool:
        headers = {"Authorization": f"Bearer {token}"}
        admin = httpx2.Client(base_url=address, headers=headers, transport=pool, timeout=60)
        quarter = Quarter(app, address, admin, pool)
        quarter.on(2, 1)
        done(admin.post("/api/v1/facts", json=FACTS))
        for n in LEADS:
            lead = quarter.account(f"lead-{n}", "workstream-lead", workstreams=[f"work-{n}"], person=f"lead-{n}")
            quarter.leads[n] = lead
        quarter.secretary = quarter.account("secretary", "board-secretary")
        quarter.author = quarter.account("author", "report-author", person="head")
        quarter.account("chief", "approver")
        quarter.account("deputy", "reader", person="dcc")
        quarter.chief, quarter.deputy = quarter.browser("chief"), quarter.browser("deputy")
        quarter.account("intranet", "client")
        quarter.intranet = quarter.scoped("intranet", "versions:read", "versions:download")
        quarter.office = quarter.account("office", "reader", "office")
        quarter.clerk = quarter.account("clerk", "board-secretary", "office")
        yield quarter
