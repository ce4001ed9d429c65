"""Whether an occurrence's documents could be made now, and of which workbooks; what is wrong is never raised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from scheduler.core.occurrence import Occurrence
from scheduler.errors import Problem, ScadenzarioError
from scheduler.intake.places import Place, files, places
from scheduler.locale import text
from scheduler.service.drafting import Drafter
from scheduler.service.release import digest


@dataclass(frozen=True)
class Workbook:
    """One sheet that an occurrence's tables are read from."""

    path: str  # relative to the workspace
    sheet: str
    sha256: str  # '' where the file is not there, or cannot be read

    @property
    def is_missing(self) -> bool:
        """True where there is nothing to read."""
        return not self.sha256


@dataclass(frozen=True)
class Readiness:
    """What keeps the documents from being made, what a person should look at, and what they would be made of."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    sources: tuple[Workbook, ...]

    @property
    def is_ready(self) -> bool:
        """True where the documents can be made now."""
        return not self.problems

    @property
    def is_releasable(self) -> bool:
        """True where a person's release is all that it takes."""
        return bool(self.problems) and all(item.releasable for item in self.problems)

    @property
    def digest(self) -> str:
        """What tells these problems from others."""
        return digest(self.problems)


def readiness(drafter: Drafter, occurrence: Occurrence, now: datetime) -> Readiness:
    """Return how an occurrence's data and templates are now."""
    try:
        sources = tuple(dict.fromkeys(_sources(drafter, occurrence)))
    except ScadenzarioError as error:  # it cannot be told where they are
        return Readiness(error.problems, (), ())
    try:
        problems = drafter.problems(occurrence, now)
    except ScadenzarioError as error:
        problems = error.problems
    try:
        warnings = (*released(drafter, occurrence, now), *drafter.warnings(occurrence))
    except ScadenzarioError as error:
        known = set(problems)  # what is wrong with the workbooks is said once
        problems, warnings = (*problems, *(item for item in error.problems if item not in known)), ()
    return Readiness(problems, warnings, sources)


def released(drafter: Drafter, occurrence: Occurrence, now: datetime) -> tuple[Problem, ...]:
    """Return what is wrong with the data and a person has released, as warnings.

    Raises:
        SourceError: the data cannot be read.
    """
    known, lang = set(drafter.data_problems(occurrence, now)), drafter.workspace.lang
    found = (item for item in drafter.doubts(occurrence, now) if item not in known)
    return tuple(replace(item, what=text(lang, "data.released", what=item.what), warning=True) for item in found)


def _sources(drafter: Drafter, occurrence: Occurrence) -> Iterator[Workbook]:
    root, period = drafter.workspace.root, occurrence.period
    for spec in occurrence.obligation.tables:
        for place in places(spec, period.start, period.end, period.key):
            if place.query:
                yield Workbook(place.path, place.sheet, _asked(drafter, place))
                continue
            for file in files(place, root):
                yield Workbook(file.path, file.sheet, _sha256(root / file.path))


def _asked(drafter: Drafter, place: Place) -> str:
    """Return the fingerprint of what a database gives now; '' where it gives nothing."""
    if place.query is None:
        return ""
    try:
        return drafter.cache.answered(place.query, place.path, place.sheet, drafter.workspace.lang).source.sha256
    except ScadenzarioError:
        return ""


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
