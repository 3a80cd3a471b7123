"""The workflow cannot be walked wrong: six people do whatever they like with papers and rounds, and the rules hold.

What a paper of each run prints of its workstreams is what their answers to its round say, as it was when it was frozen.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from starlette.testclient import TestClient

from app import word
from app.accounts.models import Role
from app.audit.models import AuditEvent
from app.db import Database
from app.papers.models import Paper
from app.versions.models import Version
from tests.review.board import whole_paper
from tests.review.test_decisions import damage_of
from tests.stories import JANUARY, MARCH, scrutiny, update, workstream, world

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
    "lead": (Role.LEAD, "force"),
    "reader": (Role.READER, "office"),
}
SECRETARIES = ("secretary", "clerk")
WRITERS = ("author", *SECRETARIES)
ANSWERING = ("lead", *WRITERS)
KINDS = ("changed", "no-change", "nothing-to-report")
DECIDES = {0: SECRETARIES, 1: ("chief",)}
"""Step → who has its role."""

anybody = st.sampled_from(sorted(PEOPLE))
mostly_the_author = st.one_of(st.just("author"), st.just("author"), st.just("author"), anybody)
mostly_the_lead = st.sampled_from(["lead", "lead", "author", "chief"])
mostly_who_decides = st.one_of(st.just("clerk"), st.just("chief"), st.just("chief"), anybody)
"""Or everybody would soon have had a hand in the paper, and nothing would ever be decided."""


@dataclass
class Walked:
    """What all runs together came through."""

    runs: int = 0
    steps: int = 0
    approvals: int = 0
    refused: int = 0
    answers: int = 0
    read: int = 0
    """Documents that were opened again."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))


NO_CHANGE = "No change since 15 January 2027."
NOTHING = "Nothing to report as at 11 February 2027."


@dataclass
class Given:
    """An answer, and what was said of it last."""

    kind: str
    text: str
    verdict: str | None = None


@dataclass(frozen=True)
class Printed:
    """What a paper says of one workstream."""

    text: str
    unchanged: bool
    missing: bool
    """An answer is still to come."""


class Workflow(RuleBasedStateMachine):
    """One paper in the hands of five people, and what it ought to be."""

    people: dict[str, TestClient]
    admin: TestClient
    database: Database
    walked: Walked

    def __init__(self) -> None:
        super().__init__()
        self.walked.runs += 1
        key = f"walk-{next(self.walked.numbers)}"
        self.reference = key.upper()
        self.address = f"/api/v1/papers/{self.reference}"
        self.given: dict[str, list[Given]] = {f"{key}-a": [], f"{key}-b": []}
        """Workstream → its answers."""
        self.begin(key)
        self.state, self.passed, self.titles = "draft", 0, count(1)
        self.hands: set[str] = set()
        self.bytes: dict[str, str] = {}
        self.approved: list[str] = []
        """Labels, reissues among them."""
        self.released: set[str] = set()
        self.has_next = False
        self.frozen: dict[str, Printed] = {}
        """What was said of each workstream when the paper was submitted."""
        self.candidates: dict[tuple[int, int], str] = {}
        """How many submissions there were, and how many steps are decided → digest of what is on screen."""
        self.submitted = 0
        self.moved = True
        self.read_to = 0
        """How far the log was read."""
        self.etag = ""
        """Of the review, as it is now."""

    def begin(self, key: str) -> None:
        """A paper in a series of its own, and the round that asks its workstreams.

        Loaded by the administrator, who decides on nothing.
        """
        works = [
            workstream() | {"ref": ref, "name": ref, "updates": [update(JANUARY, before(ref))]} for ref in self.given
        ]
        facts = {
            "facts": "1",
            "series": [{"key": key, "name": key, "board": "scrutiny-board"}],
            "workstreams": works,
            "papers": [whole_paper(reference=self.reference, series=key, workstreams=list(self.given))],
        }
        answer = self.admin.post("/api/v1/facts", json=facts)
        assert answer.status_code == 200, answer.text
        self.round = f"/api/v1/rounds/{key}"
        asked = {"name": key, "organisation": "force", "board": "scrutiny-board", "meeting": MARCH}
        requests = [{"workstream": ref} for ref in self.given]
        assert self.admin.put(self.round, json=asked | {"requests": requests}).status_code == 201

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
        if self.came(answer, who in WRITERS and self.state == "draft"):
            self.says(answer.json()["label"], self.now())

    @rule(who=mostly_the_author, knows=st.booleans())
    def submit(self, who: str, knows: bool) -> None:
        answer = self.people[who].post(f"{self.address}/submissions", json={}, headers=self.seen(knows=knows))
        is_whole = not any(said.missing for said in self.now().values())
        if self.came(answer, who in WRITERS and self.state == "draft" and knows and is_whole):
            self.state, self.passed, self.frozen = "in-review", 0, self.now()
            self.submitted += 1
            self.hands.add(who)
            self.says(answer.json()["submissions"][-1]["version"], self.frozen)

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
            self.says(self.approved[-1], self.frozen)

    @rule(who=mostly_the_lead, place=st.integers(0, 1), kind=st.sampled_from(KINDS))
    def answer(self, who: str, place: int, kind: str) -> None:
        ref = list(self.given)[place]
        text = {"changed": f"Turn {next(self.titles)}.", "no-change": before(ref)}.get(kind, NOTHING)
        said = {
            "changed": {"update": update("2027-02-11", text, ratings={"overall": "red"})},
            "no-change": {"as_at": JANUARY},
        }.get(kind, {})
        body = {"kind": kind, "given_by": "head"} | said | self.revision(ref, kind)
        answer = self.people[who].post(f"{self.round}/requests/{ref}/answers", json=body)
        if self.came(answer, who in ANSWERING):
            self.walked.answers += 1
            self.given[ref].append(Given(kind, text))

    @rule(who=mostly_the_author, place=st.integers(0, 1), verdict=st.sampled_from(["accepted", "sent-back"]))
    def judge(self, who: str, place: int, verdict: str) -> None:
        ref = list(self.given)[place]
        if not self.given[ref]:
            return
        number = len(self.given[ref])
        said = {"verdict": verdict, "reason": "Why?"}
        answer = self.people[who].post(f"{self.round}/requests/{ref}/answers/{number}/judgements", json=said)
        if self.came(answer, who in WRITERS):
            self.given[ref][-1].verdict = verdict

    @rule(who=mostly_the_author)
    def begin_the_next(self, who: str) -> None:
        """The next paper carries forward, and says what stands; no round asks for it yet."""
        if self.has_next or not self.approved or self.state == "withdrawn":
            return
        following = {"reference": f"{self.reference}-NEXT"}
        answer = self.people[who].post(f"{self.address}/next", json=following)
        if not self.came(answer, who in WRITERS):
            return
        self.has_next = True
        begun = answer.json()
        assert (begun["agenda_number"], begun["workstreams"]) == (None, list(self.given))
        address = f"/api/v1/papers/{self.reference}-NEXT/versions"
        made = self.people["author"].post(address)
        assert made.status_code == 201, made.text
        lines = word.text_of(self.admin.get(f"{address}/0.1/document").content)
        assert {said.text for said in self.now().values()} | {"About purpose."} <= set(lines)
        assert not {NO_CHANGE, *self.rejected(self.now().values())} & set(lines)

    @rule()
    def go_on(self) -> None:
        """What brings the paper further, by who does it: or by chance alone, few would come to their end."""
        deciders = [who for who in DECIDES.get(self.passed, ()) if who not in self.hands]
        if self.state == "draft":
            for place, said in enumerate(self.now().values()):
                if said.missing:
                    self.answer("lead", place, KINDS[next(self.titles) % 3])
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
        self.moved = self.moved or done
        return done

    def may_decide(self, who: str) -> bool:
        return self.state == "in-review" and who in DECIDES[self.passed] and who not in self.hands

    def pass_on(self, decision: dict[str, Any]) -> None:
        on_screen = self.on_screen()
        assert decision["digest"] == on_screen
        self.passed += 1
        if self.passed == len(DECIDES):
            self.walked.approvals += 1
            self.state = "approved"
            self.approved.append(decision["version"])
            self.bytes[decision["version"]] = on_screen
            self.says(decision["version"], self.frozen)

    def on_screen(self) -> str:
        """The digest of what is decided on; looked up once, since nothing that happens meanwhile changes it."""
        if self.state != "in-review":
            return "0" * 64
        step = self.submitted, self.passed
        if step not in self.candidates:
            answer = self.admin.get(f"{self.address}/candidate")
            assert answer.status_code == 200, answer.text
            self.candidates[step] = answer.json()["digest"]
        return self.candidates[step]

    def seen(self, *, knows: bool = True) -> dict[str, str]:
        return {"If-Match": self.etag if knows else '"stale"'}

    def revision(self, ref: str, kind: str) -> dict[str, int]:
        """What somebody sends who has read what is reported."""
        if kind == "no-change":
            return {}
        return {"revision": self.admin.get(f"{self.round}/requests/{ref}").json()["revision"]}

    def now(self) -> dict[str, Printed]:
        """Workstream → what a paper that is made now says of it."""
        return {ref: printed(ref, given) for ref, given in self.given.items()}

    def rejected(self, said: Iterable[Printed]) -> set[str]:
        """What was reported and sent back, and is not what is said."""
        every = {one.text for given in self.given.values() for one in given if one.verdict == "sent-back"}
        return every - {one.text for one in said} - {NOTHING}

    def says(self, label: str, expected: dict[str, Printed]) -> None:
        """Every answer that stands is printed in the version, and what is still to come is a gap."""
        document = self.admin.get(f"{self.address}/versions/{label}/document").content
        self.walked.read += 1
        assert sha256(document).hexdigest() == self.bytes.get(label, sha256(document).hexdigest())
        lines = word.text_of(document)
        for ref, said in expected.items():
            assert said.text in lines, (label, ref, said)
            assert any(line.startswith("To be answered") and f" {ref}" in line for line in lines) == said.missing
        assert not self.rejected(expected.values()) & set(lines)
        assert lines.count(NO_CHANGE) == sum(said.unchanged for said in expected.values())

    @invariant()
    def everything_is_as_it_ought_to_be(self) -> None:
        moved, self.moved = self.moved, False
        done = self.what_was_done()
        if moved:
            self.look()
        else:
            assert done <= {"request.refused"}, "what was refused left no other trace"

    def what_was_done(self) -> set[str]:
        """What the log has since it was read last."""
        unread = select(AuditEvent.sequence, AuditEvent.body).where(AuditEvent.sequence > self.read_to)
        with self.database.reading() as session:
            events = session.execute(unread.order_by(AuditEvent.sequence)).all()
        self.read_to = events[-1].sequence if events else self.read_to
        return {json.loads(event.body)["action"] for event in events}

    def look(self) -> None:
        """The paper is as far as it ought to be, and so is what was kept of it, for everybody."""
        self.each_step_is_decided_once_and_by_nobody_who_wrote_or_submitted()
        self.what_was_kept_never_changes_and_labels_only_come_to_it()
        self.who_receives_it_sees_what_was_released()

    def teardown(self) -> None:
        """At the end, also after what was refused last."""
        labels = list(self.bytes)
        self.look()
        assert list(self.bytes) == labels

    def what_was_kept_never_changes_and_labels_only_come_to_it(self) -> None:
        of_paper = select(Version.number, Version.label, Version.file_digest).join(Version.paper)
        with self.database.reading() as session:
            kept = session.execute(of_paper.where(Paper.reference == self.reference).order_by(Version.number)).all()
        labels = [version.label for version in kept]
        assert labels[: len(self.bytes)] == list(self.bytes)
        assert len(set(labels)) == len(labels)
        assert [version.number for version in kept] == list(range(1, len(kept) + 1))
        for version in kept:
            assert self.bytes.setdefault(version.label, version.file_digest) == version.file_digest
        for label in self.approved[-1:]:
            document = self.admin.get(f"{self.address}/versions/{label}/document").content
            assert sha256(document).hexdigest() == self.bytes[label]

    def each_step_is_decided_once_and_by_nobody_who_wrote_or_submitted(self) -> None:
        answer = self.admin.get(f"{self.address}/review")
        self.etag, review = answer.headers["etag"], answer.json()
        assert review["state"] == self.state
        for submission in review["submissions"]:
            steps = [step["decision"] for step in submission["steps"]]
            made = [decision for decision in steps if decision]
            assert steps[: len(made)] == made, "in their order"
            assert all(decision["decision"] == "approved" for decision in made[:-1])
            assert submission["by"] not in {decision["by"] for decision in made}

    def who_receives_it_sees_what_was_released(self) -> None:
        answer = self.people["reader"].get(f"{self.address}/versions")
        assert answer.status_code == (200 if self.released else 404)
        assert {item["label"] for item in answer.json().get("items", ())} == self.released


def before(ref: str) -> str:
    """What the workstream had reported before the round."""
    return f"{ref} went on."


def printed(ref: str, given: list[Given]) -> Printed:
    """What a paper says of a workstream that has answered so."""
    missing = not given or given[-1].verdict == "sent-back"
    if given and not missing and given[-1].kind == "no-change":
        return Printed(before(ref), unchanged=True, missing=False)
    brought = [one.text for one in given if one.kind != "no-change" and one.verdict != "sent-back"]
    return Printed(brought[-1] if brought else before(ref), unchanged=False, missing=missing)


@pytest.mark.trust(8)
def test_the_workflow_cannot_be_walked_wrong(client, person_of, database, blobs, full, figure):
    format_ = scrutiny() | {"manifest": f"{scrutiny()['manifest']}\n{STEPS}"}
    assert client.post("/api/v1/facts", json=world(formats=[format_], papers=[])).status_code == 200
    walked = Walked()

    class Here(Workflow):
        admin = client

    Here.people = {name: person_of(role, organisation, name) for name, (role, organisation) in PEOPLE.items()}
    Here.walked, Here.database = walked, database
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
    figure("answers", walked.answers)
    figure("documents read again", walked.read)
    figure("broken invariants", 0)
