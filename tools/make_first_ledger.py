"""Write `tests/ledger/first_release.sql`: a ledger with the first released schema and rows in every table.

It is committed for ever: every later version must open it with nothing lost. All people in it are invented.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scheduler import framework

framework.configure()

from scheduler.ledger import database, schema  # noqa: E402  (Django must be set up before the tables are imported)

FIRST = "0001_initial"
AT = datetime(2025, 2, 10, 8, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY, TAIL = "costi-personale-annuale/2024", "gol-avanzamento/2023"
TARGET = Path(__file__).resolve().parents[1] / "tests/ledger/first_release.sql"

ROWS: list[tuple[str, dict[str, Any]]] = [
    ("Fact", {"name": "identity", "value": "5f0c1f9e-6a3a-4c55-9a39-6a4d1f1a0001"}),
    ("Fact", {"name": "started_at", "value": "2025-02-10T08:00:00+00:00"}),
    ("Fact", {"name": "swept_at", "value": "2025-02-12T08:00:00.500000+00:00"}),
    (
        "Act",
        {
            "occurrence_key": KEY,
            "kind": "extension",
            "at": AT,
            "who": "Ada Bianchini",
            "on": date(2025, 3, 15),
            "reason": "nota della Regione: «più tempo»\nseconda riga; con 'apici'",
        },
    ),
    (
        "Act",
        {
            "occurrence_key": KEY,
            "kind": "submission",
            "at": AT + HOUR,
            "who": "ugo.verdini",
            "on": date(2025, 2, 11),
            "protocol": "0015384/2025",
            "evidence": f"evidence/{KEY}/20250211T090000-ricevuta.eml",
            "evidence_sha256": "e" * 64,
        },
    ),
    ("Act", {"occurrence_key": TAIL, "kind": "waiver", "at": AT, "who": "ugo.verdini", "reason": "non dovuta"}),
    ("Act", {"occurrence_key": TAIL, "kind": "reopening", "at": AT + HOUR, "who": "ugo.verdini", "reason": "errore"}),
    (
        "Performance",
        {"action_key": f"{KEY}/draft-20d", "occurrence_key": KEY, "outcome": "performed", "at": AT, "attempts": 2},
    ),
    (
        "Performance",
        {
            "action_key": f"{KEY}/request-30d",
            "occurrence_key": KEY,
            "outcome": "superseded",
            "at": AT,
            "superseded_by": f"{KEY}/draft-20d",
        },
    ),
    (
        "Performance",
        {
            "action_key": f"{TAIL}/draft-20d",
            "occurrence_key": TAIL,
            "outcome": "failed",
            "at": AT,
            "attempts": 3,
            "retry_at": AT + 4 * HOUR,
            "problems": ["data/gol/2023.xlsx: il file non c'è; metterlo"],
        },
    ),
    *(
        (
            "Draft",
            {
                "id": version,
                "occurrence_key": KEY,
                "document": "costi-personale-annuale",
                "version": version,
                "path": f"drafts/{KEY}/costi-personale-annuale-2024-v{version}.docx",
                "sha256": str(version) * 64,
                "size": 40_000 + version,
                "template_sha256": "a" * 64,
                "at": AT + version * HOUR,
            },
        )
        for version in (1, 2)
    ),
    ("Input", {"draft_id": 1, "path": "data/costi/2024-Q1.xlsx", "sheet": "Costi", "sha256": "b" * 64, "size": 1234}),
    ("Input", {"draft_id": 2, "path": "data/costi/2024-Q1.xlsx", "sheet": "Costi", "sha256": "c" * 64, "size": 1235}),
    ("Input", {"draft_id": 2, "path": "data/costi/2024-Q2.csv", "sha256": "d" * 64, "size": 5_000_000_000}),
    (
        "Delivery",
        {
            "id": 1,
            "message_id": "<1@cmm.example>",
            "action_key": f"{KEY}/draft-20d",
            "occurrence_key": KEY,
            "state": "sent",
            "sender": "scadenzario@cmm.example",
            "subject": "Bozza – Report annuale «costi»",
            "path": "mail/2025-02-10/costi-personale-annuale_2024_draft-20d.eml",
            "sha256": "f" * 64,
            "planned_at": AT,
            "next_try_at": AT,
            "attempts": 1,
            "claim": "0123456789abcdef",
            "finished_at": AT + HOUR,
            "reply": "250 ok",
        },
    ),
    (
        "Delivery",
        {
            "id": 2,
            "message_id": "<2@cmm.example>",
            "action_key": "digest/2025-02-12/rendicontazione",
            "state": "dotted",
            "ambiguous": True,
            "sender": "scadenzario@cmm.example",
            "subject": "Riepilogo",
            "path": "mail/2025-02-12/digest_2025-02-12_rendicontazione.eml",
            "sha256": "9" * 64,
            "planned_at": AT + 48 * HOUR,
            "next_try_at": AT + 49 * HOUR,
            "attempts": 2,
            "claim": "fedcba9876543210",
            "lease_until": AT + 49 * HOUR,
            "reply": "nessuna risposta",
        },
    ),
    ("Recipient", {"delivery_id": 1, "address": "ada@cmm.example", "fate": "accepted"}),
    ("Recipient", {"delivery_id": 1, "address": "ugo@cmm.example", "fate": "refused", "reply": "550 no"}),
    ("Recipient", {"delivery_id": 2, "address": "direzione@cmm.example"}),
]


def main() -> None:
    """Make the ledger in a temporary folder and write it down as SQL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.sqlite3")
        alias = database.known_as(database.sqlite_url(path), Path(folder), "it")
        schema.migrate(alias, FIRST)
        models = schema.models_at(alias, FIRST)
        for table, values in ROWS:
            models.get_model(schema.APP, table)._base_manager.using(alias).create(**values)
        database.close(alias)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE django_migrations SET applied = '2025-02-10 08:00:00'")
            TARGET.write_text("\n".join(connection.iterdump()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
