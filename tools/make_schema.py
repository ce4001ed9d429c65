"""Writes docs/deadlines.schema.json, by which editors check and complete deadlines.yaml while it is written."""

from __future__ import annotations

import json
from pathlib import Path

from scheduler.deadlines.schema import json_schema

TARGET = Path(__file__).resolve().parents[1] / "docs" / "deadlines.schema.json"


def schema_text() -> str:
    """Return the JSON Schema of deadlines.yaml as the file holds it."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(schema_text(), encoding="utf-8")
