"""One template with the data of one occurrence, and perhaps one row of them → one filled document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from scheduler.core.data import Dataset, Row, Source
from scheduler.core.each import template_name
from scheduler.core.ledger import Draft
from scheduler.core.making import Making, Release
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence
from scheduler.documents.context import Sheet, context
from scheduler.documents.package import content_of
from scheduler.documents.ties import mark_of
from scheduler.errors import Problem, TemplateError
from scheduler.intake.sheet import SheetCache
from scheduler.service.filling import Filling, Progress
from scheduler.service.materials import Materials
from scheduler.service.press import Press
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

DRAFTS = "drafts"


@dataclass(frozen=True)
class Document:
    """A filled document that is not kept yet."""

    draft: Draft
    content: bytes
    release: Release | None = None  # of the data that it was filled with
    own: bytes = b""  # what the service itself has made, where the content carries on people's text


@dataclass(frozen=True)
class Batch:
    """What was made at one time, and why some of many documents from one template were not."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Job:
    """A document to be filled, and all that it says."""

    occurrence: Occurrence
    document: str
    data: Dataset
    sheet: Sheet
    at: datetime
    row: Row | None = None  # that it is made for, if it is


class Typesetter(Materials):
    """Fills documents from the files of one workspace."""

    def __init__(self, workspace: Workspace, store: Store, register: Register, cache: SheetCache, press: Press) -> None:
        super().__init__(workspace, store, register, cache)
        self.press = press

    def template(self, document: str) -> bytes:
        """Return the template of a document, as it is.

        Raises:
            TemplateError: it is not there.
        """
        path = self.workspace.template(template_name(document))
        return content_of(path, f"templates/{path.name}", self.workspace.lang)

    def content(self, job: Job, template: bytes, press: Press) -> bytes:
        """Return the filled document.

        Raises:
            TemplateError: it cannot be filled.
        """
        values = context(job.occurrence, self.office, job.data, job.sheet, job.row)
        mark = mark_of(job.occurrence.key, job.document, job.sheet.version)
        shown, lang = f"templates/{template_name(job.document)}.docx", self.workspace.lang
        return press.filled(template, shown, values, job.at.astimezone(UTC), lang, mark)

    def filled(self, job: Job) -> Document:
        """Return the filled document with its row for the ledger.

        Raises:
            TemplateError: it cannot be filled.
        """
        template = self.template(job.document)
        content = self.content(job, template, self.press)
        return self._document(job, template, content, self._making(job))

    def filled_each(self, jobs: Sequence[Job], progress: Progress) -> Batch:
        """Return the documents of one template, as far as they can be filled.

        Raises:
            TemplateError: none can.
        """
        if not jobs:
            return Batch(())
        template, making = self.template(jobs[0].document), self._making(jobs[0])
        results = Filling(self.press, progress).all([partial(self.content, job, template) for job in jobs])
        made, problems = list[Document](), list[Problem]()
        for job, result in zip(jobs, results, strict=True):
            if isinstance(result, TemplateError):
                problems += (replace(one, where=f"{one.where} ({job.document})") for one in result.problems)
            else:
                made.append(self._document(job, template, result, making))
        if not made:
            raise TemplateError(tuple({one.what: one for one in reversed(problems)}.values()))
        return Batch(tuple(made), tuple(problems))

    def _making(self, job: Job) -> Making:
        return self.inputs.making(job.occurrence, self.register, job.data, job.sheet)

    def _document(self, job: Job, template: bytes, content: bytes, making: Making) -> Document:
        key, version = job.occurrence.key, job.sheet.version
        draft = Draft(
            occurrence_key=key,
            document=job.document,
            version=version,
            path=f"{DRAFTS}/{key}/{job.document}-{job.occurrence.period.key}-v{version}.docx",
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            template_sha256=self.inputs.keep(template),
            at=job.at,
            inputs=(*job.data.sources, *self._logo_kept(job.sheet)),
            making=making,
        )
        return Document(draft, content, job.sheet.release)

    def _logo_kept(self, sheet: Sheet) -> tuple[Source, ...]:
        """Return the logo as one of the files that a document was made of, with its bytes kept."""
        if sheet.logo is None:
            return ()
        return (Source(self.office.logo, "", self.inputs.keep(sheet.logo.content), len(sheet.logo.content)),)
