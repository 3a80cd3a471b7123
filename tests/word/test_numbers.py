"""What stands in an attribute where a number belongs is a number or nothing: no document ends its reading."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Problem
from app.word import Narrative, accessibility, check, differences, narrated, outline, regions, text_of
from app.word.container import read_members, write_members
from app.word.numbers import whole_number
from tests.word.templates import a_template, printed

STATED = re.compile(rb'(<(\w+:\w+) (?:[^<>]*? )?([\w:]+)=")-?[0-9A-F]+(?=")')
"""An element's attribute that is a number, or looks like one."""
WRONG = ["", "x", "NaN", "inf", "1e9", "9" * 5000, "٣", "-99", "9999999999", "0x10", "1.5.5"]
CHART = (
    '<figure data-chart="line" data-page="landscape"><table><thead><tr><th>Year</th><th>Spent</th></tr></thead>'
    "<tbody><tr><td>2026</td><td>5</td></tr></tbody></table><figcaption>Money</figcaption></figure>"
)
TABLE = (
    '<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td colspan="2"><p>C</p></td></tr></tbody></table>'
)
LIST = '<ol type="i" start="3"><li><p>One</p><ul><li><p>Two</p></li></ul></li></ol>'


@pytest.fixture(scope="module")
def paper() -> bytes:
    return printed(a_template("{{p x }}", "{{ y }}"), x=Narrative(f"<h3>H</h3>{LIST}{TABLE}{CHART}", "k"), y="z")


READINGS = (
    *(accessibility, outline, text_of, regions, narrated),
    lambda document: differences(document, document),
    lambda document: check(document, {}),
)


def test_no_number_of_a_document_ends_its_reading(paper, full):
    members = read_members(paper)
    kinds = {
        (name, element, attribute)
        for name, content in members.items()
        if name.endswith(".xml")
        for _, element, attribute in STATED.findall(content)
    }
    assert len(kinds) > 100
    for turn, (name, element, attribute) in enumerate(sorted(kinds)):
        place = re.compile(rb"(<" + element + rb" (?:[^<>]*? )?" + attribute + rb'=")-?[0-9A-F]+(?=")')
        for wrong in WRONG if full else [WRONG[turn % len(WRONG)]]:
            changed = place.sub(lambda found, wrong=wrong: found.group(1) + wrong.encode(), members[name])
            document = write_members({**members, name: changed})
            for reading in READINGS if full else READINGS[turn % 2 :: 2]:
                with contextlib.suppress(Problem):  # a refusal in words is an answer too
                    reading(document)


@given(st.integers(-(10**10) + 1, 10**10 - 1))
def test_every_number_that_word_writes_is_read(number):
    assert whole_number(str(number)) == number
    assert whole_number(f" {number}.7 ") == number


@given(st.text("0123456789.+-eExNaif ٣\u00a0_"))
def test_what_is_read_is_what_stands_there_or_nothing(stated):
    number = whole_number(stated)
    assert number is None or int(float(stated)) == number
