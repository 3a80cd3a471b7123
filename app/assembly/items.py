"""A framework's items as nested lists: numbered by Word where the plan's numbers run on, in words where they do not."""

from collections.abc import Callable, Collection, Sequence
from html import escape

from app.assembly.snapshot import FrameworkFacts, ItemFacts

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def tree(framework: FrameworkFacts, served: Collection[str] | None) -> str:
    """The items as nested lists, as canonical narrative; with `served`, only those (`framework/item`) and those above.

    Word numbers siblings whose numbers follow one another (`1`, `a`, `A`, `i` or `I`, from anywhere); otherwise each
    item is introduced by its kind and the plan's own number (`Objective 2.1: …`), so that no number is ever wrong.
    """
    shown = _with_those_above(framework, served)
    below: dict[str | None, list[ItemFacts]] = {}
    for item in framework.items:
        if item.key in shown:
            below.setdefault(item.parent, []).append(item)

    def listed(siblings: Sequence[ItemFacts]) -> str:
        if not siblings:
            return ""
        numbering = _numbering([item.number for item in siblings])
        points = "".join(
            f"<li><p>{escape(_words(item, numbered=numbering is not None), quote=False)}</p>"
            f"{listed(below.get(item.key, []))}</li>"
            for item in siblings
        )
        return f"<ul>{points}</ul>" if numbering is None else f"<ol{numbering}>{points}</ol>"

    return listed(below.get(None, []))


def line(item: ItemFacts) -> str:
    """The item on its own, introduced by its kind and number where the plan numbers it."""
    return _words(item, numbered=False)


def _with_those_above(framework: FrameworkFacts, served: Collection[str] | None) -> set[str]:
    if served is None:
        return {item.key for item in framework.items}
    parents = {item.key: item.parent for item in framework.items}
    shown: set[str] = set()
    for item in framework.items:
        at: str | None = item.key if f"{framework.key}/{item.key}" in served else None
        while at is not None and at not in shown:
            shown.add(at)
            at = parents[at]
    return shown


def _words(item: ItemFacts, *, numbered: bool) -> str:
    if numbered or not item.number:
        return item.text
    return f"{item.kind[:1].upper()}{item.kind[1:]} {item.number}: {item.text}"


def _numbering(numbers: Sequence[str]) -> str | None:
    """The attributes of the list that Word numbers just so, or None where there is none."""
    given = [number.removesuffix(".") for number in numbers]
    for kind, spell in SPELLINGS.items():
        for start in range(1, 100):
            if spell(start) == given[0]:
                if [spell(start + place) for place in range(len(given))] == given:
                    return (f' type="{kind}"' if kind != "1" else "") + (f' start="{start}"' if start > 1 else "")
                break
    return None


def _roman(number: int) -> str:
    spelt = ""
    for value, letters in ROMAN:
        while number >= value:
            spelt += letters
            number -= value
    return spelt


def _letter(number: int) -> str:
    return LETTERS[number - 1] if number <= len(LETTERS) else ""


SPELLINGS: dict[str, Callable[[int], str]] = {
    "1": str,
    "i": _roman,
    "I": lambda number: _roman(number).upper(),
    "a": _letter,
    "A": lambda number: _letter(number).upper(),
}
"""How Word spells the numbers of each type of list; roman before letters, so that a list from `i` is roman."""
