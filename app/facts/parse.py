"""A facts file to its shapes: everything that can be seen to be wrong without a database is named with its place."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.errors import Fault
from app.facts.decode import MOST_FAULTS, FaultyFacts, decode, listed
from app.facts.shapes import FactsFile
from app.fields import COLOUR_PATTERN, ITEM_PATTERN, KEY_PATTERN, quoted

__all__ = ["FaultyFacts", "parse", "parse_facts"]


def parse(data: bytes) -> FactsFile:
    """What a facts file in YAML or JSON says.

    Raises:
        FaultyFacts: with every fault of its shape and its place, for example `workstreams[3].updates[1].as_at`.
    """
    return parse_facts(decode(data))


def parse_facts(document: Any) -> FactsFile:
    """What a facts file that was already decoded says; raises as `parse` does."""
    try:
        return FactsFile.model_validate(document)
    except ValidationError as error:
        if error.error_count() <= MOST_EXPLAINED:
            raise FaultyFacts(_SUMMARY, faults_in(document, error)) from error
    raise FaultyFacts(_SUMMARY, _faults_of_many(document))


_SUMMARY = "The facts file has faults; nothing was loaded."

MOST_EXPLAINED = 5_000
"""Errors of validation that are looked at together: Pydantic hands them out all at once, at over 1 KB each."""


def _faults_of_many(document: Mapping[str, Any]) -> list[Fault]:
    """The first faults and the number of the others, found entry by entry, so that few are held at a time."""
    told: list[Fault] = []
    more = 0
    for place, written, part in _parts(document):
        try:
            FactsFile.model_validate(part)
        except ValidationError as error:
            count = error.error_count()
            if len(told) >= MOST_FAULTS:
                more += count
            elif count > MOST_EXPLAINED:
                told.append(Fault(written, f"has {count:,} faults"))
            else:
                found = faults_in(part, error)
                told += (Fault(written + fault.where.removeprefix(place), fault.what) for fault in found)
    return listed(told, more)


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The file without its entries, then a file for each of them: the entry's place in that and in the document."""
    lists = {name: value for name, value in document.items() if name in _KINDS and isinstance(value, list)}
    yield "", "", {name: value for name, value in document.items() if name not in lists}
    for name, entries in lists.items():
        for number, entry in enumerate(entries):
            yield f"{name}[0]", f"{name}[{number}]", {"facts": "1", name: [entry]}


_KINDS = frozenset(FactsFile.model_fields) - {"facts"}


def faults_in(document: Any, error: ValidationError) -> list[Fault]:
    """The faults that validation found in the document, one for each place, as a person counts places.

    Where there are many, the last entry says how many more there are.
    """
    faults: dict[tuple[str, str], Fault] = {}
    for wrong in _said_once(document, error.errors(include_url=False)):
        fault = Fault(_path(document, wrong), _sentence(wrong))
        faults[fault.where, fault.what] = fault
    return listed(faults.values())


_FORM = frozenset({"model_type", "string_type", "dict_type"})
"""Kinds of faults that say that a value has another form: a text where a mapping is wanted, or the reverse."""


def _said_once(document: Any, errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Where a value may have one of several forms: only the faults of the form that it clearly has."""
    placed = [(tuple(_steps(document, wrong)), wrong) for wrong in errors if not _is_only_short_of_faulty(wrong)]
    explained = {
        place[:length] for place, wrong in placed if wrong["type"] not in _FORM for length in range(len(place) + 1)
    }
    last = {place: wrong for place, wrong in placed if wrong["type"] in _FORM}
    for place, wrong in placed:
        if wrong["type"] not in _FORM or (place not in explained and last[place] is wrong):
            yield wrong


def _is_only_short_of_faulty(wrong: ErrorDetails) -> bool:
    """Whether a list counts as too short only because entries of it are faulty, which is said of those."""
    return wrong["type"] == "too_short" and len(wrong["input"]) >= wrong["ctx"]["min_length"]


def _steps(document: Any, wrong: ErrorDetails) -> list[str | int]:
    """The steps from the whole document to what is wrong; names of forms, which are no places, are left out."""
    steps: list[str | int] = []
    at = document
    for step in wrong["loc"]:
        if _leads_on(at, step):
            at = at[step]
            steps.append(step)
        elif wrong["type"] == "missing" and step == wrong["loc"][-1]:
            steps.append(step)
    return steps


def _leads_on(at: Any, step: str | int) -> bool:
    if isinstance(at, Mapping):
        return step in at
    return isinstance(at, list) and isinstance(step, int) and step < len(at)


def _path(document: Any, wrong: ErrorDetails) -> str:
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in _steps(document, wrong))
    return written.removeprefix(".")


def _sentence(wrong: ErrorDetails) -> str:
    kind, context, value = wrong["type"], wrong.get("ctx", {}), wrong["input"]
    if kind == "extra_forbidden":
        return f"is not known here{_did_you_mean(str(wrong['loc'][-1]))}"
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]].format(value=quoted(value))
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error" and not isinstance(value, str):
        return f"must be {context['expected']}, not {quoted(value)}; in JSON it stands in quotes"
    sentence = _SENTENCES.get(kind)
    if sentence is None:
        return f"{wrong['msg']}; it is “{quoted(value)}”"
    return sentence.format(value=quoted(value), **context)


_PATTERNS: Mapping[str, str] = {
    KEY_PATTERN: (
        "“{value}” is no key: letters, digits, dots, dashes and underscores, at most 100, "
        "beginning and ending with a letter or digit"
    ),
    ITEM_PATTERN: "“{value}” names no item of a framework: write it as framework/item",
    COLOUR_PATTERN: "“{value}” is no colour: six digits 0–9 or A–F, as in 2E7D32",
}

_SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be a text, not {value}; in JSON it stands in quotes",
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "dict_type": "must be a mapping of names to values",
    "tuple_type": "must be a list",
    "string_too_long": "is longer than {max_length} characters",
    "too_short": "needs at least {min_length}",
    "literal_error": "must be {expected}, not “{value}”",
    "enum": "must be {expected}, not “{value}”",
    "int_parsing": "must be a whole number, not “{value}”",
    "int_parsing_size": "must be a whole number, not “{value}”",
    "int_from_float": "must be a whole number, not “{value}”",
    "finite_number": "must be a whole number, not “{value}”",
    "int_type": "must be a whole number, not “{value}”",
    "greater_than_equal": "must be at least {ge}, not {value}",
    "less_than_equal": "must be at most {le}, not {value}",
    "bool_parsing": "must be true or false, not “{value}”",
    "bool_type": "must be true or false, not “{value}”",
    "date_parsing": "“{value}” is no day of the calendar",
    "date_from_datetime_parsing": "“{value}” is no day of the calendar",
    "union_tag_invalid": "the kind “{tag}” is not known; it must be one of {expected_tags}",
    "union_tag_not_found": "needs a kind, for example kind: narrative",
    "recursion_loop": "is nested too deep",
}


def _did_you_mean(name: str) -> str:
    close = get_close_matches(name[:100], _NAMES, n=1, cutoff=0.75)
    return f"; did you mean “{close[0]}”?" if close else ""


def _names(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        yield name
        for below in _models_in(field.annotation):
            yield from _names(below, seen)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


_NAMES: tuple[str, ...] = tuple(sorted(set(_names(FactsFile, set()))))
"""Every name that a facts file knows, to guess what a wrong one meant."""
