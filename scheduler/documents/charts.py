"""Charts of declared figures: what each shows for one occurrence, and the text that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import get_month_names

from scheduler.core.chart import ChartKind, ChartSpec
from scheduler.core.data import ColumnType, Dataset, Mark, Row
from scheduler.documents.formats import euro, number, percent, printed, share
from scheduler.documents.inserts import Insert, Picture
from scheduler.documents.kinds import is_number, is_unknown
from scheduler.documents.references import LOCALE
from scheduler.locale import text

WIDTH_MM = 165.0  # of the text on a page, nearly
MOST_SPOKEN = 60  # rows that the alternative text says

Shown = Decimal | Mark | None  # a value in a chart: a mark is a gap that says why


@dataclass(frozen=True)
class Chart(Insert):
    """A chart with its values; drawn when it is printed."""

    spec: ChartSpec
    labels: tuple[str, ...]
    series: tuple[tuple[Shown, ...], ...]  # for each of the names, a value for each label

    def __str__(self) -> str:
        """Return what the chart shows, with its numbers as they are written in Italian."""
        said = "; ".join(self._points())
        return f"{self.spec.alt.rstrip('. ')}. {said}." if said else f"{self.spec.alt.rstrip('. ')}."

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each series."""
        return tuple(name.replace("_", " ").capitalize() for name in self.spec.values)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(is_unknown(value) for values in self.series for value in values)

    def picture(self) -> Picture:
        """Return it drawn; that takes matplotlib, which is loaded at the first chart."""
        from scheduler.documents.drawing import drawn

        return Picture(drawn(self), WIDTH_MM, str(self))

    def written(self, value: Shown) -> str:
        """Return a value as its column is written."""
        write = {ColumnType.AMOUNT: euro, ColumnType.PERCENT: percent}.get(self.spec.type, number)
        return text("it", "chart.blank") if value is None else write(value)

    def progress(self, reached: Shown, target: Shown) -> str:
        """Return `176 di 285 (61,8 %)`; without a share where there is none."""
        of = reached_share(reached, target)
        facts = {"reached": self.written(reached), "target": self.written(target)}
        if of is None:
            return text("it", "chart.progress-bare", **facts)
        return text("it", "chart.progress", **facts, share=share(of))

    def _points(self) -> Iterator[str]:
        if not self.labels:
            yield text("it", "chart.empty")
        for label, values in list(zip(self.labels, zip(*self.series, strict=True), strict=True))[:MOST_SPOKEN]:
            said = self._said(values)
            yield text("it", "chart.point", label=label, values=said) if label else said
        if len(self.labels) > MOST_SPOKEN:
            yield text("it", "chart.more", count=len(self.labels) - MOST_SPOKEN)

    def _said(self, values: tuple[Shown, ...]) -> str:
        if self.spec.kind is ChartKind.PROGRESS:
            return self.progress(*values)
        if len(values) == 1:
            return self.written(values[0])
        return ", ".join(f"{name} {self.written(value)}" for name, value in zip(self.names, values, strict=True))


def charts(specs: Iterable[ChartSpec], data: Dataset) -> dict[str, Chart]:
    """Return the charts of an occurrence by name, as far as there are data for them."""
    found: dict[str, Chart] = {}
    for spec in specs:
        if len(spec.of) == 2:
            if all(name in data.figures for name in spec.of):
                reached, target = (_value(data.figures[name].value) for name in spec.of)
                found[spec.name] = Chart(spec, ("",), ((reached,), (target,)))
        elif (rows := _rows(spec.of[0], data)) is not None:
            labels = tuple(_label(row.values.get(spec.label), spec.label_type) for row in rows)
            series = tuple(tuple(_value(row.values.get(name)) for row in rows) for name in spec.values)
            found[spec.name] = Chart(spec, labels, series)
    return found


def reached_share(reached: Shown, target: Shown) -> Decimal | None:
    """Return the share of a target that was reached (1 is all of it), to a tenth of a per cent; None without both."""
    if not isinstance(reached, Decimal) or not isinstance(target, Decimal) or target <= 0:
        return None
    return (reached / target).quantize(Decimal("0.001"), ROUND_HALF_UP)


def _rows(name: str, data: Dataset) -> tuple[Row, ...] | None:
    if name in data.tables:
        return data.tables[name].rows
    value = data.figures[name].value if name in data.figures else None
    return value if isinstance(value, tuple) else None


def _value(value: object) -> Shown:
    if isinstance(value, Mark):
        return value
    return Decimal(str(value)) if is_number(value) else None


def _label(value: object, kind: ColumnType) -> str:
    if kind is ColumnType.MONTH and isinstance(value, int) and 1 <= value <= 12:
        months: Mapping[int, str] = get_month_names(locale=LOCALE)
        return months[value]
    return printed(value) if not isinstance(value, date) else f"{value:%d/%m/%Y}"
