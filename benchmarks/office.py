"""Made-up offices of a chosen size, to measure with: a workspace, and a ledger in which its past is accounted for."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from docx import Document

from scheduler.app import App
from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Outcome
from scheduler.core.occurrence import Occurrence, milestone_at, occurrences
from scheduler.core.period import add_months
from scheduler.core.plan import action_key
from scheduler.core.pulse import pulse_key
from scheduler.settings import read_settings

MONTHS = 250  # so many occurrences has each obligation: half of them are past
IDENTITY = "5c0a0d5e-0000-4000-8000-000000000000"
HEAD = """\
version: 1
office: {{body: Ente, name: Ufficio, addressee: Regione, calendar: {{country: IT}}}}
roles:
  ufficio: {{title: Ufficio, addresses: [ufficio@ente.example]}}
  direzione: {{title: Direzione, addresses: [direzione@ente.example]}}
operator: ufficio
escalation: direzione
sources: {{A: atto}}
agreements:
  - {{id: atto, title: Atto, since: {since}, until: {until}, source: A}}
defaults: {{milestones: [reminder-7d, escalation+3wd]}}
obligations:
"""
DUTY = """\
  - id: adempimento-{number:04}
    title: Adempimento {number}
    family: prova
    agreement: atto
    source: A
    every: month
    due: {{months_after: 1, day: {day}}}
    owner: ufficio
    recipients: [direzione]
    documents: [modello]
    milestones: [{{key: reminder-7d, at: "{at}"}}, {{key: escalation+3wd, at: "{at}"}}]
"""


def settle(folder: Path, count: int, now: datetime) -> App:
    """Make a workspace with so many open occurrences, half of them past, told and not filed; return its service."""
    folder.mkdir(parents=True)
    first = now.date().replace(day=1)
    since, until = add_months(first, -MONTHS // 2), add_months(first, MONTHS // 2)
    duties = [DUTY.format(number=n, day=n % 28 + 1, at=_clock(n)) for n in range(count // MONTHS)]
    head = HEAD.format(since=since, until=until - timedelta(days=1))
    (folder / "deadlines.yaml").write_text(head + "".join(duties), "utf-8")
    (folder / "templates").mkdir()
    content = io.BytesIO()
    Document().save(content)
    (folder / "templates/modello.docx").write_bytes(content.getvalue())
    app = App(read_settings({}, folder), lambda: now)
    _account(app, now)
    return app


def milestones(agenda: Agenda) -> Iterator[tuple[datetime, str, Occurrence]]:
    """Yield the instant, the action key and the occurrence of every milestone."""
    for timetable in agenda.timetables.values():
        for occurrence in occurrences(timetable.obligation, agenda.workdays):
            for milestone in timetable.obligation.milestones:
                at = milestone_at(occurrence, milestone, agenda.workdays)
                yield at, action_key(occurrence, milestone), occurrence


def forget_last(app: App, count: int, now: datetime) -> None:
    """Take the ledger back to the moment before the last so many milestones before now came due."""
    from scheduler.ledger import models

    past = sorted((at, key) for at, key, _ in milestones(app.agenda) if at <= now)
    keys = [key for _, key in past[-count:]]
    before = past[-count][0] - timedelta(microseconds=1)
    assert sum(at > before for at, _ in past) == count
    rows = models.Performance.objects.using(app.store.alias)
    for start in range(0, count, 400):
        rows.filter(pk__in=keys[start : start + 400]).delete()
    models.Delivery.objects.using(app.store.alias).all().delete()  # a mail that is known is not sent again
    _remember(app, settled_at=before.isoformat())


def _clock(number: int) -> str:
    return f"{8 + number // 28 // 6:02}:{number // 28 % 6 * 10 + number % 7:02}"


def _account(app: App, now: datetime) -> None:
    """Write into the ledger that everything up to now was looked at and done, and that nothing was filed."""
    store, agenda = app.store, app.agenda  # the store first: it sets Django up
    from scheduler.ledger import models

    began = datetime(1990, 1, 1, tzinfo=UTC)
    past = ((at, key, occurrence.key) for at, key, occurrence in milestones(agenda) if at <= now)
    rows = (
        models.Performance(action_key=key, occurrence_key=about, outcome=Outcome.PERFORMED, at=at, generation=1)
        for at, key, about in itertools.chain(past, [(now, pulse_key(now, agenda.workdays), "")])
    )
    while batch := list(itertools.islice(rows, 5000)):
        models.Performance.objects.using(store.alias).bulk_create(batch)
    duties = {key: (agenda.digests[key], item.obligation.title) for key, item in agenda.timetables.items()}
    store.duties.follow(duties, now)
    facts = {"started_at": began, "settled_at": now, "swept_at": now}
    _remember(app, identity=IDENTITY, register=agenda.digest, **{name: at.isoformat() for name, at in facts.items()})


def _remember(app: App, **facts: str) -> None:
    from scheduler.ledger import models

    for name, value in facts.items():
        models.Fact.objects.using(app.store.alias).update_or_create(name=name, defaults={"value": value})
