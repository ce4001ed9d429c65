"""What people do to an occurrence: the rules of each act, and how it is recorded where several act at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.agenda import Agenda
from scheduler.core.ledger import Act, ActKind, Ledger
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import in_force, is_closed
from scheduler.core.upload import Upload
from scheduler.core.workdays import WorkCalendar
from scheduler.errors import Problem, SourceError, TemplateError, UserError
from scheduler.ledger.stale import StaleError
from scheduler.locale import text
from scheduler.service import evidence
from scheduler.service.drafting import Drafter
from scheduler.service.refreshing import base_of
from scheduler.service.release import digest, paper
from scheduler.service.typesetting import Document
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store

WRONG = 1  # the exit code
LONGEST_EXTENSION = timedelta(days=366)
LONGEST_REASON, LONGEST_NAME = 2000, 200  # characters
_PROTOCOL = re.compile(r"[0-9]{1,10}(/[0-9]{4})?")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Found = tuple[Problem, ...]


@dataclass(frozen=True)
class _View:
    """An occurrence as the ledger has it now, its extension applied."""

    occurrence: Occurrence
    ledger: Ledger
    count: int  # of its acts


@dataclass(frozen=True)
class Acts:
    """Records what people do in one workspace.

    Every act takes the occurrence's key, its own fields, the reason, who does it, how many of the occurrence's acts
    that person had seen (None: whatever there is), and now. It raises a UserError with all problems at once, each
    with the field's name as its place, and a StaleError where something was recorded that the person had not seen.
    """

    workspace: Workspace
    store: Store
    agenda: Agenda
    drafter: Drafter
    lang: str

    @property
    def workdays(self) -> WorkCalendar:
        """The office's time."""
        return self.agenda.workdays

    def submit(
        self,
        key: str,
        on: date | None,
        protocol: str,
        proof: Upload | None,
        reason: str,
        who: str,
        seen: int | None,
        now: datetime,
    ) -> Act:
        """Record that an occurrence was filed on a day; protocol number, proof and reason are optional."""
        act = Act(ActKind.SUBMISSION, key, now, who, on, protocol.strip(), "", reason)
        return self._recorded(act, seen, proof)

    def extend(self, key: str, to: date | None, reason: str, who: str, seen: int | None, now: datetime) -> Act:
        """Record that the other side has granted a later day."""
        return self._recorded(Act(ActKind.EXTENSION, key, now, who, to, reason=reason), seen)

    def waive(self, key: str, reason: str, who: str, seen: int | None, now: datetime) -> Act:
        """Record that an occurrence is not owed."""
        return self._recorded(Act(ActKind.WAIVER, key, now, who, reason=reason), seen)

    def reopen(self, key: str, reason: str, who: str, seen: int | None, now: datetime) -> Act:
        """Take back a submission or a waiver."""
        return self._recorded(Act(ActKind.REOPENING, key, now, who, reason=reason), seen)

    def draft(self, key: str, reason: str, who: str, seen: int | None, now: datetime) -> tuple[Document, ...]:
        """Record that a draft was asked for, then make the documents and keep them.

        Raises:
            SourceError, TemplateError: they or some of them cannot be made; what was asked for and made is recorded.
        """
        self._recorded(Act(ActKind.DRAFTING, key, now, who, reason=reason), seen)
        occurrence = self._view(key).occurrence
        batch = self.drafter.keep(lambda least: self.drafter.documents(occurrence, (), now, least))
        for item in batch.documents:
            self.store.record_draft(item.draft)
        if batch.problems:
            raise TemplateError(batch.problems)
        return batch.documents

    def release(self, key: str, reason: str, who: str, seen: int | None, now: datetime, wrong: str = "") -> Act:
        """Record that drafts may be made of data that did not pass, and let those that failed be tried again.

        It is given for what is wrong now, and for nothing else; `wrong` is the digest of what the person has seen.
        """
        doubts, found = self._doubts(self._view(key).occurrence, wrong, now)
        act = Act(ActKind.RELEASE, key, now, who, reason=reason)
        act = self._recorded(act, seen, paper(doubts) if doubts else None, found)
        self.store.actions.hasten(act.occurrence_key, now)
        return act

    def _doubts(self, occurrence: Occurrence, wrong: str, now: datetime) -> tuple[Found, Found]:
        """Return what is wrong with the data, and why it cannot be released."""
        try:
            doubts = self.drafter.doubts(occurrence, now)
        except SourceError as error:
            return (), (self._problem("key", "act.unreadable", value=occurrence.key), *error.problems)
        if not doubts:
            return (), (self._problem("key", "act.nothing-wrong", value=occurrence.key),)
        if wrong and wrong != digest(doubts):
            return doubts, (self._problem("key", "act.otherwise-wrong", value=occurrence.key), *doubts)
        return doubts, ()

    def give_back(
        self, key: str, edited: Upload | None, reason: str, who: str, seen: int | None, now: datetime
    ) -> Document:
        """Record that a draft that was edited is put back, and keep it as the next version of its document."""
        occurrence = self._view(key).occurrence
        base = base_of(edited, self.store.drafts(occurrence.key), self.lang)
        upload = edited or Upload("", b"")
        sha256 = hashlib.sha256(upload.content).hexdigest()
        act = self._recorded(Act(ActKind.RETURN, key, now, who, reason=reason), seen, sha256=sha256)
        made = self.drafter.take_back(base, upload, act.who, now)
        self.store.record_draft(made.draft)
        return made

    def _recorded(
        self, asked: Act, seen: int | None, proof: Upload | None = None, known: Found = (), sha256: str = ""
    ) -> Act:
        act = replace(asked, who=_clean(asked.who), reason=_clean(asked.reason))
        while True:
            view = self._view(act.occurrence_key)
            self._refuse_stale(seen, view)
            if found := (*known, *self._problems(act, proof, view)):
                raise UserError(found, exit_code=WRONG)
            if proof is not None and not sha256:
                # where somebody is faster now, the file stays: another act may have found it there already
                kept = evidence.keep(proof, view.occurrence.key, act.at, self.workspace)
                act, sha256 = replace(act, evidence=kept.path), kept.sha256
            act = replace(act, occurrence_key=view.occurrence.key)
            if self.store.record_act(act, sha256, after=view.count):
                return act

    def _view(self, key: str) -> _View:
        found = self.agenda.occurrence(key)
        if found is None:
            raise UserError((self._problem("key", "act.unknown", value=key[:LONGEST_NAME]),), exit_code=WRONG)
        known = self.store.acts(found.key)  # as the rules write the key, however it was asked for
        ledger = Ledger(acts={found.key: known})
        return _View(in_force([found], self.workdays, ledger)[0], ledger, len(known))

    def _refuse_stale(self, seen: int | None, view: _View) -> None:
        if seen is None or seen == view.count:
            return
        known = view.ledger.acts[view.occurrence.key]
        newest: Sequence[Act] = known[seen:] if 0 <= seen < view.count else known
        if newest is known and seen:
            raise StaleError((self._problem("", "act.stale-gone"),), WRONG, tuple(newest))
        last = newest[-1]
        facts = {"kind": f"@act.{last.kind}", "who": last.who, "at": last.at.astimezone(self.workdays.zone)}
        raise StaleError((self._problem("", "act.stale", **facts),), WRONG, tuple(newest))

    def _problems(self, act: Act, proof: Upload | None, view: _View) -> Found:
        match act.kind:
            case ActKind.SUBMISSION:
                own = (*self._of_filing(act, view.occurrence), *(evidence.problems(proof, self.lang) if proof else ()))
            case ActKind.EXTENSION:
                own = self._of_extension(act.on, view.occurrence)
            case _:
                own = ()
        return (*self._of_state(act.kind, view), *own, *self._of_words(act))

    def _of_state(self, kind: ActKind, view: _View) -> Found:
        key, closing = view.occurrence.key, view.ledger.closing(view.occurrence.key)
        if kind is ActKind.REOPENING:
            return () if closing else (self._problem("key", "act.not-closed", value=key),)
        if kind in (ActKind.DRAFTING, ActKind.RETURN) or not is_closed(view.occurrence, view.ledger):
            return ()
        if closing is None:
            return (self._problem("key", "act.waived-by-file", value=key),)
        at = closing.at.astimezone(self.workdays.zone)
        return (self._problem("key", "act.closed", value=key, kind=f"@act.{closing.kind}", who=closing.who, at=at),)

    def _of_filing(self, act: Act, occurrence: Occurrence) -> Found:
        found: list[Problem] = []
        start = occurrence.period.start
        if act.on is None:
            found.append(self._problem("on", "act.no-day"))
        elif act.on > act.at.astimezone(self.workdays.zone).date():
            found.append(self._problem("on", "act.future", on=act.on))
        elif act.on < start:
            found.append(self._problem("on", "act.too-early", on=act.on, start=start))
        if act.protocol and not _PROTOCOL.fullmatch(act.protocol):
            found.append(self._problem("protocol", "act.protocol", value=_clean(act.protocol)[:LONGEST_NAME]))
        return tuple(found)

    def _of_extension(self, day: date | None, occurrence: Occurrence) -> Found:
        if day is None:
            return (self._problem("to", "act.no-day"),)
        # against the act's own date, so that a new extension corrects a mistaken one
        first, last = occurrence.shifted_due_on, occurrence.shifted_due_on + LONGEST_EXTENSION
        if first < day <= last:
            return ()
        return (self._problem("to", "act.not-later", on=day, legal=first, last=last),)

    def _of_words(self, act: Act) -> Found:
        found: list[Problem] = []
        if not act.reason and act.kind not in (ActKind.SUBMISSION, ActKind.RETURN):
            found.append(self._problem("reason", "act.reason"))
        if not act.who:
            found.append(self._problem("who", "act.no-who"))
        for field, value, most in (("reason", act.reason, LONGEST_REASON), ("who", act.who, LONGEST_NAME)):
            if len(value) > most:
                found.append(self._problem(field, "act.long", size=len(value), most=most))
        return tuple(found)

    def _problem(self, field: str, code: str, **facts: object) -> Problem:
        return Problem(field, text(self.lang, code, **facts), text(self.lang, f"{code}.remedy", **facts))


def _clean(words: str) -> str:
    """Return a text without what is not seen, or what no database keeps."""
    return _UNSEEN.sub(" ", words.replace("\r\n", "\n")).strip()
