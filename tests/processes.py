"""Processes of the tests' own: to be killed, to be stopped, or to be many at once.

They are forked from one process that has imported the whole program (where the system can fork), so that hundreds of
them cost little: what a process imports takes seconds.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from app import cli
from app.tables import Base

Base.registry.configure()  # once for all processes: some are killed sooner than each could do it

PROCESSES = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
if sys.platform != "win32":
    PROCESSES.set_forkserver_preload([__name__, "app.main", "psycopg", "uvicorn", "tests.storage.writers"])

FROM_NOTHING = multiprocessing.get_context("spawn")
"""Makes processes that import everything by themselves."""


def boardpapers(*words: str, folder: Path, environment: Mapping[str, str], by: BaseContext = PROCESSES) -> BaseProcess:
    """`boardpapers …` has begun, in this folder with this environment; what it says goes to `said` and `log` there."""
    process = by.Process(target=_boardpapers, args=(words, folder, dict(environment)))
    process.start()
    return process


def _boardpapers(words: tuple[str, ...], folder: Path, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for name, stream in (("said", sys.stdout), ("log", sys.stderr)):
        with Path(name).open("ab") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["boardpapers", *words]
    cli.main()
