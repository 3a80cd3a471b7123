"""From facts to a kept document and back to the reader, byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from urllib.parse import unquote

from app import word
from app.accounts.models import Role
from tests.stories import PAPER, paper, scrutiny, world

ADDRESS = f"/api/v1/papers/{PAPER}"
VERSIONS = f"{ADDRESS}/versions"


def number_of_versions(client) -> int:
    return len(client.get(VERSIONS).json()["items"])


def test_a_preview_shows_the_paper_and_keeps_nothing(filled, blobs):
    kept_before = list(blobs.digests())
    answer = filled.post(f"{ADDRESS}/preview")
    assert answer.status_code == 200
    assert "This paper gives an update." in word.text_of(answer.content)
    gaps = filled.get(f"{ADDRESS}/gaps").json()["gaps"]
    assert int(answer.headers["boardpapers-gaps"]) == len(gaps) > 0
    assert (number_of_versions(filled), list(blobs.digests())) == (0, kept_before)


def test_the_public_copy_is_previewed_without_what_is_not_public(filled):
    section = {"key": "purpose", "blocks": [{"kind": "narrative", "text": "Not for all.", "public": False}]}
    there = filled.get(ADDRESS)
    filled.put(ADDRESS, json=there.json() | {"sections": [section]}, headers={"If-Match": there.headers["etag"]})
    full, public = (filled.post(f"{ADDRESS}/preview?copy={copy}") for copy in ("full", "public"))
    assert "Not for all." in word.text_of(full.content)
    assert "Not for all." not in word.text_of(public.content)
    assert "Public copy" in word.text_of(public.content)
    assert "Public copy" in unquote(public.headers["content-disposition"])
    assert filled.post(f"{ADDRESS}/preview?copy=other").status_code == 422


def test_generating_keeps_a_version_and_generating_without_a_change_answers_with_it(filled):
    made = filled.post(VERSIONS)
    assert made.status_code == 201, made.text
    version = made.json()
    assert (version["number"], version["label"], version["made_by"]) == (1, "0.1", "administrator-all")
    assert filled.get(made.headers["location"]).json() == version
    again = filled.post(VERSIONS)
    assert (again.status_code, again.json()) == (200, version)

    update = {"as_at": "2027-02-15", "parts": {"progress": "The team grew."}}
    filled.put("/api/v1/workstreams/procurement/updates/2027-02-15", json=update)
    assert filled.post(VERSIONS).json()["label"] == "0.2"
    assert [item["label"] for item in filled.get(VERSIONS).json()["items"]] == ["0.1", "0.2"]


def test_a_download_is_the_kept_bytes_under_a_telling_name(filled, blobs):
    version = filled.post(VERSIONS).json()
    file = filled.get(version["document"])
    assert file.content == blobs.get(version["file_digest"])
    assert sha256(file.content).hexdigest() == version["file_digest"]
    assert word.content_digest(file.content) == version["content_digest"]
    assert len(file.content) == version["size"] == int(file.headers["content-length"])
    name = file.headers["content-disposition"].partition("filename*=UTF-8''")[2]
    assert unquote(name) == version["file_name"]
    assert file.headers["etag"] == f'"{version["file_digest"]}"'
    headers = ("cache-control", "x-content-type-options", "content-security-policy")
    assert [file.headers[header] for header in headers] == ["no-store", "nosniff", "sandbox"]
    known = filled.get(version["document"], headers={"If-None-Match": file.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_the_snapshot_is_the_text_that_was_hashed(filled):
    version = filled.post(VERSIONS).json()
    snapshot = filled.get(f"{VERSIONS}/{version['label']}/snapshot")
    assert sha256(snapshot.content).hexdigest() == version["snapshot_digest"]
    assert snapshot.json()["paper"]["reference"] == PAPER


def test_a_file_name_with_other_letters_reaches_every_client(filled):
    read = filled.get(ADDRESS)
    titled = read.json() | {"title": "Café “R&D” – naïve 100%"}
    assert filled.put(ADDRESS, json=titled, headers={"If-Match": read.headers["etag"]}).status_code == 200
    disposition = filled.post(f"{ADDRESS}/preview").headers["content-disposition"]
    plain, _, full = disposition.partition("; filename*=UTF-8''")
    assert "Cafe R&D - naive 100%" in plain
    assert plain.count('"') == 2
    assert "Café “R&D” – naïve 100%" in unquote(full)


def test_one_request_sent_many_times_at_once_makes_one_version(filled):
    def generate(_):
        return filled.post(VERSIONS, headers={"Idempotency-Key": "8e03978e"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(generate, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replay" not in answer.headers for answer in answers) == 1
    assert {answer.headers["location"] for answer in answers} == {f"{VERSIONS}/0.1"}
    assert number_of_versions(filled) == 1


def test_versions_come_in_pages(filled):
    for number in range(3):
        update = {"as_at": f"2027-02-0{number + 1}", "parts": {"progress": f"Step {number}."}}
        filled.put(f"/api/v1/workstreams/procurement/updates/{update['as_at']}", json=update)
        filled.post(VERSIONS)
    first = filled.get(VERSIONS, params={"limit": 2})
    second = filled.get(first.links["next"]["url"])
    assert [item["number"] for item in first.json()["items"] + second.json()["items"]] == [1, 2, 3]
    assert "next" not in second.links


def test_what_happened_is_in_the_log_with_the_name_of_the_request(filled):
    filled.post(VERSIONS, headers={"X-Request-Id": "from-the-intranet-7"})
    newest = filled.get("/api/v1/audit", params={"action": "version.kept"}).json()["items"][0]
    assert (newest["object"], newest["request"]) == (f"paper/{PAPER}/version/0.1", "from-the-intranet-7")
    page = filled.get("/api/v1/audit", params={"limit": 2})
    older = filled.get(page.links["next"]["url"]).json()["items"]
    assert page.json()["items"][-1]["sequence"] == older[0]["sequence"] + 1


def test_who_reads_a_sensitive_paper_is_written_down_before_the_answer(client, client_of):
    sensitive = paper(marking="OFFICIAL-SENSITIVE")
    answer = client.post("/api/v1/facts", json=world(formats=[scrutiny()], papers=[sensitive]))
    assert answer.status_code == 200, answer.text
    document = client.post(VERSIONS).json()["document"]
    client_of(Role.READER, "force").get(document)
    trace = client.get("/api/v1/audit", params={"action": "document.read"}).json()["items"]
    assert [(event["object"], event["by"]) for event in trace] == [(f"paper/{PAPER}", "reader-force")]
