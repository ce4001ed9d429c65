"""Who may do what: the people that `deadlines.yaml` names, and what each may do on the page and through the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """What a person may do; each may do what those before may."""

    READER = "reader"  # see everything about the deadlines
    EDITOR = "editor"  # make drafts, submit, extend, waive, reopen
    ADMINISTRATOR = (
        "administrator"  # verify the audit trail, see everybody's calendar addresses, ask for mails under /api
    )

    def allows(self, needed: Access) -> bool:
        """Tell whether it is enough where another one is needed."""
        order = list(Access)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in, known by an address."""

    name: str
    address: str
    access: Access


def person_of(people: Iterable[Person], address: str) -> Person | None:
    """Return who has an address, however it is written; None for a stranger."""
    wanted = address.strip().casefold()
    return next((item for item in people if item.address.casefold() == wanted), None)
