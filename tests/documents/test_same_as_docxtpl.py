"""Whatever docxtpl documents comes out as docxtpl makes it: the same parts, each with the same elements and texts.

Evened out are: the instants of the properties, which docxtpl takes from the template; cells that it leaves without the
paragraph, and properties without the order, that Word demands; the order of relationships and types, which means
nothing; the blanks that indent the markup of pictures; and `<a></a>`, which is `<a/>` wherever its namespace is
declared.
"""

from __future__ import annotations

import pytest

from scheduler.documents.template import template_of

from .corpus import CASES
from .word import parts, with_whole_cells


@pytest.mark.parametrize("name", CASES)
def test_the_parts_are_the_same(name: str) -> None:
    ours, theirs = parts(CASES[name].ours()), parts(with_whole_cells(CASES[name].theirs()))
    assert sorted(ours) == sorted(theirs)
    for part in theirs:
        assert ours[part] == theirs[part], part


def test_a_header_without_instructions_is_copied() -> None:
    template = template_of(CASES["a header without instructions"].template)
    assert [part.source.name for part in template.parts] == ["word/document.xml"]
