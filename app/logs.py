"""The log stream: one line of JSON for each thing said. Never a narrative, a token, or the words of an exception.

Nothing is written until `to_stream` has said where to: the command line, the tests and the migrations are silent.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import structlog

NAME = "boardpapers"

_stdlib = logging.getLogger(NAME)
_stdlib.addHandler(logging.NullHandler())

LOG: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    _stdlib,
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
)
"""What everybody speaks through: `LOG.info("request", status=200)`."""


def to_stream(stream: TextIO) -> None:
    """From now on, what is said goes to the stream: ours in full, of the libraries their warnings, one line each."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_OneLine())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    _stdlib.setLevel(logging.INFO)


def failure(error: BaseException) -> dict[str, Any]:
    """What may be said of an exception: its kind and where it came from. Its words may quote what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": f"{type(error).__module__}.{type(error).__qualname__}", "where": where}


class _OneLine(logging.Formatter):
    """What libraries say, in the form of what we say."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == NAME:
            return record.getMessage()
        said: dict[str, Any] = {
            "event": "library",
            "from": record.name,
            "says": record.getMessage().strip(),
            "level": record.levelname.lower(),
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[1]:
            said |= failure(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False)
