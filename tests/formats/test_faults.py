"""Faulty manifests: each fault is said in a plain sentence with the line where it stands."""

import pytest

from app.formats.manifest import FaultyManifest, parse_manifest
from tests.conftest import ROOT

GOOD = """\
# A comment, and the head.
key = "committee"
name = "Committee report"
markings = ["PUBLIC"]

[wording]
nil = "None."

[[front_sheet]]
key = "title"
label = "Title"
source = "title"

[[fields]]
key = "exempt"
label = "Exempt"
kind = "yes-no"

[[parts]]
key = "progress"
label = "Progress"

[[clauses]]
key = "statement"
text = \"\"\"
[[sections]] in a text is no section.
heading = "nor is this"
\"\"\"

[[sections]]
key = "purpose"
heading = "Purpose"
blocks = [
  { kind = "narrative" },
  { kind = "clause", clause = "statement" },
]

[[sections]]
key = "end"
heading = "Conclusion"
when = "exempt"
"""

FAULTY = [
    ('name = "Committee report"', "name = Committee report", "line 3, column 8: Invalid value"),
    (
        '[[sections]]\nkey = "end"\nheading',
        '[[sections]]\nkey = "end"\nhaeding',
        ("sections[1].heading: line 38: is missing\n"
        "sections[1].haeding: line 40: “haeding” is not known here; did you mean “heading”?"),
    ),
    ('kind = "yes-no"', 'kind = "yes/no"',
     ("fields[0].kind: line 17: must be 'text', 'date', 'choice', 'choices', 'yes-no', 'person', 'list' or 'table', "
     "not “yes/no”")),
    ('kind = "yes-no"', 'kind = "choice"', "fields[0]: line 14: a field of the kind choice needs options"),
    ('when = "exempt"', 'when = "exemt"',
     "sections[1].when: line 41: the condition asks for the field “exemt”, which the format does not have"),
    ('when = "exempt"', 'when = { field = "exempt", is = "Yes" }',
     "sections[1].when: line 41: the condition asks for “Yes”, but “exempt” can only be “yes” or “no”"),
    ('clause = "statement"', 'clause = "statment"',
     "sections[0].blocks[1].clause: line 35: the format has no clause “statment”; it has “statement”"),
    ('key = "end"', 'key = "purpose"', "line 39: sections: the key “purpose” stands more than once"),
    ('key = "progress"', 'key = "-progress"',
     ("parts[0].key: line 20: “-progress” is no key: letters, digits, dots, dashes and underscores, beginning and "
     "ending with a letter or digit")),
    ('nil = "None."', "nil = 5", "wording.nil: line 7: must be a text in quotes, not 5"),
    ('markings = ["PUBLIC"]', 'markings = "PUBLIC"', "markings: line 4: must be a list, not “PUBLIC”"),
    ("[[clauses]]", '[labels]\ndraft = "draft"\n\n[[clauses]]',
     "labels.draft: line 24: “draft” is no label: it holds {n} once, and few other characters"),
    ('source = "title"', 'source = "titel"', "front_sheet[0].source: line 12: must be 'title', 'marking'"),
    ("[[clauses]]", "x = " + "[" * 5000, "It is nested too deep."),
]  # fmt: skip


def test_the_manifest_that_is_spoilt_here_is_good() -> None:
    assert parse_manifest(GOOD).key == "committee"


@pytest.mark.parametrize(("good", "bad", "sentence"), FAULTY, ids=[bad[:30] for _, bad, _ in FAULTY])
def test_a_fault_is_said_in_a_sentence_with_its_line(good: str, bad: str, sentence: str) -> None:
    assert GOOD.count(good) == 1
    with pytest.raises(FaultyManifest) as caught:
        parse_manifest(GOOD.replace(good, bad))
    assert len(caught.value.faults) == len(sentence.splitlines())
    assert "\n".join(map(str, caught.value.faults)).startswith(sentence)


def test_every_entry_of_a_long_manifest_is_found_on_its_line() -> None:
    text = (ROOT / "templates" / "scrutiny" / "format.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    headings = [number for number, line in enumerate(lines, start=1) if line.startswith("heading = ") and '"' in line]
    for number in headings:
        spoilt = [*lines[: number - 1], "heading = 5", *lines[number:]]
        with pytest.raises(FaultyManifest) as caught:
            parse_manifest("\n".join(spoilt))
        (fault,) = caught.value.faults
        assert fault.what == f"line {number}: must be a text in quotes, not 5"
    assert len(headings) > 10
