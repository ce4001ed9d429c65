"""What one request may cost, and what it leaves behind."""

from __future__ import annotations

import gc
from pathlib import Path

import psycopg

from scheduler.core.entrance import Way, sha256_of
from tests.web.asking import Visitor
from tests.web.entering import ADMINISTRATOR, entry_of


def test_a_request_leaves_no_connection(office: Path, postgresql_url: str) -> None:
    entry = entry_of(office, DATABASE_URL=postgresql_url)
    entry.app.store.sessions.begin(sha256_of("t" * 43), ADMINISTRATOR, Way.LINK, entry.clock())
    visitor = Visitor(entry.application, cookies={"scadenzario": "t" * 43})
    with psycopg.connect(postgresql_url, autocommit=True) as watching:
        gc.disable()  # what a request leaves is not to be found by chance
        try:
            answers = {visitor.get("/invii").status for _ in range(20)}
            [open_now] = watching.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone() or [None]
        finally:
            gc.enable()
    assert answers == {200}
    assert open_now <= 2, "ours, and that of the thread which set the ledger up"
    entry.app.store.rest()
