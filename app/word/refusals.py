"""Why a template cannot be used, or a document cannot be made; each reason is a sentence for a person."""

from collections.abc import Iterable

from app.errors import Fault, Invalid
from app.word.quoting import quoted


class UnreadableTemplate(Invalid):
    """The file is not a Word document that we open."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This file cannot be used as a Word template: {why}")


class BrokenTemplate(Invalid):
    """The template's tags are not written as the template language asks."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("The template has tags that cannot be understood.", faults)


class TemplateNotAllowed(Invalid):
    """The template asks for something that templates may not do."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("The template does what a template may not do.", faults)


class UnknownName(Invalid):
    """The template uses names that no paper has."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("The template uses names that a paper does not have.", faults)


class MissingValue(Invalid):
    """The template prints a value that this paper does not have; nothing is left blank in silence."""

    def __init__(self, name: str, where: str) -> None:
        self.name = name
        super().__init__(f"The template asks for “{name}”, which has no value.", [Fault(where, name)])


class TemplateFails(Invalid):
    """The template is well written, but cannot be carried out with these values."""

    def __init__(self, why: str, where: str) -> None:
        super().__init__("The template cannot be filled with these values.", [Fault(where, why)])


class TemplateTooCostly(Invalid):
    """Filling the template would take more time or room than one paper may have."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The template cannot be filled: {why}")


class MisplacedValue(Invalid):
    """A value stands where Word would not show it."""

    def __init__(self, where: str, words: str) -> None:
        super().__init__(
            f"“{words}” is printed where Word would not show it. A narrative, a picture or a chart is printed by "
            "{{p …}} in a paragraph of its own or by {{r …}} in a line, a coloured word by {{r …}}, everything else "
            "by {{ … }}.",
            [Fault(where, words)],
        )


class NotInLine(Invalid):
    """A narrative is printed in a line and has more than a line can hold; `key` names it."""

    def __init__(self, key: str, where: str) -> None:
        self.key = key
        super().__init__(
            f"The text “{key}” is more than one paragraph of words, and {{{{r …}}}} prints it in a line. "
            "Print it by {{p …}} in a paragraph of its own.",
            [Fault(where, f"The text “{key}” cannot stand in a line.")],
        )


class NotPrinted(Invalid):
    """The template leaves out what it must print; nothing is lost in silence. `keys` are the places of it all."""

    def __init__(self, left_out: Iterable[tuple[str, str]]) -> None:
        """`left_out` has the place and the words of each: the key of a narrative, the path of anything else."""
        faults = [Fault(place, f"{_quoted(words)} is not printed by the template.") for place, words in left_out]
        self.keys = tuple(fault.where for fault in faults)
        super().__init__("The template does not print everything that it was given.", faults)


def _quoted(words: str) -> str:
    words = quoted(words)
    return f"“{words}”" if words else "This picture"


class MissingPicture(Invalid):
    """A narrative shows a picture that was not given."""

    def __init__(self, digest: str, where: str) -> None:
        self.digest = digest
        super().__init__("A picture is missing.", [Fault(where, f"The picture {digest} is not stored.")])


class UnusablePicture(Invalid):
    """The bytes of a picture are no PNG, JPEG or GIF."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"The picture {digest} is not a PNG, JPEG or GIF file, or it is damaged.")


class PageNotTurned(Invalid):
    """A turned page stands where no page can begin."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "A narrative with a turned page is printed in a table, a header or a footer, where no page can begin.",
            [Fault(where, "Print this narrative in the body of the document.")],
        )


class UnwritableText(Invalid):
    """A value has a character that no document can hold (XML 1.0, section 2.2)."""

    def __init__(self, where: str, character: str) -> None:
        what = f"The character U+{ord(character):04X} cannot be written in a document."
        super().__init__("A value cannot be written.", [Fault(where, what)])
