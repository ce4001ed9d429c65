"""The audit trail: whatever is done to it by someone who cannot seal anew what follows is found, at its first place."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.audit import AuditKind, Broken, Entry, Flaw, first_broken, following, sealed, written

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY = "costi/2025"
TEXTS = st.text(max_size=20)


def trail(*facts: dict[str, object]) -> list[Entry]:
    entries: list[Entry] = []
    for number, item in enumerate(facts):
        last = (entries[-1].number, entries[-1].seal) if entries else (0, "")
        entries.append(following(last, AT + timedelta(days=number), AuditKind.ACT, KEY, item))
    return entries


THREE = trail({"who": "Anna"}, {"who": "Bruno"}, {"who": "Carla"})


def test_a_trail_that_nobody_touched_is_whole() -> None:
    assert first_broken([]) is None
    assert first_broken(THREE) is None
    assert [entry.previous for entry in THREE] == ["", THREE[0].seal, THREE[1].seal]


CASES = {
    "one taken out": (THREE[:1] + THREE[2:], Broken(2, Flaw.MISSING)),
    "the first taken out": (THREE[1:], Broken(1, Flaw.MISSING)),
    "facts changed": (
        [THREE[0], replace(THREE[1], facts=written({"who": "Dario"})), THREE[2]],
        Broken(2, Flaw.CHANGED, KEY),
    ),
    "time changed": ([replace(THREE[0], at=AT + timedelta(seconds=1)), *THREE[1:]], Broken(1, Flaw.CHANGED, KEY)),
    "another in its place": (
        [THREE[0], following((1, THREE[0].seal), AT, AuditKind.ACT, KEY, {"who": "Dario"}), THREE[2]],
        Broken(3, Flaw.UNCHAINED, KEY),
    ),
    "renumbered": ([THREE[0], replace(THREE[2], number=2)], Broken(2, Flaw.UNCHAINED, KEY)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_first_broken_entry_is_named(name: str) -> None:
    entries, broken = CASES[name]
    assert first_broken(entries) == broken


def test_the_seal_is_the_documented_one() -> None:
    """It never changes: a trail outlives the program that has written it."""
    content = '[1,"2026-03-02T08:00:00+00:00","act","costi/2025","{\\"who\\":\\"Anna\\"}",""]'
    assert THREE[0].seal == hashlib.sha256(content.encode()).hexdigest()


@given(
    facts=st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), min_size=1, max_size=6),
    data=st.data(),
)
def test_any_one_change_is_found(facts: list[dict[str, object]], data: st.DataObject) -> None:
    entries = trail(*facts)
    place = data.draw(st.integers(0, len(entries) - 1))
    victim = entries[place]
    name = data.draw(st.sampled_from(["facts", "key", "previous", "at", "seal"]))
    other = AT - timedelta(days=1) if name == "at" else data.draw(TEXTS)
    if other == getattr(victim, name):
        return
    entries[place] = replace(victim, **{name: other})
    found = first_broken(entries)
    assert found is not None
    assert found.number in (place + 1, place + 2)
    assert sealed(victim) == victim.seal
