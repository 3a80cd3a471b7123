"""What somebody cannot read in a paper of sample data, as findings about the template that it was printed with."""

from collections.abc import Collection, Iterator

from app.word.accessibility import LANGUAGE, PROSE, accessibility
from app.word.findings import Finding
from app.word.located import PROPERTIES, Where

_PAPER = "a paper of sample data"
_SAME: dict[str, frozenset[str]] = {
    "contrast": frozenset({"weak-colour"}),
    "empty-paragraph": frozenset({"empty-line", "empty-paragraphs"}),
    "language": frozenset({"no-language"}),
    "no-marking": frozenset({"marking-not-on-page"}),
}
"""For each code of a barrier, the findings about a template that say the same of it already."""


def barriers_in(paper: bytes, told: Collection[str], language: str = LANGUAGE) -> Iterator[Finding]:
    """A warning for each barrier that the template puts up, the first time that it stands in the paper.

    Left out is what the sample itself is to blame for: its prose and its properties; and what codes in `told` say.
    """
    said: set[tuple[str, str]] = set()
    for barrier in accessibility(paper, language):
        code, where = barrier.code, barrier.where
        is_samples = code in PROSE or where.part == PROPERTIES
        if is_samples or (code, barrier.what) in said or not _SAME.get(code, frozenset()).isdisjoint(told):
            continue
        said.add((code, barrier.what))
        yield Finding("warning", code, barrier.what, _PAPER, _place(where), where.quoted)


def _place(where: Where) -> str:
    return str(Where(where.part, where.heading, where.table, where.row, where.column))
