"""Styles that narratives rely on and the template lacks or has as another kind; styles that are named in vain."""

from collections.abc import Iterable, Iterator

from app.word.findings import Finding, warning_at
from app.word.namespaces import w
from app.word.parts import STYLES
from app.word.passages import TemplateRead
from app.word.styles import ON_DEMAND, ROLE_STYLES, styles_in
from app.word.templates import opened_template

_PART = "the styles"
# The heading levels that narratives use unless they are told another; others are the template's own affair.
_EXPECTED_HEADINGS = {"heading 3", "heading 4"}
_USES = {
    "paragraph": "paragraphs",
    "bullet": "bulleted lists",
    "number": "numbered lists",
    "quote": "quotations",
    "figure": "pictures and charts",
    "caption": "captions",
    "table text": "the text of tables",
    "table": "tables",
    "link": "links",
}


def styles_of_roles(template: TemplateRead) -> Iterator[Finding]:
    """A warning for each role that no fitting style plays: the style is missing, or is one of another kind."""
    styles = styles_in(template.opened.trees.get(STYLES))
    kinds = {
        template.styles.name(identifier).casefold(): element.get(w("type"), "paragraph")
        for identifier, element in template.styles.elements.items()
    }
    for role in styles.fallen_back:
        if role in ON_DEMAND or (role.startswith("heading") and role not in _EXPECTED_HEADINGS):
            continue
        wanted = ROLE_STYLES[role]
        name, instead = wanted.names[0], styles[role]
        use = _USES.get(role, f"headings of level {role.rpartition(' ')[2]}")
        shown = f"the style “{template.styles.name(instead)}”" if instead else "plain formatting"
        other = next((kind for name in wanted.names[: wanted.fitting] if (kind := kinds.get(name.casefold()))), None)
        if other is not None:
            what = (
                f"“{name}” is a {other} style, but a {wanted.kind} style is wanted for {use} in narratives; {shown} is "
                f"used for it. Rename it, and make a {wanted.kind} style “{name}”."
            )
            yield Finding("warning", "style-of-other-kind", what, _PART, meant=name)
        else:
            what = (
                f"There is no {wanted.kind} style “{name}”; {shown} is used for it. Narratives have {use} in that "
                "style: make it, with the look that they are to have."
            )
            yield Finding("warning", "missing-style", what, _PART, meant=name)


def styles_named_in_vain(template: TemplateRead) -> Iterator[Finding]:
    """A warning at the first paragraph of each style that the template does not have."""
    told = set()
    for passage in template.passages:
        style = passage.style
        if style and style not in template.styles.elements and style not in told:
            told.add(style)
            what = f"Its style “{style}” is not in the template, so that Word shows it as Normal: choose another."
            yield warning_at(passage, "unknown-style", what)


def lacking(template: bytes, roles: Iterable[str]) -> list[str]:
    """The names of the styles that these roles need and the template does not have.

    Raises `UnreadableTemplate`.
    """
    fallen_back = styles_in(opened_template(template).trees.get(STYLES)).fallen_back
    return [ROLE_STYLES[role].names[0] for role in roles if role in fallen_back]
