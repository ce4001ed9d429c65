"""The facts of an occurrence, as every interface for programs gives them."""

from __future__ import annotations

from typing import Any

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
