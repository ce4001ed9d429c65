"""What programs may do for a person: make a draft now, and record that person's acts."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja import File, Form, Status
from ninja.files import UploadedFile

from scheduler.core.access import Person
from scheduler.core.upload import Upload
from scheduler.web.api.bearer import ACTING, DRAFTING
from scheduler.web.api.reading import dossier_out, house_of
from scheduler.web.api.routing import router
from scheduler.web.api.shapes import Asked, DossierOut, DraftOut, Filing, Granted, draft_out

_PLACE = "/occurrences/{obligation}/{period}"


@router.post(f"{_PLACE}/drafts", response={201: list[DraftOut]}, auth=DRAFTING)
def make_draft(request: HttpRequest, obligation: str, period: str, asked: Asked) -> Status[list[DraftOut]]:
    """Make the documents of an occurrence now; nothing is mailed."""
    house, key = house_of(request), _known(request, obligation, period)
    made = house.acts.draft(key, asked.reason, _who(request), asked.seen, house.now)
    return Status(201, [draft_out(item.draft) for item in made])


@router.post(f"{_PLACE}/submission", response={201: DossierOut}, auth=ACTING)
def submit(
    request: HttpRequest,
    obligation: str,
    period: str,
    filing: Form[Filing],
    evidence: File[UploadedFile | None] = None,
) -> Status[DossierOut]:
    """Declare the report filed on a day; protocol number and a file that proves it are optional."""
    house, key = house_of(request), _known(request, obligation, period)
    proof = Upload(evidence.name or "", evidence.read()) if evidence else None
    house.acts.submit(key, filing.on, filing.protocol, proof, filing.reason, _who(request), filing.seen, house.now)
    return Status(201, dossier_out(house, key))


@router.post(f"{_PLACE}/extension", response={201: DossierOut}, auth=ACTING)
def extend(request: HttpRequest, obligation: str, period: str, granted: Granted) -> Status[DossierOut]:
    """Record that the other side has granted a later day."""
    house, key = house_of(request), _known(request, obligation, period)
    house.acts.extend(key, granted.to, granted.reason, _who(request), granted.seen, house.now)
    return Status(201, dossier_out(house, key))


@router.post(f"{_PLACE}/waiver", response={201: DossierOut}, auth=ACTING)
def waive(request: HttpRequest, obligation: str, period: str, asked: Asked) -> Status[DossierOut]:
    """Record that the occurrence is not owed."""
    house, key = house_of(request), _known(request, obligation, period)
    house.acts.waive(key, asked.reason, _who(request), asked.seen, house.now)
    return Status(201, dossier_out(house, key))


@router.post(f"{_PLACE}/reopening", response={201: DossierOut}, auth=ACTING)
def reopen(request: HttpRequest, obligation: str, period: str, asked: Asked) -> Status[DossierOut]:
    """Take back a submission or a waiver."""
    house, key = house_of(request), _known(request, obligation, period)
    house.acts.reopen(key, asked.reason, _who(request), asked.seen, house.now)
    return Status(201, dossier_out(house, key))


@router.post(f"{_PLACE}/release", response={201: DossierOut}, auth=ACTING)
def release(request: HttpRequest, obligation: str, period: str, asked: Asked) -> Status[DossierOut]:
    """Let the drafts be made though their data did not pass; it counts for what is wrong with them now."""
    house, key = house_of(request), _known(request, obligation, period)
    house.acts.release(key, asked.reason, _who(request), asked.seen, house.now)
    return Status(201, dossier_out(house, key))


def _known(request: HttpRequest, obligation: str, period: str) -> str:
    """Return the key of an occurrence.

    Raises:
        Http404: there is no such one.
    """
    return dossier_out(house_of(request), f"{obligation}/{period}").key


def _who(request: HttpRequest) -> str:
    person: Person = cast("Person", request.auth)  # type: ignore[attr-defined]  # ninja sets it to what `Bearer` returned
    return person.name
