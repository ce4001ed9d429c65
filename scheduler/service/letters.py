"""What each mail says: an action's facts → a subject and a body. Pure; the adapter makes the message of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from scheduler.core.changed import Comparison
from scheduler.core.explain import explain
from scheduler.core.ledger import Delivery, Draft, Ledger
from scheduler.core.making import Release
from scheduler.core.obligation import MilestoneKind, Role
from scheduler.core.occurrence import Occurrence
from scheduler.core.plan import Due
from scheduler.core.privacy import personal_figures
from scheduler.core.status import State
from scheduler.documents.context import RequestItem
from scheduler.errors import Problem
from scheduler.locale.words import step_text
from scheduler.mail.body import Block, Body, Facts, Heading, Items, Paragraph, Table
from scheduler.service.news import news
from scheduler.service.shopping import shopping
from scheduler.service.stationery import Stationery, Words

MOST_PROBLEMS = 20
NONE_LEFT: Mapping[str, int] = {}
_WHY = ("nominal", "legal", "target")


@dataclass(frozen=True)
class Readiness:
    """What an owner must know of the work on an occurrence: the latest drafts, or why there are none."""

    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()


class Letters(Stationery):
    """Writes the mails of one office in one language."""

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
        release: Release | None = None,
        failed: Sequence[Problem] = (),
        left: Mapping[str, int] = NONE_LEFT,
    ) -> Words:
        """Hand over the documents and what has changed in them; before all else, that a person has released them.

        `kept`: the documents that are about people, and do not go to this reader; `failed`: why some were not made.
        `left`: by path, those that carry on what people wrote, with how many of their places somebody must look at.
        """
        header = (self._say("mail.draft.document"), "SHA-256")
        rows = tuple((_file(draft), draft.sha256) for draft in drafts)
        kind = "released" if release else "draft"
        facts = {"who": release.who, "on": release.on, "why": release.why} if release else {}
        blocks: list[Block] = [
            *self._opening(kind if rows else "draft-kept", occurrence, **facts),
            *(self._list("released.reasons", release.reasons) if release else []),
            *(Paragraph(self._say("mail.draft.kept", documents=_file(item))) for item in kept),
            *(self._list("draft.failed", [item.for_mail() for item in failed[:MOST_PROBLEMS]]) if failed else []),
            *(self._carried_on(item, left[item.path]) for item in drafts if item.path in left),
            *self._list("todo", [self._about(f"mail.draft.todo.{number}", occurrence) for number in (1, 2, 3)]),
            *news(self.lang, changes, personal_figures(occurrence.obligation)),
            Facts(self._facts(occurrence)),
            *self._why(occurrence, ledger),
            *(block for block in (Heading(self._say("mail.draft.files")), Table(header, rows)) if rows),
        ]
        return self._words(kind, occurrence, blocks)

    def _carried_on(self, draft: Draft, left: int) -> Block:
        after = draft.rework.after if draft.rework else 0
        code = "mail.draft.carried-on-left" if left else "mail.draft.carried-on"
        return Paragraph(self._say(code, document=_file(draft), version=after, count=left))

    def trouble(
        self, occurrence: Occurrence, problems: Sequence[Problem], ledger: Ledger, supplier: Role | None
    ) -> Words:
        """Say why a draft could not be made, and who mends it: the supplier, who has the same list, or the reader."""
        todo = [
            self._say("mail.trouble.supplier", supplier=supplier.title) if supplier else self._say("mail.trouble.todo")
        ]
        if all(problem.releasable for problem in problems):
            todo.append(self._about("mail.trouble.release", occurrence))
        blocks: list[Block] = [
            *self._opening("trouble", occurrence),
            *self._shopping(occurrence, problems),
            *self._list("todo", todo),
            Facts(self._facts(occurrence)),
            *self._why(occurrence, ledger),
        ]
        return self._words("trouble", occurrence, blocks)

    def mend(self, occurrence: Occurrence, problems: Sequence[Problem]) -> Words:
        """Ask who gives the data to mend them, point by point."""
        blocks: list[Block] = [
            *self._opening("mend", occurrence),
            *self._shopping(occurrence, problems),
            Heading(self._say("mail.todo")),
            Paragraph(self._say("mail.mend.how")),
            Facts(self._facts(occurrence)),
        ]
        return self._words("mend", occurrence, blocks)

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

    def rehearsal(self, problems: Sequence[Problem]) -> Words:
        """Tell what would break in the next twelve months with the templates as they are."""
        blocks: list[Block] = [
            Paragraph(self._say("mail.greeting")),
            Paragraph(self._say("mail.rehearsal.text")),
            Items(tuple(problem.for_mail() for problem in problems[:MOST_PROBLEMS])),
            Paragraph(self._say("mail.rehearsal.todo")),
            Paragraph(self._say("mail.footer", office=self.office.name)),
        ]
        return Words(self._say("mail.rehearsal.subject", count=len(problems)), Body(tuple(blocks)))

    def test(self) -> Words:
        """Say that mail works."""
        lines = [self._say(name) for name in ("mail.greeting", "mail.test.text")]
        lines.append(self._say("mail.footer", office=self.office.name))
        return Words(self._say("mail.test.subject"), Body(tuple(Paragraph(line) for line in lines)))

    def _draft_facts(self, drafts: Sequence[Draft]) -> list[tuple[str, str]]:
        name = self._say("fact.draft")
        if not drafts:
            return [(name, self._say("mail.draft-none"))]
        one_by_one = [item for item in drafts if not item.is_item]
        said = [
            self._say("mail.draft-ready", version=i.version, on=i.at.date(), document=i.document) for i in one_by_one
        ]
        counts = Counter(item.template for item in drafts if item.is_item)
        said += [self._say("mail.draft-many", document=template, count=count) for template, count in counts.items()]
        return [(name, line) for line in said]

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

    def _shopping(self, occurrence: Occurrence, problems: Sequence[Problem]) -> list[Block]:
        shown: list[Block] = [Heading(self._say("mail.mend.list")), *shopping(problems[:MOST_PROBLEMS], self.lang)]
        if more := len(problems) - MOST_PROBLEMS:
            shown += [Paragraph(self._say("mail.more", count=more, key=occurrence.key))] if more > 0 else []
        return shown

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


def _file(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]
