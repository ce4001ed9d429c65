"""Signing in at a real sign-in server: the way there and back, and every lie of the server, the browser or between."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey

from scheduler.app import system_clock
from tests.web.asking import Answer, Visitor
from tests.web.entering import Entry, entry_of
from tests.web.provider import CLIENT, SECRET, Provider, running

SITE = "http://localhost:8080"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running(Provider(f"{SITE}/accesso/oidc/ritorno"), system_clock) as found:
        yield found


@pytest.fixture
def entry(office: Path, provider: Provider) -> Entry:
    found = entry_of(
        office, BASE_URL=SITE, OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET
    )
    found.clock.now = system_clock()  # the library looks at the real clock as well
    return found


@pytest.fixture
def visitor(entry: Entry) -> Visitor:
    return entry.visitor(host="localhost:8080")


def to_server(visitor: Visitor, provider: Provider, onward: str = "/profilo") -> str:
    """Go to the server and sign in there; return the path to which it sends the browser back."""
    there = visitor.get(f"/accesso/oidc?next={onward}")
    assert there.status == 302
    place = urlsplit(there["location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{provider.issuer}/authorize"
    back = provider.authorize({name: values[0] for name, values in parse_qs(place.query).items()})
    return back.removeprefix(SITE)


def through(visitor: Visitor, provider: Provider, onward: str = "/profilo") -> Answer:
    """Go to the server and come back."""
    return visitor.get(to_server(visitor, provider, onward))


def is_out(visitor: Visitor) -> bool:
    return visitor.get("/profilo").status == 302


def test_who_has_signed_in_there_comes_in(entry: Entry, visitor: Visitor, provider: Provider) -> None:
    assert "/accesso/oidc?next=/" in visitor.get("/accesso").text.replace("%2F", "/")
    answer = through(visitor, provider)
    assert (answer.status, answer["location"]) == (302, "/profilo")
    profile = visitor.get("/profilo").text
    assert "Tullio Prova" in profile
    assert "accesso dell&#x27;ente" in profile
    assert "scadenzario-oidc" not in visitor.cookies, "what was remembered for the journey is gone"


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": None},  # a server that does not say
        {"email": "TULLIO.PROVA@cmm.example"},
        {"aud": [CLIENT]},
    ],
)
def test_what_else_is_believed(visitor: Visitor, provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    assert through(visitor, provider)["location"] == "/profilo"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email": None},
        {"email": ""},
        {"email": ["tullio.prova@cmm.example"]},
        {"email": "nobody@cmm.example"},
        {"email": "a" * 10_000},
    ],
    ids=str,
)
def test_what_is_not_believed(entry: Entry, visitor: Visitor, provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    assert through(visitor, provider).status == 403
    assert is_out(visitor)
    assert entry.app.store.sessions.of("tullio.prova@cmm.example", entry.clock()) == ()


def test_a_token_that_another_key_has_signed(visitor: Visitor, provider: Provider) -> None:
    provider.shown = RSAKey.generate_key(2048, {"kid": "1"})
    assert through(visitor, provider).status == 403
    assert is_out(visitor)


def test_a_token_that_the_clients_secret_has_signed(visitor: Visitor, provider: Provider) -> None:
    provider.shown, provider.key, provider.algorithm = provider.key, OctKey.import_key(SECRET), "HS256"  # type: ignore[assignment]
    assert through(visitor, provider).status == 403
    assert is_out(visitor)


def test_the_servers_keys_are_asked_for_again_after_an_hour(visitor: Visitor, provider: Provider, entry: Entry) -> None:
    assert through(visitor, provider).status == 302
    provider.key = RSAKey.generate_key(2048, {"kid": "1"})
    other = entry.visitor(host="localhost:8080")
    assert through(other, provider).status == 403, "the same name for another key"
    entry.clock.forward(hours=2)
    assert through(other, provider).status == 302


def test_a_forged_state(visitor: Visitor, provider: Provider) -> None:
    path = to_server(visitor, provider).replace("state=", "state=x")
    assert visitor.get(path).status == 403
    assert "/token" not in provider.seen, "the code was not even looked at"
    assert is_out(visitor)


def test_the_way_back_in_another_browser(entry: Entry, visitor: Visitor, provider: Provider) -> None:
    path, other = to_server(visitor, provider), entry.visitor(host="localhost:8080")
    assert other.get(path).status == 403
    assert is_out(other)
    to_server(other, provider)
    assert other.get(path).status == 403, "nor with a journey of its own"
    assert is_out(other)


def test_a_forged_journey(visitor: Visitor, provider: Provider) -> None:
    path = to_server(visitor, provider)
    visitor.cookies["scadenzario-oidc"] = visitor.cookies["scadenzario-oidc"][:-3] + "xyz"
    assert visitor.get(path).status == 403


def test_the_same_way_back_twice(visitor: Visitor, provider: Provider) -> None:
    path = to_server(visitor, provider)
    kept = visitor.cookies["scadenzario-oidc"]
    assert visitor.get(path).status == 302
    visitor.cookies["scadenzario-oidc"] = kept
    assert visitor.get(path).status == 403, "the server takes a code once"


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?state=&code=", "?code=" + "a" * 10_000, "?state=%00"])
def test_a_way_back_without_a_way_there(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"/accesso/oidc/ritorno{query}").status == 403


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/%5Cevil.example"])
def test_it_leads_to_our_own_pages_only(visitor: Visitor, provider: Provider, onward: str) -> None:
    assert through(visitor, provider, onward)["location"] == "/"


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "ftp://evil.example"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_server_that_describes_itself_wrongly(
    visitor: Visitor, provider: Provider, description: dict[str, Any]
) -> None:
    provider.description = description
    answer = visitor.get("/accesso/oidc")
    assert answer.status == 403
    assert "non è riuscito" in answer.text


def test_a_server_that_is_broken_is_asked_again(visitor: Visitor, provider: Provider) -> None:
    provider.is_broken = True
    assert visitor.get("/accesso/oidc").status == 403
    provider.is_broken = False
    assert through(visitor, provider).status == 302


def test_logs_hold_no_secret(visitor: Visitor, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "scheduler"):
        path = to_server(visitor, provider)
        provider.claims = {"nonce": "another"}
        visitor.get(path)
        provider.claims = {}
        through(visitor, provider)
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("scheduler"))
    assert "sign-in server" in said
    for secret in (SECRET, visitor.cookies["scadenzario"], "code-", "cmm.example"):
        assert secret not in said


def test_without_a_server_there_is_no_such_page(office: Path) -> None:
    visitor = entry_of(office).visitor()
    assert "oidc" not in visitor.get("/accesso").text
    assert visitor.get("/accesso/oidc").status == 404
    assert visitor.get("/accesso/oidc/ritorno").status == 404
