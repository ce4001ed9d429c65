"""The mails that are ready → the transport, by the ledger's states, with the fence just before the final dot."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.ledger import Delivery
from scheduler.errors import DeliveryError, ScadenzarioError, UserError
from scheduler.mail.transport import Receipt, Transport
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.deliveries import Deliveries

LEASE = timedelta(minutes=10)
AMBIGUOUS_PAUSE = timedelta(minutes=15)
PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
MOST_AMBIGUOUS_TRIES = 3  # after that a person looks: a server that never answers would get copies for ever
GIVE_UP_AFTER = timedelta(days=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Postman:
    """Carries the ledger's mails to one transport, one at a time, over one connection."""

    workspace: Workspace
    deliveries: Deliveries
    transport: Transport
    clock: Callable[[], datetime]
    claim: str  # this performer's name, different for each process

    def send_ready(self) -> tuple[Delivery, ...]:
        """Send every mail whose turn has come; return them as they are afterwards."""
        ready = self.deliveries.ready(self.clock())
        if not ready:
            return ()
        with self.transport:
            for mail in ready:
                self._send(mail)
        return self.deliveries.some([mail.message_id for mail in ready])

    def _send(self, mail: Delivery) -> None:
        now = self.clock()
        if not self.deliveries.claim(mail.message_id, self.claim, now, now + LEASE):
            return
        try:
            receipt = self._carry(mail)
        except ScadenzarioError as error:
            self._record_fault(mail, error)
        else:
            self._record_receipt(mail, receipt)

    def _carry(self, mail: Delivery) -> Receipt:
        content = self.workspace.read(mail.path)
        if hashlib.sha256(content).hexdigest() != mail.sha256:
            raise DeliveryError((), permanent=True)
        return self.transport.send(
            content,
            mail.sender,
            mail.pending,
            before_dot=lambda: self._before_dot(mail),
        )

    def _before_dot(self, mail: Delivery) -> bool:
        """The fence: let the final dot go only while the claim is ours; from here on no reply means ambiguous."""
        now = self.clock()
        return self.deliveries.dot(mail.message_id, self.claim, now, now + AMBIGUOUS_PAUSE)

    def _record_receipt(self, mail: Delivery, receipt: Receipt) -> None:
        """Record an acceptance; those whom the server may take later get the same bytes again, they alone."""
        now = self.clock()
        if receipt.deferred and now - mail.planned_at <= GIVE_UP_AFTER:
            final = {address: reply for address, reply in receipt.refused.items() if address not in receipt.deferred}
            self.deliveries.accepted(mail.message_id, self.claim, receipt.accepted, final)
            self.deliveries.put_back(mail.message_id, self.claim, now + _pause(mail), receipt.reply, ambiguous=False)
        else:
            self.deliveries.sent(mail.message_id, self.claim, now, receipt.reply, receipt.refused)
        log.info("mail sent", extra={"action": mail.action_key})

    def _record_fault(self, mail: Delivery, error: ScadenzarioError) -> None:
        now, reply = self.clock(), str(error)
        log.warning("mail not sent: %s", reply, extra={"action": mail.action_key})
        after_dot = isinstance(error, DeliveryError) and error.after_dot
        refused = error.refused if isinstance(error, DeliveryError) else {}
        hopeless = isinstance(error, UserError) or (isinstance(error, DeliveryError) and error.permanent)
        if after_dot and mail.attempts < MOST_AMBIGUOUS_TRIES - 1:
            self.deliveries.put_back(
                mail.message_id, self.claim, now + AMBIGUOUS_PAUSE * 4**mail.attempts, reply, ambiguous=True
            )
        elif after_dot or hopeless or now - mail.planned_at > GIVE_UP_AFTER:
            self.deliveries.fail(mail.message_id, self.claim, now, reply, refused)
        else:
            self.deliveries.put_back(mail.message_id, self.claim, now + _pause(mail), reply, ambiguous=False)


def _pause(mail: Delivery) -> timedelta:
    return PAUSES[min(mail.attempts, len(PAUSES) - 1)]
