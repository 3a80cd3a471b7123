"""A round in the small world: two workstreams are asked for the meeting in March."""

from typing import Any

from starlette.testclient import TestClient

from tests.stories import MARCH

ROUND = "/api/v1/rounds/march"
PROCUREMENT = f"{ROUND}/requests/procurement"
FORENSICS = f"{ROUND}/requests/forensics"

ASKED: dict[str, Any] = {
    "name": "Collaboration, March 2027",
    "organisation": "force",
    "board": "scrutiny-board",
    "meeting": MARCH,
    "requests": [{"workstream": "procurement", "person": "head"}, {"workstream": "forensics"}],
}


def open_round(client: TestClient, **changes: Any) -> dict[str, Any]:
    """The round was opened; as the service says it."""
    answer = client.put(f"/api/v1/rounds/{changes.pop('key', 'march')}", json=ASKED | changes)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def no_change(client: TestClient, **changes: Any) -> dict[str, Any]:
    """Procurement answered that nothing has changed."""
    answer = client.post(f"{PROCUREMENT}/answers", json={"kind": "no-change", "given_by": "head"} | changes)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def send_back(client: TestClient, number: int = 1) -> None:
    """Procurement's answer was sent back."""
    said = {"verdict": "sent-back", "reason": "Which team?"}
    answer = client.post(f"{PROCUREMENT}/answers/{number}/judgements", json=said)
    assert answer.status_code == 201, answer.text
