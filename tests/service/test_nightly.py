"""Each night one node rehearses all templates; what would break in the next year is mailed once, to those concerned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.app import App
from scheduler.commands.nights import Nights, night, rehearse
from scheduler.core.ledger import Delivery, DeliveryState
from scheduler.core.night import next_night
from scheduler.deadlines import read_register
from scheduler.ledger import database
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings
from tests.conftest import ROOT
from tests.documents.word import docx, p
from tests.service.offices import make_office

EVENING = datetime(2026, 2, 10, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 2, 11, 2, 0, tzinfo=UTC)  # three o'clock in Rome
DAY = timedelta(days=1)
SOUND = docx(p("{% for a in allegati %}{{ a.nome }}{% endfor %}"))
BROKEN = docx(p("{{ (allegati|first).nome }}"))
WORSE = docx(p("{{ (allegati|first).nome }}", "{{ (destinatari|last).titolo|euro }}"))


@pytest.fixture
def clock() -> FalseClock:
    return FalseClock(EVENING)


@pytest.fixture
def app(tmp_path: Path, clock: FalseClock) -> Iterator[App]:
    office = make_office(tmp_path / "office", 0, 2)
    (office / "templates/modulo.docx").write_bytes(BROKEN)
    app = App(read_settings({}, office), clock).adopt()  # there is no earlier copy of the template that could stay
    rehearse(app, app.sweeper)
    yield app
    app.press.close()
    database.close(app.store.alias)


def mails(app: App) -> list[Delivery]:
    return [item for item in app.store.deliveries.all() if item.action_key.startswith("notice/rehearsal/")]


def text_of(app: App, mail: Delivery) -> str:
    body = message_from_bytes(app.workspace.read(mail.path), policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def with_template(app: App, content: bytes) -> App:
    """The application after its template was changed past the shelf, as one that broke with a new version would be."""
    (app.shelf.templates / "modulo.docx").write_bytes(content)
    return app


def test_what_would_break_is_told_in_the_night_and_once(app: App, clock: FalseClock) -> None:
    clock.now = NIGHT - timedelta(seconds=1)
    rehearse(app, app.sweeper)
    assert mails(app) == []
    clock.now = NIGHT
    rehearse(app, app.sweeper)
    told = {item.recipients: item for item in mails(app)}
    assert set(told) == {("ufficio@ente.example",), ("tecnico@ente.example",)}
    assert {item.state for item in told.values()} == {DeliveryState.SENT}
    for mail in told.values():
        said = text_of(app, mail)
        assert "templates/modulo.docx (prova su adempimento-90/2026-03-31, con tabelle vuote)" in said
    assert app.store.nights.due_at() == NIGHT + DAY
    for _ in range(2):
        clock.now += DAY
        rehearse(app, app.sweeper)
    assert len(mails(app)) == 2, "the same reasons"


def test_what_is_new_is_told_and_what_breaks_again_too(app: App, clock: FalseClock) -> None:
    counts = []
    for content in (BROKEN, WORSE, BROKEN, SOUND, BROKEN):
        clock.now += DAY
        rehearse(with_template(app, content), app.sweeper)
        counts.append(len(mails(app)))
    assert counts == [2, 4, 4, 4, 6]


def test_one_of_several_nodes_makes_it_and_another_takes_it_up_where_that_one_died(app: App) -> None:
    nodes = [night(replace(app, node=name), app.sweeper) for name in ("a", "b")]
    assert [node.begins(NIGHT) for node in nodes] == [True, False]
    later = NIGHT + timedelta(hours=1)
    assert [node.begins(later) for node in nodes] == [True, False]
    nodes[0].ends((), later)
    assert [node.begins(later + timedelta(hours=2)) for node in nodes] == [False, False]
    assert [node.begins(NIGHT + DAY) for node in nodes] == [True, False]


def test_a_clock_that_was_wrong_by_years_does_not_put_it_off(app: App) -> None:
    tonight = night(app, app.sweeper)
    app.store.nights.move(app.store.nights.due_at(), NIGHT.replace(year=2036))
    assert tonight.begins(NIGHT)


def test_the_running_service_makes_it_beside_its_other_work(app: App, clock: FalseClock) -> None:
    nights, clock.now = Nights(), NIGHT
    nights.look(app, app.sweeper)
    assert mails(app) == [], "nobody waits for it"
    assert nights._thread is not None
    nights._thread.join(60)
    nights.look(app, app.sweeper)
    assert len(mails(app)) == 2
    nights.look(app, app.sweeper)
    assert nights._thread is None, "the next one is due in a night"


WORKDAYS = read_register(ROOT / "deadlines.yaml").workdays


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  (they get UTC)
def test_there_is_one_night_each_day(now: datetime) -> None:
    following = next_night(WORKDAYS, now)
    assert now < following <= now + timedelta(hours=25)
    assert (following.astimezone(WORKDAYS.zone).hour, following.minute) == (3, 0)
