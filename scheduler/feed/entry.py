"""What the calendar says of one occurrence, in words; nothing about people, and nothing of how it is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from uuid import UUID

from scheduler.core.feed import Revision
from scheduler.core.ledger import Act
from scheduler.core.period import Period
from scheduler.core.status import State, Status
from scheduler.core.workdays import DAY
from scheduler.locale import text, written
from scheduler.locale.words import period_label

_NAMESPACE = UUID("8f0a2c1e-6a44-5d0e-9a57-3b1f5f6f2d11").bytes  # never changes: a UID is for ever
_MARKED = (State.OVERDUE, State.SUBMITTED, State.SUBMITTED_LATE, State.WAIVED)
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")  # some readers end a line, or the text, there
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: no bytes stand for it


@dataclass(frozen=True)
class FeedFacts:
    """What the calendar says of itself."""

    name: str
    zone: str
    lang: str
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence in the calendar; every text is a single clean line, but the description."""

    key: str
    on: date  # the legal due date
    target_on: date
    title: str
    target_title: str
    description: str  # lines
    family: str
    state: State  # SCHEDULED for every state that only the calendar's own dates tell
    url: str
    sequence: int
    changed_at: datetime

    @property
    def obligation_id(self) -> str:
        """The obligation that it belongs to."""
        return self.key.partition("/")[0]

    @property
    def revision(self) -> Revision:
        """What is said, as a fingerprint, with the sequence and the instant."""
        said = (self.on, self.target_on, self.title, self.description, self.family, self.state, self.url)
        return Revision(self.key, hashlib.sha256(repr(said).encode()).hexdigest(), self.sequence, self.changed_at)

    def at(self, revision: Revision) -> Entry:
        """Return the same with another revision."""
        return replace(self, sequence=revision.sequence, changed_at=revision.changed_at)


def uid(name: str) -> str:
    """Return the identity of an event, for ever: that of an occurrence's key, or of a key and what else it is."""
    made = hashlib.sha1(_NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()  # a UUIDv5, at half its cost
    variant = "89ab"[int(made[16], 16) & 3]
    return f"{made[:8]}-{made[8:12]}-5{made[13:16]}-{variant}{made[17:20]}-{made[20:32]}@scadenzario"


class Wording:
    """Puts occurrences into words, in one language."""

    def __init__(self, facts: FeedFacts) -> None:
        self._lang = facts.lang
        self._base_url = clean(facts.base_url)
        names = ("period", "nominal", "legal", "target", "state", "agreement", "source", "link")
        self._names = tuple(text(facts.lang, f"fact.{name}") for name in names)
        self._states = {item: text(facts.lang, f"state.{item}") for item in _MARKED}
        self._states[State.SCHEDULED] = text(facts.lang, "feed.pending")
        self._marks = {item: f"{text(facts.lang, f'feed.{item}')} " for item in _MARKED}
        self._to_confirm = f" ({text(facts.lang, 'to-confirm')})"
        self._target = text(facts.lang, "feed.target")

    def entry(self, status: Status, acts: Sequence[Act]) -> Entry:
        """Return what the calendar says of an occurrence whose acts are given."""
        item, acts = status.occurrence, [act for act in acts if act.decides]
        state = status.state if status.state in _MARKED else State.SCHEDULED
        url = f"{self._base_url}/scadenze/{item.key}" if self._base_url else ""
        plain = clean(f"{item.obligation.title} – {_label(self._lang, item.period)}")
        title = f"{plain}{self._to_confirm}" if item.to_confirm else plain
        return Entry(
            key=item.key,
            on=item.legal_due_on,
            target_on=item.target_on,
            title=f"{self._marks.get(state, '')}{title}",
            target_title=f"{self._marks.get(state, '')}{self._target} {title}",
            description=self._description(status, state, url),
            family=clean(item.obligation.family),
            state=state,
            url=url,
            sequence=2 * len(acts) + (state is State.OVERDUE),  # an act that ends the delay still counts upwards
            changed_at=_last_change(status, acts),
        )

    def _description(self, status: Status, state: State, url: str) -> str:
        item = status.occurrence
        days = (written(self._lang, day) for day in (item.nominal_due_on, item.legal_due_on, item.target_on))
        acts = (item.agreement.title, item.obligation.source)
        values = (_label(self._lang, item.period), *days, self._states[state], *acts, url)
        named = zip(self._names, values, strict=True)
        return "\n".join([f"{name}: {clean(value)}" for name, value in named if value])


def clean(value: str) -> str:
    """Return a text on one line, with nothing in it that a reader could stumble over."""
    if value.isprintable():
        return value
    return _SURROGATE.sub("\ufffd", _BREAKING.sub(" ", value))


@lru_cache(maxsize=4096)
def _label(lang: str, period: Period) -> str:
    return period_label(lang, period)


def _last_change(status: Status, acts: Sequence[Act]) -> datetime:
    """Return when a person's act, or becoming overdue, or else the beginning of the term changed the event."""
    moments = [act.at.astimezone(UTC) for act in acts]
    if status.state is State.OVERDUE:
        moments.append(datetime.combine(status.occurrence.legal_due_on + DAY, time(), UTC))
    moments.append(datetime.combine(status.occurrence.agreement.since, time(), UTC))
    return max(moments).replace(microsecond=0)
