"""Charts drawn in Word get the declared values: in what is shown, and in the workbook that Word opens to edit them."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from scheduler.core.chart import ChartKind, ChartSpec
from scheduler.core.data import ColumnType, Mark
from scheduler.documents.charts import Chart
from scheduler.documents.hazards import found
from scheduler.documents.inserts import Subdocument
from scheduler.documents.render import render
from scheduler.errors import TemplateError
from tests.conftest import missing

from .word import NAMESPACES, docx, p

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
SPEC = ChartSpec(
    *("spesa", ChartKind.BAR, ("t",), "Spesa per mese.", "", "mese", ("lordo", "oneri"), ColumnType.AMOUNT),
)
CHART = Chart(
    SPEC,
    ("gennaio", "febbraio & <marzo>", "aprile", "maggio"),
    (
        (Decimal("1200.50"), Mark("n.r"), Decimal("-300"), Decimal(900)),
        (Decimal(400), Decimal(410), None, Decimal("420.25")),
    ),
)


def book(change: Callable[[Any], None] = lambda book: None, **parts: bytes) -> bytes:
    """The workbook that Word keeps with a new chart, with other parts beside."""
    made, result = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    sheet.title = "Dati di prova"
    for line in (("", "Costo lordo", "Oneri dell'ente"), ("categoria 1", 1, 2), ("categoria 2", 3, 4)):
        sheet.append(line)
    change(made)
    made.save(result)
    with zipfile.ZipFile(result, "a") as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return result.getvalue()


def series(number: int, name: str) -> str:
    """A series as Word writes it: with the values of the example that it starts with."""
    column = "BCD"[number]
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/><c:tx><c:strRef>'
        f"<c:f>'Dati di prova'!${column}$1</c:f>"
        f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        '<c:invertIfNegative val="0"/><c:dPt><c:idx val="9"/></c:dPt>'
        "<c:cat><c:strRef><c:f>'Dati di prova'!$A$2:$A$3</c:f><c:strCache>"
        '<c:ptCount val="2"/><c:pt idx="0"><c:v>categoria 1</c:v></c:pt><c:pt idx="1"><c:v>categoria 2</c:v></c:pt>'
        f"</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>'Dati di prova'!${column}$2:${column}$3</c:f>"
        '<c:numCache><c:formatCode>#,##0.00</c:formatCode><c:ptCount val="2"/><c:pt idx="0"><c:v>7777</c:v></c:pt>'
        '<c:pt idx="1"><c:v>8888</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>'
    )


def template(
    alt: str = "{{ grafici.spesa }}", *, title: str = "Spesa", count: int = 2, data: bytes | None = None, kind: str = ""
) -> bytes:
    """A document with a chart of Word's own."""
    drawing = (
        f'<w:r><w:drawing><wp:inline xmlns:c="{C}"><wp:extent cx="5400000" cy="2700000"/>'
        f'<wp:docPr id="3" name="Grafico 2" descr="{alt}"/><wp:cNvGraphicFramePr/><a:graphic>'
        f'<a:graphicData uri="{C}"><c:chart r:id="rIdGrafico"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )
    document = Document(io.BytesIO(docx(p("Prima"), p(drawing, "dopo {{ x }}"))))
    names = ("Costo lordo", "Oneri dell'ente", "IRAP")[:count]
    bars = "".join(series(number, name) for number, name in enumerate(names))
    axes = (
        '<c:catAx><c:axId val="1"/><c:scaling/><c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling/><c:delete val="0"/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx>'
    )
    markup = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace xmlns:c="{C}" '
        f'xmlns:a="{NAMESPACES["a"]}" xmlns:r="{NAMESPACES["r"]}"><c:chart><c:title><c:tx><c:rich><a:bodyPr/>'
        f"<a:p><a:r><a:t>{title}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:layout/>"
        f'<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/>{bars}<c:axId val="1"/><c:axId val="2"/>'
        f'</c:barChart>{axes}</c:plotArea><c:legend><c:legendPos val="b"/></c:legend><c:dispBlanksAs val="zero"/>'
        '</c:chart><c:externalData r:id="rIdDati"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )
    if kind:
        markup = markup.replace("c:val>", f"c:{kind}>")
    package = document.part.package
    chart = Part(PackURI("/word/charts/chart1.xml"), f"{TYPES}.drawingml.chart+xml", markup.encode(), package)
    inside = data if data is not None else book()
    sheet = Part(PackURI("/word/embeddings/Foglio1.xlsx"), f"{TYPES}.spreadsheetml.sheet", inside, package)
    chart.rels.add_relationship(f"{NAMESPACES['r']}/package", sheet, "rIdDati")
    document.part.rels.add_relationship(f"{NAMESPACES['r']}/chart", chart, "rIdGrafico")
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


TYPES = "application/vnd.openxmlformats-officedocument"


def fill(content: bytes, chart: Chart = CHART, **more: Any) -> zipfile.ZipFile:
    values = {"grafici": SimpleNamespace(spesa=chart), "x": "valore", **more}
    return zipfile.ZipFile(io.BytesIO(render(content, "templates/t.docx", values, AT, "it")))


def shown(package: zipfile.ZipFile) -> list[tuple[str, list[str], dict[int, str]]]:
    """The name, labels and values of each series, as they stand in the chart's caches."""
    root = ElementTree.fromstring(package.read("word/charts/chart1.xml"))  # noqa: S314
    told = []
    for item in root.iter(f"{{{C}}}ser"):
        parts = {tag: item.findall(f"{{{C}}}{tag}//{{{C}}}pt") for tag in ("tx", "cat", "val")}
        texts = {tag: {int(pt.get("idx", "")): pt[0].text or "" for pt in points} for tag, points in parts.items()}
        told.append((texts["tx"][0], list(texts["cat"].values()), texts["val"]))
    return told


def test_the_chart_shows_the_declared_values() -> None:
    with fill(template()) as package:
        assert shown(package) == [
            ("Costo lordo", list(CHART.labels), {0: "1200.50", 2: "-300", 3: "900"}),
            ("Oneri dell'ente", list(CHART.labels), {0: "400", 1: "410", 3: "420.25"}),
        ]
        markup = package.read("word/charts/chart1.xml").decode()
        document = package.read("word/document.xml").decode()
    assert "7777" not in markup
    assert "<a:t>Spesa</a:t>" in markup
    assert "<c:formatCode>#,##0.00</c:formatCode>" in markup
    assert 'dispBlanksAs val="gap"' in markup
    assert "dPt" not in markup
    assert "'Dati di prova'!$C$2:$C$5" in markup
    said = ElementTree.fromstring(document).find(".//{*}docPr")  # noqa: S314
    assert said is not None
    assert said.get("descr") == str(CHART)


def test_the_workbook_that_word_opens_has_the_same_values() -> None:
    with fill(template()) as package:
        content = package.read("word/embeddings/Foglio1.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Dati di prova"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        [None, "Costo lordo", "Oneri dell'ente"],
        ["gennaio", 1200.5, 400],
        ["febbraio & <marzo>", None, 410],
        ["aprile", -300, None],
        ["maggio", 900, 420.25],
    ]
    assert found(content) != ()  # it is no document
    assert found(template(data=content)) == ()  # and a draft can be a template again


def test_the_same_values_give_the_same_bytes_and_nothing_is_left_of_others() -> None:
    content = template()
    first = render(content, "t", values(CHART), AT, "it")
    render(content, "t", values(Chart(SPEC, ("altro",), ((Decimal(1),), (Decimal(2),)))), AT, "it")
    assert render(content, "t", values(CHART), AT, "it") == first


def values(chart: Chart) -> dict[str, Any]:
    return {"grafici": SimpleNamespace(spesa=chart), "x": "valore"}


@pytest.mark.parametrize("rows", [0, 1, 300])
def test_any_number_of_rows(rows: int) -> None:
    column = tuple(Decimal(number) for number in range(rows))
    with fill(template(), Chart(SPEC, tuple(f"riga\x01 {at}" for at in range(rows)), (column, column))) as package:
        assert [(len(labels), len(points)) for _, labels, points in shown(package)] == [(rows, rows)] * 2
        sheet = openpyxl.load_workbook(io.BytesIO(package.read("word/embeddings/Foglio1.xlsx"))).active
        assert sheet.max_row == rows + 1


def test_a_chart_that_names_none_stays_as_it_is() -> None:
    content = template("Un grafico dell'ufficio")
    with fill(content) as package, zipfile.ZipFile(io.BytesIO(content)) as before:
        for name in ("word/charts/chart1.xml", "word/embeddings/Foglio1.xlsx"):
            assert package.read(name) == before.read(name)


def test_a_chart_beside_another_document() -> None:
    """Then docxtpl fills the rest."""
    document = Document(io.BytesIO(template()))
    document.add_paragraph("{{p altro }}")
    result = io.BytesIO()
    document.save(result)
    with fill(result.getvalue(), altro=Subdocument(docx(p("dentro")))) as package:
        assert shown(package)[0][2] == {0: "1200.50", 2: "-300", 3: "900"}
        assert b"dentro" in package.read("word/document.xml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (template(count=1), r"grafici\.spesa ha serie: 1; quello dichiarato ne ha 2"),
        (template(count=3), r"grafici\.spesa ha serie: 3; quello dichiarato ne ha 2"),
        (template(kind="yVal"), r"è grafici\.spesa, ma il disegno non è un grafico di Word"),
        (docx(p('<w:r><w:drawing><wp:docPr id="1" name="a" descr="{{ grafici.spesa }}"/></w:drawing></w:r>'), p("a")),
         "ma il disegno non è un grafico"),
        (template("{{ grafici.spessa }}"), "«spessa».*forse «spesa»"),
        (template(title="Spesa {{ x }}"), "resta un'istruzione tra graffe"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(content: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        fill(content)


# What a workbook inside a template may not hold.

ENTITIES = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"
OUT = (
    b'<Relationships xmlns="x"><Relationship Id="r1" Type="http://x/externalLinkPath" Target="file:///c:/a.xlsx" '
    b'TargetMode="External"/></Relationships>'
)
HARMFUL = {
    "macros": book(xl__vbaProject_bin=b"x"),
    "a link to another workbook": book(xl__externalLinks__externalLink1_xml=b"<a/>"),
    "a relationship that leads out": book(**{"xl__worksheets___rels__sheet1_xml.rels": OUT}),
    "a connection to a database": book(xl__connections_xml=b"<a/>"),
    "something embedded": book(xl__embeddings__oggetto_bin=b"x"),
    "entities": book(xl__extra_xml=ENTITIES),
    "markup that is none": book(xl__extra_xml=b"<a>"),
    "a bomb": book(xl__extra_xml=b" " * 30_000_000),
    "a name that leads out": book(**{"..__evil_xml": b"<a/>"}),
    "no workbook": b"MZ",
    "another document": docx(p("a")),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_workbook_is_refused(name: str) -> None:
    [fault] = found(template(data=HARMFUL[name]))
    assert fault.code == "template.embedded"
    assert dict(fault.facts)["part"] == "word/embeddings/Foglio1.xlsx"


@pytest.mark.parametrize("name", ["word/embeddings/a.docx", "word/embeddings/a.xlsm", "word/embeddings/a.bin"])
def test_other_things_that_are_embedded_are_refused(name: str) -> None:
    result = io.BytesIO(template())
    with zipfile.ZipFile(result, "a") as package:
        package.writestr(name, book())
    assert [fault.code for fault in found(result.getvalue())] == ["template.embedded"]


def test_a_plain_workbook_is_let_pass() -> None:
    def styled(made: Any) -> None:
        made.active["B2"].number_format = "#,##0.00 €"
        made.active["B2"].hyperlink = "https://www.cittametropolitana.example"
        made.create_sheet("altro")

    assert found(template(data=book(styled))) == ()


def test_libreoffice_draws_the_new_values(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        missing("LibreOffice")
        return
    (tmp_path / "g.docx").write_bytes(render(template(), "t", values(CHART), AT, "it"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, "--headless", profile, "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "g.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    seen = subprocess.run(["pdftotext", "-layout", tmp_path / "g.pdf", "-"], check=True, capture_output=True, text=True)
    words = seen.stdout.split()
    assert {"gennaio", "febbraio", "maggio", "lordo", "dell'ente", "valore"} <= set(words)
    numbers = [int(word) for word in words if word.lstrip("-").isdigit()]  # along the axis
    assert (max(numbers), min(numbers)) == (1400, -400)
