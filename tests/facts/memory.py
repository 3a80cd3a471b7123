"""How much memory a process of its own has needed, at most."""

import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak() -> float:
    """Mebibytes that this process held at its largest.

    Where the system tells it: elsewhere, `ru_maxrss` begins with the size of the process that started this one.
    """
    if STATUS.exists():
        told = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(told.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
