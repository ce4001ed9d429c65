"""What an occurrence's documents are filled with: workbooks read, kept, and released by a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from scheduler.core.data import Source
from scheduler.core.making import Release
from scheduler.core.obligation import Office, Register
from scheduler.core.occurrence import Occurrence
from scheduler.core.workdays import WorkCalendar
from scheduler.documents.context import RequestItem
from scheduler.errors import Problem, SourceError
from scheduler.intake.intake import Loaded, load, warnings
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.service.inputs import Inputs
from scheduler.service.release import release_of
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

Found = TypeVar("Found")

MOST_READINGS = 3  # of workbooks that somebody changes all the time


class Materials:
    """Reads and keeps what one workspace's documents are made of."""

    def __init__(self, workspace: Workspace, store: Store, register: Register, cache: SheetCache) -> None:
        self.workspace = workspace
        self.store = store
        self.register = register
        self.cache = cache
        self.inputs = Inputs(workspace)

    @property
    def office(self) -> Office:
        """Who the documents are from."""
        return self.register.office

    @property
    def workdays(self) -> WorkCalendar:
        """The office's time."""
        return self.register.workdays

    def data(self, occurrence: Occurrence, now: datetime) -> Loaded:
        """Return what the occurrence's documents are filled with; what is wrong with it, a person has released.

        Raises:
            SourceError: with everything that is wrong with the workbooks.
        """
        data = self.loaded(occurrence, now)
        if data.unverified and self.release(occurrence, data) is None:
            raise SourceError(data.unverified)
        return data

    def doubts(self, occurrence: Occurrence, now: datetime) -> tuple[Problem, ...]:
        """Return what a person can release: all that keeps the data from being used, though they could be read.

        Raises:
            SourceError: they could not.
        """
        return self.loaded(occurrence, now).unverified

    def loaded(self, occurrence: Occurrence, now: datetime) -> Loaded:
        """Return what could be read, with what is wrong with it, whether a person has released that or not.

        Raises:
            SourceError: it could not.
        """
        return self._read(occurrence, partial(load, now=now, released=True))

    def release(self, occurrence: Occurrence, data: Loaded) -> Release | None:
        """Return who answers for what is wrong with the data, if anything is and anybody does."""
        acts = self.store.acts(occurrence.key) if data.unverified else ()
        act = release_of(acts, data.unverified, self.workspace)
        if act is None:
            return None
        reasons = tuple(f"{problem.where}: {problem.told}" for problem in data.unverified)
        return Release(act.who, act.at.astimezone(self.workdays.zone).date(), act.reason, reasons)

    def warnings(self, occurrence: Occurrence) -> tuple[Problem, ...]:
        """Return what the workbooks hold that keeps nothing from being made, but that a person should look at.

        Raises:
            SourceError: with everything that is wrong with the workbooks.
        """
        return self._read(occurrence, warnings)

    def _read(self, occurrence: Occurrence, how: Callable[..., Found]) -> Found:
        obligation, period = occurrence.obligation, occurrence.period
        return how(
            obligation.tables,
            obligation.figures,
            occurrence.agreement.amounts,
            obligation.checks,
            start=period.start,
            end=period.end,
            key=period.key,
            workspace=self.workspace.root,
            cache=self.cache,
            lang=self.workspace.lang,
        )

    def kept_data(self, occurrence: Occurrence, at: datetime) -> Loaded:
        """Return what documents are filled with, of workbooks whose bytes are kept: read again where they changed."""
        for _ in range(MOST_READINGS):
            data = self.data(occurrence, at)
            if self.inputs.keep_sources(data.sources, self._bytes):
                return data
            self.cache = self.cache.emptied()  # whatever the files' times say, what was read is not what is there
        raise self.inputs.changing(data.sources)

    def _bytes(self, source: Source) -> bytes:
        return self.cache.content(source, self.workspace.root, self.workspace.lang)

    def data_problems(self, occurrence: Occurrence, now: datetime) -> tuple[Problem, ...]:
        """Return what is wrong with an occurrence's workbooks, unless a person has released it."""
        try:
            self.data(occurrence, now)
        except SourceError as error:
            return error.problems
        return ()

    def request_items(self, occurrence: Occurrence) -> tuple[RequestItem, ...]:
        """Return the workbooks that an occurrence's tables are read from, each once."""
        period, items = occurrence.period, []
        for spec in occurrence.obligation.tables:
            columns = ", ".join(column.header for column in spec.columns if column.header)
            for place in places(spec, period.start, period.end, period.key):
                if place.query:  # nobody need be asked for what a database gives
                    continue
                headers = columns.replace("{year}", str(period.last_day.year))
                items.append(RequestItem(spec.name, place.path, place.sheet, headers))
        unique = {(item.file, item.sheet): item for item in items}
        return tuple(unique.values())
