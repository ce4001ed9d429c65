"""How the service is, found out from a real ledger, mail server and files as they go wrong and are mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.core.ledger import Act, ActKind, DeliveryState
from scheduler.errors import Problem
from scheduler.ledger import database
from scheduler.service.durations import Durations
from scheduler.service.engine import Kind
from scheduler.service.health import COMPONENTS, Health
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings
from tests.mail.servers import Inbox, mail_server

NOW = datetime(2025, 2, 10, 8, 0, tzinfo=UTC)
KEY = "costi-personale-annuale/2024"


@pytest.fixture
def clock() -> FalseClock:
    return FalseClock(NOW)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def app(workspace: Path, clock: FalseClock, inbox: Inbox) -> Iterator[App]:
    """The service as it runs: with its files adopted, and a mail server."""
    with mail_server(inbox) as port:
        environ = {
            "SCADENZARIO_SMTP_HOST": "127.0.0.1",
            "SCADENZARIO_SMTP_PORT": str(port),
            "SCADENZARIO_SMTP_SECURITY": "none",
            "SCADENZARIO_MAIL_FROM": "scadenzario@cmm.example",
        }
        app = App(read_settings(environ, workspace), clock).adopt()
        yield app
        app.transport.rest()
        database.close(app.store.alias)


def health(app: App, *held: Problem) -> Health:
    return app.checkup.health(app.clock(), held)


def wrong(found: Health) -> list[str]:
    """The components that are not well."""
    assert tuple(found.problems) == COMPONENTS
    return [name for name, problems in found.problems.items() if problems]


def test_before_the_first_sweep_it_is_not_ready(app: App) -> None:
    found = health(app)
    assert wrong(found) == ["sweep"]
    assert (found.swept_at, found.seconds_since_sweep, found.ready) == (None, None, False)
    assert found.next_milestone_at == app.agenda.following(NOW)


def test_after_a_sweep_all_is_well_and_counted(app: App, inbox: Inbox, clock: FalseClock) -> None:
    app.sweeper.sweep()
    clock.now += timedelta(minutes=5)
    found = health(app)
    assert (wrong(found), found.ready, found.seconds_since_sweep) == ([], True, 300.0)
    assert found.deliveries == {**dict.fromkeys(map(str, DeliveryState), 0), "sent": len(inbox.mails)}
    assert (found.failed_deliveries, found.open_actions, found.failed_actions, found.overdue) == (0, 0, 0, 0)


def test_a_sweep_that_is_old_or_held_is_not_well(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    assert wrong(health(app, Problem("", "l'orologio"))) == ["sweep"]
    clock.now += timedelta(minutes=15)
    assert wrong(health(app)) == []
    clock.now += timedelta(seconds=1)
    [problem] = health(app).problems["sweep"]
    assert problem.what == "l'ultimo giro è del 10/02/2025 09:00"


def test_a_failed_mail_is_seen_until_it_is_sent_again(app: App, inbox: Inbox, clock: FalseClock) -> None:
    inbox.final_reply = "554 5.7.1 <anna@cmm.example> refused"
    failed = app.sweeper.sweep().mails
    found = health(app)
    assert (wrong(found), found.failed_deliveries) == (["mail"], len(failed))
    assert "anna" not in str(found.problems["mail"])
    assert found.problems["mail"][0].remedy.endswith("scadenzario resend --cancel)")
    inbox.final_reply = "250 OK"
    clock.now += timedelta(minutes=10)
    for mail in failed:
        assert app.store.deliveries.retry(mail.message_id, clock.now)
    app.sweeper.sweep()
    assert {mail.state for mail in app.store.deliveries.some([mail.message_id for mail in failed])} == {"sent"}
    assert health(app).ready


def test_mails_that_wait_are_the_mail_servers_only_after_an_hour(app: App, inbox: Inbox, clock: FalseClock) -> None:
    inbox.final_reply = "451 4.3.0 later"
    app.sweeper.sweep()
    assert wrong(health(app)) == []
    clock.now += timedelta(minutes=61)
    app.sweeper.sweep()
    assert wrong(health(app)) == ["mail"]


def test_mails_that_nobody_tries_are_a_fault_of_our_own(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    sent = app.store.deliveries.all()
    clock.now += timedelta(hours=1)
    app.sweeper.engine.stop(0)  # takes nothing any more
    again = app.sweeper.performer
    again.notice("notice/test", app.letters.test(), clock.now)
    assert len(app.store.deliveries.all()) == len(sent) + 1
    app.sweeper.sweep()
    assert wrong(health(app)) == []
    clock.now += timedelta(minutes=16)
    app.sweeper.sweep()
    assert wrong(health(app)) == ["deliveries"]


def test_what_is_overdue_is_counted_with_extensions_and_closings_once_a_minute(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    clock.now = datetime(2025, 3, 1, 9, tzinfo=UTC)  # costi-personale-annuale/2024 was due on 28 February
    late = [item.occurrence.key for item in app.statuses() if item.state == "overdue"]
    assert KEY in late
    assert health(app).overdue == len(late) > 1
    app.store.record_act(Act(ActKind.SUBMISSION, KEY, clock.now, "anna", clock.now.date()))
    assert health(app).overdue == len(late), "for a minute"
    clock.now += timedelta(minutes=1)
    assert health(app).overdue == len(late) - 1
    other = next(key for key in late if key != KEY)
    app.store.record_act(Act(ActKind.EXTENSION, other, clock.now, "anna", clock.now.date() + timedelta(days=9)))
    clock.now += timedelta(minutes=1)
    assert health(app).overdue == len(late) - 2


def test_broken_files_are_told_apart(app: App) -> None:
    app.sweeper.sweep()
    root = app.workspace.root
    (root / "templates/cabina-regia.docx").write_bytes(b"not a document")
    assert wrong(health(app.adopt())) == ["templates"]
    (root / "deadlines.yaml").write_text("version: 1\nobligations: {}\n", "utf-8")
    found = health(app.adopt())
    assert wrong(found) == ["config", "templates"]
    assert all(problem.where.startswith("deadlines.yaml") for problem in found.problems["config"])


@pytest.mark.parametrize("damage", ["removed", "emptied", "overwritten"])
def test_a_ledger_that_is_gone_leaves_what_is_known(app: App, clock: FalseClock, damage: str) -> None:
    app.sweeper.sweep()
    health(app)
    file = app.workspace.var / "ledger.sqlite3"
    for beside in file.parent.glob("ledger.sqlite3-*"):
        beside.unlink()
    file.unlink()
    if damage != "removed":
        file.write_bytes(b"" if damage == "emptied" else b"not a database" * 1000)
    clock.now += timedelta(minutes=1)
    found = health(app)
    assert wrong(found) == ["ledger", "mail", "deliveries"]
    assert str(file) in str(found.problems["ledger"][0])
    assert (found.seconds_since_sweep, found.overdue, found.deliveries) == (60.0, None, {})
    assert found.next_milestone_at is not None
    assert file.exists() == (damage != "removed"), "looking does not make it"


def test_durations_are_counted_into_every_bucket_that_holds_them() -> None:
    durations = Durations()
    for seconds in (0.05, 0.06, 700.0):
        durations.observe(Kind.DELIVER, seconds)
    counted = durations.read()["deliver"]
    assert counted.buckets[:2] == ((0.05, 1), (0.1, 2))
    assert counted.buckets[-2:] == ((600.0, 2), (float("inf"), 3))
    assert counted.seconds == pytest.approx(700.11)
    assert durations.read()["perform"].buckets[-1][1] == 0


def test_an_errand_that_fails_is_timed_and_fails_all_the_same() -> None:
    durations, seen = Durations(), []

    def handler(key: str) -> None:
        seen.append(key)
        raise OSError(key)

    timed = durations.timing({Kind.PERFORM: handler})
    with pytest.raises(OSError, match="a/b"):
        timed[Kind.PERFORM]("a/b")
    assert (seen, durations.read()["perform"].buckets[-1][1]) == (["a/b"], 1)
