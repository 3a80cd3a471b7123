"""Whether what stands in a document can be seen: contrast, size, face, alignment, and nothing told by colour alone."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from lxml import etree
from PIL import Image, UnidentifiedImageError

from app.word.appearance import WHITE, Appearance, Appearances
from app.word.container import DOCUMENT
from app.word.contrast import LEAST_CONTRAST, contrast
from app.word.located import Barrier, Grid, OpenedDocument, Standing, Where, is_continued, words_in
from app.word.namespaces import DECORATIVE, MC, VML, WP, A, R, w
from app.word.quoting import quoted

ENOUGH_WHEN_LARGE = 3.0
"""Contrast that large text has at least (WCAG 2.2, 1.4.3); other text has `LEAST_CONTRAST`."""
BODY_SIZE, LEAST_SIZE = 12.0, 10.0
"""Points of the body's text, and of anything else."""

_JUSTIFIED = {"both", "distribute", "thaiDistribute", "lowKashida", "mediumKashida", "highKashida"}
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(picture|image|chart|graphic|diagram|photo)( \d+)?", re.IGNORECASE)


class _Seen(NamedTuple):
    """A run that a reader sees: where it stands, its words and how it looks."""

    standing: Standing
    words: str
    appearance: Appearance


def legibility(opened: OpenedDocument) -> Iterator[Barrier]:
    """What cannot be seen well, or not by everybody."""
    looks = Appearances(opened)
    seen = list(_seen(opened, looks))
    yield from _contrasts(seen)
    yield from _small(seen)
    yield from _body_text(opened, seen, looks)
    yield from _alignments(opened, looks)
    yield from _colour_alone(opened, looks)
    yield from _drawings(opened)
    yield from _floating(opened)
    yield from _moving(opened)


def _seen(opened: OpenedDocument, looks: Appearances) -> Iterator[_Seen]:
    for standing in opened.standing:
        known: dict[bytes, Appearance] = {}
        for run in standing.element.iter(w("r")):
            words = "".join(text.text or "" for text in run.findall(w("t")))
            if not words.strip() or next(run.iterancestors(w("p"))) is not standing.element:
                continue
            properties = run.find(w("rPr"))
            if properties is not None and properties.find(w("vanish")) is not None:
                continue
            key = etree.tostring(properties) if properties is not None else b""
            if key not in known:
                known[key] = looks.of(run, standing)
            yield _Seen(standing, words, known[key])


def _contrasts(seen: Sequence[_Seen]) -> Iterator[Barrier]:
    for standing, words, look in seen:
        wanted = ENOUGH_WHEN_LARGE if look.is_large else LEAST_CONTRAST
        if look.contrast < wanted:
            yield Barrier(
                "contrast",
                replace(standing.where, quoted=quoted(words)),
                f"The text {look.colour} on {look.behind} has a contrast of {look.contrast:.1f} : 1; it needs at "
                f"least {wanted} : 1. Choose a darker text or a lighter background.",
            )


def _small(seen: Sequence[_Seen]) -> Iterator[Barrier]:
    for standing, words, look in seen:
        if look.size < LEAST_SIZE:
            what = f"The text has {look.size:g} points; give it at least {LEAST_SIZE:g}."
            yield Barrier("small-text", replace(standing.where, quoted=quoted(words)), what)


def _body_text(opened: OpenedDocument, seen: Sequence[_Seen], looks: Appearances) -> Iterator[Barrier]:
    """The paragraphs that are read one after another, told once for each style."""
    told: set[tuple[str, str]] = set()
    for standing, _, look in seen:
        if not _is_body_text(opened, standing):
            continue
        style = opened.sheet.name(standing.style)
        if look.size < BODY_SIZE and (style, "size") not in told:
            told.add((style, "size"))
            what = f"Body text in the style “{style}” has {look.size:g} points; give it at least {BODY_SIZE:g}."
            yield Barrier("body-size", standing.where, what)
        if (look.font is None or not looks.is_sans_serif(look.font)) and (style, "font") not in told:
            told.add((style, "font"))
            face = f"the face {look.font}" if look.font else "no face of its own"
            what = f"Body text in the style “{style}” has {face}; choose one without serifs, such as Arial."
            yield Barrier("serif", standing.where, what)


_NOT_BODY = re.compile(r"(title|subtitle|caption|source note|heading .*|.* heading( \d)?|toc .*)")


def _is_body_text(opened: OpenedDocument, standing: Standing) -> bool:
    if standing.member != DOCUMENT or standing.cell or standing.level is not None:
        return False
    return not _NOT_BODY.fullmatch(opened.style_name(standing.style))


def _alignments(opened: OpenedDocument, looks: Appearances) -> Iterator[Barrier]:
    for standing in opened.standing:
        aligned = looks.paragraph_property(standing, "jc")
        if standing.words.strip() and aligned is not None and aligned.get(w("val")) in _JUSTIFIED:
            what = "The paragraph is justified: uneven gaps between words are hard to read. Align it to the left."
            yield Barrier("justified", standing.where, what)


def _colour_alone(opened: OpenedDocument, looks: Appearances) -> Iterator[Barrier]:
    for grid in opened.grids:
        for row, cells in enumerate(grid.rows):
            worded = {looks.own_shading_of(cell) for _, cell in cells if words_in(cell)}
            for column, cell in cells:
                fill = looks.own_shading_of(cell)
                # A whole row in one colour, with words in it, says nothing by its empty cells.
                if fill is None or contrast(fill, WHITE) < 1.1 or fill in worded or is_continued(cell):
                    continue
                if not words_in(cell):
                    what = "A colour stands here without a word: whoever does not see it learns nothing. Write it out."
                    yield Barrier("colour-alone", replace(_place_in(grid, row, column), quoted=""), what)


def _place_in(grid: Grid, row: int, column: int) -> Where:
    return replace(grid.where, row=row + 1, column=column + 1)


# Drawings


def _drawings(opened: OpenedDocument) -> Iterator[Barrier]:
    for standing in opened.standing:
        for named in standing.element.iter(f"{{{WP}}}docPr"):
            if _is_of(named, standing):
                yield from _described(standing, named.get("descr") or "", named)
        for shape in standing.element.iter(f"{{{VML}}}shape"):
            if _is_of(shape, standing) and shape.find(f"{{{VML}}}imagedata") is not None:
                yield from _described(standing, shape.get("alt") or "", shape)


def _is_of(element: etree._Element, standing: Standing) -> bool:
    """Whether the element stands in this paragraph itself, and not in what other programs show instead."""
    if any(True for _ in element.iterancestors(f"{{{MC}}}Fallback")):
        return False
    return next(element.iterancestors(w("p"))) is standing.element


def _described(standing: Standing, description: str, named: etree._Element) -> Iterator[Barrier]:
    if any(found.get("val") in {"1", "true"} for found in named.iter(f"{{{DECORATIVE}}}decorative")):
        return
    words = description.strip()
    if not words:
        what = "A picture or chart has no description. Add alternative text that says what it shows."
        yield Barrier("no-description", standing.where, what)
    elif _FILE_NAME.fullmatch(words) or _PLACEHOLDER.fullmatch(words):
        what = f"A picture or chart is described as “{quoted(words)}”. Say what it shows."
        yield Barrier("poor-description", standing.where, what)


_FLOATING: Mapping[str, str] = {
    f"{{{WP}}}anchor": "A picture or shape floats over the text",
    w("txbxContent"): "Text stands in a text box",
    w("framePr"): "A paragraph stands in a frame",
}
_IN_LINE = "screen readers come to it out of order or not at all. Put it in line with the text."


def _floating(opened: OpenedDocument) -> Iterator[Barrier]:
    for standing in opened.standing:
        for tag, words in _FLOATING.items():
            if any(_is_of(found, standing) for found in standing.element.iter(tag)):
                yield Barrier("floating", standing.where, f"{words}: {_IN_LINE}")
    for grid in opened.grids:
        if grid.element.find(f"{w('tblPr')}/{w('tblpPr')}") is not None:
            yield Barrier("floating", grid.where, f"A table floats beside the text: {_IN_LINE}")


def _moving(opened: OpenedDocument) -> Iterator[Barrier]:
    for standing in opened.standing:
        effects = Counter(effect.get(w("val"), "none") for effect in standing.element.iter(w("effect")))
        if set(effects) - {"none"}:
            yield Barrier("moving", standing.where, "The text blinks or moves. Take the effect away.")
        for picture in standing.element.iter(f"{{{A}}}blip"):
            member = opened.relations(standing.member).get(picture.get(f"{{{R}}}embed", ""), "")
            if member.endswith(".gif") and _is_animated(opened.members.get(member, b"")):
                yield Barrier("moving", standing.where, "A picture moves. Use one that stands still.")


def _is_animated(picture: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(picture), formats=["GIF"]) as image:
            return bool(getattr(image, "is_animated", False))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return False
