"""The frozen facts of one generation: JSON in, JSON out, with a format number.

A snapshot holds dates and the label but no clock time, natural keys but no row numbers: the same facts are the same
snapshot on another day, machine or database. Together with the template and the engine's number it is all that a
document is made from.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.boards.programme import YearRule
from app.fields import KEPT
from app.formats.fields import FieldValue
from app.formats.manifest import Manifest, Need
from app.papers.blocks import Block


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonFacts(_Facts):
    """A person and the post held on the day of the meeting."""

    key: str
    name: str
    post: str | None
    contact: str | None = None
    """How to reach the person, where that is printed."""


class BoardFacts(_Facts):
    """The board and its sitting."""

    key: str
    name: str
    organisation: str
    programme_title: str
    programme_year: YearRule
    recipient: str
    meeting_on: date
    place: str | None
    next_meeting_on: date | None


class EarlierPaper(_Facts):
    """The previous paper of the series."""

    reference: str
    title: str
    meeting_on: date
    cut_off: date
    outcome: str | None = Field(default=None, exclude_if=lambda outcome: outcome is None)
    """What its meeting made of it, where a block prints that."""


class PaperFacts(_Facts):
    """What the paper says of itself."""

    reference: str
    title: str
    organisation: str
    organisation_short: str
    marking: str
    agenda_number: str | None
    series: str | None
    chief_officer: PersonFacts | None
    author: PersonFacts | None
    cut_off: date
    since: date | None
    """Updates after this day are taken; None: only the latest of each workstream."""
    written_on: date
    approved_on: date | None
    fields: dict[str, FieldValue]
    """Field of the format → what the paper says in it."""


class ClearanceFacts(_Facts):
    """Whose clearance a section needs, and who gave it when; nobody: it is still missing."""

    whose: str
    by: PersonFacts | None
    on: date | None


class SectionFacts(_Facts):
    """A section of the format that stands in the paper: its blocks are the paper's, or else the format's."""

    key: str
    heading: str | None
    blocks: tuple[Block, ...]
    # Left out of the JSON where the format wants none: snapshots from before stay the same text.
    carried: bool = Field(default=False, exclude_if=lambda carried: not carried)
    """Whether it stands as the paper before had it, and nobody has confirmed that."""
    clearance: ClearanceFacts | None = Field(default=None, exclude_if=lambda clearance: clearance is None)


class UnprintedSection(_Facts):
    """A section in which the paper says something, but which a condition of the format switches off."""

    key: str
    heading: str


class ValueFacts(_Facts):
    """A value of a RAG scheme."""

    key: str
    label: str
    meaning: str
    background: str
    colour: str


class DimensionFacts(_Facts):
    """A dimension of a RAG scheme."""

    key: str
    label: str
    meaning: str


class SchemeFacts(_Facts):
    """A RAG scheme."""

    key: str
    name: str
    values: tuple[ValueFacts, ...]
    dimensions: tuple[DimensionFacts, ...]


class IntroductionFacts(_Facts):
    """What stands under a theme, as at a date."""

    as_at: date
    revision: int
    text: str


class ThemeFacts(_Facts):
    """A theme; themes are listed parents first, siblings in their order."""

    key: str
    name: str
    parent: str | None
    scheme: str | None
    """Key of the scheme attached to this very theme."""
    introduction: IntroductionFacts | None


class RatingFacts(_Facts):
    """One rating; no value: not rated."""

    dimension: str
    value: str | None
    source: str | None


class WordingFacts(_Facts):
    """The paper's own wording of a part, and the revision of the update that it rewords."""

    text: str
    revision: int


class UpdateFacts(_Facts):
    """What a workstream reported as at a date."""

    as_at: date
    revision: int
    nothing_to_report: bool
    parts: dict[str, str]
    own_wordings: dict[str, WordingFacts]
    stale: tuple[str, ...]
    """Parts whose own wording rests on an earlier revision with another text."""
    scheme: str | None
    """Key of the scheme under which it was rated; without ratings, the scheme that rates its workstream."""
    ratings: tuple[RatingFacts, ...]
    still_true: bool = False
    """Whether an answer to the round for the meeting says that nothing has changed since."""
    subject: str | None = None
    """Of what there is nothing to report, as the answer says."""


class RequestFacts(_Facts):
    """A request of the round for the meeting to which an answer is still to come."""

    due_on: date
    sent_back: bool
    """Whether there was an answer, and it was sent back."""


class UnusedWordingFacts(_Facts):
    """The paper's own wording of a part of an update that the paper does not take."""

    as_at: date
    part: str


class WorkstreamFacts(_Facts):
    """A workstream; chosen ones come first, in the paper's order."""

    ref: str
    name: str
    theme: str
    chosen: bool
    owner: PersonFacts | None
    serves: tuple[str, ...]
    needs: dict[str, Need]
    rating_source: str | None
    updates: tuple[UpdateFacts, ...]
    unused_wordings: tuple[UnusedWordingFacts, ...]
    request: RequestFacts | None = None


class ItemFacts(_Facts):
    """An item of a framework; items are listed parents first."""

    key: str
    parent: str | None
    kind: str
    number: str
    text: str


class FrameworkFacts(_Facts):
    """A framework with its items."""

    key: str
    name: str
    edition: str
    items: tuple[ItemFacts, ...]


class ActionFacts(_Facts):
    """Something for which an earlier meeting asked and which is not done."""

    paper: str
    """Reference of the paper that the meeting had."""
    number: int
    asked_on: date
    text: str
    owner: PersonFacts | None
    due_on: date | None


class TemplateFacts(_Facts):
    """Which template version prints the paper."""

    number: int
    digest: str


class Snapshot(_Facts):
    """Every fact that one generation used."""

    snapshot: Literal[2] = 2
    """Number of this shape."""
    stage: Literal["preview", "draft", "approved"]
    label: str
    public: bool = False
    """Whether this is the public copy, which leaves out what is not public."""
    template: TemplateFacts
    manifest: Manifest
    paper: PaperFacts
    board: BoardFacts
    previous: EarlierPaper | None
    front_rows: tuple[str, ...]
    """Keys of the front sheet's rows that stand in the paper."""
    sections: tuple[SectionFacts, ...]
    unprinted_sections: tuple[UnprintedSection, ...]
    schemes: tuple[SchemeFacts, ...]
    themes: tuple[ThemeFacts, ...]
    workstreams: tuple[WorkstreamFacts, ...]
    frameworks: tuple[FrameworkFacts, ...]
    consultees: tuple[PersonFacts, ...]
    persons: dict[str, PersonFacts]
    """Those whom fields and blocks name, by key."""
    actions: tuple[ActionFacts, ...] = Field(default=(), exclude_if=lambda actions: not actions)
    """Where a block prints them."""

    @model_validator(mode="before")
    @classmethod
    def _in_this_shape(cls, said: Any) -> Any:
        """The first shape knew neither conditions nor persons in fields, and called the fields the front sheet."""
        if not isinstance(said, dict) or said.get("snapshot") != 1:
            return said
        paper = dict(said["paper"])
        paper["fields"] = paper.pop("front_sheet")
        rows = [row["key"] for row in said["manifest"]["front_sheet"]]
        return said | {"snapshot": 2, "paper": paper, "front_rows": rows, "unprinted_sections": [], "persons": {}}

    @cached_property
    def _written(self) -> dict[str, str]:
        """Each fact as canonical JSON, in the order of their names: written once, for the text and both digests."""
        facts = self.model_dump(mode="json")
        return {name: json.dumps(facts[name], **_CANONICAL) for name in sorted(facts)}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which says something else: nothing that was written of this one holds for it."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_written", None)
        return copied

    def to_json(self) -> str:
        """Canonical JSON: equal snapshots are equal texts."""
        return _joined(self._written)

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """The snapshot that `to_json` wrote."""
        return cls.model_validate_json(text, context=KEPT)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return sha256(self.to_json().encode()).hexdigest()

    @property
    def facts_digest(self) -> str:
        """SHA-256 of everything but the label and the stage: what generating again without a change leaves equal."""
        facts = {name: text for name, text in self._written.items() if name not in _OF_THE_VERSION}
        return sha256(_joined(facts).encode()).hexdigest()


_OF_THE_VERSION = frozenset({"label", "stage"})
_CANONICAL: Mapping[str, Any] = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}


def _joined(facts: Mapping[str, str]) -> str:
    """One JSON text of these, which are in the order of their names."""
    return "{" + ",".join(f'"{name}":{text}' for name, text in facts.items()) + "}"
