"""What would break in the next twelve months is told now: templates filled with made-up data of the declared types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.core.data import Figure, Mark, Row, Table
from scheduler.core.occurrence import Occurrence, all_occurrences, occurrences
from scheduler.deadlines import read_register
from scheduler.documents.context import Sheet, context, figure_names, table_columns
from scheduler.errors import SourceError
from scheduler.intake.intake import load
from scheduler.intake.invented import CASES, Case, invented
from scheduler.intake.sheet import SheetCache
from scheduler.service.press import Press
from scheduler.service.rehearsal import Rehearsal
from scheduler.service.shelf import Shelf
from scheduler.service.workspace import Workspace
from tests.conftest import ROOT
from tests.documents.word import docx, p, tbl, tr
from tests.service.offices import make_office

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
REGISTER = read_register(ROOT / "deadlines.yaml")
ALL = all_occurrences(REGISTER.obligations, REGISTER.workdays)
COSTS = next(item for item in REGISTER.obligations if item.id == "costi-personale-trimestrale")
SOUND = docx(p("{{ adempimento.titolo }}"))
Find = Callable[..., list[str]]


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


@pytest.fixture
def find(press: Press, tmp_path: Path) -> Find:
    """Rehearse the quarterly costs with a template of one's own; return what is told of it."""

    def found(template: bytes, at: datetime = AT) -> list[str]:
        (tmp_path / "templates").mkdir(exist_ok=True)
        for name in (*COSTS.documents, COSTS.request_document):
            (tmp_path / f"templates/{name}.docx").write_bytes(SOUND)
        (tmp_path / f"templates/{COSTS.documents[0]}.docx").write_bytes(template)
        rehearsal = Rehearsal(Workspace(tmp_path), REGISTER.office, press, at)
        return [str(item) for item in rehearsal.problems(occurrences(COSTS, REGISTER.workdays))]

    return found


def test_the_shipped_templates_stand_a_year_of_the_term(press: Press) -> None:
    assert Rehearsal(Workspace(ROOT), REGISTER.office, press, AT).problems(ALL) == ()


@pytest.mark.parametrize(
    ("template", "tried", "told"),
    [
        (docx(p("{% for r in tabelle.costi %}{{ r.ente|euro }}{% endfor %}")), "una riga e nomi lunghi", "«euro»"),
        (docx(p("{{ (tabelle.costi|first).ente }}")), "tabelle vuote", "No first item"),
        (docx(p("{% if dati.totale > 0 %}sì{% endif %}")), "dati n.r", "non si compila con questi dati"),
        (docx(p("{{ dati.totale * 2 }}")), "dati n.r", "non si compila con questi dati"),
        (
            docx(p("a"), properties={"title": "{% for r in tabelle.costi %}{{ r.mese }} {% endfor %}"}),
            "mille righe e numeri negativi",
            "> 255",
        ),
    ],
)
def test_what_would_break_is_told_with_the_data_that_break_it(
    find: Find, template: bytes, tried: str, told: str
) -> None:
    [problem] = find(template)
    key = "costi-personale-trimestrale/2024-Q4"
    assert problem.startswith(f"templates/{COSTS.documents[0]}.docx (prova su {key}, con {tried}): ")
    assert told in problem


def test_all_faults_are_told_each_once(find: Find) -> None:
    assert len(find(docx(p("{% if dati.totale > 0 %}sì{% endif %}{{ (tabelle.costi|first).ente }}")))) == 2
    assert len(find(docx(p("{{ dati.totale|data }}")))) == 1


def test_a_template_that_is_ready_for_everything_is_not_spoken_of(find: Find) -> None:
    row = tr("{{ r.ente }}", "{{ r.totale|euro }}")
    rows = tbl(2, tr("{%tr for r in tabelle.costi %}", ""), row, tr("{%tr endfor %}", ""))
    total = "{% if dati.totale is number and dati.totale > 0 %}{{ dati.totale|in_lettere }}{% endif %}"
    assert find(docx(p(total, "{{ dati.unita|quanti('unità', 'unità') }}"), rows)) == []


def test_only_the_next_twelve_months_count(find: Find) -> None:
    broken = docx(p("{{ dati.totale|data }}"))
    last = max(item.legal_due_on for item in occurrences(COSTS, REGISTER.workdays))
    after = datetime(last.year, last.month, last.day, tzinfo=UTC)
    assert find(broken, after) != []
    assert find(broken, after + timedelta(days=1)) == []
    first = min(item.legal_due_on for item in occurrences(COSTS, REGISTER.workdays))
    assert find(broken, datetime(first.year - 1, first.month, first.day, tzinfo=UTC) - timedelta(days=2)) == []


def test_a_changed_template_that_would_break_does_not_take_effect(press: Press, tmp_path: Path) -> None:
    office = make_office(tmp_path / "office", 1, 1)
    template, at = office / "templates/modulo.docx", datetime(2026, 3, 24, 8, tzinfo=UTC)
    shelf = Shelf(Workspace(office), press, "it")
    good = template.read_bytes()
    assert shelf.adopt(at).problems == ()
    template.write_bytes(docx(p("{{ (allegati|first).nome }}")))
    for _ in range(2):
        [problem] = shelf.adopt(at).problems
        assert "tabelle vuote" in str(problem)
        assert (shelf.templates / "modulo.docx").read_bytes() == good
    template.write_bytes(mended := docx(p("{% for a in allegati %}{{ a.nome }}{% endfor %}")))
    assert shelf.adopt(at).problems == ()
    assert (shelf.templates / "modulo.docx").read_bytes() == mended


def made(occurrence: Occurrence, case: Case) -> Any:
    obligation, year = occurrence.obligation, occurrence.period.last_day.year
    return invented(obligation.tables, obligation.figures, occurrence.agreement.amounts, year, case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("obligation", REGISTER.obligations, ids=lambda item: item.id)
def test_made_up_data_have_every_name_that_a_template_may_use(obligation: Any, case: Case) -> None:
    occurrence = next(occurrences(obligation, REGISTER.workdays))
    values = context(occurrence, REGISTER.office, made(occurrence, case), Sheet("t", 1, AT.date()))
    assert set(vars(values["dati"])) == set(figure_names(obligation))
    assert set(vars(values["tabelle"])) == set(table_columns(obligation))
    for name, columns in table_columns(obligation).items():
        for row in getattr(values["tabelle"], name):
            assert set(vars(row)) == set(columns), name


@pytest.mark.parametrize("obligation", REGISTER.obligations, ids=lambda item: item.id)
def test_made_up_data_are_of_the_types_that_workbooks_give(obligation: Any) -> None:
    """Held against the first period whose sample workbooks are there."""
    for occurrence in occurrences(obligation, REGISTER.workdays):
        try:
            real = _load(occurrence)
        except SourceError:
            continue
        ours = made(occurrence, CASES[0])
        for name, figure in real.figures.items():
            assert _types(figure) <= _types(ours.figures[name]) | {Mark, type(None)}, name
        for name, table in real.tables.items():
            assert _types(table) <= _types(ours.tables[name]) | {Mark, type(None)}, name
        return


def _load(occurrence: Occurrence) -> Any:
    obligation, period = occurrence.obligation, occurrence.period
    dates = {"start": period.start, "end": period.end, "key": period.key}
    amounts = occurrence.agreement.amounts
    return load(obligation.tables, obligation.figures, amounts, **dates, workspace=ROOT, cache=SheetCache())


def _types(item: Figure | Table) -> set[type]:
    rows = item.rows if isinstance(item, Table) else item.value if isinstance(item.value, tuple) else None
    if rows is None:
        return {type(item.value)}  # type: ignore[union-attr]  # a figure
    return {type(value) for row in rows if isinstance(row, Row) for value in row.values.values()}
