"""Why a text cannot be taken as a narrative; each reason is a sentence for the person who wrote it."""

from app.errors import Invalid

_SHOWN = 60


def _shortened(words: str) -> str:
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


class UnreadableNarrative(Invalid):
    """The stored text is not HTML of our grammar."""

    def __init__(self, near: str) -> None:
        super().__init__(f"The text is not well-formed near “{_shortened(near)}”.")


class TooLong(Invalid):
    """The text has more characters than a narrative may."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"The text has {length:,} characters; at most {limit:,} are allowed. Split it.")


class TooDeep(Invalid):
    """Elements stand inside one another deeper than a document can show."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"The text holds {what} nested more than {limit} levels deep.")


class CharacterNotAllowed(Invalid):
    """The text has a character that no document can hold (XML 1.0, section 2.2)."""

    def __init__(self, character: str, before: str) -> None:
        place = f"after “{_shortened(before[-20:])}”" if before.strip() else "at its beginning"
        name = f"U+{ord(character):04X}"
        super().__init__(f"The text has the character {name} {place}, which a document cannot hold.")


class ContentNotHeld(Invalid):
    """The text holds something that the grammar has no place for, such as a picture."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The text contains {what}, which a narrative cannot hold. Remove it first.")


class PictureNotStored(ContentNotHeld):
    """The text shows a picture that does not come from the store."""

    def __init__(self, source: str) -> None:
        named = f"a picture (“{_shortened(source)}”)" if source else "a picture without an address"
        Invalid.__init__(
            self, f"The text contains {named} that is not stored here. Upload it, then name it by its digest."
        )


class PictureNotDescribed(Invalid):
    """A picture says nothing to those who cannot see it."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"The picture “{_shortened(source)}” has no description. Say in its “alt” what it shows, for readers who "
            "cannot see it."
        )


class ChartNotDrawn(Invalid):
    """A chart cannot be drawn from what the figure holds."""

    def __init__(self, why: str) -> None:
        super().__init__(f"A chart cannot be drawn: {why}")


class OutOfPlace(Invalid):
    """Something stands where the grammar does not let it stand."""

    def __init__(self, what: str, inside: str) -> None:
        super().__init__(f"{what} cannot stand inside {inside}; put it before or after.")


class LinkNotAllowed(Invalid):
    """A link leads somewhere that a paper may not lead to."""

    def __init__(self, href: str, words: str) -> None:
        named = f"The link “{_shortened(href)}”" + (f" on “{_shortened(words)}”" if words else "")
        super().__init__(f"{named} is not a complete http, https or mailto address.")


class RatingNotAToken(Invalid):
    """The rating of a cell is not a plain token."""

    def __init__(self, rag: str) -> None:
        super().__init__(f"The rating “{_shortened(rag)}” of a table cell may have only the letters a–z and hyphens.")


class SpansOverlap(Invalid):
    """Two cells of a table claim the same place."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(f"Two merged cells of a table overlap in row {row}, column {column}.")


class TableTooLarge(Invalid):
    """A table has more columns or cells than Word can show."""

    def __init__(self, size: int, of: str, limit: int) -> None:
        super().__init__(f"A table has {size:,} {of}; at most {limit:,} are allowed.")


class UnusableNumber(Invalid):
    """A list asks for a number that Word cannot print, or out of order."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
