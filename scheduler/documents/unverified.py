"""The box at the top of a document whose data did not pass: put into any template before it is filled.

A bookmark in its first line and one in its last tell where it is in a document that people have edited.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from scheduler.core.making import Release
from scheduler.documents.ties import BOX, BOX_ID

if TYPE_CHECKING:
    from docx.document import Document

NAME = "non_verificati"  # in the context, only where there is something to say
TITLE = "DATI NON VERIFICATI"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RED = "B00020"
_SIDES = "".join(
    f'<w:{side} w:val="single" w:sz="18" w:space="6" w:color="{_RED}"/>' for side in ("top", "left", "bottom", "right")
)
_FORM = (  # neighbours of the same form share one border
    f'<w:pPr><w:pBdr>{_SIDES}</w:pBdr><w:spacing w:before="0" w:after="60" w:line="240" w:lineRule="auto"/>'
    '<w:ind w:left="142" w:right="142" w:firstLine="0"/><w:jc w:val="left"/></w:pPr>'
)
_BOLD = f'<w:rPr><w:b/><w:color w:val="{_RED}"/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>'
_BOOKMARK = '<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:bookmarkEnd w:id="{number}"/>'
_PLAIN = '<w:rPr><w:color w:val="000000"/><w:sz w:val="20"/><w:szCs w:val="20"/></w:rPr>'
_LINES = (  # inside an `if`: a draft's mark must not stand where it is taken out again
    ("", f"{{%p if {NAME} %}}"),
    (_BOLD, TITLE),
    (_PLAIN, "Questa bozza è fatta con dati che non hanno superato i controlli:"),
    ("", f"{{%p for motivo in {NAME}.motivi %}}"),
    (_PLAIN, "– {{ motivo }}"),
    ("", "{%p endfor %}"),
    (_PLAIN, f"Sbloccata da {{{{ {NAME}.da }}}} il {{{{ {NAME}.il|data }}}}. Motivo: {{{{ {NAME}.perche }}}}"),
    ("", "{%p endif %}"),
)
_FIRST, _LAST = 1, len(_LINES) - 2  # lines of the box


def names(release: Release) -> SimpleNamespace:
    """Return the values of the names in the box."""
    return SimpleNamespace(da=release.who, il=release.on, perche=release.why, motivi=list(release.reasons))


def put_box(document: Document) -> None:
    """Put the box, its names still to be filled, before everything else in the body of a document."""
    from docx.oxml.parser import parse_xml

    body = document.element.body
    for place, (look, line) in enumerate(_LINES):
        mark = _BOOKMARK.format(number=BOX_ID + place, name=f"{BOX}{place}_") if place in (_FIRST, _LAST) else ""
        body.insert(place, parse_xml(_paragraph(look, line, mark)))
    body.insert(len(_LINES), parse_xml(f'<w:p xmlns:w="{_W}"/>'))


def _paragraph(look: str, line: str, mark: str) -> str:
    return f'<w:p xmlns:w="{_W}">{_FORM}{mark}<w:r>{look}<w:t xml:space="preserve">{line}</w:t></w:r></w:p>'
