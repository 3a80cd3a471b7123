"""YAML and JSON to plain lists, mappings and texts: nothing guessed, nothing expanded, everything bounded."""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, NoReturn

import yaml

from app.errors import Fault, Invalid
from app.fields import quoted

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes of a facts file."""

DEEPEST = 40
"""Levels of lists and mappings within one another."""

MOST_VALUES = 1_000_000
"""Lists, mappings, names and texts of one file: what bounds the memory that reading it takes.

Ten thousand workstreams with an update each, every part and rating of it sourced, are about half as many.
"""

MOST_FAULTS = 200
"""Faults of one file that are told; nobody reads on, and each of them takes memory."""

# libyaml where PyYAML was built with it (ten times faster), else the same events from pure Python
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class FaultyFacts(Invalid):
    """A facts file, or what was sent as one, has faults; nothing of it was loaded."""


def listed(faults: Iterable[Fault], more: int = 0) -> list[Fault]:
    """The first of the faults, and how many there are beyond those, with `more` that are not even given."""
    waiting = iter(faults)
    told = list(islice(waiting, MOST_FAULTS))
    more += sum(1 for _ in waiting)
    if more:
        told.append(Fault("", f"… and {more:,} more fault{'s' if more > 1 else ''}"))
    return told


def decode(data: bytes) -> Any:
    """What a facts file says, as lists, mappings and texts.

    A file that begins with `{` is JSON; any other is YAML, of which every value is taken as the text that stands
    there: `no` is “no” and `1.10` is “1.10”.

    Raises:
        FaultyFacts: if the file is too large, too deep, no UTF-8, no YAML or JSON; if a name stands twice in one
            mapping; if it uses anchors, aliases or tags.
    """
    if len(data) > LARGEST_FILE:
        _refuse(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _refuse(f"The file is not UTF-8: see line {line}. Save it as UTF-8.", error)
    document = _from_json(text) if text.lstrip().startswith("{") else _from_yaml(text)
    if _ESCAPED_SURROGATE.search(text) and (faults := listed(_half_characters(document))):
        raise FaultyFacts("The facts file cannot be read.", faults)
    return document


def _refuse(what: str, cause: BaseException | None = None) -> NoReturn:
    raise FaultyFacts("The facts file cannot be read.", [Fault("", what)]) from cause


# UTF-8 has no halves of surrogate pairs (RFC 3629, section 3): only an escape can bring one in.
_ESCAPED_SURROGATE = re.compile(r"\\[uU][0-9A-Fa-f]*[dD][89A-Fa-f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _half_characters(document: Any, place: str = "") -> Iterator[Fault]:
    """A fault at every name and text that holds half of a surrogate pair, which is no character."""
    if isinstance(document, str):
        if half := _SURROGATE.search(document):
            yield Fault(place, f"“{quoted(document)}” holds U+{ord(half[0]):04X}, which is half of a character")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from _half_characters(value, f"{place}[{number}]")
    elif isinstance(document, dict):
        for name, value in document.items():
            if half := _SURROGATE.search(name):
                said = f"the name “{quoted(name)}” holds U+{ord(half[0]):04X}, which is half of a character"
                yield Fault(place, said)
            else:
                yield from _half_characters(value, f"{place}.{name}".removeprefix("."))


# JSON


def _from_json(text: str) -> Any:
    _require_few_values(text)
    try:
        document = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        _refuse(f"Line {error.lineno}, column {error.colno}: {error.msg}.", error)
    except RecursionError as error:
        _refuse(f"It is nested deeper than {DEEPEST} levels.", error)
    if _depth(document) > DEEPEST:
        _refuse(f"It is nested deeper than {DEEPEST} levels.")
    return document


_JSON_VALUE = re.compile(r'"[^"]*"?|[\[{]|[^\s\[\]{},:"]+')
"""A text or name, the beginning of a list or mapping, or another value, where no text holds an escaped quote."""


def _require_few_values(text: str) -> None:
    """The text has no more values than are taken, counted as in YAML before any of them takes memory."""
    plain = text.replace("\\\\", "").replace('\\"', "")
    if any(islice(_JSON_VALUE.finditer(plain), MOST_VALUES, None)):
        _refuse_so_many()


def _refuse_so_many() -> NoReturn:
    _refuse(f"The file holds more than {MOST_VALUES:,} values.")


def _whole_number(digits: str) -> int | Decimal:
    # Python reads no int of thousands of digits, lest that take for ever; a Decimal is as wrong wherever it stands.
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        _refuse(f"The name “{quoted(_first_twice(pairs))}” stands twice in one mapping.")
    return mapping


def _first_twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            break
        seen.add(name)
    return name


def _no_constant(name: str) -> NoReturn:
    _refuse(f"{name} is no value of JSON.")


def _depth(document: Any) -> int:
    """Levels of lists and mappings within one another; 0 for a text."""
    level, depth = [document], 0
    while level := [value for value in level if isinstance(value, list | dict)]:
        depth += 1
        level = [child for value in level for child in (value.values() if isinstance(value, dict) else value)]
    return depth


# YAML: built from the parser's events, so that neither the node tree nor an alias ever takes memory


def _from_yaml(text: str) -> Any:
    builder = _Builder()
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        _refuse(f"{place}{error.problem or error.context}.", error)
    except (ValueError, OverflowError) as error:  # raised by PyYAML's own scanner for \U00110000 and beyond
        _refuse("An escape like \\U00110000 is written for something that is no character.", error)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, text.find(chr(error.character))) + 1
        _refuse(f"Line {line}: the character U+{error.character:04X} cannot stand in a file of text.", error)
    return builder.document()


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _Loader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Builder:
    """Builds lists, mappings and texts from events."""

    def __init__(self) -> None:
        self._documents: list[Any] = []
        self._open: list[list[Any] | dict[str, Any]] = []
        self._names: list[str | None] = []  # of each open mapping: the name whose value comes next
        self._values = 0

    def document(self) -> Any:
        """What the file says; one that is empty says nothing."""
        return self._documents[0] if self._documents else None

    def take(self, event: yaml.Event) -> None:
        """The next event belongs to what was built so far."""
        if isinstance(event, yaml.NodeEvent):
            self._refuse_extras(event)
            self._values += 1
            if self._values > MOST_VALUES:
                _refuse_so_many()
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._names.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self._documents:
            _refuse(f"{_line(event)}: a second document begins here; a facts file is one document.")

    def _refuse_extras(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            _refuse(f"{_line(event)}: aliases (*{event.anchor}) are not taken. Write the value out.")
        if event.anchor is not None:
            _refuse(f"{_line(event)}: anchors (&{event.anchor}) are not taken. Write the value out where it is meant.")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            _refuse(f"{_line(event)}: tags ({tag}) are not taken. Every value is a text, a list or a mapping.")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._expects_name():
            mapping = self._open[-1]
            if event.value in mapping:
                _refuse(f"{_line(event)}: the name “{quoted(event.value)}” stands twice in one mapping.")
            self._names[-1] = event.value
        else:
            self._put(event.value)

    def _begin(self, collection: list[Any] | dict[str, Any], event: yaml.Event) -> None:
        if self._expects_name():
            _refuse(f"{_line(event)}: a list or mapping cannot be a name.")
        if len(self._open) >= DEEPEST:
            _refuse(f"{_line(event)}: it is nested deeper than {DEEPEST} levels.")
        self._put(collection)
        self._open.append(collection)
        self._names.append(None)

    def _expects_name(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], dict) and self._names[-1] is None

    def _put(self, value: Any) -> None:
        if not self._open:
            self._documents.append(value)
            return
        inner = self._open[-1]
        if isinstance(inner, list):
            inner.append(value)
        else:
            inner[str(self._names[-1])] = value
            self._names[-1] = None


def _line(event: yaml.Event) -> str:
    return f"Line {event.start_mark.line + 1}" if event.start_mark else "Somewhere"
