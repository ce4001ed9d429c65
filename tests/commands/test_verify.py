"""`verify` as an auditor uses it: after real passes and acts, with a seal from a Monday mail, and after tampering."""

from __future__ import annotations

import re
import sqlite3
from email import message_from_bytes, policy
from pathlib import Path

from tests.commands.office import Office

KEY = "costi-personale-annuale/2024"
MONDAY = ("--now", "2025-02-10T09:00")
NEXT_MONDAY = ("--now", "2025-02-17T09:00")


def test_the_trail_is_whole_until_somebody_changes_the_ledger(workspace: Path) -> None:
    office = Office(workspace)
    assert office.command("verify").stdout == "Il registro delle prove è integro: 0 voci; ultimo sigillo –\n"
    assert office.command("sweep", *MONDAY).returncode == 0
    assert office.command("submit", KEY, "--on", "2025-02-12", "--now", "2025-02-12T10:00").returncode == 0
    assert office.command("sweep", *NEXT_MONDAY).returncode == 0
    found = office.json("verify")
    assert found["whole"]
    assert found["entries"] > 5

    [sign] = [text for text in mails(workspace) if "Sono vivo" in text and "17/02/2025" in text]
    [(number, seal)] = re.findall(r"voce (\d+), sigillo\s+([0-9a-f]{64})", sign)
    assert 0 < int(number) < found["entries"]
    assert office.command("verify", seal).returncode == 0
    unknown = office.command("verify", "0" * 64)
    assert unknown.returncode == 1
    assert "nessuna voce ha questo sigillo" in unknown.stderr

    with sqlite3.connect(workspace / "var/ledger.sqlite3") as ledger:
        ledger.execute("UPDATE ledger_act SET \"on\" = '2025-02-28'")
    ledger.close()
    broken = office.command("verify")
    assert broken.returncode == 1
    assert re.match(
        rf"registro delle prove, voce \d+: non è integro: il registro dice altro della stessa cosa \({KEY}\)",
        broken.stderr,
    )
    assert not office.json("verify")["whole"]


def mails(workspace: Path) -> list[str]:
    """The texts of the mails in the outbox, with their subjects."""
    found = []
    for path in (workspace / "var/outbox/new").iterdir():
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append(f"{mail['Subject']}\n{body.get_content()}")
    return found
