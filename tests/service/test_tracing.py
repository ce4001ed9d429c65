"""Every number of the shipped drafts comes from cells that are named for it: made again from them, it is the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scheduler import cli_drafts
from scheduler.app import App
from scheduler.commands.tracing import MOST_CELLS, explain_figure
from scheduler.core.data import Dataset, Row
from scheduler.core.occurrence import Occurrence
from scheduler.documents.formats import act, amount, long_date, number, percent, printed, share, short_date
from scheduler.documents.kinds import WrongValueError
from scheduler.documents.package import document_text
from scheduler.errors import UserError
from scheduler.intake.provenance import provenance
from scheduler.locale.words import period_label
from scheduler.service.tracing import trace
from scheduler.settings import read_settings
from tests.conftest import ROOT
from tests.processes import run

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEYS = (
    "costi-personale-annuale/2025",
    "costi-personale-trimestrale/2025-Q2",
    "elenco-personale-mensile/2025-03",
    "elenco-personale-annuale/2025",
    "dati-servizi-semestrale/2025-H1",
    "gol-avanzamento/2023",
    "potenziamento-personale/2025-H1",
    "potenziamento-sedi/2025-12-31",
    "obiettivi-lep/2025-H1",
    "cabina-regia-afol/2025-03",
    "accordi-partenariato/2025",
    "fine-convenzione/2026-12-31",
)
WRITERS = (printed, amount, number, share, percent, short_date, long_date)
_NUMBER = re.compile(r"\d+(?:[.,/:-]\d+)*")
_TAGS = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The shipped office, which writes into a folder of its own."""
    root = tmp_path_factory.mktemp("tracing") / "office"
    root.mkdir()
    for name in ("templates", "data", "deadlines.yaml"):
        (root / name).symlink_to(ROOT / name)
    found = App(read_settings({}, root), lambda: NOW)
    yield found
    found.press.close()
    found.store.rest()


def occurrence_of(app: App, key: str) -> Occurrence:
    found = app.agenda.occurrence(key)
    assert found is not None
    return found


def numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def again(data: Dataset, templates: str) -> Iterator[object]:
    """Yield every value that documents may print by their templates' text, made again from its cells alone."""
    for name in data.figures:
        value = provenance(data, name).again
        for item in value if isinstance(value, tuple | list) else (value,):
            yield from item.values.values() if isinstance(item, Row) else (item,)
    for table in (table for name, table in data.tables.items() if f"tabelle.{name}" in templates):
        for row in range(len(table.rows)):
            yield from (provenance(data, table.name, row, column).again for column in table.rows[row].values)


def forms(value: object) -> Iterator[str]:
    """Yield a value as each filter writes it."""
    for item in value if isinstance(value, tuple) else (value,):
        for write in WRITERS:
            try:
                yield write(item)
            except WrongValueError:
                continue


def frame(app: App, occurrence: Occurrence, template: str) -> str:
    """Return what a document says beside its data: its template's own words, days, acts, names, fingerprints."""
    period, agreement = occurrence.period, occurrence.agreement
    days = (
        *(period.start, period.last_day, agreement.since, agreement.last_day, NOW.date()),
        *(occurrence.nominal_due_on, occurrence.legal_due_on, occurrence.target_on),
    )
    words = [form for day in days for form in forms(day)]
    words += [act(item.title, item.on) for item in agreement.acts]
    words.append(f"31.12.{period.last_day.year}")  # as some templates write the year's end
    words += [agreement.title, occurrence.key, period.key, period_label("it", period), str(period.last_day.year)]
    words += [occurrence.obligation.title, occurrence.obligation.source, app.register.office.name]
    words += [role.title for role in occurrence.obligation.recipients]
    path = app.workspace.template(template)
    return " ".join((*words, _TAGS.sub(" ", document_text(path.read_bytes()))))


@pytest.mark.parametrize("key", KEYS)
def test_every_number_of_a_draft_has_its_cells_and_prints_the_same_from_them(app: App, key: str) -> None:
    occurrence = occurrence_of(app, key)
    data = app.drafter.data(occurrence, NOW)
    documents = app.drafter.documents(occurrence, (), NOW).documents
    templates = " ".join(document_text(app.workspace.template(item.draft.document).read_bytes()) for item in documents)
    explained = {token for value in set(again(data, templates)) for form in forms(value) for token in numbers(form)}
    names = " ".join(f"{source.path} {source.sheet} {source.sha256}" for source in data.sources)
    names += " ".join(f"{item.draft.path} {item.draft.sha256} v{item.draft.version}" for item in documents)
    for item in documents:
        text = document_text(item.content)
        known = explained | numbers(names) | numbers(frame(app, occurrence, item.draft.document))
        assert numbers(text) - known == set()
        assert numbers(f"{text} 987.654.321,09") - known == {"987.654.321,09"}, "what no cell says is noticed"
    assert any(numbers(document_text(item.content)) & explained for item in documents)


TOTAL = "costi-personale-trimestrale/2025-Q2"


def test_a_figure_is_traced_to_those_it_was_made_of(app: App) -> None:
    found = trace(app.drafter, occurrence_of(app, "gol-avanzamento/2023"), "psp_quota", NOW)
    assert found.is_confirmed
    assert [item.name for item in found.operands] == ["psp_realizzato", "psp_obiettivo"]
    for operand in found.operands:
        [cell] = operand.found.cells
        assert str(cell.cell).startswith("data/gol/2023")
        assert cell.value == operand.found.value
    assert {item.cell for item in found.found.cells} == {item.found.cells[0].cell for item in found.operands}


def test_a_place_of_a_table_has_its_own_cells(app: App) -> None:
    occurrence = occurrence_of(app, TOTAL)
    whole = trace(app.drafter, occurrence, "per_fonte", NOW).found
    one = trace(app.drafter, occurrence, "per_fonte[2].totale", NOW).found
    assert set(one.cells) < set(whole.cells)
    assert isinstance(whole.value, tuple)
    row = whole.value[1]
    assert isinstance(row, Row)
    assert one.value == row.values["totale"] == sum(cell.value for cell in one.cells)  # type: ignore[misc]  # decimals


@pytest.mark.parametrize(
    "name", ["totalle", "per_fonte[99].totale", "per_fonte[0].totale", "per_fonte[1].x", "a b", ""]
)
def test_what_is_not_there_is_told_with_what_is(app: App, name: str) -> None:
    with pytest.raises(UserError, match=r"ci sono: .*totale") as caught:
        trace(app.drafter, occurrence_of(app, TOTAL), name, NOW)
    assert ("forse «totale»" in str(caught.value)) == (name == "totalle")


def test_the_command_prints_cells_for_people(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    explain_figure(app, "gol-avanzamento/2023", "psp_obiettivo", as_json=False)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "psp_obiettivo: 41.285"
    assert lines[1].startswith("formula: pick(")
    assert lines[2].startswith("filtro: ")
    assert lines[3] == "ricalcolato dalle sole celle: stesso valore"
    assert lines[4] == "Cella Valore"
    assert re.fullmatch(r"data/gol/2023\S* \[.+\] [A-Z]+\d+ 41\.285", lines[5])
    explain_figure(app, TOTAL, "per_fonte", as_json=False)
    out = capsys.readouterr().out
    assert out.count("[Costi]") == MOST_CELLS
    assert "tutte con --json" in out


def test_the_command_prints_json_for_programs(app: App) -> None:
    words = ["explain", "gol-avanzamento/2023", "--figure", "psp_quota", "--json", "--workspace"]
    result = run([*words, str(app.workspace.root)], {})
    assert (result.returncode, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert (found["figure"], found["confirmed"]) == ("psp_quota", True)
    assert [item["value"] for item in found["operands"]] == [14320, 41285]
    assert {"file", "sheet", "address", "sha256", "value"} == set(found["cells"][0])
    with pytest.raises(UserError, match="--figure"):
        cli_drafts.explain(TOTAL, "", json=True, workspace=app.workspace.root)
