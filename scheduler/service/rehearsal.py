"""Every template filled with made-up data for what comes in the next year: what would break then is told now."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.core.data import Dataset, Row
from scheduler.core.each import rows_of
from scheduler.core.making import Annex
from scheduler.core.obligation import Office
from scheduler.core.occurrence import Occurrence
from scheduler.documents.context import RequestItem, Sheet, context
from scheduler.documents.logo import logo
from scheduler.documents.package import content_of
from scheduler.errors import Problem, TemplateError
from scheduler.intake.invented import CASES, LONG, Case, invented
from scheduler.locale import text
from scheduler.service.press import Press
from scheduler.service.workspace import Workspace

AHEAD = timedelta(days=366)

_NUMBERS = re.compile(r"[\d.,/-]+")  # the same fault with another number is the same


@dataclass(frozen=True)
class Breach:
    """A fault of a template, and the first occurrence whose document it would keep from being made."""

    occurrence: Occurrence
    template: str
    problem: Problem

    @property
    def reason(self) -> str:
        """What the same fault is known by, with whatever occurrence and numbers it shows itself."""
        return f"{self.template}: {_NUMBERS.sub('', self.problem.what)}"


@dataclass(frozen=True)
class Rehearsal:
    """What templates are filled with, and where."""

    workspace: Workspace
    office: Office
    press: Press
    at: datetime

    def problems(self, occurrences: Iterable[Occurrence], only: str = "") -> tuple[Problem, ...]:
        """Return what breaks, as `breaches` finds it."""
        return tuple(item.problem for item in self.breaches(occurrences, only))

    def breaches(self, occurrences: Iterable[Occurrence], only: str = "") -> tuple[Breach, ...]:
        """Return what breaks, each fault of a template once, with the first data that it breaks with.

        A template that cannot be used with any data is left to `Press.problems`; `only`: the one that is asked for.
        """
        found: dict[str, Breach] = {}
        kinds = _one_of_each_kind(occurrences, self.at.date())
        for occurrence, case in itertools.product(kinds, CASES):
            data = _data(occurrence, case)
            for name in _documents(occurrence):
                for item in self._tried(occurrence, name, case, data) if only in ("", name) else ():
                    breach = Breach(occurrence, name, item)
                    found.setdefault(breach.reason, breach)
        return tuple(found.values())

    def _tried(self, occurrence: Occurrence, name: str, case: Case, made: Dataset) -> Iterator[Problem]:
        lang, shown = self.workspace.lang, f"templates/{name}.docx"
        is_request = name not in occurrence.obligation.documents
        data = Dataset() if is_request else made
        try:
            shown_logo = logo(self.workspace.root, self.office, lang)
            sheet = replace(_sheet(occurrence, case, is_request, self.at.date()), logo=shown_logo)
            template = content_of(self.workspace.template(name), shown, lang)
            for row in _rows(occurrence, name, data):
                values = context(occurrence, self.office, data, sheet, row)
                self.press.filled(template, shown, values, self.at, lang)
        except TemplateError as error:
            tried = text(lang, f"rehearsal.{case.name}", key=occurrence.key)
            yield from (replace(item, where=f"{item.where} ({tried})") for item in error.problems)


def _one_of_each_kind(occurrences: Iterable[Occurrence], today: date) -> list[Occurrence]:
    """Return the next occurrence of each obligation under each agreement, as far as a year goes."""
    found: dict[tuple[str, str], Occurrence] = {}
    for item in occurrences:
        if today <= item.legal_due_on < today + AHEAD:
            found.setdefault((item.obligation.id, item.agreement.id), item)
    return list(found.values())


def _documents(occurrence: Occurrence) -> tuple[str, ...]:
    obligation = occurrence.obligation
    requests = (obligation.request_document,) if obligation.supplier and obligation.request_document else ()
    return (*obligation.documents, *requests)


def _rows(occurrence: Occurrence, name: str, data: Dataset) -> tuple[Row | None, ...]:
    """Return the rows that a document is tried with: those at both ends, where it is made for each."""
    each = occurrence.obligation.each(name)
    found = rows_of(each, data) if each else ()
    return tuple({id(row): row for row in (*found[:1], *found[-1:])}.values()) if each else (None,)


def _data(occurrence: Occurrence, case: Case) -> Dataset:
    obligation, year = occurrence.obligation, occurrence.period.last_day.year
    return invented(obligation.tables, obligation.figures, occurrence.agreement.amounts, year, case)


def _sheet(occurrence: Occurrence, case: Case, is_request: bool, on: date) -> Sheet:
    count = min(case.rows, 3)  # an office does not send a thousand files
    annexes = tuple(Annex(f"{LONG[:60]}-{number}.docx", "0" * 64) for number in range(count))
    items = tuple(RequestItem("tabella", f"data/{number}.xlsx", "Foglio 1", LONG) for number in range(count))
    title = occurrence.obligation.title
    return Sheet(title, 1, on, (), items, on) if is_request else Sheet(title, 1, on, annexes)
