"""A chart as a PNG: the office's blue, told apart in grey by lightness and hatching; the same chart, the same bytes."""

from __future__ import annotations

import io
import os
import tempfile
import textwrap
import warnings
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from scheduler.core.chart import ChartKind
from scheduler.core.data import ColumnType, Mark
from scheduler.documents.charts import WIDTH_MM, Chart, Shown, reached_share
from scheduler.documents.formats import number, share
from scheduler.locale import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS = 150  # to the inch
_WIDTH = WIDTH_MM / 25.4
_BLUE, _INK, _RULE = "#0066CC", "#17324D", "#C5C7C9"  # Bootstrap Italia's
_FILLS = (
    *((_BLUE, ""), ("#B3D1F0", "///"), ("#003366", ""), ("#E6F0FA", "..."), ("#6AA5E0", "\\\\\\")),
    ("#FFFFFF", "xxx"),
)
_LINES = (("o", "-"), ("s", "--"), ("^", "-."), ("D", ":"), ("v", "-"), ("x", "--"))
_SHADES = (_BLUE, "#5C6F82", "#003366", "#768594", "#004D99", "#17324D")
_LONGEST, _UPRIGHT = 32, 14  # letters of a line beside lying bars, and below
_LETTERS = 84  # that have room below the axis
_MOST_LABELS, _MOST_NUMBERS = 40, 12
_MOST_BARS = 150  # more are drawn as lines, which takes a hundredth of the time


@lru_cache(maxsize=16)
def drawn(chart: Chart) -> bytes:
    """Return the picture of a chart, as wide as the text of a page."""
    matplotlib = _library()
    look = {
        "font.family": "DejaVu Sans",
        "font.size": 8,
        "text.parse_math": False,  # a dollar is a dollar
        "text.color": _INK,
        "hatch.linewidth": 0.6,
        **dict.fromkeys(("axes.labelcolor", "xtick.color", "ytick.color"), _INK),
    }
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **look}), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font does not have: they are drawn as boxes
        figure = _figure(chart)
        result = io.BytesIO()
        figure.savefig(result, format="png", metadata={"Software": None})
    return result.getvalue()


@cache
def _library() -> ModuleType:
    """Return matplotlib as no machine has changed it: with its own fonts, and without a folder of settings."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take its share of the memory that we may have
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MPLCONFIGDIR"] = folder  # else it writes into the home, or leaves a folder behind
        import matplotlib
        from matplotlib import font_manager

    own = str(Path(matplotlib.get_data_path()))
    fonts = font_manager.fontManager
    fonts.ttflist = [font for font in fonts.ttflist if font.fname.startswith(own)]
    return matplotlib


def _figure(chart: Chart) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lying = _lies(chart)
    height = min(1.1 + 0.3 * max(len(chart.labels), 1), 9.0) if lying else 2.9
    figure = Figure(figsize=(_WIDTH, height), dpi=DOTS, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_RULE)
    axes.tick_params(length=0)
    if chart.spec.title:
        axes.set_title(chart.spec.title, loc="left", fontsize=9, fontweight="bold", color=_INK)
    if chart.is_empty:
        axes.text(0.5, 0.5, text("it", "chart.empty"), transform=axes.transAxes, ha="center", va="center")
        axes.set(xticks=[], yticks=[])
        return figure
    _DRAW[chart.spec.kind](chart, axes)
    if chart.spec.kind is not ChartKind.PROGRESS and len(chart.series) > 1:
        figure.legend(loc="outside lower center", ncols=3, frameon=False, handlelength=2.5)
    return figure


def _lies(chart: Chart) -> bool:
    """Tell whether the labels need a line each."""
    if chart.spec.kind is not ChartKind.BAR:
        return chart.spec.kind is ChartKind.PROGRESS
    return len(chart.labels) > _MOST_NUMBERS or any(len(label) > _UPRIGHT for label in chart.labels)


def _bars(chart: Chart, axes: Axes) -> None:
    lying, count = _lies(chart), len(chart.series)
    thickness = 0.8 / count
    for place, (name, values) in enumerate(zip(chart.names, chart.series, strict=True)):
        at = [row + (place - (count - 1) / 2) * thickness for row in range(len(values))]
        color, hatch = _FILLS[place]
        if len(values) > _MOST_BARS:
            axes.hlines(at, 0, _heights(values), color, linewidth=1, label=name)
            continue
        draw = axes.barh if lying else axes.bar
        bars = draw(at, _heights(values), thickness, color=color, hatch=hatch, edgecolor=_INK, lw=0.5, label=name)
        if count == 1 and len(values) <= _MOST_NUMBERS:
            said = [_short(chart, value) for value in values]
            axes.bar_label(bars, said, padding=2, fontsize=7)
            axes.margins(x=0.14 if lying else None, y=None if lying else 0.14)
        else:
            _note_gaps(axes, at, values, lying=lying)
    _name_rows(chart, axes, lying=lying)
    _scale(chart, axes, lying=lying)


def _lines(chart: Chart, axes: Axes) -> None:
    for place, (name, values) in enumerate(zip(chart.names, chart.series, strict=True)):
        marker, style = _LINES[place]
        heights = [float(value) if isinstance(value, Decimal) else float("nan") for value in values]
        axes.plot(range(len(values)), heights, marker=marker, linestyle=style, color=_SHADES[place], label=name)
        _note_gaps(axes, list(range(len(values))), values, lying=False)
    axes.update_datalim([(0, 0)], updatex=False)  # a line that starts far from zero looks steeper than it is
    axes.autoscale_view()
    _name_rows(chart, axes, lying=False)
    _scale(chart, axes, lying=False)


def _progress(chart: Chart, axes: Axes) -> None:
    reached, target = chart.series
    shares = [reached_share(*pair) for pair in zip(reached, target, strict=True)]
    rows = range(len(shares))
    if len(shares) > _MOST_BARS:
        axes.hlines(rows, 0, [float(item or 0) for item in shares], _BLUE, linewidth=1)
    else:
        axes.barh(rows, [1.0] * len(shares), 0.55, color="#FFFFFF", edgecolor=_RULE, hatch="///", linewidth=0.8)
        axes.barh(rows, [float(item or 0) for item in shares], 0.55, color=_BLUE, edgecolor=_INK, linewidth=0.5)
    for row, pair in enumerate(zip(reached, target, strict=True)):
        at = max(1.0, float(shares[row] or 0)) + 0.02
        if len(shares) <= _MOST_LABELS:
            axes.text(at, row, chart.progress(*pair), va="center", fontsize=7)
    farthest = max([1.0, *(float(item or 0) for item in shares)])
    axes.set_xlim(min([0.0, *(float(item or 0) for item in shares)]), farthest * 1.45)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [share(Decimal(item) / 4).replace(",0", "") for item in range(5)])
    axes.axvline(1, color=_INK, linewidth=0.8, linestyle="--")
    _name_rows(chart, axes, lying=True)


_DRAW = {ChartKind.BAR: _bars, ChartKind.LINE: _lines, ChartKind.PROGRESS: _progress}


def _heights(values: Sequence[Shown]) -> list[float]:
    return [float(value) if isinstance(value, Decimal) else 0.0 for value in values]


def _note_gaps(axes: Axes, at: Sequence[float], values: Sequence[Shown], *, lying: bool) -> None:
    """Write along the axis of the names which mark stands where there is no value."""
    gaps = [(place, value) for place, value in zip(at, values, strict=True) if isinstance(value, Mark)]
    across = axes.get_yaxis_transform() if lying else axes.get_xaxis_transform()  # one way data, the other the frame
    for place, value in gaps[:_MOST_LABELS]:
        x, y = (0.01, place) if lying else (place, 0.02)
        axes.text(x, y, str(value), fontsize=7, transform=across, ha="left" if lying else "center", va="bottom")


def _name_rows(chart: Chart, axes: Axes, *, lying: bool) -> None:
    """Write the labels, every so many of them where there is no room for all."""
    names = [_folded(label, _LONGEST if lying else _UPRIGHT) for label in chart.labels]
    longest = max((len(line) for name in names for line in name.split("\n")), default=1)
    room = _MOST_LABELS if lying else max(_LETTERS // longest, 1)
    shown = range(0, len(names), -(-len(names) // room) or 1)
    (axes.set_yticks if lying else axes.set_xticks)(list(shown), [names[row] for row in shown])
    if lying:
        axes.set_ylim(max(len(names), 1) - 0.4, -0.6)  # the first row on top


def _scale(chart: Chart, axes: Axes, *, lying: bool) -> None:
    axis = axes.xaxis if lying else axes.yaxis
    axes.locator_params(axis="x" if lying else "y", nbins=5 if lying else 7)
    axis.set_major_formatter(lambda value, _: _tick(chart, value))
    axes.grid(axis="x" if lying else "y", color=_RULE, linewidth=0.5)
    axes.set_axisbelow(True)


def _tick(chart: Chart, value: float) -> str:
    sign = {ColumnType.AMOUNT: " €", ColumnType.PERCENT: " %"}.get(chart.spec.type, "")
    return f"{number(round(Decimal(str(value)), 6).normalize())}{sign}"


def _short(chart: Chart, value: Shown) -> str:
    """Return a value as it stands beside its bar: amounts in whole euros, the cents are in the text."""
    if isinstance(value, Decimal) and chart.spec.type is ColumnType.AMOUNT and abs(value) >= 1000:
        return f"{number(value.quantize(Decimal(1), ROUND_HALF_UP))} €"
    return chart.written(value)


def _folded(label: str, wide: int) -> str:
    """Return a label on two lines, as far as there is room for it; the alternative text has the whole."""
    return "\n".join(textwrap.wrap(label, wide, max_lines=2, placeholder="…"))
