"""The port to the engine that carries the work, and its in-line twin; the ledger alone decides what is done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scheduler.errors import ScadenzarioError

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What an errand is to do."""

    PERFORM = "perform"  # an action, by its key
    DELIVER = "deliver"  # a mail, by its Message-ID


@dataclass(frozen=True)
class Errand:
    """A piece of work by its name alone; a later generation is handed out where an earlier one came to nothing."""

    kind: Kind
    key: str
    generation: int

    @property
    def id(self) -> str:
        """The engine's name for it: handing over the same one twice does nothing."""
        return f"{self.kind}:{self.key}#{self.generation}"


class Progress(StrEnum):
    """What the engine knows of an errand."""

    WAITING = "waiting"  # in its queue
    RUNNING = "running"  # begun; perhaps by a node that has died since
    ENDED = "ended"  # or never heard of


Handlers = Mapping[Kind, Callable[[str], None]]


class Engine(Protocol):
    """Carries errands to their handlers: each id once, as fast as is allowed, one of a kind at a time.

    They are carried about in the order in which they came; nobody may rely on it.
    """

    def start(self, handlers: Handlers) -> None:
        """Begin to carry. A handler is given an errand's key, and is safe to call again.

        What it raises ends its errand and harms no other one: the ledger hands the work out again.
        """
        ...

    def submit(self, errand: Errand) -> None:
        """Take an errand; one whose id is known is left as it is, and its earlier generation is called off."""
        ...

    def progress(self, errand: Errand) -> Progress:
        """Return what became of an errand."""
        ...

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is waiting or running here, at most so long; tell whether that came about."""
        ...

    def stop(self, seconds: float) -> bool:
        """Take nothing new and wait for what is running here, at most so long; tell whether all of it ended."""
        ...


class InlineEngine:
    """Does each errand at once, in the caller's thread: for simulations and tests."""

    def __init__(self) -> None:
        self._handlers: Handlers = {}
        self._known: set[str] = set()

    def start(self, handlers: Handlers) -> None:
        """Begin to carry."""
        self._handlers = handlers

    def submit(self, errand: Errand) -> None:
        """Do the errand, unless its id is known.

        Raises:
            ScadenzarioError: the ledger cannot be used, which its caller would find as well.
        """
        if errand.id in self._known or not self._handlers:
            return
        self._known.add(errand.id)
        try:
            self._handlers[errand.kind](errand.key)
        except ScadenzarioError:
            raise
        except Exception:  # a fault of ours: the other errands go on all the same
            log.exception("errand failed", extra={"action": errand.key})

    def progress(self, errand: Errand) -> Progress:
        """Return that it has ended: nothing ever waits."""
        return Progress.ENDED

    def drain(self, seconds: float) -> bool:
        """Return at once."""
        return True

    def stop(self, seconds: float) -> bool:
        """Take nothing new."""
        self._handlers = {}
        return True
