"""Office, roles, people, agreements: from the file's shape to values, with the checks that their meaning allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from scheduler.core.access import Access, Person, person_of
from scheduler.core.data import AmountLine
from scheduler.core.obligation import Agreement, LegalAct, Office, Role
from scheduler.core.workdays import DAY, WorkCalendar
from scheduler.deadlines import shape
from scheduler.deadlines.holidays import is_known_country, legal_holidays
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location
from scheduler.deadlines.tables import check_inside

# How far around the terms holidays are known: a due date falls at most 36 months (and a shift) after its period, and
# a milestone at most 999 working days, about four years, on either side of it.
YEARS_BEFORE_TERM, YEARS_AFTER_TERM = 5, 8
LOGOS = (".png", ".jpg", ".jpeg")


def office_of(model: shape.Office, problems: Problems) -> Office:
    """Return who the office is."""
    check_inside(model.logo, LOGOS, ("office", "logo"), problems)
    return Office(model.body, model.name, model.addressee, model.language, model.logo)


def roles_of(model: Mapping[str, shape.Role]) -> dict[str, Role]:
    """Return the desks by id."""
    return {role_id: Role(role_id, role.title, tuple(role.addresses)) for role_id, role in model.items()}


def people_of(models: Iterable[shape.Person], problems: Problems) -> tuple[Person, ...]:
    """Return who may sign in; an address is one person's, however it is written."""
    found: list[Person] = []
    for index, model in enumerate(models):
        if person_of(found, model.address):
            problems.add(("people", index, "address"), "people.duplicate", value=model.address)
        found.append(Person(model.name, model.address, Access(model.access)))
    return tuple(found)


def workdays_of(model: shape.Office, terms: Iterable[Agreement], problems: Problems) -> WorkCalendar:
    """Return the office's working time for the years of all terms and a little more on both sides."""
    terms = tuple(terms)
    first = min(item.since.year for item in terms) - YEARS_BEFORE_TERM
    years = range(first, max(item.until.year for item in terms) + YEARS_AFTER_TERM + 1)
    holidays = _holidays(model, years, problems)
    closures = _closures(model.calendar.closures, years, problems)
    return WorkCalendar(_zone(model.time_zone, problems), holidays, closures)


def agreements_of(models: list[shape.Agreement], problems: Problems) -> tuple[Agreement, ...]:
    """Return the agreements, checked one by one and against each other."""
    ids = [model.id for model in models]
    for index, model in enumerate(models):
        location: Location = ("agreements", index)
        if model.id in ids[:index]:
            problems.add((*location, "id"), "duplicate.id", value=model.id)
        if model.until < model.since:
            problems.add((*location, "until"), "agreement.term", since=model.since, until=model.until)
        _check_succession(model, models, location, problems)
        _check_amounts(model, location, problems)
    return tuple(_agreement(model) for model in models)


def succession(agreement_id: str, agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Return the agreement and those that succeed it, in order."""
    agreements = tuple(agreements)
    chain = [item for item in agreements if item.id == agreement_id][:1]
    while chain:
        following = next((item for item in agreements if item.succeeds == chain[-1].id and item not in chain), None)
        if following is None:
            break
        chain.append(following)
    return tuple(chain)


def _zone(name: str, problems: Problems) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, not a name at all, a folder of zones
        problems.add(("office", "time_zone"), "office.zone", value=name)
        return ZoneInfo("UTC")


def _holidays(model: shape.Office, years: range, problems: Problems) -> dict[date, str]:
    country = model.calendar.country
    if not is_known_country(country):
        problems.add(("office", "calendar", "country"), "office.country", value=country)
        return {}
    found = dict(legal_holidays(country, years, model.language))
    for item in model.calendar.holidays:
        found.update({day: item.name for day in _days(item.on, years) if day.year >= (item.from_year or day.year)})
    return found


def _closures(models: list[shape.Closure], years: range, problems: Problems) -> dict[date, str]:
    found: dict[date, str] = {}
    for index, item in enumerate(models):
        location: Location = ("office", "calendar", "closures", index, "until")
        if item.until is None:
            found.update(dict.fromkeys(_days(item.on, years), item.name))
        elif len(item.on) != 10 or item.until < date.fromisoformat(item.on):
            problems.add(location, "office.closure", on=item.on, until=item.until.isoformat())
        else:
            first = date.fromisoformat(item.on)
            found.update({first + DAY * step: item.name for step in range((item.until - first).days + 1)})
    return found


def _days(on: str, years: range) -> list[date]:
    if len(on) == 10:
        return [date.fromisoformat(on)]
    days = []
    for year in years:
        try:
            days.append(date.fromisoformat(f"{year}-{on}"))
        except ValueError:  # 29 February of a year that has none
            continue
    return days


def _agreement(model: shape.Agreement) -> Agreement:
    acts = tuple(LegalAct(act.title, act.on, act.source) for act in model.acts)
    amounts = tuple(_amount_line(line) for line in model.amounts)
    until = model.until + timedelta(days=1)
    to_confirm = tuple(model.to_confirm)
    return Agreement(model.id, model.title, model.since, until, acts, amounts, model.succeeds, model.source, to_confirm)


def _amount_line(model: shape.AmountLine) -> AmountLine:
    years: dict[int, Decimal] = {int(year): amount for year, amount in model.years.items() if _is_year(year)}
    return AmountLine(model.line, model.title, years, tuple(model.match), model.part_of, model.source)


def _is_year(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}", text) is not None


def _check_succession(
    model: shape.Agreement, models: list[shape.Agreement], location: Location, problems: Problems
) -> None:
    if not model.succeeds:
        return
    earlier = next((item for item in models if item.id == model.succeeds), None)
    if model.succeeds == model.id:
        problems.add((*location, "succeeds"), "agreement.itself")
    elif earlier is None:
        known = [item.id for item in models if item.id != model.id]
        problems.add_unknown((*location, "succeeds"), "agreement", model.succeeds, known)
    elif earlier.until >= model.since:
        problems.add(
            (*location, "since"), "agreement.overlap", since=model.since, other=earlier.id, until=earlier.until
        )
    rivals = [item for item in models if item.succeeds == model.succeeds and item is not model]
    if any(models.index(item) < models.index(model) for item in rivals):
        problems.add((*location, "succeeds"), "agreement.rival", value=model.succeeds, other=rivals[0].id)


def _check_amounts(model: shape.Agreement, location: Location, problems: Problems) -> None:
    lines = [line.line for line in model.amounts]
    for index, line in enumerate(model.amounts):
        place: Location = (*location, "amounts", index)
        if line.line in lines[:index]:
            problems.add((*place, "line"), "duplicate.id", value=line.line)
        if line.part_of and line.part_of not in lines[:index]:
            problems.add_unknown((*place, "part_of"), "line", line.part_of, lines[:index])
        for year in line.years if model.since <= model.until else ():
            if not (_is_year(year) and model.since.year <= int(year) <= model.until.year):
                first, last = model.since.year, model.until.year
                problems.add((*place, "years", year), "amount.year", value=year, first=first, last=last)
