"""Whatever file is brought, it is judged or refused: never another error, never long, never much memory."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.word.mutations import STATUS

COUNT = 10_000
SECONDS, MEBIBYTES = 1, 64
"""What one file may cost (the promise)."""


@pytest.mark.trust(14)
def test_ten_thousand_damaged_and_hostile_files_are_refused_or_judged(full):
    """In a process of its own, so that its memory is what the files took."""
    count = COUNT if full else COUNT // 10
    done = subprocess.run(
        [sys.executable, "-m", "tests.word.mutations", "0", str(count)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    longest, slow_seed, most, large_seed = map(float, done.stdout.split())
    assert longest < SECONDS, f"seed {slow_seed:.0f} took {longest:.1f} s of processor time"
    assert not STATUS.exists() or most < MEBIBYTES, f"seed {large_seed:.0f} took {most:.0f} MiB"
