"""What each mail says: an action's facts → a subject and a body. Pure; the adapter makes the message of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from scheduler.core.changed import Comparison
from scheduler.core.explain import explain
from scheduler.core.ledger import Delivery, Draft, Ledger
from scheduler.core.obligation import MilestoneKind, Office
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import Due
from scheduler.core.status import State
from scheduler.core.workdays import WorkCalendar
from scheduler.documents.context import RequestItem
from scheduler.errors import Problem
from scheduler.locale import text, written
from scheduler.locale.words import period_label, step_text, weekday_date
from scheduler.mail.body import Block, Body, Facts, Heading, Items, Link, Paragraph, Table
from scheduler.service.news import news

MOST_PROBLEMS = 20
MOST_ROWS = 40
_WHY = ("nominal", "legal", "target")


@dataclass(frozen=True)
class Words:
    """A mail's subject and body."""

    subject: str
    body: Body


@dataclass(frozen=True)
class Readiness:
    """What an owner must know of the work on an occurrence: the latest drafts, or why there are none."""

    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()


class Letters:
    """Writes the mails of one office in one language."""

    def __init__(
        self, office: Office, workdays: WorkCalendar, sources: Mapping[str, str], lang: str, base_url: str
    ) -> None:
        self.office = office
        self.workdays = workdays
        self.sources = sources
        self.lang = lang
        self.base_url = base_url

    def request(self, occurrence: Occurrence, items: Sequence[RequestItem], by: date, *, letter: bool) -> Words:
        """Ask the supplier for workbooks; `letter` says that a formal one is attached."""
        blocks: list[Block] = [
            *self._opening("request", occurrence, by=by),
            *([Paragraph(self._say("mail.request.letter"))] if letter else []),
            *self._wanted(items),
            Facts(self._facts(occurrence)),
        ]
        return self._words("request", occurrence, blocks, by=by)

    def draft(
        self,
        occurrence: Occurrence,
        drafts: Sequence[Draft],
        ledger: Ledger,
        changes: Sequence[Comparison] = (),
        kept: Sequence[Draft] = (),
    ) -> Words:
        """Hand over the documents that were made, and say what has changed in their figures.

        `kept`: the documents that are about people, and do not go to this reader.
        """
        header = (self._say("mail.draft.document"), "SHA-256")
        rows = tuple((_file(draft), draft.sha256) for draft in drafts)
        blocks: list[Block] = [
            *self._opening("draft" if rows else "draft-kept", occurrence),
            *(Paragraph(self._say("mail.draft.kept", documents=_file(item))) for item in kept),
            *self._list("todo", [self._about(f"mail.draft.todo.{number}", occurrence) for number in (1, 2, 3)]),
            *news(self.lang, changes),
            Facts(self._facts(occurrence)),
            *self._why(occurrence, ledger),
            *(block for block in (Heading(self._say("mail.draft.files")), Table(header, rows)) if rows),
        ]
        return self._words("draft", occurrence, blocks)

    def trouble(
        self, occurrence: Occurrence, problems: Sequence[Problem], ledger: Ledger, *, by_supplier: bool
    ) -> Words:
        """Say why a draft could not be made, and who can mend it."""
        supplier = occurrence.obligation.supplier if by_supplier else None
        who = self._say("mail.trouble.supplier", supplier=supplier.title) if supplier else ""
        blocks: list[Block] = [
            *self._opening("trouble", occurrence),
            *self._missing(occurrence, problems),
            *self._list("todo", [self._say("mail.trouble.todo", supplier=who)]),
            Facts(self._facts(occurrence)),
            *self._why(occurrence, ledger),
        ]
        return self._words("trouble", occurrence, blocks)

    def reminder(self, due: Due, readiness: Readiness, ledger: Ledger) -> Words:
        """Remind the owner, tell of a delay, or escalate one."""
        occurrence, kind = due.occurrence, due.milestone.kind
        blocks: list[Block] = [
            *self._opening(kind, occurrence),
            Facts((*self._facts(occurrence), *self._draft_facts(readiness.drafts))),
            *self._missing(occurrence, readiness.problems, readiness.drafts),
            *self._list("todo", self._todo(kind, occurrence, readiness.drafts)),
            *self._why(occurrence, ledger),
        ]
        return self._words(kind, occurrence, blocks)

    def digest(
        self, passed: Sequence[tuple[Due, State]], coming: Sequence[Occurrence], wanted: Sequence[RequestItem]
    ) -> Words:
        """Say in one mail what an outage kept from being said in many; a supplier reads which workbooks are wanted."""
        obligation, legal, state = (self._say(name) for name in ("fact.obligation", "fact.legal", "mail.digest.state"))
        rows = [(*self._row(due.occurrence), self._say(f"state.{state}")) for due, state in passed]
        future = [self._row(occurrence) for occurrence in coming]
        blocks: list[Block] = [
            Paragraph(self._say("mail.greeting")),
            Paragraph(self._say("mail.digest.text")),
            Heading(self._say("mail.digest.passed")),
            *self._table((obligation, legal, state), rows),
            *(self._wanted(wanted) if wanted else []),
            Heading(self._say("mail.digest.coming")),
            *(self._table((obligation, legal), future) if future else [Paragraph(self._say("mail.digest.nothing"))]),
            Paragraph(self._say("mail.footer", office=self.office.name)),
        ]
        return Words(self._say("mail.digest.subject", count=len(passed)), Body(tuple(blocks)))

    def alive(
        self, coming: Sequence[Occurrence], failed: Sequence[Delivery], trail: tuple[int, str], now: datetime
    ) -> Words:
        """Tell the operator that the service runs, what comes next, which mails did not arrive, and the last seal.

        The seal of the audit trail's last entry, by number, proves the trail up to it: this mail keeps it elsewhere.
        """
        number, seal = trail
        header = (self._say("fact.obligation"), self._say("fact.legal"))
        rows = [self._row(occurrence) for occurrence in coming]
        lost = [self._say("mail.alive.lost", subject=mail.subject, key=mail.action_key) for mail in failed]
        blocks: list[Block] = [
            Paragraph(self._say("mail.greeting")),
            Paragraph(self._say("mail.alive.text", at=now.astimezone(self.workdays.zone))),
            Heading(self._say("mail.alive.coming")),
            *(self._table(header, rows) if rows else [Paragraph(self._say("mail.alive.nothing"))]),
            *(self._list("alive.failed", [*lost, self._say("mail.alive.todo")]) if lost else []),
            *([Paragraph(self._say("mail.alive.seal", number=number, seal=seal))] if number else []),
            Paragraph(self._say("mail.footer", office=self.office.name)),
        ]
        return Words(self._say("mail.alive.subject", count=len(coming)), Body(tuple(blocks)))

    def broken(self, problems: Sequence[Problem]) -> Words:
        """Tell the operator that changed files cannot be used, and that the service goes on with the last good ones."""
        blocks: list[Block] = [
            Paragraph(self._say("mail.greeting")),
            Paragraph(self._say("mail.broken.text")),
            Items(tuple(problem.for_mail() for problem in problems[:MOST_PROBLEMS])),
            Paragraph(self._say("mail.broken.todo")),
            Paragraph(self._say("mail.footer", office=self.office.name)),
        ]
        return Words(self._say("mail.broken.subject"), Body(tuple(blocks)))

    def test(self) -> Words:
        """Say that mail works."""
        lines = [self._say(name) for name in ("mail.greeting", "mail.test.text")]
        lines.append(self._say("mail.footer", office=self.office.name))
        return Words(self._say("mail.test.subject"), Body(tuple(Paragraph(line) for line in lines)))

    def _opening(self, kind: str, occurrence: Occurrence, **facts: object) -> list[Block]:
        return [Paragraph(self._say("mail.greeting")), Paragraph(self._about(f"mail.{kind}.text", occurrence, **facts))]

    def _words(self, kind: str, occurrence: Occurrence, blocks: Sequence[Block], **facts: object) -> Words:
        subject = self._about(f"mail.{kind}.subject", occurrence, **facts)
        return Words(subject, Body((*blocks, *self._closing(occurrence))))

    def _closing(self, occurrence: Occurrence) -> list[Block]:
        link = Link(self._say("mail.open"), f"{self.base_url}/scadenze/{occurrence.key}") if self.base_url else None
        footer = Paragraph(self._say("mail.footer", office=self.office.name))
        return [link, footer] if link else [footer]

    def _facts(self, occurrence: Occurrence) -> tuple[tuple[str, str], ...]:
        obligation, agreement = occurrence.obligation, occurrence.agreement
        rows = [
            ("fact.obligation", obligation.title),
            ("fact.period", period_label(self.lang, occurrence.period)),
            ("fact.nominal", self._dated(occurrence.nominal_due_on, occurrence)),
            ("fact.legal", self._dated(occurrence.legal_due_on, occurrence)),
            ("fact.target", self._dated(occurrence.target_on, occurrence)),
            ("fact.agreement", agreement.title),
            ("fact.source", self._cited(obligation.source)),
            *([("fact.unknown", ", ".join(obligation.unknown))] if obligation.unknown else []),
            ("fact.key", occurrence.key),
        ]
        return tuple((self._say(name), value) for name, value in rows)

    def _cited(self, source: str) -> str:
        """Return a source with what its letters stand for: `B (bollettino del Settore, 1 marzo 2024)`."""
        letters = [letter for letter in self.sources if re.search(rf"\b{re.escape(letter)}\b", source)]
        meant = "; ".join(f"{letter} = {self.sources[letter]}" for letter in letters)
        return f"{source} ({meant})" if meant else source

    def _draft_facts(self, drafts: Sequence[Draft]) -> list[tuple[str, str]]:
        name = self._say("fact.draft")
        if not drafts:
            return [(name, self._say("mail.draft-none"))]
        return [
            (name, self._say("mail.draft-ready", version=item.version, on=item.at.date(), document=item.document))
            for item in drafts
        ]

    def _missing(
        self, occurrence: Occurrence, problems: Sequence[Problem], drafts: Sequence[Draft] = ()
    ) -> list[Block]:
        heading = Heading(self._say("mail.missing"))
        if problems:
            shown = [problem.for_mail() for problem in problems[:MOST_PROBLEMS]]
            if more := len(problems) - len(shown):
                shown.append(self._say("mail.more", count=more, key=occurrence.key))
            return [heading, Items(tuple(shown))]
        code = "mail.nothing-missing" if occurrence.obligation.tables or drafts else "mail.no-data"
        return [heading, Paragraph(self._say(code))]

    def _todo(self, kind: str, occurrence: Occurrence, drafts: Sequence[Draft]) -> list[str]:
        if kind in (MilestoneKind.OVERDUE, MilestoneKind.ESCALATION):
            return [self._about("mail.overdue.todo", occurrence)]
        first = self._about("mail.draft.todo.1" if drafts else "mail.reminder.todo", occurrence)
        return [first, *(self._about(f"mail.draft.todo.{number}", occurrence) for number in (2, 3))]

    def _wanted(self, items: Sequence[RequestItem]) -> list[Block]:
        header = tuple(self._say(f"mail.request.{name}") for name in ("file", "sheet", "columns"))
        table = Table(header, tuple((item.file, item.sheet, item.columns) for item in items))
        return [Heading(self._say("mail.request.files")), table, Paragraph(self._say("mail.request.how"))]

    def _list(self, name: str, items: Sequence[str]) -> list[Block]:
        return [Heading(self._say(f"mail.{name}")), Items(tuple(items))]

    def _why(self, occurrence: Occurrence, ledger: Ledger) -> Iterator[Block]:
        steps = explain(occurrence, self.workdays, ledger).steps
        lines = [step_text(self.lang, step) for step in steps if step.code.split(".")[0] in _WHY]
        return chain([Heading(self._say("mail.why")), Items(tuple(lines))])

    def _row(self, occurrence: Occurrence) -> tuple[str, str]:
        label = f"{occurrence.obligation.title} – {period_label(self.lang, occurrence.period)}"
        return label, self._dated(occurrence.legal_due_on, occurrence)

    def _table(self, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[Block]:
        table = Table(header, tuple(rows[:MOST_ROWS]))
        more = len(rows) - MOST_ROWS
        return [table, Paragraph(self._say("mail.digest.more", count=more))] if more > 0 else [table]

    def _dated(self, day: date, occurrence: Occurrence) -> str:
        note = f" ({self._say('to-confirm')})" if occurrence.to_confirm else ""
        return f"{weekday_date(self.lang, day)}{note}"

    def _about(self, code: str, occurrence: Occurrence, **facts: object) -> str:
        """Return a sentence about an occurrence; the days it states say `da confermare` where they are parameters."""
        note = f", {self._say('to-confirm')}" if occurrence.to_confirm else ""
        known: dict[str, object] = {
            "title": occurrence.obligation.title,
            "period": period_label(self.lang, occurrence.period),
            "legal": f"{written(self.lang, occurrence.legal_due_on)}{note}",
            "target": f"{written(self.lang, occurrence.target_on)}{note}",
            "owner": occurrence.obligation.owner.title,
            "key": occurrence.key,
        }
        return self._say(code, **known, **facts)

    def _say(self, code: str, **facts: object) -> str:
        return text(self.lang, code, **facts)


def _file(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]
