"""The shapes of what goes to programs and comes from them."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema
from pydantic import ConfigDict, Field

from scheduler.core.ledger import Act, Draft
from scheduler.core.status import State, Status
from scheduler.locale.facts import occurrence_facts

MOST = 500  # occurrences in one answer


class Taken(Schema):
    """What a program sends: an unknown field is a mistake of its author."""

    model_config = ConfigDict(extra="forbid")


class OccurrenceOut(Schema):
    """An occurrence, as `list --json` has it."""

    key: str
    obligation: str
    title: str
    period: str
    nominal_due_on: date
    legal_due_on: date
    target_on: date
    state: State
    to_confirm: bool


class OccurrencesOut(Schema):
    """A part of a list; `total` counts all that were asked for."""

    total: int
    items: list[OccurrenceOut]


class MilestoneOut(Schema):
    """A milestone and what became of it; '' while it is still to come."""

    key: str
    at: datetime
    outcome: str
    done_at: datetime | None


class ActOut(Schema):
    """What a person has declared."""

    kind: str
    at: datetime
    who: str
    on: date | None
    protocol: str
    reason: str
    has_evidence: bool


class DraftOut(Schema):
    """One version of a document."""

    document: str
    version: int
    sha256: str
    size: int
    at: datetime


class DossierOut(OccurrenceOut):
    """All of one occurrence: how its dates came about, in sentences, and what was done."""

    steps: list[str]
    milestones: list[MilestoneOut]
    acts: list[ActOut]
    drafts: list[DraftOut]
    problems: list[str]


class ObligationOut(Schema):
    """An obligation."""

    id: str
    title: str
    family: str
    source: str
    to_confirm: bool


class DeliveryOut(Schema):
    """What became of one mail; who got it is on the pages alone."""

    number: int
    message_id: str
    action: str
    state: str
    ambiguous: bool
    wrong: bool
    finished_at: datetime | None


class DeliveriesOut(Schema):
    """A part of the mails, newest first."""

    total: int
    items: list[DeliveryOut]


class RetiredOut(Schema):
    """An obligation that was taken out of the file."""

    id: str
    title: str
    noticed_at: datetime


class StatusOut(Schema):
    """How things stand now."""

    now: datetime
    swept_at: datetime | None  # the end of the last sweep; null before the first
    states: dict[str, int]  # occurrences by state
    occurrences: list[OccurrenceOut]  # late, nearly late, or with a draft that failed
    troubled_mails: int
    retired: list[RetiredOut]  # obligations that the service follows no longer


class Asked(Taken):
    """A reason, and how many of the occurrence's acts the program had seen: where there are others, it is told so."""

    reason: str = Field(default="", max_length=5000)
    seen: int | None = Field(default=None, ge=0, le=1_000_000)


class Filing(Asked):
    """When the report was filed, and under which protocol number."""

    on: date
    protocol: str = Field(default="", max_length=100)


class Granted(Asked):
    """The day that the other side has granted."""

    to: date


def occurrence_out(status: Status) -> OccurrenceOut:
    """Return an occurrence."""
    return OccurrenceOut(**occurrence_facts(status))


def act_out(act: Act) -> ActOut:
    """Return a person's declaration; where its evidence is kept stays inside."""
    known = {"kind": str(act.kind), "at": act.at, "who": act.who, "on": act.on}
    return ActOut.model_validate(
        {**known, "protocol": act.protocol, "reason": act.reason, "has_evidence": bool(act.evidence)}
    )


def draft_out(draft: Draft) -> DraftOut:
    """Return one version of a document."""
    return DraftOut(document=draft.document, version=draft.version, sha256=draft.sha256, size=draft.size, at=draft.at)
