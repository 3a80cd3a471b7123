"""Our small HTML grammar for prose: bringing any input to it, reading it as blocks or as plain text.

Here lives what a narrative may hold and how it is written down, so that equal text is equal bytes.
Never here: Word, the database, HTTP.
"""

from app.narrative.blocks import (
    Block,
    Break,
    Cell,
    Heading,
    Inline,
    Item,
    ListBlock,
    Mark,
    NumberType,
    Paragraph,
    Quote,
    Row,
    Run,
    Table,
)
from app.narrative.cleaning import Form, clean, read, text
from app.narrative.refusals import (
    CharacterNotAllowed,
    ContentNotHeld,
    LinkNotAllowed,
    OutOfPlace,
    RatingNotAToken,
    SpansOverlap,
    TableTooLarge,
    TooDeep,
    TooLong,
    UnreadableNarrative,
    UnusableNumber,
)

__all__ = [
    "Block",
    "Break",
    "Cell",
    "CharacterNotAllowed",
    "ContentNotHeld",
    "Form",
    "Heading",
    "Inline",
    "Item",
    "LinkNotAllowed",
    "ListBlock",
    "Mark",
    "NumberType",
    "OutOfPlace",
    "Paragraph",
    "Quote",
    "RatingNotAToken",
    "Row",
    "Run",
    "SpansOverlap",
    "Table",
    "TableTooLarge",
    "TooDeep",
    "TooLong",
    "UnreadableNarrative",
    "UnusableNumber",
    "clean",
    "read",
    "text",
]
