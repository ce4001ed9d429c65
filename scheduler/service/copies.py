"""A kept document in another form, by LibreOffice where it is installed; made once and kept in `var/copies/`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from scheduler.documents.wholeness import archived, lost_words, odt_text, pdf_text
from scheduler.errors import Problem, UserError
from scheduler.locale import text
from scheduler.service.alert import environment
from scheduler.service.workspace import Workspace

FOLDER = "copies"
SECONDS = 60.0  # that one document may take
KEPT = 200  # copies; the oldest ones go, and are made anew when somebody asks for them
_USUAL = Path("/usr/bin/soffice")
_LONGEST_REASON = 200  # characters of what LibreOffice says


class Form(Enum):
    """A form that a document can take: how it is named, what LibreOffice calls it, and how it is read back."""

    PDF = "pdf", "pdf:writer_pdf_Export", pdf_text
    ARCHIVE = "pdfa.pdf", 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}', archived
    ODT = "odt", "odt:writer8", odt_text

    def __init__(self, suffix: str, converter: str, read: Callable[[bytes], str]) -> None:
        self.suffix = suffix
        self.converter = converter
        self.shown = f"@copy.{self.name.lower()}"
        self.read = read  # raises ValueError where the bytes are not of this form


def program() -> Path | None:
    """Return where LibreOffice is, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Path(found)
    return _USUAL if _USUAL.is_file() else None


@dataclass(frozen=True)
class Printer:
    """Makes copies for one workspace; one at a time, for each takes a processor and much memory."""

    workspace: Workspace
    lang: str
    soffice: Path | None = field(default_factory=program)
    seconds: float = SECONDS
    profile: Path | None = None  # where LibreOffice keeps its own files from one call to the next; None: nowhere
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list, init=False, repr=False, compare=False)

    def copy(self, document: bytes, form: Form) -> bytes:
        """Return a .docx in another form, with every word of it.

        Raises:
            UserError: LibreOffice is not installed, cannot read the document, takes too long, or leaves words out.
            SourceError: the result cannot be kept.
        """
        relative = f"{FOLDER}/{hashlib.sha256(document).hexdigest()}.{form.suffix}"
        if (kept := self._kept(relative)) is not None:
            return kept
        if self.soffice is None:
            raise self._refusal("copy.missing", form=form.shown)
        if not self.turn.acquire(timeout=self.seconds):  # of many who ask at once, nobody waits for all the others
            raise self._refusal("copy.late", form=form.shown, seconds=f"{self.seconds:g}")
        try:
            if (kept := self._kept(relative)) is not None:  # somebody may have asked for the same before us
                return kept
            made = self._made(document, form, self.soffice)
            self.workspace.keep(relative, made)
            self._tidy()
            return made
        finally:
            self.turn.release()

    def end(self) -> None:
        """End what is being made, whatever it is; whoever waits for it is told that it failed."""
        for process in list(self.running):
            _end(process)

    def _kept(self, relative: str) -> bytes | None:
        """Return a copy that is there; a file is written whole or not at all."""
        try:
            return (self.workspace.var / relative).read_bytes() or None
        except OSError:
            return None

    def _tidy(self) -> None:
        """Remove the oldest copies: they are made anew by themselves."""
        with contextlib.suppress(OSError):  # another process tidies as well
            found = sorted((self.workspace.var / FOLDER).iterdir(), key=lambda path: path.stat().st_mtime)
            for path in found[:-KEPT]:
                path.unlink()

    def _made(self, document: bytes, form: Form, soffice: Path) -> bytes:
        with tempfile.TemporaryDirectory(prefix="scadenzario-copy-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / "document.docx").write_bytes(document)
            # two that share a profile wait for each other, or fail: it is this printer's own, or this call's
            said = self._run(soffice, folder, self.profile or folder / "profile", form)
            made = folder / "out" / f"document.{form.suffix.rpartition('.')[2]}"
            # LibreOffice leaves with 0 where it could not even load the document: only the file tells
            content = made.read_bytes() if made.is_file() else b""
        try:
            text_of_it = form.read(content)
        except ValueError as error:
            if self.profile:  # it may be the reason; the next call makes a new one
                shutil.rmtree(self.profile, ignore_errors=True)
            reason = " ".join(said.split())[:_LONGEST_REASON] or "–"
            raise self._refusal("copy.failed", form=form.shown, reason=reason) from error
        if lost := lost_words(document, text_of_it):
            raise self._refusal("copy.lost", form=form.shown, count=len(lost), first=lost[0])
        return content

    def _run(self, soffice: Path, folder: Path, profile: Path, form: Form) -> str:
        line = [
            str(soffice),
            f"-env:UserInstallation={profile.absolute().as_uri()}",
            *("--headless", "--norestore", "--convert-to", form.converter),
            *("--outdir", str(folder / "out"), str(folder / "document.docx")),
        ]
        environ = {**environment(os.environ), "HOME": str(folder)}
        with (folder / "said").open("w+b") as said:
            try:
                process = subprocess.Popen(  # noqa: S603  (a program of the system, with files of our own)
                    line,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    env=environ,
                    cwd=folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise self._refusal("copy.failed", form=form.shown, reason=error.strerror or "") from error
            self.running.append(process)
            try:
                process.wait(self.seconds)
            except subprocess.TimeoutExpired as error:
                raise self._refusal("copy.late", form=form.shown, seconds=f"{self.seconds:g}") from error
            finally:
                self.running.remove(process)
                _end(process)
            said.seek(0)
            return said.read(4096).decode("utf-8", "replace")

    def _refusal(self, code: str, **facts: object) -> UserError:
        problem = Problem("", text(self.lang, code, **facts), text(self.lang, f"{code}.remedy", **facts))
        return UserError((problem,))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it has started: `soffice` is a script that starts another one."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
