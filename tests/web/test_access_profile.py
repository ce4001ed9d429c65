"""A person's own page, the tokens of their programs, and pages that only some may see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from scheduler.core.access import Access, Person
from scheduler.core.entrance import Permit, sha256_of
from scheduler.web.access.identity import needs
from scheduler.web.house import Request
from tests.web.asking import Visitor
from tests.web.entering import ADMINISTRATOR, EDITOR, READER, Entry, entry_of


@pytest.fixture
def entry(office: Path) -> Entry:
    return entry_of(office)


@pytest.fixture
def visitor(entry: Entry) -> Visitor:
    found = entry.visitor()
    entry.sign_in(found)
    found.get("/profilo")
    return found


def test_a_token_is_shown_once_and_kept_as_its_fingerprint(entry: Entry, visitor: Visitor) -> None:
    made = visitor.post("/profilo/gettoni", label=" Foglio <b>di</b> calcolo ", permit="read")
    [token] = re.findall(r"scad_[\w-]{43}", made.text)
    assert "Revoca «Foglio &lt;b&gt;di" in made.text
    assert "<b>di" not in made.text
    assert token not in visitor.get("/profilo").text
    [kept] = entry.app.store.api_tokens.of(EDITOR)
    assert (kept.sha256, kept.label, kept.permits) == (sha256_of(token), "Foglio <b>di</b> calcolo", {Permit.READ})
    number = kept.number
    assert visitor.post(f"/profilo/gettoni/{number}/revoca").status == 302
    assert entry.app.store.api_tokens.seen(sha256_of(token), entry.clock()) is None
    assert visitor.post(f"/profilo/gettoni/{number}/revoca").status == 404


def test_nobody_revokes_another_persons_token(entry: Entry, visitor: Visitor) -> None:
    visitor.post("/profilo/gettoni", label="mio", permit="act")
    [kept] = entry.app.store.api_tokens.of(EDITOR)
    other = entry.visitor()
    entry.sign_in(other, ADMINISTRATOR)
    assert "mio" not in other.get("/profilo").text
    assert other.post(f"/profilo/gettoni/{kept.number}/revoca").status == 404
    assert entry.app.store.api_tokens.of(EDITOR) == (kept,)


@pytest.mark.parametrize(
    ("label", "permit"),
    [("", "read"), ("   ", "read"), ("a" * 10_000, "read"), ("a\u202eb", "read"), ("x", ""), ("x", "root")],
)
def test_a_token_without_name_or_permit_is_refused(entry: Entry, visitor: Visitor, label: str, permit: str) -> None:
    answer = visitor.post("/profilo/gettoni", label=label, permit=permit)
    assert answer.status == 422
    assert "gettone" in answer.text
    assert entry.app.store.api_tokens.of(EDITOR) == ()


def test_tokens_do_not_pile_up(entry: Entry, visitor: Visitor) -> None:
    answers = [visitor.post("/profilo/gettoni", label=f"n. {number}", permit="read").status for number in range(21)]
    assert answers == [200] * 20 + [422]


@pytest.mark.parametrize("path", ["/profilo/gettoni", "/profilo/gettoni/1/revoca"])
def test_strangers_and_forms_from_elsewhere_make_and_revoke_nothing(entry: Entry, visitor: Visitor, path: str) -> None:
    stranger = entry.visitor()
    stranger.get("/accesso")
    answer = stranger.post(path, label="x", permit="read")
    assert answer.status == 403
    assert "bisogna essere entrati" in answer.text
    visitor.csrf = ""
    assert visitor.post(path, label="x", permit="read").status == 403
    assert visitor.get(path).status == 405
    assert entry.app.store.api_tokens.of(EDITOR) == ()


def test_the_page_runs_nothing(visitor: Visitor) -> None:
    for path in ("/profilo", "/accesso", "/uscita"):
        content = visitor.get(path).text
        assert "<script" not in content
        assert " style=" not in content


@needs(Access.EDITOR)
def for_editors(request: Request) -> HttpResponse:
    return HttpResponse("shown")


@pytest.mark.parametrize(
    ("address", "method", "status"),
    [
        (None, "GET", 302),
        (None, "HEAD", 302),
        (None, "POST", 403),
        (READER, "GET", 403),
        (READER, "POST", 403),
        (EDITOR, "GET", 200),
        (EDITOR, "POST", 200),
        (ADMINISTRATOR, "POST", 200),
    ],
)
def test_who_may_see_a_page_for_editors(entry: Entry, address: str | None, method: str, status: int) -> None:
    request = RequestFactory().generic(method, "/scadenze?anno=2026&stato=open")
    request.house, request.signed_in = entry.application.house(), None  # type: ignore[attr-defined]
    people: dict[str, Person] = {person.address: person for person in entry.app.register.people}
    request.person = people[address] if address else None  # type: ignore[attr-defined]
    answer = for_editors(request)  # type: ignore[arg-type]
    assert answer.status_code == status
    if status == 302:
        assert answer["location"] == "/accesso?next=%2Fscadenze%3Fanno%3D2026%26stato%3Dopen"
