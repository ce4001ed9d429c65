"""The published calendars: built, read back by another program, kept under `var/feed/`, and only then given out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from scheduler.core.feed import Reach, Scope, Subscription, Variant
from scheduler.core.obligation import Obligation
from scheduler.errors import ScadenzarioError
from scheduler.feed.check import check
from scheduler.feed.entry import Entry, FeedFacts
from scheduler.feed.ics import Blobs, Calendar, read
from scheduler.locale import text

FOLDER = "feed"
INDEX = f"{FOLDER}/index.json"

Wanted = tuple[Scope, frozenset[Variant]] | None  # None: the empty calendar of those who were revoked


class Shelf(Protocol):
    """Where files are kept, each whole or not at all."""

    def keep(self, relative: str, content: bytes) -> str: ...
    def read(self, relative: str) -> bytes: ...


class Publication:
    """What subscribers get, by the SHA-256 of their token."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._blobs: dict[frozenset[Variant], Blobs] = {}
        self._sound: set[bytes] = set()  # components that another program had read before this one's start
        self._calendars: dict[str, Calendar] = {}  # as they are in the files, by name
        self._index: dict[str, str] = {}  # a token's SHA-256 to the name of its calendar

    def load(self) -> Mapping[str, Calendar]:
        """Return what was published last, by whichever process; what cannot be read is left out."""
        try:
            self._index = {str(sha256): str(name) for sha256, name in json.loads(self._shelf.read(INDEX)).items()}
        except (ScadenzarioError, ValueError, AttributeError):
            self._index = {}
        for name in set(self._index.values()):
            self._take_up(name)
        return self._given()

    def publish(
        self,
        entries: Mapping[str, Entry],
        obligations: Sequence[Obligation],
        subscriptions: Sequence[Subscription],
        facts: FeedFacts,
    ) -> Mapping[str, Calendar]:
        """Return the calendars after a change, once they are kept.

        Args:
            entries: those in force, in order of their keys; one that has not changed is the same object as before.
            obligations: all that are declared.
            subscriptions: all tokens, also those that were revoked.
            facts: what the calendars say of themselves.

        Raises:
            SourceError: they cannot be kept; what was published before stays.
            UnsoundError: a reader would not read them; what was published before stays.
        """
        wanted = {_name(item): item for item in map(_wanted, subscriptions)}
        for variants in {item[1] for item in wanted.values() if item}:
            self._renew(variants, entries, facts)
        for name, item in wanted.items():
            self._keep(name, self._made(item, entries, obligations, facts))
        index = {item.sha256: _name(_wanted(item)) for item in subscriptions}
        if index != self._index:
            self._shelf.keep(INDEX, json.dumps(index, sort_keys=True, indent=1).encode())
            self._index = index
        self._calendars = {name: self._calendars[name] for name in wanted}
        self._sound.clear()
        return self._given()

    def _renew(self, variants: frozenset[Variant], entries: Mapping[str, Entry], facts: FeedFacts) -> None:
        """Make anew what has changed, and have it read by another program; what was read before is not read again."""
        blobs = self._blobs.pop(variants, None) or Blobs(variants)
        fresh = [item for item in blobs.take(entries) if item[1] not in self._sound]
        if fresh:
            check(fresh, facts)
        self._blobs[variants] = blobs  # only now: what failed is made and read anew

    def _made(
        self, wanted: Wanted, entries: Mapping[str, Entry], obligations: Sequence[Obligation], facts: FeedFacts
    ) -> Calendar:
        if wanted is None:
            return Blobs(frozenset()).calendar((), _named(facts, text(facts.lang, "feed.revoked")))
        scope, variants = wanted
        if scope.reach in (Reach.FAMILY, Reach.ROLE):
            facts = _named(facts, scope.name)
        ids = {item.id for item in obligations if scope.covers(item)}
        keys = [key for key, entry in entries.items() if entry.obligation_id in ids]
        return self._blobs[variants].calendar(keys, facts)

    def _keep(self, name: str, calendar: Calendar) -> None:
        known = self._calendars.get(name)
        if known is None or known.sha256 != calendar.sha256:
            self._shelf.keep(_file(name), calendar.content)
            self._calendars[name] = calendar

    def _take_up(self, name: str) -> None:
        try:
            found = read(self._shelf.read(_file(name)))
        except ScadenzarioError:
            return
        if found:
            self._calendars[name], components = found
            self._sound.update(components)

    def _given(self) -> Mapping[str, Calendar]:
        known = self._calendars
        return {sha256: known[name] for sha256, name in self._index.items() if name in known}


def _named(facts: FeedFacts, what: str) -> FeedFacts:
    return replace(facts, name=f"{facts.name} – {what}")


def _wanted(subscription: Subscription) -> Wanted:
    return None if subscription.revoked_at else (subscription.scope, subscription.variants)


def _name(wanted: Wanted) -> str:
    """Return a calendar's name, in which nobody's address can be read."""
    if wanted is None:
        return "revoked"
    scope, variants = wanted
    said = (scope.reach.value, scope.name, sorted(variants))
    return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:16]


def _file(name: str) -> str:
    return f"{FOLDER}/{name}.ics"
