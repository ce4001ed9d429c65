"""What has changed in a draft's figures, as a mail says it: numbers that stand alone, never places of tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from scheduler.core.changed import Comparison, FigureChange, Since
from scheduler.core.period import period_from_key
from scheduler.documents.shown import difference, percent, shown
from scheduler.locale import text
from scheduler.locale.words import period_label
from scheduler.mail.body import Block, Heading, Items, Paragraph

MOST_LINES = 10


def news(lang: str, comparisons: Sequence[Comparison], personal: Collection[str] = ()) -> Iterator[Block]:
    """Yield what has changed in the drafts of one occurrence; drafts made of the same figures say it once.

    `personal`: the figures that are about one person, which are only counted.
    """
    for since in _each(item.version for item in comparisons):
        yield Heading(text(lang, "changed.since-version", version=since.earlier.version))
        yield from _changes(lang, since.changes, personal)
    for since in _each(item.period for item in comparisons):
        period = period_from_key(since.earlier.occurrence_key.partition("/")[2])
        yield Heading(text(lang, "changed.since-period", period=period_label(lang, period)))
        yield from _changes(lang, since.changes, personal)


def _each(found: Iterator[Since | None]) -> Iterator[Since]:
    """Yield those that say something of their own."""
    known = set[tuple[FigureChange, ...]]()
    for since in found:
        if since is not None and since.changes not in known:
            known.add(since.changes)
            yield since


def _changes(lang: str, changes: Sequence[FigureChange], personal: Collection[str]) -> Iterator[Block]:
    lines = [item for item in changes if item.is_impersonal and item.name not in personal][:MOST_LINES]
    if lines:
        yield Items(tuple(map(_line, lines)))
    if more := len(changes) - len(lines):
        yield Paragraph(text(lang, "changed.more", count=more))
    elif not lines:
        yield Paragraph(text(lang, "changed.nothing"))


def _line(change: FigureChange) -> str:
    """Return `totale: 10 → 12 (+2; +20,0 %)`, as far as it can be said."""
    by = "; ".join(item for item in (difference(change), percent(change)) if item)
    values = f"{shown(change.before) or '–'} → {shown(change.after) or '–'}"
    return f"{change.name.replace('_', ' ')}: {values}{f' ({by})' if by else ''}"
