"""Whatever happens to a mail, nothing is lost, and nothing comes twice unless the ledger says that it may have.

All histories of up to three events; SCADENZARIO_DEPTH=4 goes through the million of up to four, and 5 takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from scheduler.core.ledger import Delivery, DeliveryState
from scheduler.ledger import database
from scheduler.ledger.deliveries import Deliveries

from .histories import Findings, Walk
from .machine import Machine

DEPTH = int(os.environ.get("SCADENZARIO_DEPTH", "3"))


class Unfenced(Deliveries):
    """A ledger whose fence lets everybody through."""

    def dot(self, *arguments: Any) -> bool:
        """Say yes, whoever holds the mail."""
        super().dot(*arguments)
        return True


class Unclaimed(Deliveries):
    """A ledger that gives a mail to whoever asks."""

    def claim(self, message_id: str, claim: str, now: Any, lease_until: Any) -> Delivery | None:
        """Say yes, whoever holds the mail."""
        found = super().claim(message_id, claim, now, lease_until)
        if found is None and self.some([message_id])[0].state in (DeliveryState.CLAIMED, DeliveryState.DOTTED):
            self._rows.filter(message_id=message_id).update(
                state=DeliveryState.CLAIMED, claim=claim, lease_until=lease_until
            )
            found = self.some([message_id])[0]
        return found


class Unflagged(Deliveries):
    """A ledger that forgets at a claim that a dot has gone."""

    def claim(self, message_id: str, claim: str, now: Any, lease_until: Any) -> Delivery | None:
        """Take the mail as if it had never been offered."""
        found = super().claim(message_id, claim, now, lease_until)
        if found is not None:
            self._rows.filter(message_id=message_id).update(ambiguous=False)
        return found


@pytest.fixture
def alias(tmp_path: Path) -> Iterator[str]:
    """A ledger on the disk; the whole walk is one transaction, which makes it fast and leaves nothing behind."""
    alias = database.connect("sqlite:///ledger.sqlite3", tmp_path, "it")
    with transaction.atomic(using=alias):
        yield alias
    database.close(alias)


def walk(folder: Path, deliveries: Deliveries, depth: int, *, with_archive: bool = False) -> Findings:
    """Return what all histories of so many events show."""
    found = Walk(Machine(folder, deliveries, with_archive=with_archive)).run(depth)
    print(f"{found.histories} histories of up to {depth} events, {found.worlds} worlds, {dict(found.violations)}")
    return found


def test_nothing_is_lost_and_nothing_repeated_without_a_flag(alias: str, tmp_path: Path) -> None:
    found = walk(tmp_path, Deliveries(alias), DEPTH)
    assert found.examples == {}
    assert found.histories > 30**DEPTH
    assert found.worlds > 1000


def test_an_archive_that_tells_the_truth_takes_nothing_away(alias: str, tmp_path: Path) -> None:
    found = walk(tmp_path, Deliveries(alias), DEPTH - 1, with_archive=True)
    assert found.examples == {}
    assert found.histories > 30 ** (DEPTH - 1)


@pytest.mark.parametrize("ledger", [Unfenced, Unclaimed, Unflagged])
def test_without_the_fence_the_claim_or_the_flag_the_walk_finds_what_goes_wrong(
    alias: str, tmp_path: Path, ledger: type[Deliveries]
) -> None:
    """A walk that finds nothing has looked for something: what it guards cannot be taken out unseen."""
    assert "twice, and not flagged" in walk(tmp_path, ledger(alias), 2).violations
