"""Due rules, milestones and overrides of one obligation: from the file's shape to values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time

from scheduler.core.obligation import (
    MILESTONE_KEY,
    Anchor,
    DayAfterMonths,
    DayOfYear,
    DaysAfter,
    DueRule,
    Milestone,
    MilestoneKind,
    OnDate,
    Override,
)
from scheduler.core.period import Frequency, days_in_month
from scheduler.deadlines import shape
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location

_WAYS = {
    "months_after": frozenset({"months_after", "day"}),
    "month": frozenset({"month", "day", "year"}),
    "days_after": frozenset({"days_after"}),
    "working_days_after": frozenset({"working_days_after"}),
    "on": frozenset({"on"}),
}
_LONGEST = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}  # February by its common length; 29 is `last`


def due_of(model: shape.Due, frequency: Frequency, location: Location, problems: Problems) -> DueRule | None:
    """Return the due rule, or None where it is wrong (and said so)."""
    said = {name for name in type(model).model_fields if name != "to_confirm" and getattr(model, name) is not None}
    way = next((name for name, keys in _WAYS.items() if name in said and said == keys), None)
    if way is None:
        problems.add(location, "due.ways", value=", ".join(sorted(said)) or "–")
        return None
    if (way == "on") != (frequency is Frequency.ONCE):
        problems.add(location, "due.once" if frequency is Frequency.ONCE else "due.not-once", every=str(frequency))
        return None
    return _rule(model, way, location, problems)


def _rule(model: shape.Due, way: str, location: Location, problems: Problems) -> DueRule | None:
    day = model.day if model.day is not None else 0
    match way:
        case "months_after":
            return DayAfterMonths(model.months_after or 0, day)
        case "month":
            month = model.month or 1
            if day > days_in_month(2024, month) or day > _LONGEST.get(month, 31):
                longest = _LONGEST.get(month, 31)
                problems.add((*location, "day"), "due.day", value=day, month=_month_name(month), last=longest)
            return DayOfYear(month, day, 1 if model.year == "following" else 0)
        case "days_after":
            return DaysAfter(model.days_after or 0, working=False)
        case "working_days_after":
            return DaysAfter(model.working_days_after or 0, working=True)
        case _:
            return OnDate(model.on) if model.on else None


def _month_name(month: int) -> str:
    return f"@month.{month}"  # put into words by the catalogue


def milestones_of(
    models: Sequence[shape.Milestone], documents: Sequence[str], at: str, location: Location, problems: Problems
) -> tuple[Milestone, ...]:
    """Return the milestones, in the order of the file."""
    found: list[Milestone] = []
    for index, model in enumerate(models):
        place: Location = (*location, index)
        milestone = _milestone(model, at, place, problems)
        if milestone is None:
            continue
        if milestone.key in [item.key for item in found]:
            problems.add(place, "milestone.duplicate", value=milestone.key)
        for name in model.documents:
            if name not in documents:
                problems.add_unknown((*place, "documents"), "document", name, documents)
        found.append(milestone)
    return tuple(found)


def _milestone(model: shape.Milestone, at: str, place: Location, problems: Problems) -> Milestone | None:
    found = MILESTONE_KEY.fullmatch(model.key)
    if found is None:
        problems.add(place, "milestone.key", value=model.key)
        return None
    kind, offset, unit = MilestoneKind(found[1]), int(found[2]), found[3]
    if kind in (MilestoneKind.OVERDUE, MilestoneKind.ESCALATION) and offset <= 0:
        problems.add(place, "milestone.before", value=model.key, kind=str(kind))
    if kind in (MilestoneKind.REQUEST, MilestoneKind.REMINDER) and offset > 0:
        problems.add(place, "milestone.after", value=model.key, kind=str(kind))
    hour, minute = (int(part) for part in (model.at or at).split(":"))
    return Milestone(kind, offset, unit == "wd", time(hour, minute), Anchor(model.anchor), tuple(model.documents))


def overrides_of(
    models: dict[str, shape.Override], keys: Sequence[str], location: Location, problems: Problems
) -> dict[str, Override]:
    """Return the overrides by period key; `keys` are the periods that the obligation has."""
    for key, model in models.items():
        if key not in keys:
            problems.add_unknown((*location, key), "period", key, keys)
        if (model.due_on is None) == (not model.waived):
            problems.add((*location, key), "override.empty")
    return {key: Override(key, item.due_on, item.reason, item.waived) for key, item in models.items()}


def needs_supplier(milestones: Sequence[Milestone]) -> Iterator[Milestone]:
    """Yield the milestones that speak to the supplier."""
    return (item for item in milestones if item.kind is MilestoneKind.REQUEST)
