"""Where templates are read and filled: a process of its own, which can be ended without harm to the service."""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from scheduler.core.obligation import Obligation
from scheduler.documents import wire
from scheduler.documents.faults import Fault, fault, refusal
from scheduler.errors import Problem, TemplateError
from scheduler.service.child import Child, GoneError, LateError

SECONDS = 30.0  # of wall clock, for one document
MEMORY = 1 << 30  # bytes beyond those that the process starts with


class _SpentError(Exception):
    """The process has used up its memory."""


class Press:
    """Fills templates, one after the other, from any thread.

    Its process is started when it is first needed, and keeps the templates that it has compiled. One that was ended is
    followed by a new one.
    """

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """`seconds` and bytes of `memory` that one document may take."""
        self.seconds = seconds
        self.memory = memory
        self._lock = threading.Lock()
        self._child: Child | None = None

    def filled(
        self, template: bytes, shown: str, values: Mapping[str, Any], at: datetime, lang: str, mark: str = ""
    ) -> bytes:
        """Return the document, as `render` does, of a template that nobody has looked at yet.

        Raises:
            TemplateError: the template is harmful or wrong, or takes too long or too much.
        """
        reply = self._reply("filled", (template, shown, dict(values), at, lang, mark), shown, lang)
        if reply[:1] == wire.PROBLEMS:
            raise TemplateError(_problems(reply))
        return reply[1:]

    def problems(self, path: Path, obligation: Obligation, lang: str) -> tuple[Problem, ...]:
        """Return what is wrong with the template of one document of an obligation; it is not filled."""
        try:
            return _problems(self._reply("problems", (path, obligation, lang), f"templates/{path.name}", lang))
        except TemplateError as error:
            return error.problems

    def shortcomings(self, template: bytes, shown: str, lang: str) -> tuple[Problem, ...]:
        """Return, as warnings, what keeps a template's documents from being read by everybody.

        Raises:
            TemplateError: the template takes too long or too much.
        """
        return _problems(self._reply("unread", (template, shown, lang), shown, lang))

    def is_nominative(self, template: bytes, shown: str, obligation: Obligation, lang: str) -> bool:
        """Tell whether a template prints what is about single people; one that cannot be read does, in doubt."""
        try:
            return self._reply("nominative", (template, shown, obligation, lang), shown, lang) != wire.DOCUMENT + b"no"
        except TemplateError:
            return True

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if child := self._child:
            child.end()

    def _reply(self, name: str, arguments: tuple[object, ...], shown: str, lang: str) -> bytes:
        order = pickle.dumps((name, arguments), pickle.HIGHEST_PROTOCOL)
        with self._lock:
            try:
                reply = self._tried_twice(order)
            except (LateError, GoneError, _SpentError) as error:
                raise refusal([self._fault(error)], shown, lang) from error
        if reply[:1] == wire.FAILURE:
            raise RuntimeError(reply[1:].decode())
        return reply

    def _tried_twice(self, order: bytes) -> bytes:
        """Return the answer of the process that there is, and if that ends or is full, the answer of a new one."""
        if self._child is not None and self._child.is_alive():
            try:
                return self._answer(self._child, order)
            except (GoneError, _SpentError):  # it may have been so before this order
                pass
        if self._child is not None:
            self._child.end()
        self._child = Child(self.memory, 2 * self.seconds)
        return self._answer(self._child, order)

    def _answer(self, child: Child, order: bytes) -> bytes:
        reply = child.answer(order, self.seconds)
        if reply[:1] == wire.MEMORY:
            child.end()
            raise _SpentError
        return reply

    def _fault(self, error: Exception) -> Fault:
        if isinstance(error, LateError):
            return fault("too-long", seconds=f"{self.seconds:g}")
        return fault("too-large" if isinstance(error, _SpentError) else "ended")


def _problems(reply: bytes) -> tuple[Problem, ...]:
    return tuple(Problem(*item) for item in json.loads(reply[1:]))
