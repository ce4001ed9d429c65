"""QR codes and barcodes: what a machine reads in them is the text, which is also their alternative text."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from docx import Document
from PIL import Image

from scheduler.core.data import Mark
from scheduler.documents.codes import barcode, qr
from scheduler.documents.inserts import Picture
from scheduler.documents.render import render
from scheduler.errors import TemplateError

from .word import docx, p

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
_WIDTHS = (  # ISO/IEC 15417, table 1: the widths of bars and spaces of the values 0 to 105, without the stop
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
PATTERNS = _WIDTHS.split()


def read_bars(content: bytes) -> str:
    """The text of a barcode, as a scanner finds it in one line of the picture; its check digit is reckoned again."""
    image = Image.open(io.BytesIO(content)).convert("L")
    line = [image.getpixel((x, image.height // 2)) == 0 for x in range(image.width)]
    edges = [0, *(x for x in range(1, len(line)) if line[x] != line[x - 1]), len(line)]
    runs = [(after - before) // 4 for before, after in itertools.pairwise(edges[1:-1])]
    signs = ["".join(map(str, runs[at : at + 6])) for at in range(0, len(runs) - 7, 6)]
    values = [PATTERNS.index(sign) for sign in signs]
    assert values[-1] == (values[0] + sum(at * value for at, value in enumerate(values[1:-1], 1))) % 103
    return _text(values[:-1])


def _text(values: list[int]) -> str:
    sets = {103: "A", 104: "B", 105: "C"}
    now, said = sets[values[0]], ""
    for value in values[1:]:
        if value in (99, 100, 101) and {99: "C", 100: "B", 101: "A"}[value] != now:
            now = {99: "C", 100: "B", 101: "A"}[value]
        else:
            said += f"{value:02}" if now == "C" else chr(value + 32)
    return said


@pytest.mark.parametrize("text", ["PG/2025/0012345", "0123456789", "a b", "15384/2022", "~{}|", "X" * 48, "7"])
def test_a_barcode_says_its_text(text: str) -> None:
    made = barcode(text)
    assert isinstance(made, Picture)
    assert (read_bars(made.content), made.alt, made.width_mm) == (text, text, 60)


def test_a_qr_code_has_the_dots_of_its_text() -> None:
    """The reader of QR codes is the library that made it: what is ours is that every dot is where it was."""
    import segno

    text = "https://www.cittametropolitana.example/bozze?chiave=costi-personale-annuale/2025&è=1"
    made = qr(text, 30)
    assert isinstance(made, Picture)
    image = Image.open(io.BytesIO(made.content)).convert("L")
    dots = [
        [image.getpixel((x + 4, y + 4)) == 0 for x in range(32, image.width - 32, 8)]
        for y in range(32, image.height - 32, 8)
    ]
    assert dots == [[bool(dot) for dot in row] for row in segno.make(text, error="m", micro=False).matrix]
    assert (made.alt, made.width_mm) == (text, 30)


def test_codes_in_a_document() -> None:
    content = docx(p("{{ x|qr }} {{ x|codice_a_barre(80) }} {{ n|qr(20) }}"))
    made = render(content, "t.docx", {"x": "costi/2025-Q1", "n": Decimal("1234.5")}, AT, "it")
    document = Document(io.BytesIO(made))
    assert document.element.xpath("//wp:docPr/@descr") == ["costi/2025-Q1", "costi/2025-Q1", "1.234,5"]
    assert [shape.width.mm for shape in document.inline_shapes] == [25, 80, 20]


def test_what_is_not_reported_has_no_code() -> None:
    assert [write(value) for write in (qr, barcode) for value in (None, "", Mark("n.r"))] == ["", "", "n.r"] * 2


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("codice_a_barre", "perché", "senza accenti"),
        ("codice_a_barre", "x" * 49, "non più di 48"),
        ("codice_a_barre", "a\nb", "non più di 48"),
        ("qr", "x" * 2400, "più corto"),
        ("qr(5)", "x", "da 10 a 170 millimetri"),
        ("codice_a_barre('a')", "x", "da 10 a 170 millimetri"),
        ("qr(1, 2, 3)", "x", "tra parentesi"),
    ],
)
def test_what_cannot_be_a_code_is_told(code: str, value: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        render(docx(p(f"{{{{ x|{code} }}}}")), "t.docx", {"x": value}, AT, "it")
