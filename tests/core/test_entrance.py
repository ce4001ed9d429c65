"""Coming in: how long links and sessions are good, how often one may try, and whose word about the client counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.entrance import (
    TRIES_OF_ADDRESS,
    TRIES_OF_CLIENT,
    TRIES_WITHIN,
    Link,
    Session,
    Way,
    free_at,
    link_is_good,
    session_is_good,
)
from scheduler.core.proxy import client_of, is_trusted, networks

NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
PROXIES = networks("10.0.0.0/8, 192.0.2.7,2001:db8:1::/48")


@pytest.mark.parametrize(
    ("age", "used", "good"),
    [
        (timedelta(), False, True),
        (15 * MINUTE - SECOND, False, True),
        (15 * MINUTE, False, False),
        (MINUTE, True, False),
        (-14 * MINUTE, False, True),  # made on a machine whose clock is ahead
        (-15 * MINUTE, False, False),
    ],
)
def test_how_long_a_link_is_good(age: timedelta, used: bool, good: bool) -> None:
    link = Link("0" * 64, "anna@cmm.example", NOW - age, used_at=NOW if used else None)
    assert link_is_good(link, NOW) is good


@pytest.mark.parametrize(
    ("began", "seen", "ended", "good"),
    [
        (timedelta(), timedelta(), False, True),
        (12 * HOUR, 12 * HOUR - SECOND, False, True),
        (12 * HOUR, 12 * HOUR, False, False),
        (7 * DAY - SECOND, MINUTE, False, True),
        (7 * DAY, MINUTE, False, False),
        (HOUR, MINUTE, True, False),
    ],
)
def test_how_long_a_session_holds(began: timedelta, seen: timedelta, ended: bool, good: bool) -> None:
    session = Session("0" * 64, "anna@cmm.example", Way.LINK, NOW - began, NOW - seen, NOW if ended else None)
    assert session_is_good(session, NOW) is good


@given(st.lists(st.integers(0, 1800), max_size=40), st.lists(st.integers(0, 1800), max_size=40))
def test_whoever_waits_until_then_may_try_again(of_address: list[int], of_client: list[int]) -> None:
    tries = [[NOW - SECOND * age for age in ages] for ages in (of_address, of_client)]
    free = free_at(*tries, NOW)
    recent = [sum(age < TRIES_WITHIN.total_seconds() for age in ages) for ages in (of_address, of_client)]
    assert (free is None) is (recent[0] <= TRIES_OF_ADDRESS and recent[1] <= TRIES_OF_CLIENT)
    if free:
        assert NOW < free <= NOW + TRIES_WITHIN
        assert free_at(*tries, free) is None
        assert free_at(*tries, free - SECOND) is not None


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not a trusted machine: whatever it says
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what the client itself wrote stands on the left
        ("10.1.2.3", "198.51.100.1, 192.0.2.7", "198.51.100.1"),
        ("10.1.2.3", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("10.1.2.3", "198.51.100.1, nonsense", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:1::5", "2001:db8:2:3:4:5:6:7", "2001:db8:2:3::/64"),
        ("2001:db8:9:3::1", "", "2001:db8:9:3::/64"),
        ("testclient", "198.51.100.1", "testclient"),
    ],
)
def test_who_asks(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_gives_somebody(peer: str, forwarded: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client_of(peer, "", PROXIES) or is_trusted(peer, PROXIES)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "proxy.example", "10.0.0.0/33", "10.0.0.1; 10.0.0.2"])
def test_what_is_no_machine_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"IPv4 or IPv6|host bits"):
        networks(text)


def test_nobody_is_trusted_where_nobody_is_named() -> None:
    assert networks(" , ") == ()
    assert not is_trusted("127.0.0.1", ())
