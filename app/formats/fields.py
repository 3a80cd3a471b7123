"""The fields of a format: what its papers say in single values, of which kind, and conditions upon them."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from app.fields import KeyText, Line, SafeText

LONGEST_LIST = 200
"""Entries of a list, rows of a table."""

FieldValue = Line | Annotated[tuple[Line, ...] | tuple[dict[KeyText, Line], ...], Field(max_length=LONGEST_LIST)]
"""What a paper says in a field: a text; several texts (choices, list); rows of column → text (table)."""

FIELD_VALUES: TypeAdapter[dict[str, FieldValue]] = TypeAdapter(dict[KeyText, FieldValue])
"""Reads and writes the values of a paper's fields, by key."""

Values: TypeAlias = Mapping[str, FieldValue]
"""The values of a paper's fields, by key."""

YES, NO = "yes", "no"
YES_OR_NO = (YES, NO)


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    PERSON = "person"
    LIST = "list"
    TABLE = "table"


WITH_OPTIONS = (FieldKind.CHOICE, FieldKind.CHOICES)


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Said):
    """One column of a field that is a table."""

    key: KeyText
    label: Line


class PaperField(_Said):
    """One value that a paper of this format may have; labels may repeat, keys may not."""

    key: KeyText
    label: Line
    kind: FieldKind = FieldKind.TEXT
    options: tuple[Line, ...] = Field(default=(), description="What may be chosen: of choice and choices")
    columns: tuple[Column, ...] = Field(default=(), description="The columns, from left to right: of table")
    required: bool = Field(default=False, description="Without a value, the draft says that it is missing")
    guidance: SafeText = ""
    nil: Line | None = Field(default=None, description="Printed where an optional field has no value")
    public: bool = Field(default=True, description="Whether the public copy has it")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "PaperField":
        if (self.kind in WITH_OPTIONS) != bool(self.options):
            raise ValueError(f"a field of the kind {self.kind} {_needs(self.kind in WITH_OPTIONS)} options")
        if (self.kind is FieldKind.TABLE) != bool(self.columns):
            raise ValueError(f"a field of the kind {self.kind} {_needs(self.kind is FieldKind.TABLE)} columns")
        keys = [column.key for column in self.columns]
        for name, entries in (("option", list(self.options)), ("column", keys)):
            if twice := sorted({entry for entry in entries if entries.count(entry) > 1}):
                raise ValueError(f"the {name} “{twice[0]}” stands more than once")
        return self

    @property
    def answers(self) -> tuple[str, ...]:
        """The values that may be given, where they are counted; empty where anything may."""
        return YES_OR_NO if self.kind is FieldKind.YES_NO else self.options


def _needs(wanted: bool) -> str:
    return "needs" if wanted else "has no"


_OneOrMore: TypeAlias = Line | tuple[Line, ...]


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Condition(_Said):
    """That a field says something; a bare field key means: it has a value that is not “no”."""

    field: KeyText
    # Python keeps the words of TOML for itself; the frozen facts write the names as they stand here.
    is_: Line | None = Field(default=None, validation_alias=AliasChoices("is", "is_"), description="This very value")
    in_: Annotated[tuple[Line, ...], BeforeValidator(_several, json_schema_input_type=_OneOrMore)] = Field(
        default=(), validation_alias=AliasChoices("in", "in_"), description="One of these values"
    )
    not_: Annotated[tuple[Line, ...], BeforeValidator(_several, json_schema_input_type=_OneOrMore)] = Field(
        default=(), validation_alias=AliasChoices("not", "not_"), description="None of these values, or no value"
    )
    given: bool | None = Field(default=None, description="Whether it has a value at all, “no” being one")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Condition":
        said = [self.is_ is not None, bool(self.in_), bool(self.not_), self.given is not None]
        if sum(said) > 1:
            raise ValueError("a condition says only one of is, in, not and given")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The values that the condition names."""
        return (*((self.is_,) if self.is_ is not None else ()), *self.in_, *self.not_)

    def holds(self, values: Values) -> bool:
        """Whether the paper's fields say so; of a field with several values, each counts."""
        value = values.get(self.field)
        given = {value} if isinstance(value, str) else {entry for entry in value or () if isinstance(entry, str)}
        if self.given is not None:
            return bool(value) is self.given
        if self.is_ is not None or self.in_:
            return not given.isdisjoint({self.is_, *self.in_})
        if self.not_:
            return given.isdisjoint(self.not_)
        return bool(value) and given != {NO}


def _condition(value: Any) -> Any:
    return {"field": value} if isinstance(value, str) else value


When = Annotated[Condition, BeforeValidator(_condition, json_schema_input_type=KeyText | Condition)]
"""A condition, or the key of the field that must be given."""


def faults_of_condition(when: Condition | None, fields: Mapping[str, PaperField]) -> Iterator[str]:
    """Why the condition can never hold with these fields, in words; nothing where it can."""
    if when is None:
        return
    field = fields.get(when.field)
    if field is None:
        yield f"the condition asks for the field “{when.field}”, which the format does not have"
        return
    for value in when.named:
        if field.answers and value not in field.answers:
            yield f"the condition asks for “{value}”, but “{field.key}” can only be {listed(field.answers)}"


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: `a, b or c`."""
    quoted = [f"“{word}”" for word in words]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]])) if quoted else ""
