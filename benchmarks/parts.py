"""The parts of the work, each beside the library it stands on: a draft, a mail, a workbook, a plan."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pandas as pd
from docxtpl import DocxTemplate

from scheduler.core.ledger import Ledger
from scheduler.core.occurrence import all_occurrences
from scheduler.core.plan import next_wake, plan
from scheduler.deadlines import read_register
from scheduler.documents.context import Sheet, context
from scheduler.documents.render import render
from scheduler.documents.sandbox import environment
from scheduler.intake.intake import load
from scheduler.intake.sheet import SheetCache
from scheduler.mail.body import Body, Paragraph
from scheduler.mail.message import DOCX, Attachment, Letter, compose

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)


def measure() -> None:
    """Print milliseconds of ours and of the plain library, and their ratio."""
    register = read_register(ROOT / "deadlines.yaml")
    occurrences = all_occurrences(register.obligations, register.workdays)
    monthly = next(item for item in occurrences if item.key == "elenco-personale-mensile/2025-01")
    obligation, period = monthly.obligation, monthly.period

    def read() -> Any:
        return load(
            obligation.tables,
            obligation.figures,
            monthly.agreement.amounts,
            start=period.start,
            end=period.end,
            key=period.key,
            workspace=ROOT,
            cache=SheetCache(),
            lang="it",
        )

    path = ROOT / "data/personale/2025-01.xlsx"
    compare("read 285 x 12 cells, typed and checked | pandas.read_excel", read, lambda: pd.read_excel(path, header=3))

    values = context(monthly, register.office, read(), Sheet("Elenco", 1, date(2025, 2, 2)))
    template = (ROOT / "templates/elenco-personale-mensile.docx").read_bytes()

    def plain() -> None:
        document = DocxTemplate(io.BytesIO(template))
        document.render(values, jinja_env=environment(), autoescape=True)
        document.save(io.BytesIO())

    def draft() -> bytes:
        return render(template, "t.docx", values, NOW, "it")

    compare("draft of 285 rows, sandboxed and verified | docxtpl", draft, plain)

    content = draft()
    body = Body((Paragraph("Buongiorno, in allegato la bozza."),))
    letter = Letter("a@cmm.example", ("b@cmm.example",), "Bozza", body, (Attachment("b.docx", content, DOCX),))

    def mail() -> bytes:
        return compose(letter, message_id="<1@cmm.example>", sent_at=NOW, lang="it")

    compare(f"compose a mail with {len(content) // 1024} KB attached | EmailMessage", mail, lambda: message(content))

    ledger = Ledger(started_at=NOW)
    workdays = register.workdays
    planned = timed(lambda: plan(occurrences, workdays, ledger, NOW))
    woken = timed(lambda: next_wake(occurrences, workdays, ledger, NOW))
    print(f"  plan {len(occurrences)} occurrences {planned:9.2f} ms;  next wake {woken:.2f} ms")


def message(content: bytes) -> bytes:
    """Compose the same mail with the standard library alone."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "a@cmm.example", "b@cmm.example", "Bozza"
    mail.set_content("Buongiorno, in allegato la bozza.")
    mail.add_alternative("<p>Buongiorno, in allegato la bozza.</p>", subtype="html")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="b.docx")
    return mail.as_bytes()


def compare(title: str, ours: Callable[[], object], plain: Callable[[], object]) -> None:
    """Print both medians, taken in turn, and their ratio."""
    mine, theirs = timed(ours), timed(plain)
    print(f"  {title:<72} {mine:8.2f} ms | {theirs:8.2f} ms   {mine / theirs:5.2f} x")


def timed(work: Callable[[], object], runs: int = 7) -> float:
    """Return the median milliseconds of a call, after one that is not counted."""
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:])
