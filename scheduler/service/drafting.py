"""An occurrence → its documents: intake, context, rendering, and the kept files with their versions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scheduler.core.data import Dataset
from scheduler.core.ledger import Draft
from scheduler.core.making import Annex, Making
from scheduler.core.obligation import Office, Register
from scheduler.core.occurrence import Occurrence
from scheduler.core.privacy import personal_columns
from scheduler.core.workdays import WorkCalendar
from scheduler.documents.context import RequestItem, Sheet, context
from scheduler.documents.package import content_of
from scheduler.errors import Problem, SourceError
from scheduler.intake.intake import load, warnings
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.service.inputs import Inputs
from scheduler.service.press import Press
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

DRAFTS = "drafts"
MOST_READINGS = 3  # of workbooks that somebody changes all the time
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
        register: Register,
        cache: SheetCache,
        press: Press,
    ) -> None:
        self.workspace = workspace
        self.store = store
        self.register = register
        self.cache = cache
        self.press = press
        self.inputs = Inputs(workspace)

    @property
    def office(self) -> Office:
        """Who the documents are from."""
        return self.register.office

    @property
    def workdays(self) -> WorkCalendar:
        """The office's time."""
        return self.register.workdays

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
        data = self._kept_data(occurrence)
        made: list[Document] = []
        for name in names or occurrence.obligation.documents:
            annexes = tuple(Annex(_file_name(item.draft), item.draft.sha256) for item in made)
            sheet = self._sheet(occurrence, name, annexes, at, least)
            made.append(self._filled(occurrence, name, data, sheet, at))
        return tuple(made)

    def again(self, occurrence: Occurrence, draft: Draft, making: Making) -> bytes:
        """Return a document that was made before, as this workspace's files give it.

        Raises:
            SourceError, TemplateError: it cannot be made of them.
        """
        asked = making.request_by is not None
        on = draft.at.astimezone(self.workdays.zone).date()
        items = self.request_items(occurrence) if asked else ()
        title = occurrence.obligation.title
        sheet = Sheet(title, draft.version, on, making.annexes, items, making.request_by)
        data = Dataset() if asked else self.data(occurrence)
        return self._content(self._template(draft.document), occurrence, draft.document, data, sheet, draft.at)

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

    def is_nominative(self, occurrence: Occurrence, name: str) -> bool:
        """Tell whether a document of an occurrence prints what is about single people.

        Raises:
            TemplateError: the template is not there.
        """
        if not personal_columns(occurrence.obligation):
            return False
        path = self.workspace.template(name)
        template = content_of(path, shown := f"templates/{path.name}", self.workspace.lang)
        return self.press.is_nominative(template, shown, occurrence.obligation, self.workspace.lang)

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
                if place.query:  # nobody need be asked for what a database gives
                    continue
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
        template = self._template(name)
        content = self._content(template, occurrence, name, data, sheet, at)
        draft = Draft(
            occurrence_key=occurrence.key,
            document=name,
            version=sheet.version,
            path=f"{DRAFTS}/{occurrence.key}/{name}-{occurrence.period.key}-v{sheet.version}.docx",
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            template_sha256=self.inputs.keep(template),
            at=at,
            inputs=data.sources,
            making=self.inputs.making(occurrence, self.register, data, sheet),
        )
        return Document(draft, content)

    def _template(self, name: str) -> bytes:
        path = self.workspace.template(name)
        return content_of(path, f"templates/{path.name}", self.workspace.lang)

    def _content(
        self, template: bytes, occurrence: Occurrence, name: str, data: Dataset, sheet: Sheet, at: datetime
    ) -> bytes:
        values = context(occurrence, self.office, data, sheet)
        return self.press.filled(template, f"templates/{name}.docx", values, at.astimezone(UTC), self.workspace.lang)

    def _kept_data(self, occurrence: Occurrence) -> Dataset:
        """Return what documents are filled with, of workbooks whose bytes are kept: read again where they changed."""
        for _ in range(MOST_READINGS):
            data = self.data(occurrence)
            if self.inputs.keep_sources(data.sources):
                return data
            self.cache = SheetCache()  # whatever the files' times say, what was read is not what is there
        raise self.inputs.changing(data.sources)


def _file_name(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]
