"""The logs: one record is one line whatever is in it, facts are fields, and nobody's address is written."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.commands.logs import KEYS, LogFormat, handler
from tests.conftest import ROOT

FORMS: list[LogFormat] = ["text", "json"]
UUID = "0f8fad5b-d9cb-569f-a165-70867728950e"


def record(message: str, *arguments: object, **facts: object) -> logging.LogRecord:
    made = logging.LogRecord("scheduler.service.sweep", logging.INFO, __file__, 1, message, arguments, None)
    made.created = datetime(2025, 2, 10, 8, 0, 0, 250_000, tzinfo=UTC).timestamp()
    vars(made).update(facts)
    return made


def line(form: LogFormat, made: logging.LogRecord) -> str:
    stream = io.StringIO()
    handler(form, stream).handle(made)
    said = stream.getvalue()
    assert said.endswith("\n")
    return said[:-1]


def failed(message: str, why: str) -> logging.LogRecord:
    made = record(message)
    with pytest.raises(UnicodeError) as caught:
        raise UnicodeError(why)
    made.exc_info = (caught.type, caught.value, caught.tb)
    return made


def test_a_text_line_is_a_sentence_and_its_facts() -> None:
    said = line("text", record("mail not sent: %s", "450 later", action="a/2025-Q1/reminder-7d", attempt=2))
    assert said.endswith(" INFO mail not sent: 450 later action=a/2025-Q1/reminder-7d attempt=2")
    assert line("text", record("swept")).endswith(" INFO swept action=-")


def test_a_text_fact_with_spaces_is_quoted() -> None:
    assert line("text", record("x", state='a "b" c', node="n=1")).endswith('x action=- node="n=1" state="a \\"b\\" c"')


def test_a_json_line_has_every_field() -> None:
    facts: dict[str, object] = {key: f"the {key}" for key in KEYS} | {"seconds": 1.5, "attempt": 3}
    assert json.loads(line("json", record("perché %d", 7, secret="x", **facts))) == {
        "time": "2025-02-10T08:00:00.250+00:00",
        "level": "INFO",
        "logger": "scheduler.service.sweep",
        "message": "perché 7",
        **facts,
    }
    assert json.loads(line("json", record("x")))["action"] is None
    assert "perché" in line("json", record("perché")), "letters stay letters"


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_a_known_fact_is_left_out(form: LogFormat) -> None:
    assert "hunter2" not in line(form, record("x", password="hunter2"))


def test_an_exception_is_one_field() -> None:
    made = failed("sweep failed", "first\nsecond")
    exception = json.loads(line("json", made))["exception"]
    assert exception.startswith("Traceback (most recent call last):\n")
    assert exception.endswith("UnicodeError: first\nsecond")
    assert line("text", made).endswith('UnicodeError: first\\nsecond"')


ATTACKS = [
    "a\r\n2025 ERROR forged",
    "\x1b[31mred",
    "\x9b31m",
    "a\u2028b",
    "a\u0085b",
    "\u202egnp.exe",
    "\x7f",
    "\ud800",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
def test_a_control_character_starts_no_line_and_steers_no_terminal(form: LogFormat, attack: str) -> None:
    for made in (record("%s", attack), record("x", action=attack), failed("x", attack)):
        said = line(form, made)
        assert len(said.splitlines()) == 1
        assert all(char.isprintable() for char in said)


@given(st.text(), st.text())
def test_a_json_line_gives_back_what_was_said(message: str, action: str) -> None:
    text = message.replace("@", "")
    said = line("json", record("%s", text, action=action.replace("@", "")))
    assert len(said.splitlines()) == 1
    assert json.loads(said)["message"] == text


@given(st.text(), st.text())
def test_a_text_record_is_one_line(message: str, action: str) -> None:
    assert len(line("text", record("%s", message, action=action)).splitlines()) == 1


STRUCK = [
    ("550 <mario.rossi@ente.it>: User unknown", "550 <…@ente.it>: User unknown"),
    ("to mario.rossi+x@ente.it, o'brien@ente.it;l@b.it", "to …@ente.it, …@ente.it;…@b.it"),
    ('"Mario Rossi"@ente.it refused', "…@ente.it refused"),
    ("rcpt to:mario@[10.0.0.1]", "rcpt …@[10.0.0.1]"),
    ("niccolò@ente.it", "…@ente.it"),
    ("bounce+mario=ente.it@lists.it", "…@lists.it"),
    ("postgresql://user:pass@word@host/name", "…@…@host/name"),
    (f"<{UUID}@ente.it> sent", f"<{UUID}@ente.it> sent"),
    (f"<x{UUID}@ente.it> sent", "<…@ente.it> sent"),
    ("12 @ 3 euro, a@", "12 @ 3 euro, a@"),
]


@pytest.mark.parametrize(("said", "written"), STRUCK)
def test_an_address_is_struck(said: str, written: str) -> None:
    assert json.loads(line("json", record("%s", said)))["message"] == written
    assert json.loads(line("json", record("x", action=said)))["action"] == written
    assert json.loads(line("json", failed("x", said)))["exception"].endswith(f"UnicodeError: {written}")


@pytest.mark.parametrize("text", ["a" * 2_000_000, '"' * 2_000_000, 'a"' * 1_000_000])
def test_a_huge_text_without_an_address_is_read_in_one_go(text: str) -> None:
    assert len(json.loads(line("json", record("%s", text)))["message"]) == len(text)


SCRIPT = """
import logging, sys, warnings
from scheduler.commands.logs import set_up
set_up("text", sys.stderr)
set_up("json", sys.stderr)
logging.getLogger("scheduler").info("hello", extra={"action": "a"})
logging.getLogger("scheduler").debug("quiet")
logging.getLogger("apscheduler.scheduler").info("quiet")
warnings.warn("careful")
"""


def test_set_up_holds_for_the_whole_process() -> None:
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=variables, check=True)
    lines = [json.loads(said) for said in result.stderr.splitlines()]
    assert [said["level"] for said in lines] == ["INFO", "WARNING"]
    assert lines[0]["message"] == "hello"
    assert "careful" in lines[1]["message"]
