"""The body's own sign-in server (OpenID Connect): where it is asked, and who its answer says somebody is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session

from scheduler.core.entrance import Provider
from scheduler.web.access.journey import Journey, SignInServerError

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
PATIENCE = (5, 10)  # seconds to connect, and between two pieces of an answer
KNOWN_FOR = timedelta(hours=1)  # the server's description of itself, with its keys
_LEEWAY = 60  # seconds that its clock may be off
_WELL_KNOWN = "/.well-known/openid-configuration"
_PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignInServer:
    """One server as it describes itself, asked again after an hour."""

    def __init__(self, provider: Provider, back: str, clock: Callable[[], datetime]) -> None:
        """Ask nothing yet.

        Args:
            provider: the server.
            back: the address to which it sends people back.
            clock: the real one.
        """
        self.provider = provider
        self.back = back
        self.clock = clock
        self._described: dict[str, Any] = {}
        self._described_at: datetime | None = None

    def begin(self, onward: str) -> tuple[str, Journey]:
        """Return the address at the server to go to, and the journey to remember.

        Raises:
            SignInServerError: the server does not say where that is.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        journey = Journey(state, nonce, verifier, onward)
        try:
            with self._session() as session:
                place = self._description()["authorization_endpoint"]
                facts = {"state": journey.state, "nonce": journey.nonce, "code_verifier": journey.verifier}
                address, _ = session.create_authorization_url(place, **facts)
        except SignInServerError:
            raise
        except Exception as error:  # of the network, of the library, of what the server says
            raise SignInServerError(type(error).__name__) from error
        return str(address), journey

    def address_of(self, code: str, journey: Journey) -> str:
        """Return the mail address of who has signed in there.

        Raises:
            SignInServerError: the server cannot be reached, or what it says of them is not to be believed.
        """
        try:
            with self._session() as session:
                place = self._description()["token_endpoint"]
                token = session.fetch_token(place, code=code, code_verifier=journey.verifier, timeout=PATIENCE)
            claims = _Reader(self.provider.client_id, self._description()).claims(token, journey.nonce)
        except SignInServerError:
            raise
        except Exception as error:  # of the network, of the library, of what the server says
            raise SignInServerError(type(error).__name__) from error
        address = claims.get("email")
        if not isinstance(address, str) or not address.strip():
            raise SignInServerError("no address")
        if claims.get("email_verified", True) is not True:
            raise SignInServerError("address not verified")
        return address

    def _session(self) -> Any:
        provider = self.provider
        return OAuth2Session(
            provider.client_id,
            provider.client_secret,
            scope="openid email",
            redirect_uri=self.back,
            code_challenge_method="S256",
        )

    def _description(self) -> dict[str, Any]:
        now = self.clock()
        if self._described_at is None or now - self._described_at > KNOWN_FOR:
            self._described, self._described_at = self._fetched(), now
        return self._described

    def _fetched(self) -> dict[str, Any]:
        issuer = self.provider.issuer
        said = _json(issuer.rstrip("/") + _WELL_KNOWN)
        if said.get("issuer") != issuer:
            raise SignInServerError("another issuer")
        if any(urlsplit(said[name]).scheme not in ("https", urlsplit(issuer).scheme) for name in _PLACES):
            raise SignInServerError("an address without https")
        signatures = [name for name in said.get("id_token_signing_alg_values_supported", []) if name in SIGNATURES]
        return {**said, "id_token_signing_alg_values_supported": signatures or ["RS256"]}


class _Reader(OpenIDMixin):  # type: ignore[misc]  # the library is published without types
    """Reads the server's tokens: the library's checks, with the client and the server as they must be."""

    def __init__(self, client_id: str, description: dict[str, Any]) -> None:
        self.client_id = client_id
        self.server_metadata = description

    def claims(self, token: Any, nonce: str) -> dict[str, Any]:
        wanted = {
            "iss": {"essential": True, "value": self.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self.client_id},
            "exp": {"essential": True},
        }
        if "id_token" not in token:
            raise SignInServerError("no identity")
        return dict(self.parse_id_token(token, nonce, wanted, leeway=_LEEWAY))

    def load_server_metadata(self) -> dict[str, Any]:
        return self.server_metadata

    def fetch_jwk_set(self, force: bool = False) -> Any:
        """Return the server's keys; asked for again where a token names one that is new."""
        if force or "jwks" not in self.server_metadata:
            self.server_metadata["jwks"] = _json(self.server_metadata["jwks_uri"])
        return self.server_metadata["jwks"]


def _json(address: str) -> dict[str, Any]:
    """Return what is said at an address, which must be said there and nowhere else."""
    answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
    if answer.status_code != requests.codes.ok or len(answer.content) > 1_000_000:
        raise SignInServerError(f"status {answer.status_code}")
    said = answer.json()
    if not isinstance(said, dict):
        raise SignInServerError("no description")
    return said
