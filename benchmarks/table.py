"""What is measured, what it should come to, and the table of both."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One engine at one piece of work; None where a figure was not taken.

    `ratio` is how many times as fast as docxtpl it is, beside it in the same run; `peak` is in MiB.
    """

    workload: str
    n: int
    engine: str
    milliseconds: float | None = None
    ratio: float | None = None
    peak: float | None = None
    size: int | None = None

    def as_json(self) -> dict[str, str | int | float | None]:
        """The row under the names that programs read."""
        return {
            "workload": self.workload,
            "n": self.n,
            "engine": self.engine,
            "milliseconds": self.milliseconds,
            "ratio to docxtpl": self.ratio,
            "peak MiB": self.peak,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that is to be reached: `measured` is None where what it takes was not measured."""

    what: str
    wanted: str
    measured: float | None
    unit: str
    is_met: bool


_AMONG = {
    "draft among updates": 1.2,
    "list among updates": 1.5,
    "reading among updates": 1.5,
    "page of workstreams": 1.5,
    "search page": 1.5,
    "history page": 1.5,
    "home page": 1.5,
    "page of papers": 1.5,
    "papers by words": 1.5,
    "page of rounds": 1.5,
    "page of versions": 1.5,
    "page of formats": 1.5,
    "page of persons": 1.5,
}
_OVER_HTTP = {"previews over HTTP": 10, "previews of new facts over HTTP": 10, "kept versions over HTTP": 3}
HEADS = ("workload", "n", "engine", "ms", "× docxtpl", "peak MiB", "bytes")


def targets_of(rows: Sequence[Row]) -> Iterator[Target]:
    """The figures to reach, with what these rows say of them."""
    found = {(row.workload, row.n, row.engine): row for row in rows}
    ours = {key[:2]: row for key, row in found.items() if key[2] == "boardpapers"}
    theirs = {key[:2]: row for key, row in found.items() if key[2] == "docxtpl"}

    def at_least(what: str, figure: float | None, wanted: float, unit: str = "×") -> Target:
        return Target(what, f"≥ {wanted:g} {unit}", figure, unit, figure is not None and figure >= wanted)

    def at_most(what: str, figure: float | None, wanted: float, unit: str = "×") -> Target:
        return Target(what, f"≤ {wanted:g} {unit}", figure, unit, figure is not None and figure <= wanted)

    for n, wanted in ((20, 20), (1000, 8)):
        if (row := ours.get(("plain", n))) is not None:
            yield at_least(f"plain text, n = {n}, to docxtpl", row.ratio, wanted)
            yield at_most(f"size of the file, n = {n}, to docxtpl's", _share(row.size, _size(theirs, n)), 1.03)
    if (row := ours.get(("plain", 1000))) is not None:
        other = theirs.get(("plain", 1000))
        yield at_most("peak memory, n = 1000, to docxtpl's", _share(row.peak, other.peak if other else None), 0.25)
    for (workload, n), row in ours.items():
        plain = ours.get(("plain", n))
        if workload == "first paper":
            yield at_least(f"first paper of a template, n = {n}, to docxtpl", row.ratio, 1)
        elif workload.startswith("rich"):
            if row.ratio is not None:
                yield at_least(f"{workload}, n = {n}, to docxtpl with Subdoc", row.ratio, 40)
            yield at_most(f"{workload}, n = {n}, to our plain text", _share(_ms(row), _ms(plain)), 3)
        elif workload == "whole draft":
            yield at_least(f"whole draft, n = {n}, to docxtpl's bare render", row.ratio, 1)
        elif workload in _OVER_HTTP:
            yield at_least(f"{workload} a second, n = {n}, to a bare route of docxtpl", row.ratio, _OVER_HTTP[workload])
        elif workload == "command line":
            yield at_most("command line, cold, until the help text", _ms(row), 400, "ms")
    yield from _of_size(ours, at_most)


def _of_size(
    ours: Mapping[tuple[str, int], Row], at_most: Callable[[str, float | None, float], Target]
) -> Iterator[Target]:
    for workload, wanted in _AMONG.items():
        sizes = sorted(n for name, n in ours if name == workload)
        for n in sizes[1:]:
            share = _share(_ms(ours[workload, n]), _ms(ours[workload, sizes[0]]))
            yield at_most(f"{workload}, {n:,} to {sizes[0]:,}", share, wanted)


def _ms(row: Row | None) -> float | None:
    return row.milliseconds if row else None


def _size(theirs: Mapping[tuple[str, int], Row], n: int) -> int | None:
    row = theirs.get(("plain", n))
    return row.size if row else None


def _share(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def table(rows: Iterable[Row], targets: Iterable[Target]) -> str:
    """Both as text for a person."""
    lines = [HEADS, *(_cells(row) for row in rows)]
    reached = [
        (target.what, target.wanted, _number(target.measured, target.unit), "yes" if target.is_met else "NO")
        for target in targets
    ]
    heads = ("target", "wanted", "measured", "met")
    return f"{_aligned(lines, left={0, 2})}\n\n{_aligned([heads, *reached], left={0, 3})}\n"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.workload,
        f"{row.n:,}",
        row.engine,
        "" if row.milliseconds is None else f"{row.milliseconds:,.2f}",
        "" if row.ratio is None else f"{row.ratio:.1f}",
        "" if row.peak is None else f"{row.peak:.1f}",
        "" if row.size is None else f"{row.size:,}",
    )


def _number(figure: float | None, unit: str) -> str:
    return "not measured" if figure is None else f"{figure:.3g} {unit}"


def _aligned(lines: Sequence[Sequence[str]], left: set[int]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            word.ljust(width) if column in left else word.rjust(width)
            for column, (word, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
