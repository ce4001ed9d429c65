"""How an Italian office writes amounts, numbers and dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from scheduler.core.data import Mark
from scheduler.documents.formats import FILTERS, printed

NR = Mark("n.r")


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("euro", Decimal("8972346.42"), "8.972.346,42 €"),
        ("euro", Decimal("-0.5"), "-0,50 €"),
        ("euro", 0, "0,00 €"),
        ("euro", NR, "n.r"),
        ("euro", None, ""),
        ("importo", Decimal("1234.5"), "1.234,50"),
        ("importo", Decimal("1541824.945"), "1.541.824,94"),
        ("numero", 41285, "41.285"),
        ("numero", Decimal("73.80"), "73,8"),
        ("numero", Decimal("0.125"), "0,125"),
        ("numero", NR, "n.r"),
        ("percento", Decimal("0.34688"), "34,7 %"),
        ("percento", Decimal("0.1245"), "12,5 %"),
        ("percento", Mark("n.c."), "n.c."),
        ("percentuale", Decimal("83.33"), "83,33 %"),
        ("data", date(2025, 2, 28), "28/02/2025"),
        ("data", NR, "n.r"),
        ("data_estesa", date(2025, 2, 28), "28 febbraio 2025"),
        ("data_estesa", date(2025, 1, 1), "1° gennaio 2025"),
        ("data_estesa", date(2025, 1, 11), "11 gennaio 2025"),
        ("data_estesa", date(2025, 1, 21), "21 gennaio 2025"),
        ("mese", date(2025, 3, 9), "marzo 2025"),
        ("elenco", ["a", "b", "c"], "a, b e c"),
        ("elenco", ["a"], "a"),
        ("elenco", [], ""),
    ],
)
def test_filters(name: str, value: object, written: str) -> None:
    assert FILTERS[name](value).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "sì"),
        (date(2025, 4, 5), "05/04/2025"),
        (Decimal("1234.50"), "1.234,5"),
        (2025, "2025"),
        (NR, "n.r"),
        ("<b>", "<b>"),
    ],
)
def test_a_value_without_a_filter(value: object, written: str) -> None:
    assert printed(value) == written
