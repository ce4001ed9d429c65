"""Templates are filled in a process of their own: whatever they do, the service goes on and the reason is told."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document

from scheduler.core.chart import ChartKind, ChartSpec
from scheduler.core.data import Mark
from scheduler.deadlines import read_register
from scheduler.documents.charts import Chart
from scheduler.documents.inserts import Insert
from scheduler.documents.package import document_text
from scheduler.documents.render import render
from scheduler.errors import TemplateError
from scheduler.service.press import Press
from tests.conftest import ROOT
from tests.documents.test_hazards import MACROS, typed
from tests.documents.word import docx, p
from tests.service.waiting import wait_for

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
ROWS = [SimpleNamespace(nome=f"riga {number}", importo=Decimal(number)) for number in range(300)]
LETTER = docx(p("{{ x }}"))
ENDLESS = (
    "{% for a in r %}{% for b in r %}{% for c in r %}{% for d in r %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}"
)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press(memory=300_000_000)
    yield press
    press.close()


@pytest.fixture
def hasty() -> Iterator[Press]:
    press = Press(seconds=1)
    yield press
    press.close()


def fill(press: Press, template: bytes, **values: Any) -> str:
    return document_text(press.filled(template, "templates/t.docx", values, AT, "it"))


def test_a_chart_is_drawn_there_within_its_memory_and_nowhere_else(press: Press) -> None:
    spec = ChartSpec("c", ChartKind.BAR, ("t",), "Unità per ente", "Titolo", "ente", ("unita",))
    chart = Chart(spec, ("CMM", "AFOL"), ((Decimal(12), Mark("n.r")),))
    content = press.filled(docx(p("{{ x }}")), "templates/t.docx", {"x": chart}, AT, "it")
    [drawing] = Document(io.BytesIO(content)).element.xpath("//wp:docPr")
    assert drawing.get("descr") == "Unità per ente. CMM: 12; AFOL: n.r."


def process_of(press: Press) -> int:
    """The process that fills now."""
    fill(press, LETTER, x="a")
    assert press._child is not None
    return press._child._process.pid


def is_there(pid: int) -> bool:
    """Tell whether a process lives, or is left for its parent to bury."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_the_same_bytes_as_without_a_process_of_its_own(press: Press) -> None:
    template = docx(p("{% for a in r %}{{ a.nome }} {{ a.importo|euro }} {% endfor %}{{ n }}{{ x }}"))
    values = {"r": ROWS, "n": Mark("n.r"), "x": "Rossi & Figli <srl>"}
    assert press.filled(template, "t", values, AT, "it") == render(template, "t", values, AT, "it")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{% for i in range(10**9) %}{% endfor %}", "il nome «range» non è tra quelli"),
        ("{{ '%999999999d' % 1 }}", "la memoria non basta"),
        ("{{ 'x'.ljust(999999999) }}", "la memoria non basta"),
        ("{% set a = 'x' * 1000 %}" + "{% set a = a ~ a %}" * 24 + "{{ a }}", "la memoria non basta"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "non si compila con questi dati"),
        ("{{ x.__class__ }}", "non è permessa"),
    ],
)
def test_a_template_that_wants_everything_is_told_by_name(press: Press, body: str, told: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        fill(press, docx(p(body)), r=ROWS, x=1)
    assert str(caught.value).startswith("templates/t.docx: ")
    assert told in str(caught.value)
    assert time.monotonic() - began < 20
    assert fill(press, LETTER, x="il prossimo") == "il prossimo"


def test_one_process_fills_everything_until_a_document_takes_too_long(hasty: Press) -> None:
    first = process_of(hasty)
    assert process_of(hasty) == first
    with pytest.raises(TemplateError, match=r"templates/t\.docx: il modello non è pronto dopo 1 secondi"):
        fill(hasty, docx(p(ENDLESS)), r=ROWS)
    assert not is_there(first), "and nothing of it is left"
    assert process_of(hasty) != first


def test_a_process_that_somebody_ends_is_followed_by_another(press: Press) -> None:
    first = process_of(press)
    os.kill(first, signal.SIGKILL)
    assert fill(press, LETTER, x="ancora") == "ancora"
    assert not is_there(first)


def test_what_a_whole_group_is_told_does_not_end_it(press: Press) -> None:
    first = process_of(press)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(first, number)
    assert process_of(press) == first


def test_many_threads_get_their_own_documents(press: Press) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: fill(press, LETTER, x=f"numero {number}"), range(60)))
    assert found == [f"numero {number}" for number in range(60)]


def test_harmful_templates_do_not_reach_the_service(press: Press) -> None:
    with pytest.raises(TemplateError, match=r"non è un documento Word"):
        fill(press, b"PK\x03\x04")
    with pytest.raises(TemplateError, match=r"contiene macro"):
        fill(press, typed(MACROS))


def test_a_fault_of_the_program_itself_is_heard_of(press: Press) -> None:
    first = process_of(press)
    with pytest.raises(RuntimeError, match="NotImplementedError"):
        fill(press, LETTER, x=Insert())
    assert process_of(press) == first


def test_the_names_of_a_template_are_looked_at_there_as_well(press: Press, tmp_path: Path) -> None:
    register = read_register(ROOT / "deadlines.yaml")
    path = tmp_path / "t.docx"
    path.write_bytes(docx(p("{{ ufficio.nome }}")))
    [problem] = press.problems(path, register.obligations[0], "it")
    assert "«ufficio.nome»" in str(problem)
    path.unlink()
    [missing] = press.problems(path, register.obligations[0], "it")
    assert "il modello non c'è" in str(missing)


def test_closing_ends_it_whatever_it_is_doing() -> None:
    press = Press()
    pid = process_of(press)
    endless = threading.Thread(target=_fill_in_vain, args=(press,))
    endless.start()
    press.close()
    assert not is_there(pid)
    while endless.is_alive():  # it was tried once more, in a new one
        press.close()
        endless.join(0.05)


def _fill_in_vain(press: Press) -> None:
    with suppress(TemplateError):
        fill(press, docx(p(ENDLESS)), r=ROWS)


SERVICE = """
import sys
from tests.service.test_press import *
press = Press()
print(process_of(press), flush=True)
fill(press, docx(p(ENDLESS)), r=ROWS)
"""


def test_it_ends_with_a_service_that_is_killed_in_the_middle_of_a_document() -> None:
    line = [sys.executable, "-c", SERVICE]
    with subprocess.Popen(line, stdout=subprocess.PIPE, cwd=ROOT, text=True) as service:
        assert service.stdout
        pid = int(service.stdout.readline())
        wait_for(lambda: _seconds_used(pid) > 0.5, lambda: "")
        service.kill()
    wait_for(lambda: not _lives(pid), lambda: "")


def _seconds_used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lives(pid: int) -> bool:
    """Tell whether a process is at work; one that its new parent has not buried yet is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_does_not_get_the_service_s_secrets(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCADENZARIO_SMTP_PASSWORD", "segreto")
    os.kill(process_of(press), signal.SIGKILL)
    given = Path(f"/proc/{process_of(press)}/environ").read_bytes()
    assert b"segreto" not in given
