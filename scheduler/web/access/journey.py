"""The way to the body's own sign-in server and back: what is remembered of it, and what may go wrong."""

from __future__ import annotations

from dataclasses import dataclass

BACK = "accesso/oidc/ritorno"  # where the server sends people back, below our address


class SignInServerError(Exception):
    """The server cannot be reached, or its answer is not to be believed; the reason is for the log."""


@dataclass(frozen=True)
class Journey:
    """What has to come back from the server, and what only we know meanwhile."""

    state: str
    nonce: str
    verifier: str
    onward: str
