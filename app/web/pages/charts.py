"""Charts of narratives, drawn for pages: what the document will show, nearly, above the table that says the same.

The editor draws the same picture while a table is written: `app/frontend/src/editor/charts.js`.
"""

import math
import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from app import narrative, word
from app.narrative import Chart, ChartData, ChartKind, Figure, Number, Series

COLOURS = ("#1f4e79", "#b4530a", "#3f7a2b", "#7030a0", "#8a6100", "#1f7a80", "#a50021", "#595959")
"""One after another, as in the document."""

WIDTH, HEIGHT = 640, 300

_FIGURE = re.compile(r'(<figure data-chart="[^>]*>)(<table>.*?</table>)(.*?</figure>)', re.DOTALL)


def with_charts_drawn(html: str) -> str:
    """The narrative (canonical HTML) with the picture of each chart before its table.

    A table that the document does not print stands behind words that open it.
    """
    return _FIGURE.sub(_drawn, html)


def _drawn(found: re.Match[str]) -> str:
    (figure,) = narrative.read(found[0])
    assert isinstance(figure, Figure)  # noqa: S101 - such an element is nothing else
    chart = figure.content
    assert isinstance(chart, Chart)  # noqa: S101 - as above
    table = found[2]
    if not chart.table_shown:
        table = f"<details><summary>The numbers of the chart</summary>{table}</details>"
    return f"{found[1]}{picture(chart)}{table}{found[3]}"


def picture(chart: Chart) -> Markup:
    """The chart as an SVG that says in words what it is."""
    data = narrative.data_of(chart.table, chart.kind)
    many = chart.kind != "pie" and len(data.series) > 1
    marks = _pie(data) if chart.kind == "pie" else _Plot(data, chart.kind).marks()
    body = Markup().join([*marks, *(_legend(data.series) if many else ())])
    return Markup('<svg class="app-drawn" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT + 24 * many, word.described(data, chart), body
    )


def _legend(series: Sequence[Series]) -> Iterator[Markup]:
    step = WIDTH / len(series)
    for index, one in enumerate(series):
        yield _box(index * step + 8, HEIGHT + 6, 12, 12, index)
        yield _text(index * step + 26, HEIGHT + 16, _shortened(one.name, step / 8))


# Bars, columns and lines


class _Plot:
    """Numbers along a scale with round steps, nought among them."""

    def __init__(self, data: ChartData, kind: ChartKind) -> None:
        self.data, self.kind = data, kind
        self.values = [[float(one.value) if one else None for one in series.numbers] for series in data.series]
        every = [value for values in self.values for value in values if value is not None]
        if kind == "stacked":
            rows = [[values[row] or 0 for values in self.values] for row in range(len(data.categories))]
            every = [sum(value for value in row if value * sign > 0) for row in rows for sign in (1, -1)]
        self.ticks = _ticks(min([0, *every]), max([0, *every]))
        self.written = next((one for series in data.series for one in series.numbers if one), None)

    def marks(self) -> Iterator[Markup]:
        """What is drawn, from back to front."""
        return self._lying() if self.kind == "bar" else self._upright()

    def _share(self, value: float) -> float:
        """How far along the scale the value is, from 0 to 1."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def _upright(self) -> Iterator[Markup]:
        left, right, top, bottom = 64, WIDTH - 8, 12, HEIGHT - 36

        def y(value: float) -> float:
            return bottom - self._share(value) * (bottom - top)

        step = (right - left) / len(self.data.categories)
        for tick in self.ticks:
            yield _line(left, y(tick), right, y(tick))
            yield _text(left - 6, y(tick) + 4, _label(tick, self.written), "end")
        for row, name in enumerate(self.data.categories):
            yield _text(left + step * (row + 0.5), HEIGHT - 16, _shortened(name, step / 7), "middle")
        if self.kind == "line":
            for index, values in enumerate(self.values):
                across = (left + step * (row + 0.5) for row in range(len(values)))
                points = [None if one is None else (x, y(one)) for x, one in zip(across, values, strict=True)]
                yield from _connected(points, index)
            return
        width = step * 0.56 if self.kind == "stacked" else step * 0.64 / len(self.values)
        for row in range(len(self.data.categories)):
            reached = {False: 0.0, True: 0.0}
            for index, values in enumerate(self.values):
                value = values[row] or 0.0
                begin = reached[value < 0] if self.kind == "stacked" else 0.0
                reached[value < 0] = begin + value
                x = left + step * (row + (0.22 if self.kind == "stacked" else 0.18))
                high, low = sorted((y(begin), y(begin + value)))
                yield _box(x + (0 if self.kind == "stacked" else width * index), high, width, low - high, index)

    def _lying(self) -> Iterator[Markup]:
        left, right, top, bottom = 160, WIDTH - 24, 8, HEIGHT - 28

        def x(value: float) -> float:
            return left + self._share(value) * (right - left)

        step = (bottom - top) / len(self.data.categories)
        width = step * 0.64 / len(self.values)
        for tick in self.ticks:
            yield _line(x(tick), top, x(tick), bottom)
            yield _text(x(tick), HEIGHT - 10, _label(tick, self.written), "middle")
        # The first lies at the bottom, as in the document.
        for row, name in enumerate(self.data.categories):
            begin = bottom - step * (row + 1)
            yield _text(left - 6, begin + step / 2 + 4, _shortened(name, 20), "end")
            for index, values in enumerate(self.values):
                near, far = sorted((x(0), x(values[row] or 0)))
                above = begin + step * 0.18 + width * (len(self.values) - 1 - index)
                yield _box(near, above, far - near, width, index)


def _ticks(least: float, greatest: float) -> list[float]:
    span = (greatest - least) or 1
    power = 10 ** math.floor(math.log10(span / 4))
    step = next(one * power for one in (1, 2, 5, 10) if span / (one * power) <= 5)
    first, last = math.floor(least / step), math.ceil(greatest / step)
    return [float(f"{count * step:.12g}") for count in range(first, max(last, first + 1) + 1)]


def _label(tick: float, written: Number | None) -> str:
    """The number on the scale, in the way in which the first of the table is written."""
    percent, unit = (written.percent, written.unit) if written else (False, "")
    shown = f"{abs(tick) * (100 if percent else 1):,.6f}".rstrip("0").rstrip(".")
    return f"{'-' if tick < 0 else ''}{unit}{shown}{'%' if percent else ''}"


def _connected(points: Sequence[tuple[float, float] | None], index: int) -> Iterator[Markup]:
    """A line through the points, with a gap where nothing is known, and a dot at each."""
    path, before = "", None
    for point in points:
        if point:
            path += f"{'L' if before else 'M'}{point[0]:.1f} {point[1]:.1f}"
        before = point
    yield Markup('<path d="{}" fill="none" stroke="{}" stroke-width="3"/>').format(path, _colour(index))
    for point in filter(None, points):
        yield Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}"/>').format(*point, _colour(index))


# A pie


def _pie(data: ChartData) -> Iterator[Markup]:
    numbers = [float(one.value) if one else 0.0 for one in data.series[0].numbers]
    whole, radius, begin = sum(numbers), HEIGHT / 2 - 34, 0.0
    for row, share in enumerate(number / whole if whole else 0.0 for number in numbers):
        if not share:
            continue
        if share == 1:
            yield Markup('<circle cx="{}" cy="{}" r="{}" fill="{}"/>').format(
                WIDTH / 2, HEIGHT / 2, radius, _colour(row)
            )
        else:
            ends = [" ".join(f"{at:.1f}" for at in _around(turn, radius)) for turn in (begin, begin + share)]
            outline = f"M{WIDTH / 2} {HEIGHT / 2}L{ends[0]}A{radius} {radius} 0 {int(share > 0.5)} 1 {ends[1]}Z"
            yield Markup('<path d="{}" fill="{}" stroke="#fff" stroke-width="2"/>').format(outline, _colour(row))
        x, y = _around(begin + share / 2, radius + 14)
        said = f"{_shortened(data.categories[row], 24)}: {share:.0%}"
        yield _text(x, y + 4, said, "end" if x < WIDTH / 2 else "start")
        begin += share


def _around(turn: float, far: float) -> tuple[float, float]:
    """The point that is so far from the middle, after this share of a turn from the top."""
    angle = 2 * math.pi * turn - math.pi / 2
    return WIDTH / 2 + math.cos(angle) * far, HEIGHT / 2 + math.sin(angle) * far


# Marks


def _colour(index: int) -> str:
    return COLOURS[index % len(COLOURS)]


def _box(x: float, y: float, width: float, height: float, index: int) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>').format(
        x, y, width, height, _colour(index)
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="#d9d9d9"/>').format(x1, y1, x2, y2)


def _text(x: float, y: float, said: str, anchor: str = "start") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, said)


def _shortened(said: str, length: float) -> str:
    return f"{said[: max(1, int(length) - 1)]}…" if len(said) > length else said
