"""Signing in by a mailed link: once, in time, by a button; and nothing that tells who is known."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from scheduler.ledger import database, models
from scheduler.web.access.beside import Beside
from scheduler.web.access.onward import own_path
from tests.web.entering import EDITOR, READER, Entry, entry_of, link_in, use

SESSION = "scadenzario"


@pytest.fixture
def entry(office: Path) -> Iterator[Entry]:
    found = entry_of(office)
    yield found
    database.close(found.app.store.alias)


# The way in --------------------------------------------------------------------------------------------------------


def test_a_mailed_link_signs_in_and_leads_to_the_page_that_was_wanted(entry: Entry) -> None:
    visitor = entry.visitor()
    sent = visitor.get("/profilo")
    assert (sent.status, sent["location"]) == (302, "/accesso?next=%2Fprofilo")
    answer = entry.sign_in(visitor, EDITOR.upper(), "/profilo")
    assert (answer.status, answer["location"]) == (302, "/profilo")
    profile = visitor.get("/profilo").text
    assert "Tullio Prova" in profile
    assert "questo browser" in profile


def test_the_mail_is_in_the_offices_language_and_goes_to_the_person_alone(entry: Entry) -> None:
    entry.link(entry.visitor())
    [mail] = entry.mails()
    assert mail.startswith(f"{EDITOR}\nCollegamento per entrare in Scadenzario\n")
    assert "15 minuti" in mail


def test_the_cookie_is_for_this_site_alone(entry: Entry) -> None:
    answer = entry.sign_in(entry.visitor())
    [cookie] = [value for name, value in answer.headers if name == "set-cookie" and value.startswith(f"{SESSION}=")]
    assert {"httponly", "samesite=lax", "path=/", "max-age=604800"} <= set(cookie.lower().split("; "))
    assert "domain" not in cookie.lower()


def test_over_https_the_cookie_can_be_set_by_no_other_machine(office: Path) -> None:
    entry = entry_of(office, BASE_URL="https://scadenze.cmm.example")
    visitor = entry.visitor(host="scadenze.cmm.example")
    visitor.headers["origin"] = "https://scadenze.cmm.example"
    answer = entry.sign_in(visitor)
    [cookie] = [value for name, value in answer.headers if name == "set-cookie" and "scadenzario=" in value]
    assert cookie.startswith("__Host-scadenzario=")
    assert "; Secure" in cookie
    assert "https://scadenze.cmm.example/accesso/" in entry.mails()[0]
    assert visitor.get("/profilo").status == 200
    visitor.get("/profilo")
    visitor.post("/esci")
    assert visitor.get("/profilo").status == 302


def test_programs_that_read_mail_change_nothing(entry: Entry) -> None:
    path = entry.link(entry.visitor())
    scanner = entry.visitor()
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        answer = scanner.ask(method, path)
        assert f"{SESSION}=" not in answer["set-cookie"].replace("scadenzario-oidc", "")
    assert use(entry.visitor(), path).status == 302


def test_a_link_is_good_once(entry: Entry) -> None:
    path = entry.link(entry.visitor())
    assert use(entry.visitor(), path).status == 302
    late = entry.visitor()
    assert late.get(path).status == 410
    late.get("/accesso")
    again = late.post("/accesso/entra", token=path.rpartition("/")[2])
    assert again.status == 410
    assert SESSION not in late.cookies


def test_of_two_who_press_at_once_one_comes_in(entry: Entry) -> None:
    path = entry.link(entry.visitor())
    visitors = [entry.visitor() for _ in range(4)]
    for visitor in visitors:
        visitor.get(path)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one.post("/accesso/entra", token=path.rpartition("/")[2]).status, visitors))
    assert sorted(answers) == [302, 410, 410, 410]


def test_a_link_is_good_for_a_quarter_of_an_hour(entry: Entry) -> None:
    visitor = entry.visitor()
    path = entry.link(visitor)
    entry.clock.forward(minutes=15)
    assert visitor.get(path).status == 410
    visitor.get("/accesso")
    assert visitor.post("/accesso/entra", token=path.rpartition("/")[2]).status == 410


@pytest.mark.parametrize(
    "token", ["x", "0" * 43, "a" * 10_000, "%00", "%F0%9F%98%80", "..%2f..%2fetc", quote("' OR 1=1 --"), "entra"]
)
def test_a_mangled_link_is_no_link(entry: Entry, token: str) -> None:
    visitor = entry.visitor()
    assert visitor.get(f"/accesso/{token}").status in (404, 405, 410)
    visitor.get("/accesso")
    assert visitor.post("/accesso/entra", token=token).status == 410
    assert SESSION not in visitor.cookies


def test_a_form_from_elsewhere_signs_nobody_in(entry: Entry) -> None:
    path = entry.link(entry.visitor())
    stranger = entry.visitor()
    assert stranger.post("/accesso/entra", token=path.rpartition("/")[2]).status == 403
    stranger.get(path)
    stranger.headers["origin"] = "https://evil.example"
    assert stranger.post("/accesso/entra", token=path.rpartition("/")[2]).status == 403
    assert SESSION not in stranger.cookies


# What a stranger learns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["nobody@cmm.example", "", "a" * 10_000, "rendicontazione@cmm.example", "x\r\nBcc: y@z.example", "\0", "😀@x"],
)
def test_nobody_learns_who_is_known(entry: Entry, address: str) -> None:
    known, unknown = entry.asked(entry.visitor(), READER), entry.asked(entry.visitor(), address)
    plain = [re.sub(r'value="[^"]+"', "", answer.text) for answer in (known, unknown)]
    assert plain[0] == plain[1]
    assert known.status == unknown.status == 200
    assert [name for name, _ in known.headers] == [name for name, _ in unknown.headers]
    assert [mail.splitlines()[0] for mail in entry.mails()] == [READER]


def test_the_answer_comes_before_anybody_is_looked_up(office: Path) -> None:
    waiting: list[object] = []
    entry = entry_of(office, waiting.append)
    for address in (READER, "nobody@cmm.example"):
        assert entry.asked(entry.visitor(), address).status == 200
    assert len(waiting) == 2
    assert not models.SignInLink.objects.using(entry.app.store.alias).exists()


def test_the_mail_goes_out_beside_the_request(office: Path) -> None:
    beside = Beside()
    entry = entry_of(office, beside)
    visitor = entry.visitor()
    entry.asked(visitor, READER)
    beside.wait()
    assert use(visitor, link_in(entry.mails()[0])).status == 302


def test_one_mail_that_fails_does_not_keep_the_next_one_back(office: Path) -> None:
    beside, done = Beside(), []
    beside(lambda: [][1])
    beside(lambda: done.append(True))
    beside.wait()
    assert done == [True]


def test_too_many_tries_with_an_address(entry: Entry) -> None:
    answers = [entry.asked(entry.visitor(), address).status for address in [READER] * 3 + [READER.upper()] * 3]
    assert answers == [200] * 5 + [429]
    entry.clock.forward(minutes=5)
    refused = entry.asked(entry.visitor(), READER)
    assert (refused.status, refused["retry-after"]) == (429, "600")
    entry.clock.forward(minutes=10)
    assert entry.asked(entry.visitor(), READER).status == 200
    unknown = [entry.asked(entry.visitor(), "nobody@cmm.example").status for _ in range(6)]
    assert unknown == [200] * 5 + [429], "the same for who is not known"


def test_too_many_tries_of_a_client(entry: Entry) -> None:
    answers = [entry.asked(entry.visitor(), f"a{number}@cmm.example").status for number in range(22)]
    assert answers == [200] * 20 + [429] * 2
    assert entry.asked(entry.visitor(client="127.0.0.2"), READER).status == 200


def test_logs_hold_no_link_and_no_address(entry: Entry, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "scheduler"):
        path = entry.link(entry.visitor())
        visitor = entry.visitor()
        use(visitor, path)
        visitor.get(path)
        entry.asked(entry.visitor(), "nobody@cmm.example")
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("scheduler"))
    assert "signed in by link" in said
    for secret in (path.rpartition("/")[2], visitor.cookies[SESSION], EDITOR, "nobody@"):
        assert secret not in said


def test_neither_ledger_nor_mail_folder_keeps_the_link(entry: Entry) -> None:
    visitor = entry.visitor()
    token = entry.link(visitor).rpartition("/")[2]
    entry.sign_in(visitor)
    secrets = (token.encode(), visitor.cookies[SESSION].encode())
    var = entry.app.workspace.var
    files = [path for path in var.rglob("*") if path.is_file() and "outbox" not in path.parts]
    assert len(files) > 0
    assert [path for path in files for secret in secrets if secret in path.read_bytes()] == []


# Sessions ------------------------------------------------------------------------------------------------------------


def test_a_cookie_that_somebody_else_set_is_never_the_session(entry: Entry) -> None:
    visitor = entry.visitor()
    visitor.cookies[SESSION] = "chosen-by-somebody-else"
    entry.sign_in(visitor)
    assert visitor.cookies[SESSION] != "chosen-by-somebody-else"
    other = entry.visitor()
    other.cookies[SESSION] = "chosen-by-somebody-else"
    assert other.get("/profilo").status == 302


def test_signing_in_again_ends_the_session_before(entry: Entry) -> None:
    visitor = entry.visitor()
    entry.sign_in(visitor)
    before, csrf = visitor.cookies[SESSION], visitor.cookies["csrftoken"]
    use(visitor, entry.link(entry.visitor(), READER))
    assert (visitor.cookies[SESSION] != before, visitor.cookies["csrftoken"] != csrf) == (True, True)
    old = entry.visitor()
    old.cookies[SESSION] = before
    assert old.get("/profilo").status == 302
    assert "Livia Esempio" in visitor.get("/profilo").text


@pytest.mark.parametrize("cookie", ["", "x", "a" * 10_000, "\x7f", "0" * 43])
def test_a_mangled_cookie_is_no_session(entry: Entry, cookie: str) -> None:
    visitor = entry.visitor()
    visitor.cookies[SESSION] = cookie
    assert visitor.get("/profilo").status == 302
    assert visitor.get("/").status in (200, 302)


def test_a_session_ends_when_it_is_not_used(entry: Entry) -> None:
    visitor = entry.visitor()
    entry.sign_in(visitor)
    entry.clock.forward(hours=11)
    assert visitor.get("/profilo").status == 200
    entry.clock.forward(hours=12)
    assert visitor.get("/profilo").status == 302


def test_signing_out_ends_this_session_and_not_the_others(entry: Entry) -> None:
    here, there = entry.visitor(), entry.visitor()
    entry.sign_in(here)
    entry.sign_in(there)
    kept = here.cookies[SESSION]
    here.get("/profilo")
    answer = here.post("/esci")
    assert (answer.status, answer["location"]) == (302, "/uscita")
    assert SESSION not in here.cookies
    assert here.get("/uscita").status == 200
    here.cookies[SESSION] = kept
    assert here.get("/profilo").status == 302, "the cookie itself is of no more use"
    assert there.get("/profilo").status == 200


def test_signing_out_everywhere_ends_all_of_a_persons_sessions(entry: Entry) -> None:
    here, there, other = entry.visitor(), entry.visitor(), entry.visitor()
    entry.sign_in(here)
    entry.sign_in(there)
    entry.sign_in(other, READER)
    here.get("/profilo")
    assert here.post("/esci/ovunque").status == 302
    assert [one.get("/profilo").status for one in (here, there, other)] == [302, 302, 200]


@pytest.mark.parametrize("path", ["/esci", "/esci/ovunque"])
def test_to_look_signs_nobody_out(entry: Entry, path: str) -> None:
    visitor = entry.visitor()
    entry.sign_in(visitor)
    assert visitor.get(path).status == 405
    visitor.csrf = ""
    assert visitor.post(path).status == 403
    assert visitor.get("/profilo").status == 200


def test_whoever_is_taken_out_of_the_file_is_out_at_once(entry: Entry, office: Path) -> None:
    visitor = entry.visitor()
    entry.sign_in(visitor)
    waiting = entry.link(entry.visitor())
    file = office / "deadlines.yaml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "Tullio" not in line), "utf-8")
    entry.app.__dict__.pop("register")  # as when the service reads its files again
    entry.app.__dict__.pop("shelf", None)
    assert visitor.get("/profilo").status == 302
    assert visitor.get(waiting).status == 410
    assert visitor.post("/accesso/entra", token=waiting.rpartition("/")[2]).status in (403, 410)


# Where it leads -----------------------------------------------------------------------------------------------------

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    " //evil.example",
    "/\r\nSet-Cookie: x=1",
    "/" + "a" * 10_000,
    "/\u202e",
    "",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_only_our_own_pages_follow(entry: Entry, wanted: str) -> None:
    assert own_path(wanted) == "/"
    visitor = entry.visitor()
    assert 'name="next" value="/"' in visitor.get(f"/accesso?next={quote(wanted[:600], safe='')}").text
    assert entry.sign_in(visitor, onward=wanted)["location"] == "/"
    assert visitor.get(f"/accesso?next={quote(wanted[:600], safe='')}")["location"] == "/"


@pytest.mark.parametrize("wanted", ["/", "/scadenze?anno=2026&stato=open", "/scadenze/a/2025#prove", "/a:b", "/perché"])
def test_our_own_pages_do(wanted: str) -> None:
    assert own_path(wanted) == wanted
