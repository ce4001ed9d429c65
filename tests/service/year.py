"""A year of a small office on a false clock, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scheduler.app import App
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings
from tests.service.offices import HEAD, make_office
from tests.service.stumbling import Fate, Life

DUTY = """\
  - id: {every}
    title: Relazione
    family: relazioni
    agreement: convenzione
    source: articolo 1
    every: {every}
    due: {{months_after: 1, day: 8}}
    owner: ufficio
    recipients: [capo]
    supplier: fornitore
    documents: [modulo]
    milestones: [{milestones}]
"""
DUTIES = (("month", "draft-8d, reminder-8d"), ("quarter", "request-30d, draft-20d, reminder-7d, overdue+1d"))
SUPPLIER = "  fornitore:\n    title: Fornitore\n    addresses: [dati@ente.example]\noperator:"


@dataclass(frozen=True)
class Mail:
    """What became of a mail."""

    action: str
    recipients: tuple[str, ...]
    state: str
    planned_at: datetime = field(compare=False)
    ambiguous: bool = field(compare=False)


@dataclass(frozen=True)
class Year:
    """What a year came to."""

    life: Life
    mails: dict[str, Mail]  # by Message-ID
    actions: dict[str, str]  # what became of each, by its key


def make_year(root: Path, year: int) -> App:
    """Make an office whose convention lasts one year: monthly and quarterly reports."""
    make_office(root, 0)
    duties = "".join(DUTY.format(every=every, milestones=milestones) for every, milestones in DUTIES)
    head = HEAD.replace("operator:", SUPPLIER, 1).replace("2026-", f"{year}-")
    (root / "deadlines.yaml").write_text(head + duties, "utf-8")
    return App(read_settings({}, root))


def lived(office: App, folder: Path, fate: Fate) -> Year:
    """Live through the convention's year, and until every mail has come to its end."""
    first = office.occurrences[0].agreement.since.year
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (first, first + 1))
    life = Life(office, folder, FalseClock(begin), fate)
    life.run(end)
    mails = life.ledger.deliveries.all()
    return Year(
        life,
        {
            item.message_id: Mail(item.action_key, item.recipients, item.state, item.planned_at, item.ambiguous)
            for item in mails
        },
        {key: str(row.outcome) for key, row in life.ledger.snapshot().performances.items()},
    )
