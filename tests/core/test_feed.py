"""Who may see what in the calendar, and that a revision never falls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.feed import Revision, revised, token_sha256

AT = datetime(2026, 1, 1, tzinfo=UTC)
SAID = st.builds(Revision, st.just("a/2026"), st.sampled_from("abc"), st.integers(0, 9), st.just(AT))


@given(st.lists(SAID, min_size=1))
def test_a_revision_never_falls_and_grows_with_every_change(looks: list[Revision]) -> None:
    known: Revision | None = None
    for number, said in enumerate(looks):
        after = revised(known, said, AT + timedelta(days=number))
        assert after.digest == said.digest
        if known is None or after == known:
            assert known is None or said.digest == known.digest
        else:
            assert after.sequence > known.sequence
            assert (after.digest != known.digest, after.changed_at) == (True, AT + timedelta(days=number))
        known = after


def test_a_token_is_kept_as_its_fingerprint_only() -> None:
    assert token_sha256("token") == "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
    assert len(token_sha256("\ud800")) == 64
