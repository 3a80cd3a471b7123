"""`uv run python -m benchmarks`: measures, and prints the table with the figures to reach beside it.

Rich text by docxtpl needs a package that docxtpl names `subdoc`:
`uv run --with "docxtpl[subdoc]==0.20.2" python -m benchmarks`; without it those rows are left out.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from time import perf_counter

from app import assets
from benchmarks import http as over_http
from benchmarks import memory
from benchmarks.engines import (
    ENGINES,
    TURN,
    WRITES_RICH_TEXT,
    Deed,
    Facts,
    Timing,
    another_template,
    of_docxtpl,
    of_ours,
    timed,
)
from benchmarks.service import DRAFTED_AT, PAPER, Service, service
from benchmarks.table import Row, table, targets_of
from benchmarks.workload import Kind, facts, template

EDITIONS = 12
"""How many different papers take turns; a rich one that is printed again has been read before."""


def main(arguments: Sequence[str] | None = None) -> None:
    """What the arguments ask for is measured and printed."""
    asked = _arguments(arguments)
    rows: list[Row] = []
    for part in asked.only or PARTS:
        sys.stderr.write(f"{part} …\n")
        rows.extend(PARTS[part](asked))
    if asked.json:
        sys.stdout.write(json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(table(rows, targets_of(rows)))


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a list of rows, for programs")
    parser.add_argument("--quick", action="store_true", help="few rounds: whether it runs, not how fast")
    parser.add_argument("--n", type=int, nargs="+", default=[2, 20, 200, 1000], help="workstreams of the paper")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these parts")
    parser.add_argument(
        "--updates",
        type=int,
        nargs="+",
        default=[1_000, 100_000],
        help="how many updates are stored beside the paper's own, the fewest first; 1000000 takes minutes",
    )
    return parser.parse_args(arguments)


def _rounds(asked: argparse.Namespace, n: int) -> int:
    return 1 if asked.quick else max(3, min(30, 600 // n))


def _pair(workload: str, n: int, timings: Mapping[str, Timing]) -> Iterator[Row]:
    """A row for each engine, the second with its ratio to docxtpl."""
    theirs = timings.get("docxtpl")
    for engine, timing in timings.items():
        ratio = theirs.milliseconds / timing.milliseconds if theirs and engine != "docxtpl" else None
        yield Row(workload, n, engine, timing.milliseconds, ratio, size=timing.size)


def _printed(engine: Callable[[bytes, Facts], bytes], opened: bytes, said: Sequence[Facts]) -> Deed:
    return lambda number: engine(opened, said[number % len(said)])


def _first(engine: Callable[[bytes, Facts], bytes], templates: Sequence[bytes], said: Facts) -> Deed:
    return lambda number: engine(templates[number], said)


def plain(asked: argparse.Namespace) -> Iterator[Row]:
    """Plain text, by both engines in turns; and what each takes of memory, in a process of its own."""
    opened = template("plain")
    for n in asked.n:
        said = [facts(n, "plain", edition) for edition in range(EDITIONS)]
        deeds = {name: _printed(engine, opened, said) for name, engine in ENGINES.items()}
        for row in _pair("plain", n, timed(deeds, _rounds(asked, n))):
            yield _with_peak(row, "plain")


def rich(asked: argparse.Namespace) -> Iterator[Row]:
    """Rich text: papers that were printed before, and papers whose every word is new."""
    opened = template("rich")
    for n in asked.n:
        rounds = max(1, _rounds(asked, n) // 3)
        known = [facts(n, "rich")]
        deeds = {"boardpapers": _printed(of_ours, opened, known)}
        if WRITES_RICH_TEXT and n <= asked_of_docxtpl(asked):
            deeds = {"docxtpl": _printed(of_docxtpl, opened, known), **deeds}
        timings = timed(deeds, rounds)
        for row in _pair("rich", n, timings):
            yield _with_peak(row, "rich") if row.engine == "boardpapers" else row
        new = [facts(n, "rich", 1 + number) for number in range((rounds + 1) * TURN)]  # each is printed once
        timing = timed({"boardpapers": _printed(of_ours, opened, new)}, rounds)["boardpapers"]
        theirs = timings.get("docxtpl")
        ratio = theirs.milliseconds / timing.milliseconds if theirs else None
        yield Row("rich, new words", n, "boardpapers", timing.milliseconds, ratio, size=timing.size)


def asked_of_docxtpl(asked: argparse.Namespace) -> int:
    """The largest rich paper that docxtpl is asked for: it takes seconds for 200 workstreams, a minute for 1000."""
    return 20 if asked.quick else 200


def _with_peak(row: Row, kind: Kind) -> Row:
    if row.n < memory.TELLING:
        return row
    return Row(
        row.workload, row.n, row.engine, row.milliseconds, row.ratio, memory.peak(row.engine, row.n, kind), row.size
    )


def first(asked: argparse.Namespace) -> Iterator[Row]:
    """The first paper of a template that was never seen: reading and compiling it included."""
    opened = template("plain")
    n = 20 if 20 in asked.n else asked.n[0]
    said = facts(n)
    rounds = _rounds(asked, n)
    templates = [another_template(opened, number) for number in range((rounds + 1) * TURN)]
    deeds = {name: _first(engine, templates, said) for name, engine in ENGINES.items()}
    yield from _pair("first paper", n, timed(deeds, rounds))


def draft(asked: argparse.Namespace) -> Iterator[Row]:
    """A whole draft through the service, each time of other words, beside docxtpl's bare render of as much text."""
    opened = template("plain")
    for n in [n for n in asked.n if n in DRAFTED_AT] or asked.n[:1]:
        said = [facts(n, "plain", edition) for edition in range(EDITIONS)]
        with service(n) as made:
            deeds = {"docxtpl": _printed(of_docxtpl, opened, said), "boardpapers": lambda _: made.draft()}
            timings = timed(deeds, _rounds(asked, n), perf_counter, before={"boardpapers": made.reword})
            yield from _pair("whole draft", n, timings)


def http(asked: argparse.Namespace) -> Iterator[Row]:
    """What two processes answer a second, as milliseconds an answer, beside a bare route that renders with docxtpl."""
    n = 20 if 20 in asked.n else asked.n[0]
    turns, seconds, rounds = (1, 0.5, 1) if asked.quick else (5, 3.0, 15)
    rates: dict[str, list[float]] = {"bare route": [], "previews": []}
    assets.ensure()
    with (
        service(n, papers=over_http.CLIENTS) as made,
        over_http.bare_route(n) as theirs,
        over_http.whole_service(made) as ours,
    ):
        # Asked for once each time that the facts have changed, which is not timed.
        once = {"previews of new facts": over_http.previews_of(made), "kept versions": over_http.versions_of(made)}
        rates |= {name: [] for name in once}
        for turn in range(turns):
            rates["bare route"].append(theirs.rate(over_http.render, seconds))
            rates["previews"].append(ours.rate(over_http.preview_of(made), seconds))
            for number, (name, asks) in enumerate(once.items()):
                taken = 0.0
                for edition in range(rounds):
                    made.reword((turn * len(once) + number) * rounds + edition)
                    taken += ours.once_each(asks)
                rates[name].append(rounds * len(asks) / taken)
    bare = median(rates.pop("bare route"))
    yield Row("bare route over HTTP", n, "docxtpl", 1000 / bare)
    for name, measured in rates.items():
        rate = median(measured)
        yield Row(f"{name} over HTTP", n, "boardpapers", 1000 / rate, rate / bare)


def size(asked: argparse.Namespace) -> Iterator[Row]:
    """The same draft, list and reading with few and with many updates stored besides."""
    n = 20 if 20 in asked.n else asked.n[0]
    for updates in sorted(asked.updates):
        with service(n) as made:
            made.grow(updates)
            deeds: dict[str, Deed] = {
                "draft among updates": lambda _: made.draft(),
                "list among updates": lambda _: made.list(),
                "reading among updates": lambda _: made.read(),
            }
            timings = timed(deeds, _rounds(asked, n), before={"draft among updates": made.reword})
            for name, timing in timings.items():
                yield Row(name, updates, "boardpapers", timing.milliseconds)


PAGES = {
    "page of workstreams": "/workstreams",
    "search page": "/workstreams?q=Workstream",
    "history page": "/workstreams/w1",
    "home page": "/",
    "page of papers": "/papers",
    "papers by words": "/papers?words=collaboration",
    "page of rounds": "/rounds",
    "page of versions": f"/papers/{PAPER}/versions",
    "page of formats": "/formats",
    "page of persons": "/directory/people",
}
"""Name of a web page that shows a list → its address."""

ON_A_PAGE = 60
"""Workstreams beside those that grow: the first page is as full with few updates stored as with many."""


def pages(asked: argparse.Namespace) -> Iterator[Row]:
    """The server's time for web pages with few and with many updates stored besides."""
    assets.ensure()
    with ExitStack() as opened:
        services = {updates: opened.enter_context(service(ON_A_PAGE)) for updates in sorted(asked.updates)}
        for updates, made in services.items():
            made.grow(updates)
        for name, address in PAGES.items():
            # In turns, so that whatever else the machine does meets the few as it meets the many.
            deeds: dict[str, Deed] = {str(updates): _asked(made, address) for updates, made in services.items()}
            for updates, timing in timed(deeds, _rounds(asked, 20)).items():
                yield Row(name, int(updates), "boardpapers", timing.milliseconds)


def _asked(made: Service, address: str) -> Deed:
    return lambda _: made.ask("GET", address)


def command(asked: argparse.Namespace) -> Iterator[Row]:
    """The command line from a cold start until its help is printed."""
    taken = []
    for _ in range(2 if asked.quick else 9):
        begun = perf_counter()
        subprocess.run([sys.executable, "-m", "app.cli", "--help"], check=True, capture_output=True)
        taken.append(perf_counter() - begun)
    yield Row("command line", 0, "boardpapers", median(taken) * 1000)


PARTS: Mapping[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "plain": plain,
    "rich": rich,
    "first": first,
    "draft": draft,
    "http": http,
    "size": size,
    "pages": pages,
    "command": command,
}
"""What is measured, part by part."""


if __name__ == "__main__":
    main()
