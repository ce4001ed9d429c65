"""A draft's figures on the page: what has changed in them, and all of them as they were read; for who has come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scheduler.app import App
from scheduler.settings import read_settings
from tests.service.offices import make_counting_office
from tests.web.asking import Visitor
from tests.web.conftest import pages, signed_in
from tests.web.entering import READER

PAGE, FIGURES = "/scadenze/spese/2026-02", "/scadenze/spese/2026-02/bozze/modulo/2/dati"
PEOPLE = f"people:\n  - {{name: Livia, address: {READER}, access: reader}}\nobligations:\n"
MONTHS = {
    "2026-01": "Importo;Persona\n10;Ada Rossi\n20;Ugo Bianchi\n",
    "2026-02": "Importo;Persona\n10;Eva Verdi\n1020;Ugo Bianchi\n",
}


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An office with a draft of January and two of February."""
    root = make_counting_office(tmp_path_factory.mktemp("figures") / "office", MONTHS)
    declared = (root / "deadlines.yaml").read_text("utf-8")
    (root / "deadlines.yaml").write_text(declared.replace("obligations:\n", PEOPLE), "utf-8")
    app = App(read_settings({}, root), lambda: datetime(2026, 3, 6, 9, tzinfo=UTC))
    for number, key in enumerate(("spese/2026-01", "spese/2026-02", "spese/2026-02")):
        occurrence = app.agenda.occurrence(key)
        assert occurrence is not None
        [document] = app.drafter.keep(
            lambda least, item=occurrence: app.drafter.documents(item, (), app.clock(), least)
        ).documents
        app.store.record_draft(document.draft)
        if number == 1:
            (root / "data/2026-02.csv").write_text(MONTHS["2026-02"].replace("1020", "1000"), "utf-8")
    yield app
    app.press.close()
    app.store.rest()


def test_the_deadlines_page_shows_what_has_changed(drafted: App) -> None:
    content = signed_in(drafted, READER).get(PAGE).text
    assert "Dati cambiati rispetto alla versione 1" in content
    assert "Dati cambiati rispetto a: gennaio 2026" in content
    assert f'href="{FIGURES}"' in content
    since_version = content[content.index("alla versione 1") : content.index("rispetto a: gennaio")]
    row = '<th scope="row">totale</th><td data-name="Prima">1.030</td><td data-name="Adesso">1.010</td>'
    assert row in since_version
    assert '<td data-name="Differenza">-20</td><td data-name="In percentuale">-1,9 %</td>' in since_version
    assert "per_persona – Ugo Bianchi – importo" in since_version
    assert "quanti" not in since_version, "what is the same is not said"


def test_the_page_of_a_draft_has_all_its_figures_with_their_cells(drafted: App) -> None:
    content = signed_in(drafted, READER).get(FIGURES).text
    assert "<dt>totale</dt><dd>1.010<br>" in content
    assert "data/2026-02.csv" in content
    assert "sum(spese.importo)" in content
    first = signed_in(drafted, READER).get(FIGURES.replace("/2/", "/1/")).text
    assert "<dt>totale</dt><dd>1.030<br>" in first, "as they were read then, whatever the file says now"
    assert "alla versione" not in first
    assert signed_in(drafted, READER).get(FIGURES.replace("/2/", "/9/")).status == 404


def test_figures_are_not_for_the_public(drafted: App) -> None:
    stranger = Visitor(pages(lambda: drafted))
    content = stranger.get(PAGE).text
    for word in ("totale", "1.010", "Bianchi", "Dati cambiati", FIGURES):
        assert word not in content
    answer = stranger.get(FIGURES)
    assert answer.status in (302, 303, 401, 403)
    assert "Bianchi" not in answer.text


def test_figures_that_were_not_kept_are_said_to_be_missing(drafted: App) -> None:
    [draft, *_] = drafted.store.drafts("spese/2026-01")
    assert draft.making is not None
    path = drafted.workspace.var / "inputs" / draft.making.figures
    content = path.read_bytes()
    path.unlink()
    answer = signed_in(drafted, READER).get("/scadenze/spese/2026-01/bozze/modulo/1/dati")
    path.write_bytes(content)
    assert answer.status == 200
    assert "non si possono più leggere" in answer.text


def test_where_a_figure_comes_from(drafted: App) -> None:
    visitor = signed_in(drafted, READER)
    assert f'href="{PAGE}/dati/totale"' in visitor.get(f"{PAGE}/dati").text
    content = visitor.get(f"{PAGE}/dati/totale").text
    assert "<h2>totale: 1.010</h2>" in content
    assert "sum(spese.importo)" in content
    for address, value in (("A2", "10"), ("A3", "1.000")):
        assert f'data/2026-02.csv {address}</th><td data-name="Valore">{value}</td>' in content
    assert "ricalcolato dalle sole celle: stesso valore" in content
    picked = visitor.get(f"{PAGE}/dati/primo").text
    assert "<dd>importo = 10</dd>" in picked
    assert visitor.get(f"{PAGE}/dati/niente").status == 404


def test_where_a_place_of_a_table_comes_from(drafted: App) -> None:
    visitor = signed_in(drafted, READER)
    whole = visitor.get(f"{PAGE}/dati/per_persona").text
    place = f"{PAGE}/dati/per_persona%5B1%5D.importo"
    assert f'href="{place}"' in whole
    content = visitor.get(place).text
    assert "<h2>per_persona[1].importo: 10</h2>" in content
    assert "data/2026-02.csv A2" in content
    assert "data/2026-02.csv A3" not in content
    for wrong in ("per_persona%5B9%5D.importo", "per_persona%5B1%5D.altro", "per_persona%5B0%5D.importo", "a%20b"):
        assert visitor.get(f"{PAGE}/dati/{wrong}").status == 404


def test_where_figures_come_from_is_not_for_the_public(drafted: App) -> None:
    stranger = Visitor(pages(lambda: drafted))
    for name in ("totale", "primo", "per_persona"):
        answer = stranger.get(f"{PAGE}/dati/{name}")
        assert answer.status in (302, 303, 401, 403)
        for word in ("1.010", "Bianchi", "Verdi", "spese.importo"):
            assert word not in answer.text


def test_workbooks_that_cannot_be_read_are_said_to_be_wrong(drafted: App) -> None:
    path = drafted.workspace.root / "data/2026-02.csv"
    content = path.read_bytes()
    path.write_text("Importo;Persona\ndieci;Eva Verdi\n", "utf-8")
    answer = signed_in(drafted, READER).get(f"{PAGE}/dati/totale")
    path.write_bytes(content)
    assert answer.status == 409
    assert "data/2026-02.csv A2" in answer.text
