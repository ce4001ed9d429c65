"""How the operator learns of what mail cannot tell: a file in `var/`, and a program that the administrator names."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from scheduler.errors import Problem, ScadenzarioError
from scheduler.locale import text
from scheduler.service.workspace import Workspace

log = logging.getLogger(__name__)

FILE, TOLD = "ATTENZIONE.txt", "alerted.json"
TIMEOUT = 30.0  # seconds that the program may take
TRIES = 3  # runs that fail before a trouble counts as told all the same
_STEP = 0.2  # seconds between two looks at whether the service is to stop
_OURS = ("SCADENZARIO_", "CREDENTIALS_", "NOTIFY_", "WATCHDOG_")  # variables that are none of the program's business


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong, and the key by which it is known from one pass to the next."""

    key: str
    problem: Problem


class Alerts:
    """Tells troubles: all of them in the file, and once each, while they last, to the program."""

    def __init__(
        self,
        workspace: Workspace,
        command: str,
        lang: str,
        timeout: float = TIMEOUT,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`command` is split as a shell would; '' for none. A run ends early when `stopping` says so."""
        self._workspace = workspace
        self._command = command
        self._lang = lang
        self._timeout = timeout
        self._stopping = stopping
        self._tries: dict[str, int] | None = None  # by key; TRIES where it was told. Kept here for a full disk

    def tell(self, troubles: Sequence[Trouble]) -> None:
        """Tell what is wrong now; with none, take the file away. It never raises: what fails is logged."""
        with self._logged("alert file not written"):
            self._keep_file(troubles)
        with self._logged("alert command not run"):
            self._tell_new(troubles)
        with self._logged("alerts not remembered"):
            self._remember()

    def _keep_file(self, troubles: Sequence[Trouble]) -> None:
        path = self._workspace.var / FILE
        if not troubles:
            path.unlink(missing_ok=True)
            return
        words = [text(self._lang, "alert.file.title"), text(self._lang, "alert.file.about"), *self._said(troubles)]
        content = ("\n\n".join(words) + "\n").encode("utf-8", "replace")
        if not path.exists() or path.read_bytes() != content:  # its time tells since when the list is like this
            self._workspace.keep(FILE, content)

    def _tell_new(self, troubles: Sequence[Trouble]) -> None:
        """Run the program once for all that is new, so that a hundred refused mails take no hundred timeouts."""
        current = {trouble.key for trouble in troubles}
        tries = {key: count for key, count in self._known().items() if key in current}
        self._tries = tries
        new = [trouble for trouble in troubles if tries.get(trouble.key, 0) < TRIES]
        if not new or not self._command or self._stopping():
            return
        for trouble in new:  # counted first: a fault of the run itself must not make it endless
            tries[trouble.key] = tries.get(trouble.key, 0) + 1
        if self._run("\n\n".join([text(self._lang, "alert.title"), *self._said(new)]) + "\n"):
            tries.update({trouble.key: TRIES for trouble in new})

    def _said(self, troubles: Sequence[Trouble]) -> list[str]:
        """Return a paragraph for each trouble, without what stands in a cell: it leaves the office."""
        return [f"- {_clean(trouble.problem.for_mail())}" for trouble in troubles]

    def _run(self, words: str) -> bool:
        """Run the program with the words on its standard input; tell whether it ended well."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:  # a pipe could block
            given.write(words.encode("utf-8", "replace"))
            given.seek(0)
            process = subprocess.Popen(  # noqa: S603  (the administrator's own setting)
                shlex.split(self._command),
                stdin=given,
                stdout=subprocess.DEVNULL,
                stderr=said,
                cwd=self._workspace.root,
                env=environment(os.environ),
                start_new_session=True,  # so that it can be ended with all that it started
            )
            code = self._wait(process)
            if code:
                log.warning("alert command failed: %s", _end_of(said), extra={"code": code})
            return code == 0

    def _wait(self, process: subprocess.Popen[bytes]) -> int | None:
        """Return the exit code; None where the program took too long, or the service is to stop."""
        until = time.monotonic() + self._timeout
        while True:
            left = until - time.monotonic()
            try:
                return process.wait(max(0.0, min(_STEP, left)))
            except subprocess.TimeoutExpired:
                stopping = self._stopping()
                if left <= 0 or stopping:
                    why = "the service is to stop" if stopping else f"it took more than {self._timeout:g} seconds"
                    log.warning("alert command ended: %s", why)
                    _end(process)
                    return None

    def _known(self) -> dict[str, int]:
        """Return how often each trouble was tried; after a restart, as `var/` remembers."""
        if self._tries is None:
            self._tries = _read(self._workspace)
        return self._tries

    def _remember(self) -> None:
        tries = self._tries or {}
        if tries != _read(self._workspace):
            self._workspace.keep(TOLD, json.dumps(tries, ensure_ascii=False, indent=1).encode("utf-8", "replace"))

    @contextlib.contextmanager
    def _logged(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ScadenzarioError, OSError, ValueError) as error:  # a full disk, a program that is not there
            log.error("%s: %s", what, error)  # noqa: TRY400  (it says all itself)
        except Exception:  # an alert must never stop the service
            log.exception(what)


def _read(workspace: Workspace) -> dict[str, int]:
    """Return what `var/` remembers; nothing where that is gone or was written by somebody else."""
    try:
        found = json.loads((workspace.var / TOLD).read_bytes())
    except (OSError, ValueError):
        return {}
    told = found.items() if isinstance(found, dict) else ()
    return {key: count for key, count in told if isinstance(count, int)}


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of another program: without the service's settings, among them its passwords."""
    return {name: value for name, value in environ.items() if not name.startswith(_OURS)}


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _end_of(said: IO[bytes]) -> str:
    """Return the last words of the program's standard error."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - 500))
    return " ".join(said.read().decode("utf-8", "replace").split())


def _clean(sentence: str) -> str:
    """Return a sentence on one line, without characters that steer a terminal."""
    kept = (char if char.isprintable() else " " for char in sentence)
    return " ".join("".join(kept).split())
