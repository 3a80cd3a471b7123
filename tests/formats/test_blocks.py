"""Stories of what the format gives its form: recommendations, implications, routing, appendices, documents."""

from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn

from app import word
from app.blobs import Blobs
from app.db import Database
from app.facts.decode import FaultyFacts
from tests.formats import committee

ASKS = """
[[sections]]
key = "asks"
heading = "Recommendations"
blocks = [{ kind = "recommendations" }]
"""
ASKED = {
    "key": "asks",
    "blocks": [
        {
            "kind": "recommendations",
            "text": "The committee is asked to:",
            "items": [
                {"text": "note the *progress*;", "items": ["in the north;", {"text": "in the south:", "items": ["x"]}]},
                "agree:\n\n* the budget",
                {"text": "decide.", "items": ["today"]},
            ],
        }
    ],
}
NUMBERS = {
    "numbered": ["1.", "a.", "b.", "i.", "2.", "–", "3.", "a."],
    "lettered": ["(a)", "(i)", "(ii)", "1.", "(b)", "–", "(c)", "(i)"],
    "nested": ["1.", "(a)", "(b)", "i.", "2.", "–", "3.", "(a)"],
}


@pytest.mark.parametrize("style", NUMBERS)
def test_recommendations_are_numbered_by_word_in_the_formats_style(database: Database, blobs: Blobs, style) -> None:
    committee.put(database, blobs, committee.manifest(ASKS, first=f'recommendations = "{style}"\n'), ASKED)
    outline = word.outline(committee.document(database, blobs))
    texts = [line.text for line in outline]
    start = texts.index("The committee is asked to:")
    found = outline[start + 1 : texts.index("Conclusion")]
    assert [line.number for line in found] == NUMBERS[style]
    assert [line.text for line in found] == [
        "note the progress;", "in the north;", "in the south:", "x", "agree:", "the budget", "decide.", "today",
    ]  # fmt: skip


def test_recommendations_that_nobody_wrote_are_missing(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(ASKS))
    missing = "To be written: this section is required and has no text yet."
    assert committee.gaps(database, blobs) == (f"Recommendations: {missing}",)


THOUGHT = """
[[implications]]
key = "money"
label = "Finance"

[[implications]]
key = "law"
label = "Legal"

[[implications]]
key = "climate"
label = "Climate"
required = false

[[implications]]
key = "equality"
label = "Equality"

[[sections]]
key = "implications"
heading = "Implications"
blocks = [{ kind = "implications" }]
"""
CLEARED = {
    "key": "implications",
    "blocks": [
        {
            "kind": "implications",
            "entries": {
                "money": {"text": "It costs £5.\n\n* now", "cleared_by": "head", "cleared_on": "2027-02-01"},
                "law": {"text": "It is lawful.", "cleared_by": "dcc"},
            },
        }
    ],
}


def last_table(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(BytesIO(content)).tables[-1].rows]


def test_implications_are_a_table_with_who_cleared_each_and_when(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(THOUGHT), CLEARED)
    content = committee.document(database, blobs)
    assert last_table(content) == [
        ["Implication", "What this means", "Cleared by", "Date"],
        ["Finance", "It costs £5.\nnow", "Head of Change", "1 February 2027"],
        ["Legal", "It is lawful.", "Deputy Chief Constable, Deputy Chief", "To be completed"],
        ["Climate", "None noted at this time.", "Not needed", "Not needed"],
        ["Equality", "To be written", "Not yet cleared", "Not yet cleared"],
    ]
    assert committee.gaps(database, blobs) == (
        "Legal, Date: To be completed", "Equality: To be written", "Equality: Not yet cleared",
    )  # fmt: skip
    [header] = Document(BytesIO(content)).tables[-1]._tbl.findall(f".//{qn('w:tblHeader')}")
    assert header is not None


def test_a_format_may_leave_clearance_out(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(THOUGHT, first='clearance = "left-out"\n'), CLEARED)
    assert last_table(committee.document(database, blobs))[:3] == [
        ["Implication", "What this means"], ["Finance", "It costs £5.\nnow"], ["Legal", "It is lawful."],
    ]  # fmt: skip
    assert committee.gaps(database, blobs) == ("Equality: To be written",)


AROUND = """
[[sections]]
key = "routing"
heading = "Consideration"
blocks = [{ kind = "routing" }]

[[sections]]
key = "documents"
heading = "Background papers"
blocks = [{ kind = "documents" }]

[[sections]]
key = "appendices"
heading = "Appendices"
blocks = [{ kind = "appendices" }]
"""
FULL = [
    {
        "key": "routing",
        "blocks": [
            {
                "kind": "routing",
                "steps": [
                    {"meeting": "Cabinet", "held_on": "2027-03-20", "purpose": "Decision"},
                    {"meeting": "Full Council"},
                ],
            }
        ],
    },
    {
        "key": "documents",
        "blocks": [
            {
                "kind": "documents",
                "documents": [
                    {"title": "Plan", "where": "https://example.org/plan?a=1&b=2", "dated": "2026-01-02"},
                    {"title": "Minutes", "where": "with the clerk"},
                    {"title": "Constitution"},
                ],
            }
        ],
    },
    {
        "key": "appendices",
        "blocks": [
            {
                "kind": "appendices",
                "appendices": [
                    {"title": "Costs", "text": "| a | b |\n|---|---|\n| 1 | 2 |"},
                    {"title": "Map", "text": "### North\n\nHere."},
                ],
            }
        ],
    },
]


def test_routing_documents_and_appendices_are_printed(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(AROUND), *FULL)
    content = committee.document(database, blobs)
    said = word.text_of(content)
    start = said.index("Consideration")
    assert said[start : said.index("Conclusion")] == [
        "Consideration",
        "Meeting", "Date", "For",
        "Cabinet", "20 March 2027", "Decision", "Full Council", "Date to be confirmed", "None",
        "Background papers",
        "Plan, 2 January 2026: https://example.org/plan?a=1&b=2", "Minutes: with the clerk", "Constitution",
        "Appendices",
        "Appendix A – Costs", "a", "b", "1", "2",
        "Appendix B – Map", "North", "Here.",
    ]  # fmt: skip
    styles = {line.text: line.style for line in word.outline(content)}
    assert (styles["Appendix A – Costs"], styles["North"]) == ("Heading 2 Unnumbered", "Heading 3")
    relations = Document(BytesIO(content)).part.rels.values()
    assert "https://example.org/plan?a=1&b=2" in {part.target_ref for part in relations if part.is_external}
    assert not committee.gaps(database, blobs)


def test_what_there_is_none_of_is_said(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(AROUND))
    said = committee.lines(database, blobs)
    assert "This paper goes to no other meeting." in said
    assert "There are no background documents." in said
    assert "There are no appendices." in said
    assert not committee.gaps(database, blobs)


PLACE = "papers[0].sections[1].blocks[0]"
DEEP = [{"text": "a", "items": [{"text": "b", "items": [{"text": "c", "items": ["d"]}]}]}]
WRONG = [
    ({"kind": "recommendations", "items": [""]}, f"{PLACE}.items[0].text: says nothing; leave the recommendation out"),
    ({"kind": "recommendations", "items": ["> q"]}, f"{PLACE}.items[0].text: may hold paragraphs and lists only"),
    ({"kind": "recommendations", "items": DEEP}, f"{PLACE}.items[0].items[0].items[0].items: stands too deep"),
    (
        {"kind": "implications", "entries": {"money": {"text": "### H"}}},
        f"{PLACE}.entries.money.text: may hold paragraphs and lists only",
    ),
    (
        {"kind": "implications", "entries": {"law": {"text": "a", "cleared_by": "nobody"}}},
        f"{PLACE}.entries.law.cleared_by: there is no person “nobody”",
    ),
    (
        {"kind": "implications", "entries": {"cost": {"text": "a"}}},
        f"{PLACE}.entries.cost: the format has no implication “cost”; it has “climate”, “equality”, “law” or “money”",
    ),
    ({"kind": "appendices", "appendices": [{"title": "A", "text": ""}]}, f"{PLACE}.appendices[0].text: says nothing"),
    ({"kind": "clause", "clause": "c"}, f"{PLACE}.clause: the format has no clause “c”"),
    ({"kind": "fields", "fields": ["f"]}, f"{PLACE}.fields[0]: the format has no field “f”"),
]


@pytest.mark.parametrize(("block", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_block_that_cannot_be_printed_is_named_with_its_place(sqlite_url, blobs, block, sentence) -> None:
    database = Database(sqlite_url)
    with pytest.raises(FaultyFacts) as caught:
        committee.put(database, blobs, committee.manifest(THOUGHT), {"key": "implications", "blocks": [block]})
    database.dispose()
    (fault,) = map(str, caught.value.faults)
    assert fault.startswith(sentence)
