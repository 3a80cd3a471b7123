"""What changed between the facts of two documents: ratings that moved, workstreams that came and went, other words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.assembly.regions import stored_texts
from app.assembly.snapshot import Snapshot, UpdateFacts, WorkstreamFacts
from app.narrative import text


class Given(NamedTuple):
    """A rating that was given: the keys of its scheme and value, and the word that the scheme had for it."""

    scheme: str
    value: str
    label: str


@dataclass(frozen=True)
class Moved:
    """A rating that is another than before; None: not rated."""

    workstream: str
    dimension: str
    was: Given | None
    now: Given | None


@dataclass(frozen=True)
class Since:
    """What changed since the facts before, in the order of the paper; names and headings as a reader knows them."""

    moved: tuple[Moved, ...]
    joined: tuple[str, ...]
    """Workstreams that are in the paper for the first time."""
    left: tuple[str, ...]
    silent: tuple[str, ...]
    """Workstreams that have reported nothing newer, or that there was nothing to report."""
    reworded: tuple[str, ...]
    """Sections whose own text is another."""
    kept: tuple[str, ...]
    """Sections whose own text is word for word as before."""
    reported: tuple[str, ...]
    """Workstreams of which another text is told."""
    front_sheet: bool
    """Whether the front sheet says anything else."""

    @property
    def anything(self) -> bool:
        """Whether anything at all changed."""
        return bool(self.moved or self.joined or self.left or self.reworded or self.reported or self.front_sheet)


def since(before: Snapshot, now: Snapshot) -> Since:
    """What the facts `now` say otherwise than those `before`: of the same paper, or of another one of its series."""
    then, there = _chosen(before), _chosen(now)
    texts = _by_place(before), _by_place(now)
    own = {name: heading for name, heading in _headings(now).items() if name in texts[0] or name in texts[1]}
    changed = {name for name in own if texts[0].get(name) != texts[1].get(name)}
    return Since(
        moved=tuple(
            moved for ref, one in there.items() if ref in then for moved in _moved(before, now, then[ref], one)
        ),
        joined=tuple(one.name for ref, one in there.items() if ref not in then),
        left=tuple(one.name for ref, one in then.items() if ref not in there),
        silent=tuple(one.name for ref, one in there.items() if _is_silent(then.get(ref), one)),
        reworded=tuple(heading for name, heading in own.items() if name in changed),
        kept=tuple(heading for name, heading in own.items() if name not in changed),
        reported=tuple(one.name for ref, one in there.items() if ref in then and _parts(then[ref]) != _parts(one)),
        front_sheet=_front_sheet(before) != _front_sheet(now),
    )


def ratings(snapshot: Snapshot) -> dict[Given, int]:
    """How many of the chosen workstreams have which rating in the first dimension of their scheme, in its order.

    Ratings of several schemes that have the same word are counted together, as the first of them.
    """
    first: dict[str, Given] = {}
    for scheme in snapshot.schemes:
        for value in scheme.values:
            first.setdefault(value.label, Given(scheme.key, value.key, value.label))
    found = dict.fromkeys(first.values(), 0)
    for one in _chosen(snapshot).values():
        given = next(iter(_given(snapshot, one).values()), None)
        if given is not None:
            found[first[given.label]] += 1
    return {given: count for given, count in found.items() if count}


def _chosen(snapshot: Snapshot) -> dict[str, WorkstreamFacts]:
    return {one.ref: one for one in snapshot.workstreams if one.chosen}


def _latest(one: WorkstreamFacts) -> UpdateFacts | None:
    return max(one.updates, key=lambda update: update.as_at, default=None)


def _given(snapshot: Snapshot, one: WorkstreamFacts) -> dict[str, Given | None]:
    """The dimensions of the latest ratings, in the order of their scheme, each with what was given."""
    latest = _latest(one)
    scheme = next((scheme for scheme in snapshot.schemes if latest and scheme.key == latest.scheme), None)
    if latest is None or scheme is None:
        return {}
    values = {value.key: Given(scheme.key, value.key, value.label) for value in scheme.values}
    given = {rating.dimension: values.get(rating.value or "") for rating in latest.ratings}
    return {dimension.label: given[dimension.key] for dimension in scheme.dimensions if dimension.key in given}


def _moved(before: Snapshot, now: Snapshot, then: WorkstreamFacts, one: WorkstreamFacts) -> Iterator[Moved]:
    old, new = _given(before, then), _given(now, one)
    for dimension in [*new, *(dimension for dimension in old if dimension not in new)]:
        was, is_now = old.get(dimension), new.get(dimension)
        if (was and was.label) != (is_now and is_now.label):
            yield Moved(one.name, dimension, was, is_now)


def _is_silent(then: WorkstreamFacts | None, one: WorkstreamFacts) -> bool:
    latest = _latest(one)
    if latest is None or latest.nothing_to_report:
        return True
    earlier = _latest(then) if then else None
    return earlier is not None and (earlier.as_at, earlier.revision) == (latest.as_at, latest.revision)


def _parts(one: WorkstreamFacts) -> list[tuple[str, str]]:
    latest = _latest(one)
    if latest is None:
        return []
    said = latest.parts | {part: own.text for part, own in latest.own_wordings.items()}
    return [(part, text(words)) for part, words in sorted(said.items())]


def _headings(snapshot: Snapshot) -> dict[str, str]:
    printed = {section.key: section.heading for section in snapshot.sections}
    return {
        entry.key: printed.get(entry.key) or entry.heading
        for entry in snapshot.manifest.sections
        if entry.key in printed
    }


def _by_place(snapshot: Snapshot) -> dict[str, list[str]]:
    """Key of a section → what the paper itself says in it, in words."""
    found: dict[str, list[str]] = {}
    said = {region: words for region, html in stored_texts(snapshot).items() if (words := text(html))}
    for region, words in said.items():
        kind, _, rest = region.partition("/")
        if kind == "section":
            found.setdefault(rest.partition("/")[0], []).append(words)
    return found


def _front_sheet(snapshot: Snapshot) -> tuple[object, ...]:
    paper = snapshot.paper
    return paper.title, paper.marking, paper.agenda_number, paper.chief_officer, paper.author, paper.fields
