"""Two sequences beside each other: which things of the one are things of the other, unchanged or reworded."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)

ALIKE = 0.5
"""From which alikeness on a thing is taken for the other one, reworded, rather than one gone and one new."""

_MOST_COMPARED = 40_000
"""Pairs that are looked at within one stretch; in a longer one, only what stands at the same place."""


def paired(
    before: Sequence[Thing], after: Sequence[Thing], alikeness: Callable[[Thing, Thing], float]
) -> Iterator[tuple[Thing | None, Thing | None]]:
    """Everything of both in order, what belongs together side by side; None where there is nothing on the other side.

    `alikeness` says, from 0 to 1, how much of one thing is in the other.
    """
    for deed, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if deed == "equal":
            yield from zip(before[i:j], after[k:m], strict=True)
        else:
            yield from _reworded(before[i:j], after[k:m], alikeness)


def _reworded(
    before: Sequence[Thing], after: Sequence[Thing], alikeness: Callable[[Thing, Thing], float]
) -> Iterator[tuple[Thing | None, Thing | None]]:
    old = new = 0
    for i, k in _couples(before, after, alikeness):
        yield from ((thing, None) for thing in before[old:i])
        yield from ((None, thing) for thing in after[new:k])
        yield before[i], after[k]
        old, new = i + 1, k + 1
    yield from ((thing, None) for thing in before[old:])
    yield from ((None, thing) for thing in after[new:])


def _couples(
    before: Sequence[Thing], after: Sequence[Thing], alikeness: Callable[[Thing, Thing], float]
) -> list[tuple[int, int]]:
    """Places that belong together, both rising: of all ways to couple them, the one in which most is alike."""
    if len(before) * len(after) > _MOST_COMPARED:
        same_place = zip(before, after, strict=False)
        return [(place, place) for place, (old, new) in enumerate(same_place) if alikeness(old, new) >= ALIKE]
    shares = [[share if (share := alikeness(old, new)) >= ALIKE else 0.0 for new in after] for old in before]
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for k in reversed(range(len(after))):
            with_each_other = shares[i][k] + best[i + 1][k + 1] if shares[i][k] else 0.0
            best[i][k] = max(best[i + 1][k], best[i][k + 1], with_each_other)
    couples, i, k = [], 0, 0
    while i < len(before) and k < len(after):
        if shares[i][k] and best[i][k] == shares[i][k] + best[i + 1][k + 1]:
            couples.append((i, k))
            i, k = i + 1, k + 1
        elif best[i][k] == best[i + 1][k]:
            i += 1
        else:
            k += 1
    return couples
