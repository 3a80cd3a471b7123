"""The four kinds of error a person may see; they know no HTTP and no noun.

```
Problem
├── NotFound    what was asked for does not exist, or may not be seen (Hidden)
├── Conflict    it exists, but its state does not allow this
├── Invalid     what was given is not right; names every fault and its place
└── Forbidden   it exists and may be seen, but not changed, by this person
```
Each noun derives its own errors from these, named after their reason and speaking to the reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input.

    `where` is a path into the input as a reader counts it, for example `papers[0].sections.purpose`,
    or empty when the whole input is meant; `what` is one sentence for a person.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class Problem(Exception):  # noqa: N818 - the tree reads as nouns: NotFound, Conflict, Invalid, Forbidden
    """Something that a person did or asked cannot be; `str()` is a sentence for that person."""


class NotFound(Problem):
    """What was asked for does not exist, or is not for this person to see."""

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"There is no {kind} “{name}”.")


class Hidden(NotFound):
    """It exists, and this person may not know that: said in the words of what does not exist, and written down."""

    def __init__(self, said: NotFound) -> None:
        Problem.__init__(self, str(said))


class Conflict(Problem):
    """What was asked for cannot follow from the state that things are in."""


class Forbidden(Problem):
    """This person may not do that."""


class Invalid(Problem):
    """What was given is not right; `faults` lists every fault with its place."""

    def __init__(self, summary: str, faults: Iterable[Fault] = ()) -> None:
        self.summary = summary
        self.faults = tuple(faults)
        super().__init__("\n".join([summary, *(f"  {fault}" for fault in self.faults)]))
