"""Facts go in and come out again: one by one with ETags, or many at once; nobody overwrites what they have not seen."""

import json
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor

from app.web.api import examples
from tests.stories import PAPER, scrutiny, world

V1 = "/api/v1"

IN_ORDER = [
    ("organisations/northmoor", examples.ORGANISATION),
    ("people/a-osei", examples.PERSON),
    ("frameworks/plan-2025", examples.FRAMEWORK),
    ("rag-schemes/programme", examples.RAG_SCHEME),
    ("formats/scrutiny", None),
    ("boards/scrutiny", examples.BOARD),
    ("boards/scrutiny/meetings/2026-12-10", examples.MEETING),
    ("series/collaboration", examples.SERIES),
    ("themes/region", examples.THEME),
    ("themes/region/introductions/2026-11-20", examples.INTRODUCTION),
    ("workstreams/PROC-1", examples.WORKSTREAM),
    ("workstreams/PROC-1/updates/2026-11-20", examples.UPDATE),
    ("papers/COL-2026-12", examples.PAPER),
    ("papers/COL-2026-12/sections/purpose", examples.SECTION),
]
"""What the reference shows as examples, each after what it refers to."""


def test_what_the_reference_shows_can_be_sent_and_what_comes_back_can_be_sent_again(client):
    for address, example in IN_ORDER:
        there = client.get(f"{V1}/{address}")
        headers = {"If-Match": there.headers["etag"]} if there.status_code == 200 else {}
        sent = client.put(f"{V1}/{address}", json=example or scrutiny(), headers=headers)
        assert sent.status_code == (200 if headers else 201), (address, sent.text)
        read = client.get(f"{V1}/{address}")
        assert read.json() == sent.json()
        assert read.headers["etag"] == sent.headers["etag"]
        again = client.put(f"{V1}/{address}", json=read.json(), headers={"If-Match": read.headers["etag"]})
        assert (again.status_code, again.json()) == (200, read.json()), address
        assert again.headers["etag"] == read.headers["etag"]


def test_nobody_changes_what_they_have_not_seen(filled):
    address = f"{V1}/organisations/force"
    seen = filled.get(address)
    changed = seen.json() | {"name": "Northmoor Police"}

    blind = filled.put(address, json=changed)
    assert (blind.status_code, blind.headers["content-type"]) == (428, "application/problem+json")

    assert filled.put(address, json=changed, headers={"If-Match": seen.headers["etag"]}).status_code == 200
    late = filled.put(address, json=seen.json() | {"name": "Overwritten"}, headers={"If-Match": seen.headers["etag"]})
    assert late.status_code == 412
    assert "changed since you read it" in late.json()["detail"]
    assert filled.get(address).json()["name"] == "Northmoor Police"


def test_of_many_edits_at_once_none_is_lost(client):
    people, edits = 8, 5  # by processes, and as many as is promised: `test_the_service_at_work`
    address = f"{V1}/organisations/northmoor"
    client.put(address, json=examples.ORGANISATION | {"name": "0"})

    def count_on(_):
        done = 0
        while done < edits:
            seen = client.get(address)
            changed = seen.json() | {"name": str(int(seen.json()["name"]) + 1)}
            answer = client.put(address, json=changed, headers={"If-Match": seen.headers["etag"]})
            assert answer.status_code in {200, 412}
            done += answer.status_code == 200

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(count_on, range(people)))
    assert client.get(address).json()["name"] == str(people * edits)


def test_making_something_new_does_not_overwrite_what_somebody_else_just_made(client):
    address = f"{V1}/organisations/northmoor"
    only_new = {"If-None-Match": "*"}
    assert client.put(address, json=examples.ORGANISATION, headers=only_new).status_code == 201
    assert client.put(address, json=examples.ORGANISATION, headers=only_new).status_code == 412
    gone = client.put(
        f"{V1}/organisations/other", json=examples.ORGANISATION | {"key": "other"}, headers={"If-Match": '"x"'}
    )
    assert gone.status_code == 412


def test_what_the_client_knows_already_is_not_sent_again(filled):
    read = filled.get(f"{V1}/papers/{PAPER}")
    known = filled.get(f"{V1}/papers/{PAPER}", headers={"If-None-Match": f'"other", W/{read.headers["etag"]}'})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == read.headers["etag"]


def test_sending_an_update_again_changes_nothing_and_other_words_make_a_revision(filled):
    address = f"{V1}/workstreams/forensics/updates/2027-02-15"
    said = {"as_at": "2027-02-15", "parts": {"progress": "The lab opened."}}
    first = filled.put(address, json=said)
    assert first.status_code == 201
    assert first.json()["parts"]["progress"] == {"format": "html", "value": "<p>The lab opened.</p>"}
    again = filled.put(address, json=said)
    assert (again.status_code, again.headers["etag"]) == (200, first.headers["etag"])

    corrected = said | {"parts": {"progress": "The lab opened in May."}}
    assert filled.put(address, json=corrected).status_code == 428
    assert filled.get(address).headers["etag"] == first.headers["etag"]
    assert filled.put(address, json=corrected, headers={"If-Match": first.headers["etag"]}).status_code == 200

    revisions = filled.get(f"{address}/revisions", params={"text": 1}).json()["items"]
    assert [(row["revision"], row["update"]["parts"]["progress"]) for row in revisions] == [
        (1, "The lab opened."),
        (2, "The lab opened in May."),
    ]
    whole = filled.get(f"{V1}/workstreams/forensics").json()
    assert [update["as_at"] for update in whole["updates"]] == ["2027-02-15"]


def test_writing_one_section_leaves_the_others(filled):
    address = f"{V1}/papers/{PAPER}/sections/recommendations"
    section = {"key": "recommendations", "blocks": [{"kind": "narrative", "text": "That the board notes this."}]}
    assert filled.get(address).status_code == 404
    assert filled.put(address, json=section).status_code == 201
    keys = [section["key"] for section in filled.get(f"{V1}/papers/{PAPER}").json()["sections"]]
    assert sorted(keys) == ["purpose", "recommendations"]
    assert filled.get(f"{V1}/papers/{PAPER}/sections/purpose").json()["blocks"][0]["text"]["value"].startswith("<p>")


def test_plain_text_for_those_who_only_read(filled):
    read = filled.get(f"{V1}/papers/{PAPER}/sections/purpose", params={"text": 1})
    assert read.json()["blocks"] == [{"kind": "narrative", "text": "This paper gives an update.", "public": True}]


def test_every_fault_is_named_with_its_place_and_nothing_was_changed(filled):
    read = filled.get(f"{V1}/papers/{PAPER}")
    wrong = read.json() | {
        "chief_officer": "nobody",
        "agenda_nummber": "5",
        "sections": [{"key": "purpose", "blocks": [{"kind": "narrative", "text": "a\u0000b"}]}],
    }
    answer = filled.put(f"{V1}/papers/{PAPER}", json=wrong, headers={"If-Match": read.headers["etag"]})
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/agenda_nummber", "/sections/0/blocks/0/text"}

    wrong = read.json() | {"chief_officer": "nobody", "workstreams": ["procurement", "nothing"]}
    answer = filled.put(f"{V1}/papers/{PAPER}", json=wrong, headers={"If-Match": read.headers["etag"]})
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/chief_officer", "/workstreams/1"}
    assert filled.get(f"{V1}/papers/{PAPER}").headers["etag"] == read.headers["etag"]


def test_the_place_of_a_fault_in_an_update_is_told_below_the_update(filled):
    said = {"as_at": "2027-02-15", "ratings": {"overall": "mauve"}, "parts": {"progress": {"format": "html"}}}
    answer = filled.put(f"{V1}/workstreams/forensics/updates/2027-02-15", json=said)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/parts/progress"]
    answer = filled.put(f"{V1}/workstreams/forensics/updates/2027-02-15", json=said | {"parts": {}})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/ratings/overall"]


def test_address_and_body_must_agree(filled):
    answer = filled.put(f"{V1}/organisations/else", json=examples.ORGANISATION)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/key")


def test_a_facts_file_is_loaded_as_a_whole_and_twice_changes_nothing(client):
    first = client.post(f"{V1}/facts", json=world(formats=[scrutiny()]))
    assert first.status_code == 200, first.text
    assert first.json()["counts"]["workstream"] == {"added": 2, "changed": 0, "unchanged": 0}
    assert {row["outcome"] for row in first.json()["rows"]} == {"added"}
    assert ("papers[0]", "paper", PAPER) in {(row["place"], row["kind"], row["key"]) for row in first.json()["rows"]}
    again = client.put(f"{V1}/facts", json=world(formats=[scrutiny()]))
    assert {row["outcome"] for row in again.json()["rows"]} == {"unchanged"}


def test_a_facts_file_with_one_fault_changes_nothing(client):
    facts = world(formats=[scrutiny()])
    facts["papers"][0]["workstreams"] = ["procurement", "nothing"]
    answer = client.post(f"{V1}/facts", json=facts)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/papers/0/workstreams/1"]
    assert client.get(f"{V1}/organisations").json() == {"items": [], "next": None}


def test_a_facts_file_may_be_yaml(client):
    facts = 'facts: "1"\norganisations:\n  - {key: no, name: 1.10, short_name: No}\n'
    answer = client.post(f"{V1}/facts", content=facts, headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 200
    assert client.get(f"{V1}/organisations/no").json()["name"] == "1.10"


def test_the_same_key_with_the_same_request_is_answered_once(client):
    facts = json.dumps({"facts": "1", "organisations": [examples.ORGANISATION]}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": '"one"'}
    first = client.post(f"{V1}/facts", content=facts, headers=headers)
    again = client.post(f"{V1}/facts", content=facts, headers=headers)
    assert again.content == first.content
    assert "added" in again.text
    assert ("idempotent-replay" in first.headers, again.headers["idempotent-replay"]) == (False, "true")
    other = client.post(f"{V1}/facts", content=facts + b" ", headers=headers)
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]


def test_lists_come_in_pages_that_follow_one_another(client):
    keys = [f"org-{number}" for number in range(7)]
    organisations = [examples.ORGANISATION | {"key": key} for key in keys]
    client.post(f"{V1}/facts", json={"facts": "1", "organisations": organisations})
    found, address = [], f"{V1}/organisations?limit=3"
    while address:
        page = client.get(address)
        found += [item["key"] for item in page.json()["items"]]
        assert ("next" in page.links) == (page.json()["next"] is not None)
        address = page.links["next"]["url"] if page.links else None
    assert found == keys
    assert client.get(f"{V1}/organisations", params={"cursor": "nonsense"}).status_code == 422
    assert client.get(f"{V1}/organisations", params={"limit": 101}).json()["errors"][0]["parameter"] == "limit"


def test_meetings_and_papers_are_found_by_what_they_are_for(filled):
    def meetings(**asked):
        found = filled.get(f"{V1}/meetings", params={"limit": 1} | asked)
        days = [item["meeting"]["held_on"] for item in found.json()["items"]]
        return days + (meetings(**asked | {"cursor": found.json()["next"]}) if found.json()["next"] else [])

    assert meetings(board="scrutiny-board") == ["2026-12-10", "2027-03-11", "2027-06-10"]
    assert meetings(**{"from": "2027-01-01", "to": "2027-04-01"}) == ["2027-03-11"]
    assert meetings(board="another") == []

    def papers(**asked):
        return [item["reference"] for item in filled.get(f"{V1}/papers", params=asked).json()["items"]]

    assert papers() == papers(series="collaboration", meeting_from="2027-03-11") == [PAPER]
    assert papers(board="another") == papers(meeting_to="2027-03-10") == papers(organisation="office") == []


def test_a_format_is_read_with_its_versions_and_faults_are_quoted(filled):
    listed = filled.get(f"{V1}/formats").json()["items"]
    assert [(row["key"], row["live"]["number"]) for row in listed] == [("scrutiny", 1)]
    read = filled.get(f"{V1}/formats/scrutiny")
    reworded = f"# Revised in November.\n{read.json()['manifest']}"
    sent = filled.put(
        f"{V1}/formats/scrutiny",
        json=read.json() | {"manifest": reworded},
        headers={"If-Match": read.headers["etag"]},
    )
    assert sent.status_code == 200, sent.text
    versions = filled.get(f"{V1}/formats/scrutiny/versions").json()["items"]
    assert [(version["number"], version["live"]) for version in versions] == [(1, False), (2, True)]

    broken = sent.json() | {"template": "UEsDBA=="}
    answer = filled.put(f"{V1}/formats/scrutiny", json=broken, headers={"If-Match": sent.headers["etag"]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/template")


def test_a_template_version_is_read_by_its_number_with_its_file(filled):
    listed = filled.get(f"{V1}/formats/scrutiny/versions").json()["items"][0]
    one = filled.get(f"{V1}/formats/scrutiny/versions/1")
    assert one.json() == listed | {"manifest": scrutiny()["manifest"]}
    file = filled.get(f"{V1}/formats/scrutiny/versions/1/template")
    assert file.content == b64decode(scrutiny()["template"])
    assert "scrutiny template 1.docx" in file.headers["content-disposition"]
    for address in (one, file):
        known = filled.get(address.url.path, headers={"If-None-Match": address.headers["etag"]})
        assert known.status_code == 304
    for missing in ("formats/scrutiny/versions/2", "formats/scrutiny/versions/2/template", "formats/no/versions/1"):
        assert filled.get(f"{V1}/{missing}").status_code == 404


def test_other_words_make_a_revision_of_an_introduction_and_both_are_read(filled):
    address = f"{V1}/themes/region/introductions/2027-01-15"
    first = filled.put(address, json={"as_at": "2027-01-15", "text": "Seven forces."})
    headers = {"If-Match": first.headers["etag"]}
    assert filled.put(address, json={"as_at": "2027-01-15", "text": "Eight forces."}, headers=headers).is_success
    said = filled.get(f"{address}/revisions", params={"text": 1}).json()["items"]
    assert [(row["revision"], row["introduction"]["text"]) for row in said] == [
        (1, "Seven forces."),
        (2, "Eight forces."),
    ]
    page = filled.get(f"{address}/revisions", params={"limit": 1}).json()
    rest = filled.get(f"{address}/revisions", params={"cursor": page["next"]}).json()["items"]
    assert [row["revision"] for row in rest] == [2]
    assert filled.get(f"{V1}/themes/region/introductions/2020-01-01/revisions").status_code == 404


def test_a_section_that_is_taken_out_is_the_formats_again(filled):
    address = f"{V1}/papers/{PAPER}/sections/purpose"
    seen = filled.get(address)
    assert filled.delete(address).status_code == 428
    assert filled.delete(address, headers={"If-Match": '"other"'}).status_code == 412
    taken = filled.delete(address, headers={"If-Match": seen.headers["etag"]})
    assert (taken.status_code, taken.content) == (204, b"")
    assert filled.get(address).status_code == 404
    assert filled.get(f"{V1}/papers/{PAPER}").json()["sections"] == []
    assert filled.delete(address, headers={"If-Match": "*"}).status_code == 404
    assert filled.put(address, json=seen.json()).status_code == 201
