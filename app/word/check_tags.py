"""Tags that are damaged, stand in the wrong place, or begin what does not end; and what the others say.

Every fault of a part is told at once: a damaged tag is mended for the reading of those around it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from app.word.findings import QUOTED, Finding, error_at, of_part, warning_at
from app.word.language import DEEPEST, Language, refusals_in, unknown_words_in
from app.word.names import Use, uses_in
from app.word.namespaces import w
from app.word.passages import Passage, TemplatePart
from app.word.quoting import quoted
from app.word.scan import Misuse, misuses_in, misuses_in_words
from app.word.typed import BRANCHES, KEYWORDS, OPENING, OURS, Tag, beside, damage_in, near, tags_in, without_notes

_LANGUAGE = Language()

_COSTLY = frozenset({"too-many", "too-long"})
_UNITS = {"p": "paragraph", "tr": "table row", "tc": "table cell"}
_BAD_CHARACTER = re.compile("[„‟‚‛«»″′`´–—…]")
_LOOP_NAMES = re.compile(r"\s*([A-Za-z]\w*(?:\s*,\s*[A-Za-z]\w*)*)")
_IN_A_LOOP = re.compile(r"for\s.+\sin\s", re.DOTALL)
_SPACED_PREFIX = re.compile(r"(p|tr|tc|r)\s+[A-Za-z]")
_GLUED_PREFIX = re.compile(r"(p|tr|tc|r)(if|elif|else|endif|for|endfor|set)\b")
_MERGING = {
    "vm": "row between {%tr for … %} and {%tr endfor %}",
    "hm": "cell between {%tc for … %} and {%tc endfor %}",
}
_LEAVE_A_LINE = frozenset({"if", "elif", "else", "endif", "for", "endfor", "set"})
_NEEDS_NOTHING = frozenset({"else", *(f"end{word}" for word in OPENING), "endset", "vm", "hm"})


@dataclass(frozen=True, slots=True)
class PartRead:
    """What the tags of a part say, when the damaged ones are mended: the tree, the facts that it uses, the faults.

    The tree has one line for each tag: line n is `tags[n - 1]`. `within` are the tags that are open where a passage
    begins, by its number, no more of them than may be within one another. `misuses` are what `app.word.scan` has
    against the tags; where they are too many or too long, nothing else is read. `refused` are the lines of the tags
    that do what no template may.
    """

    part: TemplatePart
    tags: Sequence[Tag]
    tree: nodes.Template
    uses: Sequence[Use]
    findings: Sequence[Finding]
    within: dict[int, tuple[Tag, ...]]
    misuses: Sequence[Misuse]
    refused: Collection[int] = ()

    def tag(self, lineno: int) -> Tag:
        """The tag on this line of the tree."""
        return _on_line(self.tags, lineno)


def read_tags(part: TemplatePart) -> PartRead:
    """The part's tags, read whatever is wrong with them, as long as they can be counted."""
    misuses = _misuses_of(part)
    if any(found.kind in _COSTLY for found in misuses):
        within: dict[int, tuple[Tag, ...]] = {passage.number: () for passage in part.passages}
        return PartRead(part, (), nodes.Template([]), (), (), within, misuses)
    reader = _Reader(merges_astray=any(found.kind == "misplaced" for found in misuses))
    for passage in part.passages:
        reader.read(passage)
    reader.end()
    findings = reader.findings
    try:
        tree = _LANGUAGE.parse("\n".join(reader.lines))
    except TemplateSyntaxError as error:
        findings.append(error_at(reader.at(error.lineno).passage, "broken-tag", f"{error.message}"))
        tree = nodes.Template([])
    except (RecursionError, ValueError, OverflowError):
        findings.append(of_part(part, "error", "broken-tag", "The tags of this part are too deep in one another."))
        tree = nodes.Template([])
    refused = list(refusals_in(tree))
    for lineno, why in refused:
        tag = reader.at(lineno)
        findings.append(error_at(tag.passage, "not-allowed", f"The template {why}. Take “{_shown(tag)}” out."))
    try:
        unknown, uses = list(unknown_words_in(tree)), uses_in(tree)
    except RecursionError:  # a refusal said so
        unknown, uses, tree = [], [], nodes.Template([])
    findings += [error_at(reader.at(lineno).passage, "unknown-filter", what) for lineno, what in unknown]
    return PartRead(part, reader.tags, tree, uses, findings, reader.within, misuses, {lineno for lineno, _ in refused})


def _misuses_of(part: TemplatePart) -> list[Misuse]:
    if part.root is not None:
        return misuses_in(etree.tostring(part.root, encoding="unicode"))
    return [found for passage in part.passages for found in misuses_in_words(passage.tagged)]


def _on_line(tags: Sequence[Tag], lineno: int) -> Tag:
    return tags[min(max(lineno, 1), len(tags)) - 1]


def _shown(tag: Tag) -> str:
    return quoted(tag.text, QUOTED)


@dataclass(slots=True)
class _Open:
    """A block that has begun: its tag, the keyword that it has or should have, and how its end is written."""

    tag: Tag
    keyword: str
    end: str
    has_else: bool = False


@dataclass(slots=True)
class _Reader:
    """Goes through the passages of a part and writes a Jinja template without faults of syntax."""

    tags: list[Tag] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    within: dict[int, tuple[Tag, ...]] = field(default_factory=dict)
    units: set[etree._Element] = field(default_factory=set)
    around: tuple[Tag, ...] = ()
    merges_astray: bool = False  # which is told otherwise

    def read(self, passage: Passage) -> None:
        self.within[passage.number] = self.around
        tags = tags_in(passage)
        told = len(self.findings)
        for tag in tags:
            if not self.open or self.open[-1].keyword != "raw" or tag.keyword == "endraw":
                self._take(tag)
        if tags:
            self.around = tuple(block.tag for block in self.open[:DEEPEST])
        if len(tags) == 1 and len(self.findings) == told:  # a damaged tag is put right first
            self.findings += _line_left(tags[0])
        self._place(tags)
        self.findings += [error_at(passage, "broken-tag", what) for what in damage_in(passage)]

    def end(self) -> None:
        """Everything that is open is closed; each is told at its beginning."""
        while self.open:
            self._tell_unclosed()

    def at(self, lineno: int) -> Tag:
        """The tag on this line."""
        return _on_line(self.tags, lineno)

    def _take(self, tag: Tag) -> None:
        why = tag.fault or _fault_of_syntax(tag) or self._fault_of_merging(tag)
        meant = _meant(tag)
        if why:
            self._tell(tag, why, meant)
        keyword = meant or tag.keyword if why else tag.keyword
        if tag.kind == "note":
            return
        if tag.kind == "print":
            self._write(tag, "" if why else f"{{{{ {tag.body} }}}}")
        elif keyword in OPENING or (keyword == "set" and "=" not in tag.rest and not why):
            self._open(tag, keyword, mended=bool(why))
        elif keyword in BRANCHES:
            self._branch(tag, keyword, mended=bool(why))
        elif keyword.startswith("end"):
            self._close(tag, keyword)
        elif keyword in OURS:
            self._write(tag, "" if why or not tag.rest else f"{{{{ {tag.rest} }}}}")
        else:
            self._write(tag, "" if why else f"{{% {tag.body} %}}")

    def _fault_of_merging(self, tag: Tag) -> str:
        """Cells are merged over the rounds of a loop."""
        loop = _MERGING.get(tag.keyword)
        if tag.kind != "do" or loop is None or self.merges_astray or any(block.keyword == "for" for block in self.open):
            return ""
        return f"“{_shown(tag)}” merges the cells that a loop makes, and stands in none: put it into a {loop}."

    def _place(self, tags: Sequence[Tag]) -> None:
        """Each paragraph, row and cell is told once of what it would lose."""
        for prefix in _UNITS:
            taking = next((tag for tag in tags if tag.prefix == prefix and not tag.fault), None)
            unit = taking.passage.around(prefix) if taking is not None and prefix != "p" else None
            if taking is not None and (unit is None or unit not in self.units):
                self.findings += _faults_of_place(taking, unit)
            if unit is not None:
                self.units.add(unit)

    def _write(self, tag: Tag, line: str) -> None:
        self.tags.append(tag)
        self.lines.append(" ".join(line.split()))

    def _tell(self, tag: Tag, what: str, meant: str = "") -> None:
        self.findings.append(error_at(tag.passage, "broken-tag", what, meant=meant))

    def _open(self, tag: Tag, keyword: str, *, mended: bool) -> None:
        """A block begins, as it is or, where it is damaged, with the names that those within it may use."""
        line, end = f"{{% {tag.body} %}}", f"{{% end{keyword} %}}"
        if mended and keyword == "for":
            names = _LOOP_NAMES.match(tag.rest)
            line = f"{{% for {names.group(1) if names else 'item'} in [] %}}"
        elif mended:
            line, end = ("{% if true %}", end) if keyword == "if" else ("{% with %}", "{% endwith %}")
        self._write(tag, line)
        self.open.append(_Open(tag, keyword, end))

    def _branch(self, tag: Tag, keyword: str, *, mended: bool) -> None:
        block = self.open[-1] if self.open else None
        if block is None or block.keyword not in {"if", "for"} or (keyword == "elif" and block.keyword != "if"):
            what = f"“{_shown(tag)}” stands outside of any {{% if … %}}: write that before it, or take this away."
            self._tell(tag, what)
        elif block.has_else:
            self._tell(
                tag, f"“{_shown(tag)}” comes after the {{% else %}} of its {{% {block.keyword} … %}}: that is last."
            )
        else:
            block.has_else = keyword == "else"
            self._write(tag, f"{{% {keyword}{' true' * (keyword == 'elif')} %}}" if mended else f"{{% {tag.body} %}}")

    def _close(self, tag: Tag, keyword: str) -> None:
        wanted = keyword.removeprefix("end")
        if not any(block.keyword == wanted for block in self.open):
            what = f"“{_shown(tag)}” ends nothing: there is no “{{% {wanted} … %}}” before it that is still open. "
            self._tell(tag, f"{what}Write the beginning, or take this away.")
            return
        while self.open[-1].keyword != wanted:
            self._tell_unclosed()
        self._write(tag, self.open.pop().end)

    def _tell_unclosed(self) -> None:
        block = self.open.pop()
        self._write(block.tag, block.end)
        end = f"{{%{block.tag.prefix} end{block.keyword} %}}"
        self._tell(
            block.tag, f"“{_shown(block.tag)}” begins here and is never ended: write “{end}” where it ends.", end
        )


# What is wrong with one tag


def _fault_of_syntax(tag: Tag) -> str:
    """What is wrong with a tag taken by itself, as a sentence; empty when nothing is."""
    if tag.kind == "note":
        return ""
    if tag.kind == "do" and (why := _fault_of_keyword(tag)):
        return why
    try:
        _LANGUAGE.parse(_alone(tag))
    except TemplateSyntaxError as error:
        return _in_words(tag, error.message or "")
    except (RecursionError, ValueError, OverflowError):
        return "The tag is too long or too deep in itself: write it shorter."
    return ""


def _fault_of_keyword(tag: Tag) -> str:  # noqa: PLR0911 - a table of rules, one line each
    shown, keyword = _shown(tag), tag.keyword
    if (spaced := _SPACED_PREFIX.match(tag.body)) and not tag.prefix:
        prefix = spaced.group(1)
        rest = tag.body.split(maxsplit=1)[1]
        return f"“{shown}” has a space before “{prefix}”: write “{{%{prefix} {rest} %}}”."
    if glued := _GLUED_PREFIX.match(tag.body):
        prefix, rest = glued.group(1), tag.body[len(glued.group(1)) :]
        return f"“{shown}” needs a space after “{prefix}”: write “{{%{prefix} {rest} %}}”."
    if not keyword:
        return f"“{shown}” does not say what to do: after “{{%” stands if, for, else, endif, endfor or set."
    if keyword not in KEYWORDS:
        meant = _meant(tag)
        hint = f" Did you mean “{meant}”?" if meant else " There are if, elif, else, endif, for, endfor and set."
        return f"“{keyword}” is no word of the template language.{hint}"
    if keyword in _NEEDS_NOTHING and tag.rest:
        meant = " Did you mean “elif”?" if keyword == "else" and tag.rest.startswith("if") else ""
        return f"Nothing may follow “{keyword}” in a tag: “{tag.rest}” is too much.{meant}"
    if keyword in {"if", "elif", "for"} and not tag.rest:
        return f"“{shown}” does not say what it depends on."
    return ""


def _meant(tag: Tag) -> str:
    """The keyword that was perhaps meant by a tag whose keyword is none."""
    if tag.kind != "do" or not tag.keyword:
        return ""
    if tag.keyword in KEYWORDS:
        return "elif" if tag.keyword == "else" and tag.rest.startswith("if") else ""
    if tag.keyword.casefold() == "end" and tag.rest.casefold() in OPENING:
        return f"end{tag.rest.casefold()}"
    if (spaced := _SPACED_PREFIX.match(tag.body)) or (spaced := _GLUED_PREFIX.match(tag.body)):
        return near(tag.body[len(spaced.group(1)) :].split(maxsplit=1)[0])
    return near(tag.keyword)


def _alone(tag: Tag) -> str:
    """A template of this tag and nothing else but what it needs."""
    keyword = tag.keyword
    if tag.kind == "print":
        return f"{{{{ {tag.body} }}}}"
    if keyword in OURS:
        return f"{{{{ {tag.rest or 'true'} }}}}"
    if keyword == "elif":
        return f"{{% if true %}}{{% {tag.body} %}}{{% endif %}}"
    if keyword == "else" or keyword.startswith("end"):
        return ""
    if keyword in OPENING or (keyword == "set" and "=" not in tag.rest):
        return f"{{% {tag.body} %}}{{% end{keyword} %}}"
    return f"{{% {tag.body} %}}"


def _in_words(tag: Tag, message: str) -> str:  # noqa: PLR0911 - a table of rules, one line each
    """What the parser says of the tag, for somebody who has never seen a parser."""
    shown = _shown(tag)
    if bad := _BAD_CHARACTER.search(tag.body):
        return f"“{bad.group()}” cannot stand in the tag “{shown}”: type straight quotes (' or \") and a plain dash."
    if not tag.body:
        return f"The tag “{shown}” is empty: write the name of a fact in it, or take it away."
    spaced = _SPACED_PREFIX.match(tag.body)
    if spaced and tag.kind == "print" and not tag.prefix:
        meant = f"{{{{{spaced.group(1)} {tag.body.split(maxsplit=1)[1]} }}}}"
        return f"“{shown}” has a space before “{spaced.group(1)}”: write “{meant}”."
    if tag.keyword == "for" and not _IN_A_LOOP.match(tag.body):
        return f"“{shown}” is no loop: a loop is written “{{% for item in items %}}”."
    if "=" in tag.rest and tag.keyword in {"if", "elif"} and not re.search(r"[=!<>]=", tag.body):
        return f"“{shown}” compares with one “=”: write “==”."
    if "got" in message:
        stranger = message.rpartition("got ")[2].strip("'")
        if stranger.startswith(("end of", "begin of")):
            return f"Something is missing at the end of the tag “{shown}”."
        return f"The tag “{shown}” cannot be understood from “{stranger}” on."
    return f"The tag “{shown}” cannot be understood ({message.rstrip('.')})."


# What is wrong with the place of a tag


def _faults_of_place(tag: Tag, unit: etree._Element | None) -> Iterator[Finding]:
    """A tag that takes its paragraph, row or cell with it stands alone there, or words are lost without a trace.

    `unit` is the row or cell that it takes, if it is in one.
    """
    noun, passage, shown = _UNITS[tag.prefix], tag.passage, _shown(tag)
    if not passage.is_paragraph:
        what = f"“{shown}” stands where there is no {noun}: write it without “{tag.prefix}”."
        yield error_at(passage, "tag-out-of-place", what)
        return
    if tag.prefix != "p" and unit is None:
        what = f"“{shown}” belongs in a table, and this paragraph is in none: write “{{%p …”, or put it into a {noun} "
        yield error_at(passage, "tag-out-of-place", f"{what}of its own.")
        return
    others = _others_in(unit, tag.prefix, passage) if unit is not None else ()
    lost = " ".join(filter(None, [beside(passage, tag), *others]))
    if lost:
        what = f"“{shown}” takes its whole {noun} with it, and “{quoted(lost, QUOTED)}” would be lost: "
        yield error_at(passage, "text-beside-tag", f"{what}give the tag a {noun} of its own.")


def _line_left(tag: Tag) -> Iterator[Finding]:
    """A tag that does something and stands alone in its paragraph leaves the paragraph behind, empty."""
    if (
        not tag.prefix
        and tag.keyword in _LEAVE_A_LINE
        and tag.passage.is_paragraph
        and without_notes(tag.passage) == tag.text.strip()
    ):
        meant = f"{{%p {tag.body} %}}"
        what = f"The paragraph of “{_shown(tag)}” stays in every paper as an empty line: write “{meant}”."
        yield warning_at(tag.passage, "empty-line", what, meant=meant)


def _others_in(unit: etree._Element, name: str, passage: Passage) -> Iterator[str]:
    """The words of the other paragraphs of a row or cell."""
    for paragraph in unit.iter(w("p")):
        if paragraph is not passage.element and next(paragraph.iterancestors(w(name))) is unit:
            other = passage.part.of(paragraph)
            if words := without_notes(other):
                yield words
