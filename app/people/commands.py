"""What changes organisations and persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.audit.changes import Changes, Outcome, assign
from app.db import rows_by_key
from app.people.models import Alias, Organisation, Person, Post
from app.people.queries import WHOLE_PERSON, organisation_ids


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """What is known of an organisation."""

    key: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """What is known of a person; `posts` are (title, first day, last day)."""

    key: str
    name: str
    organisation: str
    posts: tuple[tuple[str, date | None, date | None], ...]
    aliases: tuple[str, ...]
    contact: str | None
    staff_number: str | None


def save_organisations(
    session: Session, entries: Sequence[OrganisationEntry], *, by: str, at: datetime
) -> dict[str, Outcome]:
    """The organisations are as the entries say; answers what became of each."""
    changes = Changes(session, "organisation", by, at)
    existing = rows_by_key(session, Organisation.key, (entry.key for entry in entries))
    for entry in entries:
        row = existing.get(entry.key) or Organisation(key=entry.key)
        changed = assign(row, {"name": entry.name, "short_name": entry.short_name})
        changes.note(entry.key, changes.keep(row, changed=changed))
    session.flush()
    return changes.outcomes


def save_persons(session: Session, entries: Sequence[PersonEntry], *, by: str, at: datetime) -> dict[str, Outcome]:
    """The persons are as the entries say, their posts and aliases replaced; answers what became of each.

    Every organisation that an entry names exists.
    """
    changes = Changes(session, "person", by, at)
    existing = rows_by_key(session, Person.key, (entry.key for entry in entries), *WHOLE_PERSON)
    organisations = organisation_ids(session, (entry.organisation for entry in entries))
    for entry in entries:
        row = existing.get(entry.key) or Person(key=entry.key, posts=[], aliases=[])
        changed = assign(
            row,
            {
                "name": entry.name,
                "organisation_id": organisations[entry.organisation],
                "contact": entry.contact,
                "staff_number": entry.staff_number,
            },
        )
        changed |= _replace_posts(row, entry)
        changed |= _replace_aliases(row, entry)
        changes.note(entry.key, changes.keep(row, changed=changed))
    session.flush()
    return changes.outcomes


def _replace_posts(row: Person, entry: PersonEntry) -> bool:
    if sorted(map(repr, entry.posts)) == sorted(repr((p.title, p.starts_on, p.ends_on)) for p in row.posts):
        return False
    row.posts = [Post(title=title, starts_on=first, ends_on=last) for title, first, last in entry.posts]
    return True


def _replace_aliases(row: Person, entry: PersonEntry) -> bool:
    known = {alias.name: alias for alias in row.aliases}
    if known.keys() == set(entry.aliases):
        return False
    # A name that stays keeps its row: an equal one beside it would break the constraint before the old one is gone.
    row.aliases = [known.get(name) or Alias(name=name) for name in entry.aliases]
    return True
