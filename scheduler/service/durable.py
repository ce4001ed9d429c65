"""The engine of the service: DBOS Transact, on a SQLite file beside the ledger or in the ledger's PostgreSQL."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.service import engine_file
from scheduler.service.engine import Errand, Handlers, Kind, Progress

QUEUES = {Kind.PERFORM: "perform", Kind.DELIVER: "deliver"}
VERSION = "1"  # raise it only when the meaning of an errand changes: other versions' errands are left lying
POLL_SECONDS = 0.5
# So many errands of a kind a node fetches ahead of the one it does: one fetch per look would be two errands a second.
# Several nodes fetch fewer, so that none waits while another has them all.
AHEAD_ALONE, AHEAD_OF_SEVERAL = 64, 16
PERIOD_SECONDS = 60.0  # of the limit `mails_per_minute`
_SCHEMA = "scadenzario_engine"
_STATES = {"ENQUEUED": Progress.WAITING, "DELAYED": Progress.WAITING, "PENDING": Progress.RUNNING}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How much may run at once, over all nodes; None: no limit. Each node does one errand of a kind at a time."""

    mails_per_minute: int | None = None
    mail_connections: int | None = None


class _LeftError(BaseException):
    """The service is being stopped: the errand stays with this node, whose next process puts it back into its queue."""


class DurableEngine:
    """Carries errands through DBOS; one for each process.

    `url` is a SQLAlchemy URL; `node` must be this process's alone for as long as it runs.
    """

    def __init__(
        self,
        url: str,
        node: str,
        limits: Limits,
        lang: str = "it",
        poll_seconds: float = POLL_SECONDS,
        period_seconds: float = PERIOD_SECONDS,
    ) -> None:
        self.url = url
        self.lang = lang
        self.node = node
        self.limits = limits
        self.poll_seconds = poll_seconds
        self.period_seconds = period_seconds
        self._running = self._begun = 0  # errands in hand, and all that ever were
        self._begun_at = 0.0  # monotonic; of the errand that is longest in hand
        self._idle = threading.Condition()
        self._stopping = False
        self._workflows: dict[Kind, Callable[[str], None]] = {}
        self._hands: dict[Kind, ThreadPoolExecutor] = {}  # one thread for each kind: one errand at a time

    def start(self, handlers: Handlers) -> None:
        """Open the engine's database, take up what this node left, and begin to carry.

        Raises:
            UserError: the database cannot be used; so for every method that asks it.
        """
        self._stopping = False
        try:
            with self._our_errors():
                self._launch(handlers)
        except UserError:
            self._destroy()  # so that it can be tried again
            raise

    def _launch(self, handlers: Handlers) -> None:
        from dbos import DBOS, DBOSConfig  # here, because it is slow to import

        engine_file.prepare(self.url)
        self._register(handlers)
        config: DBOSConfig = {
            "name": "scadenzario",
            "system_database_url": self.url,
            "dbos_system_schema": _SCHEMA,
            "application_version": VERSION,
            "executor_id": self.node,
            "serializer": engine_file.serializer(),
            "log_level": "WARNING",
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": 0.5,  # it has nothing to ask; the end waits for it
            "scheduler_polling_interval_sec": 3600.0,
            **({"db_engine_kwargs": {"connect_args": {"factory": engine_file.Quick}}} if self._is_embedded else {}),
        }
        DBOS(config=config)
        engine_log = _speak_as_the_rest()
        engine_log.setLevel(logging.CRITICAL)  # a launch that fails is said by us, without its trace
        DBOS.launch()
        engine_log.setLevel(logging.WARNING)
        self._limit()

    @property
    def _is_embedded(self) -> bool:
        return self.url.startswith("sqlite:")

    def busy_seconds(self) -> float:
        """Return for how long the errands in hand have kept this process busy without any of them ending."""
        return time.monotonic() - self._begun_at if self._running else 0.0

    def submit(self, errand: Errand) -> None:
        """Put an errand into its queue; its earlier generation, if it still lies there, is called off."""
        if self._stopping:
            return
        with self._our_errors():
            Context().run(self._enqueue, errand)  # out of the errand in hand, whose child it is not

    def _enqueue(self, errand: Errand) -> None:
        from dbos import DBOS, SetWorkflowID

        if errand.generation > 1:
            with suppress(Exception):  # it may never have been there: a lost engine file is no fault
                DBOS.cancel_workflow(Errand(errand.kind, errand.key, errand.generation - 1).id)
        with SetWorkflowID(errand.id):
            DBOS.enqueue_workflow(QUEUES[errand.kind], self._workflows[errand.kind], errand.key)

    def progress(self, errand: Errand) -> Progress:
        """Return what the engine's database says."""
        from dbos import DBOS

        with self._our_errors():
            status = DBOS.get_workflow_status(errand.id)
        return _STATES.get(status.status, Progress.ENDED) if status else Progress.ENDED

    def drain(self, seconds: float) -> bool:
        """Wait until the queues are empty and nothing runs here."""
        until = time.monotonic() + seconds
        while self._is_busy():
            if time.monotonic() > until:
                return False
            with self._idle:
                self._idle.wait(self.poll_seconds / 2)
        return True

    def stop(self, seconds: float) -> bool:
        """Leave the queues, and wait for what runs here."""
        self._stopping = True
        until = time.monotonic() + seconds
        for hand in self._hands.values():
            hand.shutdown(wait=False, cancel_futures=True)
        with self._idle:
            while self._running and (left := until - time.monotonic()) > 0:
                self._idle.wait(left)
        self._destroy()
        return not self._running

    def _destroy(self) -> None:
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)

    def tidy(self, before: datetime) -> None:
        """Forget the errands that ended before a real instant; what became of them is in the ledger."""
        from dbos import DBOS

        ended = {"status": ["SUCCESS", "ERROR", "CANCELLED"], "completed_before": before.isoformat()}
        with self._our_errors():
            old = DBOS.list_workflows(**ended, limit=5000, load_input=False, load_output=False)  # type: ignore[arg-type]
            DBOS.delete_workflows([item.workflow_id for item in old])

    def call_off_dead(self, before: datetime) -> None:
        """Call off the errands that were begun before a real instant and have not ended: whoever had them is dead.

        Else they would count as running for ever, and `mail_connections` dead nodes would silence the others.
        """
        from dbos import DBOS

        begun = {"status": "PENDING", "dequeued_before": before.isoformat()}
        with self._our_errors():
            for item in DBOS.list_workflows(**begun, load_input=False, load_output=False):  # type: ignore[arg-type]
                DBOS.cancel_workflow(item.workflow_id)

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        """Raise a UserError where the engine's database fails; it may raise anything then."""
        try:
            yield
        except Exception as error:
            where = self.url.rsplit("/", 1)[-1]  # never the whole URL: it may hold a password
            what = text(self.lang, "engine.unusable", reason=_reason(error))
            raise UserError((Problem(where, what, text(self.lang, "engine.unusable.remedy")),)) from error

    def _is_busy(self) -> bool:
        """Tell whether anything waits or runs; what begins between the questions may have handed out more."""
        from dbos import DBOS

        begun = self._begun
        if DBOS.list_queued_workflows(status="ENQUEUED", limit=1, load_input=False):
            return True
        taken = DBOS.list_queued_workflows(status="PENDING", executor_id=self.node, limit=1, load_input=False)
        return bool(taken or self._running or begun != self._begun)

    def _register(self, handlers: Handlers) -> None:
        from dbos import DBOS

        for kind, handler in handlers.items():
            self._hands[kind] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=str(kind))
            self._workflows[kind] = DBOS.workflow(name=str(kind))(self._carried(kind, handler))

    def _carried(self, kind: Kind, handler: Callable[[str], None]) -> Callable[[str], None]:
        """Return the handler as a workflow: whatever happens in it is in the ledger, or is handed out again."""

        def do(key: str) -> None:
            with self._in_hand():
                try:
                    handler(key)
                except ScadenzarioError as error:
                    log.error("errand failed: %s", error, extra={"action": key})  # noqa: TRY400  (it says all itself)
                except Exception:
                    log.exception("errand failed", extra={"action": key})

        def carry(key: str) -> None:
            try:
                self._in_turn(kind, do, key).result()
            except CancelledError:
                raise _LeftError from None

        return carry

    def _in_turn(self, kind: Kind, do: Callable[[str], None], key: str) -> Future[None]:
        try:
            return self._hands[kind].submit(do, key)
        except RuntimeError:  # it takes nothing new
            raise _LeftError from None

    @contextmanager
    def _in_hand(self) -> Iterator[None]:
        with self._idle:
            self._begun_at = self._begun_at if self._running else time.monotonic()
            self._running += 1
            self._begun += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._begun_at = time.monotonic()
                self._idle.notify_all()

    def _limit(self) -> None:
        from dbos import DBOS

        limits = self.limits
        ahead = AHEAD_ALONE if self._is_embedded else AHEAD_OF_SEVERAL
        rate = {"limit": limits.mails_per_minute, "period": self.period_seconds} if limits.mails_per_minute else None
        mail: dict[str, Any] = {"limiter": rate, "global_concurrency": limits.mail_connections}
        for kind, name in QUEUES.items():
            is_mail = kind is Kind.DELIVER
            DBOS.register_queue(
                name,
                worker_concurrency=1 if is_mail and limits.mail_connections else ahead,  # who waits here would count
                polling_interval_sec=self.poll_seconds,
                on_conflict="always_update",
                **(mail if is_mail else {}),
            )


def _reason(error: Exception) -> str:
    """Return the first line of what the database itself says."""
    said = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error)
    return (said.strip().splitlines() or [type(error).__name__])[0]


def _speak_as_the_rest() -> logging.Logger:
    """Let the engine's log go where the service's goes, and return it."""
    engine = logging.getLogger("dbos")
    engine.handlers.clear()
    engine.propagate = True
    return engine
