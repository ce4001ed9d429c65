"""The PDFs of new drafts, made ahead while the service has nothing else to do: nobody's page waits for LibreOffice."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from scheduler.app import App
from scheduler.core.ledger import Draft
from scheduler.errors import ScadenzarioError
from scheduler.service.copies import Form, Printer, program

QUIET = 60.0  # seconds without a new draft

log = logging.getLogger(__name__)


class Ahead:
    """Looks at each tick which drafts are new, and has them printed, one after the other, when it has become quiet."""

    def __init__(self, printer: Callable[[App], Printer], quiet: float = QUIET) -> None:
        """`quiet`: seconds without a new draft."""
        self._printer = printer
        self._quiet = quiet
        self._last: int | None = None  # drafts of before the start are printed when somebody asks
        self._waiting: list[Draft] = []
        self._begin_at = 0.0  # monotonic seconds
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], None] = lambda: None
        self._ended = False

    def look(self, app: App) -> None:
        """Note what is new, or begin; it never raises: a PDF that fails is told to whoever asks for it."""
        if program() is None:
            return
        try:
            self._last, new = app.store.history.drafts_after(self._last)
        except ScadenzarioError:  # the next heartbeat says what is wrong with the ledger
            return
        if new:
            self._waiting += new
            self._begin_at = time.monotonic() + self._quiet
        elif self._waiting and time.monotonic() >= self._begin_at and not self.is_printing:
            batch, self._waiting = self._waiting, []
            printer = self._printer(app)
            self._stop = printer.end
            arguments = (app, printer, batch)
            self._thread = threading.Thread(target=self._print, args=arguments, name="copies", daemon=True)
            self._thread.start()

    @property
    def is_printing(self) -> bool:
        """Tell whether a batch is in hand."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Let go what is in hand; LibreOffice ends."""
        self._ended = True
        self._stop()

    def _print(self, app: App, printer: Printer, batch: Sequence[Draft]) -> None:
        for item in batch:
            if self._ended:
                return
            try:
                printer.copy(app.workspace.read(item.path), Form.PDF)
            except ScadenzarioError as error:
                log.warning("no PDF ahead: %s", error, extra={"occurrence": item.occurrence_key})
