"""A facts file is read as it is written, or every fault is named with its place."""

import contextlib
import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.facts import decode
from app.facts.parse import FaultyFacts, parse, parse_facts
from tests.conftest import ROOT
from tests.facts.stories import DEMONSTRATION, SMALL, small


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(FaultyFacts) as caught:
        parse(text.encode() if isinstance(text, str) else text)
    return [str(fault) for fault in caught.value.faults]


def faults_of_shape(entries: str) -> list[str]:
    return faults(f'facts: "1"\n{entries}')


def test_yaml_and_json_say_the_same():
    assert parse(SMALL.encode()) == parse(json.dumps(small()).encode())


def test_norway_stays_no_and_a_version_number_keeps_its_zero():
    facts = parse(b"facts: '1'\norganisations:\n- {key: no, name: off, short_name: 1.10}\n")
    assert facts.organisations[0].model_dump() == {"key": "no", "name": "off", "short_name": "1.10"}


def test_an_agenda_number_stays_as_the_secretary_wrote_it():
    assert parse(SMALL.encode()).papers[0].agenda_number == "5.0"


def test_every_fault_is_named_with_its_place():
    found = faults_of_shape("""
organisations:
- {key: "a b", short_name: F, naem: x}
- only a text
workstreams:
- ref: W
  name: Work
  theme: t
  position: first
  serves: [roads]
  parts: {progress: sometimes}
  updates:
  - as_at: 2026-02-30
    parts: {progress: {format: html, value: "<p><img src=x></p>"}, next-steps: [a]}
    ratings: {time: "r d", cost: {value: "a b"}, overall: [x], benefits: {source: x}}
papers:
- sections:
  - {key: s, blocks: [{kind: prose}, {text: x}, {kind: outline, scope: some}]}
organisatons: []
rag_schemes:
- {key: r, name: R, values: [{key: a, label: A, meaning: m, background: red, colour: FFFFFF}], dimensions: []}
""")
    places = [fault.split(": ")[0] for fault in found]
    assert sorted(places) == sorted(
        [
            "organisations[0].key",
            "organisations[0].name",
            "organisations[0].naem",
            "organisations[1]",
            "workstreams[0].position",
            "workstreams[0].serves[0]",
            "workstreams[0].parts.progress",
            "workstreams[0].updates[0].as_at",
            "workstreams[0].updates[0].parts.progress",
            "workstreams[0].updates[0].parts.next-steps",
            "workstreams[0].updates[0].ratings.time",
            "workstreams[0].updates[0].ratings.cost.value",
            "workstreams[0].updates[0].ratings.overall",
            "workstreams[0].updates[0].ratings.benefits.value",
            "papers[0].reference",
            "papers[0].title",
            "papers[0].organisation",
            "papers[0].format",
            "papers[0].board",
            "papers[0].meeting",
            "papers[0].marking",
            "papers[0].sections[0].blocks[0]",
            "papers[0].sections[0].blocks[1]",
            "papers[0].sections[0].blocks[2].scope",
            "organisatons",
            "rag_schemes[0].values[0].background",
            "rag_schemes[0].dimensions",
        ]
    )


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ("organisatons: []", "organisatons: is not known here; did you mean “organisations”?"),
        ("organisations: x", "organisations: must be a list"),
        ("series: [{key: s, name: S}]", "series[0].board: is missing"),
        (
            "series: [{key: s!, name: S, board: b}]",
            (
                "series[0].key: “s!” is no key: letters, digits, dots, dashes and underscores, at most 100, "
                "beginning and ending with a letter or digit"
            ),
        ),
        (
            f"workstreams: [{{ref: w, name: W, theme: t, position: {'9' * 5000}}}]",
            f"workstreams[0].position: must be a whole number, not “{'9' * 60}…”",
        ),
        (
            (
                "workstreams: [{ref: w, name: W, theme: t, "
                "updates: [{as_at: 2026-01-31, parts: {p: {format: [], value: }}}]}]"
            ),
            "workstreams[0].updates[0].parts.p: format must be one of html, markdown, text, not “[]”",
        ),
        (
            "boards: [{key: b, name: B, organisation: o, programme_title: P, programme_year: lunar, recipient: R}]",
            "boards[0].programme_year: must be 'financial', 'calendar' or 'none', not “lunar”",
        ),
        (
            "themes: [{key: t, name: T, organisation: o, introductions: [{as_at: 26 March, text: x}]}]",
            "themes[0].introductions[0].as_at: must be a date like 2026-03-26, not “26 March”",
        ),
        (
            "workstreams: [{ref: w, name: W, theme: t, updates: [{as_at: 2026-02-30}]}]",
            "workstreams[0].updates[0].as_at: “2026-02-30” is no day of the calendar",
        ),
        (
            "workstreams: [{ref: w, name: W, theme: t, serves: [roads]}]",
            "workstreams[0].serves[0]: “roads” names no item of a framework: write it as framework/item",
        ),
        (
            "workstreams: [{ref: w, name: W, theme: t, updates: [{as_at: 2026-01-31, nothing_to_report: perhaps}]}]",
            "workstreams[0].updates[0].nothing_to_report: must be true or false, not “perhaps”",
        ),
    ],
)
def test_a_fault_of_shape_is_a_sentence(entries, sentence):
    assert faults_of_shape(entries) == [sentence]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("facts: '1'\nseries:\n- {key: a}\n  - b\n", "Line 4, column 3: "),
        ("facts: '1'\nfacts: '2'\n", "Line 2: the name “facts” stands twice in one mapping."),
        ("a: &lot [x]\n", "Line 1: anchors (&lot) are not taken. Write the value out where it is meant."),
        ("a: x\nb: *a\n", "Line 2: aliases (*a) are not taken. Write the value out."),
        ("a: !!python/object:os.system x\n", "Line 1: tags (tag:yaml.org,2002:python/object:os.system) are not taken."),
        ("a: !!bool x\n", "Line 1: tags"),
        ("[a]: b\n", "Line 1: a list or mapping cannot be a name."),
        ("a: b\n---\na: b\n", "Line 2: a second document begins here"),
        ("[" * 41, "Line 1: it is nested deeper than 40 levels."),
        ("a: b\nc: d\x00e\n", "Line 2: the character U+0000 cannot stand in a file of text."),
        ('{"a": 1, "a": 2}', "The name “a” stands twice in one mapping."),
        ('{"a": NaN}', "NaN is no value of JSON."),
        ('{"a": [}', "Line 1, column 8: Expecting value."),
        ('{"a": ' + "[" * 100_000, "It is nested deeper than 40 levels."),
        ('{"a": ' + "[" * 60 + "]" * 60 + "}", "It is nested deeper than 40 levels."),
        ("name: Él".encode("latin-1"), "The file is not UTF-8: see line 1. Save it as UTF-8."),
        ("", "must be a mapping of names to values"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(file, sentence):
    (fault,) = faults(file)
    assert fault.startswith(sentence)


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (
            r'"organisations": [{"key": "o", "name": "\ud800", "short_name": "\ud83d\ude00"}]',
            r"organisations[0].name: “\ud800” holds U+D800, which is half of a character",
        ),
        (
            r'"organisations": [{"\uDFFF": 1}]',
            r"organisations[0]: the name “\udfff” holds U+DFFF, which is half of a character",
        ),
        (
            f'"workstreams": [{{"ref": "w", "name": "W", "theme": "t", "position": {"9" * 5000}}}]',
            "workstreams[0].position: ",
        ),
        (
            f'"series": [{{"key": "s", "name": -{"9" * 5000}, "board": "b"}}]',
            f"series[0].name: must be a text, not -{'9' * 59}…; in JSON it stands in quotes",
        ),
        (
            '"workstreams": [{"ref": "w", "name": "W", "theme": "t", "updates": [{"as_at": 86400}]}]',
            "workstreams[0].updates[0].as_at: must be a date like 2026-03-26, not “86400”",
        ),
    ],
)
def test_json_that_no_document_can_hold_is_a_fault_with_its_place(entries, sentence):
    (fault,) = faults(f'{{"facts": "1", {entries}}}')
    assert fault.startswith(sentence)
    assert len(fault.encode()) < 250


@pytest.mark.parametrize("loader", [decode._Loader, yaml.BaseLoader])
@pytest.mark.parametrize("escape", [r"\ud800", r"\U0000DC00", r"\U00110000", r"\UFFFFFFFF"])
def test_an_escape_of_no_character_is_refused_in_yaml(monkeypatch, loader, escape):
    monkeypatch.setattr(decode, "_Loader", loader)
    (fault,) = faults_of_shape(f'organisations: [{{key: o, short_name: O, name: "{escape}"}}]')
    assert fault.isascii() or "half of a character" in fault or "no character" in fault
    assert fault.encode()


def test_the_number_of_the_shape_is_written_in_quotes():
    assert faults('{"facts": 1}') == ["facts: must be '1', not 1; in JSON it stands in quotes"]


def test_a_point_in_time_is_no_day():
    document = small()
    document["workstreams"][0]["updates"][0]["as_at"] = datetime(2026, 8, 20, tzinfo=UTC)
    with pytest.raises(FaultyFacts, match="as_at: must be a date like 2026-03-26"):
        parse_facts(document)
    document["workstreams"][0]["updates"][0]["as_at"] = date(2026, 8, 20)
    assert parse_facts(document) == parse(SMALL.encode())


def test_a_no_break_space_stays_in_a_line():
    document = small()
    document["papers"][0]["title"] = " A saving of\n £5\u00a0m\t"
    assert parse_facts(document).papers[0].title == "A saving of £5\u00a0m"
    document["papers"][0]["title"] = " \u00a0 "
    with pytest.raises(FaultyFacts, match="must not be empty"):
        parse_facts(document)


@pytest.mark.parametrize("wrong", [300, 20_000])
def test_of_many_faults_the_first_are_told_and_the_others_counted(wrong):
    document = small()
    document["people"] = ["x"] * wrong
    with pytest.raises(FaultyFacts) as caught:
        parse_facts(document)
    told = [str(fault) for fault in caught.value.faults]
    assert told[:200] == [f"people[{n}]: must be a mapping of names to values" for n in range(200)]
    assert told[200:] == [f"… and {wrong - 200:,} more faults"]


def test_a_file_of_nothing_but_faults_takes_little_memory():
    reading = "from app.facts.parse import parse, FaultyFacts\nfrom tests.facts.memory import peak\nbefore = peak()\n"
    reading += "try: parse(b'facts: \"1\"\\norganisations: [' + b'x,' * 900_000 + b']')\n"
    reading += "except FaultyFacts as error: print(len(error.faults))\n"
    reading += "print(peak() - before)\n"
    done = subprocess.run([sys.executable, "-c", reading], capture_output=True, text=True, cwd=ROOT, check=True)
    count, mebibytes = map(float, done.stdout.split())
    assert count == 201
    assert mebibytes < 600  # it took two gigabytes


def test_an_alias_bomb_is_refused_before_it_grows():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    tracemalloc.start()
    try:
        faults("\n".join(lines))
        assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    finally:
        tracemalloc.stop()


def test_a_file_that_is_too_large_is_refused_unread():
    (fault,) = faults(b"#" * (decode.LARGEST_FILE + 1))
    assert fault == "The file is larger than 50 MiB."


def test_a_file_of_too_many_values_is_refused(monkeypatch):
    monkeypatch.setattr(decode, "MOST_VALUES", 100)
    too_many = [
        "[" + "x," * 200 + "]",
        '{"a": [' + ",".join(["[]"] * 99) + "]}",
        '{"a": [' + ",".join(["1"] * 99) + "]}",
        '{"a": {' + ",".join(f'"{n}": 1' for n in range(49)) + "}}",
    ]
    for file in too_many:
        (fault,) = faults(file)
        assert fault == "The file holds more than 100 values."
    inside_texts = r"\"[,]{:}\\" * 200
    assert decode.decode(f'{{"a": ["{inside_texts}", {", ".join(["1"] * 96)}]}}'.encode())["a"][1:] == [1] * 96


def test_without_libyaml_the_same_is_read(monkeypatch):
    fast = parse(DEMONSTRATION.read_bytes())
    monkeypatch.setattr(decode, "_Loader", yaml.BaseLoader)
    assert parse(DEMONSTRATION.read_bytes()) == fast
    (fault,) = faults("a: b\nc: d\x00e\n")
    assert fault == "Line 2: the character U+0000 cannot stand in a file of text."
    (fault,) = faults("a: x\nb: *a\n")
    assert fault.startswith("Line 2: aliases")


values = st.recursive(
    st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcxyz", min_size=1), values, max_size=5))
def test_whatever_was_written_as_texts_is_read_as_those_texts(document):
    assert decode.decode(yaml.dump(document, allow_unicode=True, default_style='"').encode()) == document
    assert decode.decode(json.dumps(document).encode()) == document


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_input_makes_anything_but_facts_or_faults(data):
    with contextlib.suppress(FaultyFacts):
        parse(data)
