"""A template judged for the person who made it: everything that is wrong with it at once, in the order of the file."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.word.check_access import headings_that_jump, no_language, pictures_without_words, weak_colours
from app.word.check_names import (
    comparisons_that_never_hold,
    names_in_single_brackets,
    unknown_names,
    wrongly_printed,
)
from app.word.check_pages import pages_without
from app.word.check_printing import misplaced, printed
from app.word.check_sample import barriers_in
from app.word.check_structure import (
    empty_paragraphs,
    tables_of_tabs,
    tables_without_heads,
    typed_numbers_and_bullets,
)
from app.word.check_styles import styles_named_in_vain, styles_of_roles
from app.word.check_tags import PartRead, read_tags
from app.word.findings import Finding, in_order
from app.word.names import Vocabulary
from app.word.passages import TemplateRead, read_template
from app.word.properties import properties_in
from app.word.refusals import UnreadableTemplate
from app.word.shelf import Shelf, known_as
from app.word.templates import opened_template


@dataclass(frozen=True, slots=True)
class Expected:
    """What a template is made for, in plain data.

    `sample` is the context of a paper that has everything, `files` its pictures. `choices` has, by the path of a fact
    (`sections.key`), every word that it can be in a paper; `on_every_page` names facts that each page must show.
    """

    sample: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    on_every_page: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """A template on the table: its bytes, what was read of it, and what it is made for."""

    content: bytes
    template: TemplateRead
    reads: Mapping[str, PartRead]
    vocabulary: Vocabulary
    expected: Expected | None


_Check: TypeAlias = Callable[[_Case], Iterable[Finding]]

_CHECKS: tuple[_Check, ...] = (
    lambda case: (finding for read in case.reads.values() for finding in read.findings),
    lambda case: (found for read in case.reads.values() for found in unknown_names(read, case.vocabulary)),
    lambda case: (found for read in case.reads.values() for found in names_in_single_brackets(read, case.vocabulary)),
    lambda case: misplaced(case.template, case.reads),
    lambda case: styles_of_roles(case.template),
    lambda case: styles_named_in_vain(case.template),
    lambda case: typed_numbers_and_bullets(case.template),
    lambda case: tables_of_tabs(case.template),
    lambda case: tables_without_heads(case.template, case.reads),
    lambda case: empty_paragraphs(case.template),
    lambda case: headings_that_jump(case.template, case.reads),
    lambda case: no_language(case.template),
    lambda case: pictures_without_words(case.template),
    lambda case: weak_colours(case.template),
)
"""What every template is asked."""

_CHECKS_OF_PURPOSE: tuple[Callable[[_Case, Expected], Iterable[Finding]], ...] = (
    lambda case, expected: (f for read in case.reads.values() for f in wrongly_printed(read, expected.sample)),
    lambda case, expected: (
        f for read in case.reads.values() for f in comparisons_that_never_hold(read, expected.choices)
    ),
    lambda case, expected: pages_without(case.template, case.reads, expected.on_every_page),
)
"""What a template is asked where it is known what it is made for."""


def check(template: bytes, vocabulary: Vocabulary, expected: Expected | None = None) -> list[Finding]:
    """Everything that is wrong with the template, in the order of the file; empty when it is fit for use.

    With `expected` it is also held against what it is made for, and a paper of the sample data is printed whole and
    looked at with the eyes of those who read with difficulty.
    """
    if expected is not None:
        return _judged(template, vocabulary, expected)
    key = known_as(template, vocabulary)
    found = _JUDGED.find(key)
    if found is None:
        found = tuple(_judged(template, vocabulary, None))
        _JUDGED.put(key, found)
    return list(found)


_JUDGED: Shelf[tuple[Finding, ...]] = Shelf(32)


def _judged(template: bytes, vocabulary: Vocabulary, expected: Expected | None) -> list[Finding]:
    try:
        opened = opened_template(template)
    except UnreadableTemplate as error:
        return [Finding("error", "unreadable", error.summary)]
    read = read_template(opened)
    reads = {part.name: read_tags(part) for part in read.parts}
    case = _Case(template, read, reads, vocabulary, expected)
    findings = [finding for asked in _CHECKS for finding in asked(case)]
    if expected is not None:
        findings += [finding for asked in _CHECKS_OF_PURPOSE for finding in asked(case, expected)]
        if not any(_prevents_papers(finding) for finding in findings):
            findings += _of_sample(case, expected, {finding.code for finding in findings})
    return in_order(findings)


def _prevents_papers(finding: Finding) -> bool:
    """Whether no paper could be printed, or its fault would only be told again."""
    may_be_printed = finding.code == "unknown-choice" or finding.code.endswith("-not-on-page")
    return finding.severity == "error" and not may_be_printed


def _of_sample(case: _Case, expected: Expected, told: Collection[str]) -> Iterable[Finding]:
    paper = printed(case.content, case.template, case.vocabulary, expected.sample, expected.files)
    if isinstance(paper, list):
        return paper
    return barriers_in(paper, told, properties_in(expected.sample).language)
