"""YAML and JSON to plain lists, mappings and texts: nothing guessed, nothing expanded, everything bounded."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from app.errors import Fault, Invalid

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes of a facts file."""

DEEPEST = 40
"""Levels of lists and mappings within one another."""

MOST_VALUES = 5_000_000
"""Lists, mappings, names and texts of one file: what bounds the memory that reading it takes."""

# libyaml where PyYAML was built with it (ten times faster), else the same events from pure Python
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class FaultyFacts(Invalid):
    """A facts file, or what was sent as one, has faults; nothing of it was loaded."""


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
    return _from_json(text) if text.lstrip().startswith("{") else _from_yaml(text)


def _refuse(what: str, cause: BaseException | None = None) -> NoReturn:
    raise FaultyFacts("The facts file cannot be read.", [Fault("", what)]) from cause


# JSON


def _from_json(text: str) -> Any:
    try:
        document = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        _refuse(f"Line {error.lineno}, column {error.colno}: {error.msg}.", error)
    except RecursionError as error:
        _refuse(f"It is nested deeper than {DEEPEST} levels.", error)
    if _depth(document) > DEEPEST:
        _refuse(f"It is nested deeper than {DEEPEST} levels.")
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse(f"The name “{twice[:100]}” stands twice in one mapping.")
    return mapping


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
                _refuse(f"The file holds more than {MOST_VALUES:,} values.")
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
                _refuse(f"{_line(event)}: the name “{event.value[:100]}” stands twice in one mapping.")
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
