"""How people come in: one-time links, sessions, tokens for programs, and how often somebody may try. Rules only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LINK_GOOD = timedelta(minutes=15)
SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=7)
TRIES_WITHIN = timedelta(minutes=15)
TRIES_OF_ADDRESS, TRIES_OF_CLIENT = 5, 20


class Way(StrEnum):
    """By what a session began."""

    LINK = "link"  # mailed to the address, or printed by the command
    OIDC = "oidc"  # the body's own sign-in server


class Permit(StrEnum):
    """What a program may do with a person's token, never more than the person."""

    READ = "read"
    DRAFT = "draft"
    ACT = "act"


@dataclass(frozen=True)
class Link:
    """One link to sign in with; the secret part itself is nowhere, only its SHA-256."""

    sha256: str
    address: str
    made_at: datetime
    onward: str = ""  # the page to go to afterwards
    used_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """One browser in which a person is signed in; of its cookie only the SHA-256 is kept."""

    sha256: str
    address: str
    way: Way
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    number: int = 0  # by which people call it


@dataclass(frozen=True)
class ApiToken:
    """What a program shows to act for a person; only its SHA-256 is kept."""

    sha256: str
    address: str
    label: str
    permits: frozenset[Permit]
    made_at: datetime
    seen_at: datetime | None = None
    revoked_at: datetime | None = None
    number: int = 0  # by which people call it


@dataclass(frozen=True)
class Provider:
    """The body's own sign-in server (OpenID Connect), as it knows this service."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


def sha256_of(secret: str) -> str:
    """Return what is kept of a secret, or of an address that a stranger typed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def same_address(address: str) -> str:
    """Return an address as it is compared: without regard to case."""
    return address.strip().casefold()


def link_is_good(link: Link, now: datetime) -> bool:
    """Tell whether a link still signs in: never used, and not a quarter of an hour old.

    One from the future is of a machine whose clock is ahead, as long as it is by no more than that.
    """
    return link.used_at is None and abs(now - link.made_at) < LINK_GOOD


def session_is_good(session: Session, now: datetime) -> bool:
    """Tell whether a session still holds: not ended, seen within half a day, begun within the week."""
    idle, whole = now - session.seen_at, now - session.began_at
    return session.ended_at is None and idle < SESSION_IDLE and whole < SESSION_LONGEST


def token_is_good(token: ApiToken) -> bool:
    """Tell whether a program may still show a token."""
    return token.revoked_at is None


def free_at(of_address: Sequence[datetime], of_client: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when somebody may try to sign in again; None where this try is within the limits.

    Args:
        of_address: the instants of the tries with the address, this one included.
        of_client: the same of the client.
        now: this instant.
    """
    limits = ((of_address, TRIES_OF_ADDRESS), (of_client, TRIES_OF_CLIENT))
    recent = [(sorted(at for at in tries if now - at < TRIES_WITHIN), most) for tries, most in limits]
    return max((tries[-1 - most] + TRIES_WITHIN for tries, most in recent if len(tries) > most), default=None)
