"""Who a program acts for: the token it shows, and what both the token and its person may do. Cookies count nothing."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from scheduler.core.access import Access, Person, person_of
from scheduler.core.entrance import ApiToken, Permit, sha256_of
from scheduler.web.access.identity import client_address
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
            RefusedError: 403, the token or its person may not do this; 429, one bad token after the other.
        """
        asking = cast("Request", request)
        found, person = _known(asking, token)
        if found is None or person is None:
            _count(asking, token)
            return None
        if self.permit not in found.permits or not person.access.allows(self.access):
            raise RefusedError(403)
        return person


def _known(request: Request, token: str) -> tuple[ApiToken | None, Person | None]:
    house = request.house
    if not 0 < len(token) <= LONGEST:
        return None, None
    found = house.store.api_tokens.seen(sha256_of(token), house.door.clock())
    return found, person_of(house.register.people, found.address) if found else None


def _count(request: Request, token: str) -> None:
    """Count a token that is not good; apart from people's own tries, for a program may have their address.

    Raises:
        RefusedError: there were too many of late.
    """
    now = request.house.door.clock()
    free_at = request.house.store.tries.ask(f"api {client_address(request)}", sha256_of(token), now)
    if free_at is not None:
        raise RefusedError(429, wait=free_at - now)


READING = Bearer(Permit.READ, Access.READER)
DRAFTING = Bearer(Permit.DRAFT, Access.EDITOR)
ACTING = Bearer(Permit.ACT, Access.EDITOR)
OVERSEEING = Bearer(Permit.READ, Access.ADMINISTRATOR)
