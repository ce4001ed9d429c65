"""The files that the ledger names, with their fingerprints, and which of them may go after some months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.core.period import add_months


class KeptKind(StrEnum):
    """What a kept file is."""

    MAIL = "mail"  # the exact bytes of a mail
    DRAFT = "draft"  # one version of a document
    EVIDENCE = "evidence"  # what proves a submission
    INPUT = "input"  # what a version of a document was made of


@dataclass(frozen=True)
class KeptFile:
    """One file under `var/` that a row of the ledger names."""

    kind: KeptKind
    path: str  # relative to `var/`
    sha256: str
    at: datetime  # when it was made; of a mail, when it was done with
    occurrence_key: str = ""  # '' for a digest
    document: str = ""
    version: int = 0
    over: bool = False  # the mail was sent or taken back


def input_path(sha256: str) -> str:
    """Return where bytes that drafts were made of are kept, relative to `var/`."""
    return f"inputs/{sha256}"


def may_go(files: Sequence[KeptFile], closed: Callable[[str], bool], before: datetime) -> tuple[KeptFile, ...]:
    """Return the files that are not needed any more.

    These are mails that are over and versions of a document that a later one replaces, older than an instant, and what
    only those versions were made of. Never a file of an occurrence that is open, nor evidence, nor a file with the same
    bytes as evidence, nor what a version that stays was made of.
    """
    last: dict[tuple[str, str], int] = {}
    for item in files:
        if item.kind is KeptKind.DRAFT:
            last[_document(item)] = max(item.version, last.get(_document(item), 0))
    proofs = {item.sha256 for item in files if item.kind is KeptKind.EVIDENCE}
    open_ = {key for key in {item.occurrence_key for item in files} if key and not closed(key)}

    def is_old(item: KeptFile) -> bool:
        return item.at < before and item.occurrence_key not in open_

    def needless(item: KeptFile) -> bool:
        replaced = item.kind is KeptKind.DRAFT and item.version < last[_document(item)]
        done = replaced or (item.kind is KeptKind.MAIL and item.over)
        return done and is_old(item) and item.sha256 not in proofs

    inputs = [item for item in files if item.kind is KeptKind.INPUT]
    others = [item for item in files if item.kind is not KeptKind.INPUT]
    staying = {item.path for item in others if not needless(item)}  # a file may have two rows: the other needs it
    versions = {_version(item) for item in others if item.kind is KeptKind.DRAFT and item.path in staying}
    staying |= {item.path for item in inputs if _version(item) in versions or not is_old(item)}
    return tuple(item for item in files if item.path not in staying)


def _document(item: KeptFile) -> tuple[str, str]:
    return item.occurrence_key, item.document


def _version(item: KeptFile) -> tuple[str, str, int]:
    return item.occurrence_key, item.document, item.version


def months_before(now: datetime, months: int) -> datetime:
    """Return the same instant of day that many months earlier."""
    day = add_months(now.date(), -months)
    return now.replace(year=day.year, month=day.month, day=day.day)
