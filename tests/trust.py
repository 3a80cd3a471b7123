"""The list of promises at the end of `pytest -m trust`: which were put to the test, how far, and whether they held.

A test says with `@pytest.mark.trust(row)` which promise it proves, and with the fixture `figure` how much of it; where
each test is one of a kind, the mark says of what: `@pytest.mark.trust(row, each="ways of …")`. Both travel with the
test's report, so that the list is whole when several processes share a run.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

PROMISES = {
    1: "An acknowledged version is never lost or dangling",
    2: "… through the whole service",
    3: "Fails cleanly at every step",
    4: "Approved bytes never change",
    5: "Two approvals at once are one",
    6: "No lost update",
    7: "One request, one version",
    8: "The workflow cannot be walked wrong",
    9: "Permissions are complete",
    10: "No server errors",
    11: "No text is lost",
    12: "Narrative is clean",
    13: "A template cannot harm",
    14: "Bad files are refused",
    15: "Same facts, same bytes",
    16: "The log cannot be changed unseen",
    17: "`verify` finds damage",
    18: "A backup restores",
    19: "An upgrade keeps everything",
    20: "Both databases behave alike",
}
"""Row → what the service promises."""

Figure = Callable[[str, int], None]
"""Says how much of a promise a test has put to the proof: `figure("kills", 50)`; the list shows the sum over tests."""

_ROW, _FIGURE = "trust row", "trust figure"


@dataclass
class Proof:
    """What a run showed of one promise."""

    outcomes: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)

    @property
    def verdict(self) -> str:
        """Failed where anything failed, passed where something passed, else skipped."""
        return next((word for word in ("failed", "passed") if self.outcomes[word]), "skipped")

    @property
    def told(self) -> str:
        """The tests and their figures in a few words."""
        tests = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return ", ".join([f"tests: {tests}", *(f"{count:,} {what}" for what, count in self.figures.items())])


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Notes a figure that this test has reached; see `Figure`."""

    def note(what: str, count: int) -> None:
        request.node.user_properties.append((_FIGURE, [what, count]))

    return note


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("trust"):
            item.user_properties += [(_ROW, row) for row in mark.args]
            item.user_properties += [(_FIGURE, [what, 1]) for what in mark.kwargs.values()]


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if "trust" not in config.option.markexpr:
        return
    reports = [
        report for outcome in ("passed", "failed", "error", "skipped") for report in _of(terminalreporter, outcome)
    ]
    proofs = proofs_of(reports)
    extent = "full figures" if config.getoption("--full") else "expensive figures at a tenth; --full reaches them"
    terminalreporter.section(f"promises ({extent})")
    for row, promise in PROMISES.items():
        proof = proofs.get(row)
        verdict = proof.verdict if proof else "no test"
        terminalreporter.line(f"{row:>3}  {verdict:<8} {promise}", **_colour(verdict))
        if proof:
            terminalreporter.line(f"{'':14}{proof.told}")


def proofs_of(reports) -> dict[int, Proof]:
    """Row → what these reports of tests show of it; a test that broke before or after its story has failed."""
    proofs: dict[int, Proof] = {}
    for report in reports:
        rows = {value for name, value in report.user_properties if name == _ROW}
        told = [value for name, value in report.user_properties if name == _FIGURE]
        for row in rows:
            proof = proofs.setdefault(row, Proof())
            proof.outcomes[report.outcome] += 1
            for what, count in told if report.passed else ():
                proof.figures[what] += count
    return proofs


def _of(terminalreporter, outcome: str):
    reports = terminalreporter.stats.get(outcome, [])
    return [report for report in reports if report.when == "call" or not report.passed]


def _colour(verdict: str) -> dict[str, bool]:
    return {{"passed": "green", "failed": "red"}.get(verdict, "yellow"): True}
