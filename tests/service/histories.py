"""The walk over all histories of a machine: each world is entered once, and every way into it is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from .machine import Machine
from .model import Says
from .world import FINAL, World, faults_at_end, faults_of

_ENOUGH = 60  # passes in which every mail must have come to its end


@dataclass
class Findings:
    """What a walk has found: how many histories and worlds there are, and what was wrong in them."""

    histories: int = 0
    worlds: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the first history of each violation

    def add(self, violation: str, history: tuple[str, ...]) -> None:
        """Take down a violation."""
        self.violations[violation] += 1
        self.examples.setdefault(violation, history)


class Walk:
    """All histories of one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.findings = Findings()
        self._following: dict[tuple[object, ...], list[tuple[str, World]]] = {}
        self._ends: dict[tuple[object, ...], World] = {}  # by what they depend on
        self._worlds = set[tuple[object, ...]]()

    def run(self, depth: int) -> Findings:
        """Go through all histories of at most so many events."""
        origin = self.machine.origin()
        level = {origin.identity: (origin, 1, ())}
        self._end(origin, ())
        for _ in range(depth):
            level = self._next(level)
            self.findings.histories += sum(ways for _, ways, _ in level.values())
        self.findings.worlds = len(self._worlds)
        return self.findings

    def _next(
        self, level: dict[tuple[object, ...], tuple[World, int, tuple[str, ...]]]
    ) -> dict[tuple[object, ...], tuple[World, int, tuple[str, ...]]]:
        found: dict[tuple[object, ...], tuple[World, int, tuple[str, ...]]] = {}
        for world, ways, history in level.values():
            for name, after in self._successors(world, history):
                key = after.identity
                known = found.get(key)
                found[key] = (after, ways, (*history, name)) if known is None else (known[0], known[1] + ways, known[2])
        return found

    def _successors(self, world: World, history: tuple[str, ...]) -> list[tuple[str, World]]:
        key = world.identity
        if key not in self._following:
            self._following[key] = list(self._expand(world, history))
        return self._following[key]

    def _expand(self, world: World, history: tuple[str, ...]) -> list[tuple[str, World]]:
        found, idle = [], set[str]()
        for event in self.machine.events(world):
            if event.performer in idle:
                found.append((event.name, world))
                continue
            after = event.run()
            if event.performer and not self.machine.claimed:
                idle.add(event.performer)
            self._judge(world, after, (*history, event.name))
            found.append((event.name, after))
        return found

    def _judge(self, before: World, after: World, history: tuple[str, ...]) -> None:
        for violation in (*self.machine.faults, *faults_of(before, after)):
            self.findings.add(violation, history)
        self.machine.faults.clear()
        self._worlds.add(after.identity)
        if after.ending not in self._ends:
            self._end(after, history)

    def _end(self, world: World, history: tuple[str, ...]) -> None:
        """Let everything come to its end: the performer that stands still never goes on, or does so then."""
        self._judge_end(end := self._run_out(world, history), (*history, "…"))
        if end.frozen is not None:
            late = self.machine.thaw(end, Says.YES)
            self._judge(end, late, (*history, "…", "goes on"))
            self._judge_end(self._run_out(late, history), (*history, "…", "goes on", "…"))

    def _run_out(self, world: World, history: tuple[str, ...]) -> World:
        passed, steps = [], 0
        while world.ending not in self._ends and world.state not in FINAL and steps < _ENOUGH:
            passed.append(world.ending)
            before, world = world, self.machine.next_step(world)
            for violation in (*self.machine.faults, *faults_of(before, world)):
                self.findings.add(violation, (*history, "…"))
            self.machine.faults.clear()
            steps += 1
        end = self._ends.get(world.ending, world)
        self._ends.update(dict.fromkeys((*passed, world.ending), end))
        return end

    def _judge_end(self, end: World, history: tuple[str, ...]) -> None:
        for violation in faults_at_end(end, partial(self.machine.has_failed, end)):
            self.findings.add(violation, history)
