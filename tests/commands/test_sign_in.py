"""The command that prints a link to come in with, and the key that signs what browsers carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.app import App, system_clock
from scheduler.commands.signing_in import sign_in
from scheduler.core.entrance import Link, sha256_of
from scheduler.errors import UserError
from scheduler.ledger import database, models
from scheduler.service.backup_form import left_out
from scheduler.settings import read_settings


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    found = App(read_settings({"SCADENZARIO_BASE_URL": "https://scadenze.cmm.example"}, workspace))
    yield found
    database.close(found.store.alias)


def test_a_link_is_printed_once_and_only_its_fingerprint_is_kept(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    sign_in(app, "TULLIO.PROVA@cmm.example")
    [token] = re.findall(r"^https://scadenze\.cmm\.example/accesso/([\w-]{43})$", capsys.readouterr().out, re.MULTILINE)
    [row] = models.SignInLink.objects.using(app.store.alias).values()
    assert token not in str(row)
    link = app.store.links.use(sha256_of(token), system_clock())
    assert link is not None
    assert link.address == "tullio.prova@cmm.example"


def test_nobody_else_gets_one(app: App) -> None:
    with pytest.raises(UserError) as caught:
        sign_in(app, "rendicontazione@cmm.example")
    assert caught.value.exit_code == 1
    assert "rendicontazione@cmm.example" in str(caught.value)
    assert not models.SignInLink.objects.using(app.store.alias).exists()


def test_the_key_is_made_once_and_only_its_owner_reads_it(app: App) -> None:
    key = app.secret_key()
    file = app.workspace.var / "secret-key"
    assert len(key) == 64
    assert (file.read_text("ascii"), file.stat().st_mode & 0o777) == (key, 0o600)
    assert App(app.settings).secret_key() == key


def test_the_key_of_the_settings_wins(workspace: Path) -> None:
    app = App(read_settings({"SCADENZARIO_SECRET_KEY": "k" * 40}, workspace))
    assert app.secret_key() == "k" * 40
    assert not (workspace / "var" / "secret-key").exists()


def test_the_key_stays_out_of_backups() -> None:
    assert left_out("var/secret-key")
    assert not left_out("var/feed-token")


def test_old_links_go_even_where_every_file_is_kept(app: App) -> None:
    now = system_clock()
    app.store.links.add(Link("0" * 64, "anna@cmm.example", now - timedelta(days=1)))
    app.store.links.add(Link("1" * 64, "anna@cmm.example", now))
    app.tidy()
    assert [row.sha256 for row in models.SignInLink.objects.using(app.store.alias)] == ["1" * 64]
