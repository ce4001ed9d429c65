"""What the operator gets to know, and what becomes of duties whose declaration changes, on a real workspace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.troubles import tell_broken, troubles
from scheduler.core.ledger import DeliveryState, Outcome
from scheduler.ledger import database
from scheduler.ledger.copy import mark_restored
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings

FRIDAY = datetime(2025, 2, 7, 8, 0, tzinfo=UTC)
KEY = "costi-personale-annuale/2024"


@pytest.fixture
def clock() -> FalseClock:
    return FalseClock(FRIDAY)


@pytest.fixture
def app(workspace: Path, clock: FalseClock) -> Iterator[App]:
    app = App(read_settings({}, workspace), clock).adopt()
    yield app
    database.close(app.store.alias)


def text_of(app: App, key: str) -> str:
    [mail] = [item for item in app.store.deliveries.all() if item.action_key == key]
    assert mail.recipients == app.register.operator.addresses
    body = message_from_bytes(app.workspace.read(mail.path), policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def edit(app: App, old: str, new: str) -> App:
    path = app.workspace.root / "deadlines.yaml"
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    return app.adopt()


def test_every_monday_at_eight_the_operator_hears_what_comes_next(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    assert not [item for item in app.store.deliveries.all() if item.action_key.startswith("alive/")], "just started"
    clock.now = datetime(2025, 2, 10, 6, 59, tzinfo=UTC)
    assert not [item for item in app.sweeper.sweep().actions if item.kind == "alive"]
    clock.now = datetime(2025, 2, 10, 7, 0, tzinfo=UTC)
    assert [item.key for item in app.sweeper.sweep().actions if item.kind == "alive"] == ["alive/2025-W07"]
    said = text_of(app, "alive/2025-W07")
    assert "Report annuale dei costi sostenuti per il personale" in said
    assert said.count("/2025") >= 5
    clock.now += timedelta(hours=1)
    assert not [item for item in app.sweeper.sweep().actions if item.kind == "alive"], "once a week"


def test_weeks_in_which_the_service_stood_still_are_not_made_up_for(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    clock.now = datetime(2025, 3, 5, 8, 0, tzinfo=UTC)
    assert [item.key for item in app.sweeper.sweep().actions if item.kind == "alive"] == ["alive/2025-W10"]


def test_a_broken_file_changes_nothing_and_is_told_once(app: App, clock: FalseClock) -> None:
    before = [item.key for item in app.occurrences]
    broken = edit(app, "version:", "versione:")
    assert [item.key for item in broken.occurrences] == before
    for _ in range(2):
        tell_broken(broken, broken.sweeper)
    broken.sweeper.sweep()
    notices = [item for item in app.store.deliveries.all() if item.action_key.startswith("notice/config/")]
    assert [item.state for item in notices] == [DeliveryState.SENT]
    assert "deadlines.yaml" in text_of(app, notices[0].action_key)
    assert any(trouble.key.startswith("config/") for trouble in troubles(broken))
    assert not edit(broken, "versione:", "version:").adopted.problems  # type: ignore[union-attr]  # it was adopted


def test_a_broken_template_alone_keeps_its_last_good_copy(app: App, clock: FalseClock) -> None:
    path = app.workspace.root / "templates/costi-personale-annuale.docx"
    good = path.read_bytes()
    path.write_bytes(b"PK\x03\x04 half written")
    again = app.adopt()
    assert again.adopted is not None
    assert {problem.where for problem in again.adopted.problems} == {"templates/costi-personale-annuale.docx"}
    assert again.workspace.template("costi-personale-annuale").read_bytes() == good
    clock.now = datetime(2025, 2, 8, 8, 0, tzinfo=UTC)
    again.sweeper.sweep()
    assert again.store.actions.some([f"{KEY}/draft-20d"])[f"{KEY}/draft-20d"].outcome is Outcome.PERFORMED


def test_a_moved_deadline_moves_its_pending_milestones(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    text = (app.workspace.root / "deadlines.yaml").read_text("utf-8")
    block = text[text.index("id: costi-personale-annuale") :]
    due = next(line for line in block.splitlines() if "day: 28" in line)
    moved = edit(app, f"{block[: block.index(due)]}{due}", f"{block[: block.index(due)]}{due.replace('28', '20')}")
    clock.now = datetime(2025, 2, 7, 9, 0, tzinfo=UTC)  # 20 days before 28 February were still to come, before 20 not
    assert f"{KEY}/draft-20d" in [item.key for item in moved.sweeper.sweep().actions]
    assert moved.store.duties.retired() == {}


def test_an_obligation_taken_out_is_retired_and_its_waiting_mails_are_taken_back(
    app: App, clock: FalseClock, workspace: Path
) -> None:
    silent = {
        "SCADENZARIO_SMTP_HOST": "127.0.0.1",
        "SCADENZARIO_SMTP_PORT": "9",
        "SCADENZARIO_MAIL_FROM": "a@b.example",
    }
    offline = App(read_settings({**silent, "SCADENZARIO_SMTP_SECURITY": "none"}, workspace), clock).adopt()
    clock.now = datetime(2025, 2, 8, 8, 0, tzinfo=UTC)
    offline.sweeper.sweep()
    waiting = [item for item in offline.store.deliveries.all() if item.occurrence_key == KEY]
    assert {item.state for item in waiting} == {DeliveryState.PLANNED}
    text = (workspace / "deadlines.yaml").read_text("utf-8")
    start = text.index("  - id: costi-personale-annuale\n")
    block = text[start : text.index("\n  - id: ", start) + 1]
    without = edit(offline, block, "")
    clock.now += timedelta(hours=1)
    without.sweeper.sweep()
    retired = without.store.duties.retired()
    assert {key: title for key, (title, _) in retired.items()} == {
        "costi-personale-annuale": "Report annuale dei costi sostenuti per il personale"
    }
    mails = [item for item in without.store.deliveries.all() if item.occurrence_key == KEY]
    assert {item.state for item in mails} == {DeliveryState.CANCELLED}
    assert f"{KEY}/draft-20d" in without.store.snapshot().performances, "retired, not forgotten"


def test_a_restored_ledger_leaves_its_open_mails_to_a_person(app: App, clock: FalseClock, workspace: Path) -> None:
    silent = {
        "SCADENZARIO_SMTP_HOST": "127.0.0.1",
        "SCADENZARIO_SMTP_PORT": "9",
        "SCADENZARIO_MAIL_FROM": "a@b.example",
    }
    offline = App(read_settings({**silent, "SCADENZARIO_SMTP_SECURITY": "none"}, workspace), clock).adopt()
    offline.sweeper.sweep()
    planned = [item.message_id for item in offline.store.deliveries.all()]
    assert planned
    clock.now += timedelta(hours=5)
    mark_restored(app.store.alias, clock.now)
    report = app.sweeper.sweep()
    assert not {mail.message_id for mail in report.mails} & set(planned)
    assert {item.message_id for item in app.store.deliveries.failed()} == set(planned)
    app.store.deliveries.retry(planned[0], clock.now)
    assert [mail.state for mail in app.sweeper.sweep().mails if mail.message_id == planned[0]] == [DeliveryState.SENT]
