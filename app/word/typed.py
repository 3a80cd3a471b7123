"""The tags of a template as its author typed them: found in the text of a paragraph, whole or damaged.

What Word did to them is read through: runs, spelling marks, curly quotes. What the author did to them is told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from app.word.passages import Passage

_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENER = re.compile(r"\{[{%#]")
_ANY_END = re.compile(r"[}%#]\s*\}|\}")
_PREFIX = re.compile(r"(p|tr|tc|r)(?= )")
_KEYWORD = re.compile(r"[A-Za-z]\w*")
_SPLIT_OPENER = re.compile(r"\{\s+[{%#]")
_LONE_END = re.compile(r"\}\}|%\}|#\}|[}%#]\s+\}")
_SINGLE = re.compile(r"(?<![{_])\{ ?([A-Za-z][\w.]*) ?\}(?![}_])")
# What docxtpl's translation reads as straight quotes.
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})

OPENING = ("if", "for", "with", "raw", "macro", "call", "filter", "block", "autoescape")
"""Words that begin what has an end; `set` does so when it has no `=`."""
BRANCHES = ("else", "elif")
OURS = ("cellbg", "colspan", "vm", "hm")
ALONE = ("include", "import", "from", "extends", "set", *OURS)
KEYWORDS = (*OPENING, *BRANCHES, *ALONE, *(f"end{word}" for word in OPENING), "endset")
# What authors who know another language write.
_HABITS = {"elseif": "elif", "elsif": "elif", "foreach": "for", "fi": "endif", "next": "endfor"}
_KINDS = {"{{": "print", "{%": "do", "{#": "note"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: where it stands, whether it prints a value, does something or is a note; what it takes with it.

    `prefix` is `p`, `tr`, `tc`, `r` or empty, `body` what stands between brackets and prefix, with straight quotes;
    `text` the whole of it as typed. `fault` says in a sentence what is wrong with its brackets.
    """

    passage: Passage
    opener: str
    prefix: str
    body: str
    text: str
    fault: str = ""

    @property
    def kind(self) -> str:
        """`print`, `do` or `note`."""
        return _KINDS[self.opener]

    @property
    def keyword(self) -> str:
        """What a tag that does something does: `if`, `endfor` …; empty for the others."""
        found = _KEYWORD.match(self.body) if self.opener == "{%" else None
        return found.group() if found else ""

    @property
    def rest(self) -> str:
        """What follows the keyword."""
        return self.body[len(self.keyword) :].strip()


def tags_in(passage: Passage) -> list[Tag]:
    """The tags of a passage, those that do not end included."""
    return [piece for piece in _pieces(passage) if isinstance(piece, Tag)]


def damage_in(passage: Passage) -> Iterator[str]:
    """A sentence for each thing that looks like a tag, in the text between the tags of a passage."""
    for piece in _pieces(passage):
        if isinstance(piece, str):
            yield from _damage(piece)


def beside(passage: Passage, tag: Tag) -> str:
    """The words and tags that stand beside a tag in its passage, notes left out."""
    return without_notes(passage).replace(tag.text, "", 1).strip()


def without_notes(passage: Passage) -> str:
    """What stands in the passage apart from notes."""
    kept = (piece if isinstance(piece, str) else piece.text for piece in _pieces(passage) if not _is_note(piece))
    return "".join(kept).strip()


def _is_note(piece: Tag | str) -> bool:
    return isinstance(piece, Tag) and piece.kind == "note"


def near(word: str) -> str:
    """The word of the template language that was perhaps meant; empty when none is like it."""
    folded = word.casefold()
    close = get_close_matches(folded, KEYWORDS, n=1, cutoff=0.7)
    return _HABITS.get(folded) or (folded if folded in KEYWORDS else "") or (close[0] if close else "")


def _pieces(passage: Passage) -> Iterator[Tag | str]:
    text, position = passage.tagged, 0
    if "{" not in text:
        yield text
        return
    last_note = text.rfind("#}")
    while found := _OPENER.search(text, position):
        yield text[position : found.start()]
        tag = _tag(passage, found.start(), last_note)
        yield tag
        position = found.start() + len(tag.text)
    yield text[position:]


def _tag(passage: Passage, start: int, last_note: int) -> Tag:
    """The tag that begins there; no note ends behind `last_note`."""
    text = passage.tagged
    opener = text[start : start + 2]
    another = _OPENER.search(text, start + 2)
    # A note may hold anything; another tag never begins within a tag.
    limit = len(text) if opener == "{#" or another is None else another.start()
    end = text.find(_CLOSERS[opener], start + 2, limit) if opener != "{#" or start < last_note else -1
    if end >= 0:
        return _made(passage, opener, text[start : end + 2], text[start + 2 : end])
    limit = another.start() if another else len(text)
    wrong = _ANY_END.search(text, start + 2, limit)
    inside = text[start + 2 : wrong.start() if wrong else limit]
    typed = text[start : wrong.end() if wrong else limit]
    ended = f"It ends with “{wrong.group()}”" if wrong else "It has no end"
    fault = f"The tag “{typed.strip()}” is not complete. {ended}: write “{_CLOSERS[opener]}” at its end."
    return _made(passage, opener, typed, inside, fault=fault)


def _made(passage: Passage, opener: str, text: str, inside: str, *, fault: str = "") -> Tag:
    prefix = _PREFIX.match(inside)
    body = inside[prefix.end() :] if prefix else inside
    # A dash or plus at either end says what becomes of the space around.
    body = body.translate(_CURLY).strip().removeprefix("-").removeprefix("+").removesuffix("-").strip()
    return Tag(passage, opener, prefix.group() if prefix else "", body, text, fault)


def _damage(words: str) -> Iterator[str]:
    opened = [found.start() for found in _SPLIT_OPENER.finditer(words)]
    for found in _SPLIT_OPENER.finditer(words):
        meant = "".join(found.group().split())
        yield f"There is a space in “{found.group()}”, so that this is no tag: write “{meant}” without a space."
    for found in _LONE_END.finditer(words):
        if opened and opened[0] < found.start():
            opened.pop(0)  # the end of what was told already
        else:
            yield f"“{found.group()}” ends a tag that has no beginning: complete the tag, or take this away."


def single_braces_in(passage: Passage) -> Iterator[str]:
    """The names that stand between single brackets: `{title}`."""
    for piece in _pieces(passage):
        if isinstance(piece, str) and not _SPLIT_OPENER.search(piece):
            yield from _SINGLE.findall(piece)
