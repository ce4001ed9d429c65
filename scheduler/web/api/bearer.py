"""Who a program acts for: the token it shows, and what both the token and its person may do. Cookies count nothing."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from scheduler.core.access import Access, Person, person_of
from scheduler.core.entrance import Permit, sha256_of
from scheduler.web.failures import RefusedError
from scheduler.web.house import Request

LONGEST = 200  # characters of a token that may be ours


class Bearer(HttpBearer):
    """Lets in who shows a good token with a permit, whose person has enough access now."""

    openapi_name = "token"

    def __init__(self, permit: Permit, access: Access) -> None:
        super().__init__()
        self.permit = permit
        self.access = access

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Return the person that a program acts for; None where the token is not good, or its person is gone.

        Raises:
            RefusedError: 403, the token or its person may not do this.
        """
        house = cast("Request", request).house
        if not 0 < len(token) <= LONGEST:
            return None
        found = house.store.api_tokens.seen(sha256_of(token), house.door.clock())
        person = person_of(house.register.people, found.address) if found else None
        if found is None or person is None:
            return None
        if self.permit not in found.permits or not person.access.allows(self.access):
            raise RefusedError(403)
        return person


READING = Bearer(Permit.READ, Access.READER)
DRAFTING = Bearer(Permit.DRAFT, Access.EDITOR)
ACTING = Bearer(Permit.ACT, Access.EDITOR)
OVERSEEING = Bearer(Permit.READ, Access.ADMINISTRATOR)
