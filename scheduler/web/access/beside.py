"""A thread beside the requests, which does one thing after the other: nobody waits for a mail to go out."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from django.db import connections

MOST_WAITING = 200

log = logging.getLogger(__name__)


class Beside:
    """The thread and what waits for it; it ends with the process, whatever it is at."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None

    def __call__(self, work: Callable[[], None]) -> None:
        """Do something soon; where too much waits already, it is left out: people ask again."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sign-in mails", daemon=True)
            self._thread.start()
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            log.error("too many sign-in mails are waiting")  # noqa: TRY400  (it says all itself)

    def wait(self) -> None:
        """Return when all is done."""
        self._waiting.join()

    def _run(self) -> None:
        while True:
            work = self._waiting.get()
            try:
                work()
            except Exception:  # whatever it is, the next person gets their mail
                log.exception("sign-in link not mailed")
            finally:
                connections.close_all()  # this thread's
                self._waiting.task_done()
