"""A register as plain values, one line of JSON for each thing it says: what the golden files hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from scheduler.core.obligation import Obligation, Register
from scheduler.core.occurrence import Occurrence, milestone_at, occurrences
from scheduler.core.workdays import WorkCalendar

FIRST = 4  # occurrences of each obligation that are written out, and its last one

_CHANGING = ("due", "documents", "figures", "checks", "charts")
# What each occurrence shows in its own way.
_ELSEWHERE = {"agreements", "milestones", "tables", "overrides"}


def rendered(register: Register) -> dict[str, object]:
    """Return all that a register says, by a key for each thing."""
    said: dict[str, object] = {
        "office": plain(register.office),
        "zone": register.workdays.zone.key,
        "operator": register.operator.id,
        "closures": {day.isoformat(): name for day, name in sorted(register.workdays.closures.items())},
    }
    said |= {f"roles.{name}": plain(role) for name, role in register.roles.items()}
    said |= {f"people.{person.address}": plain(person) for person in register.people}
    said |= {f"agreements.{agreement.id}": plain(agreement) for agreement in register.agreements}
    said |= {f"tables.{name}": plain(table) for name, table in register.tables.items()}
    for obligation in register.obligations:
        said |= _obligation(obligation, register.workdays)
    return said


def as_text(said: Mapping[str, object]) -> str:
    """Return it as JSON, one line for each key."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def plain(value: object) -> object:
    """Return a value as JSON can hold it; of a dataclass, the fields that say something."""
    match value:
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if value.second == 0 else value.isoformat()
        case date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
    if is_dataclass(value):
        shown = ((item.name, getattr(value, item.name)) for item in fields(value) if item.name not in _ELSEWHERE)
        return {name: plain(item) for name, item in shown if item not in ("", (), None) and item is not False}
    return value


def _obligation(obligation: Obligation, workdays: WorkCalendar) -> Iterator[tuple[str, object]]:
    said = plain(obligation)
    assert isinstance(said, dict)
    figures = said.pop("figures", [])
    said |= {name: _ids(said[name]) for name in ("owner", "recipients", "supplier", "escalation") if name in said}
    said |= {"due": f"{type(obligation.due).__name__} {json.dumps(plain(obligation.due))}"}
    said |= {"agreements": _ids(plain(obligation.agreements)), "tables": [table.name for table in obligation.tables]}
    said |= {"milestones": [plain(item) for item in obligation.milestones if item.documents]}
    found = list(occurrences(obligation, workdays))
    said.pop("changes", None)
    yield obligation.id, {"occurrences": len(found), **said}
    for form in obligation.changes:
        yield f"{obligation.id} from {form.changed_on}", {name: plain(getattr(form, name)) for name in _CHANGING}
    yield from ((f"{obligation.id}.{figure['name']}", figure) for figure in figures)
    yield from ((item.key, _occurrence(item, workdays)) for item in (*found[:FIRST], *found[FIRST:][-1:]))


def _ids(role: object) -> object:
    return [item["id"] for item in role] if isinstance(role, list) else role["id"] if isinstance(role, dict) else role


def _occurrence(occurrence: Occurrence, workdays: WorkCalendar) -> dict[str, object]:
    period = occurrence.period
    override = occurrence.obligation.overrides.get(period.key)
    said: dict[str, object] = {
        "covers": f"{period.start}/{period.last_day}",
        "agreement": occurrence.agreement.id,
        "nominal": f"{occurrence.nominal_due_on:%Y-%m-%d %a}",
        "legal": f"{occurrence.legal_due_on:%Y-%m-%d %a}",
        "target": f"{occurrence.target_on:%Y-%m-%d %a}",
        "milestones": {
            item.key: plain(milestone_at(occurrence, item, workdays)) for item in occurrence.obligation.milestones
        },
    }
    said |= {"to_confirm": True} if occurrence.to_confirm else {}
    said |= {"waived": True} if occurrence.waived_by_declaration else {}
    return {**said, "reason": override.reason} if override else said
