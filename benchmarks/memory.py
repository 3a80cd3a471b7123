"""How much memory one paper takes at its peak, each engine in a process of its own.

What is reported is the growth of the process' resident memory, as its system counts it, from the moment before the
template is opened to the highest point while the paper is made: the program itself and the facts are there before.
"""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.workload import Kind, facts, template

_STATUS = Path("/proc/self/status")
_MIB = 1024

TELLING = 1000
"""Smaller papers take so little that their memory says nothing."""


def peak(engine: str, n: int, kind: Kind) -> float | None:
    """MiB that a paper with `n` workstreams takes at its peak; None where the system does not tell."""
    command = [sys.executable, "-m", "benchmarks.memory", engine, str(n), kind]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: float | None = json.loads(done.stdout)
    return answer


def measured(engine: str, n: int, kind: Kind) -> float | None:
    """What this process grows by, making one paper, the first of its template."""
    opened, said = template(kind), facts(n, kind)
    # Warmed with another template, which ours would keep; docxtpl keeps none, and may not be able to write rich text.
    other: Kind = "plain" if kind == "rich" or engine == "docxtpl" else "rich"
    ENGINES[engine](template(other), facts(1, other))
    before = _kibibytes("VmRSS")
    ENGINES[engine](opened, said)
    after = _kibibytes("VmHWM")
    return None if before is None or after is None else (after - before) / _MIB


def _kibibytes(name: str) -> int | None:
    # `resource.getrusage` counts the parent's peak as the child's: what it says of a small process is of no use here.
    if not _STATUS.exists():
        return None
    lines = (line.split() for line in _STATUS.read_text(encoding="ascii").splitlines())
    return next((int(words[1]) for words in lines if words[0] == f"{name}:"), None)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(sys.argv[1], int(sys.argv[2]), sys.argv[3])))  # type: ignore[arg-type]
