"""Mails to sign in with: composed and handed over at once, for nothing may keep the link that they hold."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduler.app import system_clock
from scheduler.core.access import Person
from scheduler.core.entrance import LINK_GOOD
from scheduler.locale import text
from scheduler.mail.address import read_mailbox
from scheduler.mail.body import Body, Link, Paragraph
from scheduler.mail.message import Letter, compose, message_id

if TYPE_CHECKING:
    from scheduler.app import App


class SignInPost:
    """The way out; `app` is asked for anew for each mail, for its files may have been read again."""

    def __init__(self, app: Callable[[], App]) -> None:
        self._app = app

    def send(self, person: Person, address: str) -> None:
        """Mail a person the address by which they come in.

        Raises:
            UserError: an address that no mail can have.
            DeliveryError: the server does not take the mail.
        """
        app, now = self._app(), system_clock()
        sender = read_mailbox(app.sender, app.lang).address
        letter = Letter(app.sender, (person.address,), text(app.lang, "mail.sign-in.subject"), _body(app, address))
        identity = message_id(
            f"sign-in/{secrets.token_hex(16)}", sender.rpartition("@")[2], app.store.identity() or "new"
        )
        content = compose(letter, message_id=identity, sent_at=now, lang=app.lang)
        with app.transport as transport:
            transport.send(content, sender, (person.address,), before_dot=lambda _: True)


def _body(app: App, address: str) -> Body:
    minutes, office = LINK_GOOD.seconds // 60, app.register.office.name
    return Body(
        (
            Paragraph(text(app.lang, "mail.greeting")),
            Paragraph(text(app.lang, "mail.sign-in.text", minutes=minutes)),
            Link(text(app.lang, "mail.sign-in.link"), address),
            Paragraph(text(app.lang, "mail.sign-in.other")),
            Paragraph(text(app.lang, "mail.footer", office=office)),
        )
    )
