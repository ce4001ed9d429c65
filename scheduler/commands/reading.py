"""The commands that only look at what is declared: check, list, explain, feed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.chronicle import explain_retired, local, print_acts
from scheduler.commands.console import print_json, print_table, say, warn
from scheduler.core.explain import explain
from scheduler.core.obligation import MilestoneKind, Register
from scheduler.core.occurrence import Occurrence, milestone_at
from scheduler.core.status import Status
from scheduler.errors import DeliveryError, Problem, ScadenzarioError, SourceError
from scheduler.locale import text, written
from scheduler.locale.facts import occurrence_facts
from scheduler.locale.words import period_label, step_text, weekday_date
from scheduler.service.press import Press
from scheduler.service.readiness import released
from scheduler.service.rehearsal import Rehearsal
from scheduler.service.shelf import users
from scheduler.service.workspace import Workspace


def check(app: App, *, connect: bool) -> int:
    """Check everything but sending; print all problems and return the exit code of the first kind found."""
    findings = [
        (4, template_problems(app.register, app.workspace, app.press) or [*_rehearsed(app), *_shortcomings(app)]),
        (5, _data_problems(app)),
        (6, _connection_problems(app) if connect else []),
    ]
    for _, problems in findings:
        for problem in problems:
            warn(problem)
    counts = {"obligations": len(app.register.obligations), "occurrences": len(app.occurrences)}
    code = next((code for code, problems in findings if not all(problem.warning for problem in problems)), 0)
    say(text(app.lang, "cli.check-fine" if code == 0 else "cli.check-wrong", **counts))
    return code


def template_problems(register: Register, workspace: Workspace, press: Press) -> list[Problem]:
    """Return what is wrong with the templates in a workspace, by the obligations that fill them."""
    found: dict[str, Problem] = {}
    for name, obligations in users(register).items():
        for obligation in obligations:
            found.update(
                {str(item): item for item in press.problems(workspace.template(name), obligation, workspace.lang)}
            )
    return list(found.values())


def _rehearsed(app: App) -> list[Problem]:
    """Return what would break in the next twelve months, in templates that are all right as such."""
    rehearsal = Rehearsal(app.workspace, app.register.office, app.press, app.clock())
    return list(rehearsal.problems(app.occurrences))


def _shortcomings(app: App) -> Iterator[Problem]:
    """Yield what keeps the documents of templates that are all right from being read by everybody."""
    for name in users(app.register):
        template = app.workspace.template(name)
        yield from app.press.shortcomings(template.read_bytes(), f"templates/{template.name}", app.lang)


def _data_problems(app: App) -> list[Problem]:
    """Return what is wrong, or only strange, in the workbooks whose draft is due and whose date has not passed."""
    found: dict[str, Problem] = {}
    for occurrence in _in_hand(app):
        try:
            app.drafter.data(occurrence, app.clock())
            problems = (*released(app.drafter, occurrence, app.clock()), *app.drafter.warnings(occurrence))
        except SourceError as error:
            problems = error.problems
        found.update({str(problem): problem for problem in problems})
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
    print_table(header(app.lang), [row(app.lang, item) for item in statuses])


def header(lang: str) -> list[str]:
    """Return the names of the columns in a list of occurrences."""
    return [text(lang, f"fact.{name}") for name in ("key", "period", "legal", "target", "state")]


def row(lang: str, status: Status) -> list[str]:
    """Return an occurrence as one row of such a list."""
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
    if app.register.obligation(key.partition("/")[0]) is None and explain_retired(app, key):
        return
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
        (line.key, local(app, line.at), text(app.lang, f"outcome.{line.outcome}"), local(app, line.done_at))
        for line in explanation.milestones
    ]
    print_table([text(app.lang, f"cli.column.{name}") for name in ("milestone", "at", "outcome", "done")], rows)
    print_acts(app, ledger.acts.get(occurrence.key, ()))


def feed(app: App, output: Path | None) -> None:
    """Write the ICS calendar to a file, or to standard output."""
    import sys

    from scheduler.commands.publishing import calendar

    content = calendar(app)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)
        warn(text(app.lang, "cli.written", file=str(output)))
