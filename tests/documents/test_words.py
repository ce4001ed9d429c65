"""Numbers in words, articles, agreement and citations, as Italian documents have them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.data import Mark
from scheduler.documents.formats import FILTERS
from scheduler.documents.numerals import LARGEST, amount, cardinal
from scheduler.documents.render import render
from scheduler.errors import TemplateError
from tests.documents.word import docx, p

NR = Mark("n.r")
JANUARY, MARCH = date(2025, 1, 1), date(2025, 3, 31)

SMALL = "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
UNITS = {word: value for value, word in enumerate(f"{SMALL} diciassette diciotto diciannove".split())}
STEMS = ("vent", "trent", "quarant", "cinquant", "sessant", "settant", "ottant", "novant")
TENS = dict(zip(STEMS, range(20, 100, 10), strict=True))
BELOW_1000 = re.compile(
    rf"(?:(?P<hundreds>{'|'.join(UNITS)})?(?P<cento>cento?))?(?:(?P<tens>{'|'.join(TENS)})[ia]?)?"
    rf"(?P<unit>{'|'.join(UNITS)})?"
)
LARGE = {"bilion": 10**12, "miliard": 10**9, "milion": 10**6}


def read_back(words: str) -> int:
    """Return the number that is said, by a grammar of its own."""
    total, last = 0, 0
    for word in words.removeprefix("meno ").replace("é", "e").split():
        size = next((size for stem, size in LARGE.items() if word.startswith(stem)), 0)
        total, last = (total + last * size, 0) if size else (total, 1 if word == "un" else _below_million(word))
    return (-1 if words.startswith("meno ") else 1) * (total + last)


def _below_million(word: str) -> int:
    if word.startswith("mille"):
        return 1000 + _below_1000(word.removeprefix("mille"))
    thousands, _, rest = word.rpartition("mila")
    return _below_1000(thousands) * 1000 + _below_1000(rest)


def _below_1000(word: str) -> int:
    found = BELOW_1000.fullmatch(word)
    assert found, word
    hundreds = UNITS.get(found["hundreds"], 1) if found["cento"] else 0
    return hundreds * 100 + TENS.get(found["tens"], 0) + UNITS.get(found["unit"], 0)


@given(st.integers(-LARGEST, LARGEST) | st.integers(0, 10**12).map(lambda number: 10**12 - number))
def test_a_number_in_words_is_read_back(number: int) -> None:
    assert read_back(cardinal(number)) == number


def test_all_small_numbers_are_read_back() -> None:
    assert [read_back(cardinal(number)) for number in range(20_000)] == list(range(20_000))


@given(st.decimals(-(10**12), 10**12, places=2))
def test_an_amount_in_words_is_read_back(value: Decimal) -> None:
    words, _, cents = amount(value).partition("/")
    assert abs(read_back(words)) + Decimal(cents) / 100 == abs(value)
    assert words.startswith("meno ") == (value < 0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *[(0, "zero"), (3, "tre"), (17, "diciassette"), (21, "ventuno"), (23, "ventitré"), (28, "ventotto")],
        *[(81, "ottantuno"), (88, "ottantotto"), (100, "cento"), (101, "centouno"), (103, "centotré")],
        *[(108, "centotto"), (111, "centoundici"), (180, "centottanta"), (188, "centottantotto"), (203, "duecentotré")],
        *[(999, "novecentonovantanove"), (1000, "mille"), (1001, "milleuno"), (1003, "milletré"), (1008, "milleotto")],
        *[(2000, "duemila"), (2025, "duemilaventicinque"), (3000, "tremila"), (21_000, "ventunomila")],
        *[(23_000, "ventitremila"), (100_000, "centomila"), (108_008, "centottomilaotto"), (10**6, "un milione")],
        *[(2_000_003, "due milioni tre"), (1_200_000, "un milione duecentomila"), (-5, "meno cinque")],
        *[(23_000_000, "ventitré milioni"), (10**9, "un miliardo"), (2 * 10**9, "due miliardi")],
        *[(8_972_346, "otto milioni novecentosettantaduemilatrecentoquarantasei"), (10**12, "un bilione")],
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("name", "value", "words", "written"),
    [
        ("in_lettere", Decimal("1234.50"), (), "milleduecentotrentaquattro/50"),
        ("in_lettere", Decimal(1200), (), "milleduecento/00"),
        ("in_lettere", Decimal("-0.01"), (), "meno zero/01"),
        ("in_lettere", Decimal("0.004"), (), "zero/00"),
        ("in_lettere", Decimal("1541824.945"), (), "un milione cinquecentoquarantunomilaottocentoventiquattro/94"),
        ("in_lettere", 21, (), "ventuno"),
        ("in_lettere", 21, (True,), "ventuno/00"),
        ("in_lettere", Decimal(21), (False,), "ventuno"),
        ("quanti", 1, ("persona", "persone"), "1 persona"),
        ("quanti", 0, ("persona", "persone"), "0 persone"),
        ("quanti", 41285, ("persona", "persone"), "41.285 persone"),
        ("quanti", 3, ("unità", "unità"), "3 unità"),
        ("plurale", 1, ("è", "sono"), "è"),
        ("plurale", Decimal("1.5"), ("è", "sono"), "sono"),
        ("plurale", NR, ("è", "sono"), "sono"),
        ("periodo", JANUARY, (MARCH,), "dal 1° gennaio al 31 marzo 2025"),
        ("periodo", JANUARY, (date(2025, 1, 31),), "dal 1° al 31 gennaio 2025"),
        ("periodo", date(2024, 2, 16), (date(2026, 12, 31),), "dal 16 febbraio 2024 al 31 dicembre 2026"),
        ("periodo", date(2025, 3, 8), (date(2025, 4, 11),), "dall'8 marzo all'11 aprile 2025"),
        ("periodo", date(2025, 3, 8), (date(2025, 4, 1),), "dall'8 marzo al 1° aprile 2025"),
        ("periodo", "2025-H1", (), "primo semestre 2025"),
        ("periodo", "2025", (), "anno 2025"),
        ("elenco", ["Milano", "Èze"], (), "Milano ed Èze"),
        ("elenco", ["a", "b", "elenco"], (), "a, b ed elenco"),
        ("elenco", ["a", 11], (), "a e 11"),
        ("articolo", "ente", ("m",), "l'ente"),
        ("articolo", "settore", ("m",), "il settore"),
        ("articolo", "studente", ("m",), "lo studente"),
        ("articolo", "sciopero", ("m",), "lo sciopero"),
        ("articolo", "zaino", ("m",), "lo zaino"),
        ("articolo", "gnomo", ("m",), "lo gnomo"),
        ("articolo", "psicologo", ("m",), "lo psicologo"),
        ("articolo", "pneumatico", ("m",), "lo pneumatico"),
        ("articolo", "prospetto", ("m",), "il prospetto"),
        ("articolo", "xilofono", ("m",), "lo xilofono"),
        ("articolo", "yogurt", ("m",), "lo yogurt"),
        ("articolo", "iato", ("m",), "lo iato"),
        ("articolo", "iscritto", ("m",), "l'iscritto"),
        ("articolo", "hotel", ("m",), "l'hotel"),
        ("articolo", "8", ("m",), "l'8"),
        ("articolo", 11, ("m", "da"), "dall'11"),
        ("articolo", "1° gennaio", ("m", "di"), "del 1° gennaio"),
        ("articolo", "«Afol»", ("f",), "l'«Afol»"),
        ("articolo", "Regione", ("f", "di"), "della Regione"),
        ("articolo", "unità", ("f", "in"), "nell'unità"),
        ("articolo", "psicologa", ("f", "a"), "alla psicologa"),
        ("articolo", "enti", ("mp", "di"), "degli enti"),
        ("articolo", "studenti", ("mp",), "gli studenti"),
        ("articolo", "settori", ("mp", "su"), "sui settori"),
        ("articolo", "unità", ("fp", "in"), "nelle unità"),
        ("protocollo", "0015384", (2022,), "15384/2022"),
        ("protocollo", "15384/2022", (), "15384/2022"),
        ("protocollo", 15384, (date(2022, 2, 3),), "15384/2022"),
        ("atto", "DGR XII/1607", (date(2023, 12, 18),), "DGR XII/1607 del 18/12/2023"),
        ("atto", "DGR XII/1607", (), "DGR XII/1607"),
        ("atto", "DGR XII/1607", (NR,), "DGR XII/1607 del n.r"),
    ],
)
def test_filters_with_their_words(name: str, value: Any, words: tuple[Any, ...], written: str) -> None:
    assert FILTERS[name](value, *words).replace("\u00a0", " ") == written


WORDS = {"quanti": ("a", "b"), "articolo": ("m",)}


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "plurale"])
def test_what_is_not_known_passes_through(name: str) -> None:
    passed = [FILTERS[name](value, *WORDS.get(name, ())) for value in (NR, Mark("-"), None, "")]
    assert passed == ["n.r", "-", "", ""]


@pytest.mark.parametrize(
    ("printing", "value", "told"),
    [
        ("x|euro", "abc", "il filtro «euro» non può scrivere «abc»: vuole un numero"),
        ("x|euro", True, "il filtro «euro» non può scrivere «sì»: vuole un numero"),
        ("x|numero", Decimal("NaN"), "il filtro «numero» non può scrivere «NaN»"),
        ("x", Decimal("NaN"), "il filtro «numero» non può scrivere «NaN»"),
        ("x", float("inf"), "il filtro «numero» non può scrivere «inf»"),
        ("x|euro", Decimal("Infinity"), "il filtro «euro» non può scrivere «Infinity»"),
        ("x|percento", MARCH, "il filtro «percento» non può scrivere «31/03/2025»: vuole un numero"),
        ("x|data", 3, "il filtro «data» non può scrivere «3»: vuole una data"),
        ("x|mese", "2025-01", "il filtro «mese» non può scrivere «2025-01»: vuole una data"),
        ("x|data_estesa", datetime(2025, 1, 1).isoformat(), "vuole una data"),  # noqa: DTZ001
        ("x|in_lettere", 10**15, "quindici cifre"),
        ("x|in_lettere(centesimi=false)", Decimal("0.5"), "un numero intero"),
        ("x|elenco", "abc", "il filtro «elenco» non può scrivere «abc»: vuole un elenco"),
        ("x|elenco", 5, "vuole un elenco"),
        ("x|periodo", "marzo", "la chiave di un periodo"),
        ("x|periodo", MARCH, "il primo e l'ultimo giorno"),
        ("x|articolo", "ente", "il filtro «articolo» non può scrivere «ente»: vuole tra parentesi"),
        ("x|articolo('n')", "ente", "'m', 'f', 'mp' o 'fp'"),
        ("x|articolo('m', 'per')", "ente", "'m', 'f', 'mp' o 'fp'"),
        ("x|quanti('persona')", 3, "vuole tra parentesi le parole che dice la guida"),
        ("x|protocollo", 15384, "vuole il numero e l'anno"),
        ("x|protocollo(2023)", "15384/2022", "vuole il numero e l'anno"),
        ("x|protocollo(2023)", "senza", "vuole il numero e l'anno"),
        ("x|atto", 5, "il filtro «atto» non può scrivere «5»: vuole un testo"),
        ("y|euro", 5, "il nome «y» non è tra quelli"),
    ],
)
def test_a_wrong_value_names_the_filter_and_what_it_takes(printing: str, value: Any, told: str) -> None:
    template = docx(p(f"{{{{ {printing} }}}}"))
    with pytest.raises(TemplateError) as caught:
        render(template, "templates/t.docx", {"x": value}, datetime(2025, 2, 10), "it")  # noqa: DTZ001
    assert told in str(caught.value)


@pytest.mark.parametrize("value", [0.5, 1234.5, 2, Decimal("2.50")])
def test_a_number_that_the_template_computes_is_a_number(value: float | Decimal) -> None:
    assert FILTERS["importo"](value) == {0.5: "0,50", 1234.5: "1.234,50", 2: "2,00", 2.5: "2,50"}[float(value)]
