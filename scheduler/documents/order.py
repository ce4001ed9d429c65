"""The order in which the schema wants the properties of cells and runs: docxtpl puts those that it sets first."""

from __future__ import annotations

import re

# ECMA-376, part 1: CT_TcPr (17.4.70) and CT_RPr (17.3.2.28).
_ORDERS = {
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark "
        "headers cellIns cellDel cellMerge tcPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
        "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs "
        "em lang eastAsianLayout specVanish oMath rPrChange"
    ),
}
_PLACES = {kind: {name: place for place, name in enumerate(order.split())} for kind, order in _ORDERS.items()}
_PROPERTIES = re.compile(r"(<w:(tcPr|rPr)(?: [^>]*)?>)(.*?)(</w:\2>)", re.DOTALL)
_VALUE = r'"(?:\{\{.*?\}\}|[^"{])*"'  # an attribute's, which may be an instruction with quotes of its own
_PROPERTY = re.compile(rf"<w:(\w+)(?: [\w:]+={_VALUE})*(?:/>|>.*?</w:\1>)", re.DOTALL)


def restored(xml: str) -> str:
    """Return markup, filled or not, with the properties of each cell and run as the schema orders them.

    Those that stand among instructions, or are not all known, stay as they are.
    """
    return _PROPERTIES.sub(_in_order, xml)


def _in_order(found: re.Match[str]) -> str:
    start, kind, inside, end = found.groups()
    properties, places = list(_PROPERTY.finditer(inside)), _PLACES[kind]
    if "".join(item[0] for item in properties) != inside or any(item[1] not in places for item in properties):
        return found[0]
    return "".join((start, *(item[0] for item in sorted(properties, key=lambda item: places[item[1]])), end))
