"""Stories of the public copy: what is not public is nowhere in its file."""

from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import narrative, word
from app.assembly.assemble import preview
from app.blobs import Blobs
from app.db import Database
from app.formats.manifest import FaultyManifest, parse_manifest
from app.narrative.redaction import redacted
from tests import stories
from tests.formats import committee
from tests.stories import NOON, PAPER, update, workstream

SECRETS = (
    "quicksilver", "ploughshare", "hartebeest", "marzipan", "obsidian", "zeppelin", "tamarind", "wolfram", "yttrium",
    "saffron", "xylophone", "kittiwake", "jacaranda", "Confidential matters", "4711",
)  # fmt: skip
"""Words that stand in what is not public, and nowhere else."""

SAID = (
    committee.HEAD
    + committee.TITLE
    + """
[[front_sheet]]
key = "informant"
label = "Told by"
required = false

[[front_sheet]]
key = "wolfram-row"
label = "Chief wolfram officer"
source = "chief-officer"
public = false

[[fields]]
key = "informant"
label = "Told by"
public = false

[[fields]]
key = "exempt"
label = "Exempt"
kind = "yes-no"
public = false

[[fields]]
key = "contact"
label = "Contact"
kind = "person"

[[parts]]
key = "progress"
label = "Progress"
heading = false

[[parts]]
key = "risks"
label = "Risks"

[[clauses]]
key = "statement"
text = "Parts are exempt, says {informant}."
when = "exempt"

[[sections]]
key = "purpose"
heading = "Purpose"
blocks = [{ kind = "clause", clause = "statement" }, { kind = "narrative" }]

[[sections]]
key = "work"
heading = "Work"

[[sections]]
key = "secret"
heading = "Confidential matters"
public = false

[[sections]]
key = "costs"
heading = "Costs of marzipan"
level = 2

[[sections]]
key = "end"
heading = "Conclusion"
blocks = [{ kind = "fields", fields = ["contact", "informant"] }]
"""
)

MARKED = (
    '<p>Before <strong><mark data-redact="zeppelin">quick</mark></strong><mark data-redact="">silver</mark> after.</p>'
    '<table><tbody><tr><td><p><a href="https://example.org/saffron"><mark data-redact="">ploughshare</mark></a></p>'
    "</td></tr></tbody></table>"
)


def world() -> dict:
    sections = [
        {
            "key": "purpose",
            "blocks": [
                {"kind": "narrative", "text": {"format": "html", "value": MARKED}},
                {"kind": "narrative", "text": "Only hartebeest.", "public": False},
            ],
        },
        {
            "key": "work",
            "blocks": [
                {"kind": "workstreams", "parts": ["progress"], "themes": ["open"]},
                {"kind": "workstreams", "parts": ["risks"], "themes": ["open"], "public": False},
                {"kind": "workstreams", "themes": ["closed"], "public": False},
                {"kind": "outline"},
            ],
        },
        {"key": "secret", "blocks": [{"kind": "narrative", "text": "All obsidian."}]},
        {"key": "costs", "blocks": [{"kind": "narrative", "text": "Much tamarind."}]},
    ]
    both = {"progress": "Done <b>.", "risks": "The kittiwake."}
    themes = [
        {"key": "open", "name": "Open work", "organisation": "force"},
        {"key": "closed", "name": "Closed jacaranda", "organisation": "force"},
    ]
    return stories.world(
        formats=[stories.scrutiny() | {"key": "committee", "manifest": SAID}],
        people=[
            {"key": "wolfram", "name": "Wolfram", "organisation": "force"},
            {
                "key": "clerk",
                "name": "Committee Clerk",
                "organisation": "office",
                "contact": "xylophone@example.org",
                "staff_number": "4711",
            },
        ],
        themes=themes,
        workstreams=[
            workstream("procurement", theme="open", serves=[], updates=[update("2027-01-15", parts=both)]),
            workstream(
                "forensics", name="Yttrium", theme="closed", updates=[update("2027-01-15", "Saffron.")]
            ),
        ],
        papers=[
            stories.paper(
                format="committee", marking="PUBLIC", author=None, chief_officer="wolfram",
                workstreams=["procurement", "forensics"], sections=sections,
                fields={"informant": "Mr Marzipan", "exempt": "yes", "contact": "clerk"},
            )
        ],
    )  # fmt: skip


def copies(database: Database, blobs: Blobs) -> tuple[bytes, bytes]:
    """The full paper and its public copy."""
    with database.reading() as session:
        full, public = (preview(session, blobs, PAPER, now=NOON, public=public) for public in (False, True))
    assert "Public copy" in public.file_name
    assert "Public copy" not in full.file_name
    return full.content, public.content


def decoded(document: bytes) -> str:
    """Everything that the members of the file hold, and their names, in every form in which words could hide."""
    with ZipFile(BytesIO(document)) as archive:
        raw = "\n".join(name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return "\n".join((raw, unquote(raw), *word.text_of(document))).casefold()


def test_what_is_not_public_is_nowhere_in_the_file(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    full, public = (decoded(document) for document in copies(database, blobs))
    in_full = {secret for secret in SECRETS if secret.casefold() in full}
    assert in_full == set(SECRETS) - {"4711", "zeppelin"}  # printed nowhere: a staff number, the reason for redacting
    assert [secret for secret in SECRETS if secret.casefold() in public] == []


def test_the_public_copy_says_what_it_is_and_where_words_are_gone(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    _, public = copies(database, blobs)
    said = word.text_of(public)
    assert "Public copy" in said[:4]
    assert "Parts are exempt, says [REDACTED]." in said
    assert "Before [REDACTED] after." in said
    assert said.count("[REDACTED]") == 1  # the cell of the table, alone in its paragraph
    assert "Contact: Committee Clerk" in said
    assert "Done <b>." in said
    assert committee.headings(public) == [("1.0", "Purpose"), ("2.0", "Work"), ("3.0", "Conclusion")]


def test_numbering_runs_on_behind_what_is_left_out(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    full, _ = copies(database, blobs)
    assert ("3.0", "Confidential matters") in committee.headings(full)
    assert ("4.0", "Conclusion") in committee.headings(full)


def test_a_public_copy_is_the_same_bytes_whatever_is_not_public_says(database: Database, blobs: Blobs) -> None:
    stories.put(database, blobs, world())
    _, before = copies(database, blobs)
    other = world()
    paper = other["papers"][0]
    paper["fields"]["informant"] = "Somebody Else"
    paper["sections"][2]["blocks"][0]["text"] = "Something else."
    paper["sections"][0]["blocks"][0]["text"]["value"] = MARKED.replace("silver", "gold")
    paper["chief_officer"] = "clerk"
    stories.put(database, blobs, other)
    _, after = copies(database, blobs)
    assert word.text_of(before) == word.text_of(after)
    assert before == after


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("abc <&\u00a0", min_size=1, max_size=8), st.booleans(), st.sampled_from(["", "b", "em"])),
        min_size=1,
        max_size=8,
    )
)
def test_redacting_keeps_every_public_word_and_no_other(pieces: list[tuple[str, bool, str]]) -> None:
    """Public words are upper case here, the others lower case."""
    html = "<p>X"
    for text, hidden, mark in pieces:
        words = (text if hidden else text.upper()).replace("&", "&amp;").replace("<", "&lt;")
        words = f"<{mark}>{words}</{mark}>" if mark else words
        html += f'<mark data-redact="">{words}</mark>' if hidden else words
    canonical = narrative.clean(f"{html}Y</p>", "html")
    made = redacted(canonical, "#")
    assert narrative.clean(made, "html") == made
    shown = narrative.text(made)
    assert not set("abc") & set(shown)
    public = "".join(text.upper() for text, hidden, _ in pieces if not hidden)
    assert [letter for letter in shown if letter in "ABC"] == [letter for letter in public if letter in "ABC"]


HANDLING = """
[[fields]]
key = "handling"
label = "Handling"
kind = "choice"
options = ["Part 2", "Embargoed"]

[second_marking]
field = "handling"
wording = "Handling: {marking}"
"""


def test_a_second_marking_stands_beside_the_first_on_every_page(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(HANDLING), fields={"handling": "Embargoed"})
    text = decoded(committee.document(database, blobs))
    assert text.count("public – handling: embargoed – draft") >= 2
    assert not committee.gaps(database, blobs)
    committee.put(database, blobs, committee.manifest(HANDLING))
    assert "handling" not in decoded(committee.document(database, blobs))


def test_a_second_marking_comes_from_a_choice() -> None:
    with pytest.raises(FaultyManifest, match="no field of the kind choice"):
        parse_manifest(committee.manifest(HANDLING.replace('kind = "choice"\noptions = ["Part 2", "Embargoed"]', "")))
