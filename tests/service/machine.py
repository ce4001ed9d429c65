"""Every history of one mail, to a depth: the real `Postman` and ledger, a model server, and all that can come between.

A world is all that the future depends on: the mail's rows, the clock, what has arrived where, and where a performer
stands still. Histories that lead to the same world have the same future, so each world is entered once; that is what
makes all of them, and not a sample, affordable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from django.db import connections

from scheduler.core.ledger import Delivery
from scheduler.ledger.deliveries import Deliveries
from scheduler.service.delivery import LEASE, Postman
from scheduler.service.workspace import Workspace

from .model import ARCHIVE, CONTENT, PEOPLE, Gone, ModelTransport, Point, Says, Server, Tape, TapedDeliveries
from .world import BEGIN, FINAL, TIMES, Frozen, Row, World, faults_of_archive

ID = "<1@cmm.example>"
NODES = ("node-a", "node-b")
JUMPS = (1, 11, 16, 360, -120)  # minutes


@dataclass(frozen=True)
class Event:
    """Something that can happen; what a performer does that gets no claim is always the same: nothing."""

    name: str
    run: Callable[[], World]
    performer: str = ""


class Machine:
    """One mail in a real ledger, moved from world to world."""

    def __init__(self, folder: Path, deliveries: Deliveries, *, with_archive: bool = False) -> None:
        self.workspace = Workspace(folder)
        self.deliveries = deliveries
        self.with_archive = with_archive
        self.faults: list[str] = []  # what went wrong in the last runs
        self.claimed = False  # whether the last performer got the mail
        self._cursor = connections[deliveries.alias].cursor()
        sha256 = self.workspace.keep("mail/1.eml", CONTENT)
        facts = (ID, "k/2025/reminder-7d", "k/2025", "s@cmm.example", PEOPLE, "Promemoria", "mail/1.eml", sha256)
        deliveries.plan(Delivery(*facts, BEGIN))
        self._there = self._rows()

    def origin(self) -> World:
        """Return the world in which the mail is planned."""
        return World(*self._there)

    def events(self, world: World) -> Iterator[Event]:
        """Yield all that can happen next."""
        for minutes in JUMPS:
            yield Event(f"{minutes:+} min", partial(replace, world, minutes=world.minutes + minutes))
        yield Event("a sweep whose engine loses the errand", partial(self._hand_on, world))
        for node, name in enumerate(NODES):
            yield Event(f"{name} restarts", partial(self._restart, world, node))
            if node == 1 and world.frozen is None:
                continue  # while nobody stands still, one node is as good as the other
            for says in self.answers:
                yield Event(f"{name}: {says}", partial(self._deliver, world, node, says), name)
            for point in Point:
                says = Says.ONE_DEFERRED if point is Point.HALF_RECORDED else Says.YES
                yield Event(f"{name} dies {point}", partial(self._deliver, world, node, says, point), name)
                if node == 0 and world.frozen is None:
                    yield Event(f"{name} freezes {point}", partial(self._freeze, world, says, point), name)
        if world.frozen is not None:
            for says in (Says.YES, Says.DOT_BUSY, Says.TAKEN_MUTE, Says.LEFT_MUTE):
                yield Event(f"{NODES[0]} goes on: {says}", partial(self.thaw, world, says))

    @property
    def answers(self) -> list[Says]:
        """How the server may meet a mail."""
        return [says for says in Says if self.with_archive or says is not Says.ALL_DEFERRED]

    def has_failed(self, world: World) -> bool:
        """Tell whether people are shown that the mail did not reach everybody."""
        return bool(self._at(world).deliveries.failed())

    def next_step(self, world: World) -> World:
        """Return the world after the next pass of a service whose clock goes on and whose server is well."""
        mail = dict(world.mail)
        waits = [max(world.ahead(mail[name]) for name in TIMES), timedelta()]
        return self._sweep(replace(world, minutes=world.minutes + max(waits) // timedelta(minutes=1)))

    def _at(self, world: World) -> Machine:
        """Put the rows into the ledger, where they are not there already."""
        wanted = (world.mail, world.people)
        if wanted != self._there:
            self._put("delivery", world.mail)
            for person in world.people:
                self._put("recipient", person)
            self._there = wanted
        return self

    def _put(self, table: str, row: Row) -> None:
        columns = ", ".join(f'"{name}" = %s' for name, _ in row)
        values = [value for _, value in row]
        self._cursor.execute(f"UPDATE ledger_{table} SET {columns} WHERE id = %s", [*values, dict(row)["id"]])  # noqa: S608

    def _rows(self) -> tuple[Row, tuple[Row, ...]]:
        [mail] = self._table("ledger_delivery")
        return mail, tuple(self._table("ledger_recipient"))

    def _table(self, name: str) -> list[Row]:
        self._cursor.execute(f"SELECT * FROM {name} ORDER BY id")  # noqa: S608
        names = [column[0] for column in self._cursor.description]
        return [tuple(zip(names, row, strict=True)) for row in self._cursor.fetchall()]

    def _seen(self, world: World) -> World:
        self._there = self._rows()
        return replace(world, mail=self._there[0], people=self._there[1])

    def _restart(self, world: World, node: int) -> World:
        """A node starts under its own name: whatever of it stood still is gone."""
        self._at(world).deliveries.release(NODES[node], alone=False)
        processes = (world.processes[0] + (node == 0), world.processes[1] + (node == 1))
        frozen = None if node == 0 else world.frozen
        return self._seen(replace(world, processes=processes, frozen=frozen))

    def _hand_on(self, world: World) -> World:
        now = world.now
        for mail in self._at(world).deliveries.ready(now):
            self.deliveries.hand_on(mail.message_id, mail.generation, now, now + LEASE)
        return self._seen(world)

    def _sweep(self, world: World) -> World:
        """As `Sweeper.send_ready` with the engine that does everything at once."""
        now = world.now
        for mail in self._at(world).deliveries.ready(now):
            if self.deliveries.hand_on(mail.message_id, mail.generation, now, now + LEASE):
                world = self._deliver(self._seen(world), 1, Says.YES)
        return self._seen(world)

    def _claim(self, world: World, node: int) -> str:
        return f"{NODES[node]}/{world.processes[node]}"

    def _deliver(self, world: World, node: int, says: Says, stop: Point | None = None) -> World:
        return self._run(world, self._claim(world, node), Tape(stop=stop), says)

    def _freeze(self, world: World, says: Says, point: Point) -> World:
        tape = Tape(stop=point)
        after = self._run(world, self._claim(world, 0), tape, says)
        if tape.stop is not None:  # it has not come so far
            return after
        return replace(after, frozen=Frozen(self._claim(world, 0), world.tries, point, tuple(tape.answers), says))

    def thaw(self, world: World, says: Says) -> World:
        """Return the world after the performer that stands still has gone on."""
        frozen = world.frozen
        assert frozen is not None
        says = frozen.says if frozen.point in (Point.AFTER_DOT, Point.HALF_RECORDED) else says
        past_fence = frozen.point is Point.AFTER_FENCE
        tape = Tape(list(frozen.answers))
        world = replace(world, frozen=None)
        return self._run(world, frozen.process, tape, says, tries=frozen.tries, past_fence=past_fence)

    def _run(
        self, world: World, claim: str, tape: Tape, says: Says, *, tries: int | None = None, past_fence: bool = False
    ) -> World:
        """Let a performer deliver, from the beginning or from where its tape ends."""
        self._at(world)
        server = Server(dict(world.copies), world.unanswered)
        transport = ModelTransport(server, tape, says, lambda: self._look_at_dot(past_fence))
        postman = Postman(
            self.workspace,
            TapedDeliveries(self.deliveries, tape),
            transport,
            lambda: tape.call(lambda: world.now),
            claim,
            TapedArchive(server, tape) if self.with_archive else None,
            ARCHIVE if self.with_archive else "",
            tries=count(world.tries if tries is None else tries),
        )
        try:
            postman.deliver(ID)
        except Gone:
            tape.stop = None
        self.faults += server.faults
        self.claimed = tape.claimed
        copies = tuple(sorted(server.copies.items()))
        after = self._seen(replace(world, copies=copies, unanswered=server.unanswered, tries=world.tries + 1))
        if self.with_archive and not past_fence:
            self.faults += faults_of_archive(world, after)
        return after

    def _look_at_dot(self, past_fence: bool) -> None:
        mail = dict(self._rows()[0])
        if mail["state"] in FINAL and not (past_fence and mail["ambiguous"]):
            self.faults.append(f"a dot went when the mail was {mail['state']}")


class TapedArchive:
    """The archive as one performer sees it."""

    def __init__(self, server: Server, tape: Tape) -> None:
        self._server = server
        self._tape = tape

    def holds(self, message_id: str) -> bool:
        """Ask."""
        return bool(self._tape.call(lambda: self._server.holds(message_id)))

    def check(self) -> None:
        """Be reachable."""
