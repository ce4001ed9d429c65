"""The audit trail: what people declared and what became of each mail, each entry sealed with the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Facts = Mapping[str, object]  # texts, numbers, lists and mappings of them


class AuditKind(StrEnum):
    """What an entry tells of."""

    ACT = "act"
    DELIVERY = "delivery"


class Flaw(StrEnum):
    """What is wrong."""

    MISSING = "missing"  # the entry of that number is not there
    UNCHAINED = "unchained"  # it does not follow from the one before it
    CHANGED = "changed"  # its seal is not that of its content
    DIFFERS = "differs"  # the ledger says something else of what it tells of
    UNKNOWN = "unknown"  # no entry has a seal that somebody has kept
    UNTOLD = "untold"  # the ledger has something of which no entry tells


@dataclass(frozen=True)
class Entry:
    """One line of the trail; the first is number 1 and follows nothing."""

    number: int
    at: datetime
    kind: AuditKind
    key: str  # the occurrence's, or the mail's action
    facts: str  # as `written` gives them
    previous: str  # the seal of the entry before it, or ''
    seal: str  # SHA-256 of all the others, hexadecimal


@dataclass(frozen=True)
class Broken:
    """The first place at which a trail cannot be trusted."""

    number: int  # of the entry; 0 where there is none
    flaw: Flaw
    key: str = ""


def written(facts: Facts) -> str:
    """Return facts as a text that is the same for the same facts."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def following(last: tuple[int, str], at: datetime, kind: AuditKind, key: str, facts: Facts) -> Entry:
    """Return the entry that comes after another one, of which the number and the seal are given; (0, '') if none."""
    number, previous = last
    entry = Entry(number + 1, at, kind, key, written(facts), previous, "")
    return Entry(*_content(entry), seal=sealed(entry))


def sealed(entry: Entry) -> str:
    """Return the seal that an entry's content asks for."""
    number, at, *rest = _content(entry)
    content = json.dumps([number, at.isoformat(), *rest], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def first_broken(entries: Iterable[Entry]) -> Broken | None:
    """Return the first place at which the entries, by their numbers, do not hold together; None where they do."""
    seal = ""
    for number, entry in enumerate(entries, 1):
        if entry.number != number:
            return Broken(number, Flaw.MISSING)
        if entry.previous != seal:
            return Broken(number, Flaw.UNCHAINED, entry.key)
        if entry.seal != sealed(entry):
            return Broken(number, Flaw.CHANGED, entry.key)
        seal = entry.seal
    return None


def _content(entry: Entry) -> tuple[int, datetime, AuditKind, str, str, str]:
    return entry.number, entry.at, entry.kind, entry.key, entry.facts, entry.previous
