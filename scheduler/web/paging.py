"""A part of a long list, and the ways to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import Http404

Item = TypeVar("Item")
ROWS = 50
LONGEST = 6  # digits


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; the first is number 1."""

    items: Sequence[Item]
    number: int
    last: int
    total: int  # items on all pages

    @property
    def before(self) -> int:
        """The number of the page before; 0 where there is none."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The number of the next page; 0 where there is none."""
        return self.number + 1 if self.number < self.last else 0


def page_number(word: str) -> int:
    """Return the number that an address asks for; 1 where it asks for none.

    Raises:
        Http404: it is no number.
    """
    if not word:
        return 1
    if not (word.isascii() and word.isdigit() and len(word) <= LONGEST and int(word)):
        raise Http404
    return int(word)


def page_of(items: Sequence[Item], word: str, rows: int = ROWS) -> Page[Item]:
    """Return a page of a list.

    Raises:
        Http404: the list does not go so far.
    """
    number, last = page_number(word), max(1, -(-len(items) // rows))
    if number > last:
        raise Http404
    return Page(items[(number - 1) * rows : number * rows], number, last, len(items))
