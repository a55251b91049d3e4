"""Charts as SVG. Each says its values in words beside the bars, and a table stands beside each chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

VALUES, EDGE, TALL = 56, 10, 42


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its value or None where it is missing."""

    label: str
    value: float | None
    style: str = "bar"


def bars(rows: Sequence[Bar], *, title: str, most: float, width: int = 380) -> str:
    """Bars from zero on a common scale, each under its words; a missing value is an empty dashed frame, never a bar of
    length zero."""
    room = width - VALUES
    drawn = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><rect class="track" x="0" y="{}" width="{}" height="12" rx="3"/>{}'
        '<text x="{}" y="{}">{}</text>',
        (
            (
                *(str(index * TALL + 14), row.label, str(index * TALL + 20), str(room)),
                _bar(row, index, room, most),
                *(str(room + 8), str(index * TALL + 31), _written(row.value)),
            )
            for index, row in enumerate(rows)
        ),
    )
    return _frame(drawn, width, len(rows) * TALL, title)


def _bar(row: Bar, index: int, room: float, most: float) -> str:
    top = str(index * TALL + 20)
    if row.value is None:
        return format_html('<rect class="missing" x="0" y="{}" width="{}" height="12" rx="3"/>', top, str(room))
    length = max(room * min(max(row.value, 0) / most, 1), 1.5 if row.value else 0) if most else 0
    return format_html('<rect class="{}" x="0" y="{}" width="{}" height="12" rx="3"/>', row.style, top, f"{length:.1f}")


@dataclass(frozen=True)
class Interval:
    """A rank and the ranks the data do not rule out."""

    label: str
    low: int
    middle: int
    high: int


def intervals(rows: Sequence[Interval], *, title: str, width: int = 380) -> str:
    """Ranks with their intervals on one axis, rank 1 at the left; each under its words."""
    worst = max((row.high for row in rows), default=1)
    step = (width - 2 * EDGE) / max(worst - 1, 1)

    def x(rank: int) -> str:
        return f"{EDGE + (rank - 1) * step:.1f}"

    drawn = format_html_join(
        "",
        '<text x="0" y="{0}">{1}</text><path class="axis" d="M{2} {3}H{4}"/><path class="whisker" d="M{5} {3}H{6}"/>'
        '<circle class="dot" cx="{7}" cy="{3}" r="5"/>',
        (
            (
                *(str(index * TALL + 14), row.label, x(1), str(index * TALL + 26), x(worst)),
                *(x(row.low), x(row.high), x(row.middle)),
            )
            for index, row in enumerate(rows)
        ),
    )
    ticks = sorted({1, (worst + 1) // 2, worst})
    axis = format_html_join(
        "", '<text x="{}" y="{}">{}</text>', ((x(tick), str(len(rows) * TALL + 14), tick) for tick in ticks)
    )
    return _frame(format_html("{}{}", drawn, axis), width, len(rows) * TALL + 20, title)


def weekday_hours(counts: Sequence[Sequence[float]], *, title: str, width: int = 380) -> str:
    """Seven rows of 24 hours, five shades."""
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    most = max((value for row in counts for value in row), default=0) or 1
    cell = (width - 40) / 24
    cells = format_html_join(
        "",
        '<rect class="heat-{}" x="{}" y="{}" width="{}" height="16" rx="2"><title>{} {}:00 · {}</title></rect>',
        (
            (
                _shade(value, most),
                f"{40 + hour * cell:.1f}",
                day * 19,
                f"{cell - 2:.1f}",
                days[day],
                hour,
                floatformat(value, "0g"),
            )
            for day, row in enumerate(counts)
            for hour, value in enumerate(row)
        ),
    )
    names = format_html_join(
        "", '<text x="0" y="{}">{}</text>', ((day * 19 + 13, name) for day, name in enumerate(days))
    )
    hours = format_html_join(
        "", '<text x="{}" y="150">{}</text>', ((f"{40 + hour * cell:.1f}", hour) for hour in range(0, 24, 3))
    )
    return _frame(format_html("{}{}{}", cells, names, hours), width, 154, title)


def _shade(value: float, most: float) -> int:
    return 0 if value <= 0 else min(4, 1 + int(4 * value / most * 0.999))


def _frame(content: str, width: int, height: int, title: str) -> str:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', width, height, title, content
    )


def _written(value: float | None) -> str:
    return _("missing") if value is None else floatformat(value, "1g")
