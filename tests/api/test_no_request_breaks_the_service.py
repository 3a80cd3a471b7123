"""Right and wrong requests of every kind to every operation: never a 5xx, never an answer that is not described."""

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.rounds.stories import no_change, open_round
from tests.stories import PAPER

EXAMPLES = 3
"""Requests of each mode for each operation; eight times as many with `--full`."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]

THERE = {"reference": PAPER, "ref": "procurement", "held_on": "2027-03-11", "as_at": "2027-01-15", "label": "0.1"}
"""Names of what is there, so that requests come further than to a 404."""

TAKE_NOTHING = {"/health/live", "/health/ready", "/metrics", "/api/v1/accounts/me"}
"""Addresses that take nothing, so that nothing can be wrong."""

KEYS = {"organisations": "force", "people": "dcc", "themes": "region", "boards": "scrutiny-board", "rounds": "march"}


@pytest.mark.trust(10)
def test_no_request_breaks_the_service(app, filled, full, figure):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    open_round(filled)
    no_change(filled)
    seen: Counter[int] = Counter()
    for mode in GenerationMode:
        for result in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations():
            operation = result.ok()
            if mode is GenerationMode.POSITIVE or operation.path not in TAKE_NOTHING:
                ask(operation, mode, filled, seen, EXAMPLES * 8 if full else EXAMPLES)
    assert filled.get("/api/v1/accounts/me").status_code == 200
    assert min(seen[status] for status in (200, 201, 404, 422)) > 0, seen
    figure("requests", seen.total())
    figure("server errors or undocumented statuses", 0)  # each answer was checked as it came
    assert seen[401] < seen.total() / 5, seen  # a part of the wrong requests leaves the token out


def ask(operation, mode, client, seen, examples):
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), aimed=st.booleans())
    def one(case, aimed):
        if aimed:
            known = THERE | {"key": KEYS.get(case.path.split("/")[3], "scrutiny") if case.path.count("/") > 3 else ""}
            case.path_parameters |= {name: known[name] for name in case.path_parameters if name in known}
            case.headers["If-Match"] = "*"
        case.headers["Authorization"] = client.headers["authorization"]
        response = case.call(timeout=120)  # a crowded machine is slow, and that is no fault
        seen[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    try:
        one()
    except Exception as error:
        error.add_note(f"in {operation.label}, {mode}")
        raise
