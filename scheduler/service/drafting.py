"""An occurrence → its documents: intake, context, rendering, and the kept files with their versions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from scheduler.core.data import Dataset
from scheduler.core.ledger import Draft
from scheduler.core.obligation import Office
from scheduler.core.occurrence import Occurrence
from scheduler.core.workdays import WorkCalendar
from scheduler.documents.context import Annex, RequestItem, Sheet, context
from scheduler.documents.package import content_of
from scheduler.errors import Problem, SourceError
from scheduler.intake.intake import load, warnings
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.service.press import Press
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

DRAFTS = "drafts"
FIRST: Mapping[str, int] = {}


@dataclass(frozen=True)
class Document:
    """A filled document that is not kept yet."""

    draft: Draft
    content: bytes


class Drafter:
    """Makes the documents of occurrences of one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        office: Office,
        workdays: WorkCalendar,
        cache: SheetCache,
        press: Press,
    ) -> None:
        self.workspace = workspace
        self.store = store
        self.office = office
        self.workdays = workdays
        self.cache = cache
        self.press = press

    def data(self, occurrence: Occurrence) -> Dataset:
        """Return what the occurrence's documents are filled with.

        Raises:
            SourceError: with everything that is wrong with the workbooks.
        """
        obligation, period = occurrence.obligation, occurrence.period
        return load(
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

    def warnings(self, occurrence: Occurrence) -> tuple[Problem, ...]:
        """Return what the workbooks hold that keeps nothing from being made, but that a person should look at.

        Raises:
            SourceError: with everything that is wrong with the workbooks.
        """
        obligation, period = occurrence.obligation, occurrence.period
        return warnings(
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

    def documents(
        self, occurrence: Occurrence, names: Sequence[str], at: datetime, least: Mapping[str, int] = FIRST
    ) -> tuple[Document, ...]:
        """Return the filled documents, in order; each may list those before it as its annexes.

        Their versions are the next ones in the ledger, and not less than those given by document.

        Raises:
            SourceError: the data are not right.
            TemplateError: a template is not right, or cannot be filled with these data.
        """
        data = self.data(occurrence)
        made: list[Document] = []
        for name in names or occurrence.obligation.documents:
            annexes = tuple(Annex(_file_name(item.draft), item.draft.sha256) for item in made)
            sheet = self._sheet(occurrence, name, annexes, at, least)
            made.append(self._filled(occurrence, name, data, sheet, at))
        return tuple(made)

    def problems(self, occurrence: Occurrence) -> tuple[Problem, ...]:
        """Return what keeps an occurrence's documents from being made now: its workbooks, its templates."""
        found: list[Problem] = []
        try:
            self.data(occurrence)
        except SourceError as error:
            found += error.problems
        for name in occurrence.obligation.documents:
            found += self.press.problems(self.workspace.template(name), occurrence.obligation, self.workspace.lang)
        return tuple(found)

    def request(
        self, occurrence: Occurrence, at: datetime, by: date, least: Mapping[str, int] = FIRST
    ) -> tuple[Document, ...]:
        """Return the letter that asks the supplier for the occurrence's workbooks by a day."""
        name = occurrence.obligation.request_document
        if not name:
            return ()
        items = self.request_items(occurrence)
        sheet = self._sheet(occurrence, name, (), at, least, request=items, request_by=by)
        return (self._filled(occurrence, name, Dataset(), sheet, at),)

    def request_items(self, occurrence: Occurrence) -> tuple[RequestItem, ...]:
        """Return the workbooks that an occurrence's tables are read from, each once."""
        period, items = occurrence.period, []
        for spec in occurrence.obligation.tables:
            columns = ", ".join(column.header for column in spec.columns if column.header)
            for place in places(spec, period.start, period.end, period.key):
                headers = columns.replace("{year}", str(period.last_day.year))
                items.append(RequestItem(spec.name, place.path, place.sheet, headers))
        unique = {(item.file, item.sheet): item for item in items}
        return tuple(unique.values())

    def keep(self, make: Callable[[Mapping[str, int]], Sequence[Document]]) -> tuple[Document, ...]:
        """Make documents and write their files, none of which is there already; their rows are the caller's to record.

        Args:
            make: returns the documents with versions not less than those it is given. Another performer, or one that
                was killed, may have taken a version without recording it: its file is never written over.
        """
        least: dict[str, int] = {}
        while True:
            documents = tuple(make(least))
            taken = self._write(documents)
            if taken is None:
                return documents
            least[taken.document] = taken.version + 1

    def _write(self, documents: Sequence[Document]) -> Draft | None:
        """Write all files or none; return the first whose version is taken."""
        written: list[str] = []
        try:
            for item in documents:
                if not self.workspace.keep_new(item.draft.path, item.content):
                    self.workspace.discard(written)
                    return item.draft
                written.append(item.draft.path)
        except SourceError:
            self.workspace.discard(written)
            raise
        return None

    def _sheet(
        self,
        occurrence: Occurrence,
        name: str,
        annexes: tuple[Annex, ...],
        at: datetime,
        least: Mapping[str, int],
        request: tuple[RequestItem, ...] = (),
        request_by: date | None = None,
    ) -> Sheet:
        version = max(self.store.next_version(occurrence.key, name), least.get(name, 1))
        on = at.astimezone(self.workdays.zone).date()
        return Sheet(occurrence.obligation.title, version, on, annexes, request, request_by)

    def _filled(self, occurrence: Occurrence, name: str, data: Dataset, sheet: Sheet, at: datetime) -> Document:
        path = self.workspace.template(name)
        shown = f"templates/{path.name}"
        template = content_of(path, shown, self.workspace.lang)
        values = context(occurrence, self.office, data, sheet)
        content = self.press.filled(template, shown, values, at, self.workspace.lang)
        draft = Draft(
            occurrence_key=occurrence.key,
            document=name,
            version=sheet.version,
            path=f"{DRAFTS}/{occurrence.key}/{name}-{occurrence.period.key}-v{sheet.version}.docx",
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            template_sha256=hashlib.sha256(template).hexdigest(),
            at=at,
            inputs=data.sources,
        )
        return Document(draft, content)


def _file_name(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]
