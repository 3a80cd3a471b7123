"""The batch door: a whole facts file, all of it or nothing."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from app.accounts import policy
from app.accounts.policy import Action
from app.audit.changes import Outcome
from app.facts.load import Loaded, load
from app.facts.parse import parse
from app.facts.shapes import FactsFile
from app.web.api import examples
from app.web.api.body import JSON, YAML, RawBody, media_type
from app.web.api.once import Doing
from app.web.api.representation import json_answer
from app.web.api.routing import for_accounts
from app.web.deps import FactsWriter, Now, Store, Writing
from app.web.errors import UnsupportedMediaType
from app.web.openapi import REPLAY, gives, problems, takes
from app.web.reach import Reach

router = for_accounts()


class LoadedRow(BaseModel):
    """What became of one entry."""

    place: str
    kind: str
    key: str
    outcome: Outcome


class LoadedCounts(BaseModel):
    """How many entries had which outcome."""

    added: int
    changed: int
    unchanged: int


class LoadedFacts(BaseModel):
    """What became of a facts file."""

    counts: dict[str, LoadedCounts]
    rows: list[LoadedRow]


DESCRIBED: dict[str, Any] = {
    "tags": ["facts"],
    "description": "A facts file in JSON or YAML: loaded as a whole, or not at all with every fault named. "
    "Entries that it does not name stay as they are; sending it again changes nothing.",
    "openapi_extra": takes(
        FactsFile,
        examples.FACTS,
        also={YAML: {"schema": {"type": "string"}, "example": 'facts: "1"\nworkstreams: []\n'}},
    ),
    "responses": {
        200: gives(
            LoadedFacts,
            "What became of every entry, in the order in which they were written.",
            example={
                "counts": {"workstream": {"added": 1, "changed": 0, "unchanged": 0}},
                "rows": [{"place": "workstreams[0]", "kind": "workstream", "key": "PROC-1", "outcome": "added"}],
            },
            headers=REPLAY,
        ),
        **problems(409, 413, 415),
    },
    "response_class": Response,
}


@router.post("/facts", summary="Load a facts file", operation_id="post_facts", **DESCRIBED)
@router.put("/facts", summary="Load a facts file (the same)", operation_id="put_facts", **DESCRIBED)
def load_facts(
    *,
    request: Request,
    who: FactsWriter,
    body: RawBody,
    session: Writing,
    blobs: Store,
    now: Now,
    once: Doing,
) -> Response:
    """Everything in the file is loaded, or nothing."""
    kind = media_type(request)
    if kind not in {JSON, YAML, "application/x-yaml", "text/yaml"}:
        raise UnsupportedMediaType(f"Send a facts file as {JSON} or {YAML}, not “{kind[:100]}”.")

    def make() -> Response:
        facts = parse(body)
        if facts.formats:
            policy.authorise(who, Action.MANAGE_FORMATS)
        reach = Reach(session, who)
        reach.allow_loading(facts)
        return json_answer(_said(load(session, blobs, reach.complete(facts), by=who.key, now=now)))

    return once.answer(body, make)


def _said(loaded: Loaded) -> dict[str, Any]:
    counts = {
        kind: LoadedCounts(added=count.added, changed=count.changed, unchanged=count.unchanged)
        for kind, count in loaded.counts.items()
    }
    rows = [LoadedRow(place=row.place, kind=row.kind, key=row.key, outcome=row.outcome) for row in loaded.rows]
    return LoadedFacts(counts=counts, rows=rows).model_dump(mode="json")
