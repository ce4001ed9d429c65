"""A person's release of data that did not pass: what was wrong when it was given, kept as the act's evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from scheduler.core.ledger import Act, ActKind
from scheduler.core.upload import Upload
from scheduler.errors import Problem, SourceError

FILE = "dati-non-verificati.txt"


class Files(Protocol):
    """What is kept under `var/`."""

    def read(self, relative: str) -> bytes: ...


def paper(problems: Sequence[Problem]) -> Upload:
    """Return the list that a release is given for: a line for each problem, its fingerprint and its sentence.

    The sentence leaves out what stands in a cell; the fingerprint does not, so that another value is another problem.
    """
    lines = [f"{_fingerprint(item)}  {' '.join(item.for_mail().split())}\n" for item in problems]
    return Upload(FILE, "".join(lines).encode())


def digest(problems: Sequence[Problem]) -> str:
    """Return what tells one list of problems from another, whatever their order."""
    return hashlib.sha256("".join(sorted(map(_fingerprint, problems))).encode()).hexdigest()


def release_of(acts: Sequence[Act], problems: Sequence[Problem], files: Files) -> Act | None:
    """Return the last release among an occurrence's acts, if each of these problems was there when it was given."""
    act = next((item for item in reversed(acts) if item.kind is ActKind.RELEASE), None)
    if act is None:
        return None
    try:
        lines = files.read(act.evidence).decode("utf-8", "replace").splitlines()
    except SourceError:  # the list is gone: nobody knows what was released
        return None
    known = {line.partition(" ")[0] for line in lines}
    return act if known.issuperset(map(_fingerprint, problems)) else None


def _fingerprint(problem: Problem) -> str:
    return hashlib.sha256(str(problem).encode("utf-8", "surrogatepass")).hexdigest()
