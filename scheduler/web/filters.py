"""What a list is asked to show: from the words of an address to values, and back; each wrong word is a problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from scheduler.core.feed import Reach, Scope
from scheduler.core.obligation import Register
from scheduler.core.status import State, Status
from scheduler.errors import Problem
from scheduler.locale import text

YEARS = range(1900, 2200)  # as in `deadlines.yaml`
LONGEST = 200  # characters of a word


@dataclass(frozen=True)
class Filter:
    """What is shown: '' and None stand for everything."""

    desk: str = ""
    family: str = ""
    state: State | None = None
    since: date | None = None  # by legal date, both included
    until: date | None = None
    obligation: str = ""

    def shows(self, status: Status) -> bool:
        """Tell whether an occurrence is among those asked for."""
        item = status.occurrence
        return (
            (not self.desk or Scope(Reach.ROLE, self.desk).covers(item.obligation))
            and (not self.family or item.obligation.family == self.family)
            and (not self.obligation or item.obligation.id == self.obligation)
            and (self.state is None or status.state is self.state)
            and (self.since is None or item.legal_due_on >= self.since)
            and (self.until is None or item.legal_due_on <= self.until)
        )

    def choose(self, statuses: Iterable[Status]) -> list[Status]:
        """Return those asked for."""
        return [item for item in statuses if self.shows(item)]

    @property
    def words(self) -> dict[str, str]:
        """The words of an address that ask for the same."""
        values = {WORDS[item.name]: getattr(self, item.name) for item in fields(self)}
        return {word: str(value) for word, value in values.items() if value}

    @property
    def query(self) -> str:
        """The same, ready to stand behind a question mark."""
        return urlencode(self.words)


WORDS = {
    "desk": "ufficio",
    "family": "famiglia",
    "state": "stato",
    "since": "dal",
    "until": "al",
    "obligation": "adempimento",
}


def filter_of(words: Mapping[str, str], register: Register, lang: str) -> tuple[Filter, tuple[Problem, ...]]:
    """Return what an address asks for, and what is wrong with it; what is wrong is left out."""
    reading = _Reading(words, lang)
    obligations = register.obligations
    found = Filter(
        desk=reading.one_of("ufficio", register.roles),
        family=reading.one_of("famiglia", {item.family for item in obligations}),
        state=next((item for item in State if item == reading.one_of("stato", list(State))), None),
        since=reading.day("dal"),
        until=reading.day("al"),
        obligation=reading.one_of("adempimento", {item.id for item in obligations}),
    )
    if found.since and found.until and found.until < found.since:
        reading.wrong("al", "filter.backwards")
    return found, tuple(reading.problems)


class _Reading:
    def __init__(self, words: Mapping[str, str], lang: str) -> None:
        self.words = words
        self.lang = lang
        self.problems: list[Problem] = []

    def one_of(self, word: str, known: Iterable[str]) -> str:
        value = self.words.get(word, "")
        if value and value not in known:
            self.wrong(word, "filter.unknown")
            return ""
        return value

    def day(self, word: str) -> date | None:
        value = self.words.get(word, "")
        try:
            found = date.fromisoformat(value) if value else None
        except ValueError:
            found = date.min
        if found and found.year not in YEARS:
            self.wrong(word, "filter.day")
            return None
        return found

    def wrong(self, word: str, code: str) -> None:
        value = self.words.get(word, "")[:LONGEST]
        self.problems.append(Problem(word, text(self.lang, code, value=value), text(self.lang, f"{code}.remedy")))
