"""The interface for programs: who is let in, what is read and done, and what is said when something is wrong."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from docx import Document

from scheduler.app import App
from scheduler.core.entrance import ApiToken, Permit, sha256_of
from scheduler.locale.facts import occurrence_facts
from tests.web.asking import Answer, Visitor
from tests.web.entering import ADMINISTRATOR, EDITOR, READER, Entry, entry_of

KEY = "costi-personale-annuale/2024"
PLACE = f"/api/occurrences/{KEY}"
ALL = frozenset(Permit)
NEEDED = {
    "/api/occurrences": "read",
    PLACE: "read",
    f"{PLACE}/drafts": "read",
    "/api/obligations": "read",
    "/api/status": "read",
    "/api/deliveries": "read",
}


@pytest.fixture
def entry(app: App, office: Any) -> Entry:
    return entry_of(office)


def program(entry: Entry, address: str = EDITOR, permits: frozenset[Permit] = ALL) -> Visitor:
    """Return a program with a token of a person."""
    token = f"scad_{address}_{'_'.join(sorted(permits))}"
    entry.app.store.api_tokens.add(ApiToken(sha256_of(token), address, "prova", permits, entry.clock()))
    return Visitor(entry.application, headers={"authorization": f"Bearer {token}"})


def sent(visitor: Visitor, path: str, **fields: object) -> Answer:
    return visitor.ask("POST", path, json.dumps(fields).encode(), {"content-type": "application/json"})


def filed(visitor: Visitor, content: bytes = b"", **fields: str) -> Answer:
    """Send a submission as a form with a file."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    head = '--x\r\nContent-Disposition: form-data; name="evidence"; filename="ricevuta.pdf"\r\n\r\n'
    body = "\r\n".join([*parts, ""]).encode() + (head.encode() + content + b"\r\n" if content else b"") + b"--x--\r\n"
    return visitor.ask("POST", f"{PLACE}/submission", body, {"content-type": "multipart/form-data; boundary=x"})


def problem(answer: Answer, status: int) -> dict[str, Any]:
    """Return what is said of a failure, in its one form."""
    found: dict[str, Any] = json.loads(answer.content)
    assert (answer.status, answer["content-type"]) == (status, "application/problem+json")
    assert set(found) == {"type", "title", "status", "detail", "errors"}
    assert found["status"] == status
    assert "Traceback" not in answer.text
    return found


@pytest.mark.parametrize("path", NEEDED)
def test_without_a_good_token_nobody_is_let_in(entry: Entry, path: str) -> None:
    assert problem(entry.visitor().get(path), 401)["title"] == "Serve un gettone"
    assert entry.visitor().get(path)["www-authenticate"] == "Bearer"
    for value in ("Bearer altro", "Basic eDp5", f"Bearer {'a' * 5000}", "Bearer "):
        problem(entry.visitor().get(path, authorization=value), 401)


@pytest.mark.parametrize("path", NEEDED)
def test_a_cookie_counts_nothing(entry: Entry, path: str) -> None:
    visitor = entry.visitor()
    entry.sign_in(visitor, ADMINISTRATOR)
    assert visitor.get("/profilo").status == 200
    problem(visitor.get(path), 401)


def test_a_revoked_token_or_one_of_a_stranger_lets_nobody_in(entry: Entry) -> None:
    visitor = program(entry)
    assert visitor.get("/api/status").status == 200
    [kept] = entry.app.store.api_tokens.of(EDITOR)
    entry.app.store.api_tokens.revoke(kept.number, EDITOR, entry.clock())
    problem(visitor.get("/api/status"), 401)
    problem(program(entry, "gone@cmm.example").get("/api/status"), 401)


@pytest.mark.parametrize(
    ("address", "permits", "status"),
    [
        (READER, ALL, 403),
        (EDITOR, frozenset({Permit.READ, Permit.DRAFT}), 403),
        (EDITOR, frozenset({Permit.ACT}), 201),
        (ADMINISTRATOR, ALL, 201),
    ],
)
def test_a_token_does_no_more_than_its_permits_and_its_person(
    entry: Entry, address: str, permits: frozenset[Permit], status: int
) -> None:
    assert sent(program(entry, address, permits), f"{PLACE}/waiver", reason="non dovuto").status == status
    assert bool(entry.app.store.acts(KEY)) == (status == 201)


@pytest.mark.parametrize(("address", "status"), [(READER, 403), (EDITOR, 403), (ADMINISTRATOR, 200)])
def test_mails_are_the_administrators(entry: Entry, address: str, status: int) -> None:
    answer = program(entry, address).get("/api/deliveries?limit=2")
    assert answer.status == status
    if status == 200:
        found = json.loads(answer.content)
        assert found["total"] > len(found["items"]) == 2
        assert not {"to", "recipients", "fates", "path"} & set(found["items"][0])


def test_the_list_is_that_of_the_command(entry: Entry) -> None:
    found = json.loads(program(entry, READER).get("/api/occurrences?from=2025-02-01&to=2025-12-31&limit=500").content)
    owed = [occurrence_facts(item) for item in entry.app.statuses()]
    expected = [item for item in owed if "2025-02-01" <= str(item["legal_due_on"]) <= "2025-12-31"]
    assert found["items"] == json.loads(json.dumps(expected, default=str))
    assert found["total"] == len(expected) > 20


def test_a_list_is_read_part_by_part(entry: Entry) -> None:
    visitor, parts, way = program(entry), [], "/api/occurrences?obligation=elenco-personale-mensile&limit=7"
    while way:
        answer = visitor.get(way)
        parts += [item["key"] for item in json.loads(answer.content)["items"]]
        links = dict(item.split("; ")[::-1] for item in answer["link"].split(", ") if item)
        way = links.get('rel="next"', "").strip("<>")
    whole = json.loads(visitor.get("/api/occurrences?obligation=elenco-personale-mensile&limit=500").content)
    assert parts == [item["key"] for item in whole["items"]]
    assert len(parts) == whole["total"] == len(set(parts)) > 14


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=501", "limit"),
        ("limit=0", "limit"),
        ("offset=-1", "offset"),
        ("from=ieri", "from"),
        ("from=1066-10-14", "from"),
        ("from=2025-02-02&to=2025-02-01", "to"),
        ("state=lost", "state"),
        ("desk=nessuno", "desk"),
        ("family=x%00y", "family"),
        ("stato=open", "stato"),
    ],
)
def test_a_wrong_word_is_named(entry: Entry, query: str, field: str) -> None:
    found = problem(program(entry).get(f"/api/occurrences?{query}"), 422)
    assert [item["field"] for item in found["errors"]] == [field]
    assert all(item["message"] for item in found["errors"])


def test_one_occurrence_says_how_its_dates_came_about(entry: Entry) -> None:
    found = json.loads(program(entry).get(PLACE).content)
    assert (found["key"], found["legal_due_on"], found["target_on"]) == (KEY, "2025-02-28", "2025-02-27")
    assert any("28/02/2025" in step for step in found["steps"])
    assert {item["key"] for item in found["milestones"]} >= {"reminder-7d"}
    assert [item["version"] for item in found["drafts"]]


def test_a_draft_is_made_and_its_bytes_are_read(entry: Entry) -> None:
    visitor = program(entry)
    before = json.loads(visitor.get(f"{PLACE}/drafts").content)
    made = sent(visitor, f"{PLACE}/drafts", reason="dati corretti")
    assert made.status == 201
    after = json.loads(visitor.get(f"{PLACE}/drafts").content)
    assert after == [*json.loads(made.content)[::-1], *before]
    item = after[0]
    answer = visitor.get(f"{PLACE}/drafts/{item['document']}/{item['version']}")
    assert sha256_of_bytes(answer.content) == item["sha256"]
    Document(io.BytesIO(answer.content))
    problem(visitor.get(f"{PLACE}/drafts/{item['document']}/99"), 404)


def sha256_of_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_submission_closes_with_its_proof_and_is_taken_back(entry: Entry) -> None:
    visitor = program(entry)
    answer = filed(visitor, b"%PDF-1.7\n%proof\n%%EOF\n", on="2025-02-26", protocol="0001234/2025")
    assert answer.status == 201
    found = json.loads(answer.content)
    assert found["state"] == "submitted"
    [act] = found["acts"]
    assert (act["who"], act["protocol"], act["has_evidence"]) == ("Tullio Prova", "0001234/2025", True)
    again = problem(filed(visitor, on="2025-02-26"), 422)
    assert "Tullio Prova" in again["errors"][0]["message"]
    assert json.loads(sent(visitor, f"{PLACE}/reopening", reason="errore", seen=1).content)["state"] != "submitted"


def test_of_two_the_second_sees_what_the_first_did(entry: Entry) -> None:
    visitor = program(entry)
    assert sent(visitor, f"{PLACE}/extension", to="2025-03-31", reason="proroga", seen=0).status == 201
    found = problem(sent(visitor, f"{PLACE}/waiver", reason="non dovuto", seen=0), 409)
    assert "Tullio Prova" in found["errors"][0]["message"]
    assert len(entry.app.store.acts(KEY)) == 1


@pytest.mark.parametrize(
    ("way", "fields", "field"),
    [
        ("extension", {"reason": "x"}, "to"),
        ("extension", {"to": "2020-01-01", "reason": "x"}, "to"),
        ("extension", {"to": "2025-03-31", "reason": ""}, "reason"),
        ("waiver", {}, "reason"),
        ("waiver", {"reason": "x", "who": "altri"}, "who"),
        ("waiver", {"reason": ["x"]}, "reason"),
        ("reopening", {"reason": "x"}, "key"),
        ("release", {"reason": "x"}, "key"),
    ],
)
def test_what_cannot_be_recorded_is_said_by_field(
    entry: Entry, way: str, fields: dict[str, object], field: str
) -> None:
    found = problem(sent(program(entry), f"{PLACE}/{way}", **fields), 422)
    assert [item["field"] for item in found["errors"]] == [field]
    assert entry.app.store.acts(KEY) == ()


def test_other_failures_have_the_same_form(entry: Entry) -> None:
    visitor = program(entry)
    problem(visitor.get("/api/nothing"), 404)
    problem(visitor.get("/api/occurrences/costi-personale-annuale/1999"), 404)
    problem(sent(visitor, "/api/occurrences/x/y/waiver", reason="x"), 404)
    assert "GET" in visitor.ask("DELETE", PLACE)["allow"]
    problem(visitor.ask("DELETE", PLACE), 405)
    problem(visitor.ask("POST", f"{PLACE}/waiver", b"<a/>", {"content-type": "text/xml"}), 415)
    problem(visitor.ask("POST", f"{PLACE}/waiver", b"{", {"content-type": "application/json"}), 400)
    problem(visitor.ask("POST", f"{PLACE}/waiver", b'"' + b"a" * 2_000_000, {"content-type": "application/json"}), 413)


def test_the_document_is_open_and_describes_every_way(entry: Entry) -> None:
    found = json.loads(entry.visitor().get("/api/openapi.json").content)
    assert found["openapi"].startswith("3.")
    assert set(NEEDED) - {PLACE, f"{PLACE}/drafts"} <= set(found["paths"])
    assert "Serve un" not in json.dumps(found)
    assert entry.visitor().get("/api/docs").status == 404
