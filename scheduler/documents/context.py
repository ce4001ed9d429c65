"""The names that a template may use, and their values for one occurrence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from scheduler.core.data import Dataset, Row
from scheduler.core.figures import OF_SEVERAL_ROWS, STATEMENT_COLUMNS, FigureSpec, Operation
from scheduler.core.making import Annex, Release
from scheduler.core.obligation import Agreement, Obligation, Office
from scheduler.core.occurrence import Occurrence
from scheduler.documents import unverified
from scheduler.documents.charts import charts
from scheduler.documents.formats import act
from scheduler.documents.inserts import Picture
from scheduler.locale.words import period_label

TO_CONFIRM = "da confermare"


@dataclass(frozen=True)
class RequestItem:
    """One workbook that the supplier is asked for."""

    table: str
    file: str
    sheet: str
    columns: str


@dataclass(frozen=True)
class Sheet:
    """What is said on the document itself."""

    title: str
    version: int
    on: date
    annexes: tuple[Annex, ...] = ()
    request: tuple[RequestItem, ...] = ()
    request_by: date | None = None
    release: Release | None = None  # of data that did not pass
    logo: Picture | None = None


# The names at the top, and the names inside them. `dati`, `tabelle` and `grafici` are each obligation's own.
NAMES: dict[str, tuple[str, ...]] = {
    "ufficio": ("ente", "settore", "destinatario", "logo"),
    "convenzione": ("titolo", "atti", "dal", "al", "da_confermare"),
    "adempimento": ("id", "titolo", "fonte", "da_confermare"),
    "periodo": ("chiave", "etichetta", "dal", "al", "anno"),
    "scadenza": ("chiave", "termine_nominale", "termine_legge", "obiettivo", "da_confermare"),
    "documento": ("titolo", "versione", "data"),
    "mittente": ("titolo",),
    "richiesta": ("fornitore", "entro", "elenco"),
}
LISTS: dict[str, tuple[str, ...]] = {
    "destinatari": ("titolo",),
    "fonti": ("file", "foglio", "sha256"),
    "allegati": ("nome", "sha256"),
    "richiesta.elenco": ("tabella", "file", "foglio", "colonne"),
}
ROW = "riga"  # in a document that is made for each row
_AMOUNTS = ("voce", "di_cui", "fonte", "anni")


def context(
    occurrence: Occurrence, office: Office, data: Dataset, sheet: Sheet, row: Row | None = None
) -> dict[str, Any]:
    """Return the values of every name for one document of an occurrence; `row`: that it is made for, if it is."""
    obligation, period = occurrence.obligation, occurrence.period
    tables = {name: _rows(table.rows) for name, table in data.tables.items()}
    figures: dict[str, Any] = {}
    for name, figure in data.figures.items():
        if isinstance(figure.value, tuple):
            tables[name] = _rows(figure.value)
        else:
            figures[name] = figure.value
    return {
        "ufficio": _office(office, sheet.logo),
        "convenzione": _agreement(occurrence.agreement),
        "adempimento": _names(
            "adempimento", obligation.id, obligation.title, obligation.source, list(obligation.unknown)
        ),
        "periodo": _names(
            "periodo", period.key, period_label("it", period), period.start, period.last_day, period.last_day.year
        ),
        "scadenza": _names(
            "scadenza",
            occurrence.key,
            occurrence.nominal_due_on,
            occurrence.legal_due_on,
            occurrence.target_on,
            occurrence.to_confirm,
        ),
        "documento": _names("documento", sheet.title, sheet.version, sheet.on),
        "mittente": _names("mittente", obligation.owner.title),
        "destinatari": [SimpleNamespace(titolo=role.title) for role in obligation.recipients],
        "dati": SimpleNamespace(**figures),
        "tabelle": SimpleNamespace(**tables),
        "grafici": SimpleNamespace(**charts(obligation.charts, data)),
        "fonti": [SimpleNamespace(file=item.path, foglio=item.sheet, sha256=item.sha256) for item in data.sources],
        "allegati": [SimpleNamespace(nome=item.name, sha256=item.sha256) for item in sheet.annexes],
        "richiesta": _request(obligation, sheet),
        **({ROW: SimpleNamespace(**row.values)} if row else {}),
        **({unverified.NAME: unverified.names(sheet.release)} if sheet.release else {}),
    }


def table_columns(obligation: Obligation) -> dict[str, tuple[str, ...]]:
    """Return the names under `tabelle` with the columns of their rows."""
    columns = {spec.name: tuple(column.name for column in spec.columns) for spec in obligation.tables}
    for figure in obligation.figures:
        if (found := _figure_columns(figure, columns)) is not None:
            columns[figure.name] = found
    return columns


def figure_names(obligation: Obligation) -> tuple[str, ...]:
    """Return the names under `dati`."""
    lists = {Operation.AMOUNTS: "_anni", Operation.PIVOT: "_colonne"}  # beside rows with several values in one place
    return tuple(
        item.name + lists.get(item.operation, "")
        for item in obligation.figures
        if item.operation not in OF_SEVERAL_ROWS or item.operation in lists
    )


def chart_names(obligation: Obligation) -> tuple[str, ...]:
    """Return the names under `grafici`."""
    return tuple(chart.name for chart in obligation.charts)


def _figure_columns(figure: FigureSpec, columns: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    match figure.operation:
        case Operation.ROWS:
            return columns.get(figure.of, ())
        case Operation.GROUP | Operation.PIVOT | Operation.SERIES:
            return figure.columns
        case Operation.STATEMENT:
            return STATEMENT_COLUMNS
        case Operation.AMOUNTS:
            return _AMOUNTS
        case _:
            return None


def _names(group: str, *values: object) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(NAMES[group], values, strict=True)))


def _office(office: Office, logo: Picture | None) -> SimpleNamespace:
    found = _names("ufficio", office.body, office.name, office.addressee, logo)
    if logo is None:  # a template that prints one must not go without it in silence
        del found.logo
    return found


def _agreement(agreement: Agreement) -> SimpleNamespace:
    acts = "; ".join(act(item.title, item.on) for item in agreement.acts)
    last_day = date.fromordinal(agreement.until.toordinal() - 1)
    term_unsure = any(name in ("since", "until") for name in agreement.to_confirm)
    return _names("convenzione", agreement.title, acts or TO_CONFIRM, agreement.since, last_day, term_unsure)


def _request(obligation: Obligation, sheet: Sheet) -> SimpleNamespace:
    supplier = obligation.supplier.title if obligation.supplier else ""
    items = [
        SimpleNamespace(tabella=item.table, file=item.file, foglio=item.sheet, colonne=item.columns)
        for item in sheet.request
    ]
    return _names("richiesta", supplier, sheet.request_by, items)


def _rows(rows: Iterable[Row]) -> Sequence[SimpleNamespace]:
    return [SimpleNamespace(**row.values) for row in rows]
