"""Organisations and persons, as they are."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.db import batches, holds_words, ids_by_key, listed, rows_by_key
from app.errors import Fault, Invalid, NotFound
from app.people.models import Organisation, Person


class NoOrganisation(NotFound):
    """No organisation has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("organisation", key)


class NoPerson(NotFound):
    """No person has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("person", key)


class NotKnown(Invalid):
    """A field names an organisation or a person that is not there; it is called as what it names."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__("What was sent is not right.", [Fault(kind, f"there is no {kind} “{key}”")])


def find_organisation(session: Session, key: str) -> Organisation | None:
    """The organisation with this key, if there is one."""
    return session.scalar(select(Organisation).where(Organisation.key == key))


def get_organisation(session: Session, key: str) -> Organisation:
    """The organisation with this key.

    Raises:
        NoOrganisation: if there is none.
    """
    organisation = find_organisation(session, key)
    if organisation is None:
        raise NoOrganisation(key)
    return organisation


def organisation_by_id(session: Session, organisation_id: int) -> Organisation | None:
    """The organisation with this id, if there is one."""
    return session.get(Organisation, organisation_id)


def organisations(
    session: Session, *, after: str = "", limit: int, words: Sequence[str] = (), ordered_by_name: bool = False
) -> Sequence[Organisation]:
    """At most `limit` organisations in the order of their keys, beginning behind the key `after`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in key, name or short name.
    """
    conditions = holds_words(words, Organisation.key, Organisation.name, Organisation.short_name)
    found = select(Organisation).where(*conditions)
    name = Organisation.name if ordered_by_name else None
    return listed(session, found, Organisation.key, after=after, limit=limit, name=name)


def named_organisation(session: Session, key: str | None) -> int | None:
    """Id of the organisation that a field names; None where it names none. Raises NotKnown, at `organisation`."""
    if key is None:
        return None
    found = find_organisation(session, key)
    if found is None:
        raise NotKnown("organisation", key)
    return found.id


def organisation_keys(session: Session) -> Sequence[str]:
    """The key of every organisation, in order."""
    return session.scalars(select(Organisation.key).order_by(Organisation.key)).all()


def organisation_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Organisation.key, keys)


def find_person(session: Session, key: str) -> Person | None:
    """The person with this key, with posts, aliases and organisation, if there is one."""
    return session.scalar(select(Person).where(Person.key == key).options(*WHOLE_PERSON))


def get_person(session: Session, key: str) -> Person:
    """The person with this key, with posts, aliases and organisation.

    Raises:
        NoPerson: if there is none.
    """
    person = find_person(session, key)
    if person is None:
        raise NoPerson(key)
    return person


def named_person(session: Session, key: str | None) -> int | None:
    """Id of the person whom a field names; None where it names nobody. Raises NotKnown, at `person`."""
    if key is None:
        return None
    found = find_person(session, key)
    if found is None:
        raise NotKnown("person", key)
    return found.id


def person_by_id(session: Session, person_id: int) -> Person | None:
    """The person with this id, if there is one."""
    return session.get(Person, person_id)


def names(
    session: Session,
    *,
    organisation_id: int | None = None,
    words: Sequence[str] = (),
    keys: Iterable[str] | None = None,
    limit: int | None = None,
) -> dict[str, str]:
    """Key of at most `limit` persons → name, in the order of the names; each filter that is given holds.

    Of the organisation; with each of the `words` in key or name; with one of the `keys`.
    """
    conditions = holds_words(words, Person.key, Person.name)
    if organisation_id is not None:
        conditions.append(Person.organisation_id == organisation_id)
    found = select(Person.key, Person.name).where(*conditions).order_by(Person.key).limit(limit)
    if keys is None:
        return by_name(session.execute(found))
    named = (session.execute(found.where(Person.key.in_(batch))) for batch in batches(sorted(set(keys))))
    return by_name(row for rows in named for row in rows)


def by_name(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key → name of each (key, name), in the order of the names."""
    # Here and not in the database: each sorts letters in its own way.
    return dict(sorted(found, key=lambda row: (row[1].casefold(), row[0])))


def organisation_names(session: Session, *, organisation_id: int | None = None) -> dict[str, str]:
    """Key of every organisation (or of that one) → name, in the order of the names."""
    found = select(Organisation.key, Organisation.name)
    if organisation_id is not None:
        found = found.where(Organisation.id == organisation_id)
    return by_name(session.execute(found))


def persons(
    session: Session,
    *,
    after: str = "",
    limit: int,
    words: Sequence[str] = (),
    ordered_by_name: bool = False,
    organisation_id: int | None = None,
) -> Sequence[Person]:
    """At most `limit` persons in the order of their keys, behind the key `after`; loaded as in `get_person`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in key or name; of the
    organisation, where one is given.
    """
    conditions = holds_words(words, Person.key, Person.name)
    if organisation_id is not None:
        conditions.append(Person.organisation_id == organisation_id)
    found = select(Person).where(*conditions).options(*WHOLE_PERSON)
    return listed(session, found, Person.key, after=after, limit=limit, name=Person.name if ordered_by_name else None)


def person_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Person.key, keys)


def persons_by_key(session: Session, keys: Iterable[str]) -> dict[str, Person]:
    """Key → person with posts, for those of the keys that exist."""
    return rows_by_key(session, Person.key, keys, selectinload(Person.posts))


def persons_by_id(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """Id → person with posts, for those of the ids that exist."""
    found: dict[int, Person] = {}
    for batch in batches(sorted(set(person_ids))):
        rows = session.scalars(select(Person).where(Person.id.in_(batch)).options(selectinload(Person.posts)))
        found |= {person.id: person for person in rows}
    return found


WHOLE_PERSON: tuple[ExecutableOption, ...] = (
    selectinload(Person.posts),
    selectinload(Person.aliases),
    selectinload(Person.organisation),
)
"""What is loaded with a person."""
