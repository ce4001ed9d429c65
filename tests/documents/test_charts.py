"""Charts of declared figures: what is drawn, what is said of it, and that the same chart has the same bytes."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from docx import Document

from scheduler.core.chart import MOST_SERIES, ChartKind, ChartSpec
from scheduler.core.data import ColumnType, Dataset, Figure, Mark, Row, Table, Value
from scheduler.documents.charts import Chart, charts
from scheduler.documents.drawing import _FILLS, _LINES, _SHADES, DOTS, drawn
from scheduler.documents.render import render
from tests.conftest import ROOT

from .word import docx, p

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
NOT_REPORTED = Mark("n.r")
MONTHS = (
    {"mese": 1, "ente": "CMM", "lordo": Decimal("1234567.89"), "oneri": Decimal("300000.5"), "unita": 12},
    {"mese": 2, "ente": "AFOL & <C>", "lordo": NOT_REPORTED, "oneri": Decimal(-10), "unita": 7},
    {"mese": 3, "ente": "Eurolavoro", "lordo": Decimal("900000.00"), "oneri": None, "unita": 0},
)
DATA = Dataset(
    {"costi": Table("costi", tuple(MONTHS[0]), tuple(map(Row, MONTHS)))},
    {
        "per_ente": Figure("per_ente", tuple(map(Row, MONTHS)), ""),
        "in_servizio": Figure("in_servizio", 176, ""),
        "obiettivo": Figure("obiettivo", Decimal(285), ""),
        "rilevati": Figure("rilevati", NOT_REPORTED, ""),
        "nulla": Figure("nulla", 0, ""),
    },
)
AMOUNTS = ChartSpec(
    *("lordo", ChartKind.LINE, ("costi",), "Costi lordi per mese.", "Costi", "mese", ("lordo",)),
    *(ColumnType.AMOUNT, ColumnType.MONTH),
)
COUNTS = ChartSpec("unita", ChartKind.BAR, ("per_ente",), "Unità", "", "ente", ("unita",), ColumnType.INTEGER)
PROGRESS = ChartSpec("avanzamento", ChartKind.PROGRESS, ("in_servizio", "obiettivo"), "In servizio")


def chart(spec: ChartSpec, data: Dataset = DATA) -> Chart:
    return charts([spec], data)[spec.name]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (AMOUNTS, "Costi lordi per mese. gennaio: 1.234.567,89 €; febbraio: n.r; marzo: 900.000,00 €."),
        (
            replace(AMOUNTS, values=("lordo", "oneri"), kind=ChartKind.BAR),
            "Costi lordi per mese. gennaio: Lordo 1.234.567,89 €, Oneri 300.000,50 €; "
            "febbraio: Lordo n.r, Oneri -10,00 €; marzo: Lordo 900.000,00 €, Oneri non indicato.",
        ),
        (COUNTS, "Unità. CMM: 12; AFOL & <C>: 7; Eurolavoro: 0."),
        (replace(COUNTS, type=ColumnType.PERCENT), "Unità. CMM: 12 %; AFOL & <C>: 7 %; Eurolavoro: 0 %."),
        (PROGRESS, "In servizio. 176 di 285 (61,8 %)."),
        (replace(PROGRESS, of=("rilevati", "obiettivo")), "In servizio. n.r di 285."),
        (replace(PROGRESS, of=("in_servizio", "nulla")), "In servizio. 176 di 0."),
        (
            replace(COUNTS, kind=ChartKind.PROGRESS, values=("unita", "lordo")),
            "Unità. CMM: 12 di 1.234.567,89 (0,0 %); AFOL & <C>: 7 di n.r; Eurolavoro: 0 di 900.000 (0,0 %).",
        ),
    ],
)
def test_a_chart_is_read_out_with_its_numbers(spec: ChartSpec, said: str) -> None:
    assert str(chart(spec)).replace("\u00a0", " ") == said


def test_a_chart_of_many_rows_says_how_many_more_there_are() -> None:
    rows = tuple(Row({"ente": f"ente {number}", "unita": number}) for number in range(75))
    said = str(chart(replace(COUNTS, of=("tutti",)), Dataset({}, {"tutti": Figure("tutti", rows, "")})))
    assert said.endswith("ente 59: 59; e altre 15 voci.")


def test_a_chart_of_nothing_says_so() -> None:
    assert str(chart(COUNTS, Dataset({}, {"per_ente": Figure("per_ente", (), "")}))) == "Unità. nessun dato."


def test_without_data_there_is_no_chart() -> None:
    """A letter that asks for the data is written when there are none."""
    assert charts([AMOUNTS, COUNTS, PROGRESS], Dataset()) == {}


# What is drawn: the picture is looked at as a reader does, by its colours.

SHOWN = {
    "line": AMOUNTS,
    "two lines": replace(AMOUNTS, values=("lordo", "oneri")),
    "bars": COUNTS,
    "bars of several": replace(AMOUNTS, kind=ChartKind.BAR, values=("lordo", "oneri", "unita")),
    "progress": PROGRESS,
}


def colours(content: bytes) -> dict[tuple[int, int, int], int]:
    """How many dots there are of each colour."""
    from PIL import Image

    found = Image.open(io.BytesIO(content)).convert("RGB").getcolors(1 << 20) or []
    return {colour: count for count, colour in found if isinstance(colour, tuple)}


@pytest.mark.parametrize("name", SHOWN)
def test_a_chart_is_drawn_in_the_office_s_blue_and_readable_in_grey(name: str) -> None:
    content = drawn(chart(SHOWN[name]))
    found = colours(content)
    assert found[0, 102, 204] > 200  # Bootstrap Italia's blue
    assert b"Software" not in content
    assert b"tEXt" not in content


def test_fills_are_told_apart_in_grey() -> None:
    """By lightness (in thousandths of white), or by hatching."""
    grey = [
        int(299 * int(color[1:3], 16) + 587 * int(color[3:5], 16) + 114 * int(color[5:], 16)) // 255
        for color, _ in _FILLS
    ]
    alike = [
        (one, other)
        for one, other in itertools.combinations(range(len(_FILLS)), 2)
        if abs(grey[one] - grey[other]) < 150 and _FILLS[one][1] == _FILLS[other][1]
    ]
    assert alike == []
    assert len(_FILLS) == len(_LINES) == len(_SHADES) == MOST_SERIES


def test_a_longer_bar_takes_more_of_the_picture() -> None:
    def blue(reached: Value) -> int:
        data = Dataset({}, {**DATA.figures, "in_servizio": Figure("in_servizio", reached, "")})
        return colours(drawn(chart(PROGRESS, data))).get((0, 102, 204), 0)

    half, whole = blue(Decimal("142.5")), blue(285)
    assert 0.47 < half / whole < 0.53
    assert blue(NOT_REPORTED) == 0


@pytest.mark.parametrize("kind", ChartKind)
@pytest.mark.parametrize("count", [0, 1, 1000])
def test_any_number_of_rows_of_awkward_names_is_drawn(kind: ChartKind, count: int) -> None:
    names = ("Società «D'Àvila & Figli» <S.r.l.> $x_1$ 😀" * 3, "\\frac{1}", "", "È")
    rows = tuple(
        Row({"ente": f"{names[n % 4]}{n}", "a": Decimal(-12345678) + n, "b": Mark("-") if n % 7 == 0 else n})
        for n in range(count)
    )
    spec = ChartSpec("x", kind, ("tutti",), "Testo", "Titolo di $prova$", "ente", ("a", "b"))
    assert drawn(chart(spec, Dataset({}, {"tutti": Figure("tutti", rows, "")}))).startswith(b"\x89PNG")


def test_values_none_of_which_is_reported_are_drawn_as_nothing() -> None:
    rows = (Row({"ente": "a", "unita": NOT_REPORTED}), Row({"ente": "b", "unita": None}))
    assert (0, 102, 204) not in colours(drawn(chart(COUNTS, Dataset({}, {"per_ente": Figure("per_ente", rows, "")}))))


def test_a_chart_in_a_document() -> None:
    content = docx(p("Prima {{ grafici.lordo }} dopo"), header=p("{{ periodo }}"))
    values = {"grafici": SimpleNamespace(lordo=chart(AMOUNTS)), "periodo": "2025"}
    document = Document(io.BytesIO(render(content, "t.docx", values, AT, "it")))
    [drawing] = document.element.xpath("//wp:docPr")
    assert drawing.get("descr") == str(chart(AMOUNTS))
    [shape] = document.inline_shapes
    assert round(shape.width.mm) == 165
    [part] = document.part.package.image_parts
    assert part.blob == drawn(chart(AMOUNTS))
    assert part.image.horz_dpi == DOTS


PROGRAM = """
import hashlib, sys
from tests.documents.test_charts import SHOWN, chart
assert "matplotlib" not in sys.modules
from scheduler.documents.drawing import drawn
print(*(hashlib.sha256(drawn(chart(SHOWN[name]))).hexdigest() for name in SHOWN))
"""


def test_another_process_draws_the_same_bytes_whatever_its_settings(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: black\nfont.size: 30\n")
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "nowhere")}
    command = [sys.executable, "-c", PROGRAM]
    there = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert there.stdout.split() == [hashlib.sha256(drawn(chart(spec))).hexdigest() for spec in SHOWN.values()]
    assert there.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["matplotlibrc"]
