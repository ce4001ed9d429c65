"""Charts that the office has drawn in Word: the values that they show, and the workbook that Word opens to edit them.

A chart in a template is one of the declared ones where its alternative text is `{{ grafici.NAME }}`. Its look, its
title and the names of its series stay the office's.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from scheduler.documents.album import relations_of
from scheduler.documents.archive import Entry, deflated
from scheduler.documents.chart_data import Sheet, workbook
from scheduler.documents.charts import Chart
from scheduler.documents.sandbox import plain

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWING = re.compile(r"<w:drawing>.*?</w:drawing>", re.DOTALL)
_NAMED = re.compile(r'<wp:docPr\b[^>]*?\s(?:descr|title)="[^"]*?\{\{\s*grafici\.(\w+)\s*\}\}')
_CHART = re.compile(r'<c:chart\b[^>]*?\br:id="([^"]+)"')
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!")


class NoChartError(Exception):
    """An alternative text names a chart, and the drawing is none that Word draws; the argument is the name."""


class SeriesError(Exception):
    """A chart in the template has another number of series than the declared one."""

    def __init__(self, name: str, drawn: int, declared: int) -> None:
        super().__init__(name)
        self.name, self.drawn, self.declared = name, drawn, declared


@dataclass(frozen=True)
class NativeChart:
    """One chart of a template."""

    name: str  # under `grafici`
    part: str  # word/charts/chart1.xml
    markup: bytes
    workbook: str = ""  # word/embeddings/….xlsx; empty where Word cannot edit it anyway

    def filled(self, chart: Chart) -> Iterator[Entry]:
        """Yield the chart's part and its workbook with other values.

        Raises:
            SeriesError: it has more or fewer series.
        """
        from docx.opc.oxml import serialize_part_xml
        from docx.oxml.parser import parse_xml

        root = parse_xml(self.markup)
        series = list(root.iter(f"{_C}ser"))
        if len(series) != len(chart.series):
            raise SeriesError(self.name, len(series), len(chart.series))
        sheet = Sheet(_sheet_name(root), chart.labels, tuple(map(_title, series)), chart.series)
        for place, item in enumerate(series):
            _fill(item, sheet, place)
        for item in root.iter(f"{_C}dispBlanksAs"):
            item.set("val", "gap")
        yield deflated(self.part, serialize_part_xml(root))
        if self.workbook:
            yield deflated(self.workbook, workbook(sheet))


def native_charts(
    part: str, markup: str, relations: Mapping[str, str], files: Mapping[str, bytes]
) -> list[NativeChart]:
    """Return the charts of one part that stand for declared ones.

    Args:
        part: its name; `markup`: its own, before Jinja.
        relations: the relationships of every part, by the name of their file.
        files: the package's charts, by name.

    Raises:
        NoChartError: a drawing that names a chart is none.
    """
    found: list[NativeChart] = []
    for drawing in _DRAWING.findall(markup):
        if named := _NAMED.search(drawing):
            key = _CHART.search(drawing)
            name = _target(relations, part, key[1]) if key else ""
            if name not in files or not _is_filled(files[name]):
                raise NoChartError(named[1])
            found.append(NativeChart(named[1], name, files[name], _target(relations, name, _data_key(files[name]))))
    return found


def entries(charts: tuple[NativeChart, ...], values: Mapping[str, Any]) -> list[Entry]:
    """Return what the charts of a document change in the package, given the document's values.

    Raises:
        SeriesError: a chart has another number of series.
    """
    declared = getattr(values.get("grafici"), "__dict__", {})
    pairs = [(item, declared.get(item.name)) for item in charts]
    return [entry for item, chart in pairs if isinstance(chart, Chart) for entry in item.filled(chart)]


def _is_filled(markup: bytes) -> bool:
    """Tell whether all series of a chart have names and one value each: bars, lines, areas, slices; not clouds."""
    series = list(ElementTree.fromstring(markup).iter(f"{_C}ser"))  # noqa: S314  (checked for entities)
    return bool(series) and all(item.find(f"{_C}val") is not None for item in series)


def _data_key(markup: bytes) -> str:
    found = ElementTree.fromstring(markup).find(f"{_C}externalData")  # noqa: S314  (checked for entities)
    attributes = found.attrib if found is not None else {}
    return next((value for key, value in attributes.items() if key.endswith("}id")), "")


def _target(relations: Mapping[str, str], part: str, key: str) -> str:
    """Return the name of the part that a relationship leads to; empty where there is none."""
    listed = relations.get(relations_of(part))
    for item in ElementTree.fromstring(listed) if listed else ():  # noqa: S314  (checked for entities)
        if item.get("Id") == key and item.get("TargetMode") != "External":
            target = posixpath.join(f"/{posixpath.dirname(part)}", item.get("Target", ""))
            return posixpath.normpath(target).lstrip("/")
    return ""


def _sheet_name(root: Any) -> str:
    for item in root.iter(f"{_C}f"):
        if found := _SHEET.match(item.text or ""):
            return (found[1] or found[2]).replace("''", "'")
    return "Foglio1"


def _title(series: Any) -> str:
    texts = [item.text or "" for title in series.findall(f"{_C}tx") for item in title.iter(f"{_C}v")]
    return texts[0] if texts else ""


def _fill(series: Any, sheet: Sheet, place: int) -> None:
    """Write the names, the values and where in the workbook they stand; what is said of rows that are gone goes."""
    rows = len(sheet.labels)
    for item in series.findall(f"{_C}tx/{_C}strRef/{_C}f"):
        item.text = sheet.reference(place + 1, 1, 1)
    for item in [*series.findall(f"{_C}dPt"), *series.findall(f"{_C}dLbls/{_C}dLbl")]:
        index = item.find(f"{_C}idx")
        if index is not None and int(index.get("val", "0")) >= rows:
            item.getparent().remove(item)
    names = _points(enumerate(sheet.labels))
    _replace(series, "cat", f"<c:strRef><c:f>{{}}</c:f><c:strCache>{names}</c:strCache></c:strRef>", sheet, 0)
    drawn = [(at, f"{value:f}") for at, value in enumerate(sheet.series[place]) if isinstance(value, Decimal)]
    kept = [item.text or "" for item in series.iterfind(f"{_C}val//{_C}formatCode")] or ["General"]
    form = f"<c:formatCode>{html.escape(kept[0])}</c:formatCode>"
    values = f"<c:numCache>{form}{_points(drawn, rows)}</c:numCache>"
    _replace(series, "val", f"<c:numRef><c:f>{{}}</c:f>{values}</c:numRef>", sheet, place + 1)


def _points(points: Iterable[tuple[int, str]], count: int | None = None) -> str:
    """Return points of a cache, and how many rows there are: as many as points, if nothing else is said."""
    given = list(points)
    shown = "".join(f'<c:pt idx="{at}"><c:v>{html.escape(plain(text))}</c:v></c:pt>' for at, text in given)
    return f'<c:ptCount val="{len(given) if count is None else count}"/>{shown}'


def _replace(series: Any, tag: str, markup: str, sheet: Sheet, column: int) -> None:
    """Put new values in the place of old ones; names that were not there go before the values."""
    from docx.oxml.parser import parse_xml

    reference = html.escape(sheet.reference(column, 2, len(sheet.labels) + 1))
    new = parse_xml(f'<c:{tag} xmlns:c="{_C[1:-1]}">{markup.replace("{}", reference, 1)}</c:{tag}>')
    old = series.find(f"{_C}{tag}")
    if old is None:
        series.find(f"{_C}val").addprevious(new)
    else:
        series.replace(old, new)
