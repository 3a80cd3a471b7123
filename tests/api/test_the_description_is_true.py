"""The OpenAPI document is complete, says what is so, and is the one that is published; the reference shows it all."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.main import create_app, described
from app.settings import Settings
from tests.api.openapi_document import PROBLEM

PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(Settings(data=tmp_path_factory.mktemp("data"), _env_file=None))


@pytest.fixture(scope="module")
def document(app):
    return json.loads(described(app))


OPEN = {"POST /api/v1/session", "PUT /api/v1/session/password"}
"""What needs no sign-in, since it is one."""

BY_SECRET = {"GET /api/v1/calendar/{secret}.ics"}
"""What programs read that cannot sign in: the address itself is the secret."""


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shared = document["components"]["responses"]
            answers = {
                status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                for status, answer in operation["responses"].items()
            }
            yield f"{method.upper()} {path}", operation | {"responses": answers}


def test_the_published_description_is_the_one_that_is_served(app):
    assert PUBLISHED.read_text(encoding="utf-8") == described(app), "run: boardpapers openapi --out docs/openapi.json"


def test_every_operation_is_told_in_full(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        answers = operation["responses"]
        assert any(status[0] == "2" for status in answers), name
        for status, answer in answers.items():
            assert answer["description"], (name, status)
            if status[0] in "45":
                assert list(answer["content"]) == [PROBLEM], (name, status)
        if name in OPEN:
            assert "security" not in operation, name
            assert {"403", "422", "429"} <= answers.keys(), name
        elif name in BY_SECRET:
            assert "security" not in operation, name
            assert {"404", "422"} <= answers.keys(), name
        elif name.partition(" ")[2].startswith("/api/v1"):
            assert operation["security"] == [{"token": []}], name
            assert {"401", "403", "422"} <= answers.keys(), name
        if name.startswith("PUT"):
            assert {"415", "413"} <= answers.keys(), name
        if "requestBody" in operation:
            assert operation["requestBody"]["content"], name


def test_every_example_is_as_its_schema_says(document):
    checked = 0
    for name, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for body in [*bodies, *operation["responses"].values()]:
            for kind, content in body.get("content", {}).items():
                if "example" not in content or "json" not in kind or "schema" not in content:
                    continue
                schema = content["schema"] | {"components": document["components"]}
                # Answers hold narratives in the form that can be sent back; the example shows what a client sends.
                faults = list(Draft202012Validator(schema).iter_errors(content["example"]))
                assert not faults or body not in bodies, (name, kind, faults[0])
                checked += 1
    assert checked > 100


def test_json_answers_have_examples(document):
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                if "json" in kind:
                    assert "example" in content, (name, status)
                    assert "schema" in content, (name, status)


def test_every_reference_in_the_description_leads_somewhere(document):
    text = json.dumps(document)
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in document["components"]["schemas"], name


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        self.tags.append(tag)
        self.ids += [said["id"]] if "id" in said else []
        self.links += [said[name] for name in ("href", "src") if name in said]


def test_the_reference_shows_every_operation_and_asks_nobody_else_for_anything(document, app):
    from starlette.testclient import TestClient

    client = TestClient(app)
    answer = client.get("/docs")
    page = Page(answer.text)
    for name, operation in operations(document):
        assert operation["operationId"] in page.ids, name
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("h1") == 1
    assert {"script", "style", "iframe", "img"} & set(page.tags) == set()
    for link in page.links:
        assert link.startswith(("#", "/")), link
        if link.startswith("#"):
            assert link[1:] in page.ids, link
        else:
            assert client.get(link).status_code == 200, link
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")


def test_every_kind_of_problem_has_a_page_that_explains_it(app, document):
    from starlette.testclient import TestClient

    client = TestClient(app)
    types = {
        content["example"]["type"]
        for _, operation in operations(document)
        for answer in operation["responses"].values()
        for kind, content in answer.get("content", {}).items()
        if kind == PROBLEM
    }
    assert len(types) > 8
    for address in types:
        assert "<h1>" in client.get(address).text
    assert client.get("/problems/nonsense").status_code == 404
