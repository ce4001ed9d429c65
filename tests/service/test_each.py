"""One document for each row: each with a name and versions of its own; one that fails does not stop the others."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.app import App
from scheduler.commands.clock import app_at
from scheduler.core.each import LONGEST, slug, template_name, unique
from scheduler.core.ledger import Draft, Outcome
from scheduler.documents.package import document_text
from scheduler.errors import SourceError, TemplateError
from scheduler.ledger import database
from scheduler.service.filling import Filling
from scheduler.service.rehearsal import Rehearsal
from scheduler.service.reproduction import Likeness, Reproducer
from scheduler.service.simulate import FalseClock
from scheduler.service.variables import variables
from scheduler.settings import read_settings
from tests.documents.word import docx, p
from tests.processes import run
from tests.service.offices import HEAD, make_office

NOW = datetime(2026, 3, 24, 9, tzinfo=UTC)
KEY = "convocazioni/2026-03-31"
DECLARED = HEAD.replace(
    "obligations:\n",
    """\
tables:
  accordi:
    path: data/accordi.csv
    columns:
      ente: {header: Ente, type: testo}
      stato: {header: Stato, type: testo}
obligations:
  - id: convocazioni
    title: Convocazioni
    family: relazioni
    agreement: convenzione
    source: articolo 1
    every: once
    due: {on: 2026-03-31}
    owner: ufficio
    recipients: [capo]
    documents: [modulo, {name: convocazione, per: accordi, as: ente}]
    milestones: [draft-7d]
    data: [accordi]
""",
)
LETTER = docx(p("Spett.le {{ riga.ente }}"), p('{% if riga.stato == "sospeso" %}{{ riga.stato|euro }}{% endif %}'))


def make(root: Path, rows: list[tuple[str, str]], letter: bytes = LETTER) -> Path:
    office = make_office(root, 0)
    (office / "deadlines.yaml").write_text(DECLARED, "utf-8")
    (office / "templates/convocazione.docx").write_bytes(letter)
    lines = ["Ente;Stato", *(f"{name};{status}" for name, status in rows)]
    (office / "data/accordi.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return office


@pytest.fixture
def office(tmp_path: Path) -> Path:
    rows = [(f"Ente accreditato {number:02}", "attivo") for number in range(1, 83)]
    rows[40] = ("Società Però & Figli", "sospeso")
    return make(tmp_path / "office", rows)


@pytest.fixture
def app(office: Path) -> Iterator[App]:
    app = App(read_settings({}, office), FalseClock(NOW)).adopt()
    assert app.adopted is not None
    assert app.adopted.problems == ()
    yield app
    app.press.close()
    database.close(app.store.alias)


def mail_of(app: App) -> EmailMessage:
    [mail] = [item for item in app.store.deliveries.all() if item.occurrence_key == KEY]
    found = message_from_bytes(app.workspace.read(mail.path), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_eighty_two_convocations_are_one_action_and_one_mail(app: App) -> None:
    [done] = app.sweeper.sweep().done
    assert done.performance.outcome is Outcome.PERFORMED
    [problem] = done.performance.problems
    assert "templates/convocazione.docx (convocazione_societa-pero-figli): il filtro «euro»" in problem
    drafts = {item.document: item for item in app.store.drafts(KEY)}
    assert len(drafts) == 82, "81 convocations and the report"
    first = drafts["convocazione_ente-accreditato-01"]
    assert (first.version, first.template, first.is_item) == (1, "convocazione", True)
    assert first.path.endswith("/convocazione_ente-accreditato-01-2026-03-31-v1.docx")
    assert "Spett.le Ente accreditato 01" in document_text(app.workspace.read(first.path))
    mail = mail_of(app)
    [archive] = mail.iter_attachments()
    assert archive.get_filename() == "convocazioni-2026-03-31.zip"
    with zipfile.ZipFile(io.BytesIO(archive.get_content())) as found:
        held = {name: hashlib.sha256(found.read(name)).hexdigest() for name in found.namelist()}
        assert {item.date_time for item in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert held == {item.path.rsplit("/", 1)[-1]: item.sha256 for item in drafts.values()}
    body = mail.get_body(("plain",))
    assert body is not None
    assert "convocazione_societa-pero-figli" in body.get_content()


def test_each_has_versions_of_its_own_and_is_made_again_to_the_byte(app: App, office: Path) -> None:
    app.sweeper.sweep()
    path = office / "data/accordi.csv"
    path.write_text(path.read_text("utf-8").replace(";sospeso", ";attivo"), "utf-8")
    occurrence = app.agenda.occurrence(KEY)
    assert occurrence is not None
    shown: list[tuple[int, int]] = []
    batch = app.drafter.keep(
        lambda least: app.drafter.documents(occurrence, (), NOW, least, lambda *pair: shown.append(pair))
    )
    assert shown == [(number, 82) for number in range(1, 83)]
    versions = {item.draft.document: item.draft.version for item in batch.documents}
    assert len(versions) == 83
    assert (versions["convocazione_societa-pero-figli"], versions["convocazione_ente-accreditato-82"]) == (1, 2)
    path.unlink()
    reproducer = Reproducer(app.workspace, app.store, app.press, "it")
    for item in (batch.documents[0], batch.documents[41], batch.documents[-1]):
        assert reproducer.reproduce(item.draft).likeness is Likeness.IDENTICAL


def test_a_template_that_no_row_can_fill_is_a_draft_that_failed(tmp_path: Path) -> None:
    app = app_at(make(tmp_path / "office", [("A", "sospeso"), ("B", "sospeso")]), "2026-03-24T09:00")
    occurrence = app.agenda.occurrence(KEY)
    assert occurrence is not None
    with pytest.raises(TemplateError) as caught:
        app.drafter.documents(occurrence, (), NOW)
    assert str(caught.value).count("\n") == 0, "once, not once for each"
    app.press.close()


def test_where_there_is_no_row_the_other_documents_are_made_and_nothing_at_all_is_an_error(tmp_path: Path) -> None:
    office = make(tmp_path / "office", [("A", "sospeso")])
    active = "    figures: {attivi: {rows: accordi, where: {stato: attivo}}}\n"
    (office / "deadlines.yaml").write_text(DECLARED.replace("per: accordi", "per: attivi") + active, "utf-8")
    app = app_at(office, "2026-03-24T09:00")
    occurrence = app.agenda.occurrence(KEY)
    assert occurrence is not None
    assert [item.draft.document for item in app.drafter.documents(occurrence, (), NOW).documents] == ["modulo"]
    with pytest.raises(SourceError, match="non c'è nessuna riga"):
        app.drafter.documents(occurrence, ("convocazione",), NOW)
    app.press.close()


def test_lint_rehearsal_and_the_list_of_names_know_the_row(app: App) -> None:
    [obligation] = app.register.obligations
    path = app.workspace.root / "templates/convocazione.docx"
    assert app.press.problems(path, obligation, "it") == ()
    path.write_bytes(docx(p("{{ riga.entee }}")))
    [problem] = app.press.problems(path, obligation, "it")
    assert "«riga.entee»" in problem.what
    assert problem.remedy == "forse «ente»"
    path = app.workspace.root / "templates/modulo.docx"
    path.write_bytes(docx(p("{{ riga.ente }}")))
    assert ["riga" in item.what for item in app.press.problems(path, obligation, "it")] == [True], "it is made once"
    found = {item.name: item for item in variables(app.drafter, app.occurrences, NOW)}
    assert (found["riga.ente"].example, found["riga.ente"].origin) == (
        "Ente accreditato 01",
        "tabelle.accordi (convocazione)",
    )
    workspace, office = app.shelf.workspace, app.register.office
    (workspace.root / "templates/modulo.docx").write_bytes(docx(p("a")))
    (workspace.root / "templates/convocazione.docx").write_bytes(docx(p("{{ riga.ente|euro }}")))
    [breach] = Rehearsal(workspace, office, app.press, NOW).breaches(app.occurrences)
    assert "euro" in breach.problem.what


def test_more_processes_give_the_same_in_the_same_order(app: App) -> None:
    template = docx(p("{{ x|numero }}"))
    orders = [
        lambda press, value=number: press.filled(template, "t", {"x": value if value % 7 else "no"}, NOW, "it")
        for number in range(30)
    ]
    shown: list[tuple[int, int]] = []
    alone = Filling(app.press, cores=1).all(orders)
    together = Filling(app.press, lambda *pair: shown.append(pair), cores=3, start=0).all(orders)
    assert [item if isinstance(item, bytes) else str(item) for item in together] == [
        item if isinstance(item, bytes) else str(item) for item in alone
    ]
    assert [number for number, item in enumerate(alone) if isinstance(item, TemplateError)] == list(range(0, 30, 7))
    assert shown == [(number, 30) for number in range(1, 31)]


def test_the_command_tells_what_was_made_and_fails_for_what_was_not(office: Path) -> None:
    done = run(["draft", KEY, "--workspace", office, "--now", "2026-03-24T09:00"])
    assert done.returncode == 4
    assert done.stdout.count("convocazione_") == 81
    assert "convocazione_societa-pero-figli" in done.stderr


NAMES = st.lists(st.sampled_from(["a", "a-2", "a-3", "b", "c", "b-2", "a-2-2"]), max_size=12)


@given(NAMES)
def test_no_two_items_have_one_name_and_who_is_alone_keeps_it(names: list[str]) -> None:
    found = unique(names)
    assert len(set(found)) == len(names)
    assert all(own == name for own, name in zip(found, names, strict=True) if names.count(name) == 1)


@given(st.text(max_size=80))
def test_a_name_is_safe_in_every_file_system(text: str) -> None:
    found = slug(text)
    assert 0 < len(found) <= LONGEST
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert template_name(f"convocazione_{found}") == "convocazione"
    assert Draft(KEY, f"convocazione_{found}", 1, "", "", 0, "", NOW).template == "convocazione"


def test_accents_and_signs_in_names() -> None:
    assert slug("  Società «Però» & Figli S.r.l. ") == "societa-pero-figli-s-r-l"
    assert slug("日本") == "riga"
