"""Who may do what: each kind of access holds what those before it hold, and an address is known however written."""

from __future__ import annotations

import pytest

from scheduler.core.access import Access, Person, person_of

ANNA = Person("Anna Esempio", "Anna.Esempio@cmm.example", Access.EDITOR)


@pytest.mark.parametrize(
    ("has", "allowed"),
    [("reader", "reader"), ("editor", "reader editor"), ("administrator", "reader editor administrator")],
)
def test_each_access_holds_those_before(has: str, allowed: str) -> None:
    assert [str(needed) for needed in Access if Access(has).allows(needed)] == allowed.split()


@pytest.mark.parametrize("address", ["anna.esempio@CMM.example", " Anna.Esempio@cmm.example "])
def test_an_address_is_known_however_it_is_written(address: str) -> None:
    assert person_of([ANNA], address) is ANNA


@pytest.mark.parametrize("address", ["", "anna@cmm.example", "anna.esempio@cmm.example.org"])
def test_a_stranger_is_nobody(address: str) -> None:
    assert person_of([ANNA], address) is None
