"""A proxy that signs people in: its word counts where it is trusted, and nobody else's does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.entering import EDITOR, READER, Entry, entry_of

PROXY, STRANGER = "127.0.0.9", "127.0.0.1"
SETTINGS = {"TRUSTED_PROXIES": PROXY, "USER_HEADER": "X-Forwarded-Email"}


@pytest.fixture
def entry(office: Path) -> Entry:
    return entry_of(office, **SETTINGS)


def test_a_trusted_proxys_word_counts_without_a_session(entry: Entry) -> None:
    visitor = entry.visitor(client=PROXY)
    answer = visitor.get("/profilo", **{"x-forwarded-email": EDITOR.upper()})
    assert answer.status == 200
    assert "Tullio Prova" in answer.text
    assert "sessioni" in answer.text
    assert visitor.get("/profilo").status == 302, "nothing is left of it"
    assert entry.app.store.sessions.of(EDITOR, entry.clock()) == ()


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (STRANGER, {"x-forwarded-email": EDITOR}),
        (STRANGER, {"x-forwarded-email": EDITOR, "x-forwarded-for": PROXY}),
        (PROXY, {"x_forwarded_email": EDITOR}),
        (PROXY, {"x-forwarded-user": EDITOR}),
        (PROXY, {"x-forwarded-email": "nobody@cmm.example"}),
        (PROXY, {"x-forwarded-email": f"{EDITOR},{READER}"}),
        (PROXY, {"x-forwarded-email": ""}),
        (PROXY, {"x-forwarded-email": "a" * 10_000}),
    ],
)
def test_a_forged_word_counts_for_nothing(entry: Entry, client: str, headers: dict[str, str]) -> None:
    assert entry.visitor(client=client).get("/profilo", **headers).status == 302


def test_without_the_setting_no_header_counts(office: Path) -> None:
    entry = entry_of(office, TRUSTED_PROXIES=PROXY)
    assert entry.visitor(client=PROXY).get("/profilo", **{"x-forwarded-email": EDITOR}).status == 302


def test_the_proxys_person_wins_over_a_cookie(entry: Entry) -> None:
    visitor = entry.visitor(client=PROXY)
    entry.sign_in(visitor, READER)
    assert "Livia Esempio" in visitor.get("/profilo").text
    assert "Tullio Prova" in visitor.get("/profilo", **{"x-forwarded-email": EDITOR}).text


def test_an_unknown_person_of_the_proxy_is_not_the_cookies(entry: Entry) -> None:
    visitor = entry.visitor(client=PROXY)
    entry.sign_in(visitor, READER)
    assert visitor.get("/profilo", **{"x-forwarded-email": "nobody@cmm.example"}).status == 302


@pytest.mark.parametrize(("client", "limited"), [(PROXY, False), (STRANGER, True)])
def test_clients_behind_a_trusted_proxy_are_told_apart(entry: Entry, client: str, limited: bool) -> None:
    def ask(number: int) -> int:
        visitor = entry.visitor(client=client)
        visitor.headers["x-forwarded-for"] = f"198.51.100.{number}, 203.0.113.{number}"
        return entry.asked(visitor, f"a{number}@cmm.example").status

    assert ([ask(number) for number in range(21)][-1] == 429) is limited
