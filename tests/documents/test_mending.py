"""What is done only where it is due comes out as when docxtpl does it everywhere; cells end in paragraphs."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from docxtpl import DocxTemplate
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from scheduler.documents.mending import Frame, cells, lines, number_first, numbered, numbers, regular, tables
from scheduler.documents.order import restored
from scheduler.documents.sandbox import environment
from scheduler.documents.shape import settle

from .word import DECLARED, p, tbl, tc, tr

BODY = Frame("<w:body>", f"<w:body {DECLARED}>", "</w:body>")
MARKS = ["<w:p>", '<w:p w:a="1">', "</w:p>", "<w:p/>", '<w:p w:a="2"/>', "<w:pPr><w:jc/></w:pPr>", "<w:r>", "</w:r>"]
MARKS += ['<w:r w:b="1">', "<w:rPr><w:b/></w:rPr>", "<w:t>", '<w:t xml:space="preserve">', "</w:t>", "<w:tab/>"]
TEXTS = ["\n", "\t", "\a", "\f", "a", " "]


@given(st.lists(st.sampled_from([*MARKS, *TEXTS]), max_size=40).map("".join))
def test_breaks_become_elements_as_with_docxtpl_wherever_they_stand(xml: str) -> None:
    assert lines(xml) == DocxTemplate(io.BytesIO()).resolve_listing(xml)


def cell(width: int, inner: str = "") -> str:
    return tc(*([inner] if inner else []), p("a"), properties=f'<w:gridSpan w:val="{width}"/>' if width > 1 else "")


ROW = st.lists(st.sampled_from([1, 1, 1, 2, 3]), max_size=4).map(lambda widths: tr(*map(cell, widths)))
TABLE = st.builds(lambda columns, rows: tbl(columns, *rows), st.integers(1, 4), st.lists(ROW, max_size=3))
NESTED = st.builds(lambda table, columns: tbl(columns, tr(cell(1, table), cell(1))), TABLE, st.integers(1, 3))


def mended_by_docxtpl(xml: str) -> str:
    document = DocxTemplate(io.BytesIO())
    return ElementTree.canonicalize(document.xml_to_string(document.fix_tables(BODY.around(xml))))


@given(st.lists(st.one_of(TABLE, NESTED, st.just(p("tra"))), max_size=4).map("".join))
def test_grids_are_as_docxtpl_makes_them(xml: str) -> None:
    assert ElementTree.canonicalize(BODY.around(tables(xml, BODY))) == mended_by_docxtpl(xml)


def branched(pieces: list[str]) -> st.SearchStrategy[str]:
    """Markup of these pieces in conditions and loops, inside each other."""
    flat = st.lists(st.sampled_from(pieces), max_size=4).map("".join)
    return st.recursive(
        flat,
        lambda inner: st.one_of(
            st.builds("{{% if a %}}{}{{% else %}}{}{{% endif %}}".format, inner, inner),
            st.builds("{{% for b in c %}}{}{{% endfor %}}".format, inner),
            st.builds("{}{}{}".format, flat, inner, flat),
        ),
        max_leaves=5,
    )


ROWS = [tr("a", "b"), tr("a"), tr(cell(2)), tr("{% if a %}x{% endif %}", "b"), tr(cell(1), "{{ d }}")]
ROWS += [f"<w:tr>{{% if a %}}{tc('b')}{{% endif %}}{tc('b')}</w:tr>"]
HEADS = st.sampled_from(["", tr("a", "b"), tr(cell(2)), tr("{% if a %}x{% endif %}", "b")])


@given(HEADS, branched(ROWS), st.booleans(), st.integers(0, 2))
def test_a_table_that_is_regular_is_never_mended(head: str, rows: str, a: bool, count: int) -> None:
    source = tbl(2, head, rows)
    if regular(source):
        xml = Template(source).render(a=a, c=range(count), d="d")
        assert mended_by_docxtpl(xml) == ElementTree.canonicalize(BODY.around(xml))


SHAPES = [
    "<a>",
    "</a>",
    "</a><a>",
    "<a><b/></a>",
    '<b c="',
    '"/>',
    "<w:t>",
    "</w:t>",
    "<w:t>{{ d }}</w:t>",
    "x",
    "{{ d }}",
]


@given(branched([*SHAPES, "<!-- <a> -->", "{% set e = 1 %}", "<b c='{{ d }}'/>"]), st.booleans(), st.integers(0, 2))
def test_what_is_proven_is_well_formed_whatever_the_data(source: str, a: bool, count: int) -> None:
    sandbox = environment()
    tree = sandbox.parse(source)
    if settle(tree):
        written = Template.from_code(sandbox, sandbox.compile(tree), {}).render(a=a, c=range(count), d="<&>\"'")
        ElementTree.fromstring(f"<x xmlns:w='w'>{written}</x>")  # noqa: S314


@pytest.mark.parametrize(
    ("source", "proven"),
    [
        ("<a>{% if a %}</a><a>{% endif %}</a>", True),
        ('<a b="{% if a %}1{% else %}2{% endif %}"/>', True),
        ("{% for b in c %}<a/>{{ b }}{% else %}x{% endfor %}", True),
        ("{% if a %}<a>{% endif %}</a>", False),
        ("<a>{% for b in c %}</a>{% endfor %}", False),
        ("<a {{ d }}/>", False),
        ("{% macro m() %}<a>{% endmacro %}", False),
        ("{% set b %}<a/>{% endset %}", False),
        ("{% macro m(b) %}{{ b }} x{% endmacro %}<a>{{ m(1) }}</a>", True),
    ],
)
def test_what_can_be_proven(source: str, proven: bool) -> None:
    assert settle(environment().parse(source)) == proven


@pytest.mark.parametrize(
    ("source", "so"),
    [
        (tbl(2, tr("a", "b"), "{% for b in c %}", tr("a", "b"), "{% endfor %}"), True),
        (tbl(2, tr(cell(2)), "{% for b in c %}", tr("{{ b }}", "{% if b %}x{% endif %}"), "{% endfor %}"), True),
        (tbl(2, "{% for b in c %}", tr("a", "b"), "{% endfor %}"), False),
        (tbl(2, tr("a"), "{% for b in c %}", tr("a", "b"), "{% endfor %}"), False),
        (tbl(2, tr("a", "b", "c")), False),
        (tbl(2, tr(tc(tbl(2, tr("a", "b"))), "b")), False),
    ],
)
def test_which_tables_are_regular(source: str, so: bool) -> None:
    assert regular(source) == so


@pytest.mark.parametrize(
    ("given_cell", "whole"),
    [
        ("<w:tc><w:p/></w:tc>", "<w:tc><w:p/></w:tc>"),
        ("<w:tc><w:p><w:r/></w:p></w:tc>", "<w:tc><w:p><w:r/></w:p></w:tc>"),
        ("<w:tc/>", "<w:tc><w:p/></w:tc>"),
        ("<w:tc></w:tc>", "<w:tc><w:p/></w:tc>"),
        ('<w:tc w:id="1"/>', '<w:tc w:id="1"><w:p/></w:tc>'),
        ("<w:tc><w:tcPr/></w:tc>", "<w:tc><w:tcPr/><w:p/></w:tc>"),
        ("<w:tc><w:tcPr><w:shd/></w:tcPr> </w:tc>", "<w:tc><w:tcPr><w:shd/></w:tcPr> <w:p/></w:tc>"),
        ("<w:tc><w:tbl><w:tr/></w:tbl></w:tc>", "<w:tc><w:tbl><w:tr/></w:tbl><w:p/></w:tc>"),
        ("<w:tc><w:p/><w:tbl/></w:tc>", "<w:tc><w:p/><w:tbl/><w:p/></w:tc>"),
        ("<w:tc><w:p/><w:bookmarkEnd/></w:tc>", "<w:tc><w:p/><w:bookmarkEnd/></w:tc>"),
        ("<w:tc><w:sdt><w:p/></w:sdt></w:tc>", "<w:tc><w:sdt><w:p/></w:sdt></w:tc>"),
        ("<w:tc><w:tcPr/><w:bookmarkEnd/></w:tc>", "<w:tc><w:tcPr/><w:bookmarkEnd/><w:p/></w:tc>"),
    ],
)
def test_a_cell_ends_in_a_paragraph(given_cell: str, whole: str) -> None:
    full = "<w:tc><w:p></w:p></w:tc>"
    assert cells(f"{full}{given_cell}{full}") == f"{full}{whole}{full}"


def test_drawings_are_numbered() -> None:
    drawing = '<wp:docPr name="a" id="7" descr="id=&quot;9&quot;"/>'
    assert re.findall(r' id="(\d+)"', numbered(drawing * 3, numbers())) == ["1001", "1002", "1003"]
    assert number_first(drawing * 2) == '<wp:docPr id="7" name="a" descr="id=&quot;9&quot;"/>' * 2


@pytest.mark.parametrize(
    ("inside", "ordered"),
    [
        ('<w:gridSpan w:val="{{ n }}"/><w:tcW w:w="1"/>', '<w:tcW w:w="1"/><w:gridSpan w:val="{{ n }}"/>'),
        (
            '<w:shd w:fill="{{ "F" if a > 1 else \'<\' }}"/><w:tcW/>',
            '<w:tcW/><w:shd w:fill="{{ "F" if a > 1 else \'<\' }}"/>',
        ),
        ("<w:vAlign/><w:tcMar><w:left/><w:right/></w:tcMar>", "<w:tcMar><w:left/><w:right/></w:tcMar><w:vAlign/>"),
        ("<w:tcW/><w:shd/>", "<w:tcW/><w:shd/>"),
        ("{% if a %}<w:shd/>{% endif %}<w:tcW/>", "{% if a %}<w:shd/>{% endif %}<w:tcW/>"),
        ("<w:unheardOf/><w:tcW/>", "<w:unheardOf/><w:tcW/>"),
    ],
)
def test_properties_are_put_in_order_where_nothing_stands_between(inside: str, ordered: str) -> None:
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p/></w:tc>"
    assert restored(cell.format(inside) * 2) == cell.format(ordered) * 2
