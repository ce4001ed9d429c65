"""What programs may read: occurrences, their drafts, obligations, mails, how things stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from scheduler.core.status import State, Status
from scheduler.errors import Problem
from scheduler.ledger.history import Mail
from scheduler.locale import text
from scheduler.web.api.bearer import OVERSEEING
from scheduler.web.api.routing import router
from scheduler.web.api.shapes import (
    MOST,
    DeliveriesOut,
    DeliveryOut,
    DossierOut,
    DraftOut,
    MilestoneOut,
    ObligationOut,
    OccurrencesOut,
    RetiredOut,
    StatusOut,
    Taken,
    act_out,
    draft_out,
    occurrence_out,
)
from scheduler.web.failures import RefusedError
from scheduler.web.filters import LONGEST, WORDS, filter_of
from scheduler.web.house import House, Request
from scheduler.web.pages.drafts import DOCX, draft_of
from scheduler.web.pages.occurrence import dossier, download

FURTHEST = 1_000_000
LARGEST_VERSION = 10**9
_FILE = {"responses": {200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}}}
_WRONG = (State.OVERDUE, State.DUE_SOON)


class Paging(Taken):
    """Which part of a list."""

    limit: int = Field(default=100, ge=1, le=MOST)
    offset: int = Field(default=0, ge=0, le=FURTHEST)


class Wanted(Paging):
    """Which occurrences: by legal date, both included; by state, family, obligation and desk."""

    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")
    state: State | None = None
    family: str = ""
    obligation: str = ""
    desk: str = ""


@router.get("/occurrences", response=OccurrencesOut, by_alias=True)
def occurrences(request: HttpRequest, response: HttpResponse, wanted: Query[Wanted]) -> OccurrencesOut:
    """Return the occurrences asked for, by legal date; `Link` has the parts before and after."""
    _only(request, Wanted)
    house = house_of(request)
    chosen = _chosen(house, wanted)
    _link(request, response, wanted, len(chosen))
    part = chosen[wanted.offset : wanted.offset + wanted.limit]
    return OccurrencesOut(total=len(chosen), items=[occurrence_out(item) for item in part])


@router.get("/occurrences/{obligation}/{period}", response=DossierOut)
def occurrence(request: HttpRequest, obligation: str, period: str) -> DossierOut:
    """Return all of one occurrence: how its dates came about, its milestones, acts and drafts."""
    return dossier_out(house_of(request), f"{obligation}/{period}")


@router.get("/occurrences/{obligation}/{period}/drafts", response=list[DraftOut])
def drafts(request: HttpRequest, obligation: str, period: str) -> list[DraftOut]:
    """Return the drafts of one occurrence, newest first."""
    return dossier_out(house_of(request), f"{obligation}/{period}").drafts


@router.get("/occurrences/{obligation}/{period}/drafts/{document}/{version}", openapi_extra=_FILE)
def draft(
    request: HttpRequest,
    obligation: str,
    period: str,
    document: str,
    version: Annotated[int, Field(ge=1, le=LARGEST_VERSION)],
) -> HttpResponse:
    """Return the bytes of one version of a document, a Word file."""
    house = house_of(request)
    found = draft_of(house, f"{obligation}/{period}", document, version)
    return download(house.files.read(found.path), DOCX, PurePosixPath(found.path).name)


@router.get("/obligations", response=list[ObligationOut])
def obligations(request: HttpRequest) -> list[ObligationOut]:
    """Return the obligations, in the order of the file."""
    return [
        ObligationOut(
            id=item.id, title=item.title, family=item.family, source=item.source, to_confirm=item.due_to_confirm
        )
        for item in house_of(request).register.obligations
    ]


@router.get("/status", response=StatusOut)
def status(request: HttpRequest) -> StatusOut:
    """Return how things stand: what is late or nearly, what went wrong, and whether the service looks at all."""
    house = house_of(request)
    store = house.store
    statuses = house.statuses()
    return StatusOut(
        now=house.now,
        swept_at=store.snapshot(()).swept_at,
        states=dict(Counter(str(item.state) for item in statuses)),
        occurrences=[occurrence_out(item) for item in statuses if item.state in _WRONG or item.problems],
        troubled_mails=store.history.count("wrong"),
        retired=[RetiredOut(id=key, title=title, noticed_at=at) for key, (title, at) in store.duties.retired().items()],
    )


@router.get("/deliveries", response=DeliveriesOut, auth=OVERSEEING)
def deliveries(request: HttpRequest, response: HttpResponse, wanted: Query[Paging]) -> DeliveriesOut:
    """Return what became of the mails, newest first."""
    _only(request, Paging)
    history = house_of(request).store.history
    total = history.count()
    _link(request, response, wanted, total)
    return DeliveriesOut(
        total=total, items=[_delivery(item) for item in history.mails(first=wanted.offset, most=wanted.limit)]
    )


def _only(request: HttpRequest, shape: type[Paging]) -> None:
    """Refuse words that mean nothing here: a filter with a wrong name would show everything.

    Raises:
        RefusedError: 422.
    """
    known = {field.alias or name for name, field in shape.model_fields.items()}
    unknown = sorted(set(request.GET) - known)
    if unknown:
        said = text(house_of(request).lang, "api.field.unknown")
        raise RefusedError(422, tuple(Problem(name[:LONGEST], said) for name in unknown))


def house_of(request: HttpRequest) -> House:
    """Return the program as this request sees it."""
    return cast("Request", request).house


def dossier_out(house: House, key: str) -> DossierOut:
    """Return all of one occurrence.

    Raises:
        Http404: there is no such one.
    """
    found = dossier(house, key)
    milestones = [
        MilestoneOut(key=line.key, at=line.at, outcome=line.outcome, done_at=line.done_at)
        for line in found.explanation.milestones
    ]
    return DossierOut(
        **occurrence_out(found.status).model_dump(),
        steps=list(found.steps),
        milestones=milestones,
        acts=[act_out(item) for item in found.acts],
        drafts=[draft_out(item) for item in found.drafts],
        problems=[str(item) for item in found.status.problems],
    )


def _chosen(house: House, wanted: Wanted) -> list[Status]:
    asked = {WORDS[name]: str(getattr(wanted, name) or "") for name in WORDS}
    found, problems = filter_of(asked, house.register, house.lang)
    if problems:
        names = {word: Wanted.model_fields[name].alias or name for name, word in WORDS.items()}
        raise RefusedError(422, tuple(replace(item, where=names[item.where]) for item in problems))
    return found.choose(house.statuses())


def _link(request: HttpRequest, response: HttpResponse, wanted: Paging, total: int) -> None:
    """Say where the parts before and after this one are (RFC 8288)."""
    ways = {"prev": max(0, wanted.offset - wanted.limit), "next": wanted.offset + wanted.limit}
    words = {name: value for name, value in request.GET.items() if name != "offset"}
    known = [
        f'<{request.path}?{urlencode({**words, "offset": offset})}>; rel="{rel}"'
        for rel, offset in ways.items()
        if (rel == "next" and offset < total) or (rel == "prev" and wanted.offset > 0)
    ]
    if known:
        response["Link"] = ", ".join(known)


def _delivery(mail: Mail) -> DeliveryOut:
    item = mail.delivery
    return DeliveryOut(
        number=mail.number,
        message_id=item.message_id,
        action=item.action_key,
        state=str(item.state),
        ambiguous=item.ambiguous,
        wrong=mail.went_wrong,
        finished_at=mail.finished_at,
    )
