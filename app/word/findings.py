"""What is to be said of a template, to the person who made it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.errors import Fault
from app.word.parts import STYLES
from app.word.refusals import UnreadableTemplate
from app.word.styles import ON_DEMAND, ROLE_STYLES, styles_in
from app.word.templates import Vocabulary, opened_template, tag_faults, tagged_parts

Severity = Literal["error", "warning"]

# The heading levels that narratives use unless they are told another; others are the template's own affair.
_EXPECTED_HEADINGS = {"heading 3", "heading 4"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a template: how grave, a stable code, the place, and a sentence.

    With an error the template cannot be used; with a warning its papers look other than they might.
    """

    severity: Severity
    code: str
    where: str
    what: str


def check(template: bytes, vocabulary: Vocabulary) -> list[Finding]:
    """Everything that is wrong with the template, errors first; empty when it is fit for use."""
    try:
        opened = opened_template(template)
        faults = tag_faults(tagged_parts(opened), vocabulary)
    except UnreadableTemplate as error:
        return [Finding("error", "unreadable", "", error.summary)]
    return [
        *_errors("broken-tag", faults.broken),
        *_errors("not-allowed", faults.refused),
        *_errors("unknown-name", faults.unknown),
        *_missing_styles(opened.members.get(STYLES)),
    ]


def lacking(template: bytes, roles: Iterable[str]) -> list[str]:
    """The names of the styles that these roles need and the template does not have.

    Raises `UnreadableTemplate`.
    """
    fallen_back = styles_in(opened_template(template).members.get(STYLES)).fallen_back
    return [ROLE_STYLES[role].names[0] for role in roles if role in fallen_back]


def _errors(code: str, faults: Iterable[Fault]) -> Iterable[Finding]:
    return (Finding("error", code, fault.where, fault.what) for fault in faults)


def _missing_styles(styles_xml: bytes | None) -> Iterable[Finding]:
    styles = styles_in(styles_xml)
    for role in styles.fallen_back:
        if role in ON_DEMAND or (role.startswith("heading") and role not in _EXPECTED_HEADINGS):
            continue
        wanted = ROLE_STYLES[role]
        instead = "plain formatting" if styles[role] is None else f"the style “{styles[role]}”"
        what = f"There is no {wanted.kind} style “{wanted.names[0]}”; {instead} is used for it."
        yield Finding("warning", "missing-style", STYLES, what)
