"""Snapshot → PaperContext: facts to words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from html import escape
from typing import Literal, NamedTuple

from app.assembly import attachments, items, prose, ratings, recommendations
from app.assembly.context import (
    BlockLine,
    DocumentProperties,
    FrontRow,
    Line,
    ObjectiveLine,
    PaperContext,
    PartLine,
    RatingKey,
    SectionLines,
    UpdateLine,
)
from app.assembly.fields import FieldWords
from app.assembly.implications import Implications
from app.assembly.limits import over_limit
from app.assembly.objectives import Objectives
from app.assembly.snapshot import PersonFacts, SchemeFacts, Snapshot, ThemeFacts, UpdateFacts, WorkstreamFacts
from app.boards.programme import programme_year
from app.formats.fields import FieldKind
from app.formats.manifest import FrontField, Manifest, Need, Part, SectionEntry, filled_in, worded
from app.papers import blocks
from app.word import Fact, Narrative

LANGUAGE = "en-GB"
SNAPSHOT_DIGEST = "Snapshot digest"
"""Property of the document that names the facts it was made from."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Gap(NamedTuple):
    """Something that is missing or must be checked."""

    words: str
    """As the draft says it, with the name of its place before it."""
    at: str
    """Where it is put right: `front-sheet/ROW`, `field/KEY`, `section/KEY`, `workstream/REF`; empty: nowhere alone."""


class Worded(NamedTuple):
    """A paper in words, and what is missing in it."""

    context: PaperContext
    gaps: tuple[Gap, ...]


def context_for(snapshot: Snapshot) -> PaperContext:
    """The snapshot in words, ready for a template; a pure function of the snapshot."""
    return _Wording(snapshot).paper()


def worded_paper(snapshot: Snapshot) -> Worded:
    """The snapshot in words as in `context_for`, with the places where its gaps are filled."""
    wording = _Wording(snapshot)
    return Worded(wording.paper(), tuple(wording.gaps.values()))


def in_words(day: date, style: str) -> str:
    """A day as the format prints it: `26 March 2026`, or `26th March 2026` where the style is `ordinal`."""
    number = str(day.day)
    if style == "ordinal":
        teens = 10 <= day.day % 100 <= 20
        number += "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def stored_value(snapshot: Snapshot, field: FrontField) -> str | None:
    """The value of a row of the front sheet as it is stored; None where it is missing, or made from a date or label."""
    paper, board = snapshot.paper, snapshot.board
    values: Mapping[str, str | None] = {
        "title": paper.title,
        "marking": paper.marking,
        "agenda-number": paper.agenda_number,
        "chief-officer": paper.chief_officer.name if paper.chief_officer else None,
        "report-from": paper.organisation,
        "author": paper.author.name if paper.author else None,
        "reference": paper.reference,
        "board": board.name,
        "recipient": board.recipient,
    }
    return _stored_text(snapshot, field.field_key) if field.field_key else values.get(field.source)


def _stored_text(snapshot: Snapshot, key: str) -> str | None:
    """What a field of plain text says; what others say is put into words."""
    field, value = snapshot.manifest.every_field[key], snapshot.paper.fields.get(key)
    return value if field.kind is FieldKind.TEXT and isinstance(value, str) else None


def nil_words(block: blocks.NilBlock, manifest: Manifest) -> str | None:
    """The sentence of a nil; None where it needs the day that nobody stated."""
    wording = manifest.wording
    pattern = block.wording or (wording.nil_subject if block.subject else wording.nil)
    if block.as_at is None and "{as_at}" in pattern:
        return None
    as_at = in_words(block.as_at, manifest.dates) if block.as_at else ""
    return worded(pattern, subject=block.subject or "", as_at=as_at)


class _Wording:
    """One snapshot on its way into words; collects the gaps as it meets them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.manifest: Manifest = snapshot.manifest
        self.themes = {theme.key: theme for theme in snapshot.themes}
        self.schemes = {scheme.key: scheme for scheme in snapshot.schemes}
        self.filled = {section.key: section for section in snapshot.sections}
        self.fields = FieldWords(self.manifest, snapshot.paper.fields, snapshot.persons, in_words)
        self.objectives = Objectives.of(snapshot.frameworks)
        self.gaps: dict[str, Gap] = {}
        self.printed: set[str] = set()

    def paper(self) -> PaperContext:
        paper, board = self.snapshot.paper, self.snapshot.board
        year = programme_year(board.programme_year, board.meeting_on)
        standing = set(self.snapshot.front_rows)
        front_sheet = [self.front_row(field) for field in self.manifest.front_sheet if field.key in standing]
        sections = self.sections()
        self.require_no_limit_passed(sections)
        self.require_every_choice_printed(sections)
        self.require_nothing_left_unsaid(sections)
        return PaperContext(
            title=paper.title,
            reference=paper.reference,
            label=self.snapshot.label,
            draft="" if paper.approved_on else self.manifest.wording.draft,
            marking=paper.marking,
            second_marking=self.second_marking(),
            public_copy=self.manifest.wording.public_copy if self.snapshot.public else "",
            programme=f"{board.programme_title} {year}".strip(),
            recipient=board.recipient,
            board=board.name,
            organisation=paper.organisation,
            strapline=self.manifest.strapline or "",
            meeting_date=self.day(board.meeting_on),
            agenda_number=paper.agenda_number or "",
            previous_date=self.day(self.snapshot.previous.meeting_on) if self.snapshot.previous else "",
            next_date=self.day(board.next_meeting_on) if board.next_meeting_on else "",
            front_sheet=front_sheet,
            sections=sections,
            gaps=[gap.words for gap in self.gaps.values()],
            document=self.properties(),
        )

    def day(self, day: date) -> str:
        return in_words(day, self.manifest.dates)

    def second_marking(self) -> str:
        second = self.manifest.second_marking
        marking = self.fields.line(second.field) if second else ""
        return worded(second.wording, marking=marking) if second and marking else ""

    def gap(self, words: str, place: str, at: str = "") -> str:
        """The words, which the list of gaps has from now on; `place` is its name for a reader, `at` as in `Gap`."""
        told = f"{place}: {words}"
        self.gaps.setdefault(told, Gap(told, at))
        return words

    def properties(self) -> DocumentProperties:
        paper, snapshot = self.snapshot.paper, self.snapshot
        return DocumentProperties(
            title=paper.title,
            subject=f"{self.manifest.name} for {snapshot.board.name}, {self.day(snapshot.board.meeting_on)}",
            author=paper.organisation,
            language=LANGUAGE,
            keywords=", ".join(filter(None, [paper.marking, snapshot.label])),
            created=paper.written_on.isoformat(),
            custom={
                "Paper reference": paper.reference,
                "Paper version": snapshot.label,
                "Marking": paper.marking,
                SNAPSHOT_DIGEST: snapshot.digest,
                "Template digest": snapshot.template.digest,
            },
        )

    # The front sheet

    def front_row(self, field: FrontField) -> FrontRow:
        value: str = self.front_value(field)
        missing = field.required and not value
        if missing:
            value = self.gap(self.manifest.wording.missing_value, field.label, f"front-sheet/{field.key}")
        elif field.field_key and not value:
            value = self.fields.nil(field.field_key)
        return FrontRow(label=field.label, value=value, missing=missing)

    def front_value(self, field: FrontField) -> Fact:
        stored = stored_value(self.snapshot, field)
        words = self.fields.line(field.field_key, field.dates) if field.field_key else stored or self.made_value(field)
        return Fact(words, region=f"field/{field.key}" if stored else None)

    def made_value(self, field: FrontField) -> str:
        """What is made from a date or the label; empty for any other source."""
        paper = self.snapshot.paper
        dates = field.dates or self.manifest.dates
        approved = in_words(paper.approved_on, dates) if paper.approved_on else self.manifest.wording.not_yet_approved
        made = {
            "written-on": in_words(paper.written_on, dates),
            "version": self.snapshot.label,
            "meeting-date": in_words(self.snapshot.board.meeting_on, dates),
            "approved-on": approved,
        }
        return made.get(field.source, "")

    # Sections and their blocks

    def sections(self) -> list[SectionLines]:
        made = [(entry, self.section(entry)) for entry in self.manifest.sections if entry.key in self.filled]
        return [section for index, (entry, section) in enumerate(made) if _stands(entry, section, made[index + 1 :])]

    def require_every_choice_printed(self, sections: list[SectionLines]) -> None:
        """Chosen workstreams that no section prints are gaps, shown at the end of the paper."""
        for workstream in self.snapshot.workstreams:
            if workstream.chosen and workstream.ref not in self.printed:
                words = worded(self.manifest.wording.unprinted_workstream, workstream=workstream.name)
                self.say_at_the_end(sections, words, workstream.name, f"workstream/{workstream.ref}")

    def require_nothing_left_unsaid(self, sections: list[SectionLines]) -> None:
        """Text in sections that are switched off, and fields that nothing prints, are gaps at the end of the paper."""
        wording = self.manifest.wording
        for section in self.snapshot.unprinted_sections:
            words = worded(wording.unprinted_section, section=section.heading)
            self.say_at_the_end(sections, words, section.heading, f"section/{section.key}")
        for label in self.fields.unprinted():
            self.say_at_the_end(sections, worded(wording.unprinted_field, field=label), label, "front-sheet")

    def say_at_the_end(self, sections: list[SectionLines], words: str, place: str, at: str = "") -> None:
        """A gap at the end of the paper, under a heading of its own where no section stands."""
        if not sections:
            heading = self.manifest.wording.open_points
            sections.append(SectionLines(key="", heading=heading, level=1, numbered=False, blocks=[]))
        sections[-1].blocks.append(_block("gap", words=self.gap(words, place, at)))

    def require_no_limit_passed(self, sections: list[SectionLines]) -> None:
        """Text beyond what the format allows is printed; the draft says so, above it or at the end of the paper."""
        wording = self.manifest.wording
        whole = over_limit(wording.the_paper, sections, self.manifest.limit, wording) if self.manifest.limit else ""
        for section in sections:
            entry = self.manifest.section(section.key)
            if entry and entry.limit and (words := over_limit(f"“{section.heading}”", [section], entry.limit, wording)):
                at = f"section/{section.key}"
                section.blocks.insert(0, _block("gap", words=self.gap(words, section.heading, at)))
        if whole:
            self.say_at_the_end(sections, whole, wording.the_paper)

    def section(self, entry: SectionEntry) -> SectionLines:
        return SectionLines(
            key=entry.key,
            heading=self.heading_of(entry) if self.is_titled(entry) else "",
            level=entry.level,
            numbered=entry.numbered,
            blocks=[*self.blocks_of(entry), *self.clearance(entry)],
        )

    def clearance(self, entry: SectionEntry) -> list[BlockLine]:
        """Who cleared the section, where the format wants that, and prints it."""
        facts, wording = self.filled[entry.key].clearance, self.manifest.wording
        if facts is None or self.manifest.clearance == "left-out":
            return []
        if facts.by is None or facts.on is None:
            words = self.gap(f"{facts.whose}: {wording.not_cleared}", self.heading_of(entry), f"section/{entry.key}")
            return [_block("gap", words=words)]
        said = prose.paragraph(f"{facts.by.name}, {self.day(facts.on)}", label=wording.cleared_by)
        return self.prose(prose.html([said]), f"clearance/{entry.key}", entry)

    def blocks_of(self, entry: SectionEntry) -> list[BlockLine]:
        lines: list[BlockLine] = []
        unwritten = False
        for number, block in enumerate(self.filled[entry.key].blocks, start=1):
            place = f"section/{entry.key}/{number}"
            made = self.block(block, entry, place, place)
            unwritten = unwritten or (not made and isinstance(block, blocks.NarrativeBlock | blocks.TableBlock))
            lines += made
        if not lines and any(isinstance(block, blocks.ActionsBlock) for block in self.filled[entry.key].blocks):
            lines = [_block("nil", words=self.manifest.wording.no_actions)]
        if entry.required and (not lines or unwritten):
            words = self.gap(self.manifest.wording.missing_section, self.heading_of(entry), f"section/{entry.key}")
            lines.insert(0, _block("gap", words=words))
        if self.filled[entry.key].carried:
            words = self.gap(self.manifest.wording.carried_over, self.heading_of(entry), f"section/{entry.key}")
            lines.insert(0, _block("gap", words=words))
        return lines

    def heading_of(self, entry: SectionEntry) -> str:
        return self.filled[entry.key].heading or entry.heading

    def is_titled(self, entry: SectionEntry) -> bool:
        """Whether the section's heading is printed: one of the paper's own always is."""
        return entry.heading_printed or bool(self.filled[entry.key].heading)

    def prose(self, html: str, key: str, entry: SectionEntry, region: str | None = None) -> list[BlockLine]:
        """A text of the section, its paragraphs numbered where the format says so."""
        return [_block("narrative", text=self.narrative(html, key, entry, region))] if html else []

    def narrative(self, html: str, key: str, entry: SectionEntry, region: str | None = None) -> Narrative:
        level = entry.level + self.is_titled(entry)
        return Narrative(html, key, level, numbered=entry.paragraphs == "numbered", region=region)

    def block(  # noqa: PLR0911 - one line for each kind of block
        self, block: blocks.Block, entry: SectionEntry, key: str, region: str, seen: tuple[str, ...] = ()
    ) -> list[BlockLine]:
        """What the template prints for one block of a section; nothing where it has nothing to say.

        `key` names the place where it is printed, `region` the block. `seen` are the sections on the way here, where
        a block says another section's text again.
        """
        match block:
            case blocks.NarrativeBlock() | blocks.TableBlock():
                return self.prose(block.text, key, entry, region)
            case blocks.OutlineBlock():
                return self.prose(self.outline(block), key, entry)
            case blocks.FrameworkItemsBlock():
                return self.prose(self.framework_items(block), key, entry)
            case blocks.ObjectiveBlock():
                return [self.objective(block, entry)]
            case blocks.PeopleBlock():
                return self.prose(_list("ul", [_person(person) for person in self.snapshot.consultees]), key, entry)
            case blocks.NilBlock():
                return [self.nil(block, entry, key, region)]
            case blocks.RatingKeyBlock():
                keys = [ratings.key(scheme) for scheme in self.schemes_of(block)]
                return [_block("rating-keys", keys=keys)] if keys else []
            case blocks.WorkstreamsBlock():
                lines = list(self.lines(block, entry))
                return [_block("workstreams", lines=lines)] if lines else []
            case blocks.AgainBlock():
                return self.again(block, entry, key, seen)
            case _:
                return self.of_the_formats_making(block, entry, key, region)

    def of_the_formats_making(  # noqa: PLR0911 - one line for each kind of block
        self, block: blocks.MadeBlock, entry: SectionEntry, key: str, region: str
    ) -> list[BlockLine]:
        """What the template prints for a block whose form the format decides: all of it is narrative."""
        match block:
            case blocks.FieldsBlock():
                return self.chosen_fields(block, entry, key)
            case blocks.ClauseBlock():
                return self.clause(block, entry, key)
            case blocks.RecommendationsBlock():
                return self.recommendations(block, entry, key, region)
            case blocks.ImplicationsBlock():
                return self.implications(block, entry, key)
            case blocks.RoutingBlock():
                routed = self.prose(prose.html(attachments.routing(block, self.manifest.wording, self.day)), key, entry)
                return routed or [_block("nil", words=self.manifest.wording.no_routing)]
            case blocks.DocumentsBlock():
                listed = self.prose(prose.html(attachments.documents(block, self.day)), key, entry)
                return listed or [_block("nil", words=self.manifest.wording.no_documents)]
            case blocks.AppendicesBlock():
                return self.appendices(block, entry, key, region)
            case blocks.ActionsBlock():
                return self.actions(key, entry)

    def actions(self, key: str, entry: SectionEntry) -> list[BlockLine]:
        """What the last meeting made of the paper before, and what is open of what earlier meetings asked for."""
        wording = self.manifest.wording
        outcome = attachments.outcome(self.snapshot.previous, wording, self.day)
        table = attachments.actions(self.snapshot.actions, wording, self.day)
        lines = self.prose(prose.html([*outcome, *table]), key, entry)
        return [*lines, _block("nil", words=wording.no_actions)] if outcome and not table else lines

    def again(self, block: blocks.AgainBlock, entry: SectionEntry, key: str, seen: tuple[str, ...]) -> list[BlockLine]:
        """Another section's blocks, once more; a section that leads back to itself is a gap, not a loop."""
        if block.section not in self.filled and self.manifest.section(block.section):
            return []  # switched off there, and so here
        if block.section not in self.filled or block.section in (entry.key, *seen):
            words = f"{self.manifest.wording.missing_section} ({block.section})"
            return [_block("gap", words=self.gap(words, key, f"section/{entry.key}"))]
        return [
            line
            for number, inner in enumerate(self.filled[block.section].blocks, start=1)
            for line in self.block(
                inner, entry, f"{key}/{number}", f"section/{block.section}/{number}", (*seen, block.section)
            )
        ]

    def objective(self, block: blocks.ObjectiveBlock, entry: SectionEntry) -> BlockLine:
        words = self.objectives.words.get(block.item)
        if words is None:
            missing = f"{self.manifest.wording.missing_value} ({block.item})"
            return _block("gap", words=self.gap(missing, self.heading_of(entry), f"section/{entry.key}"))
        return _block("objective", words=words)

    def nil(self, block: blocks.NilBlock, entry: SectionEntry, key: str, region: str) -> BlockLine:
        words = nil_words(block, self.manifest)
        if words is None:
            words = worded(self.manifest.wording.missing_day, subject=block.subject or "")
            return _block("gap", words=self.gap(words, self.heading_of(entry), f"section/{entry.key}"))
        if entry.paragraphs == "numbered":
            return _block("nil", text=self.narrative(_paragraph(words), key, entry, region))
        return _block("nil", words=Fact(words, region=region))

    # Fields and fixed wording

    def chosen_fields(self, block: blocks.FieldsBlock, entry: SectionEntry, key: str) -> list[BlockLine]:
        """The fields under their labels; what is required and missing is a gap."""
        lines: list[BlockLine] = []
        for field in block.fields:
            if field not in self.fields.every:
                continue  # of another template version; what it says is a gap at the end
            label = self.fields.every[field].label
            if self.snapshot.public and not self.fields.every[field].public:
                continue
            if self.fields.is_missing(field):
                words = self.gap(self.manifest.wording.missing_value, label, f"field/{field}")
                lines.append(_block("gap", words=f"{label}: {words}"))
            else:
                lines += self.prose(prose.html(self.fields.blocks(field)), f"{key}/{field}", entry)
        return lines

    def clause(self, block: blocks.ClauseBlock, entry: SectionEntry, key: str) -> list[BlockLine]:
        """The clause with what the fields say in its places; a place without a value is a gap."""
        clause = self.manifest.clause(block.clause)
        if clause is None:  # of another template version
            words = f"{self.manifest.wording.missing_value}: {block.clause}"
            return [_block("gap", words=self.gap(words, key, f"section/{entry.key}"))]
        values = {name: self.fields.line(name) for name in clause.placeholders}
        for name, value in values.items():
            if self.snapshot.public and not self.fields.every[name].public:
                values[name] = self.manifest.wording.redacted
            elif not value:
                label = self.fields.every[name].label
                values[name] = f"[{self.gap(self.manifest.wording.missing_value, label, f'field/{name}')}: {label}]"
        paragraphs = [words.strip() for words in re.split(r"\n\s*\n", filled_in(clause, values))]
        return self.prose(
            prose.html(prose.paragraph(" ".join(words.split())) for words in paragraphs if words), key, entry
        )

    # Recommendations, implications, what goes with the paper

    def recommendations(
        self, block: blocks.RecommendationsBlock, entry: SectionEntry, key: str, region: str
    ) -> list[BlockLine]:
        lines = self.prose(block.text, key, entry, region)
        if block.items:
            style = recommendations.STYLES[self.manifest.recommendations]
            html = prose.html([recommendations.as_list(block.items, style)])
            text = Narrative(html, f"{key}/items", entry.level + 1, list_labels=style.labels)
            lines.append(_block("narrative", text=text))
        return lines

    def implications(self, block: blocks.ImplicationsBlock, entry: SectionEntry, key: str) -> list[BlockLine]:
        """The table of implications; what is missing in it is a gap, in the cell where it is missing."""
        gap = partial(self.gap, at=f"section/{entry.key}")
        made = Implications(self.manifest, block.entries, self.snapshot.persons, self.day, gap)
        rows = made.rows()
        return self.prose(prose.html([prose.table(made.heads, rows, row_heads=True)]), key, entry) if rows else []

    def appendices(self, block: blocks.AppendicesBlock, entry: SectionEntry, key: str, region: str) -> list[BlockLine]:
        wording = self.manifest.wording
        lines: list[BlockLine] = []
        for number, appendix in enumerate(block.appendices, start=1):
            heading = worded(wording.appendix, letter=attachments.letters(number - 1), title=appendix.title)
            html = prose.html([prose.heading(heading)])
            lines.append(_block("narrative", text=Narrative(html, f"{key}/{number}/title", entry.level + 1)))
            text = Narrative(appendix.text, f"{key}/{number}/text", entry.level + 2, region=f"{region}/{number}")
            lines.append(_block("narrative", text=text))
        return lines or [_block("nil", words=wording.no_appendices)]

    # Lists that are made of facts

    def outline(self, block: blocks.OutlineBlock) -> str:
        shown = [w for w in self.snapshot.workstreams if block.scope == "all" or w.chosen]
        themes = [theme for theme in self.walk() if self.within(theme, block.themes)]
        if block.style == "bullets":
            return _list("ul", [w.name for theme in themes for w in shown if w.theme == theme.key])
        points = []
        for theme in themes:
            names = [w.name for w in shown if w.theme == theme.key]
            if names:
                points.append(f"<li><p>{escape(theme.name, quote=False)}</p>{_list('ol', names, 'a')}</li>")
        return f'<ol type="i">{"".join(points)}</ol>' if points else ""

    def framework_items(self, block: blocks.FrameworkItemsBlock) -> str:
        served = {item for w in self.snapshot.workstreams if w.chosen for item in w.serves}
        asked = [f for f in self.snapshot.frameworks if block.framework in (None, f.key)]
        return "".join(items.tree(f, None if block.scope == "all" else served) for f in asked)

    # Themes and workstreams

    def walk(self) -> Iterator[ThemeFacts]:
        """Every theme: parents before children, siblings in their order."""
        children: dict[str | None, list[ThemeFacts]] = {}
        for theme in self.snapshot.themes:
            children.setdefault(theme.parent, []).append(theme)

        def below(parent: str | None) -> Iterator[ThemeFacts]:
            for theme in children.get(parent, []):
                yield theme
                yield from below(theme.key)

        return below(None)

    def path(self, theme: ThemeFacts) -> list[ThemeFacts]:
        """The theme and those above it, the topmost first."""
        above = [theme]
        while above[0].parent:
            above.insert(0, self.themes[above[0].parent])
        return above

    def within(self, theme: ThemeFacts, keys: Iterable[str]) -> bool:
        wanted = set(keys)
        return not wanted or any(above.key in wanted for above in self.path(theme))

    def lines(self, block: blocks.WorkstreamsBlock, entry: SectionEntry) -> Iterator[Line]:
        layout = entry.workstreams
        chosen = [w for w in self.snapshot.workstreams if w.chosen and self.within(self.themes[w.theme], block.themes)]
        asked = [workstream for workstream in chosen if self.says_something(workstream, block)]
        # A theme stands under those above it, asked for or not, so that no level of heading is jumped.
        used = {above.key for w in asked for above in self.path(self.themes[w.theme])}
        unexplained = self.unexplained_schemes() if block.ratings else {}
        apart: dict[str, list[ObjectiveLine]] = {}
        for theme in self.walk():
            if theme.key not in used:
                continue
            depth = max(len(self.path(theme)) - layout.band + 1, 1)
            scheme = unexplained.pop(theme.scheme or "", None)
            introduced = block.introductions and self.within(theme, block.themes)
            line = self.theme_line(theme, min(depth, 2), scheme, entry, introduced=introduced)
            inside = [workstream for workstream in asked if workstream.theme == theme.key]
            if not block.theme_headings:
                yield from self.lines_without_theme(inside, line.keys, block, entry)
                continue
            if len(self.path(theme)) < layout.band and not (inside or line.introduction or line.keys):
                continue
            if depth == 1 and layout.objectives:
                above, apart = self.objectives.above(self.in_band(theme, asked, layout.band))
                line = line.model_copy(update={"objectives": above})
            if [workstream.name for workstream in inside] == [theme.name]:
                # The theme is its workstream: the same heading twice would say nothing.
                alone = self.workstream_line(inside[0], line.level, block, entry, named=True)
                yield line.model_copy(update={"owner": alone.owner, "updates": alone.updates, "gap": alone.gap})
                continue
            yield line
            for workstream in inside:
                made = self.workstream_line(workstream, min(depth + 1, 3), block, entry)
                yield made.model_copy(update={"objectives": apart.get(workstream.ref, [])})

    def in_band(self, band: ThemeFacts, asked: Iterable[WorkstreamFacts], level: int) -> list[WorkstreamFacts]:
        """The workstreams under the heading of a band, as they are printed: those of a theme above it are its own."""
        places = {theme.key: place for place, theme in enumerate(self.walk())}
        below = [
            workstream
            for workstream in asked
            if workstream.theme == band.key
            or (len(self.path(band)) >= level and band in self.path(self.themes[workstream.theme]))
        ]
        return sorted(below, key=lambda workstream: places[workstream.theme])

    def says_something(self, workstream: WorkstreamFacts, block: blocks.WorkstreamsBlock) -> bool:
        """Whether the block prints more of a workstream than its name: it may have none of the parts that are asked."""
        if not workstream.updates or any(True for _ in self.open_points(workstream)):
            return True
        return any(self.is_shown(workstream, update, block) for update in workstream.updates)

    def is_shown(self, workstream: WorkstreamFacts, update: UpdateFacts, block: blocks.WorkstreamsBlock) -> bool:
        """Whether the block prints more of an update than its date."""
        rated = block.ratings and bool(update.ratings)
        if not block.parts or update.nothing_to_report or rated:
            return True
        return any(True for _ in self.shown_parts(workstream, update, block))

    def lines_without_theme(
        self,
        workstreams: Iterable[WorkstreamFacts],
        keys: list[RatingKey],
        block: blocks.WorkstreamsBlock,
        entry: SectionEntry,
    ) -> Iterator[Line]:
        """A theme's workstreams in its place, the first of them with the theme's rating keys."""
        for workstream in workstreams:
            served = self.objectives.served(workstream) if entry.workstreams.objectives else []
            line = self.workstream_line(workstream, 1, block, entry)
            yield line.model_copy(update={"keys": keys, "objectives": served})
            keys = []

    def theme_line(
        self, theme: ThemeFacts, level: int, unexplained: SchemeFacts | None, entry: SectionEntry, *, introduced: bool
    ) -> Line:
        introduction = theme.introduction if introduced else None
        place = f"theme/{theme.key}/introduction"
        return Line(
            kind="theme",
            level=level,
            heading_level=level + self.is_titled(entry),
            number_level=entry.level + self.is_titled(entry) if entry.workstreams.numbered and level == 1 else 0,
            name=theme.name,
            title=theme.name,
            owner="",
            keys=[ratings.key(unexplained)] if unexplained else [],
            introduction=Narrative(
                introduction.text,
                f"{place}/{introduction.as_at}",
                level + 1 + self.is_titled(entry),
                numbered=entry.paragraphs == "numbered",
                region=f"introduction/{theme.key}/{introduction.as_at}",
            )
            if introduction
            else None,
            updates=[],
            gap="",
        )

    def workstream_line(
        self,
        workstream: WorkstreamFacts,
        level: int,
        block: blocks.WorkstreamsBlock,
        entry: SectionEntry,
        *,
        named: bool = False,
    ) -> Line:
        """What a workstream reported; it is `named` where its name stands above already."""
        self.printed.add(workstream.ref)
        run_in = "" if named else self.run_in(workstream, block, entry)
        # Without a heading of its section or of its own, what stands below it is a higher heading.
        inner = level - (not self.is_titled(entry)) - bool(run_in)
        return Line(
            kind="workstream",
            level=level,
            heading_level=level + self.is_titled(entry),
            number_level=entry.level + self.is_titled(entry) + (level > 1)
            if entry.workstreams.numbered and not run_in
            else 0,
            name="" if run_in else workstream.name,
            title=workstream.name,
            owner=workstream.owner.name if workstream.owner else "",
            keys=[],
            introduction=None,
            updates=[
                self.update_line(workstream, update, inner, block, entry, run_in=run_in)
                for update in workstream.updates
                if self.is_shown(workstream, update, block)
            ],
            gap=" ".join(
                self.gap(words, workstream.name, f"workstream/{workstream.ref}")
                for words in self.open_points(workstream)
            ),
        )

    def run_in(self, workstream: WorkstreamFacts, block: blocks.WorkstreamsBlock, entry: SectionEntry) -> str:
        """The title that opens the workstream's text; empty where the format or the facts want a heading.

        A title runs into the one text that stands first below the name: several updates, ratings and headings of
        parts need a heading above them.
        """
        if entry.workstreams.names != "run-in" or len(workstream.updates) != 1:
            return ""
        update = workstream.updates[0]
        if block.ratings and update.scheme:
            return ""
        texts = [part for part in self.parts_of(block) if _said(update, part.key)]
        if not update.nothing_to_report and (not texts or texts[0].heading):
            return ""
        return worded(self.manifest.wording.run_in, name=workstream.name)

    def parts_of(self, block: blocks.WorkstreamsBlock) -> list[Part]:
        known = {part.key: part for part in self.manifest.parts}
        return [known[key] for key in block.parts or known]

    def open_points(self, workstream: WorkstreamFacts) -> Iterator[str]:
        """What is missing or must be checked about a workstream as a whole."""
        wording = self.manifest.wording
        labels = {part.key: part.label for part in self.manifest.parts}
        if not workstream.updates:
            as_at = self.day(self.snapshot.paper.cut_off)
            yield worded(wording.missing_update, workstream=workstream.name, as_at=as_at)
        if workstream.request:
            pattern = wording.answer_sent_back if workstream.request.sent_back else wording.missing_answer
            yield worded(pattern, workstream=workstream.name, due_on=self.day(workstream.request.due_on))
        for unused in workstream.unused_wordings:
            label = labels.get(unused.part, unused.part)
            yield worded(wording.unused_wording, part=label, as_at=self.day(unused.as_at))
        for part in dict.fromkeys(part for update in workstream.updates for part in update.parts):
            if part not in labels and workstream.needs.get(part) is not Need.UNUSED:
                yield worded(wording.unknown_part, workstream=workstream.name, part=part)

    def update_line(
        self,
        workstream: WorkstreamFacts,
        update: UpdateFacts,
        level: int,
        block: blocks.WorkstreamsBlock,
        entry: SectionEntry,
        *,
        run_in: str,
    ) -> UpdateLine:
        wording = self.manifest.wording
        as_at = self.day(update.as_at)
        scheme = self.schemes.get(update.scheme or "")
        cells = ratings.strip(scheme, update.ratings, wording) if block.ratings else []
        judged = block.ratings and scheme is not None and (update.ratings or not update.nothing_to_report)
        dated = len(workstream.updates) > 1
        numbered = entry.paragraphs == "numbered"
        nil = self.before_the_parts(update)
        parts: list[PartLine] = []
        if nil and (numbered or run_in):
            key = f"workstream/{workstream.ref}/{update.as_at}/nil"
            said = Narrative(_paragraph(nil), key, level + 2, numbered=numbered, run_in=run_in)
            parts.append(PartLine(label="", level=level + 2, heading=False, text=said, gap="", check=""))
            nil = run_in = ""
        parts += self.part_lines(workstream, update, level + dated, block, numbered=numbered, run_in=run_in)
        return UpdateLine(
            as_at=as_at,
            dated=dated,
            level=level + 2,
            nil=nil,
            parts=parts,
            ratings=cells,
            rating_words=ratings.in_a_line(cells, wording) if judged else "",
            source_note=(
                ratings.source_note(scheme, update.ratings, workstream.rating_source, wording) if block.ratings else ""
            ),
        )

    def before_the_parts(self, update: UpdateFacts) -> str:
        """That there was nothing to report, or that what follows goes on being true; mostly nothing."""
        wording, as_at = self.manifest.wording, self.day(update.as_at)
        said = []
        if update.still_true:
            said.append(worded(wording.no_change, as_at=as_at))
        if update.nothing_to_report:
            pattern = wording.nil_subject if update.subject else wording.nothing_to_report
            said.append(worded(pattern, as_at=as_at, subject=update.subject or ""))
        return " ".join(said)

    def part_lines(
        self,
        workstream: WorkstreamFacts,
        update: UpdateFacts,
        level: int,
        block: blocks.WorkstreamsBlock,
        *,
        numbered: bool,
        run_in: str,
    ) -> Iterator[PartLine]:
        for part in self.shown_parts(workstream, update, block):
            text = _said(update, part.key)
            if text:
                place = f"{workstream.ref}/{update.as_at}/{part.key}"
                region = f"{'own-wording' if part.key in update.own_wordings else 'update'}/{place}"
                yield PartLine(
                    label=part.label,
                    level=level + 2,
                    heading=part.heading,
                    text=Narrative(
                        text,
                        f"workstream/{place}",
                        level + 2 + part.heading,
                        numbered=numbered,
                        run_in=run_in,
                        region=region,
                    ),
                    gap="",
                    check=self.gap(
                        self.manifest.wording.stale_wording,
                        f"{workstream.name}, {part.label}",
                        f"workstream/{workstream.ref}",
                    )
                    if part.key in update.stale
                    else "",
                )
                run_in = ""
            else:
                words = worded(
                    self.manifest.wording.missing_part,
                    workstream=workstream.name,
                    part=part.label,
                    as_at=self.day(update.as_at),
                )
                yield PartLine(
                    label=part.label,
                    level=level + 2,
                    heading=part.heading,
                    text=None,
                    gap=self.gap(words, f"{workstream.name}, {part.label}", f"workstream/{workstream.ref}"),
                    check="",
                )

    def shown_parts(
        self, workstream: WorkstreamFacts, update: UpdateFacts, block: blocks.WorkstreamsBlock
    ) -> Iterator[Part]:
        """The parts that have a text, or must have one and have none."""
        for part in self.parts_of(block):
            need = workstream.needs.get(part.key, Need.REQUIRED if part.required else Need.OPTIONAL)
            if _said(update, part.key) or (need is Need.REQUIRED and not update.nothing_to_report):
                yield part

    # Rating keys

    def schemes_in_use(self) -> list[SchemeFacts]:
        used = {update.scheme for w in self.snapshot.workstreams for update in w.updates if update.ratings}
        return [scheme for scheme in self.snapshot.schemes if scheme.key in used]

    def schemes_of(self, block: blocks.RatingKeyBlock) -> list[SchemeFacts]:
        in_use = self.schemes_in_use()
        return [scheme for scheme in in_use if not block.schemes or scheme.key in block.schemes]

    def unexplained_schemes(self) -> dict[str, SchemeFacts]:
        """Schemes in use whose key no section of the paper prints: the themes that carry them print it."""
        printed = {
            scheme.key
            for section in self.snapshot.sections
            for block in section.blocks
            if isinstance(block, blocks.RatingKeyBlock)
            for scheme in self.schemes_of(block)
        }
        return {scheme.key: scheme for scheme in self.schemes_in_use() if scheme.key not in printed}


def _stands(entry: SectionEntry, section: SectionLines, later: list[tuple[SectionEntry, SectionLines]]) -> bool:
    """Whether a section is printed: it has something to say, or stands as a heading above sections that have."""
    if section.blocks:
        return True
    if not entry.container:
        return False
    for below, lines in later:
        if below.level <= entry.level:
            return False
        if lines.blocks:
            return True
    return False


def _said(update: UpdateFacts, part: str) -> str:
    """The part's text, in the paper's own wording where it has one; empty where there is none."""
    own = update.own_wordings.get(part)
    return own.text if own else update.parts.get(part, "")


def _block(
    kind: Literal["narrative", "nil", "gap", "objective", "rating-keys", "workstreams"],
    *,
    text: Narrative | None = None,
    words: str = "",
    keys: list[RatingKey] | None = None,
    lines: list[Line] | None = None,
) -> BlockLine:
    return BlockLine(kind=kind, text=text, words=words, keys=keys or [], lines=lines or [])


def _paragraph(words: str) -> str:
    return f"<p>{escape(words, quote=False)}</p>"


def _list(tag: Literal["ul", "ol"], items: Iterable[str], kind: str = "") -> str:
    points = "".join(f"<li><p>{escape(item, quote=False)}</p></li>" for item in items)
    opened = f'{tag} type="{kind}"' if kind else tag
    return f"<{opened}>{points}</{tag}>" if points else ""


def _person(person: PersonFacts) -> str:
    return person.name if person.post in (None, person.name) else f"{person.name}, {person.post}"
