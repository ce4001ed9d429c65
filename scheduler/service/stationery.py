"""What the office's mails have in common: how they open and close, their facts, and how sentences are said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.core.obligation import Office
from scheduler.core.occurrence import Occurrence
from scheduler.core.workdays import WorkCalendar
from scheduler.locale import text, written
from scheduler.locale.words import period_label, weekday_date
from scheduler.mail.body import Block, Body, Link, Paragraph, Table

MOST_ROWS = 40


@dataclass(frozen=True)
class Words:
    """A mail's subject and body."""

    subject: str
    body: Body


class Stationery:
    """Says sentences in one office's language."""

    def __init__(
        self, office: Office, workdays: WorkCalendar, sources: Mapping[str, str], lang: str, base_url: str
    ) -> None:
        self.office = office
        self.workdays = workdays
        self.sources = sources
        self.lang = lang
        self.base_url = base_url

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
