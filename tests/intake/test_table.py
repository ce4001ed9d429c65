"""Sheets as typed tables: headers, rules of columns, addresses, and every problem at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.data import Column, Mark
from scheduler.errors import SourceError
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import examine, read_table

from .workbooks import END, KEY, START, column, read, table, values, write

NAME, AMOUNT = column("nome"), column("importo", "importo")


def problems(folder: Path, *columns: Column, lang: str = "it", **rules: object) -> list[str]:
    with pytest.raises(SourceError) as caught:
        read(table(*columns, **rules), folder, lang)
    return [str(problem) for problem in caught.value.problems]


def test_columns_may_stand_in_any_order_below_any_row(tmp_path: Path) -> None:
    rows = [
        ["Titolo"],
        [],
        [None, "IMPORTO\u00a0", "altro", " nome\n"],
        [None, "1,5", "x", "Rossi"],
        [None, 2, None, "007"],
    ]
    write(tmp_path / "dati.xlsx", rows, start=2)
    found = read(table(NAME, AMOUNT, header=4), tmp_path)
    assert found.columns == ("nome", "importo")
    assert [dict(row.values) for row in found.rows] == [
        {"nome": "Rossi", "importo": Decimal("1.50")},
        {"nome": "007", "importo": Decimal("2.00")},
    ]
    assert [str(found.rows[1].cell(name)) for name in found.columns] == ["dati.xlsx [Dati] D6", "dati.xlsx [Dati] B6"]


def test_blank_rows_are_left_out_and_addresses_stay_right(tmp_path: Path) -> None:
    rows = [["Nome", "Importo"], ["a", 1], [None, "  "], [], ["b", 0], [None, None, "nota a margine"]]
    write(tmp_path / "dati.xlsx", rows)
    found = read(table(NAME, AMOUNT), tmp_path)
    assert [(row.values["nome"], row.line) for row in found.rows] == [("a", 2), ("b", 5)]


def test_a_row_of_zeros_is_not_blank(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Importo"], [0], [0.0], ["0"]])
    assert values(read(table(AMOUNT), tmp_path), "importo") == [0, 0, 0]


def test_several_files_make_one_table_in_order(tmp_path: Path) -> None:
    for month in ("2025-01", "2025-02", "2025-03"):
        write(tmp_path / f"{month}.xlsx", [["Nome"], [month]])
    found = read(table(NAME, path="{month}.xlsx"), tmp_path)
    assert values(found, "nome") == ["2025-01", "2025-02", "2025-03"]
    assert [source.path for source in found.sources] == ["2025-01.xlsx", "2025-02.xlsx", "2025-03.xlsx"]


def test_headers_may_hold_the_year(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Obiettivi 2025", "Obiettivi 2024"], ["41.285", 1]])
    found = read(table(column("obiettivo", "intero", header="Obiettivi {year}")), tmp_path)
    assert values(found, "obiettivo") == [41285]


def test_optional_cells_may_be_empty(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Nome", "Fine"], ["a", None], ["b", "31/12/2025"]])
    found = read(table(NAME, column("fine", "data", required=False)), tmp_path)
    assert values(found, "fine") == [None, date(2025, 12, 31)]


def test_choices_are_spelt_as_declared(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Ente"], ["cmm"], [" Ex  Madia "], ["n.d."]])
    found = read(table(column("ente", values=("CMM", "ex Madia"))), tmp_path)
    assert values(found, "ente") == ["CMM", "ex Madia", Mark("n.d.")]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (41285, 14320, 26965),
        ("10.652", "n.r", Mark("n.r")),
        ("n.d.", "n.r", Mark("n.d.")),
        (None, 3, None),
        ("1,5", 0.25, Decimal("1.25")),
    ],
)
def test_differences(tmp_path: Path, first: object, second: object, expected: object) -> None:
    kind = "numero" if first == "1,5" else "intero"
    write(tmp_path / "dati.xlsx", [["Nome", "A", "B"], ["x", first, second]])
    columns = (column("a", kind, required=False), column("b", kind), Column("c", AMOUNT.type, difference=("a", "b")))
    found = read(table(NAME, *columns), tmp_path)
    assert values(found, "c") == [expected]
    assert found.rows[0].cell("c") is None
    assert found.rows[0].derived["c"] == ("a", "b")


def test_a_difference_of_a_difference_knows_its_cells(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["A", "B"], [10, 3]])
    c = Column("c", AMOUNT.type, difference=("a", "b"))
    d = Column("d", AMOUNT.type, difference=("a", "c"))
    found = read(table(column("a", "intero"), column("b", "intero"), c, d), tmp_path)
    assert values(found, "d") == [3]
    assert found.rows[0].derived["d"] == ("a", "a", "b")


@pytest.mark.parametrize(
    ("kind", "cell", "says"),
    [
        ("importo", None, "la cella è vuota; scrivere il valore, o n.d. se non c'è; se la riga non è un dato, toglierla"),  # noqa: E501
        ("importo", "dodici", "«dodici» non va bene, ci vuole un importo, per esempio 8.305.352,69; correggere la cella"),  # noqa: E501
        ("importo", "1.5", "«1.5» è ambiguo: il punto separa le migliaia; scrivere i decimali con la virgola"),
        ("importo", 1.005, "«1,005» ha più di due decimali, ci vuole un importo, per esempio 8.305.352,69; arrotondare ai centesimi nel foglio"),  # noqa: E501
        ("intero", 3.5, "«3,5» non va bene, ci vuole un numero intero, per esempio 41.285; correggere la cella"),
        ("data", 45752, "«45752» è un numero, ci vuole una data, per esempio 05/04/2025; dare alla cella il formato data"),  # noqa: E501
        ("data", "31/2/2025", "«31/2/2025» non è un giorno che esiste, ci vuole una data, per esempio 05/04/2025; correggere la data"),  # noqa: E501
        ("data", "1/2/25", "«1/2/25» ha l'anno di due cifre; scrivere l'anno per intero: 05/04/2025"),
        ("testo", "#REF!", "la cella contiene l'errore #REF!; correggere la formula e salvare di nuovo"),
        ("numero", "=A1*2", "la formula =A1*2 non ha un risultato; aprire il file, ricalcolare (F9) e salvare"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_value_and_a_remedy(tmp_path: Path, kind: str, cell: object, says: str) -> None:
    write(tmp_path / "dati.xlsx", [["Nome", "Valore"], ["x", cell]])
    assert problems(tmp_path, NAME, column("valore", kind)) == [f"dati.xlsx [Dati] B2: «Valore»: {says}"]


def test_a_value_that_is_not_among_the_choices_gets_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Ente"], ["AFLO"], ["xyz"]])
    assert problems(tmp_path, column("ente", values=("CMM", "AFOL"))) == [
        "dati.xlsx [Dati] A2: «Ente»: «AFLO» non è tra i valori ammessi: CMM, AFOL; scrivere forse «AFOL»",
        "dati.xlsx [Dati] A3: «Ente»: «xyz» non è tra i valori ammessi: CMM, AFOL; correggere la cella, o values",
    ]


def test_a_double_value_names_the_first(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Nome"], ["a"], ["b"], ["A "], ["n.d."], ["n.d."]])
    assert problems(tmp_path, column("nome", unique=True)) == [
        "dati.xlsx [Dati] A4: «Nome»: «A» c'è già in A2; togliere la riga doppia o correggere il valore"
    ]


def test_values_are_unique_in_each_file_only(tmp_path: Path) -> None:
    for month in ("2025-01", "2025-02", "2025-03"):
        write(tmp_path / f"{month}.xlsx", [["Nome"], ["stesso"]])
    assert len(read(table(column("nome", unique=True), path="{month}.xlsx"), tmp_path).rows) == 3


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Nome", "Impoto"], ["a", 1]], "1: alla riga 1 manca la colonna «Importo»; chiamarla così: è forse «Impoto»?"),  # noqa: E501
        ([["Nome", "Q"], ["a", 1]], "1: alla riga 1 manca la colonna «Importo»; aggiungerla, o correggere header; ci sono: Nome, Q"),  # noqa: E501
        ([["Nome", "Importo", "IMPORTO"], ["a", 1, 2]], "1: la colonna «Importo» c'è due volte: B1 e C1; toglierne o rinominarne una"),  # noqa: E501
        ([["Titolo"], [], ["Nome", "Importo"], ["a", 1]], "1: le intestazioni sono alla riga 3, non alla 1; correggere header: 3"),  # noqa: E501
        ([["Nome", "Importo"]], "1: nessuna riga sotto le intestazioni; compilare il foglio"),
        ([["Nome", "Importo"], [None, " "]], "1: nessuna riga sotto le intestazioni; compilare il foglio"),
        ([], "1: la riga 1 è vuota: dovrebbe contenere le intestazioni; correggere il foglio, o header"),
    ],
)  # fmt: skip
def test_a_wrong_header_is_explained(tmp_path: Path, rows: list[list[object]], expected: str) -> None:
    write(tmp_path / "dati.xlsx", rows)
    assert problems(tmp_path, NAME, AMOUNT) == [f"dati.xlsx [Dati] {expected}"]


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    write(tmp_path / "2025-01.xlsx", [["Nome", "Importo"], ["a", "x"], [None, "y"]])
    write(tmp_path / "2025-03.xlsx", [["Nome"], ["a"]])
    found = problems(tmp_path, NAME, AMOUNT, path="{month}.xlsx")
    assert [line.partition(": ")[0] for line in found] == [
        "2025-01.xlsx [Dati] B2",
        "2025-01.xlsx [Dati] A3",
        "2025-01.xlsx [Dati] B3",
        "2025-02.xlsx",
        "2025-03.xlsx [Dati] 1",
    ]


def test_many_problems_are_cut_short(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Importo"], *[["x"]] * 73])
    found = problems(tmp_path, AMOUNT)
    assert len(found) == 51
    assert found[-1] == "dati.xlsx [Dati]: e altri 23 problemi; correggere questi e ripetere il controllo"


def test_problems_are_told_in_english_on_request(tmp_path: Path) -> None:
    write(tmp_path / "dati.xlsx", [["Importo"], ["x"]])
    assert problems(tmp_path, AMOUNT, lang="en") == [
        "dati.xlsx [Dati] A2: “Importo”: “x” will not do, it must be an amount, for example 8.305.352,69; "
        "correct the cell"
    ]


def test_a_table_is_typed_once_while_its_files_stay_the_same(tmp_path: Path) -> None:
    path, spec, cache = write(tmp_path / "dati.xlsx", [["Nome"], ["a"]]), table(NAME), SheetCache()
    found = places(spec, START, END, KEY)
    first = read_table(spec, found, tmp_path, cache)
    assert read_table(spec, found, tmp_path, cache) is first
    assert read_table(table(NAME, marks=("a",)), found, tmp_path, cache).rows[0].values["nome"] == Mark("a")
    write(path, [["Nome"], ["un altro"]])
    assert values(read_table(spec, found, tmp_path, cache), "nome") == ["un altro"]
    path.unlink()
    with pytest.raises(SourceError):
        read_table(spec, found, tmp_path, cache)


RECORDS = st.lists(
    st.tuples(
        st.integers(-(10**11), 10**11).map(lambda cents: Decimal(cents) / 100),
        st.decimals(-99999, 99999, places=3),
        st.integers(-(10**9), 10**9),
        st.dates(date(1950, 1, 1), date(2100, 1, 1)),
        st.sampled_from(["n.r", "n.d.", "-", "N.R."]) | st.integers(0, 9),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=40)
@given(RECORDS)
def test_what_a_spreadsheet_holds_is_read_back(tmp_path_factory: pytest.TempPathFactory, records: list[tuple]) -> None:
    folder = tmp_path_factory.mktemp("andata")
    write(folder / "dati.xlsx", [["A", "B", "C", "D", "E"], *records])
    kinds = zip("abcde", ("importo", "numero", "intero", "data", "intero"), strict=True)
    found = read(table(*(column(name, kind) for name, kind in kinds)), folder)
    expected = [(*record[:4], Mark(record[4]) if isinstance(record[4], str) else record[4]) for record in records]
    assert [tuple(row.values.values()) for row in found.rows] == expected


def test_last_months_file_under_this_months_name_is_noticed(tmp_path: Path) -> None:
    for month in ("2025-01", "2025-02"):
        write(tmp_path / f"{month}.xlsx", [["Nome"], [month]])
    (tmp_path / "2025-03.xlsx").write_bytes((tmp_path / "2025-01.xlsx").read_bytes())
    spec = table(NAME, path="{month}.xlsx")
    found = examine(spec, places(spec, START, END, KEY), tmp_path, SheetCache())
    assert len(found.table.rows) == 3
    assert [str(problem) for problem in found.warnings] == [
        "2025-03.xlsx: avviso: è lo stesso file di 2025-01.xlsx; "
        "controllare che non sia salvato con il nome di un altro periodo"
    ]


def test_what_blocks_comes_first_and_no_mail_quotes_a_cell(tmp_path: Path) -> None:
    rows = [["Nome", "Importo"], ["Rossi", "8.305"], ["Rossi", "8.305"], ["Bianchi", "21790"], ["Totale", 7]]
    write(tmp_path / "dati.xlsx", [*rows, ["Verdi", "x"]])
    with pytest.raises(SourceError) as caught:
        read(table(NAME, AMOUNT), tmp_path)
    assert [problem.for_mail() for problem in caught.value.problems] == [
        "dati.xlsx [Dati] B5: «Importo»: il totale è …, ma B2:B4 dà …; "
        "correggere il foglio; se la riga è un dato, dichiarare totals: rows",
        "dati.xlsx [Dati] B6: «Importo»: «…» non va bene, ci vuole un importo, per esempio 8.305.352,69; "
        "correggere la cella",
        "dati.xlsx [Dati] 3: avviso: la riga è uguale alla 2; toglierla, se è scritta due volte",
        "dati.xlsx [Dati] B4: avviso: «Importo»: «…» è senza il punto delle migliaia, che altre celle hanno; "
        "controllarlo e scriverlo come gli altri",
    ]
    assert [problem.warning for problem in caught.value.problems] == [False, False, True, True]
