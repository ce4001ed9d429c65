"""Several machines on one PostgreSQL and one shared folder: they share the work and never repeat it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.conftest import new_database, own_postgresql
from tests.mail.servers import mail_server
from tests.service.offices import make_office
from tests.service.processes import (
    LedgerFile,
    Service,
    Sink,
    assert_nothing_lost_or_repeated,
    assert_plain_words,
    outbox,
    smtp,
)
from tests.service.waiting import wait_for

REMINDERS, DRAFTS = 7, 2
MAILS = REMINDERS + DRAFTS
LEASE = 4.0
Start = Callable[..., Service]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return make_office(tmp_path / "office", REMINDERS, DRAFTS)


@pytest.fixture
def start(office: Path) -> Iterator[Start]:
    """Start a process on the office; whatever still runs at the end of the test is ended."""
    with ExitStack() as stack:

        def started(url: str, environ: dict[str, str] | None = None, lease: float = 0) -> Service:
            service = Service(office, {"SCADENZARIO_DATABASE_URL": url, **(environ or {})}, lease=lease)
            stack.callback(service.kill)
            return service

        yield started


def names_held(url: str) -> int:
    with psycopg.connect(url) as server:
        [count] = server.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted").fetchone()
    return int(count)


@pytest.mark.parametrize(("count", "way"), [(2, "smtp"), (4, "maildir")])
def test_nodes_that_start_at_once_send_every_mail_once(
    start: Start, office: Path, postgresql_url: str, count: int, way: str
) -> None:
    inbox, ledger = Sink(), LedgerFile(postgresql_url)
    with mail_server(inbox) as port:
        nodes = [start(postgresql_url, smtp(port) if way == "smtp" else {}) for _ in range(count)]
        for node in nodes:
            node.wait_until_said("Calendario:")
        nodes[0].wait_for(lambda: ledger.sent() == MAILS)
        assert names_held(postgresql_url) >= count, "each node has a name"
        assert [node.stop() for node in nodes] == [0] * count
    arrived = inbox.arrived if way == "smtp" else outbox(office)
    assert_nothing_lost_or_repeated(ledger, arrived, MAILS)
    assert max(arrived.values()) == 1
    assert not any(mail.ambiguous for mail in ledger.mails())
    assert ledger.rows("SELECT DISTINCT version FROM ledger_draft") == [(1,)]
    said = "\n".join(node.said for node in nodes)
    assert said.count("INFO action performed") == MAILS
    assert said.count("INFO mail sent") == MAILS
    claims = {tuple(row.claim.split("/")) for row in ledger.actions()}
    assert len({name for name, _ in claims}) == len(claims), "two processes never have one name"
    assert_plain_words(said)


def test_nodes_that_start_at_once_speak_with_one_voice(start: Start, office: Path, postgresql_url: str) -> None:
    """The calendar has one address, and what is wrong with a file is told once."""
    ledger = LedgerFile(postgresql_url)
    nodes = [start(postgresql_url, lease=LEASE) for _ in range(2)]
    for node in nodes:
        node.wait_until_said("feed ")
    assert len({line for node in nodes for line in node.said.splitlines() if line.startswith("feed ")}) == 1
    nodes[0].wait_for(lambda: ledger.sent() == MAILS)
    (office / "deadlines.yaml").write_text("version: 1\nobligations:\n", "utf-8")
    for node in nodes:
        node.wait_until_said("not adopted")
    nodes[0].wait_for(lambda: ledger.sent() == MAILS + 1)
    assert [node.stop() for node in nodes] == [0, 0]
    assert len(ledger.mails()) == MAILS + 1
    assert len({mail.action_key for mail in ledger.mails()}) == MAILS + 1


def test_a_name_that_is_taken_is_refused(start: Start, postgresql_url: str) -> None:
    named = {"SCADENZARIO_NODE": "ufficio-1"}
    first = start(postgresql_url, named)
    first.wait_until_said("Calendario:")
    second = start(postgresql_url, named)
    assert second.ended() == 7
    assert "ufficio-1" in second.said
    assert_plain_words(second.said)
    assert first.stop() == 0
    third = start(postgresql_url, named)
    third.wait_until_said("Calendario:")


def test_another_node_finishes_what_a_killed_one_had_begun(start: Start, postgresql_url: str) -> None:
    ledger, killed_at, doomed_inbox, inbox = LedgerFile(postgresql_url), [], Sink(), Sink()
    nodes: list[Service] = []

    class Doomed(Sink):
        async def handle_RCPT(self, *given: object) -> str:  # noqa: N802
            if len(doomed_inbox.mails) >= 1 and not killed_at:
                nodes[0].kill()
                killed_at.append(time.monotonic())
            return await super().handle_RCPT(*given)  # type: ignore[arg-type]

    doomed_inbox = Doomed()
    with mail_server(doomed_inbox) as port, mail_server(inbox) as other_port:
        nodes.append(start(postgresql_url, smtp(port), LEASE))
        wait_for(lambda: killed_at, lambda: nodes[0].said)
        # only now: a second node could fetch every mail before the first one has two
        nodes.append(start(postgresql_url, smtp(other_port), LEASE))
        nodes[1].wait_for(lambda: ledger.sent() == MAILS)
        took = time.monotonic() - killed_at[0]
        assert nodes[1].stop() == 0
    assert_nothing_lost_or_repeated(ledger, doomed_inbox.arrived + inbox.arrived, MAILS)
    assert len(doomed_inbox.mails) == 1
    assert not any(mail.ambiguous for mail in ledger.mails())
    assert took < LEASE + 15, "a lease, a pass, and the time that sending takes on a busy machine"
    assert_plain_words(nodes[1].said)


def test_a_restart_of_postgresql_between_a_dot_and_its_reply_loses_and_repeats_nothing(start: Start) -> None:
    """What a server has said to a mail is kept until the ledger is back, so that nothing is left in doubt."""
    inbox, restarted = Sink(), []

    def restart_once(message_id: str) -> None:
        if inbox.mails and not restarted:
            server.restart()
            restarted.append(message_id)

    inbox.before_reply = restart_once
    with own_postgresql() as server, mail_server(inbox) as port:
        url = new_database(server.url)
        ledger = LedgerFile(url)
        nodes = [start(url, smtp(port), LEASE) for _ in range(2)]
        wait_for(lambda: restarted, lambda: nodes[0].said)
        nodes[0].wait_for(lambda: ledger.sent() == MAILS)
        assert [node.process.poll() for node in nodes] == [None, None], "they go on"
        assert [node.stop() for node in nodes] == [0, 0]
        assert_nothing_lost_or_repeated(ledger, inbox.arrived, MAILS)
        assert not any(mail.ambiguous for mail in ledger.mails())
        [(attempts,)] = ledger.rows(f"SELECT attempts FROM ledger_delivery WHERE message_id = '{restarted[0]}'")  # noqa: S608
        assert attempts == 1
    assert_plain_words("\n".join(node.said for node in nodes))
