"""The facts of an occurrence and of its drafts, as every interface for programs gives them."""

from __future__ import annotations

from typing import Any

from scheduler.core.changed import Comparison, FigureChange, Since
from scheduler.core.status import Status


def occurrence_facts(status: Status) -> dict[str, Any]:
    """Return an occurrence as JSON has it: days as `date`, the state as its word."""
    item = status.occurrence
    return {
        "key": item.key,
        "obligation": item.obligation.id,
        "title": item.obligation.title,
        "period": item.period.key,
        "nominal_due_on": item.nominal_due_on,
        "legal_due_on": item.legal_due_on,
        "target_on": item.target_on,
        "state": status.state,
        "to_confirm": item.to_confirm,
    }


def comparison_facts(comparison: Comparison) -> dict[str, Any]:
    """Return what has changed in a draft's figures as JSON has it; null where there is nothing to compare with."""
    return {"since_version": _since(comparison.version), "since_period": _since(comparison.period)}


def _since(since: Since | None) -> dict[str, Any] | None:
    if since is None:
        return None
    key, version = since.earlier.occurrence_key, since.earlier.version
    return {"key": key, "version": version, "figures": [_change(item) for item in since.changes]}


def _change(change: FigureChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "row": change.row,
        "column": change.column,
        "before": change.before,
        "after": change.after,
        "difference": change.difference,
        "percent": change.percent,
    }
