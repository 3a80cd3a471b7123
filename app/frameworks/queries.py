"""Frameworks and their items, as they are."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.db import batches, holds_words, ids_by_key, listed
from app.errors import NotFound
from app.frameworks.models import Framework, FrameworkItem


class NoFramework(NotFound):
    """No framework has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("framework", key)


def find(session: Session, key: str) -> Framework | None:
    """The framework with this key, with its items and organisation, if there is one."""
    return session.scalar(select(Framework).where(Framework.key == key).options(*WHOLE_FRAMEWORK))


def get(session: Session, key: str) -> Framework:
    """The framework with this key, with its items and organisation.

    Raises:
        NoFramework: if there is none.
    """
    framework = find(session, key)
    if framework is None:
        raise NoFramework(key)
    return framework


def frameworks(
    session: Session, *, after: str = "", limit: int, words: Sequence[str] = (), ordered_by_name: bool = False
) -> Sequence[Framework]:
    """At most `limit` frameworks in the order of their keys, beginning behind the key `after`; loaded as in `get`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in key, name or edition.
    """
    conditions = holds_words(words, Framework.key, Framework.name, Framework.edition)
    found = select(Framework).where(*conditions).options(*WHOLE_FRAMEWORK)
    return listed(
        session, found, Framework.key, after=after, limit=limit, name=Framework.name if ordered_by_name else None
    )


def with_items(session: Session, keys: Iterable[str]) -> Sequence[Framework]:
    """The frameworks with these keys, by their keys, each with its items (parents before children) and organisation."""
    wanted = sorted(set(keys))
    if not wanted:  # many papers ask for none
        return ()
    return session.scalars(
        select(Framework).where(Framework.key.in_(wanted)).order_by(Framework.key).options(*WHOLE_FRAMEWORK)
    ).all()


def framework_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Framework.key, keys)


def items(session: Session, names: Iterable[str]) -> dict[str, FrameworkItem]:
    """`framework/item` → the item, for those of the names that exist."""
    wanted = set(names)
    found: dict[str, FrameworkItem] = {}
    for batch in batches(sorted({name.partition("/")[0] for name in wanted})):
        rows = session.execute(
            select(Framework.key, FrameworkItem).join(FrameworkItem.framework).where(Framework.key.in_(batch))
        )
        found |= {f"{framework}/{item.key}": item for framework, item in rows}
    return {name: item for name, item in found.items() if name in wanted}


WHOLE_FRAMEWORK: tuple[ExecutableOption, ...] = (
    selectinload(Framework.items),
    selectinload(Framework.organisation),
)
"""What is loaded with a framework."""
