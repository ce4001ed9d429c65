"""`status` and `explain` where more than a deadline is wrong: broken files, an idle service, retired duties."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.settings import Settings
from tests.commands.office import NOW, Office

LATER = ("--now", "2025-02-10T09:05")
RETIRED = "cabina-regia-afol"


@pytest.fixture
def office(workspace: Path) -> Office:
    """A workspace that has made one pass, with its files on the shelf."""
    office = Office(workspace)
    assert office.command("sweep", *NOW).returncode == 0
    App(Settings(workspace)).adopt()
    return office


def take_out(office: Office) -> None:
    path = office.workspace / "deadlines.yaml"
    path.write_text(path.read_text("utf-8").replace(f"id: {RETIRED}\n", "id: altra-cabina\n"), "utf-8")
    assert office.command("sweep", *LATER).returncode == 0


def test_a_broken_file_is_told_and_the_rest_comes_from_the_last_good_copy(office: Office) -> None:
    before = office.json("status", *LATER)
    assert (before["problems"], bool(before["occurrences"])) == ([], True)
    (office.workspace / "deadlines.yaml").write_text("version: 1\n", "utf-8")
    after = office.json("status", *LATER)
    assert all(problem.startswith("deadlines.yaml") for problem in after["problems"])
    assert {**after, "problems": []} == before
    result = office.command("status", *LATER)
    assert result.returncode == 1
    assert result.stdout.startswith("deadlines.yaml")
    assert "dall'ultima copia buona" in result.stdout


def test_without_a_good_copy_the_file_alone_is_told(workspace: Path) -> None:
    (workspace / "deadlines.yaml").write_text("version: 1\n", "utf-8")
    result = Office(workspace).command("status", *LATER)
    assert (result.returncode, result.stdout) == (3, "")
    assert "deadlines.yaml" in result.stderr


def test_a_sweep_that_is_old_is_told_where_something_is_due(office: Office) -> None:
    assert office.json("status", *LATER)["late"] is False
    soon = office.json("status", "--now", "2025-02-10T10:00")
    assert soon["late"] is False, "old, but nothing has come due"
    later = office.command("status", "--now", "2025-02-20T10:00")
    assert later.returncode == 1
    assert "l'ultimo giro è del 10/02/2025 09:00" in later.stdout
    assert office.json("status", "--now", "2025-02-20T10:00")["swept_at"].startswith("2025-02-10T08:00:0")


def test_the_file_of_alerts_is_shown(office: Office) -> None:
    (office.workspace / "var/ATTENZIONE.txt").write_text("ATTENZIONE: una persona\n", "utf-8")
    result = office.command("status", *LATER)
    assert result.returncode == 1
    assert "ATTENZIONE.txt:\nATTENZIONE: una persona\n" in result.stdout
    assert office.json("status", *LATER)["alert"] == "ATTENZIONE: una persona"


def test_a_retired_obligation_is_told_and_explained(office: Office) -> None:
    key = f"{RETIRED}/2025-01"
    extended = office.command("extend", key, "--to", "2025-03-10", "--reason", "nota della Regione", *NOW)
    assert extended.returncode == 0, extended.stderr
    take_out(office)
    status = office.command("status", *LATER).stdout
    assert f"{RETIRED} (" in status
    assert "tolto da deadlines.yaml, notato il 10/02/2025" in status
    assert [item["obligation"] for item in office.json("status", *LATER)["retired"]] == [RETIRED]
    told = office.command("explain", key, *LATER)
    assert told.returncode == 0
    assert "se n'è accorto il 10/02/2025" in told.stdout
    assert "nota della Regione" in told.stdout
    assert "request-" in told.stdout
    assert "richiesta-dati-2025-01-v1.docx" in told.stdout


def test_what_the_ledger_does_not_know_of_a_retired_obligation(office: Office) -> None:
    take_out(office)
    nothing = office.command("explain", f"{RETIRED}/2025-09", *LATER)
    assert (nothing.returncode, "non ha nulla" in nothing.stdout) == (0, True)
    assert office.command("explain", f"{RETIRED}/no", *LATER).returncode == 2
    assert office.command("explain", "unheard/2025", *LATER).returncode == 2
