"""What somebody who cannot see well, or not at all, would miss in every paper of the template."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from app.word.check_tags import PartRead
from app.word.contrast import LEAST_CONTRAST, contrast
from app.word.findings import Finding, of_part, warning_at
from app.word.namespaces import DECORATIVE, VML, WP, w
from app.word.parts import STYLES
from app.word.passages import Passage, StyleBook, TemplatePart, TemplateRead
from app.word.styles import HEADING_LEVELS, ROLE_STYLES, styles_in

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_PAPER = "FFFFFF"
_RARE = frozenset(f"heading {level}" for level in HEADING_LEVELS if level not in {3, 4})


def no_language(template: TemplateRead) -> Iterator[Finding]:
    """A warning when the styles do not say in which language papers are."""
    root = template.styles.root
    path = "/".join(w(step) for step in ("docDefaults", "rPrDefault", "rPr", "lang"))
    stated = root.find(path) if root is not None else None
    named = template.styles.first(template.styles.default, "rPr", "lang")
    if not any(found is not None and found.get(w("val")) for found in (stated, named)):
        what = (
            "The template does not say in which language papers are, so that they are read out in "
            "any language that the reader's computer has: select all, then Review > Language > Set Proofing "
            "Language, and set it as default."
        )
        yield Finding("warning", "no-language", what, "the styles")


def pictures_without_words(template: TemplateRead) -> Iterator[Finding]:
    """A warning for each picture or drawing without alternative text that is not marked as decoration."""
    for part in template.parts:
        for drawing in part.root.iter(f"{{{WP}}}docPr", f"{{{VML}}}shape") if part.root is not None else ():
            said = drawing.get("descr") or drawing.get("title") or drawing.get("alt")
            if said or any(mark.get("val") == "1" for mark in drawing.iter(f"{{{DECORATIVE}}}decorative")):
                continue
            paragraph = next(drawing.iterancestors(w("p")), None)
            what = (
                "This picture has no alternative text: right-click it, “View Alt Text”, and say in a sentence what it "
                "shows, or mark it as decorative."
            )
            yield (
                warning_at(part.of(paragraph), "no-alternative-text", what)
                if paragraph is not None
                else of_part(part, "warning", "no-alternative-text", what)
            )


def headings_that_jump(template: TemplateRead, reads: Mapping[str, PartRead]) -> Iterator[Finding]:
    """A warning for each heading that is more than one level below the heading before it.

    Only headings within the same tags are compared: which of the others follow one another, facts decide.
    """
    opened = reads[template.body.name].within
    before: dict[tuple[object, ...], Passage] = {}
    for passage in template.body.passages:
        if passage.level is None or not passage.words.strip():
            continue
        inside = tuple(map(id, opened[passage.number]))
        last = before.get(inside)
        if last is not None and last.level is not None and passage.level > last.level + 1:
            yield warning_at(
                passage,
                "heading-jump",
                f"This heading has level {passage.level} and follows one of level {last.level}: give it level "
                f"{last.level + 1}, so that nobody looks for what is missing between.",
            )
        before[inside] = passage


def weak_colours(template: TemplateRead) -> Iterator[Finding]:
    """A warning for each style in use, and each run of letters, whose colour is hard to read on what is behind it."""
    styles = template.styles
    written = (passage for passage in template.passages if passage.is_paragraph and passage.words.strip())
    used = dict.fromkeys([*_relied_on(template), *(passage.style for passage in written)])
    for identifier in used:
        letters, behind = _letters(styles, identifier), _behind(styles, identifier)
        if letters and contrast(letters, behind) < LEAST_CONTRAST:
            what = (
                f"The letters of the style “{styles.name(identifier)}” ({letters} on {behind}) have a contrast of "
                f"{contrast(letters, behind):.1f} : 1. At least {LEAST_CONTRAST} : 1 can be read by everybody: choose "
                "a darker colour."
            )
            yield Finding("warning", "weak-colour", what, "the styles")
    for part in template.parts:
        yield from _weak_runs(part, styles)


def _relied_on(template: TemplateRead) -> list[str]:
    """The ids of the paragraph styles that narratives take where no heading level is asked for."""
    ids = styles_in(template.opened.trees.get(STYLES)).ids
    wanted = [role for role in ids if ROLE_STYLES[role].kind == "paragraph" and role not in _RARE]
    return [identifier for role in wanted if (identifier := ids[role])]


def _weak_runs(part: TemplatePart, styles: StyleBook) -> Iterator[Finding]:
    told = set()
    for colour in part.root.iter(w("color")) if part.root is not None else ():
        run = next(colour.iterancestors(w("r")), None)
        paragraph = next(colour.iterancestors(w("p")), None)
        letters = _hexadecimal(colour.get(w("val")))
        if (
            run is None
            or paragraph is None
            or letters is None
            or not "".join(text.text or "" for text in run.iter(w("t"))).strip()
        ):
            continue
        behind = _shaded(run) or _shaded(paragraph) or _cell(paragraph) or _behind(styles, part.of(paragraph).style)
        if contrast(letters, behind) < LEAST_CONTRAST and paragraph not in told:
            told.add(paragraph)
            what = (
                f"Letters here ({letters} on {behind}) have a contrast of {contrast(letters, behind):.1f} : 1. At "
                f"least {LEAST_CONTRAST} : 1 can be read by everybody: choose a darker colour."
            )
            yield warning_at(part.of(paragraph), "weak-colour", what)


def _letters(styles: StyleBook, identifier: str) -> str | None:
    stated = styles.first(identifier, "rPr", "color")
    return _hexadecimal(stated.get(w("val"))) if stated is not None else None


def _behind(styles: StyleBook, identifier: str) -> str:
    stated = styles.first(identifier, "rPr", "shd")
    stated = stated if stated is not None else styles.first(identifier, "pPr", "shd")
    return (_hexadecimal(stated.get(w("fill"))) if stated is not None else None) or _PAPER


def _shaded(element: etree._Element) -> str | None:
    for properties in ("rPr", "pPr"):
        stated = element.find(f"{w(properties)}/{w('shd')}")
        if stated is not None and (fill := _hexadecimal(stated.get(w("fill")))):
            return fill
    return None


def _cell(paragraph: etree._Element) -> str | None:
    cell = next(paragraph.iterancestors(w("tc")), None)
    stated = cell.find(f"{w('tcPr')}/{w('shd')}") if cell is not None else None
    return _hexadecimal(stated.get(w("fill"))) if stated is not None else None


def _hexadecimal(colour: str | None) -> str | None:
    return colour.upper() if colour and _COLOUR.fullmatch(colour) else None
