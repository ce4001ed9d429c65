"""Links, sessions, tokens and tries on both databases: used once, whoever comes at the same time, and then gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.core.entrance import TRIES_OF_ADDRESS, TRIES_OF_CLIENT, ApiToken, Link, Permit, Way, sha256_of
from scheduler.ledger import copy, database, models
from scheduler.ledger.store import Store

NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANNA, BRUNO = "Anna@cmm.example", "bruno@cmm.example"
SHA = sha256_of("secret")
LINK = Link(SHA, ANNA, NOW, "/scadenze/a/2025")


def test_a_link_is_used_once(store: Store) -> None:
    store.links.add(LINK)
    assert store.links.good(SHA, NOW) == LINK
    assert store.links.good(SHA, NOW) == LINK, "to look at it changes nothing"
    assert store.links.use(SHA, NOW + MINUTE) == LINK
    assert store.links.use(SHA, NOW + MINUTE) is None
    assert store.links.good(SHA, NOW + MINUTE) is None


@pytest.mark.parametrize(("sha256", "after"), [(SHA, 15 * MINUTE), (sha256_of("other"), MINUTE), ("", MINUTE)])
def test_a_late_or_unknown_link_is_none(store: Store, sha256: str, after: timedelta) -> None:
    store.links.add(LINK)
    assert store.links.good(sha256, NOW + after) is None
    assert store.links.use(sha256, NOW + after) is None
    assert store.links.use(SHA, NOW + MINUTE) == LINK, "and it is not used up"


def test_of_many_at_once_one_has_the_link(store: Store) -> None:
    store.links.add(LINK)

    def use(_: int) -> Link | None:
        try:
            return store.links.use(SHA, NOW)
        finally:
            database.close(store.alias)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(use, range(16)))
    assert [item for item in found if item] == [LINK]


def test_a_session_holds_while_it_is_used_and_ends_when_it_is_ended(store: Store) -> None:
    store.sessions.begin(SHA, ANNA, Way.LINK, NOW)
    seen = store.sessions.seen(SHA, NOW + MINUTE)
    assert seen is not None
    assert (seen.address, seen.way, seen.began_at, seen.seen_at) == ("anna@cmm.example", Way.LINK, NOW, NOW)
    assert store.sessions.seen(SHA, NOW + 11 * HOUR)
    assert store.sessions.seen(SHA, NOW + 22 * HOUR), "eleven hours after it was seen"
    assert store.sessions.seen(SHA, NOW + 34 * HOUR) is None
    assert store.sessions.end(SHA, NOW + 23 * HOUR)
    assert store.sessions.seen(SHA, NOW + 23 * HOUR) is None
    assert not store.sessions.end(SHA, NOW + 23 * HOUR)


def test_a_session_does_not_outlive_its_week(store: Store) -> None:
    store.sessions.begin(SHA, ANNA, Way.OIDC, NOW)
    held = [hour for hour in range(0, 24 * 9, 6) if store.sessions.seen(SHA, NOW + hour * HOUR)]
    assert held[-1] == 24 * 7 - 6


def test_all_of_a_persons_sessions_end_and_nobody_elses(store: Store) -> None:
    for name, address in (("a", ANNA), ("b", ANNA.upper()), ("c", BRUNO)):
        store.sessions.begin(sha256_of(name), address, Way.LINK, NOW)
    assert len(store.sessions.of("anna@CMM.example", NOW)) == 2
    assert store.sessions.end_all("anna@CMM.example", NOW) == 2
    assert store.sessions.of(ANNA, NOW) == ()
    assert [item.sha256 for item in store.sessions.of(BRUNO, NOW)] == [sha256_of("c")]


def test_a_token_is_its_owners_and_good_until_it_is_revoked(store: Store) -> None:
    token = ApiToken(SHA, ANNA, "prova", frozenset({Permit.READ, Permit.ACT}), NOW)
    number = store.api_tokens.add(token)
    found = store.api_tokens.seen(SHA, NOW + HOUR)
    assert found is not None
    assert (found.address, found.label, found.permits) == ("anna@cmm.example", "prova", token.permits)
    assert [item.seen_at for item in store.api_tokens.of(ANNA)] == [NOW + HOUR]
    assert not store.api_tokens.revoke(number, BRUNO, NOW), "not his"
    assert store.api_tokens.revoke(number, ANNA, NOW)
    assert not store.api_tokens.revoke(number, ANNA, NOW)
    assert store.api_tokens.seen(SHA, NOW) is None
    assert store.api_tokens.of(ANNA) == ()


def test_tries_have_limits_by_address_and_by_client(store: Store) -> None:
    address = sha256_of("anna")
    asked = [store.tries.ask(f"198.51.100.{number}", address, NOW + number * MINUTE) for number in range(7)]
    assert asked == [None] * TRIES_OF_ADDRESS + [NOW + 15 * MINUTE] * 2
    assert store.tries.ask("198.51.100.1", address, NOW + 15 * MINUTE) is None, "what was refused did not count"
    crowd = [store.tries.ask("203.0.113.1", sha256_of(str(number)), NOW) for number in range(TRIES_OF_CLIENT + 1)]
    assert crowd == [None] * TRIES_OF_CLIENT + [NOW + 15 * MINUTE]


def test_many_at_once_do_not_pass_the_limit(store: Store) -> None:
    def ask(_: int) -> datetime | None:
        try:
            return store.tries.ask("203.0.113.1", SHA, NOW)
        finally:
            database.close(store.alias)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(24)))
    assert 0 < found.count(None) <= TRIES_OF_ADDRESS


def test_what_says_nothing_any_more_goes_and_the_rest_stays(store: Store) -> None:
    store.links.add(LINK)
    store.sessions.begin(SHA, ANNA, Way.LINK, NOW)
    store.api_tokens.add(ApiToken(SHA, ANNA, "prova", frozenset(), NOW))
    store.tries.ask("203.0.113.1", SHA, NOW)
    tables = (models.SignInLink, models.Session, models.SignInTry, models.ApiToken)

    def rows(after: timedelta) -> list[int]:
        store.tidy(NOW + after)
        return [table.objects.using(store.alias).count() for table in tables]

    assert rows(14 * MINUTE) == [1, 1, 1, 1]
    assert rows(HOUR) == [0, 1, 0, 1]
    assert rows(13 * HOUR) == [0, 0, 0, 1]


def test_a_new_ledger_knows_nobody(store: Store) -> None:
    assert store.sessions.of(ANNA, NOW) == ()
    assert store.api_tokens.of(ANNA) == ()
    assert store.links.good(SHA, NOW) is None


def test_a_restored_ledger_signs_nobody_in(store: Store) -> None:
    store.links.add(LINK)
    store.sessions.begin(SHA, ANNA, Way.LINK, NOW)
    copy.mark_restored(store.alias, NOW)
    assert store.sessions.seen(SHA, NOW) is None
    assert store.links.use(SHA, NOW) is None
