"""What the engine keeps, which may be lost at any time: its SQLite file, and the form in which errands are written."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbos import Serializer

log = logging.getLogger(__name__)


class Quick(sqlite3.Connection):
    """A connection that does not wait for the disk at each commit: lost errands are no fault, the ledger decides."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute("PRAGMA synchronous=NORMAL")


def prepare(url: str) -> None:
    """Let a SQLite file be written while it is read; put a broken one aside: the ledger knows all that matters."""
    if not url.startswith("sqlite:///"):
        return
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _make_ready(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        log.warning("the engine's file is broken and is made anew: %s", error)
        for part in path.parent.glob(f"{path.name}*"):
            part.unlink()
        _make_ready(path)


def _make_ready(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        [(answer,)] = connection.execute("PRAGMA quick_check").fetchall()[:1]
    connection.close()
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)


def serializer() -> Serializer:
    """Return what writes errands down: names only, as JSON, so that reading them back can do nothing else."""
    import json

    from dbos import Serializer

    class Json(Serializer):
        def serialize(self, data: Any) -> str:
            return json.dumps(data, default=repr)

        def deserialize(self, serialized_data: str) -> Any:
            return json.loads(serialized_data)

        def name(self) -> str:
            return "json"

    return Json()
