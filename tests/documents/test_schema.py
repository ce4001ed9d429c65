"""A document breaks the schema in no way that its template does not, as the rules of Microsoft's own validator have it.

The templates are laid together where they can be: it takes half a second to look at any document.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from .corpus import BODIES, CASES, Case
from .word import docx, p, run, tbl, tc, tr

FORGIVEN = "wrong nesting, which is forgiven"
TOGETHER = Case(
    docx(
        *(block for name, body in BODIES.items() if name != FORGIVEN for block in body),
        header=p("{{ x }}"),
        first=tbl(1, tr("{% cellbg colore %}{{ x }}")),
        footer=p("{% if si %}{{ y }}{% endif %}"),
        footnote=p("{{ x }}"),
        properties={"title": "{{ y }}"},
        sections=2,
    )
)
ALONE = ("rich text", "rich paragraphs", "pictures", "a document in the document", FORGIVEN, "a listing")
EXAMPLES = {"all bodies": TOGETHER, **{name: CASES[name] for name in ALONE}}

Breaches = set[tuple[str, str | None, str]]  # part, element, what is wrong with it


def breaches(content: bytes, path: Path) -> Breaches:
    """What a document has that the schema forbids; wherever it stands, since loops repeat it."""
    path.write_bytes(content)
    found = OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=0).validate(path).errors
    return {(item.part_uri, item.node, item.description) for item in found}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_document_is_no_worse_than_its_template(name: str, tmp_path: Path) -> None:
    case = EXAMPLES[name]
    assert breaches(case.ours(), tmp_path / "o.docx") <= breaches(case.template, tmp_path / "t.docx")


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    bold, wide = run("a", '<w:sz w:val="2"/><w:b/>'), '<w:gridSpan w:val="1"/><w:tcW w:w="1" w:type="dxa"/>'
    wrong = docx(p(bold), tbl(1, tr(tc("a", properties=wide))), tbl(1, "<w:tr><w:tc><w:tcPr/></w:tc></w:tr>"))
    found = breaches(wrong, tmp_path / "w.docx") - breaches(docx(p("a")), tmp_path / "t.docx")
    assert {element for _, element, _ in found} == {"b", "tcW", None}
