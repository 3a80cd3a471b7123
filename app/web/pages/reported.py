"""What is reported in a form: text beside last time's text, and ratings with their sources."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from pydantic import ValidationError

from app.errors import Fault
from app.facts.read import update_shape
from app.facts.shapes import NOT_RATED, RatingShape, UpdateShape
from app.web.pages.forms import FaultyForm, Form
from app.web.pages.narrative import narrative_of
from app.workstreams.models import RagScheme, Update, Workstream

NOTHING = "nothing"
"""The deed of the button that says that there is nothing to report."""


class Keyed(Protocol):
    """A part that is asked for."""

    @property
    def key(self) -> str:
        """Its key."""
        ...


def said_of(update: Update | None) -> Mapping[str, Any] | None:
    """What an update says, by part and dimension; None: there is none."""
    if update is None:
        return None
    return {
        "nothing_to_report": update.nothing_to_report,
        "parts": {part.part: part.narrative for part in update.parts},
        "ratings": {rating.dimension.key: rating.value for rating in update.ratings},
        "sources": {rating.dimension.key: rating.source for rating in update.ratings},
        "shape": update_shape(update),
    }


def typed_parts(form: Form, parts: Iterable[Keyed]) -> dict[str, str]:
    """What was typed into the fields of these parts, as canonical HTML; raises FaultyForm with all that is wrong."""
    said: dict[str, str] = {}
    faults: list[Fault] = []
    for part in parts:
        try:
            said[part.key] = narrative_of(form, f"parts.{part.key}")
        except FaultyForm as faulty:
            faults += faulty.faults
    if faults:
        raise FaultyForm(faults)
    return said


def without_field(kept: Update | None, parts: Iterable[Keyed]) -> dict[str, str]:
    """What `kept` says in parts that are none of these, which a form has fields for."""
    shown = {part.key for part in parts}
    return {part.part: part.narrative for part in kept.parts if part.part not in shown} if kept else {}


def typed_update(
    form: Form, as_at: date, scheme: RagScheme | None, parts: Sequence[Keyed], kept: Update | None
) -> UpdateShape:
    """What was typed, as an update as at this day; raises FaultyForm.

    An update takes the place of the one before as a whole. So it says again what stands `kept` as at this day in parts
    that the form has no field for: they may be another round's.
    """
    others = without_field(kept, parts)
    faults: list[Fault] = []
    written: dict[str, str] = {}
    try:
        written = typed_parts(form, parts)
    except FaultyForm as faulty:
        faults += faulty.faults
    if form.value("deed") == NOTHING and not faults:
        refuse_text(written)
        refuse_loss(others)
        return UpdateShape(as_at=as_at, nothing_to_report=True)
    rated: dict[str, RatingShape] = {}
    for dimension in scheme.dimensions if scheme else ():
        value = form.value(f"ratings.{dimension.key}")
        if not value:
            continue
        try:
            source = form.value(f"sources.{dimension.key}").strip() or None
            rated[dimension.key] = RatingShape(value=value, source=source)
        except ValidationError as error:
            faults.append(Fault(f"sources.{dimension.key}", str(error.errors()[0]["msg"])))
    if faults:
        raise FaultyForm(faults)
    prose = {key: {"format": "html", "value": value} for key, value in (others | written).items()}
    return UpdateShape.model_validate({"as_at": as_at, "parts": prose, "ratings": rated})


def refuse_text(written: Mapping[str, str], kept: Mapping[str, str] | None = None) -> None:
    """Nothing new was typed: no text is thrown away by a button. Raises FaultyForm; what is `kept` is not lost."""
    new = [key for key, text in written.items() if text and text != (kept or {}).get(key)]
    if new:
        what = "Take this text out where there is nothing to report, or save the update"
        raise FaultyForm([Fault(f"parts.{key}", what) for key in new])


def refuse_ratings(form: Form, scheme: RagScheme | None, kept: Mapping[str, Any] | None) -> None:
    """No rating and no source is new: none is thrown away by a button. Raises FaultyForm; `kept` is of `said_of`."""
    faults: list[Fault] = []
    for dimension in scheme.dimensions if scheme else ():
        key, rated = dimension.key, kept is not None and dimension.key in kept["ratings"]
        value = kept["ratings"][key] if kept and rated else None
        now = {
            f"ratings.{key}": (value.key if value else NOT_RATED) if rated else "",
            f"sources.{key}": (kept["sources"][key] or "") if kept and rated else "",
        }
        what = "This is new: send it as what has changed, or open the page anew"
        faults += [Fault(name, what) for name, said in now.items() if form.value(name).strip() not in ("", said)]
    if faults:
        raise FaultyForm(faults)


def refuse_loss(others: Collection[str]) -> None:
    """Nothing is reported in parts that the form has no field for, and that would be lost. Raises FaultyForm."""
    if others:
        named = ", ".join(f"“{part}”" for part in sorted(others))
        what = f"as at this day, {named} is reported too, and would be lost: say above, in words, that there is nothing"
        raise FaultyForm([Fault("", what)])


def usual_source(workstream: Workstream) -> str | None:
    """Where the workstream's ratings come from unless one says otherwise. Needs its theme."""
    return workstream.rating_source or workstream.theme.rating_source
