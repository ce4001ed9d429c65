"""The settings by which people come in: the secret key, the proxies that are trusted, the body's own sign-in server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scheduler.core.entrance import Provider
from scheduler.core.proxy import Network, networks

ENTRY_NAMES = (
    "SECRET_KEY",
    "TRUSTED_PROXIES",
    "USER_HEADER",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
)
SECRETS = ("SECRET_KEY", "OIDC_CLIENT_SECRET")
_OIDC = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
_HERE = ("localhost", "127.0.0.1", "::1")
_SHORTEST_KEY = 32

Refuse = Callable[[str, str, str], None]  # name, value, what it takes


@dataclass(frozen=True)
class EntrySettings:
    """By what people come in besides the link that is mailed to them."""

    secret_key: str = field(default="", repr=False)  # empty: one of our own, kept in `var/`
    trusted_proxies: tuple[Network, ...] = ()
    user_header: str = ""  # in which a trusted proxy says who is signed in
    provider: Provider | None = None


def read_entry(values: Mapping[str, str], refuse: Refuse) -> EntrySettings:
    """Return the settings; what cannot be used, or contradicts another, is refused by its name."""
    if 0 < len(values["SECRET_KEY"]) < _SHORTEST_KEY:
        refuse("SECRET_KEY", values["SECRET_KEY"], f"≥ {_SHORTEST_KEY}")
    header = values["USER_HEADER"]
    if header and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,59}", header):
        refuse("USER_HEADER", header, "X-Forwarded-Email")
    elif header and not values["TRUSTED_PROXIES"]:
        refuse("TRUSTED_PROXIES", "–", "127.0.0.1, 10.0.0.0/8")  # else anybody could say who they are
    return EntrySettings(values["SECRET_KEY"], _proxies(values, refuse), header, _provider(values, refuse))


def _proxies(values: Mapping[str, str], refuse: Refuse) -> tuple[Network, ...]:
    try:
        return networks(values["TRUSTED_PROXIES"])
    except ValueError:
        refuse("TRUSTED_PROXIES", values["TRUSTED_PROXIES"], "127.0.0.1, 10.0.0.0/8")
        return ()


def _provider(values: Mapping[str, str], refuse: Refuse) -> Provider | None:
    if not any(values[name] for name in _OIDC):
        return None
    for name in _OIDC:
        if not values[name]:
            refuse(name, "–", ", ".join(_OIDC))
    if not values["BASE_URL"]:
        refuse("BASE_URL", "–", "https://scadenze.ente.it")  # the server sends people back there
    if values["OIDC_ISSUER"] and not _is_secret(values["OIDC_ISSUER"]):
        refuse("OIDC_ISSUER", values["OIDC_ISSUER"], "https://…")
    return Provider(*(values[name] for name in _OIDC))


def _is_secret(address: str) -> bool:
    """Tell whether what goes to an address can be read by nobody on the way."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        )
    except ValueError:  # brackets that hold no address
        return False
