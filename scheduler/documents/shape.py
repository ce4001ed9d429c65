"""The shape of a template's markup: whether each rendering is well-formed, and where each value is printed.

It is proved once for a template, by following the open elements through its branches, so that it need not be looked
for in each document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import nodes

TEXT, ATTRIBUTE, BETWEEN = "text", "attribute", "between"

_MARK = re.compile(r"""<!--.*?-->|<\?.*?\?>|<(/?)([^\s<>/"']+)(?:[^<>"']|"[^"<]*"|'[^'<]*')*?(/?)>""", re.DOTALL)
_OPENED = re.compile(r"""<([^\s<>/"']+)(\s[^<]*)""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")


class _UnprovenError(Exception):
    """The branches of the template do not fit together whatever the data."""


@dataclass(frozen=True)
class _Spot:
    """A point in the markup: the elements open there, and the tag that is being written, if one is."""

    stack: tuple[str, ...] = ()
    tag: str = ""


def place(node: nodes.Expr) -> str:
    """Return where a printed expression stands: in TEXT, in an ATTRIBUTE, or BETWEEN elements."""
    return str(vars(node).get("place", TEXT))


def settle(template: nodes.Template) -> bool:
    """Give each printed expression its place; return whether every rendering is well-formed."""
    try:
        return _through(template.body, _Spot()) == _Spot()
    except _UnprovenError:
        for output in template.find_all(nodes.Output):
            _guess(output)
        return False


def _guess(output: nodes.Output) -> None:
    """Tell values inside a tag by the markup just before them: a colour is not to be looked for in the text."""
    data = ""
    for node in output.nodes:
        if isinstance(node, nodes.TemplateData):
            data = node.data
        else:
            vars(node)["place"] = ATTRIBUTE if data.rfind("<") > data.rfind(">") else TEXT


def _through(body: Sequence[nodes.Node], spot: _Spot) -> _Spot:
    for node in body:
        if isinstance(node, nodes.Output):
            spot = _printed(node, spot)
        elif isinstance(node, nodes.For):
            _same(spot, _through(node.body, spot), _through(node.else_, spot))
        elif isinstance(node, nodes.If):
            spot = _same(*_branches(node, spot))
        elif isinstance(node, nodes.With):
            spot = _through(node.body, spot)
        elif isinstance(node, nodes.Macro | nodes.AssignBlock):
            _kept(node)
        elif not isinstance(node, nodes.Assign):
            raise _UnprovenError
    return spot


def _kept(node: nodes.Macro | nodes.AssignBlock) -> None:
    """Take what is kept to be printed elsewhere, if it is text alone: elements would have to fit wherever that is."""
    if any("<" in data.data for data in node.find_all(nodes.TemplateData)):
        raise _UnprovenError
    _through(node.body, _Spot())


def _branches(node: nodes.If, spot: _Spot) -> list[_Spot]:
    others = [_through(item.body, spot) for item in node.elif_]
    return [_through(node.body, spot), *others, _through(node.else_, spot)]


def _same(first: _Spot, *others: _Spot) -> _Spot:
    if any(item != first for item in others):
        raise _UnprovenError
    return first


def _printed(output: nodes.Output, spot: _Spot) -> _Spot:
    for node in output.nodes:
        if isinstance(node, nodes.TemplateData):
            spot = _after(node.data, spot)
        elif spot.tag and not spot.tag.endswith(('"', "'")):
            raise _UnprovenError
        else:
            vars(node)["place"] = _place(spot)
    return spot


def _place(spot: _Spot) -> str:
    if spot.tag:
        return ATTRIBUTE
    return TEXT if not spot.stack or spot.stack[-1] == "w:t" else BETWEEN


def _after(data: str, spot: _Spot) -> _Spot:
    """Return the point that is reached behind a piece of markup."""
    stack, markup, at = list(spot.stack), spot.tag + data, 0
    while (start := markup.find("<", at)) >= 0:
        mark = _MARK.match(markup, start)
        if mark is None:
            return _Spot(tuple(stack), _begun(markup[start:]))
        closing, name, empty = mark.groups()
        if closing and (not stack or stack.pop() != name):
            raise _UnprovenError
        if name and not closing and not empty:
            stack.append(name)
        at = mark.end()
    return _Spot(tuple(stack))


def _begun(markup: str) -> str:
    """Return a tag that is not finished, as short as it can be told: `<w:shd`, and the quote that stands open."""
    found = _OPENED.fullmatch(markup)
    if found is None:
        raise _UnprovenError
    name, rest = found.groups()
    quotes = re.findall("[\"']", _QUOTED.sub("", rest))
    return f"<{name} a={quotes[0]}" if quotes else f"<{name} "
