"""What one request may cost, and what it leaves behind: bad tokens, the trail's proof, connections, first states."""

from __future__ import annotations

import gc
import json
import logging
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from scheduler.app import App
from scheduler.commands.pages import Lasting
from scheduler.core.entrance import Way, sha256_of
from scheduler.ledger.database import connect, known_as
from scheduler.ledger.store import Store
from tests.web.asking import HOST, Visitor
from tests.web.entering import ADMINISTRATOR, EDITOR, Entry, entry_of
from tests.web.test_api import problem, program


@pytest.fixture
def entry(app: App, office: Path) -> Entry:
    return entry_of(office)


def test_bad_tokens_come_to_an_end_and_good_ones_do_not(entry: Entry) -> None:
    stranger, good = entry.visitor(), program(entry)
    answers = [stranger.get("/api/status", authorization=f"Bearer scad_{n}").status for n in range(21)]
    assert answers == [401] * 20 + [429]
    entry.clock.forward(minutes=5)
    refused = stranger.get("/api/status", authorization="Bearer scad_altro")
    assert problem(refused, 429)["title"] == "Troppi gettoni sbagliati"
    assert refused["retry-after"] == "600"
    assert good.get("/api/status").status == 200, "the same machine, with a good one"
    problem(entry.visitor().get("/api/status"), 401)
    other = entry.visitor(client="127.0.0.2")
    problem(other.get("/api/status", authorization="Bearer scad_altro"), 401)
    assert entry.asked(stranger, EDITOR).status == 200, "people's own tries are others"
    entry.clock.forward(minutes=10)
    problem(stranger.get("/api/status", authorization="Bearer scad_nuovo"), 401)


def test_who_is_over_the_limit_writes_nothing_any_more(entry: Entry) -> None:
    tries, now = entry.app.store.tries, entry.clock()
    assert [tries.ask("10.0.0.1", "a" * 64, now) for _ in range(5)] == [None] * 5
    with CaptureQueriesContext(connections[entry.app.store.alias]) as asked:
        assert tries.ask("10.0.0.1", "a" * 64, now) is not None
    assert asked.captured_queries
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


@pytest.mark.parametrize(
    ("headers", "status"), [({"host": "evil.example"}, 400), ({"content-length": "30000001"}, 413), ({}, 403)]
)
def test_the_door_speaks_to_programs_as_the_interface_does(entry: Entry, headers: dict[str, str], status: int) -> None:
    visitor = entry.visitor(client="192.0.2.7" if status == 403 else "127.0.0.1")
    said = problem(visitor.get("/api/status", **headers), status)
    page = visitor.get("/", **headers)
    assert (page.status, page["content-type"]) == (status, "text/plain; charset=utf-8")
    assert said["detail"] in page.text
    assert (HOST in said["detail"]) is (status == 400)


def test_programs_learn_whether_the_service_looks(entry: Entry) -> None:
    asked = json.loads(program(entry).get("/api/status").content)
    assert asked["swept_at"].startswith("2025-02-03T08:00")
    assert asked["retired"] == []
    entry.app.store.duties.follow({"altro": ("x", "Altro adempimento")}, entry.clock())
    entry.app.store.duties.follow({}, entry.clock())
    retired = json.loads(program(entry, ADMINISTRATOR).get("/api/status").content)["retired"]
    assert {"id": "altro", "title": "Altro adempimento", "noticed_at": "2026-11-23T10:00:00Z"} in retired


def test_a_page_has_no_other_methods(visitor: Visitor) -> None:
    for path in ("/", "/scadenze", "/scadenze.csv", "/invii", "/registro", "/calendari", "/profilo", "/uscita"):
        assert visitor.ask("HEAD", path).status == 200, path
        for method in ("OPTIONS", "TRACE"):
            answer = visitor.ask(method, path)
            assert (answer.status, answer["allow"]) == (405, "GET, HEAD"), path
            assert "Azione non prevista" in answer.text


def test_an_act_cannot_be_opened(visitor: Visitor) -> None:
    answer = visitor.get("/esci")
    assert (answer.status, answer["allow"]) == (405, "POST")
    assert "Azione non prevista" in answer.text


def test_programs_may_ask_for_the_head_alone(entry: Entry) -> None:
    visitor = program(entry)
    assert visitor.ask("HEAD", "/api/status").status == 200
    assert visitor.ask("HEAD", "/api/nothing").status == 404
    assert visitor.ask("DELETE", "/api/status")["allow"] == "GET, HEAD"


def test_the_whole_trail_is_read_for_administrators_alone(reader: Visitor, visitor: Visitor) -> None:
    assert 'role="status"' in visitor.get("/registro?verifica=1").text
    answer = reader.get("/registro?verifica=1")
    assert answer.status == 200
    assert 'role="status"' not in answer.text
    assert "verifica=1" not in answer.text
    assert "verifica=1" in visitor.get("/registro").text


def test_a_request_leaves_no_connection(office: Path, postgresql_url: str) -> None:
    entry = entry_of(office, DATABASE_URL=postgresql_url)
    entry.app.store.sessions.begin(sha256_of("t" * 43), ADMINISTRATOR, Way.LINK, entry.clock())
    visitor = Visitor(entry.application, cookies={"scadenzario": "t" * 43})
    with psycopg.connect(postgresql_url, autocommit=True) as watching:
        gc.disable()  # what a request leaves is not to be found by chance
        try:
            answers = {visitor.get("/invii").status for _ in range(20)}
            [open_now] = watching.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone() or [None]
        finally:
            gc.enable()
    assert answers == {200}
    assert open_now <= 2, "ours, and that of the thread which set the ledger up"
    entry.app.store.rest()


def test_states_are_there_before_the_first_page(app: App) -> None:
    lasting = Lasting()
    assert _reads_every_act(lasting, app), "without it"
    prepared = Lasting()
    prepared.prepare(app)
    assert not _reads_every_act(prepared, app)


def _reads_every_act(lasting: Lasting, app: App) -> bool:
    with CaptureQueriesContext(connections[app.store.alias]) as asked:
        lasting.statuses(app)
    return any('"ledger_act"."reason"' in query["sql"] for query in asked.captured_queries)


def test_a_ledger_that_fails_keeps_nothing_from_starting(
    app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = replace(app)
    away.__dict__["store"] = Store(known_as("sqlite:///gone/ledger.sqlite3", tmp_path, "it"))
    lasting = Lasting()
    with caplog.at_level(logging.ERROR):
        lasting.prepare(away)
    assert "states not computed" in caplog.text
    (tmp_path / "gone").mkdir()
    connect("sqlite:///gone/ledger.sqlite3", tmp_path, "it")
    assert lasting.statuses(away), "the next one tries again"
