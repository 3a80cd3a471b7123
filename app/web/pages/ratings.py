"""The colours of ratings: a style sheet of all schemes, and a chart of one workstream's ratings. Words go with both."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.web.deps import Reading
from app.web.pages.built import FOR_EVER
from app.web.pages.layout import PAGES
from app.web.pages.routing import page_router
from app.workstreams import queries as workstreams
from app.workstreams.models import RagScheme, RagValue

router = page_router()

NONE = "Not rated"

LEFT, TOP, LANE = 130, 24, 22
"""Pixels of the chart: before the first day, above the first block, from one value to the next."""


def style_sheet_address(session: Session) -> str:
    """Where the style sheet of the ratings is, under a name that changes with their colours."""
    return f"/ratings/{_digest(_style_sheet(session))}.css"


@router.get("/ratings/{digest}.css")
def style_sheet(digest: str, session: Reading) -> Response:
    """A class `rating-ID` for each value of each scheme."""
    text = _style_sheet(session)
    # Whoever asks for an older one gets what holds now, and does not keep it.
    headers = {"Cache-Control": FOR_EVER} if digest == _digest(text) else {}
    return Response(text, media_type="text/css", headers=headers)


def chart(rows: Sequence[Mapping[str, Any]], days: Sequence[date], scheme: RagScheme | None) -> str:
    """The ratings of a strip as a picture (SVG): a block for each dimension, in it a line for each value, a step a day.

    It says nothing that the table beside it does not say in words.
    """
    values = [*(scheme.values if scheme else ()), None]
    step = max(60, 560 // max(1, len(days)))
    block = LANE * len(values) + 46
    across = [LEFT + step // 2 + place * step for place in range(len(days))]
    lanes = {value.id if value else None: 22 + place * LANE for place, value in enumerate(values)}
    return PAGES.get_template("workstreams/chart.svg").render(
        width=LEFT + step * max(1, len(days)) + 20,
        height=TOP + block * max(1, len(rows)),
        left=LEFT,
        days=list(zip(across, days, strict=True)),
        lanes=[(value.label if value else NONE, lanes[value.id if value else None]) for value in values],
        blocks=[
            (row["label"], TOP + number * block, _points(row["values"], across, lanes))
            for number, row in enumerate(rows)
        ],
        block=block,
    )


def _points(
    values: Sequence[RagValue | None], across: Sequence[int], lanes: Mapping[int | None, int]
) -> list[tuple[int, int, str]]:
    """Where each rating stands in its block, and its colour."""
    return [
        (x, lanes.get(value.id if value else None, lanes[None]), value.background if value else "FFFFFF")
        for x, value in zip(across, values, strict=True)
    ]


def _style_sheet(session: Session) -> str:
    values = [value for scheme in workstreams.every_scheme(session).values() for value in scheme.values]
    return "".join(
        f".rating-{value.id}{{background:#{value.background};color:#{value.colour}}}\n"
        for value in sorted(values, key=lambda value: value.id)
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]
