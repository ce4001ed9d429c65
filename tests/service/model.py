"""A model mail server, and a tape for one performer: the real `Postman` stops, dies or goes on at any point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scheduler.errors import DeliveryError
from scheduler.ledger.deliveries import Deliveries
from scheduler.mail.receipt import Receipt

ANNA, BRUNO, ARCHIVE = "anna@cmm.example", "bruno@cmm.example", "archivio@cmm.example"
PEOPLE = (ANNA, BRUNO)
CONTENT = b"Message-ID: <1@cmm.example>\r\n\r\nPromemoria\r\n"


class Says(StrEnum):
    """How the server meets one mail."""

    YES = "250"
    BUSY = "4xx before the dot"
    NO = "5xx before the dot"
    ONE_REFUSED = "550 to one of two"
    ONE_DEFERRED = "451 to one of two"
    BROKEN = "connection lost before the dot"
    DOT_BUSY = "4xx at the dot"
    DOT_NO = "5xx at the dot"
    TAKEN_MUTE = "accepted, reply lost"
    LEFT_MUTE = "not accepted, reply lost"
    DEFERRED_MUTE = "451 to one of two, accepted, reply lost"
    ALL_DEFERRED = "451 to all but the archive"


MUTE = (Says.TAKEN_MUTE, Says.LEFT_MUTE, Says.DEFERRED_MUTE)
TAKES = (Says.YES, Says.ONE_REFUSED, Says.ONE_DEFERRED, Says.ALL_DEFERRED, Says.TAKEN_MUTE, Says.DEFERRED_MUTE)
_REPLIES = {
    Says.ONE_REFUSED: dict.fromkeys([BRUNO], "550 5.1.1 no such user"),
    Says.ONE_DEFERRED: dict.fromkeys([BRUNO], "451 4.7.1 greylisted"),
    Says.DEFERRED_MUTE: dict.fromkeys([BRUNO], "451 4.7.1 greylisted"),
    Says.ALL_DEFERRED: dict.fromkeys(PEOPLE, "451 4.7.1 greylisted"),
}


class Point(StrEnum):
    """Where a performer dies, or stands still while the world goes on."""

    CLAIMED = "after the claim"
    BEFORE_FENCE = "before the fence"
    AFTER_FENCE = "after the fence, before the dot"
    AFTER_DOT = "the server has the dot, the reply is not recorded"
    HALF_RECORDED = "one recipient's fate is recorded, the pause is not"


class Gone(BaseException):
    """The process is dead, or stands still for so long that the world goes on without it."""


@dataclass
class Tape:
    """What a performer was answered, in order: played again, it brings a new one to where the first one stood."""

    answers: list[Any] = field(default_factory=list)
    stop: Point | None = None
    claimed: bool = False
    _played: int = 0

    def call(self, real: Callable[[], Any]) -> Any:
        """Return the answer on the tape, or ask and take it down."""
        if self._played == len(self.answers):
            self.answers.append(real())
        self._played += 1
        return self.answers[self._played - 1]

    def reach(self, point: Point) -> None:
        """Stop here, where it was told to and is here for the first time."""
        if self.stop is point and self._played == len(self.answers):
            raise Gone


class TapedDeliveries:
    """The ledger's mails as one performer sees them."""

    def __init__(self, real: Deliveries, tape: Tape) -> None:
        self._real = real
        self._tape = tape

    def claim(self, *arguments: Any) -> Any:
        """Claim, and perhaps stop after it."""
        mail = self._tape.call(lambda: self._real.claim(*arguments))
        self._tape.claimed = mail is not None
        if mail is not None:
            self._tape.reach(Point.CLAIMED)
        return mail

    def dot(self, *arguments: Any) -> bool:
        """Pass the fence, and perhaps stop before or after it."""
        self._tape.reach(Point.BEFORE_FENCE)
        free = bool(self._tape.call(lambda: self._real.dot(*arguments)))
        if free:
            self._tape.reach(Point.AFTER_FENCE)
        return free

    def accepted(self, *arguments: Any) -> None:
        """Record some fates, and perhaps stop after it."""
        self._tape.call(lambda: self._real.accepted(*arguments))
        self._tape.reach(Point.HALF_RECORDED)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._real, name)
        return lambda *arguments, **options: self._tape.call(lambda: method(*arguments, **options))


@dataclass
class Server:
    """What has arrived: copies of each recipient, and dots that were never answered."""

    copies: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)

    def holds(self, message_id: str) -> bool:
        """Tell, as a truthful archive does, whether the mail is there."""
        return self.copies.get(ARCHIVE, 0) > 0

    def check(self) -> None:
        """Be reachable."""

    def take(self, message: bytes, recipients: Sequence[str], says: Says) -> None:
        """See the final dot."""
        self.unanswered += says in MUTE
        if message != CONTENT:
            self.faults.append("other bytes")
        if says in TAKES:
            for address in recipients:
                self.copies[address] = self.copies.get(address, 0) + 1


class ModelTransport:
    """The way to the server for one performer and one mail."""

    def __init__(self, server: Server, tape: Tape, says: Says, dotted: Callable[[], None]) -> None:
        self.server = server
        self.tape = tape
        self.says = says
        self.dotted = dotted  # told when a dot goes

    def send(
        self, message: bytes, sender: str, recipients: Sequence[str], before_dot: Callable[[Mapping[str, str]], bool]
    ) -> Receipt:
        """Hand one mail over, as `SmtpTransport.send` says."""
        refused = {key: reply for key, reply in _REPLIES.get(self.says, {}).items() if key in recipients}
        accepted = tuple(item for item in recipients if item not in refused)
        if not accepted:
            permanent = all(reply.startswith("5") for reply in refused.values())
            raise DeliveryError((), permanent=permanent, refused=refused)
        if self.says in (Says.BUSY, Says.NO, Says.BROKEN):
            raise DeliveryError((), permanent=self.says is Says.NO, code={Says.BUSY: 451, Says.NO: 554}.get(self.says))
        if not before_dot(refused):
            raise DeliveryError(())
        self.says = self.tape.call(lambda: self._offer(message, accepted))
        if self.tape.stop is Point.AFTER_DOT:
            self.server.unanswered += self.says not in MUTE
        self.tape.reach(Point.AFTER_DOT)
        if self.says in MUTE:
            raise DeliveryError((), after_dot=True, refused=refused)
        if self.says in (Says.DOT_BUSY, Says.DOT_NO):
            raise DeliveryError((), permanent=self.says is Says.DOT_NO, code=451, refused=refused)
        return Receipt("250 OK", refused, accepted)

    def check(self) -> None:
        """Be reachable."""

    def rest(self) -> None:
        """Have nothing open."""

    def _offer(self, message: bytes, accepted: Sequence[str]) -> Says:
        self.dotted()
        self.server.take(message, accepted, self.says)
        return self.says
