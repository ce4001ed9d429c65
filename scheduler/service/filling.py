"""Many documents from one template: on one process as long as that is quickest, then on one for each core."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count

from scheduler.errors import TemplateError
from scheduler.service.press import Press

START = 1.0  # seconds that another process costs before it fills anything

Order = Callable[[Press], bytes]
Result = bytes | TemplateError
Progress = Callable[[int, int], None]  # so many are made, of so many


def unseen(_made: int, _of: int) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Filling:
    """Fills many documents; one that cannot be filled does not stop the others."""

    press: Press
    progress: Progress = unseen
    cores: int = os.cpu_count() or 1
    start: float = START

    def all(self, orders: Sequence[Order]) -> list[Result]:
        """Return what became of each order, in their order."""
        made = count(1)
        lock = threading.Lock()

        def told(result: Result) -> Result:
            with lock:
                self.progress(next(made), len(orders))
            return result

        results, begun = list[Result](), time.monotonic()
        for order in orders:
            if results and self._is_worth_more((time.monotonic() - begun) / len(results), len(orders) - len(results)):
                break
            results.append(told(_attempt(order, self.press)))
        return [*results, *map(told, self._together(orders[len(results) :]))]

    def _is_worth_more(self, seconds: float, left: int) -> bool:
        """Tell whether what more processes would save is more than what they cost."""
        return self.cores > 1 and left > 1 and seconds * left * (1 - 1 / self.cores) > self.start

    def _together(self, orders: Sequence[Order]) -> Iterator[Result]:
        if not orders:
            return
        with ExitStack() as stack:
            free: queue.SimpleQueue[Press] = queue.SimpleQueue()
            free.put(self.press)
            workers = min(self.cores, len(orders))
            for _ in range(workers - 1):
                free.put(stack.enter_context(closing(Press(self.press.seconds, self.press.memory))))

            def run(order: Order) -> Result:
                press = free.get()
                try:
                    return _attempt(order, press)
                finally:
                    free.put(press)

            yield from stack.enter_context(ThreadPoolExecutor(workers)).map(run, orders)


def _attempt(order: Order, press: Press) -> Result:
    try:
        return order(press)
    except TemplateError as error:
        return error
