"""What a check of `doctor` finds, and how it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scheduler.errors import Problem
from scheduler.locale import has, text

LATE_WORK, CONFIGURATION, TEMPLATE, DATA, MAIL = 1, 3, 4, 5, 6  # exit codes


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    ATTENTION = "attention"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `code` is the exit code where something is wrong."""

    check: str
    level: Level
    what: str
    remedy: str = ""
    code: int = 0


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Voice:
    """Puts one check's findings into words."""

    check: str
    code: int  # where something is wrong
    lang: str

    def fine(self, code: str, **facts: object) -> Finding:
        """Return that all is well, with facts."""
        return self._finding(Level.OK, code, facts)

    def attention(self, code: str, **facts: object) -> Finding:
        """Return what a person should know of."""
        return self._finding(Level.ATTENTION, code, facts)

    def wrong(self, code: str, **facts: object) -> Finding:
        """Return what a person must mend."""
        return self._finding(Level.WRONG, code, facts)

    def refusal(self, problem: Problem) -> Finding:
        """Return a problem that is in words already."""
        what = f"{problem.where}: {problem.what}" if problem.where else problem.what
        return Finding(self.check, Level.WRONG, what, problem.remedy, self.code)

    def unknown(self, needed: str) -> Finding:
        """Return that the check cannot be made without another one's part."""
        return self.attention("unknown", what=text(self.lang, f"doctor.{needed}"))

    def _finding(self, level: Level, code: str, facts: dict[str, object]) -> Finding:
        name = f"doctor.says.{code}"
        remedy = text(self.lang, f"{name}.remedy", **facts) if has(self.lang, f"{name}.remedy") else ""
        return Finding(self.check, level, text(self.lang, name, **facts), remedy, self.code)
