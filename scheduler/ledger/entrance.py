"""The rows of those who come in: one-time links, sessions, tokens for programs, and tries to sign in."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import QuerySet

from scheduler.core.entrance import (
    LINK_GOOD,
    SESSION_IDLE,
    SESSION_LONGEST,
    TRIES_WITHIN,
    ApiToken,
    Link,
    Permit,
    Session,
    Way,
    free_at,
    link_is_good,
    same_address,
    session_is_good,
    token_is_good,
)
from scheduler.ledger import models
from scheduler.ledger.database import spoken
from scheduler.ledger.rows import utc

SEEN_EVERY = timedelta(minutes=5)  # so that a page costs no write; half a day of rest is not measured to the minute


@spoken
class Links:
    """The links that were given out, in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def add(self, link: Link) -> None:
        """Remember a new link."""
        known = {"address": link.address, "onward": link.onward, "made_at": utc(link.made_at)}
        self._rows.create(sha256=link.sha256, **known)

    def good(self, sha256: str, now: datetime) -> Link | None:
        """Return a link that would sign in now; nothing changes."""
        row = self._rows.filter(sha256=sha256).first()
        link = _link(row) if row else None
        return link if link and link_is_good(link, now) else None

    def use(self, sha256: str, now: datetime) -> Link | None:
        """Return a link to the one who uses it up; None to whoever comes second, or too late."""
        link = self.good(sha256, now)
        won = link and self._rows.filter(sha256=sha256, used_at=None).update(used_at=utc(now))
        return link if won else None

    def tidy(self, now: datetime) -> None:
        """Remove what signs in no longer."""
        self._rows.filter(made_at__lt=utc(now - 2 * LINK_GOOD)).delete()

    @property
    def _rows(self) -> QuerySet[models.SignInLink]:
        return models.SignInLink.objects.using(self.alias)


@spoken
class Sessions:
    """Who is signed in, in one database."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def begin(self, sha256: str, address: str, way: Way, now: datetime) -> None:
        """Remember a new session."""
        instant = utc(now)
        self._rows.create(sha256=sha256, address=same_address(address), way=way, began_at=instant, seen_at=instant)

    def seen(self, sha256: str, now: datetime) -> Session | None:
        """Return a session that holds now, and remember that it was seen; None where there is none, or no longer."""
        row = self._rows.filter(sha256=sha256).first()
        session = _session(row) if row else None
        if session is None or not session_is_good(session, now):
            return None
        if now - session.seen_at >= SEEN_EVERY:
            with suppress(DatabaseError):  # a disk that is full keeps nobody from reading
                self._rows.filter(sha256=sha256, ended_at=None).update(seen_at=utc(now))
        return session

    def of(self, address: str, now: datetime) -> tuple[Session, ...]:
        """Return a person's sessions that hold now, the last seen first."""
        rows = self._rows.filter(address=same_address(address), ended_at=None).order_by("-seen_at", "-id")
        return tuple(item for item in map(_session, rows) if session_is_good(item, now))

    def end(self, sha256: str, now: datetime) -> bool:
        """End one session; False where it had ended before."""
        return bool(self._rows.filter(sha256=sha256, ended_at=None).update(ended_at=utc(now)))

    def end_all(self, address: str, now: datetime) -> int:
        """End all of a person's sessions; return how many there were."""
        return self._rows.filter(address=same_address(address), ended_at=None).update(ended_at=utc(now))

    def tidy(self, now: datetime) -> None:
        """Remove what holds no longer."""
        self._rows.exclude(ended_at=None).delete()
        self._rows.filter(seen_at__lt=utc(now - SESSION_IDLE)).delete()
        self._rows.filter(began_at__lt=utc(now - SESSION_LONGEST)).delete()

    @property
    def _rows(self) -> QuerySet[models.Session]:
        return models.Session.objects.using(self.alias)


@spoken
class ApiTokens:
    """What programs show to act for people, in one database. Rows are never removed."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def add(self, token: ApiToken) -> int:
        """Remember a new token; return the number by which people call it."""
        permits = ",".join(sorted(token.permits))
        known = {"address": same_address(token.address), "label": token.label, "made_at": utc(token.made_at)}
        return self._rows.create(sha256=token.sha256, permits=permits, **known).pk

    def seen(self, sha256: str, now: datetime) -> ApiToken | None:
        """Return a token that is good, and remember that it was seen; None where there is none, or it was revoked."""
        row = self._rows.filter(sha256=sha256).first()
        token = _token(row) if row else None
        if token is None or not token_is_good(token):
            return None
        if token.seen_at is None or now - token.seen_at >= SEEN_EVERY:
            with suppress(DatabaseError):
                self._rows.filter(sha256=sha256).update(seen_at=utc(now))
        return token

    def of(self, address: str) -> tuple[ApiToken, ...]:
        """Return a person's tokens that are good, oldest first."""
        rows = self._rows.filter(address=same_address(address), revoked_at=None)
        return tuple(map(_token, rows.order_by("id")))

    def revoke(self, number: int, address: str, now: datetime) -> bool:
        """Revoke one of a person's own tokens; False where there is no such one, or it was revoked before."""
        rows = self._rows.filter(pk=number, address=same_address(address), revoked_at=None)
        return bool(rows.update(revoked_at=utc(now)))

    @property
    def _rows(self) -> QuerySet[models.ApiToken]:
        return models.ApiToken.objects.using(self.alias)


@spoken
class Tries:
    """How often somebody has asked to sign in of late, over all nodes."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang

    def ask(self, client: str, address_sha256: str, now: datetime) -> datetime | None:
        """Return None where one more try is within the limits, else when it may be made; then it does not count.

        The try is written before it is counted: of several at once, whoever counts last sees the others. Where it is
        one too many without being written, nothing is: who goes on asking does not keep the others from writing.
        """
        if refused_until := self._free_at(client, address_sha256, now, this=(utc(now),)):
            return refused_until
        row = self._rows.create(client=client[:60], address_sha256=address_sha256, at=utc(now))
        refused_until = self._free_at(client, address_sha256, now)
        if refused_until:
            row.delete(using=self.alias)
        return refused_until

    def tidy(self, now: datetime) -> None:
        """Remove what counts no longer."""
        self._rows.filter(at__lte=utc(now - TRIES_WITHIN)).delete()

    def _free_at(
        self, client: str, address_sha256: str, now: datetime, this: tuple[datetime, ...] = ()
    ) -> datetime | None:
        recent = self._rows.filter(at__gt=utc(now - TRIES_WITHIN))
        of_address = recent.filter(address_sha256=address_sha256).values_list("at", flat=True)
        of_client = recent.filter(client=client[:60]).values_list("at", flat=True)
        return free_at([*of_address, *this], [*of_client, *this], now)

    @property
    def _rows(self) -> QuerySet[models.SignInTry]:
        return models.SignInTry.objects.using(self.alias)


def _link(row: models.SignInLink) -> Link:
    return Link(row.sha256, row.address, row.made_at, row.onward, row.used_at)


def _session(row: models.Session) -> Session:
    return Session(row.sha256, row.address, Way(row.way), row.began_at, row.seen_at, row.ended_at, row.pk)


def _token(row: models.ApiToken) -> ApiToken:
    permits = frozenset(Permit(name) for name in row.permits.split(",") if name)
    return ApiToken(row.sha256, row.address, row.label, permits, row.made_at, row.seen_at, row.revoked_at, row.pk)
