"""Who may sign in stands in `deadlines.yaml` and nowhere else: no mail, draft, calendar or log says a person's name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.publishing import calendar
from scheduler.commands.working import simulate
from scheduler.settings import read_settings


def test_names_and_addresses_of_people_go_nowhere(
    workspace: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    app, out = App(read_settings({}, workspace), lambda: datetime(2026, 2, 16, 8, tzinfo=UTC)), tmp_path / "out"
    with caplog.at_level(logging.DEBUG, "scheduler"):
        simulate(app, "2026-02-16", "2026-02-20", out, filed_on_target=False, as_json=False)
    mails = list(_mails(out))
    said = [*mails, caplog.text, capsys.readouterr().out, calendar(app).decode()]
    words = [word for person in app.register.people for word in (person.name, person.address)]
    assert len(mails) > 1
    assert len(words) == 6
    assert [word for word in words for text in said if word in text] == []


def _mails(folder: Path) -> Iterator[str]:
    for path in folder.glob("outbox/new/*"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        yield " ".join(
            [*map(str, mail.values()), *(p.get_content() for p in mail.walk() if p.get_content_maintype() == "text")]
        )
