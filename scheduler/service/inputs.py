"""The bytes that drafts were made of: each kept once under `var/inputs`, by its SHA-256."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from scheduler import __version__
from scheduler.core import kept_figures
from scheduler.core.data import Dataset, Source
from scheduler.core.kept import input_path
from scheduler.core.making import Making
from scheduler.core.obligation import Register
from scheduler.core.occurrence import Occurrence
from scheduler.documents.context import Sheet
from scheduler.errors import Problem, SourceError
from scheduler.locale import text
from scheduler.service.workspace import Workspace


class Inputs:
    """The kept bytes of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def keep(self, content: bytes) -> str:
        """Keep bytes, unless they are kept already, and return their SHA-256.

        Raises:
            SourceError: the disk is full, or the folder cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if not self._has(sha256, len(content)):
            self.workspace.keep(input_path(sha256), content)
        return sha256

    def keep_sources(self, sources: Iterable[Source], content: Callable[[Source], bytes]) -> bool:
        """Keep what was read; False where a workbook is not any more what was read.

        Args:
            sources: all that was read.
            content: returns the bytes of one; raises SourceError where they have changed since.

        Raises:
            SourceError: they cannot be written.
        """
        return all(self._keep_source(source, content) for source in dict.fromkeys(sources))

    def making(self, occurrence: Occurrence, register: Register, data: Dataset, sheet: Sheet) -> Making:
        """Return how a document is made, with the file in force and its figures kept.

        Raises:
            SourceError: they cannot be written.
        """
        is_extended = occurrence.legal_due_on != occurrence.shifted_due_on
        return Making(
            program=__version__,
            register=self.keep(register.content),
            figures=self.keep(kept_figures.written(data)) if data.tables or data.figures else "",
            extended_to=occurrence.legal_due_on if is_extended else None,
            annexes=sheet.annexes,
            request_by=sheet.request_by,
            release=sheet.release,
        )

    def changing(self, sources: Iterable[Source]) -> SourceError:
        """Return what to say where workbooks never are what was read of them just before."""
        lang = self.workspace.lang
        what, remedy = text(lang, "inputs.changing"), text(lang, "inputs.changing.remedy")
        return SourceError(tuple(Problem(path, what, remedy) for path in dict.fromkeys(item.path for item in sources)))

    def read(self, sha256: str, shown: str) -> bytes:
        """Return kept bytes.

        Args:
            sha256: their fingerprint.
            shown: what they are, for a person: a path in the workspace.

        Raises:
            SourceError: they are gone, or are not those that were kept.
        """
        path = self.workspace.var / input_path(sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._refused(shown, "inputs.missing", str(path)) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise self._refused(shown, "inputs.damaged", str(path))
        return content

    def _keep_source(self, source: Source, content: Callable[[Source], bytes]) -> bool:
        if self._has(source.sha256, source.size):
            return True
        try:
            found = content(source)
        except SourceError:  # changed or taken away since it was read
            return False
        self.workspace.keep(input_path(source.sha256), found)
        return True

    def _has(self, sha256: str, size: int) -> bool:
        """Tell whether bytes are kept; from now on they count as new, so that nobody tidies them away just now."""
        path = self.workspace.var / input_path(sha256)
        with suppress(OSError):
            if path.stat().st_size == size:
                os.utime(path)
                return True
        return False

    def _refused(self, shown: str, code: str, path: str) -> SourceError:
        lang = self.workspace.lang
        return SourceError((Problem(shown, text(lang, code, path=path), text(lang, f"{code}.remedy")),))
