"""What other programs ask: is the service ready, and its numbers; nothing about people."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from scheduler import __version__
from scheduler.errors import Problem

METRICS_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"«»@]++@[^\s<>()\[\],;:\"«»@]+")  # what a server or a file says may name one
_HISTOGRAMS = {
    "perform": ("scadenzario_action_duration_seconds", "Seconds that performing an action took."),
    "deliver": ("scadenzario_delivery_duration_seconds", "Seconds that carrying a mail took."),
}

log = logging.getLogger(__name__)


class Facts(Protocol):
    """How the service is; None for what is not known."""

    @property
    def ready(self) -> bool: ...
    @property
    def problems(self) -> Mapping[str, Sequence[Problem]]: ...  # by component; none where it is well
    @property
    def seconds_since_sweep(self) -> float | None: ...
    @property
    def next_milestone_at(self) -> datetime | None: ...
    @property
    def overdue(self) -> int | None: ...
    @property
    def deliveries(self) -> Mapping[str, int]: ...  # by state
    @property
    def failed_deliveries(self) -> int | None: ...
    @property
    def open_actions(self) -> int | None: ...
    @property
    def failed_actions(self) -> int | None: ...


class Histogram(Protocol):
    """How many took at most so many seconds, for each bound up to infinity; and all their seconds together."""

    @property
    def buckets(self) -> Sequence[tuple[float, int]]: ...
    @property
    def seconds(self) -> float: ...


class Probes(Collector):
    """Answers the probes; `health` and `durations` are asked afresh each time."""

    def __init__(self, health: Callable[[], Facts], durations: Callable[[], Mapping[str, Histogram]]) -> None:
        self._health = health
        self._durations = durations
        self._registry = CollectorRegistry()  # of its own: the library's global one may hold what others put there
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(self)

    def readiness(self) -> tuple[bool, bytes]:
        """Return whether every component is well, and as JSON what is wrong with each."""
        facts = self._facts()
        problems = facts.problems if facts else {}
        components = {name: {"ok": not found, "problems": list(map(_said, found))} for name, found in problems.items()}
        ready = facts is not None and facts.ready
        content = {"ready": ready, "components": components}
        return ready, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")

    def metrics(self) -> bytes:
        """Return the numbers as Prometheus reads them."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Return nothing: names are not looked up beforehand, for that would examine the service."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers that are known."""
        yield InfoMetricFamily("scadenzario_build", "The version that runs.", value={"version": __version__})
        for kind, counted in self._durations().items():
            name, about = _HISTOGRAMS[kind]
            buckets = [(f"{bound}" if bound < float("inf") else "+Inf", count) for bound, count in counted.buckets]
            yield HistogramMetricFamily(name, about, buckets=buckets, sum_value=counted.seconds)
        facts = self._facts()
        if facts is not None:
            yield from _numbers(facts)
            yield from _labelled(facts)

    def _facts(self) -> Facts | None:
        try:
            return self._health()
        except Exception:  # a probe that fails says so; it never breaks the page's thread
            log.exception("health not known")
            return None


def _numbers(facts: Facts) -> Iterator[Metric]:
    following = facts.next_milestone_at
    named: list[tuple[str, str, float | None]] = [
        ("seconds_since_last_sweep", "Age of the last sweep that came to its end.", facts.seconds_since_sweep),
        (
            "next_milestone_timestamp_seconds",
            "When the next milestone is.",
            following.timestamp() if following else None,
        ),
        ("overdue_occurrences", "Open occurrences whose legal date has passed.", facts.overdue),
        ("failed_deliveries", "Mails that did not reach somebody and are not tried again.", facts.failed_deliveries),
        ("open_actions", "Actions that are owed and not performed.", facts.open_actions),
        ("failed_actions", "Open actions that failed and are tried again.", facts.failed_actions),
    ]
    for name, about, value in named:
        if value is not None:
            yield GaugeMetricFamily(f"scadenzario_{name}", about, value=value)


def _labelled(facts: Facts) -> Iterator[Metric]:
    mails = GaugeMetricFamily("scadenzario_deliveries", "Mails by state.", labels=["state"])
    for state, count in facts.deliveries.items():
        mails.add_metric([state], count)
    yield mails
    components = GaugeMetricFamily("scadenzario_component_ok", "1 where a component is well.", labels=["component"])
    for name, found in facts.problems.items():
        components.add_metric([name], int(not found))
    yield components


def _said(problem: Problem) -> str:
    return _ADDRESS.sub("…@…", problem.for_mail())
