"""The published schema is the shapes' own, and what is true for the one is true for the other."""

import json

import jsonschema
import pytest

from app.facts.schema import facts_schema
from tests.conftest import ROOT
from tests.facts.stories import demonstration, small

PUBLISHED = ROOT / "docs" / "facts.schema.json"


def test_the_published_schema_is_the_shapes_own():
    assert PUBLISHED.read_text(encoding="utf-8") == facts_schema(), (
        "a shape has changed: run `python -m app.facts.schema docs/facts.schema.json`"
    )


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_facts_as_they_are_read_are_valid(validator):
    document = demonstration().model_dump(mode="json")
    assert [error.json_path for error in validator.iter_errors(document)] == []


def test_a_faulty_file_is_not_valid(validator):
    document = small()
    document["workstreams"][0]["them"] = "estate"
    assert not validator.is_valid(document)
