"""Tables that a database gives: SQLite and a real PostgreSQL, asked for a period, and never written to."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from scheduler.core.data import Column, Mark, TableSpec
from scheduler.errors import SourceError
from scheduler.intake.database import Databases, Query, _as_text
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import Examined, examine
from scheduler.settings import read_settings

from .workbooks import END, KEY, START, column

MAKE = (
    "create table personale (matricola text, dal date, costo numeric(12, 4), ore double precision, stato text)",
    "insert into personale values ('001', '2025-01-31', 1234.5600, 0.5, 'in servizio')",
    "insert into personale values ('002', '2025-03-31', 8305352.69, 36, 'n.r')",
    "insert into personale values ('003', '2025-04-01', 1, 36, 'fuori periodo; «à»')",
)
SQL = "select matricola, dal, costo, ore, stato from personale where dal >= :start and dal < :end order by matricola"
COLUMNS = (
    column("matricola", header="matricola", unique=True),
    column("dal", "data", header="dal"),
    column("costo", "importo", header="costo"),
    column("ore", "numero", header="ore"),
    column("stato", header="stato"),
)
SECRET = "segreta"


def sqlite(folder: Path) -> str:
    with sqlite3.connect(folder / "anagrafe.db") as connection:
        for statement in MAKE:
            connection.execute(statement)
    connection.close()
    return "sqlite:///anagrafe.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with the same table, of each kind."""
    if request.param == "sqlite":
        return sqlite(tmp_path)
    address: str = request.getfixturevalue("postgresql_url")
    with psycopg.connect(address) as connection:
        for statement in MAKE:
            connection.execute(statement.encode())
    return address


def ask(root: Path, url: str, sql: str = SQL, *columns: Column, cache: SheetCache | None = None) -> Examined:
    spec = TableSpec("personale", "", columns or COLUMNS, sql=sql, database="anagrafe")
    cache = cache or SheetCache(Databases({"anagrafe": url} if url else {}, root))
    return examine(spec, places(spec, START, END, KEY), root, cache)


def said(root: Path, url: str, sql: str = SQL, *columns: Column) -> str:
    with pytest.raises(SourceError) as caught:
        ask(root, url, sql, *columns)
    return str(caught.value)


def test_the_rows_of_the_period_are_read_with_their_types(tmp_path: Path, url: str) -> None:
    found = ask(tmp_path, url)
    assert [tuple(row.values.values()) for row in found.table.rows] == [
        ("001", date(2025, 1, 31), Decimal("1234.56"), Decimal("0.5"), "in servizio"),
        ("002", date(2025, 3, 31), Decimal("8305352.69"), Decimal(36), Mark("n.r")),
    ]
    assert found.warnings == ()


def test_the_rows_are_fingerprinted_and_can_be_kept(tmp_path: Path, url: str) -> None:
    cache = SheetCache(Databases({"anagrafe": url}, tmp_path))
    [source] = ask(tmp_path, url, cache=cache).table.sources
    kept = cache.content(source, tmp_path, "it")
    assert kept.decode() == (
        "matricola;dal;costo;ore;stato\n001;2025-01-31;1234,56;0,5;in servizio\n002;2025-03-31;8305352,69;36;n.r\n"
    )
    assert (source.path, source.sheet) == ("SQL anagrafe", "personale 2025-Q1")
    assert (source.sha256, source.size) == (sha256(kept).hexdigest(), len(kept))


def test_what_changes_in_the_database_is_seen_at_once(tmp_path: Path) -> None:
    url = sqlite(tmp_path)
    cache = SheetCache(Databases({"anagrafe": url}, tmp_path))
    before = ask(tmp_path, url, cache=cache).table
    with sqlite3.connect(tmp_path / "anagrafe.db") as connection:
        connection.execute("update personale set ore = 18 where matricola = '001'")
    connection.close()
    after = ask(tmp_path, url, cache=cache).table
    assert [table.rows[0].values["ore"] for table in (before, after)] == [Decimal("0.5"), Decimal(18)]
    assert cache.content(before.sources[0], tmp_path, "it") != cache.content(after.sources[0], tmp_path, "it")


def test_nothing_can_be_written(tmp_path: Path, url: str) -> None:
    writing = "with x as (delete from personale returning *) select * from x"
    for sql in ("delete from personale", writing):
        assert said(tmp_path, url, sql).startswith("SQL anagrafe: la base dati non ha risposto: ")
    assert len(ask(tmp_path, url).table.rows) == 2


def test_a_cell_is_named_by_its_row_and_column(tmp_path: Path, url: str) -> None:
    sql = "select 'a' as nome, 'x' as costo union all select 'b', '1.5' union all select null, '2' order by costo"
    told = said(tmp_path, url, sql, column("nome", header="nome"), column("costo", "importo", header="costo"))
    assert [line.split(": «")[0] for line in told.splitlines()] == [
        "SQL anagrafe [personale 2025-Q1] riga 2, costo",
        "SQL anagrafe [personale 2025-Q1] riga 3, nome",
        "SQL anagrafe [personale 2025-Q1] riga 4, costo",
    ]


def test_repeated_rows_are_said(tmp_path: Path, url: str) -> None:
    sql = "select 'a' as nome, 1 as ore union all select 'a', 1"
    [warning] = ask(tmp_path, url, sql, column("nome", header="nome"), column("ore", header="ore")).warnings
    assert str(warning).startswith("SQL anagrafe [personale 2025-Q1] riga 3: avviso: la riga è uguale alla 2")


def test_too_many_rows_are_refused(tmp_path: Path, url: str) -> None:
    query = Query("anagrafe", "personale", "select matricola from personale", START, END, KEY)
    assert Databases({"anagrafe": url}, tmp_path, most=3).answer(query, "SQL", "it").count(b"\n") == 4
    with pytest.raises(SourceError, match="più di 2 righe"):
        Databases({"anagrafe": url}, tmp_path, most=2).answer(query, "SQL", "it")


def test_a_query_without_end_is_ended(tmp_path: Path, url: str) -> None:
    sql = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) as i from n"
    with pytest.raises(SourceError, match="la base dati non ha risposto"):
        Databases({"anagrafe": url}, tmp_path, seconds=0.2).answer(
            Query("anagrafe", "personale", sql, START, END, KEY), "SQL", "it"
        )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "SQL anagrafe: non è detto dove sta la base dati; impostare SCADENZARIO_SOURCE_ANAGRAFE"),
        ("non un indirizzo", "SQL anagrafe: l'indirizzo della base dati non si può usare; scrivere in SCADENZARIO_"),
        (f"mysql://io:{SECRET}@server/x", "SQL anagrafe: l'indirizzo della base dati non si può usare; scrivere in "),
        ("sqlite:///manca.db", "SQL anagrafe: la base dati non ha risposto: unable to open database file"),
        (f"postgresql://io:{SECRET}@127.0.0.1:1/x", "SQL anagrafe: la base dati non ha risposto: "),
    ],
)
def test_a_database_that_cannot_be_reached_is_said_without_its_password(
    tmp_path: Path, url: str, expected: str
) -> None:
    told = said(tmp_path, url)
    assert told.startswith(expected)
    assert SECRET not in told
    assert not (tmp_path / "manca.db").exists()


def test_what_a_database_answers_is_not_mailed(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        ask(tmp_path, sqlite(tmp_path), "select cognome_di_rossi from personale")
    [problem] = caught.value.problems
    assert "cognome_di_rossi" in problem.what
    assert "cognome_di_rossi" not in problem.for_mail()


def test_values_are_written_as_an_italian_office_does() -> None:
    day = datetime.fromisoformat("2025-01-02T03:00:00")
    values = [None, True, 3, 0.1 + 0.2, Decimal("100.00"), Decimal("-0.500"), Decimal("1E+3"), day, "a;b"]
    written = _as_text(["a", "b"], [[value, "x"] for value in values]).decode().splitlines()
    assert written == [
        *("a;b", ";x", "VERO;x", "3;x", "0,3;x", "100;x", "-0,5;x", "1000;x", "2025-01-02T03:00:00;x", '"a;b";x')
    ]


def test_the_environment_names_the_databases(tmp_path: Path) -> None:
    kept = tmp_path / "url"
    kept.write_text(f"postgresql://io:{SECRET}@server/x\n", "utf-8")
    (tmp_path / "scadenzario_source_terza").write_text("sqlite:///c.db", "utf-8")
    settings = read_settings(
        {
            "SCADENZARIO_SOURCE_PRIMA": "sqlite:///a.db",
            "SCADENZARIO_SOURCE_LA_SECONDA_FILE": str(kept),
            "CREDENTIALS_DIRECTORY": str(tmp_path),
        }
    )
    assert settings.source_urls == {
        "prima": "sqlite:///a.db",
        "la_seconda": f"postgresql://io:{SECRET}@server/x",
        "terza": "sqlite:///c.db",
    }
    assert SECRET not in repr(settings)
