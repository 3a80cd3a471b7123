"""Narratives that were printed before: their XML, open only where a document puts its own ids.

A paper is printed again and again until it is approved, mostly of the same texts. What a text is in Word's XML depends
on the template and on how it stands there; of the document it takes nothing but the ids of its lists and links.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple, TypeAlias

from app.narrative import Block, Figure, NumberType
from app.word.converter import begins_with_table, flow_xml
from app.word.layout import Layout
from app.word.ledger import Ids
from app.word.numbering import PLAIN_LABEL

_ROOM = 16 * 1024 * 1024
"""Characters of all that is kept, of one byte or two: some 1,300 texts of 300 words with lists and tables."""

_SLOT = re.compile("\x00([0-9]+)\x00")  # no text of XML has the character
_Asked: TypeAlias = Callable[[Ids], int | str]


class Setting(NamedTuple):
    """All that a narrative's XML depends on, beside its document: the template's digest, the text, how it stands."""

    template: str
    html: str
    heading_level: int
    list_labels: tuple[str, ...]
    numbered: bool
    run_in: str


@dataclass(frozen=True, slots=True)
class PreparedNarrative:
    """A narrative as any document of a template prints it: `texts` between the ids that the document gives.

    `asked` are the ids, in the order in which they are handed out; `places` says which of them stands behind which
    text. `begins_with_table` is true of what no paragraph opens.
    """

    texts: tuple[str, ...]
    asked: tuple[_Asked, ...]
    places: tuple[int, ...]
    begins_with_table: bool

    def printed(self, ids: Ids) -> str:
        """The XML, with ids of this document."""
        given = [str(ask(ids)) for ask in self.asked]
        parts = [self.texts[0]]
        for place, text in zip(self.places, self.texts[1:], strict=True):
            parts += (given[place], text)
        return "".join(parts)


def prepared(blocks: tuple[Block, ...], setting: Setting, layout: Layout) -> PreparedNarrative | None:
    """The blocks of a narrative in this setting, ready for every document; None where it shows figures.

    A figure takes part in its document: it brings files, and may turn the page.
    """
    if any(isinstance(block, Figure) for block in blocks):
        return None
    slots = _Slots()
    xml = flow_xml(
        blocks,
        layout,
        slots,
        setting.heading_level,
        _no_figure,
        list_labels=setting.list_labels,
        numbered=setting.numbered,
        run_in=setting.run_in,
    )
    pieces = _SLOT.split(xml)
    return PreparedNarrative(
        tuple(pieces[::2]), tuple(slots.asked), tuple(map(int, pieces[1::2])), begins_with_table(blocks)
    )


class Repertoire:
    """The narratives that were prepared or printed last, at most `room` characters of them; threads may share it."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._lock = Lock()
        self._known: OrderedDict[Setting, PreparedNarrative] = OrderedDict()
        self._size = 0

    def held(self) -> int:
        """The characters that are kept now."""
        with self._lock:
            return self._size

    def find(self, setting: Setting) -> PreparedNarrative | None:
        """The narrative in this setting, where it is known."""
        with self._lock:
            found = self._known.get(setting)
            if found is not None:
                self._known.move_to_end(setting)
            return found

    def put(self, setting: Setting, narrative: PreparedNarrative) -> None:
        """From now on the narrative is known, in place of those that nobody printed for the longest."""
        size = _size(setting, narrative)
        if size > self._room // 100:  # hardly any text is that long, and it would push out many others
            return
        with self._lock:
            if setting in self._known:
                return
            self._known[setting] = narrative
            self._size += size
            while self._size > self._room:
                self._size -= _size(*self._known.popitem(last=False))


REPERTOIRE = Repertoire()
"""What this process knows."""


def _size(setting: Setting, narrative: PreparedNarrative) -> int:
    return len(setting.html) + sum(map(len, narrative.texts))


@dataclass(slots=True)
class _Slots:
    """Writes down which ids are asked for, and gives places for them instead."""

    asked: list[_Asked] = field(default_factory=list)
    _bullets: str | None = None

    def bullets(self) -> str:
        """The place of the document's bullets: all bulleted lists share it."""
        if self._bullets is None:
            self._bullets = self._place(lambda ids: ids.bullets())
        return self._bullets

    def ordered_list(self, level: int, number_type: NumberType, start: int, label: str = PLAIN_LABEL) -> str:
        """The place of a list's id."""
        return self._place(lambda ids: ids.ordered_list(level, number_type, start, label))

    def link(self, address: str) -> str:
        """The place of a link's id."""
        return self._place(lambda ids: ids.link(address))

    def _place(self, ask: _Asked) -> str:
        self.asked.append(ask)
        return f"\x00{len(self.asked) - 1}\x00"


def _no_figure(_: Figure, __: str) -> str:
    raise AssertionError("what shows figures is not prepared")
