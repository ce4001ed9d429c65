"""The ledger of the first release, as it was written down once, and what must be found in it for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.core.data import Source
from scheduler.core.ledger import Act, ActKind, Delivery, DeliveryState, Draft, Outcome, Performance
from scheduler.ledger.store import Store

FIRST = "0001_initial"
DUMP = Path(__file__).with_name("first_release.sql")  # made by tools/make_first_ledger.py
AT, HOUR = datetime(2025, 2, 10, 8, 0, 0, 123456, tzinfo=UTC), timedelta(hours=1)
KEY, TAIL = "costi-personale-annuale/2024", "gol-avanzamento/2023"

ACTS = {
    KEY: (
        Act(
            ActKind.EXTENSION,
            KEY,
            AT,
            "Ada Bianchini",
            date(2025, 3, 15),
            reason="nota della Regione: «più tempo»\nseconda riga; con 'apici'",
        ),
        Act(
            ActKind.SUBMISSION,
            KEY,
            AT + HOUR,
            "ugo.verdini",
            date(2025, 2, 11),
            "0015384/2025",
            f"evidence/{KEY}/20250211T090000-ricevuta.eml",
        ),
    ),
    TAIL: (
        Act(ActKind.WAIVER, TAIL, AT, "ugo.verdini", reason="non dovuta"),
        Act(ActKind.REOPENING, TAIL, AT + HOUR, "ugo.verdini", reason="errore"),
    ),
}
PERFORMANCES = (
    Performance(f"{KEY}/draft-20d", KEY, Outcome.PERFORMED, AT, 2),
    Performance(f"{KEY}/request-30d", KEY, Outcome.SUPERSEDED, AT, superseded_by=f"{KEY}/draft-20d"),
    Performance(
        f"{TAIL}/draft-20d",
        TAIL,
        Outcome.FAILED,
        AT,
        3,
        AT + 4 * HOUR,
        problems=("data/gol/2023.xlsx: il file non c'è; metterlo",),
    ),
)
INPUTS = (
    (Source("data/costi/2024-Q1.xlsx", "Costi", "b" * 64, 1234),),
    (
        Source("data/costi/2024-Q1.xlsx", "Costi", "c" * 64, 1235),
        Source("data/costi/2024-Q2.csv", "", "d" * 64, 5_000_000_000),
    ),
)
DRAFTS = tuple(
    Draft(
        KEY,
        "costi-personale-annuale",
        version,
        f"drafts/{KEY}/costi-personale-annuale-2024-v{version}.docx",
        str(version) * 64,
        40_000 + version,
        "a" * 64,
        AT + version * HOUR,
        inputs,
    )
    for version, inputs in enumerate(INPUTS, start=1)
)
MAILS = (
    Delivery(
        "<1@cmm.example>",
        f"{KEY}/draft-20d",
        KEY,
        "scadenzario@cmm.example",
        ("ada@cmm.example", "ugo@cmm.example"),
        "Bozza – Report annuale «costi»",
        "mail/2025-02-10/costi-personale-annuale_2024_draft-20d.eml",
        "f" * 64,
        AT,
        DeliveryState.SENT,
        attempts=1,
        reply="250 ok",
    ),
    Delivery(
        "<2@cmm.example>",
        "digest/2025-02-12/rendicontazione",
        "",
        "scadenzario@cmm.example",
        ("direzione@cmm.example",),
        "Riepilogo",
        "mail/2025-02-12/digest_2025-02-12_rendicontazione.eml",
        "9" * 64,
        AT + 48 * HOUR,
        DeliveryState.DOTTED,
        ("direzione@cmm.example",),
        ambiguous=True,
        attempts=2,
        reply="nessuna risposta",
    ),
)

FACTS: dict[type, str] = {
    Act: "kind occurrence_key at who on protocol evidence reason",
    Performance: "action_key occurrence_key outcome at attempts retry_at superseded_by problems",
    Draft: "occurrence_key document version path sha256 size template_sha256 at inputs",
    Delivery: "message_id action_key occurrence_key sender recipients subject path sha256 planned_at state pending "
    "ambiguous attempts reply",
}


def make(path: Path) -> None:
    """Put the ledger of the first release into a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of a ledger in a file, by table, in the columns of the first release."""
    found = {}
    with closing(sqlite3.connect(":memory:")) as first, closing(sqlite3.connect(path)) as connection:
        first.executescript(DUMP.read_text("utf-8"))
        for (table,) in first.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'ledger%'"):
            columns = ", ".join(f'"{name}"' for _, name, *_ in first.execute(f"PRAGMA table_info({table})"))
            found[table] = connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()  # noqa: S608
    return found


def check(store: Store) -> None:
    """Hold that a ledger has all that the first release wrote."""
    ledger = store.snapshot()
    assert ledger.started_at == datetime(2025, 2, 10, 8, tzinfo=UTC)
    assert ledger.swept_at == datetime(2025, 2, 12, 8, 0, 0, 500000, tzinfo=UTC)
    assert {key: told(acts) for key, acts in ledger.acts.items()} == {key: told(ACTS[key]) for key in ACTS}
    assert told(sorted(ledger.performances.values(), key=lambda item: item.action_key)) == told(PERFORMANCES)
    assert store.identity() == "5f0c1f9e-6a3a-4c55-9a39-6a4d1f1a0001"
    assert told(store.drafts(KEY)) == told(DRAFTS)
    assert told(store.deliveries.all()) == told(MAILS)


def told(rows: Sequence[Any]) -> list[dict[str, object]]:
    """Return rows with the facts that the first release knew; later ones may know more of them."""
    return [{name: getattr(row, name) for name in FACTS[type(row)].split()} for row in rows]
