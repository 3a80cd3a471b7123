"""The implications of a paper as a table: what each means, who cleared it and when."""

from collections.abc import Callable, Mapping
from datetime import date

from app.assembly import prose
from app.assembly.snapshot import PersonFacts
from app.formats.manifest import Implication, Manifest, worded
from app.papers.blocks import ImplicationText

NOTHING = ImplicationText()


class Implications:
    """One paper's implications on their way into rows; `gap` notes what is missing and answers the words for it."""

    def __init__(
        self,
        manifest: Manifest,
        entries: Mapping[str, ImplicationText],
        persons: Mapping[str, PersonFacts],
        day: Callable[[date], str],
        gap: Callable[[str, str], str],
    ) -> None:
        self._manifest = manifest
        self._entries = entries
        self._persons = persons
        self._day = day
        self._gap = gap

    @property
    def heads(self) -> list[str]:
        """The heads of the columns."""
        wording = self._manifest.wording
        clearance = [wording.cleared_by, wording.cleared_on] if self._has_clearance else []
        return [wording.implication, wording.implication_text, *clearance]

    def rows(self) -> list[list[prose.Inside]]:
        """A row for each implication of the format, then for those that the format does not have any more."""
        known = {implication.key for implication in self._manifest.implications}
        rows = [self._row(implication, self._entries.get(implication.key, NOTHING)) for implication in
                self._manifest.implications]  # fmt: skip
        for key in sorted(set(self._entries) - known):
            self._gap(worded(self._manifest.wording.unknown_implication, implication=key), key)
            rows.append(self._row(Implication(key=key, label=key, required=False), self._entries[key]))
        return rows

    @property
    def _has_clearance(self) -> bool:
        return self._manifest.clearance == "printed"

    def _row(self, implication: Implication, said: ImplicationText) -> list[prose.Inside]:
        wording = self._manifest.wording
        if said.text:
            text = prose.inside(said.text)
        elif implication.required:
            text = (prose.paragraph(self._gap(wording.missing_implication, implication.label)),)
        else:
            text = (prose.paragraph(wording.nil),)
        cells = [(prose.paragraph(implication.label),), text]
        if self._has_clearance:
            cells += [(prose.paragraph(words),) for words in self._clearance(implication, said)]
        return cells

    def _clearance(self, implication: Implication, said: ImplicationText) -> tuple[str, str]:
        """Who cleared it and when; what nobody wrote and nobody must write needs no clearance."""
        wording = self._manifest.wording
        if not (said.text or said.cleared_by or said.cleared_on or implication.required):
            return wording.no_clearance, wording.no_clearance
        if said.cleared_by is None:
            words = self._gap(wording.not_cleared, implication.label)
            return words, self._day(said.cleared_on) if said.cleared_on else words
        person = self._persons[said.cleared_by]
        name = person.name if person.post in (None, person.name) else f"{person.name}, {person.post}"
        if said.cleared_on is None:
            return name, self._gap(wording.missing_value, f"{implication.label}, {wording.cleared_on}")
        return name, self._day(said.cleared_on)
