"""A kept document as PDF, by LibreOffice where it is installed; made once and kept in `var/pdf/`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from scheduler.errors import Problem, UserError
from scheduler.locale import text
from scheduler.service.alert import environment
from scheduler.service.workspace import Workspace

FOLDER = "pdf"
SECONDS = 60.0  # that one document may take
_USUAL = Path("/usr/bin/soffice")
_START = b"%PDF"
_LONGEST_REASON = 200  # characters of what LibreOffice says


def program() -> Path | None:
    """Return where LibreOffice is, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Path(found)
    return _USUAL if _USUAL.is_file() else None


@dataclass(frozen=True)
class Printer:
    """Makes PDFs for one workspace; one at a time, for each takes a processor and much memory."""

    workspace: Workspace
    lang: str
    soffice: Path | None = field(default_factory=program)
    seconds: float = SECONDS
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def pdf(self, document: bytes) -> bytes:
        """Return a .docx as PDF.

        Raises:
            UserError: LibreOffice is not installed, cannot read the document, or takes too long.
            SourceError: the result cannot be kept.
        """
        relative = f"{FOLDER}/{hashlib.sha256(document).hexdigest()}.pdf"
        kept = self._kept(relative)
        if kept is not None:
            return kept
        if self.soffice is None:
            raise self._refusal("pdf.missing")
        if not self.turn.acquire(timeout=self.seconds):  # of many who ask at once, nobody waits for all the others
            raise self._refusal("pdf.late", seconds=f"{self.seconds:g}")
        try:
            kept = self._kept(relative)  # somebody may have asked for the same before us
            if kept is not None:
                return kept
            made = self._made(document, self.soffice)
            self.workspace.keep(relative, made)
            return made
        finally:
            self.turn.release()

    def _kept(self, relative: str) -> bytes | None:
        try:
            content = (self.workspace.var / relative).read_bytes()
        except OSError:
            return None
        return content if content.startswith(_START) else None

    def _made(self, document: bytes, soffice: Path) -> bytes:
        # a profile for each call: two that share one wait for each other, or fail
        with tempfile.TemporaryDirectory(prefix="scadenzario-pdf-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / "document.docx").write_bytes(document)
            said = self._run(soffice, folder)
            made = folder / "out" / "document.pdf"
            # LibreOffice leaves with 0 where it could not even load the document: only the file tells
            content = made.read_bytes() if made.is_file() else b""
        if not content.startswith(_START):
            raise self._refusal("pdf.failed", reason=" ".join(said.split())[:_LONGEST_REASON] or "–")
        return content

    def _run(self, soffice: Path, folder: Path) -> str:
        line = [
            str(soffice),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--convert-to", "pdf:writer_pdf_Export"),
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
                raise self._refusal("pdf.failed", reason=error.strerror or "") from error
            try:
                process.wait(self.seconds)
            except subprocess.TimeoutExpired as error:
                raise self._refusal("pdf.late", seconds=f"{self.seconds:g}") from error
            finally:
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
