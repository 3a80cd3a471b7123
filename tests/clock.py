"""What time it is in an application under test."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from fastapi import FastAPI


def set_clock(app: FastAPI, tell: Callable[[], datetime]) -> None:
    """From now on, the application asks this what time it is."""
    app.state.premises = replace(app.state.premises, clock=tell)
