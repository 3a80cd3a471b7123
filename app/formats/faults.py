"""What is wrong with the text of a `format.toml`, in plain sentences with the line where it stands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from pydantic_core import ErrorDetails

from app.errors import Fault
from app.fields import COLOUR_PATTERN, KEY_PATTERN, quoted

Place: TypeAlias = Sequence[str | int]
"""The steps from the whole manifest to what is wrong, list places counted from 0."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
_NAME = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")
_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def fault_of_syntax(error: ValueError) -> Fault:
    """What keeps the text from being TOML at all."""
    words = str(error)
    found = _AT_LINE.search(words)
    if found is None:
        return Fault("", f"{words}.")
    return Fault("", f"line {found[1]}, column {found[2]}: {words[: found.start()]}")


def faults_of_shape(text: str, errors: Sequence[ErrorDetails], names: Sequence[str]) -> list[Fault]:
    """The faults that validation found; `names` are all names that a manifest knows, to guess what one meant."""
    return [
        fault_at(text, wrong["loc"], _sentence(wrong, names)) for wrong in errors if not _is_only_short_of_faulty(wrong)
    ]


def _is_only_short_of_faulty(wrong: ErrorDetails) -> bool:
    """Whether a list counts as too short only because entries of it are faulty, which is said of those."""
    return wrong["type"] == "too_short" and len(wrong["input"]) >= wrong["ctx"]["min_length"]


def fault_at(text: str, place: Place, what: str) -> Fault:
    """The fault with its line, as far as that can be found."""
    line = line_of(text, place) if place else _line_of_key(text, what)
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
    return Fault(where, f"line {line}: {what}" if line else what)


def line_of(text: str, place: Place) -> int | None:
    """The line, from 1, where a place of the manifest stands, or the nearest above it that can be found."""
    lines = list(_significant(text))
    best: int | None = None
    start, end = 0, next((at for at, (_, line) in enumerate(lines) if _HEADER.match(line)), len(lines))
    for steps in range(1, len(place) + 1):
        name, number = place[steps - 1], place[steps] if steps < len(place) else None
        if not isinstance(name, str):
            continue
        if steps == 1 and (entry := _entry(lines, name, number if isinstance(number, int) else 0)):
            start, end = entry
            best = lines[start][0]
            continue
        found = next((at for at in range(start, end) if name in _names_in(lines[at][1])), None)
        if found is None:
            break
        start, best = found, lines[found][0]
        if isinstance(number, int) and (opened := _opening(lines[found:end], number)) is not None:
            start, best = found + opened, lines[found + opened][0]
    return best


def _significant(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, without comments and what stands inside texts of several lines."""
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if line.lstrip().startswith("#"):
            continue
        inside = next((mark for mark in ('"""', "'''") if line.count(mark) == 1), "")
        yield number, line


def _entry(lines: Sequence[tuple[int, str]], name: str, number: int) -> tuple[int, int] | None:
    """From which to before which line the table with this name stands, the so-manieth of several."""
    headers = [at for at, (_, line) in enumerate(lines) if _HEADER.match(line)]
    named = [at for at in headers if (found := _HEADER.match(lines[at][1])) and found[2] == name]
    if number >= len(named):
        return None
    start = named[number]
    return start, next((at for at in headers if at > start), len(lines))


def _names_in(line: str) -> list[str]:
    """The names that get a value on this line, those inside braces too."""
    found = _NAME.match(line)
    return [*([found[1]] if found else []), *re.findall(r"[{,]\s*([A-Za-z0-9_-]+)\s*=", line)]


def _opening(lines: Sequence[tuple[int, str]], number: int) -> int | None:
    """The line, counted from the first of these, in which the so-manieth brace opens."""
    seen = 0
    for at, (_, line) in enumerate(lines):
        seen += line.count("{")
        if seen > number:
            return at
    return None


def _line_of_key(text: str, what: str) -> int | None:
    """The last line that gives the key that a sentence about the whole manifest quotes first."""
    key = re.search("“([^”]+)”", what)
    if key is None:
        return None
    given = re.compile(rf"\s*key\s*=\s*[\"']{re.escape(key[1])}[\"']")
    return max((number for number, line in _significant(text) if given.match(line)), default=None)


def _sentence(wrong: ErrorDetails, names: Sequence[str]) -> str:
    kind, context, value = wrong["type"], wrong.get("ctx", {}), quoted(wrong["input"])
    if kind == "extra_forbidden":
        name = str(wrong["loc"][-1])
        close = get_close_matches(name[:100], names, n=1, cutoff=0.7)
        return f"“{quoted(name)}” is not known here" + (f"; did you mean “{close[0]}”?" if close else "")
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], _LABEL).format(value=value)
    if sentence := _SENTENCES.get(kind):
        return sentence.format(value=value, **context)
    return f"{wrong['msg']}; it is “{value}”"


_LABEL = "“{value}” is no label: it holds {{n}} once, and few other characters"

_PATTERNS: Mapping[str, str] = {
    KEY_PATTERN: "“{value}” is no key: letters, digits, dots, dashes and underscores, beginning and ending with a "
    "letter or digit",
    COLOUR_PATTERN: "“{value}” is no colour: six digits 0–9 or A–F, as in 2E7D32",
}

_SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be a text in quotes, not {value}",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "must not be empty",
    "model_type": "must be a table of names and values, not “{value}”",
    "model_attributes_type": "must be a table of names and values, not “{value}”",
    "dict_type": "must be a table of names and values, not “{value}”",
    "tuple_type": "must be a list, not “{value}”",
    "too_short": "needs at least {min_length}",
    "literal_error": "must be {expected}, not “{value}”",
    "enum": "must be {expected}, not “{value}”",
    "bool_type": "must be true or false, not “{value}”",
    "bool_parsing": "must be true or false, not “{value}”",
    "int_type": "must be a whole number, not “{value}”",
    "int_parsing": "must be a whole number, not “{value}”",
    "int_from_float": "must be a whole number, not “{value}”",
    "greater_than_equal": "must be at least {ge}, not {value}",
    "less_than_equal": "must be at most {le}, not {value}",
}
