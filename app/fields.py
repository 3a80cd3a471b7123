"""The types of text that cross a border: XML characters only, NFC, bounded; narrative in canonical form.

Used by every shape that takes words from outside (manifest, facts file, API), so that what is stored can be printed.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema

from app import narrative
from app.errors import Invalid

LARGEST_NUMBER = 2**31 - 1
"""What a column of numbers holds at most."""

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document can hold (https://www.w3.org/TR/xml/#charsets)."""

# What may break a line. A no-break space may not, and keeps a sum and its unit together.
_WHITE_SPACE = re.compile("[ \t\r\n\x85\u2028\u2029]+")

KEY_PATTERN = r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$"
COLOUR_PATTERN = r"^[0-9A-F]{6}$"


LONGEST_QUOTE = 60
"""Characters of a wrong value that a sentence about it quotes."""


def quoted(value: object) -> str:
    """The value in one short line, of characters that every answer and terminal can hold."""
    text = re.sub(r"\s+", " ", str(value)).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _printable(value: str) -> str:
    wrong = NOT_XML.search(value)
    if wrong:
        raise ValueError(f"character {wrong.start() + 1} (U+{ord(wrong.group()):04X}) cannot stand in a document")
    return unicodedata.normalize("NFC", value)


def _single_line(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return _WHITE_SPACE.sub(" ", value).strip(" ")


KEPT: Mapping[str, bool] = {"kept": True}
"""The context in which what was written down here is validated again: its prose is canonical already."""


def _known_form(value: Any, info: ValidationInfo) -> Any:
    if info.context is KEPT and isinstance(value, dict) and value.get("format") == "html":
        return value.get("value")
    forms = {"html", "markdown", "text"}
    form: Any
    if isinstance(value, str):
        form, text = "markdown", value
    elif isinstance(value, dict) and set(value) == {"format", "value"} and isinstance(value["value"], str):
        form, text = value["format"], value["value"]
    else:
        raise ValueError('must be a text (Markdown) or {"format": "html" | "markdown" | "text", "value": text}')
    if not isinstance(form, str) or form not in forms:
        raise ValueError(f"format must be one of {', '.join(sorted(forms))}, not “{quoted(form)}”")
    try:
        return narrative.clean(text, form)  # type: ignore[arg-type]
    except Invalid as error:
        raise ValueError(str(error)) from error


def _canonical_form(html: str) -> dict[str, str]:
    # Written with its form, so that what is written can be read again: a bare text would be taken for Markdown.
    return {"format": "html", "value": html}


def _iso_day(value: Any) -> Any:
    # A number would be taken for seconds since 1970, and a point in time for the day that it has somewhere.
    if type(value) is date or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError(f"must be a date like 2026-03-26, not “{quoted(value)}”")


SafeText = Annotated[str, Field(max_length=20_000), AfterValidator(_printable)]
"""Any text that a document can hold."""

Line = Annotated[str, Field(max_length=300), AfterValidator(_printable), AfterValidator(_single_line)]
"""One line of text, never empty; runs of white space that may break a line become one space."""

KeyText = Annotated[str, Field(pattern=KEY_PATTERN, max_length=100)]
"""A natural key: letters, digits, dots, dashes and underscores."""

ITEM_PATTERN = r"^[^/]+/[^/]+$"

ItemKey = Annotated[str, Field(pattern=ITEM_PATTERN, max_length=201)]
"""An item of a framework, as framework/item."""

Colour = Annotated[str, Field(pattern=COLOUR_PATTERN, examples=["2E7D32"])]
"""A colour as RRGGBB."""

Day = Annotated[date, BeforeValidator(_iso_day)]
"""A calendar day, written 2026-03-26."""

Prose = Annotated[
    str,
    BeforeValidator(_known_form),
    PlainSerializer(_canonical_form, return_type=dict[str, str]),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": 200_000, "description": "Markdown"},
                {
                    "type": "object",
                    "properties": {
                        "format": {"enum": ["html", "markdown", "text"]},
                        "value": {"type": "string", "maxLength": 200_000},
                    },
                    "required": ["format", "value"],
                    "additionalProperties": False,
                },
            ],
            "examples": ["The paper gives a *quarterly* update.", {"format": "html", "value": "<p>As text.</p>"}],
        },
        mode="validation",
    ),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"format": {"const": "html"}, "value": {"type": "string"}},
                    "required": ["format", "value"],
                    "additionalProperties": False,
                },
                {"type": "string", "description": "Plain text, where that was asked for"},
            ],
            "examples": [{"format": "html", "value": "<p>As text.</p>"}],
        },
        mode="serialization",
    ),
]
"""Narrative: Markdown, or a form and a value; canonical HTML once it is in."""
