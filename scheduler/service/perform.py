"""One action → its documents, its mail and its rows, all of them in the ledger or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Delivery, Draft, Ledger, Outcome, Performance
from scheduler.core.obligation import MilestoneKind, Role
from scheduler.core.occurrence import Occurrence, milestone_on
from scheduler.core.plan import Action
from scheduler.core.privacy import may_receive
from scheduler.core.status import state
from scheduler.core.workdays import WorkCalendar
from scheduler.documents.refresh import Kind
from scheduler.errors import Problem, ScadenzarioError, SourceError, TemplateError
from scheduler.mail.message import Attachment, Letter, compose, message_id
from scheduler.service.comparisons import Comparisons
from scheduler.service.drafting import Drafter
from scheduler.service.enclosures import attachments
from scheduler.service.letters import Letters, Readiness
from scheduler.service.refreshing import findings
from scheduler.service.stationery import Words
from scheduler.service.typesetting import Batch, Document
from scheduler.service.upcoming import coming, next_due
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

MAILS = "mail"
LONGEST_PAUSE_HOURS = 24


@dataclass(frozen=True)
class Performer:
    """Performs the actions of one workspace; everything it needs is handed to it."""

    workspace: Workspace
    store: Store
    drafter: Drafter
    letters: Letters
    agenda: Agenda
    operator: Role
    sender: str
    identity: str
    claim: str  # this performer's name, `node/process`, different for each process

    @property
    def workdays(self) -> WorkCalendar:
        """The office's time."""
        return self.agenda.workdays

    def perform(self, action: Action, ledger: Ledger, now: datetime) -> Performance:
        """Perform an action that is claimed and record it; a draft that cannot be made is recorded as failed.

        Raises:
            LostClaim: it took so long that somebody else has it; nothing is recorded.
        """
        match action.kind:
            case "digest":
                return self._digest(action, ledger, now)
            case "alive":
                return self._alive(action, now)
            case MilestoneKind.DRAFT:
                return self._draft(action, ledger, now)
            case MilestoneKind.REQUEST:
                return self._request(action, now)
            case _:
                return self._reminder(action, ledger, now)

    def fail(self, action: Action, ledger: Ledger, error: Exception, now: datetime) -> Performance:
        """Record that an action could not be performed for a reason that is nobody's data: it is tried again."""
        problems = error.problems if isinstance(error, ScadenzarioError) else (Problem("", repr(error)),)
        performance = self._failed(action, ledger, problems, now)
        self.store.record(performance, claim=self.claim)
        return performance

    def notice(self, key: str, words: Words, now: datetime, roles: Sequence[Role] = ()) -> None:
        """Plan a mail about the service itself to the operator, or to others; the same key is told once."""
        self.store.deliveries.plan(self._mail(key, None, roles or (self.operator,), words, now))

    def _draft(self, action: Action, ledger: Ledger, now: datetime) -> Performance:
        [due] = action.items
        occurrence = due.occurrence
        try:
            names = due.milestone.documents
            batch = self.drafter.keep(lambda least: self.drafter.documents(occurrence, names, now, least))
            nominative = self.drafter.nominative(occurrence, batch.documents)
        except (SourceError, TemplateError) as error:
            return self._trouble(action, ledger, error, now)
        mails = self._handed(action, occurrence, batch, nominative, ledger, now)
        problems = tuple(str(problem) for problem in batch.problems)
        return self._done(action, now, [item.draft for item in batch.documents], mails, problems)

    def _handed(
        self,
        action: Action,
        occurrence: Occurrence,
        batch: Batch,
        nominative: Sequence[Document],
        ledger: Ledger,
        now: datetime,
    ) -> tuple[Delivery, ...]:
        """Return the mails that hand documents over: those about single people go only to whom may receive them."""
        obligation, documents = occurrence.obligation, batch.documents
        roles = (obligation.owner, *obligation.recipients)
        entitled, others = may_receive(roles, obligation)
        if not nominative or not others:
            words = self._draft_words(occurrence, batch, ledger)
            return (self._mail(action.key, occurrence, roles, words, now, attachments(documents)),)
        plain = tuple(item for item in documents if item not in nominative)
        words = self._draft_words(occurrence, replace(batch, documents=plain), ledger, nominative)
        mail = self._mail(f"{action.key}/without-names", occurrence, others, words, now, attachments(plain))
        if not entitled:
            return (mail,)
        words = self._draft_words(occurrence, batch, ledger)
        return self._mail(action.key, occurrence, entitled, words, now, attachments(documents)), mail

    def _draft_words(
        self, occurrence: Occurrence, batch: Batch, ledger: Ledger, kept: Sequence[Document] = ()
    ) -> Words:
        drafts, compare = [item.draft for item in batch.documents], Comparisons(self.workspace, self.store).of
        telling = {item.template: item for item in reversed(drafts)}  # of many from one template, one has all figures
        changes = [compare(item) for item in reversed(telling.values())]
        release = next((item.release for item in (*batch.documents, *kept)), None)
        names = [item.draft for item in kept]
        left = self._left(drafts)
        return self.letters.draft(occurrence, drafts, ledger, changes, names, release, batch.problems, left)

    def _left(self, drafts: Sequence[Draft]) -> dict[str, int]:
        """Return, by path, how many places of drafts that carry on people's text somebody must look at."""
        return {
            item.path: sum(found.kind is not Kind.UPDATED for found in findings(item, known, self.workspace))
            for item in drafts
            if item.rework and (known := self.store.drafts(item.occurrence_key))
        }

    def _trouble(self, action: Action, ledger: Ledger, error: ScadenzarioError, now: datetime) -> Performance:
        """Tell owner and supplier once for each new set of reasons; the draft is tried again by itself."""
        [due] = action.items
        occurrence = due.occurrence
        performance = self._failed(action, ledger, error.problems, now)
        before = ledger.performances.get(action.key)
        if before is not None and before.problems == performance.problems:
            self.store.record(performance, claim=self.claim)
            return performance
        known = self.drafter.data_problems(occurrence, now)  # not a full disk, which is no supplier's to mend
        to_mend = tuple(problem for problem in error.problems if problem in known)
        supplier = occurrence.obligation.supplier if to_mend else None
        words = self.letters.trouble(occurrence, error.problems, ledger, supplier)
        mails = [
            self._mail(
                f"{action.key}/trouble-{performance.attempts}", occurrence, (occurrence.obligation.owner,), words, now
            )
        ]
        if supplier:
            words = self.letters.mend(occurrence, to_mend)
            mails.append(self._mail(f"{action.key}/mend-{performance.attempts}", occurrence, (supplier,), words, now))
        self.store.record(performance, mails=mails, claim=self.claim)
        return performance

    def _request(self, action: Action, now: datetime) -> Performance:
        [due] = action.items
        occurrence = due.occurrence
        if self._latest_drafts(occurrence):  # the data are here already: asking for them would only confuse
            return self._done(action, now, (), (), outcome=Outcome.SKIPPED)
        by = self._needed_by(occurrence, now)
        try:
            documents = self.drafter.keep(lambda least: self.drafter.request(occurrence, now, by, least)).documents
        except TemplateError as error:  # the letter is a courtesy: the mail says the same and goes all the same
            documents, problems = (), tuple(str(problem) for problem in error.problems)
        else:
            problems = ()
        drafts = [item.draft for item in documents]
        items = self.drafter.request_items(occurrence)
        words = self.letters.request(occurrence, items, by, letter=bool(documents))
        roles = (action.role,) if action.role else ()
        mail = self._mail(action.key, occurrence, roles, words, now, attachments(documents))
        return self._done(action, now, drafts, (mail,), problems)

    def _reminder(self, action: Action, ledger: Ledger, now: datetime) -> Performance:
        [due] = action.items
        words = self.letters.reminder(due, self._readiness(due.occurrence, now), ledger)
        mail = self._mail(action.key, due.occurrence, (action.role,) if action.role else (), words, now)
        return self._done(action, now, (), (mail,))

    def _digest(self, action: Action, ledger: Ledger, now: datetime) -> Performance:
        passed = [(due, state(due.occurrence, self.workdays, ledger, now)) for due in action.items]
        requests = [due for due in action.items if due.milestone.kind is MilestoneKind.REQUEST]
        wanted = [item for due in requests for item in self.drafter.request_items(due.occurrence)]
        words = self.letters.digest(passed, coming(self.agenda, self.store, action.role, now), wanted)
        mail = self._mail(action.key, None, (action.role,) if action.role else (), words, now)
        return self._done(action, now, (), (mail,))

    def _alive(self, action: Action, now: datetime) -> Performance:
        words = self.letters.alive(
            next_due(self.agenda, self.store, now), self.store.deliveries.failed(), self.store.trail.head(), now
        )
        mail = self._mail(action.key, None, (self.operator,), words, now)
        return self._done(action, now, (), (mail,))

    def _done(
        self,
        action: Action,
        now: datetime,
        drafts: Sequence[Draft],
        mails: Sequence[Delivery],
        problems: tuple[str, ...] = (),
        outcome: Outcome = Outcome.PERFORMED,
    ) -> Performance:
        performance = Performance(action.key, _occurrence_key(action), outcome, now, problems=problems)
        self.store.record(performance, action.supersedes, drafts, mails, self.claim)
        return performance

    def _failed(self, action: Action, ledger: Ledger, problems: Sequence[Problem], now: datetime) -> Performance:
        before = ledger.performances.get(action.key)
        attempts = before.attempts + 1 if before else 1
        retry_at = now + timedelta(hours=min(2 ** (attempts - 1), LONGEST_PAUSE_HOURS))
        reasons = tuple(str(problem) for problem in problems)
        return Performance(action.key, _occurrence_key(action), Outcome.FAILED, now, attempts, retry_at, "", reasons)

    def _readiness(self, occurrence: Occurrence, now: datetime) -> Readiness:
        """Return the latest drafts, and what is wrong now with the workbooks and templates."""
        return Readiness(self._latest_drafts(occurrence), self.drafter.problems(occurrence, now))

    def _latest_drafts(self, occurrence: Occurrence) -> tuple[Draft, ...]:
        """Return the latest version of each document of an occurrence that was drafted."""
        documents = occurrence.obligation.documents
        drafts = [draft for draft in self.store.drafts(occurrence.key) if draft.template in documents]
        return tuple({draft.document: draft for draft in drafts}.values())

    def _needed_by(self, occurrence: Occurrence, now: datetime) -> date:
        """Return the day by which the supplier's data are needed: that of the first draft, or the next working day."""
        drafts = [item for item in occurrence.obligation.milestones if item.kind is MilestoneKind.DRAFT]
        days = [milestone_on(occurrence, item, self.workdays) for item in drafts]
        today = now.astimezone(self.workdays.zone).date()
        soonest = self.workdays.add_workdays(today, 1)
        return min(max(min(days, default=occurrence.target_on), soonest), max(occurrence.legal_due_on, today))

    def _mail(
        self,
        key: str,
        occurrence: Occurrence | None,
        roles: Sequence[Role],
        words: Words,
        now: datetime,
        attachments: tuple[Attachment, ...] = (),
    ) -> Delivery:
        """Compose a mail and keep its exact bytes; the row is recorded with the action."""
        sender = parseaddr(self.sender)[1]
        domain = sender.rpartition("@")[2]
        recipients = tuple(dict.fromkeys(address for role in roles for address in role.addresses))
        own = self.store.identity() or self.identity  # of two nodes that begin at once, one has given it
        identity = message_id(key, domain, own)
        thread = (message_id(occurrence.key, domain, own),) if occurrence else ()
        letter = Letter(self.sender, recipients, words.subject, words.body, attachments)
        zone_time = now.astimezone(self.workdays.zone)
        content = compose(letter, message_id=identity, sent_at=zone_time, thread=thread, lang=self.workspace.lang)
        # the bytes are part of the name: another performer's mail of the same key is never written over
        mark = hashlib.sha256(content).hexdigest()[:8]
        path = f"{MAILS}/{zone_time:%Y-%m-%d}/{key.replace('/', '_')}.{mark}.eml"
        sha256 = self.workspace.keep(path, content)
        return Delivery(
            message_id=identity,
            action_key=key,
            occurrence_key=occurrence.key if occurrence else "",
            sender=sender,
            recipients=recipients,
            subject=words.subject,
            path=path,
            sha256=sha256,
            planned_at=now,
        )


def _occurrence_key(action: Action) -> str:
    return action.items[0].occurrence.key if action.kind in set(MilestoneKind) else ""
