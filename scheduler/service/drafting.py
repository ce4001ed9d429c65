"""An occurrence → its documents, with their versions and annexes, and the files in which they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from scheduler.core.data import Dataset
from scheduler.core.each import Each, items_of, template_name
from scheduler.core.ledger import Draft
from scheduler.core.making import Annex, Making
from scheduler.core.occurrence import Occurrence
from scheduler.core.privacy import personal_columns
from scheduler.core.upload import Upload
from scheduler.documents.context import RequestItem, Sheet
from scheduler.documents.logo import logo
from scheduler.errors import Problem, SourceError
from scheduler.locale import text
from scheduler.service.filling import Progress, unseen
from scheduler.service.refreshing import carried_on, taken_back
from scheduler.service.typesetting import Batch, Document, Job, Typesetter

FIRST: Mapping[str, int] = {}


class Drafter(Typesetter):
    """Makes the documents of occurrences of one workspace, and keeps them."""

    def documents(
        self,
        occurrence: Occurrence,
        names: Sequence[str],
        at: datetime,
        least: Mapping[str, int] = FIRST,
        progress: Progress = unseen,
    ) -> Batch:
        """Return the filled documents, in order; each may list those before it as its annexes.

        Their versions are the next ones in the ledger, and not less than those given by document. Of those that are
        made for each row, one that cannot be filled is left out, with its reason.

        Raises:
            SourceError: the data are not right.
            TemplateError: a template is not right, or cannot be filled with these data.
        """
        data = self.kept_data(occurrence, at)
        release = self.release(occurrence, data)
        known = self.store.drafts(occurrence.key)
        made, problems = list[Document](), list[Problem]()
        for name in names or occurrence.obligation.documents:
            annexes = tuple(Annex(_file_name(item.draft), item.draft.sha256) for item in made if not item.draft.is_item)
            sheet = replace(self._sheet(occurrence, name, annexes, at, least), release=release)
            job = Job(occurrence, name, data, sheet, at)
            each = occurrence.obligation.each(template_name(name))
            batch = self.filled_each(self._jobs(job, each, least), progress) if each else Batch((self.filled(job),))
            made += (self._carried_on(item, known) for item in batch.documents)
            problems += batch.problems
        if not made:
            lang = self.workspace.lang
            raise SourceError((Problem(occurrence.key, text(lang, "per.empty"), text(lang, "per.empty.remedy")),))
        return Batch(tuple(made), tuple(problems))

    def _jobs(self, job: Job, each: Each, least: Mapping[str, int]) -> list[Job]:
        """Return one job for each row; the name of a single item is its job alone."""
        found = [item for item in items_of(each, job.data) if job.document in (each.document, item.document)]
        versions = [self._version(job.occurrence, item.document, least) for item in found]
        return [
            replace(job, document=item.document, row=item.row, sheet=replace(job.sheet, version=version))
            for item, version in zip(found, versions, strict=True)
        ]

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
        each = occurrence.obligation.each(draft.template)
        rows = {item.document: item.row for item in items_of(each, data)} if each else {}
        job = Job(occurrence, draft.document, data, sheet, draft.at, rows.get(draft.document))
        return self.content(job, self.template(draft.document), self.press)

    def problems(self, occurrence: Occurrence, now: datetime) -> tuple[Problem, ...]:
        """Return what keeps an occurrence's documents from being made now: its workbooks, its templates."""
        found = list(self.data_problems(occurrence, now))
        for name in occurrence.obligation.documents:
            found += self.press.problems(self.workspace.template(name), occurrence.obligation, self.workspace.lang)
        return tuple(found)

    def nominative(self, occurrence: Occurrence, documents: Sequence[Document]) -> tuple[Document, ...]:
        """Return those documents of an occurrence that print what is about single people, or carry on one that did."""
        if not personal_columns(occurrence.obligation):
            return ()
        behind = {item.draft.path: self._templates_behind(item.draft) for item in documents}
        shown = {behind[item.draft.path]: f"templates/{item.draft.template}.docx" for item in documents}
        about = {templates for templates, name in shown.items() if self._prints_people(occurrence, templates, name)}
        return tuple(item for item in documents if behind[item.draft.path] in about)

    def _templates_behind(self, draft: Draft) -> frozenset[str]:
        """Return the fingerprints of the templates whose words a draft may still carry."""
        templates = {draft.template_sha256}
        same = self.store.drafts(draft.occurrence_key) if draft.rework else ()
        known = {item.version: item for item in same if item.document == draft.document}
        while draft.rework and (before := known.get(draft.rework.after)):
            templates.add(before.template_sha256)
            draft = before
        return frozenset(templates)

    def _prints_people(self, occurrence: Occurrence, templates: frozenset[str], shown: str) -> bool:
        lang = self.workspace.lang
        try:
            kept = [self.inputs.read(sha256, shown) for sha256 in sorted(templates)]
        except SourceError:  # nobody knows any more what it printed
            return True
        return any(self.press.is_nominative(item, shown, occurrence.obligation, lang) for item in kept)

    def _carried_on(self, made: Document, known: Sequence[Draft]) -> Document:
        """Return a document with what people wrote into the version before it, of those known, if they did."""
        latest = [item for item in known if item.document == made.draft.document]
        draft, content = carried_on(made.draft, made.content, latest[-1] if latest else None, self.workspace)
        return made if draft is made.draft else Document(draft, content, made.release, made.content)

    def take_back(self, base: Draft, edited: Upload, who: str, at: datetime) -> Document:
        """Keep a document that was edited from a version as the next one; its row is the caller's to record."""

        def make(least: Mapping[str, int]) -> Batch:
            known = self.store.next_version(base.occurrence_key, base.document)
            version = max(known, least.get(base.document, 1))
            return Batch((Document(taken_back(base, edited, version, who, at), edited.content),))

        [made] = self.keep(make).documents
        return made

    def request(self, occurrence: Occurrence, at: datetime, by: date, least: Mapping[str, int] = FIRST) -> Batch:
        """Return the letter that asks the supplier for the occurrence's workbooks by a day."""
        name = occurrence.obligation.request_document
        if not name:
            return Batch(())
        items = self.request_items(occurrence)
        sheet = self._sheet(occurrence, name, (), at, least, request=items, request_by=by)
        return Batch((self.filled(Job(occurrence, name, Dataset(), sheet, at)),))

    def keep(self, make: Callable[[Mapping[str, int]], Batch]) -> Batch:
        """Make documents and write their files, none of which is there already; their rows are the caller's to record.

        Args:
            make: returns the documents with versions not less than those it is given. Another performer, or one that
                was killed, may have taken a version without recording it: its file is never written over.
        """
        least: dict[str, int] = {}
        while True:
            batch = make(least)
            taken = self._write(batch.documents)
            if taken is None:
                return batch
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
        version = self._version(occurrence, name, least)
        on = at.astimezone(self.workdays.zone).date()
        shown = logo(self.workspace.root, self.office, self.workspace.lang)
        return Sheet(occurrence.obligation.title, version, on, annexes, request, request_by, logo=shown)

    def _version(self, occurrence: Occurrence, document: str, least: Mapping[str, int]) -> int:
        return max(self.store.next_version(occurrence.key, document), least.get(document, 1))


def _file_name(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]
