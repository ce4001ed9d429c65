"""A mail → the transport, by the ledger's states, with the fence just before the final dot."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from threading import Event
from typing import TYPE_CHECKING

from scheduler.core.ledger import Delivery
from scheduler.errors import DeliveryError, Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.mail.transport import Receipt, Transport
from scheduler.service.alert import Trouble
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.deliveries import Deliveries
    from scheduler.mail.archive import Archive

LEASE = timedelta(minutes=10)
AMBIGUOUS_PAUSE = timedelta(minutes=15)
PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
MOST_UNANSWERED = 3  # after that a person looks: a server that never answers would get copies for ever
ASK_FOR = timedelta(hours=6)  # so long an archive that does not answer is asked again before the mail goes once more
INSIST = (0.5, 1, 2, 4, 8, 15, 30, 60, 60)  # seconds between the tries to write down what a server said
LONG = timedelta(hours=1)  # a mail that has been tried in vain for longer is the operator's trouble
GIVE_UP_AFTER = timedelta(days=5)

log = logging.getLogger(__name__)


class LedgerAwayError(DeliveryError):
    """The ledger could not be asked at the fence: nothing was sent, and no server is to blame."""


@dataclass(frozen=True)
class Postman:
    """Carries the ledger's mails to one transport, one at a time, over one connection."""

    workspace: Workspace
    deliveries: Deliveries
    transport: Transport
    clock: Callable[[], datetime]
    claim: str  # this performer's name, `node/process`, different for each process
    archive: Archive | None = None  # a mailbox that gets a copy of every mail and can be asked for one
    archive_address: str = ""
    stopping: Event = field(default_factory=Event)  # set: nothing that was not offered yet is sent any more
    lease: timedelta = LEASE  # how long a mail is this performer's alone
    tries: Iterator[int] = field(default_factory=count)  # numbers the tries of this process

    def deliver(self, message_id: str) -> None:
        """Send a mail if its turn has come and nobody else has it, and record what became of it.

        Each try has a claim of its own: a thread that was slower than its lease must not act under the claim of the
        one that has taken over in the same process.
        """
        replace(self, claim=f"{self.claim}/{next(self.tries)}")._deliver(message_id)

    def _deliver(self, message_id: str) -> None:
        now = self.clock()
        mail = self.deliveries.claim(message_id, self.claim, now, now + self.lease)
        if mail is None:
            return
        try:
            if mail.ambiguous and not (mail := self._still_to_send(mail)).pending:
                return
            receipt = self._carry(mail)
        except ScadenzarioError as error:
            self._insist(partial(self._record_fault, mail, error))
        else:
            self._insist(partial(self._record_receipt, mail, receipt))

    def _still_to_send(self, mail: Delivery) -> Delivery:
        """Ask the archive for a mail of which it is not known whether it was sent; return it for those it must go to.

        Raises:
            DeliveryError: it cannot be asked, or the mail has been offered too often.
        """
        if self._is_in_archive(mail):
            left = self.deliveries.arrived(mail.message_id, self.claim, self.clock(), "archive")
            log.info("mail found in the archive", extra={"action": mail.action_key})
            mail = replace(mail, pending=left)
        if mail.pending and mail.unanswered >= MOST_UNANSWERED:
            raise DeliveryError((), permanent=True)
        return mail

    def _is_in_archive(self, mail: Delivery) -> bool:
        if self.archive is None or mail.pending != mail.recipients:  # its copy may be of a try for others
            return False
        try:
            return self.archive.holds(mail.message_id)
        except DeliveryError:
            if self.clock() - mail.planned_at < ASK_FOR:
                raise
            return False  # better twice than never

    def _carry(self, mail: Delivery) -> Receipt:
        content = self.workspace.read(mail.path)
        if hashlib.sha256(content).hexdigest() != mail.sha256:
            raise DeliveryError((self.workspace.damaged(mail.path),), permanent=True)
        copy = (self.archive_address,) if self.archive_address else ()
        recipients = (*mail.pending, *copy)
        try:
            return self.transport.send(content, mail.sender, recipients, before_dot=partial(self._before_dot, mail))
        except UserError as error:  # an address that no server will ever take
            raise DeliveryError(error.problems, permanent=True) from error

    def _before_dot(self, mail: Delivery, refused: Mapping[str, str]) -> bool:
        """The fence: let the final dot go only while the claim is ours; from here on no reply means ambiguous.

        Raises:
            DeliveryError: the ledger cannot be asked, or only the copy to the archive would go, where it would then
                be found as if the others had got it; nothing was sent.
        """
        if self.stopping.is_set():
            return False
        replies = {address: refused[address] for address in mail.pending if address in refused}
        if len(replies) == len(mail.pending):
            permanent = all(reply.startswith("5") for reply in replies.values())
            raise DeliveryError((Problem("", "; ".join(replies.values())),), permanent=permanent, refused=replies)
        now = self.clock()
        try:
            return self.deliveries.dot(mail.message_id, self.claim, now, now + AMBIGUOUS_PAUSE, replies)
        except UserError as error:
            raise LedgerAwayError(error.problems) from error

    def _insist(self, record: Callable[[], None]) -> None:
        """Write down what the server said, also where the ledger is away for a while: nobody else knows it.

        Raises:
            UserError: the ledger stayed away, or the service is being stopped.
        """
        for seconds in INSIST:
            try:
                return record()
            except UserError:
                if self.stopping.wait(seconds):
                    break
        return record()

    def _record_receipt(self, mail: Delivery, receipt: Receipt) -> None:
        """Record an acceptance; those whom the server may take later get the same bytes again, they alone."""
        now = self.clock()
        refused = {address: reply for address, reply in receipt.refused.items() if address in mail.pending}
        deferred = [address for address in receipt.deferred if address in mail.pending]
        if deferred and now - mail.planned_at <= GIVE_UP_AFTER:
            final = {address: reply for address, reply in refused.items() if address not in deferred}
            self.deliveries.accepted(mail.message_id, self.claim, receipt.accepted, final)
            self.deliveries.put_back(mail.message_id, self.claim, now + _pause(mail), receipt.reply, ambiguous=False)
        else:
            self.deliveries.sent(mail.message_id, self.claim, now, receipt.reply, refused)
        log.info("mail sent", extra={"action": mail.action_key})

    def _record_fault(self, mail: Delivery, error: ScadenzarioError) -> None:
        now, reply, name = self.clock(), str(error), mail.message_id
        stopped = self.stopping.is_set() and not getattr(error, "after_dot", False)
        if stopped or isinstance(error, LedgerAwayError):
            self.deliveries.withdraw(name, self.claim)
            return
        log.warning("mail not sent: %s", reply, extra={"action": mail.action_key})
        after_dot = isinstance(error, DeliveryError) and error.after_dot
        refused = error.refused if isinstance(error, DeliveryError) else {}
        hopeless = isinstance(error, DeliveryError) and error.permanent
        if after_dot and mail.unanswered < MOST_UNANSWERED - 1:
            pause = AMBIGUOUS_PAUSE * 4**mail.unanswered
            self.deliveries.put_back(name, self.claim, now + pause, reply, ambiguous=True)
        elif after_dot or hopeless or now - mail.planned_at > GIVE_UP_AFTER:
            self.deliveries.fail(name, self.claim, now, reply or mail.reply, refused)
        else:
            self.deliveries.put_back(name, self.claim, now + _pause(mail), reply, ambiguous=False)


def troubles(deliveries: Deliveries, now: datetime, lang: str) -> list[Trouble]:
    """Return the mails that did not reach somebody, and those that have waited for long, as what is wrong."""
    failed = {mail.message_id: ("alert.mail-failed", mail) for mail in deliveries.failed()}
    waiting = {
        mail.message_id: ("alert.mail-waiting", mail)
        for mail in deliveries.troubled()
        if mail.message_id not in failed and now - mail.planned_at > LONG
    }
    return [
        Trouble(f"mail/{message_id}", Problem(mail.action_key, text(lang, code, reply=mail.reply), _remedy(lang, code)))
        for message_id, (code, mail) in {**failed, **waiting}.items()
    ]


def _remedy(lang: str, code: str) -> str:
    return text(lang, f"{code}.remedy")


def _pause(mail: Delivery) -> timedelta:
    return PAUSES[min(max(mail.attempts - 1, 0), len(PAUSES) - 1)]
