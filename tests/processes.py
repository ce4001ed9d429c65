"""Processes of the program: each is forked from one that has imported everything, which spares it half a second or two.

Some tests start the interpreter itself, where that is what they are about.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIMIT = 120.0  # seconds that a command may take
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.imported"])


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process of ours: nothing from outside but where programs are.

    Python must not write compiled modules: on the full disk of a test they would be cut off, and spoil all others.
    """
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environ}


class Forked:
    """A process that runs a module as `python -m` would; it has a session, and so a process group, of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        output: Path,
        errors: Path | None = None,
        module: str = "scheduler",
    ) -> None:
        """Start it; what it prints goes into `output`, and its errors as well where they have no place of their own."""
        order = (module, [module, *arguments], variables(environ), str(output), str(errors or output))
        self._process = _FORKS.Process(target=_become, args=order, daemon=True)
        self._process.start()
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """Return its exit code, or minus the number of the signal that ended it; None while it lives."""
        code: int | None = self._process.exitcode
        return code

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it lives on.
        """
        self._process.join(seconds)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("forked", seconds or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def executed(line: Sequence[str], environ: Mapping[str, str], output: Path) -> subprocess.Popen[bytes]:
    """Start a program by its command line, in a session of its own; all it says goes into a file."""
    with output.open("ab") as log:
        return subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=variables(environ), start_new_session=True
        )


def tell(process: Forked | subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a process and to what it has started."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:  # it has no session of its own yet, or has ended
        process.send_signal(number)


def run(arguments: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command of `scadenzario` to its end."""
    with tempfile.TemporaryDirectory(prefix="scadenzario-command-") as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        process = Forked([str(item) for item in arguments], environ or {}, output, errors)
        try:
            code = process.wait(LIMIT)
        finally:
            process.send_signal(signal.SIGKILL)
        return subprocess.CompletedProcess(list(arguments), code, output.read_text("utf-8"), errors.read_text("utf-8"))


def _become(module: str, words: list[str], environ: dict[str, str], output: str, errors: str) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    _redirect(output, errors)
    sys.argv[:] = words
    sys.dont_write_bytecode = True  # see `variables`
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _redirect(output: str, errors: str) -> None:
    """Let this process read nothing, and write into files."""
    writing = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, output, writing), (2, errors, writing)):
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    sys.stdout.reconfigure(encoding="utf-8")
