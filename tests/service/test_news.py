"""What has changed in a draft's figures, as its mail says it: numbers that stand alone, and never a name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from docx import Document

from scheduler.app import App
from scheduler.commands.acting import acts
from scheduler.commands.working import draft
from scheduler.core.changed import Comparison, FigureChange, Since
from scheduler.core.data import Mark
from scheduler.core.ledger import Draft
from scheduler.core.upload import Upload
from scheduler.mail.body import Heading, Items, Paragraph
from scheduler.service.comparisons import Comparisons
from scheduler.service.news import MOST_LINES, news
from scheduler.settings import read_settings
from tests.service.offices import make_counting_office
from tests.service.test_refreshing import changed

FEBRUARY, MARCH = (datetime(2026, month, 6, 9, tzinfo=UTC) for month in (2, 3))
KEY = "spese/2026-02"
MONTHS = {
    "2026-01": "Importo;Persona\n10;Ada Rossi\n20;Ugo Bianchi\n",
    "2026-02": "Importo;Persona\n10;Eva Verdi\n1020;Ugo Bianchi\n5;Ada Rossi\n",
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The office after the drafts of two months, the second made twice: a list was mended in between."""
    root = make_counting_office(tmp_path_factory.mktemp("news") / "office", MONTHS)
    for now in (FEBRUARY, MARCH):
        app = App(read_settings({}, root), lambda now=now: now)  # type: ignore[misc]  # each its own instant
        app.sweeper.sweep()
        app.press.close()
    (root / "data/2026-02.csv").write_text(MONTHS["2026-02"].replace("1020", "1000"), "utf-8")
    app = App(read_settings({}, root), lambda: MARCH)
    yield app
    app.press.close()
    app.store.rest()


def _mail(app: App, key: str) -> str:
    [path] = (mail.path for mail in app.store.deliveries.all() if mail.action_key == f"{key}/draft-3d")
    message = message_from_bytes(app.workspace.read(path), policy=policy.default)
    return str(message.get_body(("plain",)).get_content())


def test_the_mail_of_a_draft_says_what_has_changed_since_the_period_before(swept: App) -> None:
    said = _mail(swept, KEY)
    assert "Dati cambiati rispetto a: gennaio 2026" in said
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "- totale: 30 → 1.035 (+1.005; +3350,0 %)" in lines
    assert "- quanti: 2 → 3 (+1; +50,0 %)" in lines
    assert "Altri valori cambiati: 4; sono nella pagina della scadenza." in said
    for name in ("Rossi", "Bianchi", "Verdi", "primo", "per_persona"):
        assert name not in said, "neither texts nor places of tables are for a mail"


def test_the_first_mail_has_nothing_to_compare_with(swept: App) -> None:
    assert "Dati cambiati" not in _mail(swept, "spese/2026-01")


def test_a_second_version_is_compared_with_both(swept: App, capsys: pytest.CaptureFixture[str]) -> None:
    draft(swept, KEY, None, review=False, as_json=True)
    [made] = json.loads(capsys.readouterr().out)
    since = made["changes"]["since_version"]
    assert (since["key"], since["version"]) == (KEY, 1)
    values = {
        (item["name"], *item["row"], item["column"]): (item["before"], item["after"]) for item in since["figures"]
    }
    assert values == {
        ("totale", ""): (1035, 1015),
        ("per_persona", "Ugo Bianchi", "importo"): (1020, 1000),
    }
    assert made["changes"]["since_period"]["key"] == "spese/2026-01"


def test_a_damaged_record_keeps_no_draft_from_being_compared_with_others(swept: App, tmp_path: Path) -> None:
    made = swept.store.drafts(KEY)[0]
    assert made.making is not None
    assert Comparisons(swept.workspace, swept.store).of(made).period is not None
    nowhere = replace(swept.workspace, state=tmp_path)
    assert Comparisons(nowhere, swept.store).of(made) == Comparison()
    before = replace(made, making=None)
    assert Comparisons(swept.workspace, swept.store).of(before) == Comparison()


EARLIER = Draft("spese/2025-Q4", "modulo", 2, "drafts/x.docx", "a" * 64, 1, "b" * 64, FEBRUARY)


def _blocks(*changes: FigureChange) -> list[object]:
    return list(news("it", [Comparison(Since(EARLIER, changes)), Comparison(Since(EARLIER, changes))]))


def test_documents_of_the_same_figures_say_it_once_and_at_most_ten_lines() -> None:
    many = [FigureChange(f"dato_{number}", Decimal("1.00"), Decimal("2.50")) for number in range(14)]
    heading, lines, rest = _blocks(*many)
    assert heading == Heading("Dati cambiati rispetto alla versione 2")
    assert isinstance(lines, Items)
    assert len(lines.items) == MOST_LINES
    assert lines.items[0] == "dato 0: 1,00 → 2,50 (+1,50; +150,0 %)"
    assert rest == Paragraph("Altri valori cambiati: 4; sono nella pagina della scadenza.")


def test_what_cannot_be_reckoned_is_shown_without() -> None:
    [_, lines] = _blocks(
        FigureChange("quota", Mark("n.r"), 3), FigureChange("nuovo", None, 7), FigureChange("zero", 0, 5)
    )
    assert isinstance(lines, Items)
    assert lines.items == ("quota: n.r → 3", "nuovo: – → 7", "zero: 0 → 5 (+5)")


def test_what_is_about_one_person_is_only_counted() -> None:
    changes = (FigureChange("indennita_di_ada", 10, 12), FigureChange("totale", 30, 40))
    [_, lines, rest] = news("it", [Comparison(Since(EARLIER, changes))], {"indennita_di_ada"})
    assert isinstance(lines, Items)
    assert lines.items == ("totale: 30 → 40 (+10; +33,3 %)",)
    assert rest == Paragraph("Altri valori cambiati: 1; sono nella pagina della scadenza.")


def test_the_same_figures_as_before_are_worth_saying() -> None:
    assert _blocks() == [
        Heading("Dati cambiati rispetto alla versione 2"),
        Paragraph("Nessun dato è cambiato."),
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            ("<w:sectPr", "<w:p><w:r><w:t>Parole.</w:t></w:r></w:p><w:sectPr"),
            "modulo-2026-01-v3.docx riprende il testo che l'ufficio ha scritto nella versione 2, con i dati di",
        ),
        ((">30<", ">33<"), "Punti da guardare prima di usarla: 1 (valori corretti a mano"),
    ],
)
def test_the_mail_of_a_draft_that_carries_on_peoples_text_says_what_to_look_at(
    tmp_path: Path, written: tuple[str, str], told: str
) -> None:
    root = make_counting_office(tmp_path / "office", MONTHS)
    document = Document()
    document.add_paragraph("{{ dati.totale }}")
    document.save(str(root / "templates/modulo.docx"))
    begin = datetime(2026, 1, 20, 9, tzinfo=UTC)
    app = App(read_settings({}, root), lambda: begin)
    app.sweeper.sweep()
    [made] = acts(app).draft("spese/2026-01", "prova", "Ada", None, begin)
    edited = changed(made.content, lambda markup: markup.replace(*written))
    acts(app).give_back("spese/2026-01", Upload("x.docx", edited), "", "Ada", None, begin)
    (root / "data/2026-01.csv").write_text(MONTHS["2026-01"].replace("20;", "25;"), "utf-8")
    app.press.close()
    later = App(read_settings({}, root), lambda: FEBRUARY)
    later.sweeper.sweep()
    said = " ".join(_mail(later, "spese/2026-01").split())
    later.press.close()
    later.store.rest()
    assert told in said
    assert ("da guardare" in said) == ("da guardare" in told)
