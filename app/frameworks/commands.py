"""What changes frameworks and their items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.audit.changes import Changes, Outcome, assign
from app.db import rows_by_key
from app.frameworks.models import Framework, FrameworkItem
from app.frameworks.queries import WHOLE_FRAMEWORK
from app.people.queries import organisation_ids


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """What is known of an item and of those below it."""

    key: str
    kind: str
    number: str
    text: str
    items: tuple["ItemEntry", ...]


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """What is known of a framework."""

    key: str
    name: str
    edition: str
    organisation: str
    starts_on: date | None
    ends_on: date | None
    items: tuple[ItemEntry, ...]


def save_frameworks(
    session: Session, entries: Sequence[FrameworkEntry], *, by: str, at: datetime
) -> dict[str, Outcome]:
    """The frameworks are as the entries say; answers what became of each.

    Items that an entry does not name stay where they are, behind those of the same parent that it names.
    Every organisation that an entry names exists.
    """
    changes = Changes(session, "framework", by, at)
    existing = rows_by_key(session, Framework.key, (entry.key for entry in entries), *WHOLE_FRAMEWORK)
    organisations = organisation_ids(session, (entry.organisation for entry in entries))
    for entry in entries:
        row = existing.get(entry.key) or Framework(key=entry.key, items=[])
        changed = assign(
            row,
            {
                "name": entry.name,
                "edition": entry.edition,
                "organisation_id": organisations[entry.organisation],
                "starts_on": entry.starts_on,
                "ends_on": entry.ends_on,
            },
        )
        outcome = changes.keep(row, changed=changed)
        merged = _merge_items(session, row, entry)
        changes.note(entry.key, Outcome.CHANGED if merged and outcome is Outcome.UNCHANGED else outcome)
    session.flush()
    return changes.outcomes


def _merge_items(session: Session, framework: Framework, entry: FrameworkEntry) -> bool:
    parents = {item.key: parent for item, parent in _walk(entry.items, None)}
    said = {item.key: item for item, _ in _walk(entry.items, None)}
    rows = {row.key: row for row in framework.items}
    keys = {row.id: row.key for row in framework.items}
    for row in framework.items:
        parents.setdefault(row.key, keys.get(row.parent_id or 0))
    changed = False
    for position, key in enumerate(_in_tree_order(parents)):
        row = rows.get(key) or FrameworkItem(key=key)
        parent = parents[key]
        values: dict[str, object] = {"position": position, "parent_id": rows[parent].id if parent else None}
        if key in said:
            values |= {"kind": said[key].kind, "number": said[key].number, "text": said[key].text}
        changed |= assign(row, values)
        if key not in rows:
            rows[key] = row
            framework.items.append(row)
            session.flush()  # its id is the parent of those below it
    return changed


def _walk(items: tuple[ItemEntry, ...], parent: str | None) -> Iterator[tuple[ItemEntry, str | None]]:
    for item in items:
        yield item, parent
        yield from _walk(item.items, item.key)


def _in_tree_order(parents: dict[str, str | None]) -> Iterator[str]:
    below: dict[str | None, list[str]] = {}
    for key, parent in parents.items():
        below.setdefault(parent, []).append(key)

    def descend(parent: str | None) -> Iterator[str]:
        for key in below.get(parent, []):
            yield key
            yield from descend(key)

    return descend(None)
