"""How long a paper and its sections are, held against what the format allows."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from app.assembly.context import SectionLines, for_engine
from app.formats.manifest import Limit, Wording, worded
from app.word import plain_words

WORDS_OF_A_PAGE = 400
"""About as many words as a page of 12 point text holds; where a page really ends, only Word knows."""

NOT_COUNTED = frozenset({"gap", "check"})
"""What the draft says of itself."""


def over_limit(what: str, sections: Iterable[SectionLines], limit: Limit, wording: Wording) -> str:
    """That these sections are longer than allowed, in words; empty where they are not."""
    text = [words for section in sections for words in _texts(section)]
    allowed = {"what": what, "limit": f"{limit.most:,}"}
    counted = sum(len(words.split()) for words in text)
    if limit.pages is not None:
        pages = math.ceil(counted / WORDS_OF_A_PAGE)
        over, pattern, count = pages > limit.most, wording.over_pages, pages
    elif limit.characters is not None:
        count = sum(len(" ".join(words.split())) for words in text)
        over, pattern = count > limit.most, wording.over_characters
    else:
        over, pattern, count = counted > limit.most, wording.over_words, counted
    return worded(pattern, count=f"{count:,}", words_of_a_page=str(WORDS_OF_A_PAGE), **allowed) if over else ""


def _texts(section: SectionLines) -> Iterator[str]:
    """Everything that the template prints below the heading, but for what is missing or must be checked."""
    for block in section.blocks:
        if block.kind != "gap":
            yield from _printed(for_engine(block))


def _printed(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for name, inner in value.items():
                if name not in NOT_COUNTED:
                    yield from _printed(inner)
        case list():
            for inner in value:
                yield from _printed(inner)
        case _:
            yield plain_words(value)
