"""A stop in the middle of a mail, and servers that take their time: it ends in time, and every mail arrives once."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.app import App
from scheduler.ledger import database
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings
from tests.mail.servers import Hang, ScriptedServer, mail_server
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

MAILS = 2
LATER = "2026-03-24T09:16"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return make_office(tmp_path / "office", MAILS)


@pytest.mark.parametrize(("verb", "before", "flagged"), [("DATA", "claimed", 0), ("DOT", "dotted", 1)])
def test_a_stop_while_the_server_is_silent(office: Path, verb: str, before: str, flagged: int) -> None:
    server, ledger = ScriptedServer({verb: [Hang]}), LedgerFile(office)
    service = Service(office, smtp(server.port))
    wait_for(lambda: "DATA" in server.commands if verb == "DATA" else server.complete, lambda: service.said)
    began = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - began < 10
    assert "Fermato." in service.said
    assert_plain_words(service.said)
    held = [mail for mail in ledger.mails() if mail.state == before]
    assert len(held) == 1
    server.stop()

    inbox = Sink()
    with mail_server(inbox) as port:
        again = Service(office, smtp(port), now=LATER)
        again.wait_until_said("Calendario:")
        again.wait_for(lambda: ledger.is_settled(MAILS))
        assert again.stop() == 0
    arrived = Counter(map(message_id_of, server.complete)) + inbox.arrived
    assert_nothing_lost_or_repeated(ledger, arrived, MAILS)
    assert [mail.ambiguous for mail in ledger.mails() if mail.message_id == held[0].message_id] == [bool(flagged)]
    assert sum(mail.ambiguous for mail in ledger.mails()) == flagged
    assert sum(arrived.values()) == MAILS + flagged


class OneEach(Sink):
    """A server that takes one mail over each connection, then says 421."""

    async def handle_MAIL(self, server: Any, session: Any, *given: Any) -> str:  # noqa: N802
        if any(mail.peer == session.peer for mail in self.mails):
            return "421 4.7.0 one mail for each connection"
        return await super().handle_MAIL(server, session, *given)


@pytest.mark.parametrize("way", ["our limit", "421"])
def test_a_server_that_takes_few_mails_gets_each_once(office: Path, way: str) -> None:
    inbox, ledger = OneEach() if way == "421" else Sink(), LedgerFile(office)
    ours = {"SCADENZARIO_MAILS_PER_MINUTE": "1", "TEST_PERIOD": "2"} if way == "our limit" else {}
    with mail_server(inbox) as port:
        service = Service(office, {**smtp(port), **ours}, lease=30)
        service.wait_for(lambda: ledger.is_settled(MAILS))
        assert service.stop() == 0
    assert_nothing_lost_or_repeated(ledger, inbox.arrived, MAILS)
    assert [mail.attempts for mail in ledger.mails()] == [1] * MAILS
    assert sum(inbox.arrived.values()) == MAILS


def test_greylisting_for_fifteen_minutes_delays_and_repeats_nothing(office: Path) -> None:
    began = datetime(2026, 3, 24, 8, tzinfo=UTC)
    clock, first = FalseClock(began), dict[str, datetime]()

    class Greylist(Sink):
        async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, *rest: Any) -> str:  # noqa: N802
            if clock.now < first.setdefault(address, clock.now) + timedelta(minutes=15):
                return "451 4.7.1 greylisted, try again later"
            return await super().handle_RCPT(server, session, envelope, address, *rest)

    inbox = Greylist()
    with mail_server(inbox) as port:
        app = App(read_settings(smtp(port), office), clock)
        ledger = LedgerFile(office)
        while not ledger.is_settled(MAILS) and clock.now < began + timedelta(hours=2):
            app.sweeper.sweep()
            clock.now += timedelta(minutes=5)
        app.transport.rest()
        database.close(app.store.alias)
    assert clock.now <= began + timedelta(minutes=30)
    assert_nothing_lost_or_repeated(ledger, inbox.arrived, MAILS)
    assert sum(inbox.arrived.values()) == MAILS
