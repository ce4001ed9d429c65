"""Entries with whatever a title may hold: quotes, line ends, control characters, emoji, markup, half characters."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from scheduler.core.feed import Variant
from scheduler.core.status import State
from scheduler.feed.entry import Entry, clean

HOSTILE = (
    '"virgolette", \\ e ; segni: ^n ^^ \\\\\\',
    "a\r\nBEGIN:VALARM\r\nEND:VEVENT",
    "\x00\x07\x0b\x0c\x1c\x85\u2028\u2029controllo\ttab",
    "👩‍👩‍👧‍👦 😀" * 40,
    "<script>alert('x')</script> &amp; ]]>",
    "metà \ud83d di un carattere \udfff",
    "x" * 10_000,
    "\\;," * 300,
    "C:\\Nuovo\\N",
    "\ufeffציון دولة à è",
    "END:VCALENDAR",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec=None), max_size=200),
    st.text(st.sampled_from('\\^;,:"\n\rNnà–😀 x'), max_size=400),
)
VARIANTS = st.sets(st.sampled_from(Variant)).map(frozenset)
_SHOWN = (State.SCHEDULED, State.OVERDUE, State.SUBMITTED, State.SUBMITTED_LATE, State.WAIVED)


@st.composite
def entries(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> list[Entry]:
    """Up to four entries, as the words for a calendar are made: each text clean."""
    days = st.dates(date(1900, 1, 1), date(2199, 12, 30))
    instants = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
    clean_texts = texts.map(clean)
    made = st.builds(
        Entry,
        key=st.integers(0, 10**6).map("adempimento-{}/2026".format),
        on=days,
        target_on=days,
        title=clean_texts,
        target_title=clean_texts,
        description=st.lists(clean_texts, max_size=3).map("\n".join),
        family=clean_texts,
        state=st.sampled_from(_SHOWN),
        url=st.sampled_from(("", "https://scadenze.ente.example/#adempimento/2026", f"https://e.example/{'a' * 200}")),
        sequence=st.integers(0, 10**5),
        changed_at=instants,
    )
    return draw(st.lists(made, max_size=4, unique_by=lambda item: item.key))
