"""The settings by which people come in: what goes together is taken, what contradicts is told without its secret."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from scheduler.core.entrance import Provider
from scheduler.errors import UserError
from scheduler.settings import Settings, read_settings

OIDC = {
    "OIDC_ISSUER": "https://accesso.cmm.example",
    "OIDC_CLIENT_ID": "scadenzario",
    "OIDC_CLIENT_SECRET": "a secret of its own",
    "BASE_URL": "https://scadenze.cmm.example",
}
PROXY = {"TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8", "USER_HEADER": "X-Forwarded-Email"}


def read(values: dict[str, str]) -> Settings:
    return read_settings({f"SCADENZARIO_{name}": value for name, value in values.items()})


def test_all_of_them_together() -> None:
    entry = read({**OIDC, **PROXY, "SECRET_KEY": "k" * 32}).entry
    assert entry.provider == Provider("https://accesso.cmm.example", "scadenzario", "a secret of its own")
    assert entry.trusted_proxies == (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))
    assert (entry.user_header, entry.secret_key) == ("X-Forwarded-Email", "k" * 32)
    assert "a secret" not in repr(entry)
    assert "kkk" not in repr(entry)


def test_none_of_them() -> None:
    entry = read({}).entry
    assert (entry.provider, entry.trusted_proxies, entry.user_header, entry.secret_key) == (None, (), "", "")


def test_proxies_may_be_trusted_without_a_header() -> None:
    assert read({"TRUSTED_PROXIES": "::1"}).entry.trusted_proxies == (ip_network("::1/128"),)


@pytest.mark.parametrize("issuer", ["http://localhost:9000", "http://127.0.0.1:9000/realm", "http://[::1]:9000"])
def test_a_server_on_this_machine_needs_no_certificate(issuer: str) -> None:
    assert read({**OIDC, "OIDC_ISSUER": issuer}).entry.provider


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"SECRET_KEY": "short and secret"}, ["SECRET_KEY"]),
        ({"USER_HEADER": "X-Forwarded-Email"}, ["TRUSTED_PROXIES"]),
        ({**PROXY, "USER_HEADER": "X Forwarded"}, ["USER_HEADER"]),
        ({**PROXY, "USER_HEADER": "X-Posta-\u00e8"}, ["USER_HEADER"]),
        ({**PROXY, "TRUSTED_PROXIES": "proxy.example"}, ["TRUSTED_PROXIES"]),
        ({**PROXY, "TRUSTED_PROXIES": "10.0.0.1/8"}, ["TRUSTED_PROXIES"]),
        ({**OIDC, "BASE_URL": ""}, ["BASE_URL"]),
        ({**OIDC, "OIDC_CLIENT_SECRET": ""}, ["OIDC_CLIENT_SECRET"]),
        ({"OIDC_CLIENT_SECRET": "a secret of its own"}, ["OIDC_ISSUER", "OIDC_CLIENT_ID", "BASE_URL"]),
        ({**OIDC, "OIDC_ISSUER": "http://accesso.cmm.example"}, ["OIDC_ISSUER"]),
        ({**OIDC, "OIDC_ISSUER": "https://"}, ["OIDC_ISSUER"]),
        ({**OIDC, "OIDC_ISSUER": "http://[::1"}, ["OIDC_ISSUER"]),
        ({**OIDC, "OIDC_ISSUER": "http://localhost.example"}, ["OIDC_ISSUER"]),
    ],
)
def test_what_contradicts_is_refused_by_its_name(values: dict[str, str], wrong: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        read(values)
    assert [problem.where for problem in caught.value.problems] == [f"SCADENZARIO_{name}" for name in wrong]
    assert "secret" not in str(caught.value).replace("SECRET", "").replace("_secret", "")
