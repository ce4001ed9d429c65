"""The suspicions about workbooks whose severity an office may choose for each table: their codes, and what they are."""

from __future__ import annotations

from collections.abc import Mapping

_WARNINGS = (
    *("file.read", "file.same", "sheet.hidden", "column.hidden"),
    *("row.blank", "row.hidden", "row.repeated", "row.total", "row.below"),
    *("cell.dated", "cell.typed", "cell.separator", "cell.stale", "cell.scale"),
)
_ERRORS = (
    *("row.wide", "total.differs", "cell.range", "cell.reckoned", "cell.duplicate"),
    *("cell.zeros", "cell.digits", "cell.fraction", "cell.exchanged"),
)

# By code, whether it is only a warning. What has no value (an error, an empty cell) is not here: it always blocks.
RULES: Mapping[str, bool] = {**dict.fromkeys(_WARNINGS, True), **dict.fromkeys(_ERRORS, False)}
