"""The ledger's content as values: what people have declared and what the service has performed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from scheduler.core.data import Source
from scheduler.core.each import template_name
from scheduler.core.making import Making
from scheduler.core.rework import Rework


class ActKind(StrEnum):
    """What a person can declare of an occurrence."""

    SUBMISSION = "submission"
    EXTENSION = "extension"
    WAIVER = "waiver"
    REOPENING = "reopening"
    DRAFTING = "drafting"  # a draft was asked for now
    RELEASE = "release"  # a draft may be made of data that did not pass
    RETURN = "return"  # a draft that was edited was put back


@dataclass(frozen=True)
class Act:
    """One declaration of a person, never changed afterwards."""

    kind: ActKind
    occurrence_key: str
    at: datetime
    who: str
    on: date | None = None  # filed on (submission), extended to (extension)
    protocol: str = ""
    evidence: str = ""  # path of the kept file, relative to the workspace
    reason: str = ""

    @property
    def decides(self) -> bool:
        """True where dates or state follow from it; what concerns drafts alone changes neither."""
        return self.kind not in (ActKind.DRAFTING, ActKind.RELEASE, ActKind.RETURN)


class Outcome(StrEnum):
    """What became of an action."""

    PLANNED = "planned"  # owed, and nobody has begun it
    CLAIMED = "claimed"  # one performer holds it until its lease runs out
    PERFORMED = "performed"
    SUPERSEDED = "superseded"  # a later action says it all
    SKIPPED = "skipped"  # what it asks for is here already
    FAILED = "failed"  # tried again at `retry_at`


OPEN_OUTCOMES = (Outcome.PLANNED, Outcome.CLAIMED, Outcome.FAILED)


@dataclass(frozen=True)
class Performance:
    """One action's row in the ledger."""

    action_key: str
    occurrence_key: str
    outcome: Outcome
    at: datetime
    attempts: int = 1
    retry_at: datetime | None = None
    superseded_by: str = ""
    problems: tuple[str, ...] = ()
    generation: int = 0  # how often it was handed to the engine
    handed_until: datetime | None = None  # until then the engine has it
    lease_until: datetime | None = None  # until then its performer has it

    @property
    def is_open(self) -> bool:
        """True while the action is still owed."""
        return self.outcome in OPEN_OUTCOMES

    def is_held(self, now: datetime) -> bool:
        """Tell whether a performer or the engine has it."""
        return any(until is not None and until > now for until in (self.handed_until, self.lease_until))


@dataclass(frozen=True)
class Ledger:
    """What the rules need to know of the past."""

    started_at: datetime | None = None  # the first sweep of this workspace
    swept_at: datetime | None = None  # the last sweep that came to its end
    acts: Mapping[str, tuple[Act, ...]] = field(default_factory=dict)  # by occurrence key, oldest first
    performances: Mapping[str, Performance] = field(default_factory=dict)  # by action key
    restored_at: datetime | None = None  # when a backup took this ledger's place; what it says of later is not known

    def closing(self, occurrence_key: str) -> Act | None:
        """Return the submission or waiver that closes the occurrence, unless it was reopened since."""
        last = None
        for act in self.acts.get(occurrence_key, ()):
            if act.kind in (ActKind.SUBMISSION, ActKind.WAIVER):
                last = act
            elif act.kind is ActKind.REOPENING:
                last = None
        return last

    def extended_to(self, occurrence_key: str) -> date | None:
        """Return the date of the last extension, or None."""
        dates = [act.on for act in self.acts.get(occurrence_key, ()) if act.kind is ActKind.EXTENSION]
        return dates[-1] if dates else None


@dataclass(frozen=True)
class Draft:
    """One version of one document; the file is kept at `path`, relative to `var/`."""

    occurrence_key: str
    document: str
    version: int
    path: str
    sha256: str
    size: int  # bytes
    template_sha256: str
    at: datetime
    inputs: tuple[Source, ...] = ()
    making: Making | None = None  # None: made before its inputs were kept
    rework: Rework | None = None  # None: all of it is the service's own

    @property
    def own_path(self) -> str:
        """The file of what the service itself had made: this one, unless people's text is in it."""
        return self.rework.own if self.rework else self.path

    @property
    def own_sha256(self) -> str:
        """The fingerprint of that file."""
        return self.rework.own_sha256 if self.rework else self.sha256

    @property
    def template(self) -> str:
        """The name of the template that it was made from: one of an obligation's documents."""
        return template_name(self.document)

    @property
    def is_item(self) -> bool:
        """Whether it is one of many that were made from that template, each for a row."""
        return self.document != self.template

    @property
    def made_of(self) -> tuple[str, ...]:
        """The fingerprints of all bytes that are kept for it, each once."""
        if self.making is None:
            return ()
        own = (self.making.register, self.template_sha256, self.making.figures)
        return tuple(dict.fromkeys(item for item in (*own, *(source.sha256 for source in self.inputs)) if item))


class DeliveryState(StrEnum):
    """Where a mail is on its way."""

    PLANNED = "planned"  # its bytes and envelope are stored
    CLAIMED = "claimed"  # one performer holds it until its lease runs out
    DOTTED = "dotted"  # the final dot is about to go, or has gone, and no reply is known
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Delivery:
    """One mail with its envelope; its exact bytes are kept at `path`, relative to `var/`."""

    message_id: str
    action_key: str
    occurrence_key: str  # '' for a digest
    sender: str
    recipients: tuple[str, ...]
    subject: str
    path: str
    sha256: str
    planned_at: datetime
    state: DeliveryState = DeliveryState.PLANNED
    pending: tuple[str, ...] = ()  # the recipients whose fate is still open
    ambiguous: bool = False  # a try ended without a reply after the final dot: it may have arrived twice
    attempts: int = 0
    unanswered: int = 0  # final dots that no reply is known to
    reply: str = ""
    generation: int = 0  # how often it was handed to the engine
    handed_until: datetime | None = None  # until then the engine has it
    lease_until: datetime | None = None  # until then its performer has it
    next_try_at: datetime | None = None
