"""Making a draft again from the bytes that were kept when it was made, and comparing both. Nothing else is read."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scheduler.core.ledger import Draft
from scheduler.core.making import Making
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence, extended, occurrence_of
from scheduler.deadlines import read_register
from scheduler.documents.compared import Change, changes
from scheduler.errors import Problem, SourceError
from scheduler.intake.database import Query
from scheduler.intake.places import ASKED
from scheduler.intake.sheet import SheetCache
from scheduler.locale import text
from scheduler.service.drafting import Drafter
from scheduler.service.inputs import Inputs
from scheduler.service.press import Press
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

DECLARED = "deadlines.yaml"


class Likeness(StrEnum):
    """How a document that was made again is beside the one that was kept."""

    IDENTICAL = "identical"  # to the byte
    SAME = "same"  # each part is; compressed otherwise
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # other bytes, and the file that was kept is gone


@dataclass(frozen=True)
class Reproduction:
    """A draft, made again."""

    draft: Draft
    making: Making
    content: bytes
    likeness: Likeness
    parts: tuple[str, ...] = ()  # of the package, that differ
    texts: tuple[Change, ...] = ()


@dataclass(frozen=True)
class _Answers:
    """In the databases' place: what they gave when the draft was made."""

    draft: Draft
    inputs: Inputs

    def answer(self, query: Query, shown: str, lang: str) -> bytes:
        """Return the rows of then, as `Databases.answer` gave them.

        Raises:
            SourceError: they are gone or damaged.
        """
        found = (item.sha256 for item in self.draft.inputs if (item.path, item.sheet) == (shown, query.name))
        return self.inputs.read(next(found, ""), f"{shown} [{query.name}]")


@dataclass(frozen=True)
class Reproducer:
    """Makes drafts of one workspace again."""

    workspace: Workspace
    store: Store
    press: Press
    lang: str

    def reproduce(self, draft: Draft) -> Reproduction:
        """Return a draft, made again from what was kept with it.

        Raises:
            SourceError: what it was made of was not kept, is gone or damaged; with every such file.
            UserError, TemplateError: this version of the program cannot use what was kept.
        """
        if draft.rework is not None and draft.rework.who:
            raise SourceError((self._problem(draft.path, "reproduce.by-hand", version=draft.rework.after),))
        if draft.making is None:
            raise SourceError((self._problem(draft.path, "reproduce.not-kept"),))
        files = self._files(draft, draft.making)
        with tempfile.TemporaryDirectory(prefix="scadenzario-") as folder:
            root = Path(folder)
            for name, content in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
            register = read_register(root / DECLARED, self.lang)
            cache = SheetCache(_Answers(draft, Inputs(self.workspace)))
            drafter = Drafter(Workspace(root, self.lang), self.store, register, cache, self.press)
            occurrence = self._occurrence(register, draft, draft.making)
            content = drafter.again(occurrence, draft, draft.making)
        return self._compared(draft, draft.making, content)

    def _files(self, draft: Draft, making: Making) -> Mapping[str, bytes]:
        """Return what the draft was made of, by the name that each had in the workspace."""
        wanted = {DECLARED: making.register, f"templates/{draft.template}.docx": draft.template_sha256}
        wanted |= {source.path: source.sha256 for source in draft.inputs if not source.path.startswith(ASKED)}
        inputs, found = Inputs(self.workspace), dict[str, bytes]()
        problems = [self._problem(name, "inputs.name") for name in wanted if _leads_out(name)]
        for name, sha256 in wanted.items():
            try:
                found[name] = inputs.read(sha256, name)
            except SourceError as error:
                problems += error.problems
        if problems:
            raise SourceError(tuple(problems))
        return found

    def _occurrence(self, register: Register, draft: Draft, making: Making) -> Occurrence:
        obligation_id, _, period_key = draft.occurrence_key.partition("/")
        obligation = register.obligation(obligation_id)
        found = occurrence_of(obligation, period_key, register.workdays) if obligation else None
        if found is None:
            raise SourceError((self._problem(DECLARED, "reproduce.no-deadline", key=draft.occurrence_key),))
        return extended(found, making.extended_to, register.workdays) if making.extended_to else found

    def _compared(self, draft: Draft, making: Making, content: bytes) -> Reproduction:
        if hashlib.sha256(content).hexdigest() == draft.own_sha256:
            return Reproduction(draft, making, content, Likeness.IDENTICAL)
        try:
            kept = self.workspace.read(draft.own_path)
        except SourceError:
            return Reproduction(draft, making, content, Likeness.UNKNOWN)
        if hashlib.sha256(kept).hexdigest() != draft.own_sha256:
            raise SourceError((self.workspace.damaged(draft.own_path),))
        parts = tuple(_different(_parts(kept), _parts(content)))
        likeness = Likeness.DIFFERENT if parts else Likeness.SAME
        return Reproduction(draft, making, content, likeness, parts, changes(kept, content))

    def _problem(self, where: str, code: str, **facts: object) -> Problem:
        return Problem(where, text(self.lang, code, **facts), text(self.lang, f"{code}.remedy", **facts))


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _different(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    return (name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name))
