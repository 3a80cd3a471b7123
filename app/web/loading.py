"""Loading facts as far as an account reaches: what routes and pages that change facts have in common."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.blobs import Blobs
from app.facts.load import Loaded, load
from app.facts.parse import parse_facts
from app.web.reach import Reach


def load_within_reach(session: Session, blobs: Blobs, document: Any, *, by: Account, now: datetime) -> Loaded:
    """The database holds what the document, a facts file that was decoded, says; all of it is within reach of `by`.

    Raises:
        FaultyFacts: with every fault by its place in the document; then nothing was written.
        Forbidden: it has something that is not for this account to change.
    """
    facts = parse_facts(document)
    reach = Reach(session, by)
    reach.allow_loading(facts)
    return load(session, blobs, reach.complete(facts), by=by.key, now=now)


def plain(shape: BaseModel) -> dict[str, Any]:
    """The shape as JSON has it: what is read of it can be loaded again."""
    document: dict[str, Any] = shape.model_dump(mode="json")
    return document


def state_of(document: Mapping[str, Any]) -> str:
    """The state of what a document says: equal content, equal state, whatever the order of names."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:32]
