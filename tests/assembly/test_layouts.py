"""Stories of layouts: numbered paragraphs, names that run in, bands, numbered groups, objectives of a plan."""

from base64 import b64encode
from typing import Any

import pytest

from app import word
from app.blobs import Blobs
from app.db import Database
from app.facts.load import FaultyFacts
from app.formats.manifest import FaultyManifest, parse_manifest
from tests import stories
from tests.stories import JANUARY, ROOT, update, world
from tests.word.templates import a_template

PLAN = [
    {"key": "safer", "kind": "objective", "number": "1", "text": "Safer streets"},
    {"key": "victims", "kind": "objective", "number": "2", "text": "Victims first"},
]


def shipped(key: str, *changes: tuple[str, str]) -> dict[str, Any]:
    """A shipped format as a facts file carries it, with these changes to what its manifest says."""
    folder = ROOT / "templates" / key
    manifest = (folder / "format.toml").read_text(encoding="utf-8")
    for said, instead in changes:
        assert manifest.count(said) == 1, said
        manifest = manifest.replace(said, instead)
    template = b64encode((folder / "template.docx").read_bytes()).decode()
    return {"key": key, "manifest": manifest, "template": template}


def theme(key: str, name: str, **changes: Any) -> dict[str, Any]:
    return {"key": key, "name": name, "organisation": "force"} | changes


def work(ref: str, name: str, theme: str = "region", *, position: int = 1, **changes: Any) -> dict[str, Any]:
    """A workstream that has no ratings and says its name in its update, unless told otherwise."""
    said = {"updates": [update(JANUARY, f"About {ref}.")]} | changes
    return {"ref": ref, "name": name, "theme": theme, "position": position} | said


def facts(format_: dict[str, Any], themes: list[dict[str, Any]], works: list[dict[str, Any]], **changes: Any) -> Any:
    """A world with these themes and workstreams, and one paper in this format that chooses them all."""
    chosen = {"format": format_["key"], "workstreams": [entry["ref"] for entry in works], "sections": []}
    frameworks = world()["frameworks"]
    frameworks[0]["items"] = PLAN
    return world(
        formats=[format_],
        frameworks=frameworks,
        themes=themes,
        workstreams=works,
        papers=[stories.paper(**chosen | changes)],
    )


def printed(database: Database, blobs: Blobs, said: dict[str, Any]) -> list[tuple[str, str]]:
    """Printed number and text of each paragraph, but for those of the front and of gaps."""
    stories.put(database, blobs, said)
    document = blobs.get(stories.generate(database, blobs).version.file_digest)
    left_out = {"Title", "Subtitle", "Front Line", "Letterhead", "Letterhead Alone", "Gap"}
    return [(line.number, line.text) for line in word.outline(document) if line.style not in left_out]


DELIVERY = shipped("delivery-board")
COORDINATION = shipped("coordination-board")
REGION, FORCE = theme("region", "Eastern Region", position=1), theme("local", "Local Work", position=2)


# Numbered paragraphs and names that run in


def test_paragraphs_are_counted_through_bands_each_opening_with_its_name(database: Database, blobs: Blobs) -> None:
    goes_on = {"format": "html", "value": '<p>One.</p><p data-number="no">More.</p>'}
    works = [
        work("vetting", "Vetting", updates=[update(JANUARY, parts={"progress": goes_on})]),
        work("fleet", "Fleet", position=2),
        work("local-work", "Local Work", "local"),
    ]
    introduced = REGION | {"introductions": [{"as_at": JANUARY, "text": "Seven forces share:"}]}
    summary = {"key": "summary", "blocks": [{"kind": "narrative", "text": "All is well."}]}
    assert printed(database, blobs, facts(DELIVERY, [introduced, FORCE], works, sections=[summary])) == [
        ("", "Eastern Region"),
        ("1.", "Seven forces share:"),
        ("2.", "Vetting. One."),
        ("", "More."),
        ("3.", "Fleet. About fleet."),
        ("", "Local Work"),
        ("4.", "About local-work."),
        ("", "Summary"),
        ("5.", "All is well."),
    ]


def test_nothing_to_report_is_a_numbered_paragraph_with_the_name(database: Database, blobs: Blobs) -> None:
    works = [work("vetting", "Vetting", updates=[update(JANUARY, nothing_to_report=True)])]
    lines = printed(database, blobs, facts(DELIVERY, [REGION], works))
    assert ("1.", "Vetting. Nothing to report as at 15 January 2027.") in lines


def test_a_name_without_a_text_to_open_is_a_heading(database: Database, blobs: Blobs) -> None:
    works = [work("vetting", "Vetting", updates=[]), work("fleet", "Fleet", position=2)]
    lines = printed(database, blobs, facts(DELIVERY, [REGION], works))
    assert lines[:3] == [("", "Eastern Region"), ("", "Vetting"), ("1.", "Fleet. About fleet.")]


def test_names_of_rated_or_repeated_reports_are_headings(database: Database, blobs: Blobs) -> None:
    rated = REGION | {"rag_scheme": "programme"}
    works = [work("vetting", "Vetting", updates=[update(JANUARY, "Said.", ratings={"overall": "green"})])]
    own = {"key": "updates", "blocks": [{"kind": "workstreams"}]}
    lines = printed(database, blobs, facts(DELIVERY, [rated], works, sections=[own]))
    assert ("", "Vetting") in lines
    assert ("1.", "Said.") in lines
    assert ("", "Green") in lines


def test_an_empty_section_says_so_with_a_number(database: Database, blobs: Blobs) -> None:
    nil = {"key": "summary", "blocks": [{"kind": "nil", "subject": "risks", "as_at": JANUARY}]}
    lines = printed(database, blobs, facts(DELIVERY, [REGION], [work("vetting", "Vetting")], sections=[nil]))
    assert lines[-1] == ("2.", "There are no risks to report as at 15 January 2027.")


# Sections without a heading, bands


def test_a_section_without_a_heading_of_its_own_prints_the_one_that_a_paper_gives(
    database: Database, blobs: Blobs
) -> None:
    said = facts(DELIVERY, [REGION], [work("vetting", "Vetting")])
    assert ("", "Updates") not in printed(database, blobs, said)
    own = {"key": "updates", "heading": "Our work", "blocks": [{"kind": "workstreams", "ratings": False}]}
    assert ("", "Our work") in printed(
        database, blobs, facts(DELIVERY, [REGION], [work("vetting", "Vetting")], sections=[own])
    )


def test_bands_may_begin_at_a_deeper_theme_and_nothing_above_is_lost(database: Database, blobs: Blobs) -> None:
    deeper = shipped("delivery-board", ('workstreams = { names = "run-in" }', "workstreams = { band = 2 }"))
    silent, speaking = theme("all", "Everything", position=1), theme("more", "More", position=2)
    speaking["introductions"] = [{"as_at": JANUARY, "text": "There is more."}]
    themes = [silent, REGION | {"parent": "all"}, speaking, FORCE | {"parent": "more"}]
    works = [work("vetting", "Vetting"), work("fleet", "Fleet", "local")]
    lines = [text for _, text in printed(database, blobs, facts(deeper, themes, works))]
    assert "Everything" not in lines
    assert lines[:6] == ["Eastern Region", "Vetting", "About vetting.", "More", "There is more.", "Local Work"]


def test_no_heading_level_is_jumped_where_sections_and_work_have_no_heading(database: Database, blobs: Blobs) -> None:
    text = {"format": "html", "value": "<p>One.</p><h3>Costs</h3><p>Two.</p>"}
    works = [work("vetting", "Vetting", updates=[update(JANUARY, parts={"progress": text})])]
    stories.put(database, blobs, facts(DELIVERY, [REGION], works))
    document = blobs.get(stories.generate(database, blobs).version.file_digest)
    styles = [line.style for line in word.outline(document) if line.style.startswith("Heading")]
    assert styles == ["Heading 1 Unnumbered", "Heading 2 Unnumbered", "Heading 1 Unnumbered"]


# Numbered groups and objectives


def groups() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One band whose work serves one objective, with a theme inside it, and one whose work serves two."""
    themes = [REGION, theme("phase", "Phase One", parent="region"), FORCE]
    works = [
        work("cell", "Cell", "phase", serves=["plan/safer"]),
        work("hub", "Hub", "phase", position=2, serves=["plan/safer"]),
        work("panel", "Panel", "local", serves=["plan/victims"]),
        work("pilot", "Pilot", "local", position=2, serves=["plan/victims"]),
        work("patrol", "Patrol", "local", position=3, serves=["plan/victims", "plan/safer"]),
    ]
    return themes, works


def test_groups_are_numbered_like_sections_under_the_objectives_that_they_serve(
    database: Database, blobs: Blobs
) -> None:
    lines = printed(database, blobs, facts(COORDINATION, *groups()))
    numbered = [line for line in lines if not line[1].startswith("About")]
    assert numbered[3:-2] == [
        ("", "Objective 1: Safer streets"),
        ("4.", "Eastern Region"),
        ("", "Phase One"),
        ("4.1", "Cell"),
        ("4.2", "Hub"),
        ("", "Objective 2: Victims first"),
        ("5.", "Local Work"),
        ("5.1", "Panel"),
        ("", "Objective 2: Victims first"),
        ("5.2", "Pilot"),
        ("", "Objective 1: Safer streets"),
        ("", "Objective 2: Victims first"),
        ("5.3", "Patrol"),
    ]


def test_groups_below_a_printed_heading_are_numbered_below_it(database: Database, blobs: Blobs) -> None:
    titled = shipped("coordination-board", ("heading_printed = false\n", ""))
    lines = dict(reversed(line) for line in printed(database, blobs, facts(titled, *groups())))
    assert [lines[name] for name in ("Updates", "Eastern Region", "Hub", "Local Work", "Panel")] == [
        "4.", "4.1", "4.1.2", "4.2", "4.2.1",
    ]  # fmt: skip


def test_one_objective_may_be_set_apart_where_a_paper_wants_it(database: Database, blobs: Blobs) -> None:
    own = {"key": "updates", "blocks": [{"kind": "workstreams"}, {"kind": "objective", "item": "plan/victims"}]}
    lines = printed(database, blobs, facts(COORDINATION, *groups(), sections=[own]))
    assert lines[lines.index(("6.", "Recommendation")) - 1] == ("", "Objective 2: Victims first")


def test_an_objective_that_nobody_knows_is_a_fault(database: Database, blobs: Blobs) -> None:
    own = {"key": "updates", "blocks": [{"kind": "objective", "item": "plan/nothing"}]}
    with pytest.raises(FaultyFacts) as caught:
        stories.put(database, blobs, facts(COORDINATION, *groups(), sections=[own]))
    assert [fault.where for fault in caught.value.faults] == ["papers[0].sections[0].blocks[0].item"]


def test_a_recommendation_is_printed_again_with_the_number_of_its_second_place(
    database: Database, blobs: Blobs
) -> None:
    asked = {"key": "recommendation", "blocks": [{"kind": "narrative", "text": "Note the report."}]}
    lines = printed(database, blobs, facts(COORDINATION, *groups(), sections=[asked]))
    assert [number for number, text in lines if text == "Note the report."] == ["2.1", "6.1"]


def test_a_strapline_stands_below_the_organisation(database: Database, blobs: Blobs) -> None:
    with_words = shipped("coordination-board", ("# strapline = ", "strapline = "))
    lines = printed(database, blobs, facts(with_words, *groups()))
    assert lines[0] == ("", "Words that stand below the organisation's name")


def test_a_template_that_cannot_number_is_refused_for_a_format_that_does(database: Database, blobs: Blobs) -> None:
    bare = b64encode(a_template("{{ title }}")).decode()
    with pytest.raises(FaultyFacts) as caught:
        stories.put(database, blobs, {"formats": [DELIVERY | {"template": bare}]})
    said = " ".join(fault.what for fault in caught.value.faults)
    assert "“Numbered Paragraph”" in said
    assert "“Run-in Title”" in said


# What a format may say of its blocks


def test_a_format_may_fill_sections_with_every_kind_of_block(database: Database, blobs: Blobs) -> None:
    asked = 'blocks = [{ kind = "again", section = "recommendation" }]'
    blocks = (
        'blocks = [{ kind = "nil", subject = "risks", as_at = 2027-01-15, wording = "No {subject}, {as_at}." }, '
        '{ kind = "objective", item = "plan/victims" }, { kind = "outline", style = "bullets", themes = ["local"] }, '
        '{ kind = "framework-items", framework = "plan", scope = "all" }, '
        '{ kind = "workstreams", themes = ["region"], ratings = false, introductions = false }]'
    )
    introduced = REGION | {"introductions": [{"as_at": JANUARY, "text": "Introduced."}]}
    works = [work("cell", "Cell"), work("panel", "Panel", "local")]
    lines = printed(database, blobs, facts(shipped("coordination-board", (asked, blocks)), [introduced, FORCE], works))
    assert [text for _, text in lines[lines.index(("6.", "Recommendation")) + 1 : -1]] == [
        "No risks, 15 January 2027.",
        "Objective 2: Victims first",
        "Panel",
        "Safer streets",
        "Victims first",
        "Eastern Region",
        "Cell",
        "About cell.",
    ]


FAULTY_BLOCKS = {
    '{ kind = "people", style = "bullets" }': "a block of the kind “people” has no “style”; it has no settings",
    '{ kind = "again" }': "must name the section that is printed again",
    '{ kind = "again", section = "recommendation-again" }': "prints “recommendation-again” again",
    '{ kind = "again", section = "nothing" }': "prints “nothing” again",
    '{ kind = "objective" }': "must name the item of a framework that is printed",
    '{ kind = "outline", scope = "served" }': "the scope of a block of the kind “outline” is chosen or all, not served",
    '{ kind = "nil", section = "purpose" }': "has no “section”; it has as_at, subject, wording",
}


@pytest.mark.parametrize(("block", "fault"), FAULTY_BLOCKS.items(), ids=FAULTY_BLOCKS)
def test_a_block_that_cannot_be_is_named(block: str, fault: str) -> None:
    manifest = shipped("coordination-board", ('{ kind = "again", section = "recommendation" }', block))["manifest"]
    with pytest.raises(FaultyManifest) as caught:
        parse_manifest(manifest)
    assert fault in caught.value.faults[0].what
