"""Compares a published paper with the document that was made of its facts, word by word.

The paper's side is read from its lines alone, without the reading of its structure from which the facts were made: a
sentence that this reading lost would be missed here.

`pytest tests/real_papers` prints, at its end, the share of words found in each paper and what is missing or too much.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from tests.real_papers.paper_facts import NOTE, RATED, RATING
from tests.real_papers.paper_text import BULLET, ORDERED, PAGE_MARK, SECTION, TAG

QUOTES_AND_DASHES = str.maketrans("‘’“”–—‑−", "''\"\"----")
PUNCTUATION = ".,:;()"
PEOPLE_SECTION = "Consultation"
COMPARED = "compared with the published paper"
"""The property of a test under which it records its report."""
LEAD_IN = re.compile(r"These |This |The ")
"""A short line that begins so leads to the list below it; its colon is part of the text."""


@dataclass
class Words:
    """The words under one numbered heading, in order, and (in the section that prints them) ratings by workstream."""

    heading: str
    words: list[str] = field(default_factory=list)
    ratings: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


def words_of(text: str) -> list[str]:
    """The words of a text: one kind of quotes and dashes, no dash on its own, lower case, ordinals without a gap."""
    plain = unicodedata.normalize("NFC", TAG.sub("", text)).translate(QUOTES_AND_DASHES)
    plain = re.sub(r"(\d) (st|nd|rd|th)\b", r"\1\2", plain)
    return [word for word in plain.casefold().split() if word.strip("-")]


def bare_words(text: str) -> list[str]:
    """The words of a composed line, whose commas and colons are the format's."""
    return [bare for word in words_of(text) if (bare := word.strip(PUNCTUATION))]


# The paper's side


def paper_words(text: str) -> dict[str, Words]:
    """Printed number → what stands under that heading in the published paper.

    Two tables printed side by side are read one after the other, without their column headings. A workstream whose
    ratings were a picture is not rated here.
    """
    sections: dict[str, Words] = {}
    now: Words | None = None
    beside: list[str] = []
    for line in text.replace("\f", "\n").splitlines():
        plain = TAG.sub("", line).strip(" ")
        heading = SECTION.fullmatch(plain)
        if heading:
            now = sections.setdefault(heading["number"], Words(heading["heading"]))
        elif now and plain and not PAGE_MARK.fullmatch(plain):
            if "\t" not in plain:
                now.words += beside
                beside = []
                _read_line(now, plain)
            else:
                beside += _read_row(now, plain.split("\t"))
    return sections


def _read_line(section: Words, line: str) -> None:
    marker = ORDERED.match(line) or BULLET.match(line)
    rated, note = RATED.fullmatch(line), NOTE.fullmatch(line)
    if rated:
        section.words += words_of(rated["name"])
        found = [(dimension.casefold(), value.casefold()) for dimension, value in RATING.findall(rated["ratings"])]
        section.ratings.append((rated["name"], found))
    elif note:
        section.words += bare_words(line)
    elif marker:
        section.words += words_of(line[marker.end() :])
    elif section.heading.startswith(PEOPLE_SECTION):
        section.words += words_of(line.replace(",", ""))
    else:
        section.words += words_of(line.rstrip(":") if is_short_heading(line) else line)


def is_short_heading(line: str) -> bool:
    """Whether a line with a colon is a heading: a few words that no sentence goes on from."""
    return len(line.split()) <= 6 and not LEAD_IN.match(line)


def _read_row(section: Words, cells: list[str]) -> list[str]:
    """Adds the left table's cells to the section; answers those of the right table."""
    if cells[0].casefold() == "rag":
        section.words += words_of(cells[2])
        return []
    section.words += words_of(" ".join(cells[:2]))
    return words_of(" ".join(cells[2:]))


# The difference


def differences(paper: list[str], document: list[str]) -> list[str]:
    """What the document lacks and what it has too much, each with the words before it; [] where all is equal."""
    if paper == document:
        return []
    found = []
    for kind, first, last, begin, end in SequenceMatcher(None, paper, document, autojunk=False).get_opcodes():
        place = " ".join(paper[max(first - 5, 0) : first])
        if kind in ("delete", "replace"):
            found.append(f"missing after “{place}”: {' '.join(paper[first:last])}")
        if kind in ("insert", "replace"):
            found.append(f"too much after “{place}”: {' '.join(document[begin:end])}")
    return found


def share_found(pairs: Iterable[tuple[list[str], list[str]]]) -> float:
    """The share of the paper's words that stand in the document, in order, under the heading of theirs."""
    total = kept = 0
    for paper, document in pairs:
        matcher = SequenceMatcher(None, paper, document, autojunk=False)
        total += len(paper)
        kept += sum(block.size for block in matcher.get_matching_blocks())
    return kept / total


# The report


@dataclass(frozen=True)
class Report:
    """What a comparison found of one paper."""

    name: str
    words: int
    share: float
    missing: tuple[str, ...]

    def printed(self) -> tuple[str, str]:
        """For `record_property`: what the summary of a test run collects, and the lines that it prints."""
        lines = [f"{self.name}: {self.share:.2%} of {self.words:,} words found in order under their heading"]
        return COMPARED, "\n".join([*lines, *(f"  {what}" for what in self.missing)])


def reported(name: str, pairs: Mapping[str, tuple[list[str], list[str]]]) -> Report:
    """The report of a paper from place → its words there and those of the document."""
    missing = tuple(f"{place}: {what}" for place, pair in pairs.items() for what in differences(*pair))
    return Report(name, sum(len(paper) for paper, _ in pairs.values()), share_found(pairs.values()), missing)
