"""The commands that do the service's work once: draft, sweep, simulate, send-test."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.console import print_json, progress, say, warn
from scheduler.commands.simulation import simulation as simulation_of
from scheduler.commands.starting import refuse_used
from scheduler.commands.sweeping import print_report
from scheduler.core.ledger import Draft
from scheduler.core.occurrence import Occurrence
from scheduler.core.privacy import personal_figures
from scheduler.errors import TemplateError
from scheduler.locale import text
from scheduler.locale.facts import comparison_facts
from scheduler.service.comparisons import Comparisons
from scheduler.service.readiness import released
from scheduler.service.reviewing import review_copy
from scheduler.service.sweep import SweepReport


def draft(app: App, key: str, output: Path | None, *, review: bool, as_json: bool) -> None:
    """Make the drafts of an occurrence now and keep them; with an output file, put the first one there as well.

    `review`: put there its reviewer's copy instead.
    """
    occurrence = clock.occurrence(app, key)
    with progress(text(app.lang, "cli.drafting")) as shown:
        batch = app.drafter.keep(lambda least: app.drafter.documents(occurrence, (), app.clock(), least, shown))
    for warning in (*released(app.drafter, occurrence, app.clock()), *app.drafter.warnings(occurrence)):
        warn(warning)
    drafts = [item.draft for item in batch.documents]
    for item in drafts:
        app.store.record_draft(item)
    if output is not None:
        output.write_bytes(_review(app, occurrence, drafts[0]) if review else batch.documents[0].content)
    if as_json:
        compare = Comparisons(app.workspace, app.store).of
        print_json(
            [
                {
                    "document": item.document,
                    "version": item.version,
                    "path": str(app.workspace.var / item.path),
                    "sha256": item.sha256,
                    "inputs": [{"path": source.path, "sha256": source.sha256} for source in item.inputs],
                    "changes": comparison_facts(compare(item)),
                }
                for item in drafts
            ]
        )
    else:
        for item in drafts:
            say(text(app.lang, "cli.drafted", file=str(app.workspace.var / item.path), version=item.version))
        if output is not None:
            say(text(app.lang, "cli.written", file=str(output)))
    if batch.problems:
        raise TemplateError(batch.problems)


def _review(app: App, occurrence: Occurrence, draft: Draft) -> bytes:
    figures, personal = Comparisons(app.workspace, app.store).figures(draft), personal_figures(occurrence.obligation)
    return review_copy(draft, figures, personal, app.workspace)


def simulate(app: App, since: str, until: str, out: Path | None, *, filed_on_target: bool, as_json: bool) -> int:
    """Run the service on a false clock and print, day by day, what would go out; 1 if an action failed."""
    first, last = clock.span(app, since, until)
    start = clock.instant(app, first.isoformat())
    end = clock.instant(app, (last + timedelta(days=1)).isoformat())
    with _places(app, out) as (folder, database):
        simulation = simulation_of(app, start, folder, database, filed_on_target=filed_on_target)
        reports = []
        for report in _with_progress(simulation.run(end), start, end):
            reports.append(report)
            if not as_json:
                print_report(app, report)
    if as_json:
        print_json([_facts(report) for report in reports])
    if out is not None:
        warn(text(app.lang, "cli.written", file=str(out)))
    return int(any(report.failed for report in reports))


@contextmanager
def _places(app: App, out: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give the simulation's folder and its ledger, which is thrown away afterwards; so is a folder nobody named."""
    if out is not None:
        refuse_used(out, app.lang)
    temporary = Path(tempfile.mkdtemp(prefix="scadenzario-"))
    try:
        yield (out or temporary / "out").resolve(), temporary / "ledger.sqlite3"
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _with_progress(reports: Iterable[SweepReport], start: datetime, end: datetime) -> Iterator[SweepReport]:
    """Yield the reports, showing on standard error how far the false clock has come."""
    if not sys.stderr.isatty():
        yield from reports
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=(end - start).days)
        for report in reports:
            progress.update(task, completed=(report.at - start).days, description=f"{report.at:%d/%m/%Y}")
            yield report


def _facts(report: SweepReport) -> dict[str, object]:
    return {
        "at": report.at,
        "actions": [
            {
                "key": item.action.key,
                "due_at": item.action.due_at,
                "supersedes": item.action.supersedes,
                "outcome": item.performance.outcome,
                "problems": item.performance.problems,
            }
            for item in report.done
        ],
        "mails": [
            {
                "message_id": mail.message_id,
                "action": mail.action_key,
                "subject": mail.subject,
                "recipients": mail.recipients,
                "state": mail.state,
                "path": mail.path,
            }
            for mail in report.mails
        ],
    }


def send_test(app: App, address: str) -> None:
    """Send one mail through the real transport."""
    from scheduler.mail.address import read_mailbox
    from scheduler.mail.message import Letter, compose, message_id

    words = app.letters.test()
    now = app.clock()
    sender = read_mailbox(app.sender, app.lang).address
    identity = message_id(f"test/{now.isoformat()}", sender.rpartition("@")[2], app.store.identity())
    letter = Letter(app.sender, (address,), words.subject, words.body)
    content = compose(letter, message_id=identity, sent_at=now, lang=app.lang)
    with app.transport as transport:
        receipt = transport.send(content, sender, (address,), before_dot=lambda _: True)
    say(text(app.lang, "cli.test-sent", to=address, reply=receipt.reply))
