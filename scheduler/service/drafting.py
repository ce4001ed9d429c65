"""An occurrence → its documents: intake, context, rendering, and the kept files with their versions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scheduler.core.data import Dataset, Source
from scheduler.core.ledger import Draft
from scheduler.core.making import Annex, Making, Release
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence
from scheduler.core.privacy import personal_columns
from scheduler.core.upload import Upload
from scheduler.documents.context import RequestItem, Sheet, context
from scheduler.documents.logo import logo
from scheduler.documents.package import content_of
from scheduler.documents.ties import mark_of
from scheduler.errors import Problem, SourceError
from scheduler.intake.sheet import SheetCache
from scheduler.service.materials import Materials
from scheduler.service.press import Press
from scheduler.service.refreshing import carried_on, taken_back
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
    release: Release | None = None  # of the data that it was filled with
    own: bytes = b""  # what the service itself has made, where the content carries on people's text


class Drafter(Materials):
    """Makes the documents of occurrences of one workspace."""

    def __init__(self, workspace: Workspace, store: Store, register: Register, cache: SheetCache, press: Press) -> None:
        super().__init__(workspace, store, register, cache)
        self.press = press

    def documents(
        self, occurrence: Occurrence, names: Sequence[str], at: datetime, least: Mapping[str, int] = FIRST
    ) -> tuple[Document, ...]:
        """Return the filled documents, in order; each may list those before it as its annexes.

        Their versions are the next ones in the ledger, and not less than those given by document.

        Raises:
            SourceError: the data are not right.
            TemplateError: a template is not right, or cannot be filled with these data.
        """
        data = self.kept_data(occurrence, at)
        release = self.release(occurrence, data)
        made: list[Document] = []
        for name in names or occurrence.obligation.documents:
            annexes = tuple(Annex(_file_name(item.draft), item.draft.sha256) for item in made)
            sheet = replace(self._sheet(occurrence, name, annexes, at, least), release=release)
            made.append(self._carried_on(self._filled(occurrence, name, data, sheet, at)))
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
        shown = logo(self.workspace.root, self.office, self.workspace.lang)
        sheet = Sheet(title, draft.version, on, making.annexes, items, making.request_by, making.release, shown)
        data = Dataset() if asked else self.loaded(occurrence, draft.at)
        return self._content(self._template(draft.document), occurrence, draft.document, data, sheet, draft.at)

    def problems(self, occurrence: Occurrence, now: datetime) -> tuple[Problem, ...]:
        """Return what keeps an occurrence's documents from being made now: its workbooks, its templates."""
        found = list(self.data_problems(occurrence, now))
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

    def _carried_on(self, made: Document) -> Document:
        """Return a document with what people wrote into the version before it, if they did."""
        known = self.store.drafts(made.draft.occurrence_key)
        latest = [item for item in known if item.document == made.draft.document]
        draft, content = carried_on(made.draft, made.content, latest[-1] if latest else None, self.workspace)
        return made if draft is made.draft else Document(draft, content, made.release, made.content)

    def take_back(self, base: Draft, edited: Upload, who: str, at: datetime) -> Document:
        """Keep a document that was edited from a version as the next one; its row is the caller's to record."""

        def make(least: Mapping[str, int]) -> tuple[Document, ...]:
            known = self.store.next_version(base.occurrence_key, base.document)
            version = max(known, least.get(base.document, 1))
            return (Document(taken_back(base, edited, version, who, at), edited.content),)

        return self.keep(make)[0]

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
                own = {item.draft.own_path: item.own} if item.own else {}
                for path, content in {item.draft.path: item.content, **own}.items():
                    if not self.workspace.keep_new(path, content):
                        self.workspace.discard(written)
                        return item.draft
                    written.append(path)
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
        shown = logo(self.workspace.root, self.office, self.workspace.lang)
        return Sheet(occurrence.obligation.title, version, on, annexes, request, request_by, logo=shown)

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
            inputs=(*data.sources, *self._logo_kept(sheet)),
            making=self.inputs.making(occurrence, self.register, data, sheet),
        )
        return Document(draft, content, sheet.release)

    def _logo_kept(self, sheet: Sheet) -> tuple[Source, ...]:
        """Return the logo as one of the files that a document was made of, with its bytes kept."""
        if sheet.logo is None:
            return ()
        return (Source(self.office.logo, "", self.inputs.keep(sheet.logo.content), len(sheet.logo.content)),)

    def _template(self, name: str) -> bytes:
        path = self.workspace.template(name)
        return content_of(path, f"templates/{path.name}", self.workspace.lang)

    def _content(
        self, template: bytes, occurrence: Occurrence, name: str, data: Dataset, sheet: Sheet, at: datetime
    ) -> bytes:
        values = context(occurrence, self.office, data, sheet)
        mark = mark_of(occurrence.key, name, sheet.version)
        shown, lang = f"templates/{name}.docx", self.workspace.lang
        return self.press.filled(template, shown, values, at.astimezone(UTC), lang, mark)


def _file_name(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]
