"""What is about single people: which names of a document print it, and who may receive such a document.

Source: Garante, provvedimento 582/2025: a reminder that carried a list of employees to people not entitled to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduler.core.data import TableSpec
from scheduler.core.figures import SERIES_COLUMNS, FigureSpec, Operation
from scheduler.core.obligation import Obligation, Role

_OF_ROWS = (Operation.ROWS, Operation.GROUP, Operation.PIVOT)  # the others add up many rows, which is nobody's any more
_ANY = ("*",)  # of a `where`: whoever is there, and nobody in particular


def personal_columns(obligation: Obligation) -> Mapping[str, frozenset[str]]:
    """Return the names of `tabelle` whose rows hold personal columns, with those columns."""
    found, of_one = {spec.name: _personal(spec) for spec in obligation.tables}, personal_figures(obligation)
    for figure in obligation.figures:
        if figure.operation in _OF_ROWS:
            found[figure.name] = found.get(_table(figure), frozenset())
        elif figure.operation is Operation.SERIES and figure.name in of_one:
            found[figure.name] = frozenset(SERIES_COLUMNS[-1:])
    return {name: columns for name, columns in found.items() if columns}


def personal_figures(obligation: Obligation) -> frozenset[str]:
    """Return the names of `dati` that print what is about one person: a cell that was picked, what was filtered by a
    personal column, and all that is reckoned from either, in any period; a pivot's columns.
    """
    personal, found = {spec.name: _personal(spec) for spec in obligation.tables}, set[str]()
    for figure in obligation.figures:
        columns = personal.get(_table(figure), frozenset())
        picked = figure.operation is Operation.PICK and figure.of.partition(".")[2] in columns
        filtered = any(column in columns and values != _ANY for column, values in figure.where)
        if picked or filtered or found.intersection(figure.operands):
            found.add(figure.name)
        elif figure.operation is Operation.PIVOT and figure.across in columns:
            found.add(f"{figure.name}_colonne")
    return frozenset(found)


def personal_charts(obligation: Obligation) -> frozenset[str]:
    """Return the names of `grafici` that show personal values, or figures that do."""
    rows, figures = personal_columns(obligation), personal_figures(obligation)
    return frozenset(
        chart.name
        for chart in obligation.charts
        if not figures.isdisjoint(chart.of)
        or any(not rows.get(name, frozenset()).isdisjoint((chart.label, *chart.values)) for name in chart.of)
    )


def may_receive(roles: Sequence[Role], obligation: Obligation) -> tuple[tuple[Role, ...], tuple[Role, ...]]:
    """Return those of the roles that may receive a nominative document, and the others with what addresses are left."""
    entitled = tuple(role for role in roles if role in obligation.nominative)
    known = {address for role in entitled for address in role.addresses}
    left = [replace(role, addresses=tuple(item for item in role.addresses if item not in known)) for role in roles]
    return entitled, tuple(role for role in left if role.addresses)


def _personal(spec: TableSpec) -> frozenset[str]:
    return frozenset(column.name for column in spec.columns if column.is_personal)


def _table(figure: FigureSpec) -> str:
    return figure.of.partition(".")[0]
