"""What somebody typed into a page: read into a shape, and given back with every fault beside its field."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile

from app.errors import Fault, Invalid, Problem
from app.fields import NOT_XML
from app.web.errors import FaultyParameter, status_of

Shape = TypeVar("Shape", bound=BaseModel)

MOST_FIELDS = 5_000


def is_words(text: str) -> bool:
    """Whether a document, and every database, can hold the text."""
    return NOT_XML.search(text) is None


async def words_only(request: Request) -> None:
    """What the address says, in its path and behind it, are words; raises FaultyParameter."""
    for name, value in (*request.path_params.items(), *request.query_params.multi_items()):
        if not (is_words(name) and is_words(value)):
            raise FaultyParameter("address", "The address holds a character that no document can have")


class FaultyForm(Invalid):
    """What was typed is not right; the faults name fields."""

    def __init__(self, faults: Sequence[Fault], fields: Iterable[str] = ()) -> None:
        self.fields = frozenset(fields)
        super().__init__("Something in the form is not right.", faults)


@dataclass(frozen=True)
class Form:
    """Fields with what was typed, and what is wrong with it; a field is named as a fault's place, `parts.progress`."""

    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Sequence[UploadFile]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    unsent: frozenset[str] = frozenset()
    """Fields that the form has although nothing was sent of them."""
    status: int = 200

    def value(self, name: str, otherwise: Any = "") -> Any:
        """What was typed into the field; `otherwise`, where nothing was sent of it."""
        return self.typed[name][-1] if self.typed.get(name) else otherwise

    def number(self, name: str, otherwise: int = 0) -> int:
        """The whole number that was sent in the field; `otherwise` where it is none, or one that nothing has."""
        return int(sent) if re.fullmatch("[0-9]{1,9}", sent := self.value(name)) else otherwise

    def values(self, name: str, otherwise: Sequence[str] = ()) -> Sequence[str]:
        """Everything that was chosen of the field; `otherwise`, where no form was sent."""
        return self.typed.get(name, ()) if self.typed else otherwise

    def fault(self, name: str) -> str | None:
        """What is wrong with this field, in a sentence."""
        return next((_sentence(fault.what) for fault in self.faults if fault.where == name), None)

    def summary(self) -> list[dict[str, str]]:
        """Every fault: with a link to its field where the form has it, else after its place in words."""
        return [
            {"text": _sentence(fault.what), "href": f"#{fault.where}"}
            if fault.where in self.typed or fault.where in self.files or fault.where in self.unsent
            else {"text": _sentence(str(Fault(place_in_words(fault.where), fault.what)))}
            for fault in self.faults
        ]

    def refused(self, problem: Problem, *names: str) -> "Form":
        """The form with what is wrong with it; `names` are fields of which nothing is sent while none is chosen."""
        faults = problem.faults if isinstance(problem, Invalid) and problem.faults else (Fault("", _first(problem)),)
        fields = problem.fields if isinstance(problem, FaultyForm) else frozenset()
        return replace(self, faults=faults, unsent=fields | frozenset(names), status=status_of(problem))

    def wrong(self, name: str, what: str, *, status: int = 422) -> "Form":
        """The form with one more thing wrong with it; without a name, with the whole of it."""
        return replace(self, faults=(*self.faults, Fault(name, what)), status=status)

    def holding(self, **values: str) -> "Form":
        """The form as if this had been typed, where nothing was."""
        return replace(self, typed={**{name: (value,) for name, value in values.items()}, **self.typed})

    def read(self, shape: type[Shape], **more: Any) -> Shape:
        """What was typed, in this shape, whose titles are the words for its fields; raises FaultyForm.

        A field that was left empty is one that was not filled in; `more` comes from elsewhere than the form.
        """
        said: dict[str, Any] = dict(more)
        for name, described in shape.model_fields.items():
            if name in more:
                continue
            sent = [value for value in self.typed.get(name, ()) if value.strip()]
            if _takes_many(described.annotation):
                said[name] = sent
            elif sent:
                said[name] = sent[-1]
        try:
            return shape.model_validate(said)
        except ValidationError as error:
            raise FaultyForm([_fault(shape, wrong) for wrong in error.errors()], shape.model_fields) from error


NOTHING_TYPED = Form()


async def typed(request: Request) -> Form:
    """What was sent with the request; whoever calls closes it with the request."""
    charset = parse_options_header(request.headers.get("content-type"))[1].get(b"charset", b"utf-8")
    if charset.lower() not in {b"utf-8", b"utf8"}:
        raise FaultyForm([Fault("", "The form was sent in other characters than UTF-8")])
    sent = await request.form(max_fields=MOST_FIELDS)
    texts: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files.setdefault(name, []).append(value)
        else:
            # Browsers end the lines of a text area with two characters.
            texts.setdefault(name, []).append(value.replace("\r\n", "\n"))
        if not (is_words(name) and (isinstance(value, UploadFile) or is_words(value))):
            raise FaultyForm([Fault("", "The form holds a character that no document can have")])
    return Form(texts, files)


async def _while_answered(request: Request) -> AsyncIterator[Form]:
    try:
        yield await typed(request)
    finally:
        await request.close()  # its files take room


Typed = Annotated[Form, Depends(_while_answered)]


PLACES = {
    "as_at": "as at",
    "dimensions": "dimension",
    "entries": "implications",
    "fields": "front sheet",
    "held_on": "day",
    "ref": "reference",
    "series": "series",
}
"""Members of documents that pages call otherwise."""


def place_in_words(where: str) -> str:
    """Where a fault is that belongs to no field: `sections.1.blocks.0.text` is “section 2, block 1, text”.

    Places are counted from one, as pages show them.
    """
    words: list[str] = []
    for part in re.findall(r"[^.\[\]]+", where):
        if not part.isdecimal():
            words.append(PLACES.get(part) or re.sub("[_-]+", " ", part).strip())
        elif words:
            words[-1] = f"{words[-1].removesuffix('s')} {int(part) + 1}"
        else:
            words.append(f"row {int(part) + 1}")
    return ", ".join(filter(None, words))


def _takes_many(annotation: Any) -> bool:
    return get_origin(annotation) in (list, tuple, set, frozenset)


def _fault(shape: type[BaseModel], wrong: Mapping[str, Any]) -> Fault:
    name = str(wrong["loc"][0]) if wrong["loc"] else ""
    described = shape.model_fields.get(name)
    title = (described.title if described is not None and described.title else name) or "this"
    kind, ctx = wrong["type"], wrong.get("ctx", {})
    sentences = {
        "missing": f"Enter {title}",
        "string_too_long": f"{title} must be {ctx.get('max_length')} characters or fewer",
        "string_too_short": f"{title} must be {ctx.get('min_length')} characters or more",
        "string_pattern_mismatch": f"{title} must be letters, digits, dots, dashes and underscores",
        "int_parsing": f"{title} must be a whole number",
        "too_short": f"Choose {title}",
        "enum": f"Choose {title} from the list",
        "literal_error": f"Choose {title} from the list",
        "value_error": f"{title}: {ctx.get('error')}",
    }
    return Fault(name, sentences.get(kind) or f"{title}: {wrong['msg']}")


def _first(problem: Problem) -> str:
    return problem.summary if isinstance(problem, Invalid) else str(problem)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
