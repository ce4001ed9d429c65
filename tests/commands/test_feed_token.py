"""The calendar's addresses as the command makes, lists and revokes them, and what stands in each calendar's window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.entries import entries
from scheduler.commands.feed_tokens import feed_token
from scheduler.commands.publishing import calendar
from scheduler.core.feed import Reach, Scope, Variant, token_sha256
from scheduler.core.ledger import Act, ActKind
from scheduler.errors import UserError
from scheduler.ledger import database
from scheduler.settings import read_settings

NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
NOBODY = {"family": "", "role": "", "person": ""}
PLAIN = {"targets": False, "alarms": False, "todo": False}
KEY = "costi-personale-annuale/2024"  # due on 28 February 2025


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    found = App(read_settings({}, workspace), lambda: NOW)
    found.store.start(NOW, "identity")
    yield found
    database.close(found.store.alias)


def at(app: App, now: datetime, environ: dict[str, str] | None = None) -> App:
    return replace(app, settings=read_settings(environ or {}, app.settings.workspace), clock=lambda: now)


def refused(app: App, act: str, name: str, scope: dict[str, str]) -> tuple[int | None, str]:
    with pytest.raises(UserError) as caught:
        feed_token(app, act, name, scope, PLAIN)
    return caught.value.exit_code, str(caught.value.problems[0])


# The addresses ----------------------------------------------------------------------------------------------------


def test_a_new_address_is_shown_once_and_only_its_fingerprint_is_kept(
    app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    family = app.register.obligations[0].family
    feed_token(app, "add", " Anna ", {**NOBODY, "family": family}, {**PLAIN, "todo": True, "alarms": True})
    said = capsys.readouterr().out
    [token] = re.findall(r"http://127\.0\.0\.1:8080/calendario/([\w-]{32})\.ics", said)
    [kept] = app.store.subscriptions.all()
    assert (kept.sha256, kept.label, kept.made_at) == (token_sha256(token), "Anna", NOW)
    assert (kept.scope, kept.variants) == (Scope(Reach.FAMILY, family), {Variant.TASKS, Variant.ALARMS})
    feed_token(app, "list", "", NOBODY, PLAIN)
    listed = capsys.readouterr().out
    assert f"{family}, alarms, todo" in listed
    assert token not in listed


def test_a_person_is_known_by_any_of_the_addresses(app: App) -> None:
    address = app.register.obligations[0].owner.addresses[0].upper()
    feed_token(app, "add", "Anna", {**NOBODY, "person": address}, PLAIN)
    assert app.store.subscriptions.all()[0].scope == Scope(Reach.PERSON, address)


@pytest.mark.parametrize(
    ("act", "name", "scope", "code", "sentence"),
    [
        ("add", " ", {}, 2, "manca di chi è l'indirizzo"),
        ("add", "x" * 201, {}, 2, "più lungo di 200 caratteri"),
        ("add", "Anna", {"family": "personale", "role": "direzione"}, 2, "non stanno insieme"),
        ("add", "Anna", {"family": "x\x1b[31m"}, 2, "si può indicare: "),
        ("add", "Anna", {"role": "nessuno"}, 2, "«nessuno» non è in deadlines.yaml"),
        ("add", "Anna", {"person": "@"}, 2, "gli indirizzi di deadlines.yaml"),
        ("revoke", "", {}, 1, "con il numero «»"),
        *(("revoke", number, {}, 1, "scadenzario feed-token list") for number in ("7", "-1", "²", "9" * 30, "uno")),
    ],
)
def test_what_cannot_be_is_a_sentence(
    app: App, act: str, name: str, scope: dict[str, str], code: int, sentence: str
) -> None:
    found, said = refused(app, act, name, {**NOBODY, **scope})
    assert (found, sentence in said) == (code, True), said
    assert app.store.subscriptions.all() == ()


def test_an_address_is_revoked_once(app: App) -> None:
    feed_token(app, "add", "Anna", NOBODY, PLAIN)
    feed_token(app, "revoke", "1", NOBODY, PLAIN)
    assert app.store.subscriptions.all()[0].revoked_at == NOW
    assert refused(app, "revoke", "1", NOBODY)[0] == 1


def test_the_offices_address_is_replaced(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    old = app.feed_token()
    feed_token(app, "revoke", "0", NOBODY, PLAIN)
    new = app.feed_token()
    assert f"/calendario/{new}.ics" in capsys.readouterr().out
    assert [(item.sha256, item.revoked_at) for item in app.store.subscriptions.all()] == [(token_sha256(old), NOW)]
    assert (app.workspace.var / "feed-token").stat().st_mode & 0o777 == 0o600


# The window, and what is remembered -------------------------------------------------------------------------------


def test_the_window_is_that_of_the_settings(app: App) -> None:
    days = [item.on for item in entries(app).values()]
    assert NOW.date() <= min(days)
    assert date(2026, 2, 1) < max(days) <= NOW.date() + timedelta(days=400)
    near = [item.on for item in entries(at(app, NOW, {"SCADENZARIO_FEED_DAYS_AHEAD": "30"})).values()]
    assert near
    assert max(near) <= NOW.date() + timedelta(days=30)
    [problem] = refused_settings({"SCADENZARIO_FEED_DAYS_BACK": "-3"})
    assert "SCADENZARIO_FEED_DAYS_BACK" in problem


def refused_settings(environ: dict[str, str]) -> list[str]:
    with pytest.raises(UserError) as caught:
        read_settings(environ)
    return [str(item) for item in caught.value.problems]


def test_what_is_over_leaves_the_window_and_what_is_late_stays(app: App) -> None:
    filed = Act(ActKind.SUBMISSION, KEY, NOW, "anna", NOW.date())
    later = at(app, datetime(2025, 9, 1, tzinfo=UTC))
    assert entries(later)[KEY].state == "overdue"
    app.store.record_act(filed)
    assert KEY not in entries(later)
    assert entries(app)[KEY].state == "submitted"


def test_an_extension_moves_an_event_into_the_window_and_out_of_it(app: App) -> None:
    narrow = at(app, NOW, {"SCADENZARIO_FEED_DAYS_AHEAD": "30"})
    assert KEY in entries(narrow)
    app.store.record_act(Act(ActKind.EXTENSION, KEY, NOW, "anna", date(2025, 6, 30)))
    assert KEY not in entries(narrow)
    assert entries(narrow, frozenset({KEY})) == {}
    later = at(app, datetime(2025, 6, 10, tzinfo=UTC), {"SCADENZARIO_FEED_DAYS_AHEAD": "30"})
    assert entries(later)[KEY].on == date(2025, 6, 30)


def test_a_look_at_some_says_what_a_look_at_all_says(app: App) -> None:
    every = entries(app)
    app.store.record_act(Act(ActKind.WAIVER, KEY, NOW, "anna", reason="x"))
    touched = entries(app, app.store.concerned(0))
    assert list(touched) == [KEY]
    assert {**every, **touched} == entries(app)


def test_the_command_that_writes_the_calendar_records_nothing(app: App) -> None:
    content = calendar(app)
    assert app.store.subscriptions.revisions() == {}
    entries(app)
    assert calendar(app) == content


def test_a_sequence_never_falls_whatever_the_clock_and_the_acts_say(app: App) -> None:
    late, early = at(app, datetime(2025, 3, 5, tzinfo=UTC)), app
    seen = [entries(item)[KEY].sequence for item in (early, late, early, late, late)]
    assert seen == [0, 1, 2, 3, 3]
    app.store.record_act(Act(ActKind.SUBMISSION, KEY, NOW, "anna", NOW.date()))
    assert entries(late)[KEY].sequence == 4


def test_two_nodes_agree_on_a_revision(app: App) -> None:
    subscriptions = app.store.subscriptions
    first = entries(app)[KEY].revision
    known = {KEY: first}
    mine, other = (replace(first, digest=digest * 64, sequence=1) for digest in "ab")
    assert subscriptions.settle({KEY: mine}, known) == {KEY: mine}
    assert subscriptions.settle({KEY: other}, known) == {KEY: mine}, "whichever came first"
    mine, other = (replace(item, occurrence_key="new/2025") for item in (mine, other))
    assert subscriptions.settle({"new/2025": other}, {}) == {"new/2025": other}
    assert subscriptions.settle({"new/2025": mine}, {}) == {"new/2025": other}
