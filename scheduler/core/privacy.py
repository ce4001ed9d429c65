"""What is about single people: which names of a document print it, and who may receive such a document.

Source: Garante, provvedimento 582/2025: a reminder that carried a list of employees to people not entitled to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduler.core.data import FigureSpec, Operation, TableSpec
from scheduler.core.obligation import Obligation, Role

_AGGREGATES = (
    *(Operation.COUNT, Operation.COUNT_DISTINCT, Operation.SUM, Operation.CONSTANT, Operation.DIFFERENCE),
    *(Operation.ADD, Operation.RATIO, Operation.STATEMENT, Operation.AMOUNTS),
)  # what is reckoned of many rows, which is nobody's any more


def personal_columns(obligation: Obligation) -> Mapping[str, frozenset[str]]:
    """Return the names of `tabelle` whose rows hold personal columns, with those columns."""
    found = {spec.name: _personal(spec) for spec in obligation.tables}
    for figure in obligation.figures:
        if figure.operation not in _AGGREGATES:
            found[figure.name] = found.get(_table(figure), frozenset())
    return {name: columns for name, columns in found.items() if columns}


def personal_figures(obligation: Obligation) -> frozenset[str]:
    """Return the names of `dati` that print one personal value: a cell that was picked."""
    personal = {spec.name: _personal(spec) for spec in obligation.tables}
    picked = [figure for figure in obligation.figures if figure.operation not in _AGGREGATES and "." in figure.of]
    return frozenset(item.name for item in picked if item.of.partition(".")[2] in personal.get(_table(item), ()))


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
