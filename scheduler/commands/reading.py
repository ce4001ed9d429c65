"""The commands that only look: check, list, explain, status, feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.console import print_json, print_table, say, warn
from scheduler.core.explain import explain
from scheduler.core.obligation import MilestoneKind
from scheduler.core.occurrence import Occurrence, milestone_at
from scheduler.core.status import State, Status
from scheduler.errors import DeliveryError, Problem, ScadenzarioError, SourceError
from scheduler.locale import text, written
from scheduler.locale.words import period_label, step_text, weekday_date

WRONG = (State.OVERDUE, State.DUE_SOON)


def check(app: App, *, connect: bool) -> int:
    """Check everything but sending; print all problems and return the exit code of the first kind found."""
    findings = [
        (4, _template_problems(app)),
        (5, _data_problems(app)),
        (6, _connection_problems(app) if connect else []),
    ]
    for _, problems in findings:
        for problem in problems:
            warn(problem)
    counts = {"obligations": len(app.register.obligations), "occurrences": len(app.occurrences)}
    code = next((code for code, problems in findings if problems), 0)
    say(text(app.lang, "cli.check-fine" if code == 0 else "cli.check-wrong", **counts))
    return code


def _template_problems(app: App) -> list[Problem]:
    from scheduler.documents.lint import template_problems

    found: dict[str, Problem] = {}
    for obligation in app.register.obligations:
        requests = [obligation.request_document] if obligation.supplier and obligation.request_document else []
        for name in (*obligation.documents, *requests):
            problems = template_problems(app.workspace.template(name), obligation, app.lang)
            found.update({str(problem): problem for problem in problems})
    return list(found.values())


def _data_problems(app: App) -> list[Problem]:
    """Return what is wrong with the workbooks of the occurrences whose draft is due and whose date has not passed."""
    found: dict[str, Problem] = {}
    for occurrence in _in_hand(app):
        try:
            app.drafter.data(occurrence)
        except SourceError as error:
            found.update({str(problem): problem for problem in error.problems})
    return list(found.values())


def _in_hand(app: App) -> Iterator[Occurrence]:
    now, workdays = app.clock(), app.register.workdays
    today = now.astimezone(workdays.zone).date()
    for item in app.occurrences:
        drafts = [entry for entry in item.obligation.milestones if entry.kind is MilestoneKind.DRAFT]
        if item.legal_due_on >= today and any(milestone_at(item, entry, workdays) <= now for entry in drafts):
            yield item


def _connection_problems(app: App) -> list[Problem]:
    try:
        app.store.snapshot()
        app.transport.check()
    except (DeliveryError, ScadenzarioError) as error:
        return list(error.problems)
    return []


def list_occurrences(app: App, since: str, until: str, *, as_json: bool) -> None:
    """Print the occurrences whose legal date lies between two days, both included."""
    first, last = clock.day(app, since) if since else None, clock.day(app, until) if until else None
    if since and until:
        clock.span(app, since, until)
    statuses = [
        item
        for item in app.statuses()
        if (first is None or item.occurrence.legal_due_on >= first)
        and (last is None or item.occurrence.legal_due_on <= last)
    ]
    if as_json:
        print_json([occurrence_facts(item) for item in statuses])
        return
    print_table(_header(app.lang), [_row(app.lang, item) for item in statuses])


def occurrence_facts(status: Status) -> dict[str, Any]:
    """Return an occurrence as the JSON interface gives it."""
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


def _header(lang: str) -> list[str]:
    return [text(lang, f"fact.{name}") for name in ("key", "period", "legal", "target", "state")]


def _row(lang: str, status: Status) -> list[str]:
    item = status.occurrence
    note = f" ({text(lang, 'to-confirm')})" if item.to_confirm else ""
    return [
        item.key,
        period_label(lang, item.period),
        f"{written(lang, item.legal_due_on)}{note}",
        f"{written(lang, item.target_on)}{note}",
        text(lang, f"state.{status.state}"),
    ]


def explain_occurrence(app: App, key: str) -> None:
    """Print how an occurrence's dates came about, what happened, and what comes next."""
    occurrence = clock.occurrence(app, key)
    workdays, ledger = app.register.workdays, app.ledger()
    explanation = explain(occurrence, workdays, ledger)
    say(f"{occurrence.key} – {occurrence.obligation.title}, {period_label(app.lang, occurrence.period)}")
    say()
    for step in explanation.steps:
        say(f"  • {step_text(app.lang, step)}")
    say()
    summary = [
        ("fact.nominal", occurrence.nominal_due_on),
        ("fact.legal", occurrence.legal_due_on),
        ("fact.target", occurrence.target_on),
    ]
    for code, on in summary:
        say(f"  {text(app.lang, code)}: {weekday_date(app.lang, on)}")
    say()
    rows = [
        (line.key, _local(app, line.at), text(app.lang, f"outcome.{line.outcome}"), _local(app, line.done_at))
        for line in explanation.milestones
    ]
    print_table([text(app.lang, f"cli.column.{name}") for name in ("milestone", "at", "outcome", "done")], rows)
    for act in ledger.acts.get(occurrence.key, ()):
        day = written(app.lang, act.on) if act.on else ""
        facts = [text(app.lang, f"act.{act.kind}"), day, act.protocol, act.reason, act.who, _local(app, act.at)]
        say("  " + " · ".join(fact for fact in facts if fact))


def _local(app: App, at: Any) -> str:
    return f"{at.astimezone(app.register.workdays.zone):%d/%m/%Y %H:%M}" if at else ""


def status(app: App, *, as_json: bool) -> int:
    """Print what is wrong now: late, nearly late, drafts that failed, mails in trouble; 1 if anything is."""
    statuses = [item for item in app.statuses() if item.state in WRONG or item.problems]
    mails = app.store.deliveries.troubled()
    if as_json:
        print_json(
            {
                "occurrences": [{**occurrence_facts(item), "problems": item.problems} for item in statuses],
                "mails": [
                    {"message_id": mail.message_id, "action": mail.action_key, "state": mail.state, "reply": mail.reply}
                    for mail in mails
                ],
            }
        )
        return int(bool(statuses or mails))
    _print_status(app, statuses)
    for mail in mails:
        say(text(app.lang, "cli.mail-trouble", key=mail.action_key, state=mail.state, reply=mail.reply))
    if not statuses and not mails:
        say(text(app.lang, "cli.status-fine"))
    return int(bool(statuses or mails))


def _print_status(app: App, statuses: Sequence[Status]) -> None:
    if not statuses:
        return
    print_table(_header(app.lang), [_row(app.lang, item) for item in statuses])
    for item in statuses:
        for problem in item.problems:
            say(f"{item.occurrence.key}: {problem}")


def feed(app: App, output: Path | None) -> None:
    """Write the ICS calendar to a file, or to standard output."""
    import sys

    content = app.feed()
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)
        warn(text(app.lang, "cli.written", file=str(output)))
