"""A letter → the bytes of a mail: pure, and for equal arguments always the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from uuid import UUID, uuid5

from scheduler.errors import Problem, UserError
from scheduler.mail.address import Mailbox, has_control, read_mailbox, shown
from scheduler.mail.body import Body, Link
from scheduler.mail.header import folded_ids, folded_mailboxes, folded_words, header_block
from scheduler.mail.hypertext import html_page
from scheduler.mail.part import file_part, multipart, text_part
from scheduler.mail.plain import plain_text
from scheduler.mail.wording import problem

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ICS = "text/calendar"

_NAMESPACE = UUID("5c1b0f7e-3f0e-5d4c-9a52-6f1d9a7e2c40")  # never change it: message ids are for ever
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Attachment:
    """One file that goes with a letter; `name` without folders, `media_type` as `type/subtype`."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Letter:
    """What is to be mailed; addresses as `name@domain` or `Display name <name@domain>`."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: Body
    attachments: tuple[Attachment, ...] = ()


def message_id(action_key: str, domain: str, workspace_id: str) -> str:
    """Return the Message-ID of an action: a UUIDv5, the same for ever for the same key in the same workspace."""
    domain_of_id = read_mailbox(f"id@{domain}").domain
    return f"<{uuid5(uuid5(_NAMESPACE, workspace_id), action_key)}@{domain_of_id}>"


def compose(letter: Letter, *, message_id: str, sent_at: datetime, thread: Sequence[str] = (), lang: str) -> bytes:
    """Return the mail: 7-bit bytes with CRLF line ends, plain text and HTML, and the attachments.

    Args:
        letter: what is to be mailed.
        message_id: `<…@…>`; the boundaries inside the mail are derived from it.
        sent_at: an aware time, for the Date header.
        thread: the ids of the earlier mails of the thread, oldest first.
        lang: the language of the letter and of the problems.

    Raises:
        UserError: with all problems of the letter at once.
        ValueError: the caller's own values are malformed (an id, a naive time, a language).
    """
    _check_facts((message_id, *thread), sent_at, lang)
    sender, recipients = _envelope(letter, lang)
    fields = [
        ("From", folded_mailboxes([sender])),
        ("To", folded_mailboxes(recipients)),
        ("Subject", folded_words(letter.subject.strip())),
        ("Date", format_datetime(sent_at)),
        ("Message-ID", message_id),
        *([("In-Reply-To", thread[-1]), ("References", folded_ids(thread))] if thread else []),
        ("Auto-Submitted", "auto-generated"),
        # not "All": it would suppress bounces too
        ("X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN"),
        ("Content-Language", lang),
        ("MIME-Version", "1.0"),
    ]
    return header_block(fields) + _content(letter, message_id, lang)


def _check_facts(ids: Sequence[str], sent_at: datetime, lang: str) -> None:
    if sent_at.tzinfo is None:
        raise ValueError("sent_at has no time zone")
    if not all(_MESSAGE_ID.fullmatch(item) for item in ids):
        raise ValueError("a message id is not <…@…>")
    if not _LANGUAGE.fullmatch(lang):
        raise ValueError("lang is not a language tag")


def _envelope(letter: Letter, lang: str) -> tuple[Mailbox, list[Mailbox]]:
    """The mailboxes of a letter without fault, or everything that is wrong with it."""
    problems = _faults(letter, lang)
    mailboxes = []
    for address in (letter.sender, *letter.recipients):
        try:
            mailboxes.append(read_mailbox(address, lang))
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(tuple(problems))
    return mailboxes[0], mailboxes[1:]


def _faults(letter: Letter, lang: str) -> list[Problem]:
    codes: list[tuple[str, str]] = []
    if not letter.recipients:
        codes.append(("recipients.none", ""))
    if has_control(letter.subject):
        codes.append(("control", letter.subject))
    elif not letter.subject.strip():
        codes.append(("subject.empty", ""))
    for attachment in letter.attachments:
        if has_control(attachment.name) or not attachment.name.strip(". ") or re.search(r"[/\\]", attachment.name):
            codes.append(("attachment.name", attachment.name))
        if not _MEDIA_TYPE.fullmatch(attachment.media_type):
            codes.append(("attachment.type", attachment.media_type))
    for block in letter.body.blocks:
        if isinstance(block, Link) and not re.fullmatch(r"https?://[!-~]+", block.url, re.IGNORECASE):
            codes.append(("link.address", block.url))
    return [problem(lang, code, "", value=shown(value)) for code, value in codes]


def _content(letter: Letter, message_id: str, lang: str) -> bytes:
    """The body in both forms, with the attachments if there are any.

    The boundaries come from the id; "=_" occurs in neither of the two encodings, so no content can hold one.
    """
    digest = sha256(message_id.encode()).hexdigest()[:32]
    page = html_page(letter.body, letter.subject.strip(), lang)
    forms = (text_part(plain_text(letter.body), "plain"), text_part(page, "html"))
    if not letter.attachments:
        return multipart("alternative", f"=_0_{digest}", forms)
    files = [file_part(item.name, item.content, item.media_type) for item in letter.attachments]
    return multipart("mixed", f"=_0_{digest}", (multipart("alternative", f"=_1_{digest}", forms), *files))
