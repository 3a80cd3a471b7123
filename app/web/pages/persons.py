"""Whom a form offers to choose: everybody where they are few, else who is found by a part of a name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.people import queries as people
from app.web.pages.forms import Form
from app.web.pages.papers_parts import Choice, choices

MOST = 50
"""Persons in one list; of more than that, those are looked for who are to be in it."""

LONGEST_KEY = 100

_WORDS, _FOUND_BY = "person_words", "person_found_by"
"""Fields of `parts/persons.html`: what is looked for now, and what was looked for when the page was made."""


@dataclass(frozen=True)
class Persons:
    """Who can be chosen in the lists of a form."""

    names: dict[str, str]
    """Key → name, in the order of the names."""
    is_long: bool
    """Whether there are too many for a list: the page has a field to look for them."""
    words: str
    """What was looked for."""
    count: int
    """How many of those who are offered were found by it; more than `MOST`: there are others still."""

    @property
    def said(self) -> str | None:
        """What came of looking; None where nobody looked."""
        if not self.words:
            return None
        if not self.count:
            return f"Nobody is found by “{self.words}”. Try another part of the name."
        if self.count > MOST:
            found = f"More than {MOST} people are found by “{self.words}”, and {MOST} of them can be chosen"
            return f"{found}. Say more of the name."
        found = "1 person is" if self.count == 1 else f"{self.count} people are"
        return f"{found} found by “{self.words}”. Choose from the list, then save: nothing is saved yet."

    def items(self, first: str, *, without: Iterable[str] = (), kept: str | None = None) -> list[dict[str, str]]:
        """The entries of a list behind one for nobody, which says `first`; with `kept`, whoever that is."""
        left_out = frozenset(without)
        names = self.names if kept is None else {**self.names, kept: self.names.get(kept, kept)}
        twice = Counter(names.values()) if self.is_long else Counter()
        found = [
            Choice(key, f"{name} ({key})" if twice[name] > 1 else name)
            for key, name in names.items()
            if key not in left_out
        ]
        return choices(found, first=first)


def persons_for(
    session: Session, form: Form, *, chosen: Iterable[str | None] = (), organisation_id: int | None = None
) -> Persons:
    """Who can be chosen in the form, of the organisation, where one is given.

    All of them where they are at most `MOST`. Of more, those are offered who are found by what was looked for, whoever
    was chosen in the form as it was sent, and the `chosen` ones, of whatever organisation.
    """
    every = people.names(session, organisation_id=organisation_id, limit=MOST + 1)
    if len(every) <= MOST:
        return Persons(every, is_long=False, words="", count=0)
    words = form.value(_WORDS).strip()
    found = people.names(session, organisation_id=organisation_id, words=words.split(), limit=MOST + 1) if words else {}
    sent = {value for values in form.typed.values() for value in values if 0 < len(value) <= LONGEST_KEY}
    offered = [
        *list(found.items())[:MOST],
        *people.names(session, organisation_id=organisation_id, keys=sent).items(),
        *people.names(session, keys=[key for key in chosen if key]).items(),
    ]
    return Persons(people.by_name(offered), is_long=True, words=words, count=len(found))


def looks_for_persons(form: Form) -> bool:
    """Whether the form was sent to look for persons, by the button or with a name that was not looked for yet."""
    return "find" in form.typed or form.value(_WORDS).strip() != form.value(_FOUND_BY).strip()
