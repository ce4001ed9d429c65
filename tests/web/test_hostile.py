"""What somebody may do to the pages, or to what they show: a changed trail, odd names, a ledger that is full."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connections

from scheduler.app import App, system_clock
from scheduler.core.audit import sealed
from scheduler.core.entrance import ApiToken, Permit, Way, sha256_of
from scheduler.ledger.entrance import SEEN_EVERY
from scheduler.ledger.models import Audit, Fact
from scheduler.web.pages.calendars import MOST
from tests.web.asking import Visitor
from tests.web.conftest import pages
from tests.web.entering import READER

PATH = "/scadenze/costi-personale-annuale/2024"


@pytest.mark.parametrize("change", ["kind", "facts", "head"])
def test_a_trail_that_somebody_changed_is_shown_and_said_to_be_broken(
    app: App, editor: Visitor, visitor: Visitor, change: str
) -> None:
    editor.get(PATH)
    assert editor.post(f"{PATH}/atti/annullamento", reason="non dovuto", seen="0").status == 303
    entries = Audit.objects.using(app.store.alias)
    match change:
        case "kind":
            entries.filter(number=1).update(kind="<i>altro</i>")
        case "facts":
            entries.filter(number=1).update(facts="[1]")
        case _:
            Fact.objects.using(app.store.alias).filter(name="audit").update(value="x y")
    answer = visitor.get("/registro?verifica=1")
    assert answer.status == 200
    assert 'role="alert"' in answer.text
    assert "<i>" not in answer.text


def test_an_entry_sealed_anew_with_nonsense_is_found(app: App, editor: Visitor) -> None:
    editor.get(PATH)
    assert editor.post(f"{PATH}/atti/annullamento", reason="non dovuto", seen="0").status == 303
    [*_, entry] = app.store.history.entries(0, 1)
    anew = replace(entry, facts="[1]")
    seal = sealed(anew)
    Audit.objects.using(app.store.alias).filter(number=entry.number).update(facts="[1]", seal=seal)
    Fact.objects.using(app.store.alias).filter(name="audit").update(value=f"{entry.number} {seal}")
    assert app.store.trail.first_broken() is not None


@pytest.mark.parametrize("label", ["a\0b", "a\r\nb", "\u202eoiradnelac"])
def test_a_calendars_label_is_of_letters_that_are_seen(reader: Visitor, label: str) -> None:
    reader.get("/calendari")
    assert reader.post("/calendari/nuovo", nome=label, che="tutte").status == 422


def test_nobody_makes_calendars_without_end(app: App, reader: Visitor) -> None:
    reader.get("/calendari")
    answers = [reader.post("/calendari/nuovo", nome=f"n. {number}", che="tutte").status for number in range(MOST + 1)]
    assert answers == [200] * MOST + [422]
    assert len(app.store.subscriptions.all()) == MOST


def test_a_form_that_is_too_large_is_told_so(reader: Visitor) -> None:
    reader.get("/calendari")
    assert reader.post("/calendari/nuovo", nome="a" * 1_100_000, che="tutte").status == 413


def test_a_ledger_that_takes_nothing_can_be_read(app: App) -> None:
    before = system_clock() - 2 * SEEN_EVERY
    app.store.sessions.begin(sha256_of("t" * 43), READER, Way.LINK, before)
    app.store.api_tokens.add(ApiToken(sha256_of("scad_x"), READER, "prova", frozenset({Permit.READ}), before))
    with connections[app.store.alias].cursor() as cursor:
        for table in ("ledger_session", "ledger_apitoken"):
            cursor.execute(
                f"CREATE TRIGGER full_{table} BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
            )
    assert Visitor(pages(lambda: app), cookies={"scadenzario": "t" * 43}).get("/profilo").status == 200
    assert Visitor(pages(lambda: app)).get("/api/status", authorization="Bearer scad_x").status == 200
