"""Stories of fields: what a paper says in single values, of every kind, and conditions and clauses upon them."""

from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from docx import Document

from app.blobs import Blobs
from app.db import Database
from app.facts.decode import FaultyFacts
from app.formats.fields import Condition, Values
from app.formats.manifest import FaultyManifest, SectionEntry, parse_manifest
from app.papers.blocks import BLOCKS, filled
from tests import stories
from tests.formats import committee
from tests.stories import NOON

FIELDS = """
[[fields]]
key = "ward"
label = "Ward"

[[fields]]
key = "taken-on"
label = "Date"
kind = "date"

[[fields]]
key = "published-on"
label = "Date"
kind = "date"

[[fields]]
key = "decision"
label = "Kind of decision"
kind = "choice"
options = ["Key decision", "For information"]
required = true

[[fields]]
key = "partners"
label = "Partners"
kind = "choices"
options = ["Fire", "Police", "Health; care"]

[[fields]]
key = "exempt"
label = "Exempt information"
kind = "yes-no"

[[fields]]
key = "contact"
label = "Contact"
kind = "person"

[[fields]]
key = "wards"
label = "Wards affected"
kind = "list"
nil = "All wards"

[[fields]]
key = "costs"
label = "Costs"
kind = "table"
columns = [{ key = "year", label = "Year" }, { key = "sum", label = "Sum" }]
"""

PRINTED = """
[[sections]]
key = "details"
heading = "Details"
blocks = [{ kind = "fields", fields = [
  "ward", "taken-on", "published-on", "decision", "partners", "exempt", "contact", "wards", "costs",
] }]
"""

FACTS = {
    "ward": "Northgate & Quay <old>",
    "taken-on": "2027-03-01",
    "published-on": "2027-03-03",
    "decision": "Key decision",
    "partners": ["Fire", "Health; care"],
    "exempt": "no",
    "contact": "clerk",
    "wards": ["Northgate", "Quay"],
    "costs": [{"year": "2026/27", "sum": "£5,000"}, {"year": "2027/28"}],
}

CLERK = {
    "key": "clerk",
    "name": "Committee Clerk",
    "organisation": "office",
    "posts": [{"title": "Clerk to the Committee"}],
    "contact": "clerk@example.org",
    "staff_number": "S-4711",
}


def test_a_field_of_every_kind_is_printed_under_its_label(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS, PRINTED), fields=FACTS, people=[CLERK])
    said = committee.lines(database, blobs)
    start = said.index("Details")
    assert said[start + 1 : said.index("Conclusion")] == [
        "Ward: Northgate & Quay <old>",
        "Date: 1 March 2027",
        "Date: 3 March 2027",
        "Kind of decision: Key decision",
        "Partners:",
        "Fire",
        "Health; care",
        "Exempt information: No",
        "Contact: Committee Clerk, Clerk to the Committee, clerk@example.org",
        "Wards affected:",
        "Northgate",
        "Quay",
        "Costs",
        "Year",
        "Sum",
        "2026/27",
        "£5,000",
        "2027/28",
        "None",
    ]
    assert not committee.gaps(database, blobs)
    assert not any("S-4711" in line for line in said)


def test_a_field_that_is_a_table_is_a_table_with_a_heading_row(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS, PRINTED), fields=FACTS, people=[CLERK])
    tables = Document(BytesIO(committee.document(database, blobs))).tables
    assert [[cell.text for cell in row.cells] for row in tables[-1].rows] == [
        ["Year", "Sum"],
        ["2026/27", "£5,000"],
        ["2027/28", "None"],
    ]


def test_what_a_field_lacks_is_said_in_words(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS, PRINTED))
    said = committee.lines(database, blobs)
    assert "Kind of decision: To be completed" in said
    assert "Ward: None" in said
    assert "Wards affected: All wards" in said
    assert committee.gaps(database, blobs) == ("Kind of decision: To be completed",)


FRONT = """
[[front_sheet]]
key = "who"
label = "To be decided by"
field = "decision"
required = false

[[front_sheet]]
key = "taken-on"
label = "Taken on"
dates = "ordinal"

[[front_sheet]]
key = "title"
label = "Subject"
source = "title"

[[front_sheet]]
key = "partners"
label = "With"
when = "partners"

[[front_sheet]]
key = "file"
label = "File"

[[front_sheet]]
key = "meeting"
label = "Meeting"
source = "meeting-date"
dates = "ordinal"
"""


def front_sheet(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(BytesIO(content)).tables[0].rows]


def test_the_front_sheet_prints_fields_in_its_own_order_words_and_dates(database: Database, blobs: Blobs) -> None:
    fields = {
        "decision": "For information", "taken-on": "2027-03-01", "partners": ["Fire", "Police"], "file": "HR/7",
    }  # fmt: skip
    committee.put(database, blobs, committee.manifest(FIELDS, front=FRONT), fields=fields)
    assert front_sheet(committee.document(database, blobs)) == [
        ["To be decided by", "For information"],
        ["Taken on", "1st March 2027"],
        ["Subject", "Collaboration update"],
        ["With", "Fire; Police"],
        ["File", "HR/7"],
        ["Meeting", "11th March 2027"],
    ]


def test_a_row_whose_condition_does_not_hold_is_left_out(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS, front=FRONT), fields={"file": "HR/7"})
    rows = front_sheet(committee.document(database, blobs))
    assert [label for label, _ in rows] == ["To be decided by", "Taken on", "Subject", "File", "Meeting"]
    assert rows[0] == ["To be decided by", "None"]
    assert rows[1] == ["Taken on", "To be completed"]


def test_a_value_that_nothing_prints_is_not_lost_in_silence(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS), fields={"ward": "Northgate"})
    line = "To be checked: “Ward” has a value, but nothing prints it."
    assert line in committee.lines(database, blobs)
    assert f"Ward: {line}" in committee.gaps(database, blobs)


WRONG = [
    ({"exempt": "maybe"}, "papers[0].fields.exempt: must be “yes” or “no”, not “maybe”"),
    ({"decision": "None"}, "papers[0].fields.decision: must be “Key decision” or “For information”, not “None”"),
    (
        {"partners": ["Fire", "Army"]},
        "papers[0].fields.partners[1]: must be “Fire”, “Police” or “Health; care”, not “Army”",
    ),
    ({"partners": ["Fire", "Fire"]}, "papers[0].fields.partners[1]: “Fire” stands twice: it is also"),
    ({"partners": "Fire"}, "papers[0].fields.partners: must be a list of texts"),
    ({"taken-on": "1 March"}, "papers[0].fields.taken-on: must be a date like 2026-03-26, not “1 March”"),
    ({"taken-on": "2027-02-30"}, "papers[0].fields.taken-on: must be a date like 2026-03-26, not “2027-02-30”"),
    ({"taken-on": ["2027-03-01"]}, "papers[0].fields.taken-on: must be a date like 2026-03-26, not a list"),
    ({"contact": "nobody"}, "papers[0].fields.contact: there is no person “nobody”, neither in this file"),
    ({"wards": [{"a": "b"}]}, "papers[0].fields.wards: must be a list of texts"),
    ({"costs": "£5"}, "papers[0].fields.costs: must be a list of rows, each with year, sum"),
    ({"costs": [{"when": "x"}]}, "papers[0].fields.costs[0].when: is no column of the table, which has year, sum"),
    ({"colour": "red"}, "papers[0].fields.colour: the format has no field “colour”; its fields are contact, costs"),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG, ids=[sentence.split(": ")[0] for _, sentence in WRONG])
def test_a_wrong_value_is_named_with_its_place_and_what_is_allowed(sqlite_url, blobs, fields, sentence) -> None:
    database = Database(sqlite_url)
    with pytest.raises(FaultyFacts) as caught:
        committee.put(database, blobs, committee.manifest(FIELDS, PRINTED), fields=fields)
    database.dispose()
    (fault,) = map(str, caught.value.faults)
    assert fault.startswith(sentence)


def test_what_was_loaded_is_read_again_and_changes_nothing(database: Database, blobs: Blobs) -> None:
    from app.facts.read import paper

    committee.put(database, blobs, committee.manifest(FIELDS, PRINTED), fields=FACTS, people=[CLERK])
    with database.reading() as session:
        shape = paper(session, stories.PAPER)
    assert shape.model_dump(mode="json")["fields"] == FACTS
    committee.put(database, blobs, committee.manifest(FIELDS, PRINTED), fields=FACTS, people=[CLERK])
    stories.generate(database, blobs)
    assert not stories.generate(database, blobs, now=NOON + timedelta(days=1)).is_new


# Conditions


@pytest.mark.parametrize(
    ("condition", "said", "holds"),
    [
        ({}, None, False),
        ({}, "no", False),
        ({}, "yes", True),
        ({}, "Anything", True),
        ({}, ["a"], True),
        ({"is": "yes"}, "yes", True),
        ({"is": "yes"}, None, False),
        ({"is": "a"}, ["b", "a"], True),
        ({"in": ["a", "b"]}, "b", True),
        ({"in": ["a", "b"]}, "c", False),
        ({"in": "a"}, "a", True),
        ({"not": "yes"}, "no", True),
        ({"not": "yes"}, None, True),
        ({"not": "yes"}, "yes", False),
        ({"not": ["a", "b"]}, ["c", "b"], False),
        ({"given": True}, "no", True),
        ({"given": False}, None, True),
        ({"given": False}, "x", False),
    ],
)
def test_a_condition_holds_when_its_field_says_so(condition, said, holds) -> None:
    when = Condition.model_validate({"field": "f", **condition})
    assert when.holds({} if said is None else {"f": said}) is holds


SWITCHED = """
[[sections]]
key = "exempt"
heading = "Exempt information"
when = { field = "exempt", is = "yes" }

[[sections]]
key = "partners"
heading = "Partners"
blocks = [
  { kind = "fields", fields = ["partners"], when = "partners" },
  { kind = "nil", when = { field = "partners", given = false } },
]
"""
IN_PRIVATE = {"key": "exempt", "blocks": [{"kind": "narrative", "text": "Paragraph 3 applies."}]}


def test_a_section_stands_when_its_field_says_so_and_word_numbers_the_rest(database: Database, blobs: Blobs) -> None:
    said = committee.manifest(FIELDS, SWITCHED)
    committee.put(database, blobs, said, IN_PRIVATE, fields={"exempt": "yes"})
    content = committee.document(database, blobs)
    assert committee.headings(content) == [
        ("1.0", "Purpose"), ("2.0", "Exempt information"), ("3.0", "Partners"), ("4.0", "Conclusion"),
    ]  # fmt: skip
    assert "Paragraph 3 applies." in committee.lines(database, blobs)
    committee.put(database, blobs, said, fields={"exempt": "no"})
    assert committee.headings(committee.document(database, blobs)) == [
        ("1.0", "Purpose"), ("2.0", "Partners"), ("3.0", "Conclusion"),
    ]  # fmt: skip
    assert not committee.gaps(database, blobs)


def test_text_in_a_section_that_is_switched_off_is_not_lost_in_silence(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS, SWITCHED), IN_PRIVATE, fields={"exempt": "no"})
    line = "To be checked: “Exempt information” has text, but is switched off, so it is not printed."
    said = committee.lines(database, blobs)
    assert line in said
    assert "Paragraph 3 applies." not in said
    assert committee.gaps(database, blobs) == (f"Exempt information: {line}",)


def test_a_block_of_the_format_stands_when_its_field_says_so(database: Database, blobs: Blobs) -> None:
    committee.put(database, blobs, committee.manifest(FIELDS, SWITCHED), fields={"partners": ["Fire"]})
    said = list(pairwise(committee.lines(database, blobs)))
    assert ("Partners", "Partners: Fire") in said
    committee.put(database, blobs, committee.manifest(FIELDS, SWITCHED))
    assert ("Partners", "None noted at this time.") in pairwise(committee.lines(database, blobs))


@pytest.mark.parametrize(
    ("own", "said", "kinds"),
    [
        (["nil"], {}, ["nil"]),
        (["nil"], {"partners": ["Fire"]}, ["fields"]),
        (["fields"], {}, ["nil"]),
        (["narrative", "nil"], {"partners": ["Fire"]}, ["fields", "narrative"]),
        (["fields", "narrative"], {"partners": ["Fire"]}, ["fields", "narrative"]),
        (["narrative", "people"], {}, ["nil", "narrative", "people"]),
    ],
)
def test_a_condition_decides_on_a_block_of_facts_also_where_the_section_was_saved(own, said, kinds) -> None:
    entry = parse_manifest(committee.manifest(FIELDS, SWITCHED)).section("partners")
    more = {"fields": {"fields": ["partners"]}, "narrative": {"text": "<p>Ours.</p>"}}
    saved = BLOCKS.validate_python([{"kind": kind, **more.get(kind, {})} for kind in own])
    assert [block.kind for block in filled(entry, saved, said)] == kinds


def test_clauses_keep_their_order_where_the_paper_prints_one_of_them() -> None:
    clauses = "".join(f'[[clauses]]\nkey = "{key}"\ntext = "{key}"\n' for key in "abc")
    lines = ", ".join(f'{{ kind = "clause", clause = "{key}" }}' for key in "ab")
    blocks = f'[{lines}, {{ kind = "narrative" }}, {{ kind = "clause", clause = "c" }}]'
    section = f'[[sections]]\nkey = "s"\nheading = "S"\nblocks = {blocks}\n'
    entry = parse_manifest(committee.manifest(clauses, section)).section("s")
    own = BLOCKS.validate_python([{"kind": "clause", "clause": "a"}, {"kind": "narrative", "text": "<p>Ours.</p>"}])
    made = filled(entry, own, {})
    assert [getattr(block, "clause", block.kind) for block in made] == ["a", "b", "narrative", "c"]


def section_of(blocks: str) -> SectionEntry:
    section = f'[[sections]]\nkey = "s"\nheading = "S"\nblocks = [{blocks}]\n'
    found = parse_manifest(committee.manifest(FIELDS, section)).section("s")
    assert found is not None
    return found


def made_of(entry: SectionEntry, own: list[dict[str, Any]], said: Values) -> list[dict[str, Any]]:
    blocks = filled(entry, BLOCKS.validate_python(own), said)
    return [block.model_dump(mode="json", exclude_defaults=True) | {"kind": block.kind} for block in blocks]


OURS = {"kind": "narrative", "text": {"format": "html", "value": "<p>Ours.</p>"}}
EXEMPT, WARD = 'when = { field = "exempt", is = "yes" }', 'when = "ward"'


@pytest.mark.parametrize(
    ("given", "own"),
    [
        ("kind = 'nil'", {"kind": "nil", "subject": "areas for improvement", "as_at": "2026-03-01"}),
        ("kind = 'nil'", {"kind": "nil", "wording": "Nothing was said."}),
        ("kind = 'workstreams', themes = ['a']", {"kind": "workstreams", "themes": ["b"]}),
        ("kind = 'framework-items', framework = 'a'", {"kind": "framework-items", "framework": "b"}),
        ("kind = 'outline'", {"kind": "outline", "scope": "all"}),
        ("kind = 'objective', item = 'a/1'", {"kind": "objective", "item": "a/2"}),
        ("kind = 'rating-key', schemes = ['a']", {"kind": "rating-key", "schemes": ["b"]}),
    ],
)
def test_a_condition_that_does_not_hold_takes_nothing_away_that_the_paper_says_itself(
    given: str, own: dict[str, Any]
) -> None:
    entry = section_of(f"{{ {given}, {EXEMPT} }}")
    assert made_of(entry, [OURS, own], {}) == [OURS, own]
    assert made_of(entry, [own], {}) == [own]


def test_every_block_of_facts_whose_condition_holds_is_printed_beside_what_the_paper_writes() -> None:
    a, b = {"kind": "workstreams", "themes": ["a"]}, {"kind": "workstreams", "themes": ["b"]}
    one, two = {"kind": "nil", "wording": "None."}, {"kind": "nil", "wording": "Not one."}
    entry = section_of(
        f"{{ kind = 'workstreams', themes = ['a'], {EXEMPT} }}, {{ kind = 'workstreams', themes = ['b'], {WARD} }}, "
        f"{{ kind = 'narrative' }}, {{ kind = 'nil', wording = 'None.', {EXEMPT} }}, "
        f"{{ kind = 'nil', wording = 'Not one.', {WARD} }}"
    )
    both = {"exempt": "yes", "ward": "North"}
    assert made_of(entry, [OURS], both) == [a, b, OURS, one, two]
    assert made_of(entry, [b, OURS, one], both) == [a, b, OURS, one, two]
    assert made_of(entry, [a, b, OURS, one, two], both) == [a, b, OURS, one, two], "as it was saved"
    assert made_of(entry, [a, b, OURS, one, two], {"ward": "North"}) == [b, OURS, two]


def test_what_stands_without_a_condition_and_was_taken_out_stays_out() -> None:
    entry = section_of(f"{{ kind = 'narrative' }}, {{ kind = 'nil', wording = 'None.', {EXEMPT} }}, {{ kind = 'nil' }}")
    nil = {"kind": "nil", "wording": "None."}
    assert made_of(entry, [OURS], {"exempt": "yes"}) == [OURS, nil]
    assert made_of(entry, [OURS], {}) == [OURS]


def test_a_paper_says_of_what_there_is_nothing_where_the_format_says_so() -> None:
    entry = section_of(f"{{ kind = 'nil', {EXEMPT} }}, {{ kind = 'nil', wording = 'None.', {EXEMPT} }}")
    ours, theirs = {"kind": "nil", "subject": "risks"}, {"kind": "nil", "wording": "None."}
    assert made_of(entry, [ours], {"exempt": "yes"}) == [ours, theirs], "said once"
    assert made_of(entry, [theirs], {"exempt": "yes"}) == [{"kind": "nil"}, theirs]


# Clauses

CLAUSES = """
[[clauses]]
key = "exempt"
text = \"\"\"
This report is exempt because of {ward}
and { braces } stay.

It was decided on {taken-on} by {contact}.
\"\"\"
when = "exempt"

[[clauses]]
key = "open"
text = "This report is open."
when = { field = "exempt", not = "yes" }

[[sections]]
key = "statement"
heading = "Statement"
blocks = [{ kind = "clause", clause = "exempt" }, { kind = "clause", clause = "open" }, { kind = "narrative" }]
"""


def statement(database: Database, blobs: Blobs) -> list[str]:
    said = committee.lines(database, blobs)
    return said[said.index("Statement") + 1 : said.index("Conclusion")]


def test_a_clause_prints_fixed_wording_with_what_the_fields_say(database: Database, blobs: Blobs) -> None:
    fields = {"exempt": "yes", "ward": "{contact} & <3>", "taken-on": "2027-03-01", "contact": "clerk"}
    own = {"key": "statement", "blocks": [{"kind": "narrative", "text": "See also the minutes."}]}
    committee.put(database, blobs, committee.manifest(FIELDS, CLAUSES), own, fields=fields, people=[CLERK])
    assert statement(database, blobs) == [
        "This report is exempt because of {contact} & <3> and { braces } stay.",
        "It was decided on 1 March 2027 by Committee Clerk, Clerk to the Committee, clerk@example.org.",
        "See also the minutes.",
    ]
    assert not committee.gaps(database, blobs)


def test_another_clause_stands_in_its_place_and_a_paper_can_move_it(database: Database, blobs: Blobs) -> None:
    own = {
        "key": "statement",
        "blocks": [{"kind": "narrative", "text": "First this."}, {"kind": "clause", "clause": "open"}],
    }
    committee.put(database, blobs, committee.manifest(FIELDS, CLAUSES), own)
    assert statement(database, blobs) == ["First this.", "This report is open."]


def test_a_place_in_a_clause_without_a_value_is_a_gap(database: Database, blobs: Blobs) -> None:
    own = {"key": "statement", "blocks": [{"kind": "narrative", "text": "More."}]}
    fields = {"exempt": "yes", "ward": "need", "contact": "clerk"}
    committee.put(database, blobs, committee.manifest(FIELDS, CLAUSES), own, fields=fields, people=[CLERK])
    assert "It was decided on [To be completed: Date] by Committee Clerk" in statement(database, blobs)[1]
    assert committee.gaps(database, blobs) == ("Date: To be completed",)


@pytest.mark.parametrize(
    ("piece", "sentence"),
    [
        ('[[clauses]]\nkey = "c"\ntext = "{nothing}"', "{nothing} stands for nothing: the format has no field"),
        ('[[clauses]]\nkey = "c"\ntext = "{costs}"', "{costs} is a table, which does not fit into a sentence"),
        ('[[sections]]\nkey = "s"\nheading = "S"\nwhen = "exemt"', "the field “exemt”, which the format does not have"),
        (
            '[[sections]]\nkey = "s"\nheading = "S"\nwhen = {field = "exempt", is = "Yes"}',
            "the condition asks for “Yes”, but “exempt” can only be “yes” or “no”",
        ),
        (
            '[[sections]]\nkey = "s"\nheading = "S"\nblocks = [{kind = "fields", fields = ["wart"]}]',
            "the format has no field “wart”; it has “contact”, “costs”",
        ),
        ('[[sections]]\nkey = "s"\nheading = "S"\nblocks = [{kind = "fields"}]', "names the fields that it prints"),
        (
            '[[sections]]\nkey = "s"\nheading = "S"\nblocks = [{kind = "clause", clause = "c"}]',
            "the format has no clause “c”",
        ),
        ('[[fields]]\nkey = "f"\nlabel = "F"\nkind = "choice"', "a field of the kind choice needs options"),
        ('[[fields]]\nkey = "f"\nlabel = "F"\noptions = ["a"]', "a field of the kind text has no options"),
        ('[[fields]]\nkey = "ward"\nlabel = "F"', "fields: the key “ward” stands more than once"),
    ],
)
def test_a_manifest_that_does_not_go_together_is_refused(piece: str, sentence: str) -> None:
    with pytest.raises(FaultyManifest) as caught:
        parse_manifest(committee.manifest(FIELDS, piece + "\n"))
    assert sentence in str(caught.value)
