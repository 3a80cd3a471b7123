"""The round of a quarter, through the API alone: twenty leads are asked and answer, and drafts say who has not.

A chapter for a quarter's story, or one by itself: it brings its own paper with its own twenty workstreams.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from app import word
from app.web.deps import utc_now
from tests.stories import JANUARY, MARCH, paper, scrutiny, update, workstream, world

REFERENCE = "REGION-2027-03"
ADDRESS = f"/api/v1/papers/{REFERENCE}"
ROUND = f"/api/v1/rounds/{REFERENCE}"
LEADS = range(1, 21)
BEFORE, DUE, AFTER = date(2027, 2, 8), date(2027, 2, 11), date(2027, 2, 12)

FACTS = world(
    formats=[scrutiny()],
    people=[*world()["people"], *({"key": f"lead-{n}", "name": f"Lead {n}", "organisation": "force"} for n in LEADS)],
    workstreams=[
        workstream() | {
            "ref": f"work-{n}", "name": f"Work {n}", "owner": f"lead-{n}", "position": n,
            "updates": [update(JANUARY, f"Work {n} went on.", ratings={"overall": "green"})],
        }
        for n in LEADS
    ],
    papers=[paper(reference=REFERENCE, title="Region", workstreams=[f"work-{n}" for n in LEADS])],
)  # fmt: skip


@dataclass
class RoundOfAQuarter:
    """Who takes part, each with a token of their own."""

    app: FastAPI
    secretary: TestClient
    author: TestClient
    leads: dict[int, TestClient]
    drafts: dict[str, list[str]] = field(default_factory=dict)
    """Label → the lines of the draft, as a reader meets them."""

    def on(self, day: date) -> None:
        """From now on, it is noon of that day."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        self.app.dependency_overrides[utc_now] = lambda: noon

    def answer(self, number: int, client: TestClient | None = None, **said: Any) -> Any:
        body = {"given_by": f"lead-{number}"} | said
        answer = (client or self.leads[number]).post(f"{ROUND}/requests/work-{number}/answers", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def changed(self, number: int, text: str, seen: int = 0) -> Any:
        said = update("2027-02-08", text, ratings={"overall": "red"})
        return self.answer(number, kind="changed", update=said, revision=seen)

    def draft(self) -> tuple[str, set[int]]:
        """The label of the next draft, and for which workstreams it says that an answer is still to come."""
        made = self.author.post(f"{ADDRESS}/versions")
        assert made.status_code == 201, made.text
        label = made.json()["label"]
        lines = word.text_of(self.author.get(f"{ADDRESS}/versions/{label}/document").content)
        self.drafts[label] = lines
        to_come = {
            n for n in LEADS for line in lines
            if f"To be answered: Work {n} has not answered" in line or f"the answer of Work {n}, due on" in line
        }  # fmt: skip
        return label, to_come

    def standings(self, **asked: str) -> dict[str, str]:
        items = self.author.get(f"{ROUND}/requests", params={"limit": "50"} | asked).json()["items"]
        return {item["workstream"]: item["standing"] for item in items}


def gather(app: FastAPI, admin: TestClient) -> RoundOfAQuarter:
    """The paper with its twenty workstreams, and an account with a token for each who takes part."""
    loaded = admin.post("/api/v1/facts", json=FACTS)
    assert loaded.status_code == 200, loaded.text

    def account(key: str, role: str, **confined: Any) -> TestClient:
        asked = {"key": key, "name": key, "role": role, "organisation": "force"} | confined
        made = admin.post("/api/v1/accounts", json=asked)
        assert made.status_code == 201, made.text
        return TestClient(app, headers={"Authorization": f"Bearer {made.json()['token']}"})

    leads = {n: account(f"lead-{n}", "workstream-lead", workstreams=[f"work-{n}"]) for n in LEADS}
    return RoundOfAQuarter(app, account("clerk", "board-secretary"), account("writer", "report-author"), leads)


def opened(quarter: RoundOfAQuarter) -> None:
    """The secretary opens the round that the paper proposes; 0.1 says that nobody has answered."""
    quarter.on(date(2027, 2, 1))
    proposed = quarter.secretary.get(f"{ADDRESS}/proposed-round").json()
    assert (len(proposed["requests"]), proposed["meeting"], proposed["due_on"]) == (20, MARCH, DUE.isoformat())
    assert quarter.secretary.put(ROUND, json=proposed).status_code == 201
    seen = quarter.leads[7].get(f"{ROUND}/requests/work-7", params={"text": "1"}).json()
    assert seen["last_time"]["parts"] == {"progress": "Work 7 went on."}
    refused = quarter.leads[7].post(f"{ROUND}/requests/work-8/answers", json={"kind": "no-change"})
    assert refused.status_code == 403, "nobody answers for another's workstream"
    assert quarter.draft() == ("0.1", set(LEADS))


def eight_report_what_changed(quarter: RoundOfAQuarter) -> None:
    """0.2 has what eight reported, and names the twelve that are missing."""
    quarter.on(BEFORE)
    for n in range(1, 9):
        quarter.changed(n, f"Work {n} moved on.")
    assert quarter.draft() == ("0.2", set(range(9, 21)))
    assert "Work 8 moved on." in quarter.drafts["0.2"]


def others_on_the_day(quarter: RoundOfAQuarter) -> None:
    """Five say that nothing changed, two have nothing to report, one answers by a link, one for an absent colleague.

    The author sends one back: 0.3 says so.
    """
    quarter.on(DUE)
    for n in range(9, 14):
        quarter.answer(n, kind="no-change", as_at=JANUARY)
    quarter.answer(14, kind="nothing-to-report", subject="changes to the contracts")
    quarter.answer(15, kind="nothing-to-report")
    by_link(quarter, 16)
    on_behalf = quarter.answer(17, quarter.author, kind="no-change", given_by="head", on_behalf_of="lead-17")
    assert (on_behalf["person"], on_behalf["on_behalf_of"], on_behalf["recorded_by"]) == ("head", "lead-17", "writer")
    said = {"verdict": "sent-back", "reason": "Since when?"}
    sent_back = quarter.author.post(f"{ROUND}/requests/work-1/answers/1/judgements", json=said)
    assert sent_back.status_code == 201, sent_back.text
    assert quarter.draft() == ("0.3", {1, 18, 19, 20})
    lines = quarter.drafts["0.3"]
    assert lines.count("No change since 15 January 2027.") == 6
    assert "There are no changes to the contracts to report as at 11 February 2027." in lines
    assert "Nothing to report as at 11 February 2027." in lines
    assert "The region’s work moved on." in lines
    assert any("the answer of Work 1, due on 11 February 2027, was sent back" in line for line in lines)


def by_link(quarter: RoundOfAQuarter, number: int) -> None:
    """A contributor outside answers for one workstream, with a link and nothing else."""
    asked = {"name": "Office of the region", "days": 10}
    given = quarter.secretary.post(f"{ROUND}/requests/work-{number}/links", json=asked)
    assert given.status_code == 201, given.text
    outside = TestClient(quarter.app, headers={"Authorization": f"Bearer {given.json()['secret']}"})
    assert outside.get("/api/v1/link").json()["workstream"] == f"Work {number}"
    said = {"kind": "changed", "update": update("2027-02-11", "The region’s work moved on.")}
    assert outside.post("/api/v1/link/answers", json=said).status_code == 201
    assert outside.get(ADDRESS).status_code == 401


def late_ones_and_one_that_never_came(quarter: RoundOfAQuarter) -> None:
    """Two answer late, the one that was sent back answers again; 0.4 names the one that is still missing."""
    quarter.on(AFTER)
    assert quarter.standings(standing="missing") == {f"work-{n}": "missing" for n in (18, 19, 20)}
    reason = quarter.leads[1].get(f"{ROUND}/requests/work-1").json()["answers"][0]["judgements"][0]["reason"]
    assert reason == "Since when?"
    quarter.changed(1, "Work 1 moved on, since 1 February.", seen=1)
    for n in (18, 19):
        assert quarter.changed(n, f"Work {n} moved on at last.")["late"] is True
    assert quarter.draft() == ("0.4", {20})
    assert "Work 1 moved on, since 1 February." in quarter.drafts["0.4"]
    assert quarter.standings(standing="missing") == {"work-20": "missing"}
    assert set(quarter.standings(late="true")) == {"work-1", "work-18", "work-19"}


def closed(quarter: RoundOfAQuarter) -> None:
    """Whoever comes now comes too late; and those who answered are proposed as consulted."""
    there = quarter.secretary.get(ROUND)
    said = there.json() | {"closed": True}
    answer = quarter.secretary.put(ROUND, json=said, headers={"If-Match": there.headers["etag"]})
    assert answer.status_code == 200, answer.text
    refused = quarter.leads[20].post(
        f"{ROUND}/requests/work-20/answers", json={"kind": "no-change", "given_by": "lead-20"}
    )
    assert (refused.status_code, "is closed" in refused.json()["detail"]) == (409, True)
    proposed = quarter.author.get(f"{ADDRESS}/proposed-consultees").json()["proposed"]
    expected = {f"lead-{n}" for n in LEADS} - {"lead-16", "lead-20"}  # by a link, and never; “head” is the author
    assert {one["person"] for one in proposed} == expected


def the_log_tells_it(admin: TestClient) -> None:
    """Every answer, judgement and use of the link is in the log."""
    page = admin.get("/api/v1/audit", params={"limit": "100", "under": f"round/{REFERENCE}"}).json()
    events = page["items"]
    while page["next"]:
        asked = {"limit": "100", "under": f"round/{REFERENCE}", "cursor": page["next"]}
        page = admin.get("/api/v1/audit", params=asked).json()
        events += page["items"]
    assert Counter(event["action"] for event in events) == {
        "round.added": 1, "round.changed": 1, "answer.recorded": 20, "answer.judged": 1, "link.given": 1,
        "link.used": 2,
    }  # fmt: skip


def twenty_leads_answer(app: FastAPI, admin: TestClient) -> RoundOfAQuarter:
    """The whole chapter: opened, answered, drafts 0.1 to 0.4 on the way, closed, in the log."""
    quarter = gather(app, admin)
    opened(quarter)
    eight_report_what_changed(quarter)
    others_on_the_day(quarter)
    late_ones_and_one_that_never_came(quarter)
    closed(quarter)
    the_log_tells_it(admin)
    return quarter
