"""Alerts: the file says what is wrong now, the program is told each trouble once, and nothing that fails stops us."""

from __future__ import annotations

import json
import logging
import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from scheduler.errors import Problem
from scheduler.service.alert import TRIES, Alerts, Trouble
from scheduler.service.workspace import Workspace

REFUSED = Trouble("mail/1", Problem("mail", "il server rifiuta «rossi»", "correggere la casella", "il server rifiuta"))
CLOCK = Trouble("clock", Problem("", "l'orologio segna il 1970", "correggerlo"))

NOTE = "import sys, pathlib; pathlib.Path('told').open('a').write(sys.stdin.read() + '|')"


def program(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, "it")


def told(place: Workspace) -> list[str]:
    path = place.root / "told"
    return path.read_text("utf-8").split("|")[:-1] if path.exists() else []


def attention(place: Workspace) -> str:
    return (place.var / "ATTENZIONE.txt").read_text("utf-8")


def test_the_file_holds_what_is_wrong_now_and_goes_when_all_is_well(place: Workspace) -> None:
    alerts = Alerts(place, "", "it")
    alerts.tell([])
    assert not place.var.exists()
    alerts.tell([REFUSED, CLOCK])
    said = attention(place)
    assert said.startswith("ATTENZIONE: Scadenzario ha bisogno di una persona\n")
    assert "\n- mail: il server rifiuta; correggere la casella\n" in said
    assert said.endswith("\n- l'orologio segna il 1970; correggerlo\n")
    alerts.tell([CLOCK])
    assert "il server rifiuta" not in attention(place)
    alerts.tell([])
    assert [path.name for path in place.var.iterdir()] == []


def test_the_file_is_not_written_again_while_nothing_changes(place: Workspace) -> None:
    alerts = Alerts(place, "", "it")
    alerts.tell([CLOCK])
    os.utime(place.var / "ATTENZIONE.txt", (1, 1))
    alerts.tell([CLOCK])
    assert (place.var / "ATTENZIONE.txt").stat().st_mtime == 1


def test_the_file_speaks_the_language_of_the_office(place: Workspace) -> None:
    Alerts(place, "", "en").tell([CLOCK])
    assert attention(place).startswith("ATTENTION: Scadenzario needs a person\n")


def test_what_a_server_says_starts_no_line_and_steers_no_terminal(place: Workspace) -> None:
    Alerts(place, "", "it").tell([Trouble("x", Problem("a", "550 no\r\n- b: forged\x1b[31m\ud800"))])
    assert attention(place).endswith("\n- a: 550 no - b: forged [31m\n")


def test_the_program_is_told_each_trouble_once(place: Workspace) -> None:
    alerts = Alerts(place, program(NOTE), "it")
    alerts.tell([CLOCK])
    alerts.tell([CLOCK])
    assert told(place) == ["Scadenzario ha bisogno di una persona:\n\n- l'orologio segna il 1970; correggerlo\n"]
    alerts.tell([CLOCK, REFUSED])
    assert told(place)[1:] == [
        "Scadenzario ha bisogno di una persona:\n\n- mail: il server rifiuta; correggere la casella\n"
    ]


def test_all_that_is_new_in_one_pass_is_told_in_one_run(place: Workspace) -> None:
    Alerts(place, program(NOTE), "it").tell([CLOCK, REFUSED])
    [words] = told(place)
    assert words.count("\n- ") == 2


def test_a_restart_tells_nothing_again(place: Workspace) -> None:
    Alerts(place, program(NOTE), "it").tell([CLOCK])
    Alerts(place, program(NOTE), "it").tell([CLOCK])
    assert len(told(place)) == 1


def test_a_trouble_that_comes_back_is_told_again(place: Workspace) -> None:
    alerts = Alerts(place, program(NOTE), "it")
    for troubles in ([CLOCK], [], [CLOCK]):
        alerts.tell(troubles)
    assert len(told(place)) == 2


def test_a_program_set_later_is_told_what_is_still_wrong(place: Workspace) -> None:
    Alerts(place, "", "it").tell([CLOCK])
    Alerts(place, program(NOTE), "it").tell([CLOCK])
    assert len(told(place)) == 1


@pytest.mark.parametrize("remembered", ["", "not JSON", "[1]", '{"clock": "x"}', "\udcff"])
def test_a_memory_that_was_broken_counts_as_none(place: Workspace, remembered: str) -> None:
    place.keep("alerted.json", remembered.encode("utf-8", "surrogateescape"))
    Alerts(place, program(NOTE), "it").tell([CLOCK])
    assert len(told(place)) == 1
    assert json.loads((place.var / "alerted.json").read_bytes()) == {"clock": TRIES}


BROKEN = [
    ("/no/such/program", "No such file"),
    (program("import sys; print('no network', file=sys.stderr); sys.exit(4)"), "no network"),
    ("'open quotation", "No closing quotation"),
    ("''", "alert command not run"),
]


@pytest.mark.parametrize(("command", "said"), BROKEN)
def test_a_program_that_fails_is_logged_and_tried_a_few_times(
    place: Workspace, caplog: pytest.LogCaptureFixture, command: str, said: str
) -> None:
    alerts = Alerts(place, command, "it")
    for _ in range(TRIES + 2):
        alerts.tell([CLOCK])
    assert [said in record.getMessage() for record in caplog.records] == [True] * TRIES
    assert "l'orologio segna il 1970" in attention(place)


def test_a_program_that_failed_once_is_told_at_the_next_pass(place: Workspace) -> None:
    flaky = f"import pathlib, sys\nif not pathlib.Path('up').exists(): sys.exit(1)\n{NOTE}"
    alerts = Alerts(place, program(flaky), "it")
    alerts.tell([CLOCK])
    assert told(place) == []
    (place.root / "up").touch()
    alerts.tell([CLOCK])
    alerts.tell([CLOCK])
    assert len(told(place)) == 1


HANGING = "sh -c 'sleep 600 & touch pid-$$ pid-$!; wait'"


def test_a_program_that_hangs_is_ended_with_all_that_it_started(
    place: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    Alerts(place, HANGING, "it", timeout=2).tell([CLOCK])
    assert "it took more than 2 seconds" in caplog.text
    pids = [int(path.name.removeprefix("pid-")) for path in place.root.glob("pid-*")]
    assert len(pids) == 2
    until = time.monotonic() + 20
    while any(map(_lives, pids)) and time.monotonic() < until:
        os.sched_yield()
    assert not any(map(_lives, pids))


def _lives(pid: int) -> bool:
    """Tell whether a process still does something; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_service_that_is_to_stop_does_not_wait_for_the_program(place: Workspace) -> None:
    ready = place.root / "ready"
    hang = program("import pathlib, time; pathlib.Path('ready').touch(); time.sleep(600)")
    began = time.monotonic()
    Alerts(place, hang, "it", timeout=600, stopping=ready.exists).tell([CLOCK])
    assert time.monotonic() - began < 60
    Alerts(place, program(NOTE), "it").tell([CLOCK])
    assert len(told(place)) == 1, "it is told after the restart"


def test_the_program_gets_none_of_the_services_secrets(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCADENZARIO_SMTP_PASSWORD", "hunter2")
    monkeypatch.setenv("NOTIFY_SOCKET", "@x")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x")
    monkeypatch.setenv("TZ", "Europe/Rome")
    Alerts(place, program("import os, json; json.dump(dict(os.environ), open('seen', 'w'))"), "it").tell([CLOCK])
    seen = json.loads((place.root / "seen").read_text("utf-8"))
    assert seen["TZ"] == "Europe/Rome"
    assert not [name for name in seen if name.startswith(("SCADENZARIO", "NOTIFY", "CREDENTIALS"))]


def test_a_folder_that_cannot_be_written_is_logged_and_the_program_is_told_once(
    place: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    place.var.write_text("a file stands where the folder should", "utf-8")
    alerts = Alerts(place, program(NOTE), "it")
    alerts.tell([CLOCK])
    alerts.tell([CLOCK])
    assert len(told(place)) == 1
    assert {record.levelno for record in caplog.records} == {logging.ERROR}
    alerts.tell([])
