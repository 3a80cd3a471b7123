"""The form of an entry of the directory: what is known of it in fields, and what was typed as a facts file says it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Fault
from app.web.pages.directory_kinds import DEEPEST, Blank
from app.web.pages.forms import FaultyForm, Form
from app.web.pages.papers_blocks import row_numbers

VERBS = ("is ", "must ", "needs ", "has ", "names ")


def known(blanks: Sequence[Blank], document: Mapping[str, Any]) -> dict[str, Any]:
    """Name of each field → what the document says in it: a text, what is ticked, or rows of column → text."""
    return {blank.name: _known(blank, document.get(blank.name)) for blank in blanks}


def _known(blank: Blank, value: Any) -> Any:
    match blank.kind:
        case "rows":
            return [{name: _text(said) for name, said in row.items()} for row in value or ()]
        case "pairs":
            return [{"name": name, "value": str(number)} for name, number in (value or {}).items()]
        case "tree":
            return _flat(value or ())
        case "lines":
            return "\n".join(value or ())
        case "ticks":
            return list(value or ())
    return _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _flat(items: Sequence[Mapping[str, Any]], level: int = 1) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for item in items:
        said = {name: str(item[name]) for name in ("key", "number", "text", "kind")}
        rows += [said | {"level": str(level)}, *_flat(item.get("items") or (), level + 1)]
    return rows


class Written:
    """What was typed into the fields: as a document, and where in it each row of the form stands."""

    def __init__(self, form: Form, blanks: Sequence[Blank]) -> None:
        self._form, self._blanks = form, blanks
        self._names: dict[str, str] = {}
        said = {blank.name: self._said(blank) for blank in blanks}
        self.document = {name: value for name, value in said.items() if value not in (None, "")}
        """Raises FaultyForm in the making, where an item of a plan lost its words."""

    def fault(self, fault: Fault) -> Fault:
        """The fault at the field of the form, in a sentence that names it."""
        field = self.field(fault.where)
        what = f"{self._label(field)} {fault.what}" if fault.what.startswith(VERBS) else fault.what
        return Fault(field, what)

    def field(self, place: str) -> str:
        """The field that stands for this place of the document."""
        for known_place in sorted(self._names, key=len, reverse=True):
            if place == known_place or place.startswith(f"{known_place}."):
                return self._names[known_place] + place.removeprefix(known_place)
        return place

    def _label(self, field: str) -> str:
        name, _, rest = field.partition(".")
        blank = next((one for one in self._blanks if one.name == name), None)
        if blank is None:
            return name.replace("_", " ").capitalize()
        column = next((one for one in blank.columns if one.name == rest.rpartition(".")[2]), None)
        return (column.label if column else blank.label).removesuffix(" (optional)")

    def _said(self, blank: Blank) -> Any:
        match blank.kind:
            case "ticks":
                return list(self._form.values(blank.name))
            case "rows":
                return self._rows(blank)
            case "pairs":
                return self._pairs(blank)
            case "tree":
                return self._tree(blank)
            case "lines":
                return [line.strip() for line in self._form.value(blank.name).splitlines() if line.strip()]
        return self._form.value(blank.name).strip()

    def _row(self, blank: Blank, number: int) -> dict[str, str]:
        row = f"{blank.name}.{number}"
        said = {column.name: self._form.value(f"{row}.{column.name}").strip() for column in blank.columns}
        return {name: value for name, value in said.items() if value}

    def _numbers(self, blank: Blank) -> list[int]:
        return row_numbers(self._form, blank.name, blank.columns[0].name)

    def _rows(self, blank: Blank) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = []
        for number in self._numbers(blank):
            if said := self._row(blank, number):
                self._names[f"{blank.name}.{len(rows)}"] = f"{blank.name}.{number}"
                rows.append(said)
        return rows

    def _pairs(self, blank: Blank) -> dict[str, str]:
        found: dict[str, str] = {}
        for number in self._numbers(blank):
            said = self._row(blank, number)
            if not said:
                continue
            row, name = f"{blank.name}.{number}", said.get("name", "")
            if not name or name in found:
                what = "Each stage stands once" if name else "Say which stage this is"
                raise FaultyForm([Fault(f"{row}.name", what)])
            self._names[f"{blank.name}.{name}"] = f"{row}.value"
            found[name] = said.get("value", "").replace("−", "-")
        return found

    def _tree(self, blank: Blank) -> list[dict[str, Any]]:
        """The rows as a tree: each stands under the nearest above it that is of a higher level."""
        items: list[dict[str, Any]] = []
        above: list[tuple[list[dict[str, Any]], str]] = [(items, blank.name)]
        taken = {self._form.value(f"{blank.name}.{number}.key") for number in self._numbers(blank)}
        for number in self._numbers(blank):
            row, said = f"{blank.name}.{number}", self._row(blank, number)
            level = _level(said.pop("level", "1"))
            key = self._form.value(f"{row}.key")
            if not said.get("text"):
                if key or said.get("number"):
                    raise FaultyForm([Fault(f"{row}.text", "An item that is there stays: say what it is")])
                continue
            if not key:
                key = free_key(said["text"], taken)
                taken.add(key)
            del above[min(level, len(above)) :]
            siblings, where = above[-1]
            self._names[f"{where}.{len(siblings)}"] = row
            item: dict[str, Any] = {"key": key, **said, "items": []}
            above.append((item["items"], f"{where}.{len(siblings)}.items"))
            siblings.append(item)
        return items


def _level(said: str) -> int:
    """The level that was chosen; the first for what is none."""
    return int(said) if re.fullmatch("[1-9][0-9]?", said) and int(said) <= DEEPEST else 1


def free_key(words: str, taken: set[str]) -> str:
    """A key that is not taken, made of the words: `head-of-change`."""
    found = re.findall("[a-z0-9]+", unicodedata.normalize("NFKD", words.lower()))
    stem = "-".join(found)[:60].strip("-") or "entry"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def in_words(blank: Blank, value: Any) -> str:
    """What a field says, in one line."""
    texts = {item["value"]: item["text"] for item in blank.items or ()}
    if blank.kind == "ticks":
        return "; ".join(texts.get(one, one) for one in value) or "Nothing"
    if isinstance(value, list):
        rows = (", ".join(filter(None, (row.get(column.name, "") for column in blank.columns))) for row in value)
        return "; ".join(rows) or "Nothing"
    return texts.get(value, value) or "Nothing"
