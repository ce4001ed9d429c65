"""The names that a template uses, held against those that an obligation offers; nothing is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError

from scheduler.core.each import Each
from scheduler.core.obligation import Obligation
from scheduler.documents.context import LISTS, NAMES, ROW, chart_names, figure_names, table_columns
from scheduler.documents.faults import Fault, fault, problem
from scheduler.documents.package import read_template
from scheduler.documents.render import template_fault
from scheduler.documents.sandbox import environment
from scheduler.documents.source import PROPERTIES, LeftError, UnreadableError, in_lines, loaded, sources
from scheduler.documents.whereabouts import Outline
from scheduler.errors import Problem, TemplateError

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

_LOOP = ("index", "index0", "first", "last", "length")
Offer = Mapping[str, tuple[str, ...]]


def template_problems(path: Path, obligation: Obligation, lang: str) -> tuple[Problem, ...]:
    """Return what is wrong with the template of one document of an obligation; nothing is rendered."""
    shown = f"templates/{path.name}"
    try:
        return unknown_names(read_template(path, shown, lang), shown, obligation, lang, obligation.each(path.stem))
    except TemplateError as error:
        return error.problems


def unknown_names(
    template: bytes, shown: str, obligation: Obligation, lang: str, each: Each | None = None
) -> tuple[Problem, ...]:
    """Return a problem for each name in the template that the obligation does not offer, and for wrong code.

    `each`: the rows that the document is made for, if it is.
    """
    rows = {**{f"tabelle.{name}": columns for name, columns in table_columns(obligation).items()}, **LISTS}
    names = {
        **NAMES,
        "dati": figure_names(obligation),
        "tabelle": tuple(table_columns(obligation)),
        "grafici": chart_names(obligation),
        **({ROW: table_columns(obligation).get(each.rows, ())} if each else {}),
    }
    try:
        found = _faults(loaded(template), names, rows)
    except (LeftError, UnreadableError) as error:
        found = [template_fault(error)]
    return tuple(problem(item, shown, lang) for item in found)


def _faults(document: DocxTemplate, names: Offer, rows: Offer) -> list[Fault]:
    """Return what is wrong in the properties and parts that are filled, each fault at the first place that has it."""
    found: dict[str, Fault] = {}
    for name in PROPERTIES:
        for key, _, item in _in_text(getattr(document.core_properties, name), names, rows):
            found.setdefault(key, item)
    outline = Outline(document)
    for source in sources(document):
        for key, line, item in _in_text(in_lines(source.text), names, rows):
            if key not in found:
                found[key] = item.at(outline.place(source, line)) if line else item
    return list(found.values())


def jinja_sources(template: bytes) -> Iterator[str]:
    """Yield the Jinja source of each part and property that is filled."""
    document = loaded(template)
    yield from (getattr(document.core_properties, name) for name in PROPERTIES)
    yield from (source.text for source in sources(document))


def _in_text(text: str, names: Offer, rows: Offer) -> Iterator[tuple[str, int, Fault]]:
    """Yield what is wrong with one Jinja source: what it is known by, its line, 0 if it has none, and the fault."""
    sandbox = environment()
    try:
        tree = sandbox.parse(text)
        sandbox.compile(text)  # unknown filters show only here
    except (TemplateSyntaxError, SecurityError, RecursionError) as error:
        yield str(error), getattr(error, "lineno", 0), template_fault(error)
        return
    for path, known, line in _unknown(tree, names, rows):
        yield path, line, _unknown_fault(path, known)


def _unknown(tree: nodes.Template, names: Offer, rows: Offer) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield (path, names known there, line) for every name that is not offered."""
    tops = (*names, *(name for name in LISTS if "." not in name))
    yield from _walk(tree, {}, names, rows, tops)


def _walk(
    node: nodes.Node, loops: Mapping[str, str], names: Offer, rows: Offer, tops: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Look at a node and all in it; `loops` says which rows each loop's variable stands for just here."""
    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
        yield from _walk(node.iter, loops, names, rows, tops)
        inside = {**loops, node.target.name: _path(node.iter)}
        for child in (*node.body, *node.else_):
            yield from _walk(child, inside, names, rows, tops)
        return
    if isinstance(node, nodes.Name) and node.ctx == "load":
        if node.name not in (*tops, *loops, "loop"):
            yield node.name, tops, node.lineno
    elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        top = node.node.name
        known = _LOOP if top == "loop" else rows.get(loops[top]) if top in loops else names.get(top)
        if known is not None and node.attr not in known:
            yield f"{loops.get(top, top)}.{node.attr}", known, node.lineno
    for child in node.iter_child_nodes():
        yield from _walk(child, loops, names, rows, tops)


def _path(node: nodes.Node) -> str:
    """Return `tabelle.costi` for an attribute, `fonti` for a name, '' for anything else."""
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _path(node.node)
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else ""


def _unknown_fault(path: str, known: tuple[str, ...]) -> Fault:
    *_, last = path.split(".")
    near = get_close_matches(last, known, n=1, cutoff=0.5)
    if near:
        return fault("unknown-near", value=path, near=near[0])
    return fault("unknown-list", value=path, known=", ".join(known) or "–")
