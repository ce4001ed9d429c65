"""A service that dies: every write of a pass is a step, and the process can end just before or just after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from scheduler.app import App
from scheduler.core.ledger import Performance
from scheduler.errors import DeliveryError
from scheduler.ledger.store import Store
from scheduler.mail.receipt import Receipt
from scheduler.parts import store
from scheduler.service.delivery import Postman
from scheduler.service.engine import Errand, InlineEngine
from scheduler.service.simulate import FalseClock
from scheduler.service.sweep import Sweeper
from scheduler.service.workspace import Workspace
from tests.service.processes import message_id_of

NODE = "local"
_CHANCE = re.compile(r"-v\d+|\.[0-9a-f]{8}")  # what differs between two tries to keep the same thing
# everything that changes the ledger, by the part that does it
WRITES = {
    "store": ("start", "release", "settle", "record", "swept"),
    "actions": ("hand_on", "hold", "claim", "unclaim", "drop"),
    "deliveries": ("hand_on", "hold", "claim", "dot", "sent", "put_back", "withdraw", "cancel"),
}


class Crashed(BaseException):
    """The process is no more; nothing in it can catch that."""


@dataclass
class Fate:
    """Where the process dies: at every step of some kinds, the first time that it comes there."""

    kinds: Callable[[str], bool] = lambda kind: False
    away: Callable[[], timedelta] = timedelta  # how long until it is started again
    drift: Callable[[], timedelta] = timedelta  # how wrong the clock is at a wake
    steps: Counter[str] = field(default_factory=Counter)  # by kind, each counted when it is come to
    crashes: Counter[str] = field(default_factory=Counter)
    _met: set[tuple[str, str]] = field(default_factory=set)

    def meet(self, kind: str, what: str) -> None:
        """Come to a step, and perhaps no further."""
        self.steps[kind] += 1
        step = (kind, what)
        if self.kinds(kind) and step not in self._met:
            self._met.add(step)
            self.crashes[kind] += 1
            raise Crashed(kind)


class Stumbling:
    """A part of the ledger whose writes are steps."""

    def __init__(self, name: str, part: Any, fate: Fate) -> None:
        self._name = name
        self._part = part
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name in WRITES.get(self._name, ()):
            return partial(self._do, f"{self._name}.{name}", found)
        return Stumbling(name, found, self._fate) if name in WRITES else found

    def _do(self, kind: str, do: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        what = concern(arguments)
        self._fate.meet(f"before {kind}", what)
        result = do(*arguments, **options)
        self._fate.meet(f"after {kind}", what)
        return result


def concern(arguments: tuple[Any, ...]) -> str:
    """Return what a write is about, the same for each try: names, or else the instant; no claim and no generation."""
    match arguments[0]:
        case str() | datetime() as one:
            return str(one)
        case Performance() as action:
            return action.action_key
        case Mapping() as actions:
            return str(sorted(actions))
        case rows:  # what a look has found, and when
            return f"{[str(getattr(row, 'action_key', row)) for row in rows]} {arguments[-1]}"


@dataclass(frozen=True)
class StumblingWorkspace(Workspace):
    """A folder in which keeping a file is a step."""

    fate: Fate = field(default_factory=Fate)

    def keep(self, relative: str, content: bytes) -> str:
        """Keep a file."""
        name = _CHANCE.sub("", relative)
        self.fate.meet("before keep", name)
        sha256 = super().keep(relative, content)
        self.fate.meet("after keep", name)
        return sha256


@dataclass
class Post:
    """A way out for mail that takes down what arrives; the final dot is a step."""

    fate: Fate
    arrived: Counter[str] = field(default_factory=Counter)  # by Message-ID

    def send(
        self, message: bytes, sender: str, recipients: Sequence[str], before_dot: Callable[[Mapping[str, str]], bool]
    ) -> Receipt:
        """Hand one mail over."""
        name = message_id_of(message)
        if not before_dot({}):
            raise DeliveryError(())
        self.fate.meet("before dot", name)
        self.arrived[name] += 1
        self.fate.meet("after dot", name)
        return Receipt("250 OK", {}, tuple(recipients))

    def check(self) -> None:
        """Be reachable."""

    def rest(self) -> None:
        """Have nothing open."""


class StumblingEngine(InlineEngine):
    """An engine in line; the process can die before an errand is in its queue."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def submit(self, errand: Errand) -> None:
        """Do the errand."""
        self._fate.meet("before submit", f"{errand.kind} {errand.key}")
        super().submit(errand)


@dataclass
class Life:
    """A service on a false clock that is started again whenever it has died, at once and under its own name."""

    app: App
    folder: Path
    clock: FalseClock
    fate: Fate
    starts: int = 0

    def __post_init__(self) -> None:
        self.post = Post(self.fate)
        self.ledger: Store = store(f"sqlite:///{self.folder / 'ledger.sqlite3'}", Path("/"), "it")

    def run(self, until: datetime) -> None:
        """Live until an instant, and then until every mail has come to its end."""
        sweeper = self._reborn()
        while self.clock.now < until or self._is_waiting():
            sweeper = self._pass(sweeper)
            self.clock.now = sweeper.lookout.next_wake(self.clock.now) + self.fate.drift()

    def _pass(self, sweeper: Sweeper) -> Sweeper:
        """Make one pass, as often as it takes; return the sweeper that came through."""
        while True:
            try:
                sweeper.sweep()
            except Crashed:
                sweeper = self._reborn()
            else:
                return sweeper

    def _reborn(self) -> Sweeper:
        while True:
            self.clock.now += self.fate.away()
            try:
                return self._born()
            except Crashed:
                continue

    def _born(self) -> Sweeper:
        """Start as `scadenzario run` does."""
        self.starts += 1
        ledger: Any = Stumbling("store", self.ledger, self.fate)
        workspace = StumblingWorkspace(self.app.workspace.root, "it", state=self.folder, fate=self.fate)
        postman = Postman(workspace, ledger.deliveries, self.post, self.clock, f"{NODE}/{self.starts}")
        engine = StumblingEngine(self.fate)
        sweeper = self.app.sweeper_over(workspace, ledger, postman, engine, "prova")
        ledger.release(NODE, alone=True)
        engine.start(sweeper.handlers)
        return sweeper

    def _is_waiting(self) -> bool:
        counts = self.ledger.deliveries.counts()
        return any(counts.get(state, 0) for state in ("planned", "claimed", "dotted"))
