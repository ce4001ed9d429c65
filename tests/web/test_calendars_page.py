"""The calendar's addresses on the page: made, shown once, listed to whose they are, revoked."""

from __future__ import annotations

import html
import re

import pytest

from scheduler.app import App
from scheduler.core.feed import Reach, Variant, token_sha256
from tests.web.asking import Answer, Visitor


def made(visitor: Visitor, **fields: str) -> Answer:
    visitor.get("/calendari")
    return visitor.post("/calendari/nuovo", **{"nome": "Outlook", "che": "tutte", **fields})


def test_an_address_is_shown_once_with_every_way_to_subscribe(app: App, reader: Visitor) -> None:
    content = html.unescape(made(reader, targets="1", alarms="1").text)
    [token] = set(re.findall(r"http://127\.0\.0\.1:8080/calendario/([\w-]+)\.ics", content))
    assert f"webcal://127.0.0.1:8080/calendario/{token}.ics" in content
    assert "calendar.google.com" in content
    assert "outlook.office.com" in content
    assert "<svg" in content
    [known] = app.store.subscriptions.all()
    assert known.sha256 == token_sha256(token)
    assert known.variants == {Variant.TARGETS, Variant.ALARMS}
    assert known.owner == "livia.esempio@cmm.example"
    assert token not in reader.get("/calendari").text


def test_each_sees_their_own_and_an_administrator_all(reader: Visitor, editor: Visitor, visitor: Visitor) -> None:
    made(reader, nome="Telefono di Livia")
    assert "Telefono di Livia" in reader.get("/calendari").text
    assert "Telefono di Livia" not in editor.get("/calendari").text
    assert "Telefono di Livia" in visitor.get("/calendari").text


def test_who_may_revoke_one(app: App, reader: Visitor, editor: Visitor) -> None:
    made(reader)
    [number] = [item.number for item in app.store.subscriptions.all()]
    editor.get("/calendari")
    assert editor.post(f"/calendari/{number}/revoca").status == 404
    assert reader.post(f"/calendari/{number}/revoca").status == 302
    assert [item.revoked_at is not None for item in app.store.subscriptions.all()] == [True]
    assert "Outlook" not in reader.get("/calendari").text.partition("Indirizzi in uso")[2]
    assert reader.post(f"/calendari/{number}/revoca").status == 404


def test_it_can_be_of_one_desk_or_family(app: App, reader: Visitor) -> None:
    made(reader, che="ufficio:monitoraggio")
    family = app.register.obligations[0].family
    made(reader, che=f"famiglia:{family}")
    assert [(item.scope.reach, item.scope.name) for item in app.store.subscriptions.all()] == [
        (Reach.ROLE, "monitoraggio"),
        (Reach.FAMILY, family),
    ]


@pytest.mark.parametrize("fields", [{"nome": " "}, {"nome": "x" * 201}, {"che": "ufficio:nessuno"}, {"che": "x"}])
def test_what_cannot_be_made_is_said(app: App, reader: Visitor, fields: dict[str, str]) -> None:
    answer = made(reader, **fields)
    assert answer.status == 422
    assert 'role="alert"' in answer.text
    assert app.store.subscriptions.all() == ()
