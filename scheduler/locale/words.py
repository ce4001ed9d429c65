"""Values of the rules put into words: periods, days of the week, steps of an explanation."""

from __future__ import annotations

from datetime import date

from scheduler.core.explain import Step
from scheduler.core.obligation import MILESTONE_KEY, Anchor
from scheduler.core.period import Frequency, Period
from scheduler.locale import text, written

_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def period_label(lang: str, period: Period) -> str:
    """Return `gennaio 2025`, `I trimestre 2025`, `primo semestre 2025`, `anno 2025`, `31 dicembre 2025`."""
    start = period.start
    index = {Frequency.QUARTER: (start.month + 2) // 3, Frequency.HALF_YEAR: (start.month + 5) // 6}
    number = index.get(period.frequency, 1)
    facts: dict[str, object] = {
        "year": start.year,
        "month": f"@month.{start.month}",
        "day": _day(lang, start),
        "number": _ROMAN[number] if lang == "it" else number,
        "ordinal": f"@ordinal.{min(number, 2)}",
    }
    return text(lang, f"period.{period.frequency}", **facts)


def weekday_date(lang: str, day: date) -> str:
    """Return `venerdì 28/02/2025`."""
    return f"{text(lang, f'weekday.{day.weekday()}')} {written(lang, day)}"


def step_text(lang: str, step: Step) -> str:
    """Return the sentence of one step of an explanation."""
    facts = {name: f"@{fact}" if fact in ("saturday", "sunday") else fact for name, fact in step.facts.items()}
    return text(lang, f"explain.{step.code}", **facts)


def _day(lang: str, day: date) -> str:
    return "1°" if lang == "it" and day.day == 1 else str(day.day)


def milestone_label(lang: str, key: str) -> str:
    """Return `promemoria, 7 giorni prima del termine di legge` for `reminder-7d`."""
    name, _, anchor = key.partition("@")
    found = MILESTONE_KEY.fullmatch(name)
    if found is None:  # of an older program
        return key
    days, side = abs(int(found[2])), "after" if int(found[2]) > 0 else "before"
    when = f"{found[3]}-{side}{'-1' if days == 1 else ''}" if days else "same"
    return text(
        lang,
        "milestone.label",
        kind=f"@milestone.kind.{found[1]}",
        when=text(lang, f"milestone.when.{when}", count=days),
        date=f"@milestone.{side}.{anchor or Anchor.LEGAL}",
    )
