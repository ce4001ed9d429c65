"""`doctor` on a workspace in order, and on several that are not: every finding is there, whatever else is wrong."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.examination import Examination
from scheduler.settings import Settings
from tests.commands.office import NOW, Office, get, office_with_server, until
from tests.mail.servers import Hang, Inbox, ScriptedServer

LATER = ("--now", "2025-02-10T09:05")


@pytest.fixture
def office(workspace: Path) -> Office:
    """A workspace that has made one pass."""
    office = Office(workspace)
    assert office.command("sweep", *NOW).returncode == 0
    return office


def levels(office: Office, *options: str) -> dict[str, str]:
    """The level of each check; the worst where it found several things."""
    found: dict[str, str] = {}
    for item in office.json("doctor", *(options or LATER))["checks"]:
        found[item["check"]] = max(
            found.get(item["check"], ""), item["level"], key=["", "ok", "attention", "wrong"].index
        )
    return found


def wrong(office: Office) -> tuple[int, list[str]]:
    """The exit code, and the checks that found something wrong."""
    return office.command("doctor", *LATER).returncode, [name for name, at in levels(office).items() if at == "wrong"]


def test_a_workspace_in_order_has_a_line_for_each_check(office: Office) -> None:
    result = office.command("doctor", *LATER)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line for line in lines if not line.startswith("ok")] == [
        "attenzione  servizio: nessun servizio lavora su questa cartella; ultimo giro: 10/02/2025 09:00; "
        "avviarlo (scadenzario run), se non basta un timer con scadenzario sweep"
    ]
    assert len(lines) == 15
    assert "ok          deadlines.yaml: 18 adempimenti" in lines


def test_a_new_workspace_is_in_order_and_left_as_it_is(workspace: Path) -> None:
    before = sorted(workspace.rglob("*"))
    assert wrong(Office(workspace)) == (0, [])
    assert sorted(workspace.rglob("*")) == before


def test_everything_wrong_is_found_at_once_and_the_first_gives_the_code(office: Office) -> None:
    root = office.workspace
    office.environ = {
        "SCADENZARIO_SMTP_HOST": "127.0.0.1",
        "SCADENZARIO_SMTP_PORT": "9",
        "SCADENZARIO_MAIL_FROM": "scadenzario@cmm.example",
    }
    assert wrong(office) == (6, ["mail"])
    (root / "templates/cabina-regia.docx").write_bytes(b"not a document")
    assert wrong(office) == (4, ["templates", "mail"])
    for path in (root / "var").glob("ledger.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    (root / "var/engine.sqlite3").write_bytes(b"not a database" * 1000)
    (root / "deadlines.yaml").write_text("version: 1\n", "utf-8")
    assert wrong(office) == (3, ["config", "templates", "ledger", "mail"])
    found = levels(office)
    assert (found["engine"], found["service"]) == ("attention", "attention")


def test_a_broken_file_with_a_last_good_copy(office: Office) -> None:
    App(Settings(office.workspace)).adopt()
    (office.workspace / "deadlines.yaml").write_text("version: 1\n", "utf-8")
    result = office.command("doctor", *LATER)
    assert result.returncode == 3
    assert "attenzione  deadlines.yaml: è in vigore l'ultima copia buona (18 adempimenti); correggere il file" in (
        result.stdout.splitlines()
    )
    assert levels(office)["templates"] == "ok"


def test_wrong_settings_leave_the_rest_to_be_looked_at(office: Office) -> None:
    office.environ = {"SCADENZARIO_SMTP_SECURITY": "tls", "SCADENZARIO_LISTEN": "x"}
    found = levels(office)
    assert office.command("doctor").returncode == 3
    assert (found["settings"], found["config"], found["templates"]) == ("wrong", "ok", "ok")
    assert "ledger" not in found, "which one it is depends on the settings"


def test_a_damaged_page_of_the_ledger_is_found(office: Office) -> None:
    file = office.workspace / "var/ledger.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ledger_performance'").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as handle:
        handle.seek((page - 1) * size)
        handle.write(b"\xff" * 100)
    assert wrong(office) == (3, ["ledger"])
    assert "è danneggiato" in office.command("doctor", *LATER).stdout


def test_a_ledger_of_a_newer_version_is_found(office: Office) -> None:
    with closing(sqlite3.connect(office.workspace / "var/ledger.sqlite3")) as connection, connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_later', '2030-01-01')"
        )
    assert wrong(office) == (3, ["ledger"])
    assert "9999_later" in office.command("doctor", *LATER).stdout


def test_a_clock_that_is_wrong_by_years(office: Office) -> None:
    assert office.command("doctor", "--now", "2035-01-01T09:00").returncode == 3
    assert levels(office, "--now", "2035-01-01T09:00")["clock"] == "wrong"


def test_what_a_person_should_know_of(office: Office) -> None:
    (office.workspace / "var").chmod(0o755)
    text = (office.workspace / "deadlines.yaml").read_text("utf-8")
    (office.workspace / "deadlines.yaml").write_text(text.replace("id: cabina-regia-afol", "id: cabina-regia-altra"))
    assert office.command("sweep", *LATER).returncode == 0
    (office.workspace / "var/ATTENZIONE.txt").write_text("x", "utf-8")
    found = levels(office)
    assert {name for name, level in found.items() if level == "attention"} == {"folder", "alert", "service", "retired"}
    assert "cabina-regia-afol" in office.command("doctor", *LATER).stdout


def test_a_mail_server_that_answers_and_one_that_does_not(workspace: Path) -> None:
    inbox = Inbox()
    with office_with_server(workspace, inbox) as office:
        assert "risponde" in next(line for line in office.command("doctor").stdout.splitlines() if " posta: " in line)
        assert inbox.mails == []


def test_a_server_that_hangs_ends_one_check_only(workspace: Path) -> None:
    server = ScriptedServer({"BANNER": [Hang]})
    try:
        settings = Settings(workspace, smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none")
        found = list(Examination(App(settings), timeout=2.0).findings())
    finally:
        server.stop()
    [mail] = [item for item in found if item.check == "mail"]
    assert (mail.level, mail.code, mail.what) == ("wrong", 6, "nessuna risposta entro 2 secondi")
    assert found[-1].check == "retired"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    office = Office(tmp_path / "nowhere")
    result = office.command("doctor", "--json")
    assert (result.returncode, result.stderr) == (3, "")
    assert json.loads(result.stdout)["code"] == 3
    assert not (tmp_path / "nowhere").exists()


def test_a_service_that_runs_is_seen(workspace: Path) -> None:
    office = Office(workspace)
    with office.running() as address:
        assert until(lambda: get(address, "/readyz")[0] == 200), office.log
        assert levels(office)["service"] == "ok"
    assert levels(office)["service"] == "attention"
