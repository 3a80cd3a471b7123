"""The way of a published paper through the service: facts in, as many drafts as its number tells, the last one out."""

import base64
from copy import deepcopy
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.clock import set_clock

ROOT = Path(__file__).resolve().parent.parent.parent
PAPERS = ROOT.parent / "shared" / "papers"
TEMPLATES = ROOT / "templates"
NOON = time(12)


def text_of_paper(name: str) -> str:
    """The text of a published paper; where it does not lie beside the project, the test is skipped."""
    file = PAPERS / name
    if not file.is_file():
        pytest.skip("the published papers do not lie beside this copy of the project")
    return file.read_text(encoding="utf-8")


def manifest_of(template: str) -> str:
    """The shipped `format.toml` of a format."""
    return (TEMPLATES / template / "format.toml").read_text(encoding="utf-8")


def template_of(template: str) -> bytes:
    """The shipped Word template of a format."""
    return (TEMPLATES / template / "template.docx").read_bytes()


def last_draft(
    app: FastAPI, client: TestClient, facts: dict[str, Any], reference: str, *, written: date, number: int
) -> bytes:
    """The draft of this number as a client of the API downloads it, all made on the day of writing.

    Each draft before it says in its first section that it is one, so that each is a version of its own.
    """
    set_clock(app, lambda: datetime.combine(written, NOON, tzinfo=UTC))
    address = f"/api/v1/papers/{reference}/versions"
    for draft in range(1, number + 1):
        loaded = client.post("/api/v1/facts", json=facts if draft == number else _earlier(facts, reference, draft))
        assert loaded.status_code == 200, loaded.text
        made = client.post(address, headers={"Idempotency-Key": f"the-draft-of-number-{draft:04}"})
        assert made.status_code == 201, made.text
    downloaded = client.get(made.json()["document"])
    assert downloaded.status_code == 200
    return downloaded.content


def _earlier(facts: dict[str, Any], reference: str, draft: int) -> dict[str, Any]:
    changed = deepcopy(facts)
    paper = next(paper for paper in changed["papers"] if paper["reference"] == reference)
    paper["sections"][0]["blocks"] = [{"kind": "narrative", "text": f"Draft {draft}."}]
    return changed


def base64_of(content: bytes) -> str:
    """Bytes as a facts file carries them."""
    return base64.b64encode(content).decode("ascii")
