"""Every stored text that a paper prints is marked in it, under a key that leads back to that one text."""

from datetime import date

import pytest

from app import word
from app.assembly.assemble import make
from app.assembly.regions import stored_texts
from app.assembly.snapshot import Snapshot
from app.word import regions
from tests.assembly.test_same_facts_same_bytes import GOLDEN
from tests.word.test_narrated import as_printed

TEMPLATE = (GOLDEN / "template.docx").read_bytes()


def a_snapshot(name: str = "quarterly") -> Snapshot:
    return Snapshot.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.trust(11)
@pytest.mark.parametrize("name", ["quarterly", "one-subject"])
def test_every_region_of_the_demonstration_says_its_stored_text(name: str) -> None:
    snapshot = a_snapshot(name)
    stored = stored_texts(snapshot)
    found = regions(make(snapshot, TEMPLATE).content)
    assert {key: region.html for key, region in found.items()} == {key: as_printed(stored[key]) for key in found}
    assert all(region.agrees for region in found.values())
    # What is stored and not printed: the parts that the paper words itself.
    reworded = {key.replace("own-wording/", "update/") for key in stored if key.startswith("own-wording/")}
    assert set(stored) - set(found) == reworded
    assert {key.partition("/")[0] for key in found} >= {"field", "section", "update"}


def test_each_key_names_one_stored_fact() -> None:
    snapshot = a_snapshot()
    stored = stored_texts(snapshot)
    workstream = snapshot.workstreams[0]
    update = workstream.updates[0]
    part, text = next(iter(update.parts.items()))
    assert stored[f"update/{workstream.ref}/{update.as_at.isoformat()}/{part}"] == text
    theme = next(theme for theme in snapshot.themes if theme.introduction)
    assert theme.introduction
    assert stored[f"introduction/{theme.key}/{theme.introduction.as_at.isoformat()}"] == theme.introduction.text
    assert all(len(key.split("/")) in {2, 3, 4} for key in stored)


def test_a_section_said_again_is_one_text_with_two_readings() -> None:
    found = regions(make(a_snapshot(), TEMPLATE).content)
    assert [key for key, region in found.items() if len(region.readings) == 2] == ["section/recommendations/1"]


def test_own_wording_a_nil_and_a_value_have_keys_of_their_own_and_gaps_have_none() -> None:
    facts = a_snapshot("one-subject").model_dump(mode="json")
    update = facts["workstreams"][0]["updates"][0]
    part = next(iter(update["parts"]))
    update["own_wordings"] = {part: {"text": "<p>Reworded.</p>", "revision": update["revision"]}}
    section = next(one for one in facts["sections"] if one["key"] == "purpose")
    section["blocks"] = [{"kind": "nil", "subject": "disputes", "as_at": date(2026, 11, 1).isoformat()}]
    facts["paper"]["chief_officer"] = None
    snapshot = Snapshot.model_validate(facts)
    document = make(snapshot, TEMPLATE).content
    found = regions(document)
    ref, as_at = facts["workstreams"][0]["ref"], update["as_at"]
    assert found[f"own-wording/{ref}/{as_at}/{part}"].html == "<p>Reworded.</p>"
    assert f"update/{ref}/{as_at}/{part}" not in found
    assert found["section/purpose/1"].html == "<p>There are no disputes to report as at 1 November 2026.</p>"
    assert found["field/title"].html == f"<p>{facts['paper']['title']}</p>"
    assert not any("chief" in key for key in found)
    assert "To be completed" in word.text_of(document)
