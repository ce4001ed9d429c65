"""The mails: what became of each, and each as it was sent."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler.core.access import Access
from scheduler.core.ledger import DeliveryState
from scheduler.ledger.history import Mail
from scheduler.web.access.identity import needs
from scheduler.web.house import Request
from scheduler.web.pages.occurrence import download
from scheduler.web.paging import ROWS, Page, page_number

WRONG = "wrong"
_MOST_SHOWN = 200_000  # characters of a mail's text


@dataclass(frozen=True)
class Content:
    """What a mail says, as its reader sees it without pictures."""

    headers: tuple[tuple[str, str], ...]
    text: str
    attachments: tuple[tuple[str, int], ...]  # name and bytes


@require_safe
@needs(Access.READER)
def deliveries(request: Request) -> HttpResponse:
    """Show the mails, newest first; `esito` chooses a state, or those with a fault."""
    history = request.house.store.history
    chosen = request.GET.get("esito", "")
    if chosen not in ("", WRONG, *DeliveryState):
        raise Http404
    total, number = history.count(chosen), page_number(request.GET.get("pagina", ""))
    page: Page[Mail] = Page(history.mails(chosen, first=(number - 1) * ROWS, most=ROWS), number, _last(total), total)
    if number > page.last:
        raise Http404
    content = {"page": page, "chosen": chosen, "choices": (WRONG, *DeliveryState), "query": f"esito={chosen}"}
    return render(request, "deliveries.html", content)


@require_safe
@needs(Access.READER)
def mail(request: Request, number: int) -> HttpResponse:
    """Show one mail as it was sent."""
    found = mail_of(request, number)
    content = content_of(request.house.files.read(found.delivery.path))
    return render(request, "mail.html", {"mail": found, "content": content})


@require_safe
@needs(Access.READER)
def mail_file(request: Request, number: int) -> HttpResponse:
    """Return the exact bytes of a mail."""
    found = mail_of(request, number)
    return download(request.house.files.read(found.delivery.path), "message/rfc822", f"mail-{number}.eml")


def mail_of(request: Request, number: int) -> Mail:
    """Return the mail of a number.

    Raises:
        Http404: there is no such one.
    """
    found = request.house.store.history.mail(number) if number < 2**62 else None
    if found is None:
        raise Http404
    return found


def content_of(raw: bytes) -> Content:
    """Return what the bytes of a mail say."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    names = ("From", "To", "Cc", "Subject", "Date", "Message-ID")
    return Content(
        tuple((name, str(message[name])) for name in names if message[name]),
        str(body.get_content())[:_MOST_SHOWN] if body else "",
        tuple(_attachment(part) for part in message.iter_attachments()),
    )


def _attachment(part: EmailMessage) -> tuple[str, int]:
    content = part.get_payload(decode=True)
    return part.get_filename("") or part.get_content_type(), len(content) if isinstance(content, bytes) else 0


def _last(total: int) -> int:
    return max(1, -(-total // ROWS))
