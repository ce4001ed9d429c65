"""The pages, asked through the door: what they show, what they refuse, and what they never give away."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from scheduler.app import App
from scheduler.core.ledger import Act, ActKind
from scheduler.service.copies import program
from tests.conftest import missing
from tests.web.asking import HOST, Visitor
from tests.web.conftest import pages

KEY = "costi-personale-annuale/2024"
EVERY = (
    *("/", "/?anno=2026", "/scadenze", "/scadenze?pagina=tutte", "/scadenze.csv", "/scadenze.json"),
    *(f"/scadenze/{KEY}", "/adempimenti", "/adempimenti/gol-avanzamento", "/puntualita", "/invii", "/registro"),
    *("/calendari", f"/scadenze/{KEY}/dati", "/registro?verifica=1", "/invii?esito=wrong"),
)


@pytest.mark.parametrize("path", EVERY)
def test_every_page_opens_and_runs_nothing(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status == 200
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert "script-src" not in answer["content-security-policy"]
    assert answer["content-security-policy"].startswith("default-src 'none'")
    assert answer["cache-control"] == "no-store"


def test_what_is_late_stands_before_what_is_due(visitor: Visitor) -> None:
    content = visitor.get("/").text
    assert content.index("Da fare adesso") < content.index("a colpo d") < content.index("In arrivo")
    assert '<span class="state overdue">in ritardo</span>' in content
    assert content.index("in ritardo</span>") < content.index("in scadenza</span>")
    assert "27/02/2025" in content
    assert "da confermare" in content


def test_an_occurrence_says_where_its_dates_come_from(visitor: Visitor) -> None:
    content = visitor.get(f"/scadenze/{KEY}").text
    for said in ("venerdì 28/02/2025", "giovedì 27/02/2025", "DGR XII/1607", "reminder-7d", "costi-personale-annuale"):
        assert said in content


def test_a_draft_is_given_as_it_was_made(app: App, visitor: Visitor) -> None:
    [draft, *_] = app.store.drafts(KEY)
    answer = visitor.get(f"/scadenze/{KEY}/bozze/{draft.document}/{draft.version}.docx")
    assert answer.content == app.workspace.read(draft.path)
    assert answer["content-disposition"].startswith("attachment; filename=")
    assert visitor.get(f"/scadenze/{KEY}/bozze/{draft.document}/99.docx").status == 404


def test_a_draft_is_given_for_the_archive_under_a_name_of_its_own(app: App, visitor: Visitor) -> None:
    if program() is None:
        missing("LibreOffice")
    draft = app.store.drafts(KEY)[-1]
    page = visitor.get(f"/scadenze/{KEY}").text
    path = f"/scadenze/{KEY}/bozze/{draft.document}/{draft.version}-archivio.pdf"
    assert f'href="{path}"' in page
    answer = visitor.get(path)
    assert b"pdfaid:part>2<" in answer.content
    assert answer["content-disposition"].endswith(f'-v{draft.version}-archivio.pdf"')


def test_the_names_for_templates_are_shown_to_readers_alone(reader: Visitor, stranger: Visitor) -> None:
    path = "/adempimenti/costi-personale-annuale/nomi"
    assert f'href="{path}"' in reader.get("/adempimenti/costi-personale-annuale").text
    content = reader.get(path).text
    for said in ("dati.totale", "sum(costi.totale)", "data/costi/{quarter}.xlsx [Costi]"):
        assert said in content
    assert "sum(costi.totale)" not in stranger.get(path).text
    assert reader.get("/adempimenti/costi/nomi").status == 404


def test_a_mail_is_shown_as_it_was_sent(app: App, visitor: Visitor) -> None:
    mail = app.store.history.mails(occurrence_key=KEY)[0]
    content = visitor.get(f"/invii/{mail.number}").text
    assert "spedita" in content
    assert all(fate.address in content for fate in mail.fates)
    assert visitor.get(f"/invii/{mail.number}/mail.eml").content == app.workspace.read(mail.delivery.path)
    assert visitor.get("/invii/99999").status == 404


def test_the_list_as_a_table_and_as_json_show_what_the_page_shows(app: App, visitor: Visitor) -> None:
    asked = "stato=overdue&dal=2025-01-01&al=2025-12-31"
    found = json.loads(visitor.get(f"/scadenze.json?{asked}").content)
    wanted = [item.occurrence.key for item in app.statuses() if item.state == "overdue"]
    assert [item["key"] for item in found] == wanted
    rows = list(csv.reader(io.StringIO(visitor.get(f"/scadenze.csv?{asked}").text.lstrip("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == wanted
    assert rows[1][7] == "in ritardo"
    assert f"Scadenze trovate: {len(wanted)}." in visitor.get(f"/scadenze?{asked}").text


@pytest.mark.parametrize(
    "query",
    [
        *("stato=nessuno", "famiglia=x%00y", "ufficio=../etc", "adempimento=%3Cscript%3E", "dal=2025-02-30"),
        *("dal=0001-01-01", "al=9999-12-31", "dal=2025-03-01&al=2025-02-01", f"ufficio={'a' * 10_000}"),
    ],
)
def test_a_wrong_filter_is_said_and_nothing_breaks(visitor: Visitor, query: str) -> None:
    answer = visitor.get(f"/scadenze?{query}")
    assert answer.status == 400
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text
    assert visitor.get(f"/scadenze.json?{query}").status == 400


@pytest.mark.parametrize(
    "path",
    [
        *("/admin", "/scadenze/inesistente/2025", f"/scadenze/{KEY}x", "/scadenze/costi-personale-annuale/9999-Q9"),
        *(
            "/scadenze?pagina=10000",
            "/scadenze?pagina=0",
            "/scadenze?pagina=-1",
            "/scadenze?pagina=x",
            "/?pagina=10000",
        ),
        *(
            "/invii?pagina=10000",
            "/invii?esito=altro",
            "/registro?pagina=10000",
            "/adempimenti/nessuno",
            "/../etc/passwd",
        ),
        *(
            f"/scadenze/{KEY}/prove/1",
            f"/scadenze/{KEY}/bozze/..%2Fledger.sqlite3/1.docx",
            f"/invii/{10**30}",
            "/static/../x",
        ),
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status == 404
    assert "Traceback" not in answer.text
    assert path.startswith("/static") or "Torna alla pagina iniziale" in answer.text


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:8080@{HOST}", "", "127.0.0.1", "127.0.0.1:9"])
def test_a_name_that_is_not_ours_is_not_answered(visitor: Visitor, host: str) -> None:
    answer = replace(visitor, host=host).get("/")
    assert answer.status == 400
    assert "http://127.0.0.1:8080" in answer.text


def test_without_a_public_address_only_this_machine_is_answered(visitor: Visitor) -> None:
    assert "solo da questo computer" in visitor.get("/").text
    elsewhere = replace(visitor, client="192.0.2.7")
    assert elsewhere.get("/").status == 403
    assert elsewhere.get("/healthz").status == 200


@pytest.mark.parametrize(
    "path", ["/invii", "/registro", "/calendari", f"/scadenze/{KEY}/dati", f"/scadenze/{KEY}/prove/1"]
)
def test_a_stranger_at_this_machine_sees_deadlines_and_nothing_about_people(stranger: Visitor, path: str) -> None:
    for public in ("/", "/scadenze", f"/scadenze/{KEY}", "/adempimenti", "/puntualita"):
        content = stranger.get(public).text
        assert 'href="/accesso?next=%2F' in content
        assert "@" not in content
        assert "SHA-256" not in content
    assert stranger.get(path).status == 302


def test_a_public_address_is_answered_from_everywhere_and_safely(app: App) -> None:
    settings = replace(
        app.settings,
        base_url="https://scadenze.ente.example",
        smtp_host="smtp.ente.example",
        mail_from="a@ente.example",
    )
    public = replace(app, settings=settings)
    far = Visitor(pages(lambda: public), host="scadenze.ente.example", client="192.0.2.7")
    assert far.get("/puntualita")["location"] == "/accesso?next=%2Fpuntualita"
    answer = far.get("/accesso")
    assert answer["strict-transport-security"]
    assert "solo da questo computer" not in answer.text


def test_a_request_that_is_too_large_is_refused_before_it_is_read(visitor: Visitor) -> None:
    answer = visitor.ask("POST", "/", b"", {"content-length": "99999999999"})
    assert answer.status == 413
    assert visitor.ask("GET", "/", b"", {"content-length": "x"}).status == 413


def test_static_files_are_kept_by_the_browser(visitor: Visitor) -> None:
    first = visitor.get("/static/bootstrap-italia.css", **{"accept-encoding": "gzip"})
    assert (first.status, first["content-encoding"], first["content-type"]) == (200, "gzip", "text/css; charset=utf-8")
    assert visitor.get("/static/bootstrap-italia.css", **{"if-none-match": first["etag"]}).status == 304
    for name in (
        "scadenzario.css",
        "scadenzario.svg",
        "testo.woff2",
        "testo-600.woff2",
        "testo-700.woff2",
        "cifre.woff2",
    ):
        assert visitor.get(f"/static/{name}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_a_form_from_elsewhere_changes_nothing(visitor: Visitor, method: str) -> None:
    assert visitor.ask(method, "/healthz").status in (403, 404, 405)
    assert visitor.ask(method, "/static/scadenzario.css").status == 405


def test_titles_are_text_whatever_they_hold(app: App, visitor: Visitor) -> None:
    title = "<b>\"A\" & 'B'</b>😀" + "x" * 10_000
    obligations = tuple(replace(item, title=title) for item in app.register.obligations)
    hostile = replace(app)
    hostile.__dict__.update({"register": replace(app.register, obligations=obligations), "store": app.store})
    mine = replace(visitor, application=pages(lambda: hostile))
    for path in EVERY:
        answer = mine.get(path)
        assert answer.status == 200
        assert path.endswith((".csv", ".json")) or "<b>" not in answer.text


def test_a_ledger_that_does_not_answer_is_said(app: App) -> None:
    closed = replace(app, settings=replace(app.settings, database_url="postgresql://nobody@127.0.0.1:1/none"))
    answer = Visitor(pages(lambda: closed)).get("/")
    assert answer.status == 503


def test_punctuality_counts_what_was_filed_late(app: App, visitor: Visitor) -> None:
    assert "0 % (0 su" in visitor.get("/puntualita").text
    overdue = next(item.occurrence for item in app.statuses() if item.state == "overdue")
    act = Act(ActKind.SUBMISSION, overdue.key, app.clock(), "Anna Esempio", on=overdue.legal_due_on)
    app.store.record_act(act)
    assert "100,0 % (1 su 1)" in visitor.get("/puntualita").text
    assert (
        f"trasmissione: {date.strftime(overdue.legal_due_on, '%d/%m/%Y')}"
        in visitor.get(f"/scadenze/{overdue.key}").text
    )
