"""What a draft was made of beside its workbooks and its template: with all of it the same draft can be made again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Annex:
    """A document that goes with another one."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Release:
    """Who answers for data that did not pass, since when and why; and what is wrong with them, as sentences."""

    who: str
    on: date
    why: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Making:
    """How one draft was made. Fingerprints are those of bytes that are kept."""

    program: str  # the version that made it
    register: str  # SHA-256 of the `deadlines.yaml` in force
    figures: str = ""  # SHA-256 of its figures as they are kept; '' for a letter that has none
    extended_to: date | None = None  # the legal date that an extension had granted by then
    annexes: tuple[Annex, ...] = ()
    request_by: date | None = None  # of a letter that asks for data: by when
    release: Release | None = None  # of data that did not pass: who answered for them
