"""What people do to an occurrence on its page: each act is a form, and each form says what was on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from scheduler.core.access import Access
from scheduler.core.upload import Upload
from scheduler.errors import Problem, ScadenzarioError, SourceError, TemplateError, UserError
from scheduler.ledger.stale import StaleError
from scheduler.locale import text
from scheduler.web.access.identity import needs
from scheduler.web.house import House, Request
from scheduler.web.pages.occurrence import ACTS, shown
from scheduler.web.words import occurrence_path

FIELDS = ("on", "protocol", "evidence", "edited", "to", "reason")


@require_POST
@needs(Access.EDITOR)
def act(request: Request, obligation: str, period: str, kind: str) -> HttpResponse:
    """Do what a form says; where it cannot be done, show the page again with what was filled in."""
    key = f"{obligation}/{period}"
    perform = _ACTS.get(kind)
    if perform is None or request.house.agenda.occurrence(key) is None:
        raise Http404
    try:
        perform(form_of(request), key)
    except StaleError as error:
        return _again(request, key, kind, 409, error)
    except UserError as error:
        if error.exit_code not in (1, 2):  # of the ledger, not of the form
            raise
        return _again(request, key, kind, 422, error)
    except (SourceError, TemplateError) as error:
        return _again(request, key, kind, 422, error)
    request.house.changed()
    return HttpResponseRedirect(f"{occurrence_path(key)}?fatto={kind}", status=303)


@dataclass(frozen=True)
class Form:
    """The fields of a form as values; a day that is none counts as missing."""

    house: House
    on: date | None
    to: date | None
    protocol: str
    proof: Upload | None
    edited: Upload | None
    reason: str
    who: str
    seen: int
    wrong: str  # the digest of the problems that were on the page


def form_of(request: Request) -> Form:
    """Return what a form says; who does it is whoever is signed in."""
    sent = request.POST
    return Form(
        house=request.house,
        on=_day(sent.get("on", "")),
        to=_day(sent.get("to", "")),
        protocol=sent.get("protocol", ""),
        proof=_upload(request, "evidence"),
        edited=_upload(request, "edited"),
        reason=sent.get("reason", ""),
        who=request.person.name if request.person else "",
        seen=_number(sent.get("seen", "")),
        wrong=sent.get("wrong", "") or "-",
    )


def _upload(request: Request, field: str) -> Upload | None:
    file = request.FILES.get(field)
    return Upload(file.name or "", file.read()) if file else None


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1


def _draft(form: Form, key: str) -> None:
    form.house.acts.draft(key, form.reason, form.who, form.seen, form.house.now)


def _give_back(form: Form, key: str) -> None:
    form.house.acts.give_back(key, form.edited, form.reason, form.who, form.seen, form.house.now)


def _submit(form: Form, key: str) -> None:
    acts, now = form.house.acts, form.house.now
    acts.submit(key, form.on, form.protocol, form.proof, form.reason, form.who, form.seen, now)


def _extend(form: Form, key: str) -> None:
    form.house.acts.extend(key, form.to, form.reason, form.who, form.seen, form.house.now)


def _waive(form: Form, key: str) -> None:
    form.house.acts.waive(key, form.reason, form.who, form.seen, form.house.now)


def _reopen(form: Form, key: str) -> None:
    form.house.acts.reopen(key, form.reason, form.who, form.seen, form.house.now)


def _release(form: Form, key: str) -> None:
    form.house.acts.release(key, form.reason, form.who, form.seen, form.house.now, form.wrong)


_IN_ORDER: tuple[Callable[[Form, str], None], ...] = (
    *(_draft, _give_back, _submit, _extend, _waive, _reopen),
    _release,
)
_ACTS = dict(zip(ACTS, _IN_ORDER, strict=True))


def _again(request: Request, key: str, kind: str, status: int, error: ScadenzarioError) -> HttpResponse:
    lang = request.house.lang
    content = {
        "opened": kind,
        "given": request.POST,
        "wrong": {item.where: replace(item, where="") for item in error.problems},
        "problems": [_named(item, lang) for item in error.problems],
        "is_stale": status == 409,
    }
    return shown(request, key, content, status)


def _named(problem: Problem, lang: str) -> Problem:
    """Return a problem of a field with the name that the field has on the page."""
    return replace(problem, where=text(lang, f"field.{problem.where}")) if problem.where in FIELDS else problem
