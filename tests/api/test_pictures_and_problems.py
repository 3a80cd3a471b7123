"""Pictures through the door, and what a client reads when something is not right."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from app.web.errors import ProblemError, problem
from tests.api.openapi_document import PROBLEM

PICTURES = "/api/v1/pictures"


def photograph() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 44.0, 8.0)
    file = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


def problem_of(answer, status: int) -> dict:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    said = answer.json()
    assert said["status"] == status
    assert said["type"].startswith("/problems/")
    assert said["detail"].endswith(".")
    assert answer.headers["x-request-id"]
    return said


def test_a_photograph_is_kept_once_and_says_no_longer_where_it_was_taken(client):
    sent = client.post(PICTURES, content=photograph(), headers={"Content-Type": "image/jpeg"})
    assert sent.status_code == 201
    picture = sent.json()
    assert (picture["media_type"], picture["width"], picture["height"]) == ("image/jpeg", 30, 20)
    file = client.get(picture["content"])
    assert file.headers["content-type"] == "image/jpeg"
    assert dict(Image.open(BytesIO(file.content)).getexif()) == {}
    again = client.post(PICTURES, files={"file": ("holiday.jpg", photograph(), "image/jpeg")})
    assert (again.status_code, again.json()) == (200, picture)
    assert client.get(sent.headers["location"]).json() == picture


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"no picture", "image/png", 415),
        (photograph(), "application/pdf", 415),
        (photograph()[:300], "image/jpeg", 422),
        (b"\0" * (11 * 1024 * 1024), "image/png", 413),
        (b"no form", "multipart/form-data; boundary=x", 422),
        (b"no form", "multipart/form-data", 422),
    ],
)
def test_what_is_no_good_picture_is_refused_in_words(content, kind, status, client, blobs):
    problem_of(client.post(PICTURES, content=content, headers={"Content-Type": kind}), status)
    assert list(blobs.digests()) == []


def test_every_error_is_a_problem_document(client):
    assert "nothing at" in problem_of(client.get("/nowhere"), 404)["detail"]
    wrong_method = client.post("/api/v1/organisations/x")
    problem_of(wrong_method, 405)
    assert "GET" in wrong_method.headers["allow"]
    assert "“x”" in problem_of(client.get("/api/v1/organisations/x"), 404)["detail"]
    said = problem_of(client.get("/api/v1/papers", params={"limit": "many", "meeting_from": "soon"}), 422)
    assert {error["parameter"] for error in said["errors"]} == {"limit", "meeting_from"}
    text = client.put("/api/v1/organisations/x", content=b"{}", headers={"Content-Type": "text/plain"})
    problem_of(text, 415)
    as_json = {"Content-Type": "application/json"}
    for body in (b"", b"[]", b'{"key": ', b'{"key": "x", "key": "y"}', b'{"n": NaN}', b"\xff", b"{" * 100_000, b'""'):
        problem_of(client.put("/api/v1/organisations/x", content=body, headers=as_json), 422)


def test_a_body_that_is_too_long_is_refused_also_when_it_does_not_say_how_long_it_is(client):
    def chunks() -> Iterator[bytes]:
        yield b'{"name": "'
        for _ in range(40):
            yield b"x" * 100_000

    as_json = {"Content-Type": "application/json"}
    problem_of(client.put("/api/v1/organisations/x", content=chunks(), headers=as_json), 413)
    problem_of(client.put("/api/v1/organisations/x", content=b"x" * 4_000_000, headers=as_json), 413)


def test_what_goes_wrong_on_our_side_says_nothing_of_our_inside(app, client):
    class Broken:
        def reading(self):
            raise OperationalError("SELECT secret FROM account", {}, RuntimeError("disk on fire"))

    app.state.premises = replace(app.state.premises, database=Broken())
    client._transport.raise_server_exceptions = False
    answer = client.get("/api/v1/organisations", headers={"X-Request-Id": "r-1"})
    said = problem_of(answer, 500)
    assert "r-1" in said["detail"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_request_keeps_its_name_or_gets_one(client):
    assert client.get("/health/live", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    given = client.get("/health/live", headers={"X-Request-Id": "two words"}).headers["x-request-id"]
    assert len(given) == 32


def test_the_service_says_when_it_can_serve(app, stranger, tmp_path):
    assert stranger.get("/health/ready").json() == {"status": "ok"}
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    (tmp_path / "blobs").write_text("a file where the folder was")
    said = problem_of(stranger.get("/health/ready"), 503)
    assert [error["parameter"] for error in said["errors"]] == ["blobs"]


@pytest.mark.parametrize(
    "body",
    [
        rb'{"key": "x", "name": "\ud800"}',
        rb'{"key": "\ud800", "name": "X"}',
        rb'{"key": "x", "name": "X", "\ud800": 1}',
        b'{"key": "x", "name": ' + b"9" * 5000 + b"}",
        b'{"key": ' + b"9" * 5000 + b', "name": "X"}',
    ],
    ids=["half a character", "in the key", "in a name", "a number of 5000 digits", "as the key"],
)
def test_what_no_answer_could_repeat_is_refused_in_words(body, client):
    as_json = {"Content-Type": "application/json"}
    said = problem_of(client.put("/api/v1/organisations/x", content=body, headers=as_json), 422)
    assert said["errors"]


def test_a_problem_can_always_be_sent_whatever_it_repeats():
    half = "\ud800"
    answer = problem(422, half, [ProblemError(detail=half, pointer=f"/{half}", parameter=half)])
    assert json.loads(answer.body)["errors"][0]["pointer"] == "/\\ud800"


def test_a_length_that_no_computer_could_count_is_too_long(client):
    headers = {"Content-Type": "application/json", "Content-Length": "9" * 5000}
    problem_of(client.put("/api/v1/organisations/x", content=b"{}", headers=headers), 413)


def test_a_parameter_that_an_address_does_not_know_is_named(client):
    said = problem_of(client.get("/api/v1/papers", params={"limit": 5, "foo": 1}), 422)
    assert [error["parameter"] for error in said["errors"]] == ["foo"]
    assert "meeting_from" in said["detail"]
    problem_of(client.get("/api/v1/accounts/me", params={"limit": 5}), 422)
    assert client.get("/api/v1/papers", params={"limit": 5}).status_code == 200
    assert client.get("/api/v1/organisations", params={"text": 1}).status_code == 200
