"""The look at a calendar through another program's eyes before anybody gets it. The only user of icalendar."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.feed.entry import FeedFacts
from scheduler.feed.ics import Component
from scheduler.feed.lines import TAIL, head


class UnsoundError(Exception):
    """A calendar that a reader does not read as it was meant: a fault of ours."""


def check(fresh: Sequence[Component], facts: FeedFacts) -> None:
    """Read components back, as a calendar of their own.

    Raises:
        UnsoundError: a reader finds others than were written.
    """
    from icalendar import Calendar

    try:
        found = Calendar.from_ical(b"".join([head(facts), *[content for _, content in fresh], TAIL]))
    except ValueError as error:
        raise UnsoundError(f"not read: {type(error).__name__}") from error
    names = [str(item.get("uid")) for item in found.subcomponents]
    if names != [name for name, _ in fresh] or any(item.errors for item in found.walk()):
        raise UnsoundError(f"{len(names)} components read, {len(fresh)} written")
