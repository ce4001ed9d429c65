"""Whether a template prints what is about single people, told by the names that it uses; nothing is rendered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath

from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError

from scheduler.core.obligation import Obligation
from scheduler.core.privacy import personal_charts, personal_columns, personal_figures
from scheduler.documents.context import ROW
from scheduler.documents.lint import jinja_sources
from scheduler.documents.package import refuse_harmful
from scheduler.documents.sandbox import environment
from scheduler.documents.source import LeftError, UnreadableError

Loops = Mapping[str, frozenset[str]]  # variable of a loop -> the personal columns of the rows that it stands for


def is_nominative(template: bytes, shown: str, obligation: Obligation, lang: str) -> bytes:
    """Return b"yes" where the template prints a personal column of the obligation's data, else b"no".

    In doubt it does: rows with personal columns may be gone through and counted, but not handed on as a whole; and a
    template that cannot be read is as good as one that does.

    Raises:
        TemplateError: it holds what is harmful.
    """
    refuse_harmful(template, shown, lang)
    rows, figures = personal_columns(obligation), personal_figures(obligation)
    if not rows and not figures:
        return b"no"
    reader, sandbox = _Reader(rows, {"dati": figures, "grafici": personal_charts(obligation)}), environment()
    try:
        trees = [sandbox.parse(source) for source in jinja_sources(template)]
    except (TemplateSyntaxError, SecurityError, RecursionError, LeftError, UnreadableError):
        return b"yes"
    each = obligation.each(PurePath(shown).stem)
    own = {ROW: rows.get(each.rows, frozenset())} if each else {}
    return b"yes" if any(reader.prints(tree, own) for tree in trees) else b"no"


class _Reader:
    """Goes through a template with the personal names of one obligation."""

    def __init__(self, rows: Mapping[str, frozenset[str]], names: Mapping[str, Collection[str]]) -> None:
        self.rows, self.names = rows, names  # of `tabelle`; under `dati` and `grafici`

    def prints(self, node: nodes.Node, loops: Loops) -> bool:
        """Tell whether something personal is, or may be, printed by a node or below it."""
        match node:
            case nodes.For(
                target=nodes.Name(name=variable), iter=nodes.Getattr(node=nodes.Name(name="tabelle"), attr=name)
            ):
                inside = {**loops, variable: self.rows.get(name, frozenset())}
                return self._any((*node.body, *node.else_, node.test), inside)
            case nodes.Filter(name="length", node=nodes.Getattr(node=nodes.Name(name="tabelle"))):
                return False
            case nodes.If(test=nodes.Getattr(node=nodes.Name(name="tabelle"))):
                return self._any((*node.body, *node.elif_, *node.else_), loops)
            case nodes.Getattr(node=nodes.Name(name="tabelle"), attr=name):
                return name in self.rows
            case nodes.Getattr(node=nodes.Name(name="dati" | "grafici" as group), attr=name):
                return name in self.names[group]
            case nodes.Getattr(node=nodes.Name(name=variable), attr=name) if variable in loops:
                return name in loops[variable]
            case nodes.Name(name="tabelle" | "dati" | "grafici", ctx="load"):
                return True
            case nodes.Name(name=name, ctx="load"):
                return bool(loops.get(name))
            case _:
                return self._any(node.iter_child_nodes(), loops)

    def _any(self, found: Iterable[nodes.Node | None], loops: Loops) -> bool:
        return any(self.prints(item, loops) for item in found if item is not None)
