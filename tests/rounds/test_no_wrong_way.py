"""A round cannot be walked wrong: five people and a link do whatever they like with it, and the rules hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from starlette.testclient import TestClient

from app.accounts import queries as accounts
from app.accounts.models import Role
from tests.review.test_decisions import damage_of
from tests.rounds.stories import ASKED
from tests.stories import JANUARY, update

PEOPLE = {
    "secretary": (Role.SECRETARY, "force"),
    "author": (Role.AUTHOR, "force"),
    "lead": (Role.LEAD, "force"),  # of procurement only
    "approver": (Role.APPROVER, "force"),
    "office": (Role.AUTHOR, "office"),
}
RUNS = ("secretary", "author")
ANSWERS = {"procurement": ("secretary", "author", "lead"), "forensics": ("secretary", "author")}
KINDS = ("changed", "no-change", "nothing-to-report")

anybody = st.sampled_from(sorted(PEOPLE))
mostly_who_runs = st.one_of(st.sampled_from(RUNS), st.sampled_from(RUNS), anybody)
mostly_the_lead = st.one_of(st.just("lead"), st.just("lead"), anybody)
workstreams = st.sampled_from(sorted(ANSWERS))


def without_judgements(told: dict[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in told.items() if name != "judgements"}


@dataclass
class Walked:
    """What all runs together came through."""

    runs: int = 0
    steps: int = 0
    answers: int = 0
    refused: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))


class Asking(RuleBasedStateMachine):
    """One round in the hands of five people and of whoever has its link, and what it ought to be."""

    app: FastAPI
    people: dict[str, TestClient]
    admin: TestClient
    walked: Walked

    def __init__(self) -> None:
        super().__init__()
        self.walked.runs += 1
        self.address = f"/api/v1/rounds/walk-{next(self.walked.numbers)}"
        assert self.admin.put(self.address, json=ASKED).status_code == 201
        self.closed = False
        self.kept: dict[str, list[dict[str, Any]]] = {ref: [] for ref in ANSWERS}
        """Workstream → its answers as they were told when they were given."""
        self.verdicts: dict[str, list[list[str]]] = {ref: [] for ref in ANSWERS}
        """Workstream → of each answer, what was said of it."""
        self.links: dict[str, list[bool]] = {ref: [] for ref in ANSWERS}
        """Workstream → of each link, whether it still opens."""
        self.outside: dict[str, TestClient] = {}

    # What people do

    @rule(who=mostly_the_lead, ref=workstreams, kind=st.sampled_from(KINDS))
    def answer(self, who: str, ref: str, kind: str) -> None:
        said = {"kind": kind, "given_by": "head"} | self.news(kind, ref)
        answer = self.people[who].post(f"{self.asked(ref)}/answers", json=said)
        if self.came(answer, who in ANSWERS[ref] and not self.closed):
            self.note(ref, answer.json())

    @rule(ref=workstreams, kind=st.sampled_from(KINDS))
    def answer_by_link(self, ref: str, kind: str) -> None:
        if not self.links[ref]:
            return
        answer = self.outside[ref].post("/api/v1/link/answers", json={"kind": kind} | self.news(kind, ref))
        if self.came(answer, self.links[ref][-1] and not self.closed):
            self.note(ref, self.admin.get(self.asked(ref)).json()["answers"][-1])
            assert self.kept[ref][-1]["given_by"] == "Outside"

    @rule(who=mostly_the_lead, ref=workstreams)
    def answer_without_looking(self, who: str, ref: str) -> None:
        said = {"kind": "changed", "given_by": "head"} | self.news("changed", ref)
        answer = self.people[who].post(f"{self.asked(ref)}/answers", json=said | {"revision": said["revision"] + 1})
        self.came(answer, False)

    @rule(
        who=mostly_who_runs,
        ref=workstreams,
        verdict=st.sampled_from(["accepted", "sent-back"]),
        newest=st.sampled_from([True, True, False]),
        reason=st.sampled_from(["Why?", None]),
    )
    def judge(self, who: str, ref: str, verdict: str, newest: bool, reason: str | None) -> None:
        there = len(self.kept[ref])
        number = there if newest else there - 1
        if number < 1:
            return
        said = {"verdict": verdict, "reason": reason}
        answer = self.people[who].post(f"{self.asked(ref)}/answers/{number}/judgements", json=said)
        if self.came(answer, who in RUNS and newest and (verdict == "accepted" or reason is not None)):
            self.verdicts[ref][number - 1].append(verdict)

    @rule(who=mostly_who_runs, ref=workstreams)
    def give_link(self, who: str, ref: str) -> None:
        answer = self.people[who].post(f"{self.asked(ref)}/links", json={"name": "Outside"})
        if self.came(answer, who in RUNS):
            self.links[ref].append(True)
            secret = answer.json()["secret"]
            self.outside[ref] = TestClient(self.app, headers={"Authorization": f"Bearer {secret}"})

    @rule(who=mostly_who_runs, ref=workstreams)
    def revoke_link(self, who: str, ref: str) -> None:
        number = len(self.links[ref])
        if not number:
            return
        answer = self.people[who].delete(f"{self.asked(ref)}/links/{number}")
        if self.came(answer, who in RUNS):
            self.links[ref][-1] = False

    @rule(who=mostly_who_runs, closed=st.sampled_from([True, False, False]), knows=st.sampled_from([True, True, False]))
    def change(self, who: str, closed: bool, knows: bool) -> None:
        there = self.admin.get(self.address)
        tag = there.headers["etag"] if knows else '"another"'
        answer = self.people[who].put(self.address, json=there.json() | {"closed": closed}, headers={"If-Match": tag})
        if self.came(answer, who in RUNS and knows):
            self.closed = closed

    @rule(who=mostly_who_runs, ref=workstreams)
    def leave_out(self, who: str, ref: str) -> None:
        there = self.admin.get(self.address)
        rest = [request for request in there.json()["requests"] if request["workstream"] != ref]
        changed, tag = there.json() | {"requests": rest}, there.headers["etag"]
        answer = self.people[who].put(self.address, json=changed, headers={"If-Match": tag})
        if self.came(answer, who in RUNS and not self.kept[ref] and not self.links[ref]):
            assert self.admin.get(self.asked(ref)).status_code == 404
            back = self.admin.put(self.address, json=there.json(), headers={"If-Match": "*"})
            assert back.status_code == 200

    @rule(ref=workstreams)
    def look_in_by_link(self, ref: str) -> None:
        if self.links[ref]:
            opened = self.outside[ref].get("/api/v1/link")
            if self.came(opened, self.links[ref][-1]):
                assert opened.json()["workstream"] == ref.capitalize()

    @rule(ref=workstreams)
    def look_in_from_elsewhere(self, ref: str) -> None:
        assert [self.people["office"].get(where).status_code for where in (self.address, self.asked(ref))] == [404, 404]

    # What ought to be

    def came(self, answer: Any, expected: bool) -> bool:
        """Whether it was done, which is whether it ought to be."""
        self.walked.steps += 1
        self.walked.refused += not expected
        assert answer.status_code < 500
        assert (answer.status_code < 300) == expected, answer.text
        return expected

    def asked(self, ref: str) -> str:
        return f"{self.address}/requests/{ref}"

    def news(self, kind: str, ref: str) -> dict[str, Any]:
        """What is new, by somebody who has read what is there."""
        seen = {"revision": self.admin.get(self.asked(ref)).json()["revision"]} if kind != "no-change" else {}
        # No text comes twice, from one walk to the next either: the same again is no loss, and so not refused.
        text = f"Turn {next(self.walked.numbers)}."
        return seen | ({"update": update("2027-02-11", text)} if kind == "changed" else {})

    def note(self, ref: str, told: dict[str, Any]) -> None:
        self.walked.answers += 1
        self.kept[ref].append(without_judgements(told))
        self.verdicts[ref].append([])

    @invariant()
    def answers_stay_as_they_were_given_and_the_newest_counts(self) -> None:
        for ref, kept in self.kept.items():
            seen = self.admin.get(self.asked(ref)).json()
            assert [
                {name: said for name, said in one.items() if name != "judgements"} for one in seen["answers"]
            ] == kept
            verdicts = [[judged["verdict"] for judged in one["judgements"]] for one in seen["answers"]]
            assert verdicts == self.verdicts[ref]
            last = verdicts[-1][-1:] if verdicts else None
            assert seen["standing"] == ("waiting" if last is None else (last or ["answered"])[0])
            assert seen["closed"] == self.closed


@pytest.mark.trust(8)
def test_a_round_cannot_be_walked_wrong(app, filled, client_of, database, blobs, full, figure):
    reported = update(JANUARY, "It began.")
    assert filled.put(f"/api/v1/workstreams/forensics/updates/{JANUARY}", json=reported).status_code == 201
    walked = Walked()

    class Here(Asking):
        admin = filled

    Here.app, Here.walked = app, walked
    Here.people = {name: client_of(role, organisation) for name, (role, organisation) in PEOPLE.items()}
    with database.writing() as session:
        accounts.get(session, "workstream-lead-force").workstreams = ["procurement"]
    runs = 20 if full else 2  # on each database; the promise is about papers, which have a machine of their own
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert damage_of(database, blobs) == []
    figure("runs", walked.runs)
    figure("steps", walked.steps)
    figure("steps refused as they ought to be", walked.refused)
    figure("answers", walked.answers)
    figure("broken invariants", 0)
