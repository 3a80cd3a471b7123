"""What is to be said of a template, to the person who made it in Word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from app.word.passages import Passage, TemplatePart
from app.word.quoting import quoted

Severity: TypeAlias = Literal["error", "warning"]

QUOTED = 120
"""Characters of a paragraph that a finding quotes."""
MOST_OF_A_KIND = 50
"""Findings with the same code that are told one by one; of the others only their number is."""
_AFTER_EVERYTHING = (1_000, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a template, in words for somebody who lives in Word.

    With an error the template cannot be used; with a warning its papers look or read other than they might. `code` is
    stable; `part` and `where` say where it is (“the body”, “under “Purpose”, table 1, row 2, column 1”), `quoted` is
    the paragraph, `what` says what is wrong and how it is put right, `meant` the name that was perhaps meant. Each is
    empty where there is nothing to say. `times` is how many findings it stands for.
    """

    severity: Severity
    code: str
    what: str
    part: str = ""
    where: str = ""
    quoted: str = ""
    meant: str = ""
    order: tuple[int, int] = field(default=_AFTER_EVERYTHING, compare=False, repr=False)
    times: int = 1

    def __str__(self) -> str:
        place = ", ".join(filter(None, [self.part, self.where, f"“{self.quoted}”" if self.quoted else ""]))
        return f"{place}: {self.what}" if place else self.what

    def to_dict(self) -> dict[str, str]:
        """The finding for programs: every field by its name, a text each."""
        names = ("severity", "code", "part", "where", "quoted", "what", "meant")
        return {name: getattr(self, name) for name in names}


def error_at(passage: Passage, code: str, what: str, *, meant: str = "") -> Finding:
    """An error that stands in this passage."""
    return _at(passage, "error", code, what, meant)


def warning_at(passage: Passage, code: str, what: str, *, meant: str = "") -> Finding:
    """A warning that stands in this passage."""
    return _at(passage, "warning", code, what, meant)


def of_part(part: TemplatePart, severity: Severity, code: str, what: str) -> Finding:
    """A finding about a whole part."""
    return Finding(severity, code, what, part.title, order=(part.rank, 0))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of the file, each once; where there are very many of a kind, how many follow."""
    ordered = sorted(dict.fromkeys(findings), key=lambda finding: finding.order)
    in_all = Counter((finding.severity, finding.code) for finding in ordered)
    told: Counter[tuple[Severity, str]] = Counter()
    kept = []
    for finding in ordered:
        kind = (finding.severity, finding.code)
        told[kind] += 1
        if told[kind] <= MOST_OF_A_KIND:
            kept.append(finding)
        elif told[kind] == MOST_OF_A_KIND + 1:
            kept.append(_and_more(finding, in_all[kind] - MOST_OF_A_KIND))
    return kept


def _and_more(first: Finding, count: int) -> Finding:
    """One finding for this one and all of its kind that follow."""
    what = f"And {count:,} more like this from here on: put right those that are listed, and check again."
    return replace(first, what=what, meant="", times=count)


def _at(passage: Passage, severity: Severity, code: str, what: str, meant: str) -> Finding:
    place = (passage.part.rank, passage.number)
    return Finding(severity, code, what, passage.part.title, passage.where, quoted(passage.words, QUOTED), meant, place)
