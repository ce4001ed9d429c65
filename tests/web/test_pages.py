"""The page and the routes, asked directly: what they answer, and what they never give away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduler.core.ledger import Ledger
from scheduler.core.occurrence import all_occurrences
from scheduler.core.status import Status, status
from scheduler.deadlines import read_register
from scheduler.service.durations import Durations
from scheduler.service.health import Health
from scheduler.web.probes import Probes
from scheduler.web.server import Pages
from tests.conftest import ROOT

NOW = datetime(2025, 2, 27, 9, tzinfo=UTC)


def statuses() -> list[Status]:
    register = read_register(ROOT / "deadlines.yaml")
    ledger = Ledger(started_at=datetime(2025, 2, 1, tzinfo=UTC))
    every = all_occurrences(register.obligations, register.workdays)
    return [status(item, register.workdays, ledger, NOW) for item in every]


@pytest.fixture
def pages() -> Pages:
    probes = Probes(lambda: Health(NOW, {}), Durations().read)
    return Pages(statuses, "it", lambda: NOW, probes)


def test_the_page_shows_what_is_urgent_first_and_no_addresses(pages: Pages) -> None:
    answer = pages.answer("GET", "/")
    content = answer.content.decode()
    assert answer.status == 200
    assert content.index("Da fare adesso") < content.index("In arrivo")
    assert 'class="overdue">in ritardo' in content
    assert "27/02/2025 (da confermare)" in content
    assert "@" not in content
    assert "<script" not in content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_only_reads(pages: Pages, method: str) -> None:
    answer = pages.answer(method, "/")
    assert (answer.status, dict(answer.headers)[b"allow"]) == (405, b"GET, HEAD")


def test_what_is_not_there(pages: Pages) -> None:
    assert pages.answer("GET", "/admin").status == 404
