"""Files that break or change while the service runs: the last good state stays in force, and somebody is told once."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import signal
import threading
import time
from pathlib import Path

from scheduler.intake.sheet import SheetCache
from tests.intake.workbooks import write
from tests.mail.servers import mail_server
from tests.service.offices import HEAD, declared, duty, make_office
from tests.service.processes import LedgerFile, Service, Sink, assert_plain_words, outbox, smtp
from tests.service.waiting import PATIENCE, wait_for

BEFORE, ON_THE_DAY = "2026-03-23T12:00", "2026-03-24T09:00"
ALERT = "var/ATTENZIONE.txt"


def test_broken_files_never_take_effect_and_are_told_once(tmp_path: Path) -> None:
    """`deadlines.yaml` half written, a template deleted; at SIGHUP, and at a start while they are still broken."""
    office = make_office(tmp_path / "office", 2, 1)
    file, template, ledger = office / "deadlines.yaml", office / "templates/modulo.docx", LedgerFile(office)
    right, model, alert = file.read_bytes(), template.read_bytes(), office / ALERT
    service = Service(office, now=BEFORE)
    service.wait_until_said("Calendario:")
    template.unlink()
    file.write_bytes(right[: len(right) // 2])
    for count in (1, 2):
        service.tell(signal.SIGHUP)
        service.wait_for(lambda: service.said.count("files read again") == count)  # noqa: B023
    service.wait_for(lambda: alert.exists() and ledger.sent() == 1)
    assert "deadlines.yaml:" in alert.read_text("utf-8")
    assert "templates/modulo.docx" in alert.read_text("utf-8")
    assert service.stop() == 0
    assert [mail.action_key.rsplit("/", 1)[0] for mail in ledger.mails()] == ["notice/config"]

    again = Service(office, now=ON_THE_DAY)
    again.wait_until_said("Calendario:")
    again.wait_for(lambda: ledger.sent() == 4)
    assert alert.exists()
    assert [row.outcome for row in ledger.actions()] == ["performed"] * 3, "from the last good copies"
    file.write_bytes(right)
    template.write_bytes(model)
    again.tell(signal.SIGHUP)
    again.wait_for(lambda: not alert.exists())
    assert again.stop() == 0
    assert sum(outbox(office).values()) == 4
    assert_plain_words(service.said + again.said)


def test_a_changed_file_moves_what_is_to_come_and_takes_back_what_waits(tmp_path: Path) -> None:
    office, inbox, ledger = make_office(tmp_path / "office", 2), Sink(), LedgerFile(tmp_path / "office")
    file, far = office / "deadlines.yaml", duty(3, due_on="2026-04-30")
    file.write_text(declared(2) + far, "utf-8")
    inbox.final_reply = "451 4.3.0 try later"
    with mail_server(inbox) as port:
        service = Service(office, smtp(port), lease=30)
        service.wait_for(lambda: sum(mail.attempts and mail.state == "planned" for mail in ledger.mails()) == 2)
        file.write_text(HEAD + duty(1) + duty(3), "utf-8")  # the second is taken out, the third is due already
        service.wait_for(lambda: any("adempimento-03" in row.key for row in ledger.actions()))
        service.wait_for(lambda: len(ledger.mails()) == 3 and "cancelled" in {mail.state for mail in ledger.mails()})
        assert service.stop() == 0
    states = {mail.action_key.split("/")[0]: mail.state for mail in ledger.mails()}
    assert states == {"adempimento-01": "planned", "adempimento-02": "cancelled", "adempimento-03": "planned"}
    retired = ledger.rows("SELECT obligation_id FROM ledger_duty WHERE retired_at IS NOT NULL")
    assert retired == [("adempimento-02",)]
    assert inbox.mails == []
    assert_plain_words(service.said)


def test_a_second_instance_on_the_same_file_is_refused(tmp_path: Path) -> None:
    office = make_office(tmp_path / "office", 1)
    first = Service(office)
    first.wait_until_said("Calendario:")
    second = Service(office)
    assert second.ended() == 7
    assert "lavora già su questa cartella" in second.said
    assert_plain_words(second.said)
    wait_for(lambda: LedgerFile(office).is_settled(1), lambda: first.said)
    assert first.stop() == 0


def test_a_workbook_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    """Whoever saves a workbook in the middle of a draft: every figure is of the file whose fingerprint is kept."""
    path, rows = tmp_path / "dati.xlsx", 400
    sums = {}
    copies = [write(tmp_path / f"copy-{value}.xlsx", [["Valore"], *([value] for _ in range(rows))]) for value in (1, 2)]
    for value, copy in zip((1, 2), copies, strict=True):
        sums[hashlib.sha256(copy.read_bytes()).hexdigest()] = value * rows
    shutil.copy2(copies[0], path)
    over = threading.Event()

    def replace() -> None:
        for copy in itertools.cycle(copies):
            shutil.copy2(copy, tmp_path / "partial")
            (tmp_path / "partial").replace(path)
            if over.is_set():
                return

    writer = threading.Thread(target=replace)
    writer.start()
    found = set()
    deadline = time.monotonic() + PATIENCE
    cache = SheetCache()
    while found != set(sums) and time.monotonic() < deadline:
        sheet = cache.sheet(path, "dati.xlsx", "Dati", "it")
        total = sum(int(str(row[0])) for row in sheet.rows if str(row[0]) not in ("Valore", "None"))
        assert total == sums[sheet.source.sha256]
        found.add(sheet.source.sha256)
    over.set()
    writer.join()
    assert found == set(sums)
