"""The expression of a check or a figure, `totale == lordo + oneri`: refused where it says more than arithmetic.

Nothing is reckoned here: what comes out is a syntax tree of the few parts that an expression may have.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 500  # characters
DEEPEST = 60  # operations one inside the other: a sum of 60 figures
MOST_DECIMALS = 10  # that `round` keeps
ASSIGNED = "assigned"  # assigned('ex-madia'): the agreement's amount of a line, for the year

_TOKEN = re.compile(
    r" +|[a-z][a-z0-9_]*|[0-9]{1,15}(\.[0-9]{1,15})?(?![\w.])|'[ -&(-\[\]-~]{1,80}'"
    r"|[=!<>]=|[<>]|[-+(),]|\*(?!\*)|/(?!/)"
)
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)


@dataclass(eq=False)
class ExpressionError(Exception):
    """An expression cannot be read: why, where in it, and at which of its words."""

    code: str
    column: int  # 1-based
    value: str = ""


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sides, each an expression of its own, and what both of them name."""

    left: str
    sign: str
    right: str
    names: tuple[str, ...] = ()  # figures
    lines: tuple[str, ...] = ()  # lines of the agreement's amounts


@dataclass(frozen=True)
class Formula:
    """An expression that compares nothing, and what it names."""

    text: str
    names: tuple[str, ...] = ()  # figures
    lines: tuple[str, ...] = ()  # lines of the agreement's amounts


def formula(text: str) -> Formula:
    """Return what an expression that compares nothing is made of.

    Raises:
        ExpressionError: it compares, or it holds what an expression may not.
    """
    text = text.strip()
    body = _parsed(text)
    nodes = _nodes(body, text)
    if isinstance(body, ast.Compare):
        raise ExpressionError("compares", 1, text)
    return Formula(text, *_named_in(nodes))


def comparison(text: str) -> Comparison:
    """Return the two sides of a comparison.

    Raises:
        ExpressionError: it is none, or it holds what an expression may not.
    """
    text = text.strip()
    body = _parsed(text)
    nodes = _nodes(body, text)
    if not isinstance(body, ast.Compare):
        raise ExpressionError("comparison", 1, text)
    left, right = (_segment(side, text) for side in (body.left, body.comparators[0]))
    return Comparison(left, _SIGNS[type(body.ops[0])], right, *_named_in(nodes))


def arithmetic(text: str) -> ast.expr:
    """Return the tree of an expression that compares nothing; its numbers are to be taken from the text.

    Raises:
        ExpressionError: it holds what an expression may not.
    """
    text = text.strip()
    body = _parsed(text)
    if isinstance(body, ast.Compare):
        raise _refused("part", body, text)
    _nodes(body, text)
    return body


def _named_in(nodes: Sequence[ast.expr]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the figures, and the lines of the agreement's amounts."""
    names = dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name))
    lines = dict.fromkeys(_line(node) for node in nodes if isinstance(node, ast.Call) and _named(node) == ASSIGNED)
    return tuple(names), tuple(lines)


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ExpressionError("long", LONGEST, str(len(text)))
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError("equals" if text[at] == "=" else "character", at + 1, text[at])
        at = found.end()
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = min(max(error.offset or 1, 1), max(len(text), 1))
        raise ExpressionError("syntax", column, text[column - 1 : column + 19]) from error
    except (MemoryError, RecursionError) as error:  # more brackets than the reader can hold
        raise ExpressionError("deep", 1, str(DEEPEST)) from error


def _nodes(body: ast.expr, text: str) -> list[ast.expr]:
    """Return every part of an expression, from left to right; the one that may be a comparison is the whole."""
    found: list[ast.expr] = []
    waiting = [(body, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise ExpressionError("deep", node.col_offset + 1, str(DEEPEST))
        if isinstance(node, ast.Compare) and node is not body:
            raise _refused("part", node, text)
        found.append(node)
        waiting += [(part, depth + 1) for part in reversed(_parts(node, text))]
    return found


def _parts(node: ast.expr, text: str) -> Sequence[ast.expr]:
    """Return what a part of an expression is made of; raises ExpressionError where no expression may have it."""
    match node:
        case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, _OPERATORS):
            return (left, right)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return (operand,)
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _SIGNS:
            return (left, right)
        case ast.Call():
            return _arguments(node, text)
        case ast.Name():
            return ()
        case ast.Constant(value=value) if type(value) in (int, float):
            return ()
    raise _refused("part", node, text)


def _arguments(node: ast.Call, text: str) -> Sequence[ast.expr]:
    name, first, rest = _named(node), node.args[:1], node.args[1:]
    if name not in ("abs", "round", ASSIGNED) or node.keywords:
        raise _refused("part", node, text)
    if not first or (name == ASSIGNED) != bool(_line(node)) or (rest and not (name == "round" and _decimals(rest))):
        raise _refused("arguments", node, text)
    return () if name == ASSIGNED else first


def _named(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _line(node: ast.Call) -> str:
    """Return the line that `assigned` names; '' where it names none."""
    match node.args:
        case [ast.Constant(value=str(line))]:
            return line
    return ""


def _decimals(rest: Sequence[ast.expr]) -> bool:
    """Tell whether what follows the first argument is a number of decimals."""
    match rest:
        case [ast.Constant(value=int(decimals))]:
            return not isinstance(decimals, bool) and decimals <= MOST_DECIMALS
    return False


def _refused(code: str, node: ast.expr, text: str) -> ExpressionError:
    match node:
        case ast.Tuple(elts=[first, *_]) | ast.Compare(comparators=[first, _, *_]):  # what follows it is too much
            after = text[first.end_col_offset :]
            return ExpressionError(code, len(text) - len(after.lstrip(" )")) + 1, after.lstrip(" )")[:20])
    return ExpressionError(code, node.col_offset + 1, _segment(node, text)[:20])


def _segment(node: ast.expr, text: str) -> str:
    return text[node.col_offset : node.end_col_offset]  # bytes, and so characters: every token is ASCII
