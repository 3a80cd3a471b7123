"""The workflow cannot be walked wrong: five people do whatever they like with papers, and the rules hold throughout."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from starlette.testclient import TestClient

from app.accounts.models import Role
from tests.review.board import whole_paper
from tests.review.test_decisions import damage_of
from tests.stories import scrutiny, world

STEPS = """
[[decisions]]
key = "sponsor"
label = "Sponsor"
role = "board-secretary"

[[decisions]]
key = "chief"
label = "Chief officer"
"""

PEOPLE = {
    "author": (Role.AUTHOR, "force"),
    "secretary": (Role.SECRETARY, "force"),
    "clerk": (Role.SECRETARY, "force"),
    "chief": (Role.APPROVER, "force"),
    "reader": (Role.READER, "office"),
}
SECRETARIES = ("secretary", "clerk")
WRITERS = ("author", *SECRETARIES)
DECIDES = {0: SECRETARIES, 1: ("chief",)}
"""Step → who has its role."""

anybody = st.sampled_from(sorted(PEOPLE))
mostly_the_author = st.one_of(st.just("author"), st.just("author"), st.just("author"), anybody)
mostly_who_decides = st.one_of(st.just("clerk"), st.just("chief"), st.just("chief"), anybody)
"""Or everybody would soon have had a hand in the paper, and nothing would ever be decided."""


@dataclass
class Walked:
    """What all runs together came through."""

    runs: int = 0
    steps: int = 0
    approvals: int = 0
    refused: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))


class Workflow(RuleBasedStateMachine):
    """One paper in the hands of five people, and what it ought to be."""

    people: dict[str, TestClient]
    admin: TestClient
    walked: Walked

    def __init__(self) -> None:
        super().__init__()
        self.walked.runs += 1
        self.reference = f"WALK-{next(self.walked.numbers)}"
        self.address = f"/api/v1/papers/{self.reference}"
        # Loaded by the administrator, who decides on nothing.
        answer = self.admin.put(self.address, json=whole_paper(reference=self.reference))
        assert answer.status_code == 201, answer.text
        self.state, self.passed, self.titles = "draft", 0, count(1)
        self.hands: set[str] = set()
        self.bytes: dict[str, str] = {}
        self.approved: list[str] = []
        """Labels, reissues among them."""
        self.released: set[str] = set()

    # What people do

    @rule(who=mostly_the_author)
    def write(self, who: str) -> None:
        there = self.admin.get(self.address)
        changed = there.json() | {"title": f"Turn {next(self.titles)}"}
        answer = self.people[who].put(self.address, json=changed, headers={"If-Match": there.headers["etag"]})
        if self.came(answer, who in WRITERS and self.state == "draft"):
            self.hands.add(who)

    @rule(who=mostly_the_author)
    def generate(self, who: str) -> None:
        answer = self.people[who].post(f"{self.address}/versions")
        self.came(answer, who in WRITERS and self.state == "draft")

    @rule(who=mostly_the_author, knows=st.booleans())
    def submit(self, who: str, knows: bool) -> None:
        answer = self.people[who].post(f"{self.address}/submissions", json={}, headers=self.seen(knows=knows))
        if self.came(answer, who in WRITERS and self.state == "draft" and knows):
            self.state, self.passed = "in-review", 0
            self.hands.add(who)

    @rule(who=anybody)
    def withdraw(self, who: str) -> None:
        answer = self.people[who].post(f"{self.address}/withdrawal", headers=self.seen())
        if self.came(answer, who in WRITERS and self.state in ("draft", "in-review")):
            self.state = "withdrawn"

    @rule(who=anybody)
    def reopen(self, who: str) -> None:
        answer = self.people[who].post(f"{self.address}/reopening", headers=self.seen())
        if self.came(answer, who in WRITERS and self.state in ("approved", "withdrawn")):
            self.state = "draft"

    @rule(who=mostly_who_decides, knows=st.sampled_from([True, True, True, False]))
    def approve(self, who: str, knows: bool) -> None:
        said = {"decision": "approve", "digest": self.on_screen() if knows else "0" * 64}
        answer = self.people[who].post(f"{self.address}/decisions", json=said)
        if self.came(answer, self.may_decide(who) and knows):
            self.pass_on(answer.json())

    @rule(who=anybody)
    def send_back(self, who: str) -> None:
        said = {"decision": "send-back", "reasons": "Say more."}
        answer = self.people[who].post(f"{self.address}/decisions", json=said)
        if self.came(answer, self.may_decide(who)):
            self.state = "draft"

    @rule(who=anybody)
    def record(self, who: str) -> None:
        said = {"digest": self.on_screen(), "decided_by": "dcc", "decided_on": "2026-11-23", "evidence": "Minutes"}
        answer = self.people[who].post(f"{self.address}/recorded-decisions", json=said)
        if self.came(answer, who in SECRETARIES and who not in self.hands and self.state == "in-review"):
            self.pass_on(answer.json())

    @rule(who=anybody, data=st.data())
    def release(self, who: str, data: Any) -> None:
        label = data.draw(st.sampled_from(sorted(self.bytes) or ["0.1"]))
        answer = self.people[who].post(f"{self.address}/versions/{label}/release")
        if self.came(answer, who in SECRETARIES and label in self.approved and label not in self.released):
            self.released.add(label)

    @rule(who=anybody)
    def reissue(self, who: str) -> None:
        number = {"agenda_number": f"{next(self.titles)}.1"}
        answer = self.people[who].post(f"{self.address}/reissues", json=number, headers=self.seen())
        if self.came(answer, who in SECRETARIES and self.state == "approved"):
            self.approved.append(answer.json()["label"])

    @rule()
    def go_on(self) -> None:
        """What brings the paper further, by who does it: or by chance alone, few would come to their end."""
        deciders = [who for who in DECIDES.get(self.passed, ()) if who not in self.hands]
        if self.state == "draft":
            self.submit("author", knows=True)
        elif self.state == "in-review" and deciders:
            self.approve(deciders[0], knows=True)
        elif self.state == "withdrawn":
            self.reopen("author")

    # What ought to be

    def came(self, answer: Any, expected: bool) -> bool:
        """Whether it was done, which is as it ought to be."""
        self.walked.steps += 1
        self.walked.refused += not expected
        done = answer.status_code in (200, 201)
        assert done == expected, (answer.request.method, answer.request.url.path, answer.status_code, answer.text)
        assert done or answer.status_code in (403, 404, 409, 412, 422), answer.text
        return done

    def may_decide(self, who: str) -> bool:
        return self.state == "in-review" and who in DECIDES[self.passed] and who not in self.hands

    def pass_on(self, decision: dict[str, Any]) -> None:
        self.passed += 1
        if self.passed == len(DECIDES):
            self.walked.approvals += 1
            self.state = "approved"
            self.approved.append(decision["version"])

    def on_screen(self) -> str:
        answer = self.admin.get(f"{self.address}/candidate")
        assert (answer.status_code == 200) == (self.state == "in-review")
        return answer.json().get("digest", "0" * 64)

    def seen(self, *, knows: bool = True) -> dict[str, str]:
        return {"If-Match": self.admin.get(f"{self.address}/review").headers["etag"] if knows else '"stale"'}

    @invariant()
    def what_was_kept_never_changes_and_labels_only_come_to_it(self) -> None:
        listed = self.admin.get(f"{self.address}/versions", params={"limit": 100}).json()["items"]
        labels = [version["label"] for version in listed]
        assert labels[: len(self.bytes)] == list(self.bytes)
        assert len(set(labels)) == len(labels)
        assert [version["number"] for version in listed] == list(range(1, len(listed) + 1))
        for version in listed:
            assert self.bytes.setdefault(version["label"], version["file_digest"]) == version["file_digest"]
        for label in self.approved[-1:]:
            document = self.admin.get(f"{self.address}/versions/{label}/document").content
            assert sha256(document).hexdigest() == self.bytes[label]

    @invariant()
    def it_is_as_far_as_it_ought_to_be_each_step_decided_once_and_by_nobody_who_wrote_or_submitted(self) -> None:
        review = self.admin.get(f"{self.address}/review").json()
        assert review["state"] == self.state
        for submission in review["submissions"]:
            steps = [step["decision"] for step in submission["steps"]]
            made = [decision for decision in steps if decision]
            assert steps[: len(made)] == made, "in their order"
            assert all(decision["decision"] == "approved" for decision in made[:-1])
            assert submission["by"] not in {decision["by"] for decision in made}

    @invariant()
    def who_receives_it_sees_what_was_released(self) -> None:
        answer = self.people["reader"].get(f"{self.address}/versions")
        assert answer.status_code == (200 if self.released else 404)
        assert {item["label"] for item in answer.json().get("items", ())} == self.released


@pytest.mark.trust(8)
def test_the_workflow_cannot_be_walked_wrong(client, person_of, database, blobs, full, figure):
    format_ = scrutiny() | {"manifest": f"{scrutiny()['manifest']}\n{STEPS}"}
    assert client.post("/api/v1/facts", json=world(formats=[format_], papers=[])).status_code == 200
    walked = Walked()

    class Here(Workflow):
        admin = client

    Here.people = {name: person_of(role, organisation, name) for name, (role, organisation) in PEOPLE.items()}
    Here.walked = walked
    runs = 150 if full else 15  # on each database: together, what was promised
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
    assert walked.approvals > runs / 10, "some came to their end"
    figure("runs", walked.runs)
    figure("steps", walked.steps)
    figure("steps refused as they ought to be", walked.refused)
    figure("approvals", walked.approvals)
    figure("broken invariants", 0)
