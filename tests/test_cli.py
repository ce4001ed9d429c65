"""The commands as a person types them: what they print, what they leave behind, and their exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from tests.processes import ROOT, run, variables

KEY = "costi-personale-annuale/2026"
NOW = ("--now", "2026-11-23T09:30")


def scadenzario(
    *arguments: str | Path, workspace: Path | None = None, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own."""
    place = ("--workspace", workspace) if workspace is not None else ()
    return run((*arguments, *place), environ)


def test_help_speaks_italian_and_on_request_english() -> None:
    assert "Segue le scadenze" in scadenzario("--help").stdout
    assert "Follows an agreement" in scadenzario("--help", environ={"SCADENZARIO_LANGUAGE": "en"}).stdout
    assert scadenzario("version").stdout == "scadenzario 0.1.0\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, scheduler.cli as c; c.build('it'); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    heavy = {"django", "pandas", "pydantic", "docxtpl", "apscheduler", "icalendar", "yagmail", "babel", "rich.table"}
    assert heavy & set(modules.split()) == set()


def test_check_finds_the_shipped_workspace_in_order(workspace: Path) -> None:
    result = scadenzario("check", "--connect", *NOW, workspace=workspace)
    [warning] = result.stderr.splitlines()  # an amount of 2026 that no act states
    assert "avviso: controllo «ex-madia-assegnato» non fatto" in warning
    assert "assigned('ex-madia') è da confermare" in warning
    assert result.returncode == 0
    assert "18 adempimenti" in result.stdout


def test_figures_that_disagree_are_not_drafted(workspace: Path) -> None:
    path = workspace / "data/potenziamento/personale-2026-H1.xlsx"
    workbook = load_workbook(path)
    workbook.worksheets[0]["C5"] = 400
    workbook.save(path)
    declared = workspace / "deadlines.yaml"
    rule = "le unità in servizio non superano l'obiettivo finale del piano"
    text = declared.read_text("utf-8")
    assert f"text: {rule}\n        severity: warning" in text
    declared.write_text(text.replace(f"text: {rule}\n        severity: warning", f"text: {rule}"), "utf-8")
    result = scadenzario("draft", "potenziamento-personale/2026-H1", *NOW, workspace=workspace)
    assert result.returncode == 5
    assert f"controllo «in-servizio-entro-obiettivo» non superato ({rule}): in_servizio = " in result.stderr
    assert "obiettivo = 285; celle: data/potenziamento/personale-2026-H1.xlsx [Personale] C5:C7" in result.stderr
    assert not list(workspace.rglob("avanzamento-personale-*.docx"))


def test_check_names_everything_that_is_wrong_at_once(workspace: Path) -> None:
    (workspace / "templates/cabina-regia.docx").write_bytes(b"not a document")
    (workspace / "templates/tavolo-verbale.docx").unlink()
    (workspace / "data/cabina-regia/2026.xlsx").unlink()
    result = scadenzario("check", *NOW, workspace=workspace)
    assert result.returncode == 4
    lines = result.stderr.splitlines()
    assert "templates/tavolo-verbale.docx: il modello non c'è" in lines[0]
    assert "templates/cabina-regia.docx: non è un documento Word .docx" in lines[1]
    assert lines[2].startswith("data/cabina-regia/2026.xlsx: il file non c'è")


def test_variables_lists_the_names_for_templates_and_knows_the_nearest_obligation(workspace: Path) -> None:
    result = scadenzario("variables", "gol-avanzamento", "--json", *NOW, workspace=workspace)
    names = {item["name"]: item for item in json.loads(result.stdout)}
    assert names["periodo.anno"]["type"] == "intero"
    assert names["tabelle.gol[].realizzato"]["origin"] == "Realizzato"
    wrong = scadenzario("variables", "gol-avanzamnto", *NOW, workspace=workspace)
    assert wrong.returncode == 2
    assert wrong.stderr.strip() == "l'adempimento «gol-avanzamnto» non c'è; forse «gol-avanzamento»"


def test_check_warns_of_a_template_that_not_everybody_can_read(workspace: Path) -> None:
    path = workspace / "templates/tavolo-verbale.docx"
    document = docx.Document(str(path))
    document.add_paragraph().add_run("Esito della seduta").bold = True
    document.save(str(path))
    result = scadenzario("check", *NOW, workspace=workspace)
    assert result.returncode == 0
    assert "templates/tavolo-verbale.docx, sotto «" in result.stderr
    assert "accessibilità: «Esito della seduta» sembra un titolo ma è solo in grassetto" in result.stderr


def test_check_says_where_the_file_is_wrong(workspace: Path) -> None:
    path = workspace / "deadlines.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("{month: 2, day: 28, year: following}", "{month: 2, day: 31, year: following}"))
    line = next(number for number, item in enumerate(text.splitlines(), 1) if "day: 28, year: following" in item)
    result = scadenzario("check", workspace=workspace)
    assert result.returncode == 3
    assert result.stderr.splitlines() == [
        f"deadlines.yaml:{line}: costi-personale-annuale.due.day: 31 non è un giorno di febbraio; "
        "usare 28, oppure last per l'ultimo giorno"
    ]


def test_list_gives_the_agreed_json(workspace: Path) -> None:
    result = scadenzario("list", "--from", "2027-03-01", "--to", "2027-03-01", "--json", *NOW, workspace=workspace)
    assert json.loads(result.stdout) == [
        {
            "key": KEY,
            "obligation": "costi-personale-annuale",
            "title": "Report annuale dei costi sostenuti per il personale",
            "period": "2026",
            "nominal_due_on": "2027-02-28",
            "legal_due_on": "2027-03-01",
            "target_on": "2027-02-26",
            "state": "scheduled",
            "to_confirm": False,
        }
    ]


def test_explain_tells_why_the_tail_report_is_due_on_monday(workspace: Path) -> None:
    output = scadenzario("explain", KEY, workspace=workspace).stdout
    assert "28/02/2027 è festivo (domenica): il termine passa al 01/03/2027" in output
    assert "Termine di legge: lunedì 01/03/2027" in output
    assert "Obiettivo interno: venerdì 26/02/2027" in output
    assert "DGR XII/1607 del 18/12/2023" in output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("explain", "costi-personale-anuale/2026"), 2, "le più vicine: costi-personale-annuale/2026"),
        (("list", "--from", "2026-02-30"), 2, "«2026-02-30» non è un giorno del calendario"),
        (("list", "--now", "domani"), 2, "«domani» non è un giorno con un'ora"),
        (("submit", KEY, "--on", "2030-01-01"), 1, "che deve ancora venire"),
        (("submit", KEY, "--on", "2026-11-20", "--protocol", "AB-1"), 1, "«AB-1» non è un numero di protocollo"),
        (("submit", KEY, "--on", "2026-11-20", "--evidence", "/nowhere.pdf"), 5, "/nowhere.pdf"),
        (
            ("extend", KEY, "--to", "2027-02-01", "--reason", "x"),
            1,
            "non è tra il termine dell'atto (01/03/2027) e un anno dopo (01/03/2028)",
        ),
        (("extend", KEY, "--to", "9999-12-31", "--reason", "x"), 2, "«9999-12-31» non è un giorno del calendario"),
        (("extend", KEY, "--to", "2052-03-14", "--reason", "x"), 1, "e un anno dopo (01/03/2028)"),
        (("extend", KEY, "--to", "2027-04-01", "--reason", " "), 1, "manca il motivo"),
        (("submit", KEY, "--on", "2025-12-31"), 1, "prima che il periodo cominci (01/01/2026)"),
        (("list", "--from", "2026-02-01", "--to", "2026-01-01"), 2, "finisce prima di cominciare"),
        (("list", "--now", "0001-01-01T00:00"), 2, "non è un giorno con un'ora"),
        (("simulate", "--from", "2026-02-01", "--to", "9999-12-31"), 2, "«9999-12-31»"),
        (("reopen", KEY, "--reason", "x"), 1, "non è chiusa"),
        (("release", KEY, "--reason", "x"), 1, "niente da sbloccare"),
        (("unheard-of",), 2, "unheard-of"),
    ],
)
def test_a_wrong_argument_is_a_sentence(workspace: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = scadenzario(*arguments, workspace=workspace)
    assert (result.returncode, "Traceback" in result.stderr) == (code, False)
    assert message in result.stderr


def test_everything_that_is_wrong_with_an_act_is_said_at_once(workspace: Path, tmp_path: Path) -> None:
    program = tmp_path / "ricevuta.pdf"
    program.write_bytes(b"MZ")
    wrong = ("submit", KEY, "--on", "2030-01-01", "--protocol", "AB-1", "--evidence", program)
    result = scadenzario(*wrong, *NOW, workspace=workspace)
    assert result.returncode == 1
    starts = [line.split(": ")[0] for line in result.stderr.splitlines()]
    assert starts == ["--on", "--protocol", str(program)]
    only = scadenzario("submit", KEY, "--on", "2026-11-20", "--evidence", program, *NOW, workspace=workspace)
    assert only.returncode == 5
    assert "non si può conservare: è un programma" in only.stderr


def test_a_folder_without_a_register_says_what_to_do(tmp_path: Path) -> None:
    result = scadenzario("list", workspace=tmp_path)
    assert result.returncode == 3
    assert "scadenzario init" in result.stderr


def test_wrong_settings_are_all_named_and_no_secret_is_shown(workspace: Path) -> None:
    environ = {
        "SCADENZARIO_SMTP_HOST": "mail.example",
        "SCADENZARIO_SMTP_PORT": "x",
        "SCADENZARIO_SMTP_SECURITY": "tls",
        "SCADENZARIO_DATABASE_URL": "mysql://u:geheim@h/d",
    }
    result = scadenzario("list", workspace=workspace, environ=environ)
    assert result.returncode == 3
    for name in ("SMTP_PORT", "SMTP_SECURITY", "MAIL_FROM"):
        assert f"SCADENZARIO_{name}:" in result.stderr
    environ = {"SCADENZARIO_DATABASE_URL": "mysql://u:geheim@h/d"}
    result = scadenzario("list", workspace=workspace, environ=environ)
    assert result.returncode == 3
    assert "«mysql» non è un tipo di registro conosciuto" in result.stderr
    assert "geheim" not in result.stderr


def test_a_persons_acts_close_extend_and_reopen(workspace: Path, tmp_path: Path) -> None:
    receipt = tmp_path / "ricevuta di consegna.eml"
    receipt.write_bytes(b"X-Ricevuta: avvenuta-consegna\n")

    def state() -> str:
        listed = scadenzario("list", "--from", "2027-03-01", "--to", "2027-03-31", "--json", *NOW, workspace=workspace)
        return next(str(item["state"]) for item in json.loads(listed.stdout) if item["key"] == KEY)

    def act(*arguments: str | Path) -> int:
        return scadenzario(*arguments, *NOW, workspace=workspace).returncode

    assert state() == "scheduled"
    assert act("extend", KEY, "--to", "2027-03-15", "--reason", "nota della Regione") == 0
    explained = scadenzario("explain", KEY, *NOW, workspace=workspace).stdout
    assert "termine prorogato al 15/03/2027" in explained
    assert "nota della Regione" in explained
    filing = ("submit", KEY, "--on", "2026-11-20", "--protocol", "15384/2026", "--reason", "per PEC")
    assert act(*filing, "--evidence", receipt) == 0
    assert state() == "submitted"
    assert "per PEC" in scadenzario("explain", KEY, *NOW, workspace=workspace).stdout
    [kept] = (workspace / "var/evidence" / KEY).iterdir()
    assert kept.read_bytes() == receipt.read_bytes()
    second = scadenzario("waive", KEY, "--reason", "x", *NOW, workspace=workspace)
    assert second.returncode == 1
    assert "è già chiusa: trasmissione di" in second.stderr
    assert act("reopen", KEY, "--reason", "file sbagliato") == 0
    assert state() == "scheduled"
    assert act("waive", KEY, "--reason", "convenzione sciolta", "--who", "direzione") == 0
    assert state() == "waived"


def test_a_mistaken_extension_is_corrected_by_another(workspace: Path) -> None:
    def extend(to: str) -> int:
        return scadenzario("extend", KEY, "--to", to, "--reason", "x", *NOW, workspace=workspace).returncode

    assert [extend("2027-09-15"), extend("2027-03-15")] == [0, 0]
    assert "Termine di legge: lunedì 15/03/2027" in scadenzario("explain", KEY, *NOW, workspace=workspace).stdout


def test_two_drafts_at_once_get_versions_of_their_own(workspace: Path) -> None:
    scadenzario("list", workspace=workspace)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: _drafted(workspace), range(4)))
    assert sorted(facts["version"] for facts in done) == [1, 2, 3, 4]
    for facts in done:
        assert sha256(Path(facts["path"]).read_bytes()).hexdigest() == facts["sha256"]


def _drafted(workspace: Path) -> dict[str, Any]:
    result = scadenzario("draft", "gol-avanzamento/2023", "--json", workspace=workspace)
    return json.loads(result.stdout)[0]  # type: ignore[no-any-return]


def test_a_clock_that_is_wrong_by_years_holds_everything(workspace: Path) -> None:
    assert scadenzario("sweep", "--now", "2025-02-10T09:00", workspace=workspace).returncode == 0
    sent = sorted((workspace / "var/outbox/new").iterdir())
    for wrong in ("2035-02-10T09:00", "2024-02-10T09:00"):
        held = scadenzario("sweep", "--now", wrong, workspace=workspace)
        assert held.returncode == 1
        assert "l'ultimo giro è del 10/02/2025 09:00: nulla viene mandato" in held.stderr
    assert sorted((workspace / "var/outbox/new").iterdir()) == sent
    assert scadenzario("sweep", "--now", "2025-02-12T09:00", workspace=workspace).returncode == 0
    trusted = scadenzario("sweep", "--now", "2026-02-12T09:00", "--trust-clock", workspace=workspace)
    assert trusted.returncode == 0


def test_a_disk_without_room_for_the_ledger_is_a_sentence(workspace: Path) -> None:
    """The limit on the size of files is the disk's end, as the database and the drafts see it."""
    command = ["prlimit", "--fsize=40000", sys.executable, "-m", "scheduler", "sweep", "--workspace", str(workspace)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=variables({}), timeout=120)
    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert "il registro non si può usare" in result.stderr
    assert scadenzario("sweep", *NOW, workspace=workspace).returncode == 0, "nothing was lost"


def test_draft_makes_the_document_and_keeps_it(workspace: Path, tmp_path: Path) -> None:
    output = tmp_path / "gol.docx"
    result = scadenzario("draft", "gol-avanzamento/2023", "-o", output, "--json", workspace=workspace)
    [facts] = json.loads(result.stdout)
    assert Path(facts["path"]).read_bytes() == output.read_bytes()
    assert [item["path"] for item in facts["inputs"]] == ["data/gol/2023.xlsx"]
    again = json.loads(scadenzario("draft", "gol-avanzamento/2023", "--json", workspace=workspace).stdout)
    assert again[0]["version"] == 2
    assert not (workspace / "var/outbox").exists(), "nothing is mailed"


def test_draft_of_broken_data_names_every_cell(workspace: Path) -> None:
    (workspace / "data/iefp/2026.csv").write_text("Percorso;Ente;Posti;Iscritti\na;b;dodici;n.r\nc;;3,5;1.5\n", "utf-8")
    result = scadenzario("draft", "iefp-programmazione/2026", workspace=workspace)
    assert result.returncode == 5
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        "data/iefp/2026.csv C2",
        "data/iefp/2026.csv B3",
        "data/iefp/2026.csv C3",
        "data/iefp/2026.csv D3",
    ]


def test_draft_of_odd_data_warns_and_goes_on(workspace: Path) -> None:
    path = workspace / "data/iefp/2026.csv"
    path.write_text("Percorso;Ente;Posti;Iscritti\nà;b;12;n.r\n", "cp1252")
    result = scadenzario("draft", "iefp-programmazione/2026", workspace=workspace)
    assert result.returncode == 0
    assert "data/iefp/2026.csv: avviso: letto come Windows-1252, separatore ;" in result.stderr


def test_sweep_sends_once_and_a_dry_run_nothing(workspace: Path) -> None:
    planned = scadenzario("sweep", "--dry-run", *NOW, workspace=workspace)
    assert "costi-personale-trimestrale/2026-Q3/draft-20d" in planned.stdout
    outbox = workspace / "var/outbox/new"
    assert not outbox.exists()
    assert scadenzario("sweep", *NOW, workspace=workspace).returncode == 0
    sent = sorted(outbox.iterdir())
    assert sent
    assert scadenzario("sweep", *NOW, workspace=workspace).returncode == 0
    assert sorted(outbox.iterdir()) == sent


def test_a_mail_server_that_is_not_there_leaves_the_mails_waiting_and_visible(workspace: Path) -> None:
    environ = {
        "SCADENZARIO_SMTP_HOST": "127.0.0.1",
        "SCADENZARIO_SMTP_PORT": "9",
        "SCADENZARIO_MAIL_FROM": "scadenzario@cmm.example",
    }
    result = scadenzario("sweep", *NOW, workspace=workspace, environ=environ)
    assert result.returncode == 6
    assert "mail NON partita" in result.stdout
    status = scadenzario("status", *NOW, workspace=workspace)
    assert status.returncode == 1
    assert "planned" in status.stdout
    assert scadenzario("send-test", "a@b.example", workspace=workspace, environ=environ).returncode == 6
    later = ("--now", "2026-11-23T10:30")
    assert scadenzario("sweep", *later, workspace=workspace).returncode == 0, "the Maildir takes them now"
    assert scadenzario("status", *later, workspace=workspace).returncode == 0


def test_send_test_goes_through_the_real_transport(workspace: Path) -> None:
    assert scadenzario("send-test", "anna@cmm.example", workspace=workspace).returncode == 0
    [mail] = (workspace / "var/outbox/new").iterdir()
    assert b"To: anna@cmm.example" in mail.read_bytes()


def test_init_makes_a_workspace_that_checks_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "ufficio"
    assert scadenzario("init", folder).returncode == 0
    assert scadenzario("check", *NOW, workspace=folder).returncode == 0
    again = scadenzario("init", folder)
    assert again.returncode == 3
    assert "non è una cartella nuova o vuota" in again.stderr


def test_feed_is_a_calendar_another_program_reads(workspace: Path, tmp_path: Path) -> None:
    output = tmp_path / "scadenze.ics"
    assert scadenzario("feed", "-o", output, *NOW, workspace=workspace).returncode == 0
    events = {str(event["summary"]): event for event in Calendar.from_ical(output.read_bytes()).walk("VEVENT")}
    event = events["Report annuale dei costi sostenuti per il personale – anno 2026"]
    assert event["dtstart"].dt.isoformat() == "2027-03-01"
    assert event["dtend"].dt.isoformat() == "2027-03-02"
    assert any("(da confermare)" in title for title in events)
    second = tmp_path / "again.ics"
    later = ("--now", "2026-11-23T11:30")
    assert scadenzario("feed", "-o", second, *later, workspace=workspace).returncode == 0
    assert second.read_bytes() == output.read_bytes(), "nothing changed, so no byte changes"


def test_an_english_office_gets_english_mails(workspace: Path) -> None:
    path = workspace / "deadlines.yaml"
    path.write_text(path.read_text("utf-8").replace("language: it", "language: en"), "utf-8")
    assert scadenzario("sweep", *NOW, workspace=workspace).returncode == 0
    outbox = (workspace / "var/outbox/new").iterdir()
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in outbox]
    assert any(mail["Subject"].startswith("Reminder") for mail in mails)
    assert {mail["Content-Language"] for mail in mails} == {"en"}
