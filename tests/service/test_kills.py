"""`kill -9` at random instants: started again until all is done, every mail has arrived, and once unless flagged.

5 kills by default; `SCADENZARIO_KILLS=200` asks for more. Each office is killed until its work is done, then a new one
begins. Half of the kills come at a random instant after the start, half while the mail server has a random mail in hand
(before the final dot, after it, or after its reply): pure chance would hardly ever meet those.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import Envelope

from scheduler.service.delivery import MOST_UNANSWERED
from tests.mail.servers import mail_server
from tests.service.offices import make_office
from tests.service.processes import (
    LedgerFile,
    Service,
    Sink,
    assert_nothing_lost_or_repeated,
    assert_plain_words,
    message_id_of,
    smtp,
)
from tests.service.waiting import wait_for

KILLS = int(os.environ.get("SCADENZARIO_KILLS", "5"))
REMINDERS, DRAFTS = 4, 1
STEP = 16  # minutes by which the clock is on at each start: longer than a lease and than the wait for a lost reply
LONGEST = 2.5  # seconds from a start to its kill


@dataclass
class Killer:
    """Kills the service that it holds, at an instant or at a stage of a mail."""

    chance: random.Random
    service: Service | None = None
    stage: str = ""
    skip: int = 0  # mails that are let go first
    doubts: Counter[str] = field(default_factory=Counter)  # kills that left it open whether a mail went

    def aim(self, service: Service) -> None:
        self.stage = self.chance.choice(["instant", "RCPT", "DOT", "REPLY"])
        self.skip = self.chance.randrange(2)
        self.service = service

    def at(self, stage: str, message_id: str = "") -> None:
        """Be told by the mail server where a mail is, and which one where it is in doubt from now on.

        One that was left in doubt twice is spared: after the third time it is a person's to decide.
        """
        if self.service is None or stage != self.stage or self.doubts[message_id] == MOST_UNANSWERED - 1:
            return
        if self.skip:
            self.skip -= 1
            return
        if message_id:
            self.doubts[message_id] += 1
        self.service.kill()
        self.service = None


class Deadly(Sink):
    """A mail server that tells the killer of each stage."""

    killer: Killer

    async def handle_RCPT(self, *given: object) -> str:  # noqa: N802
        self.killer.at("RCPT")
        return await super().handle_RCPT(*given)  # type: ignore[arg-type]

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        name = message_id_of(bytes(envelope.content or b""))
        self.killer.at("DOT", name)  # the mail counts as taken: its dot has arrived
        reply = await super().handle_DATA(server, session, envelope)
        self.killer.at("REPLY", name)
        return reply


def test_kills_at_any_instant_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    chance = random.Random(20260324)  # noqa: S311
    kills = office = ambiguous = repeated = 0
    while kills < KILLS:
        office += 1
        found = _until_done(make_office(tmp_path / f"office-{office}", REMINDERS, DRAFTS), chance, KILLS - kills)
        kills, ambiguous, repeated = kills + found[0], ambiguous + found[1], repeated + found[2]
    print(
        f"{kills} kills, {office} offices, {office * (REMINDERS + DRAFTS)} mails: {ambiguous} flagged, "
        f"{repeated} arrived twice"
    )  # shown by -s


def _until_done(workspace: Path, chance: random.Random, most: int) -> tuple[int, int, int]:
    """Start and kill until all mails are sent; return the kills, the mails flagged and those that arrived twice."""
    inbox, ledger, kills, starts = Deadly(), LedgerFile(workspace), 0, 0
    inbox.killer = Killer(chance)
    total = REMINDERS + DRAFTS
    with mail_server(inbox) as port:
        while True:
            now = f"2026-03-24T{9 + starts * STEP // 60:02}:{starts * STEP % 60:02}"
            service = Service(workspace, smtp(port), now=now)
            starts += 1
            if kills < most:
                inbox.killer.aim(service)
            if not _killed(service, inbox.killer, ledger, total):
                break
            kills += 1
            assert_plain_words(service.said)
            assert ledger.is_whole() or not (workspace / "var/ledger.sqlite3").exists()
        service.wait_until_said("Calendario:")  # all may be done before it listens to signals
        assert service.stop() == 0
    assert_plain_words(service.said)
    assert ledger.is_whole()
    assert_nothing_lost_or_repeated(ledger, inbox.arrived, total)
    flagged = sum(mail.ambiguous for mail in ledger.mails())
    return kills, flagged, sum(count > 1 for count in inbox.arrived.values())


def _killed(service: Service, killer: Killer, ledger: LedgerFile, total: int) -> bool:
    """Wait until the service is killed or all is sent; tell whether it was killed."""
    instant = killer.chance.uniform(0.1, LONGEST)
    began = time.monotonic()

    def settled() -> bool:
        if killer.stage == "instant" and killer.service and time.monotonic() - began > instant:
            killer.service = None
            service.kill()
        return service.process.poll() is not None or ledger.is_settled(total)

    wait_for(settled, lambda: service.said)
    killed = service.process.poll() is not None
    assert not killed or service.process.poll() == -signal.SIGKILL, service.said
    killer.service = None
    return killed
