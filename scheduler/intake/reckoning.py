"""The value of an expression, in exact decimals: one reckoner for checks and for figures."""

from __future__ import annotations

import operator
from ast import AST, Add, BinOp, Call, Constant, Div, Mult, Name, Sub, UAdd, UnaryOp, USub, expr
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from scheduler.core.data import NOT_COMPUTABLE, Mark
from scheduler.core.expression import ASSIGNED, arithmetic

EXACT = Context(prec=60)  # digits: more than any sum of an office's amounts can have

_OPERATORS: Mapping[type[AST], Callable[..., Decimal]] = {
    Add: operator.add,
    Sub: operator.sub,
    Mult: operator.mul,
    Div: operator.truediv,
    USub: operator.neg,
    UAdd: operator.pos,
}


def evaluate(text: str, numbers: Mapping[str, Decimal], assigned: Mapping[str, Decimal]) -> Decimal | Mark:
    """Return the value of an expression whose names are all given, reckoned with 60 digits; a mark on division by zero.

    Raises:
        ExpressionError: it is not an expression.
    """
    tree = arithmetic(text)
    with localcontext(EXACT):
        try:
            return _reckoned(tree, text.strip(), numbers, assigned)
        except ArithmeticError:
            return NOT_COMPUTABLE


def rounded(value: int | Decimal, decimals: int | Decimal = 0) -> Decimal:
    """Return a value rounded as an office does: halves away from zero."""
    return Decimal(value).quantize(Decimal(1).scaleb(-int(decimals)), ROUND_HALF_UP, EXACT)


def _reckoned(tree: expr, text: str, numbers: Mapping[str, Decimal], assigned: Mapping[str, Decimal]) -> Decimal:
    from simpleeval import SimpleEval

    functions = {"abs": abs, "round": rounded, ASSIGNED: assigned.__getitem__}
    reader = SimpleEval(dict(_OPERATORS), functions, numbers)
    own = {kind: reader.nodes[kind] for kind in (Name, BinOp, UnaryOp, Call)}
    reader.nodes = {**own, Constant: lambda node: _constant(node, text)}
    return Decimal(reader.eval(text, tree))


def _constant(node: Constant, text: str) -> Decimal | str:
    """Return a number exactly as it is written, which the syntax tree no longer knows."""
    return node.value if isinstance(node.value, str) else Decimal(text[node.col_offset : node.end_col_offset])
