"""A template version from its upload to its retirement: who does what, what papers see of it, what stays."""

import io
from base64 import b64encode
from functools import cache

import docx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import word
from app.accounts import queries as accounts
from app.accounts.models import Role
from app.assembly.assemble import ENGINE, make_again
from app.upkeep.verify import verify
from tests.stories import PAPER, ROOT, paper, scrutiny, world

VERSIONS = "/api/v1/formats/scrutiny/versions"
TEMPLATE = ROOT / "templates" / "scrutiny" / "template.docx"
MANIFEST = scrutiny()["manifest"]
FORM = {"manifest": ("format.toml", MANIFEST.encode()), "template": ("t.docx", TEMPLATE.read_bytes())}


@cache
def with_words(*words: str) -> bytes:
    """The shipped template with paragraphs in front of everything."""
    document = docx.Document(str(TEMPLATE))
    for said in words:
        document.paragraphs[0].insert_paragraph_before(said)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


NEW = with_words("Northmoor Constabulary")
"""The shipped template under a letterhead."""

RENAMED = MANIFEST.replace('heading = "Purpose of Report"', 'heading = "Aim"')
"""The shipped manifest with another heading."""


def upload(client, template=NEW, manifest=MANIFEST, key="scrutiny", **headers):
    document = {"manifest": manifest, "template": b64encode(template).decode()}
    return client.post(f"/api/v1/formats/{key}/versions", json=document, headers=headers)


@pytest.fixture
def manager(filled, client_of):
    return client_of(Role.TEMPLATE_MANAGER)


@pytest.fixture
def colleague(filled, client_of):
    return client_of(Role.TEMPLATE_MANAGER, "office")


def stages(client):
    return [version["stage"] for version in client.get(VERSIONS).json()["items"]]


def test_the_whole_life_of_a_version(filled, manager, colleague):
    sent = upload(manager)
    assert sent.status_code == 201
    assert sent.headers["location"] == f"{VERSIONS}/2"
    assert (sent.json()["stage"], sent.json()["live"]) == ("uploaded", False)
    assert stages(manager) == ["live", "uploaded"]

    early = colleague.post(f"{VERSIONS}/2/live")
    assert early.status_code == 409
    assert (
        early.json()["detail"] == "Nobody has tried version 2 of “scrutiny” yet. Try it first, and look at the paper."
    )

    tried = manager.post(f"{VERSIONS}/2/trial")
    assert tried.status_code == 200
    assert "Northmoor Constabulary" in word.text_of(tried.content)
    real = manager.post(f"{VERSIONS}/2/trial", params={"paper": PAPER})
    assert "This paper gives an update." in word.text_of(real.content)
    assert stages(manager) == ["live", "tried"]

    own = manager.post(f"{VERSIONS}/2/live")
    assert own.status_code == 403
    assert own.json()["detail"] == "You uploaded version 2 of “scrutiny”: another person puts it live."
    live = colleague.post(f"{VERSIONS}/2/live")
    assert live.status_code == 200
    assert live.json()["stage"] == "live"
    assert [(event["change"], event["by"]) for event in live.json()["events"]] == [
        ("uploaded", "template-manager-all"),
        ("tried", "template-manager-all"),
        ("live", "template-manager-office"),
    ]
    assert stages(manager) == ["replaced", "live"]
    made = filled.post(f"/api/v1/papers/{PAPER}/versions").json()
    assert made["template"]["number"] == 2

    assert manager.post(f"{VERSIONS}/2/retire").json()["stage"] == "retired"
    assert stages(manager) == ["live", "retired"]
    assert manager.post(f"{VERSIONS}/2/retire").status_code == 409
    told = [(event["action"], event["by"]) for event in filled.get("/api/v1/audit").json()["items"]]
    for deed in ("added", "uploaded", "tried", "retired"):
        assert (f"template.{deed}", "template-manager-all") in told
    assert ("template.live", "template-manager-office") in told
    assert ("request.refused", "template-manager-all") in told


def test_a_form_with_two_files_is_as_good_as_json(filled, manager):
    made = manager.post(VERSIONS, files=FORM | {"template": ("t.docx", NEW)})
    assert made.status_code == 201, made.text
    again = upload(manager)
    assert (again.status_code, again.json()["number"]) == (200, 2)
    kept = manager.get(f"{VERSIONS}/2/template")
    assert kept.content == NEW
    manifest = manager.get(f"{VERSIONS}/2/manifest")
    assert manifest.content.decode() == MANIFEST
    known = manager.get(f"{VERSIONS}/2/manifest", headers={"If-None-Match": manifest.headers["etag"]})
    assert known.status_code == 304


def test_the_same_request_again_adds_nothing(filled, manager):
    first = upload(manager, **{"Idempotency-Key": "k"})
    again = upload(manager, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replay"] == "true"
    assert len(stages(manager)) == 2


def test_errors_refuse_with_every_finding_and_warnings_are_kept_and_shown(filled, manager):
    bad = upload(manager, with_words("{{ titel }}", "1. typed"), MANIFEST.replace('key = "scrutiny"', 'key = "x"', 1))
    assert bad.status_code == 422
    said = bad.json()
    assert {error["pointer"] for error in said["errors"]} == {"/manifest/key", "/template"}
    misspelt = next(finding for finding in said["findings"] if finding["code"] == "unknown-name")
    assert (misspelt["severity"], misspelt["quoted"], misspelt["meant"]) == ("error", "{{ titel }}", "title")
    assert {finding["severity"] for finding in said["findings"]} == {"error", "warning"}
    assert stages(manager) == ["live"]

    warned = upload(manager, with_words("1. typed"))
    assert warned.status_code == 201
    assert {finding["severity"] for finding in warned.json()["findings"]} == {"warning"}
    shown = manager.get(f"{VERSIONS}/2/findings").json()
    assert shown["findings"] == warned.json()["findings"]


def test_a_template_without_the_marking_on_each_page_or_that_leaves_text_out_is_refused(filled, manager):
    document = docx.Document(str(TEMPLATE))
    for section in document.sections:
        for header in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            for paragraph in header.paragraphs:
                for run in paragraph.runs:
                    run.text = ""
    out = io.BytesIO()
    document.save(out)
    answer = upload(manager, out.getvalue())
    assert answer.status_code == 422
    assert "marking-not-on-page" in {finding["code"] for finding in answer.json()["findings"]}


def test_a_new_format_is_uploaded_and_has_nothing_live_until_somebody_puts_it_live(filled, manager, colleague):
    manifest = MANIFEST.replace('key = "scrutiny"', 'key = "committee"', 1)
    assert upload(manager, manifest=manifest, key="committee").status_code == 201
    assert manager.get("/api/v1/formats/committee").status_code == 409
    manager.post("/api/v1/formats/committee/versions/1/trial")
    assert colleague.post("/api/v1/formats/committee/versions/1/live").status_code == 200
    assert manager.get("/api/v1/formats/committee").status_code == 200


def test_where_one_person_is_enough_the_uploader_puts_it_live(app, filled, manager):
    app.state.premises = type(app.state.premises)(**vars(app.state.premises) | {"two_people_for_templates": False})
    upload(manager)
    manager.post(f"{VERSIONS}/2/trial")
    assert manager.post(f"{VERSIONS}/2/live").status_code == 200


def test_nobody_but_an_administrator_goes_round_the_second_person(filled, manager):
    seen = manager.get("/api/v1/formats/scrutiny")
    document = seen.json() | {"template": b64encode(NEW).decode()}
    round_it = manager.put("/api/v1/formats/scrutiny", json=document, headers={"If-Match": seen.headers["etag"]})
    assert round_it.status_code == 409
    assert "second person" in round_it.json()["detail"]
    loaded = filled.put("/api/v1/formats/scrutiny", json=document, headers={"If-Match": seen.headers["etag"]})
    assert loaded.status_code == 200
    assert stages(manager) == ["replaced", "live"]


def test_the_effect_of_a_version_is_seen_on_the_last_papers(filled, manager):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    upload(manager)
    said = manager.get(f"{VERSIONS}/2/effect").json()["papers"]
    assert [(effect["paper"], effect["version"], effect["made_with"]) for effect in said] == [(PAPER, "0.1", 1)]
    texts = [difference for difference in said[0]["differences"] if difference["subject"] == "text"]
    assert texts == [
        {"subject": "text", "code": "inserted", "where": "the body", "old": "", "new": "Northmoor Constabulary"}
    ]
    old, new = (manager.get(said[0][which]) for which in ("old", "new"))
    kept = filled.get(f"/api/v1/papers/{PAPER}/versions/0.1/document")
    assert old.content == kept.content
    assert word.text_of(new.content) == ["Northmoor Constabulary", *word.text_of(kept.content)]
    assert manager.get(f"{VERSIONS}/1/effect").json()["papers"][0]["differences"] == []


def test_the_effect_of_another_manifest_is_seen_too(filled, manager):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    assert upload(manager, TEMPLATE.read_bytes(), RENAMED).status_code == 201
    (effect,) = manager.get(f"{VERSIONS}/2/effect").json()["papers"]
    changed = {(difference["code"], difference["old"], difference["new"]) for difference in effect["differences"]}
    assert {("deleted", "Purpose of Report", ""), ("inserted", "", "Aim")} <= changed


def test_papers_of_others_are_in_no_effect_and_no_trial(filled, manager, colleague):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    upload(manager)
    assert colleague.get(f"{VERSIONS}/2/effect").json()["papers"] == []
    for method, rest in (("POST", f"trial?paper={PAPER}"), ("GET", f"effect/{PAPER}/old")):
        assert colleague.request(method, f"{VERSIONS}/2/{rest}").status_code == 404
    never = manager.post(f"{VERSIONS}/2/trial", params={"paper": "NEVER"})
    assert never.status_code == 404
    assert stages(manager) == ["live", "uploaded"]


def test_what_was_printed_above_ones_clearance_is_in_no_effect(client, client_of, database):
    sensitive = paper(marking="OFFICIAL-SENSITIVE")
    assert client.post("/api/v1/facts", json=world(formats=[scrutiny()], papers=[sensitive])).status_code == 200
    client.post(f"/api/v1/papers/{PAPER}/versions")
    manager = client_of(Role.TEMPLATE_MANAGER)
    with database.writing() as session:
        accounts.get(session, "template-manager-all").markings = ["OFFICIAL"]
    now = client.put(f"/api/v1/papers/{PAPER}", json=sensitive | {"marking": "OFFICIAL"}, headers={"If-Match": "*"})
    assert now.status_code == 200
    assert manager.get(f"{VERSIONS}/1/effect").json()["papers"] == []
    assert manager.get(f"{VERSIONS}/1/effect/{PAPER}/old").status_code == 404


def test_reading_a_sensitive_paper_through_a_trial_leaves_a_trace(client, client_of):
    sensitive = world(formats=[scrutiny()], papers=[paper(marking="OFFICIAL-SENSITIVE")])
    assert client.post("/api/v1/facts", json=sensitive).status_code == 200
    client.post(f"/api/v1/papers/{PAPER}/versions")
    manager = client_of(Role.TEMPLATE_MANAGER)
    upload(manager)
    manager.post(f"{VERSIONS}/2/trial", params={"paper": PAPER})
    manager.get(f"{VERSIONS}/2/effect")
    told = [(event["action"], event["by"]) for event in client.get("/api/v1/audit").json()["items"]]
    assert ("trial.read", "template-manager-all") in told
    assert ("effect.read", "template-manager-all") in told


def test_a_paper_of_last_quarter_is_what_it_was_after_its_format_moved_on(
    filled, manager, colleague, database, blobs, tmp_path
):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    before = filled.get(f"/api/v1/papers/{PAPER}/versions/0.1/document").content
    upload(manager, manifest=RENAMED)
    manager.post(f"{VERSIONS}/2/trial")
    colleague.post(f"{VERSIONS}/2/live")
    manager.post(f"{VERSIONS}/1/retire")
    filled.post(f"/api/v1/papers/{PAPER}/versions")

    assert filled.get(f"/api/v1/papers/{PAPER}/versions/0.1/document").content == before
    made_with = [
        (version["label"], version["template"]["number"])
        for version in filled.get(f"/api/v1/papers/{PAPER}/versions").json()["items"]
    ]
    assert made_with == [("0.1", 1), ("0.2", 2)]
    with database.reading() as session:
        report = verify(
            session,
            blobs,
            checkpoints=tmp_path / "audit-checkpoints.jsonl",
            engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )
    assert report.exit_code == 0, str(report)
    assert report.as_json()["counts"]["versions made again"] == 2


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE template_version SET manifest = ''",
        "UPDATE template_version SET template_digest = digest",
        "DELETE FROM template_version",
        "UPDATE template_event SET change = 'retired'",
        "DELETE FROM template_event",
    ],
)
def test_a_live_template_is_neither_changed_nor_deleted(filled, database, deed):
    before = filled.get(f"{VERSIONS}/1").json()
    for method in ("PUT", "PATCH", "DELETE"):
        for rest in ("", "/template", "/manifest"):
            assert filled.request(method, f"{VERSIONS}/1{rest}").status_code == 405
    with pytest.raises(DBAPIError), database.writing() as session:
        session.execute(text(deed))
    assert filled.get(f"{VERSIONS}/1").json() == before


def test_the_reference_names_everything_that_a_template_may_use(filled):
    values = {value["name"]: value for value in filled.get("/api/v1/template-reference").json()["values"]}
    assert values["sections.heading"]["must_be_printed"]
    assert not values["sections.key"]["must_be_printed"]
    assert values["sections.blocks.lines.updates.parts.text"]["must_be_printed"]
    assert all(value["description"] for value in values.values())
