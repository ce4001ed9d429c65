"""One mail with a 60 KB document, from the letter to the server's yes: ours, yagmail's, the standard library's."""

from __future__ import annotations

import random
import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import yagmail

from benchmarks.sink import sink
from scheduler.mail.body import Body, Paragraph
from scheduler.mail.message import DOCX, Attachment, Letter, compose
from scheduler.mail.transport import SmtpSettings, SmtpTransport

SENDER, RECIPIENT, SUBJECT, TEXT = "a@cmm.example", "b@cmm.example", "Bozza", "Buongiorno, in allegato la bozza."
NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
ROUNDS = 60
NAME = "costi-personale-2025.docx"


def measure() -> None:
    """Print the median milliseconds of each way, taken in turn against the same server, and the ratio of ours to it."""
    content = random.Random(1).randbytes(60 * 1024)
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        path = Path(folder, NAME)
        path.write_bytes(content)
        client = yagmail.SMTP(
            {SENDER: SENDER}, "", "127.0.0.1", port, smtp_starttls=False, smtp_ssl=False, smtp_skip_login=True
        )
        client.login()
        settings = SmtpSettings("127.0.0.1", port, "none")
        with SmtpTransport(settings) as transport, smtplib.SMTP("127.0.0.1", port) as plain, closing(client):
            times = in_turn(
                {
                    "ours, over one connection": lambda: hand_over(transport, ours(content)),
                    "yagmail send, which opens a connection for each": lambda: yagmail_send(client, path),
                    "yagmail's mail, over one connection": lambda: yagmail_reused(client, path),
                    "EmailMessage and smtplib, over one connection": lambda: plain.send_message(message(content)),
                    "composing alone, ours": lambda: ours(content),
                    "composing alone, yagmail": lambda: client.prepare_send(RECIPIENT, SUBJECT, TEXT, str(path)),
                    "composing alone, EmailMessage": lambda: message(content).as_bytes(),
                }
            )
    show(times)


def ours(content: bytes) -> bytes:
    """Compose the mail as the service does."""
    letter = Letter(SENDER, (RECIPIENT,), SUBJECT, Body((Paragraph(TEXT),)), (Attachment(NAME, content, DOCX),))
    return compose(letter, message_id="<1@cmm.example>", sent_at=NOW, lang="it")


def hand_over(transport: SmtpTransport, mail: bytes) -> None:
    """Send a mail as the service does, but for the ledger's fence."""
    transport.send(mail, SENDER, (RECIPIENT,), lambda refused: True)


def message(content: bytes) -> EmailMessage:
    """Compose the same mail with the standard library alone."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = SENDER, RECIPIENT, SUBJECT, "<1@cmm.example>"
    mail.set_content(TEXT)
    mail.add_alternative(f"<p>{TEXT}</p>", subtype="html")
    main, sub = DOCX.split("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=NAME)
    return mail


def yagmail_send(client: yagmail.SMTP, path: Path) -> None:
    """Send as yagmail's manual says."""
    assert client.send(RECIPIENT, SUBJECT, TEXT, str(path)) == {}


def yagmail_reused(client: yagmail.SMTP, path: Path) -> None:
    """Send in yagmail's own two steps, without the login that its `send` begins with."""
    recipients, mail = client.prepare_send(RECIPIENT, SUBJECT, TEXT, str(path))
    assert client.smtp.sendmail(SENDER, recipients, mail) == {}


def in_turn(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median milliseconds of each way, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, work in ways.items():
            began = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(taken[1:]) for name, taken in times.items()}


def show(times: dict[str, float]) -> None:
    """Print each way's time, and ours as a part of it: of the whole way, or of composing alone."""
    whole, alone = times["ours, over one connection"], times["composing alone, ours"]
    for name, milliseconds in times.items():
        mine = alone if name.startswith("composing") else whole
        print(f"  {name:<72} {milliseconds:8.2f} ms   ours {mine / milliseconds:5.2f} x")
