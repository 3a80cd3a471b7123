"""The published schema of `format.toml` is the shapes' own, and what is true for the one is true for the other."""

import json
import tomllib

import jsonschema
import pytest

from app.formats.schema import format_schema
from tests.conftest import ROOT
from tests.formats.committee import manifest
from tests.formats.test_fields import CLAUSES, FIELDS, FRONT, PRINTED, SWITCHED

PUBLISHED = ROOT / "docs" / "format.schema.json"


def test_the_published_schema_is_the_shapes_own():
    assert PUBLISHED.read_text(encoding="utf-8") == format_schema(), (
        "a shape has changed: run `python -m app.formats.schema docs/format.schema.json`"
    )


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("file", sorted(ROOT.glob("templates/*/format.toml")), ids=lambda file: file.parent.name)
def test_the_formats_that_are_shipped_are_valid(validator, file):
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    assert [error.json_path for error in validator.iter_errors(said)] == []


def test_a_format_that_says_much_is_valid(validator):
    said = tomllib.loads(manifest(FIELDS, PRINTED, SWITCHED, CLAUSES, front=FRONT))
    assert [error.json_path for error in validator.iter_errors(said)] == []


def test_a_faulty_format_is_not_valid(validator):
    said = tomllib.loads(manifest(FIELDS, PRINTED))
    said["sections"][0]["haeding"] = "Purpose"
    assert not validator.is_valid(said)
