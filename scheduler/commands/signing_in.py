"""`sign-in`: a link to come in with, for whoever has the shell, while no mail server is set or mail does not arrive."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from scheduler.app import system_clock
from scheduler.commands.console import say
from scheduler.core.access import person_of
from scheduler.core.entrance import LINK_GOOD, Link, sha256_of
from scheduler.errors import Problem, UserError
from scheduler.locale import text

if TYPE_CHECKING:
    from scheduler.app import App

WRONG = 1
BYTES = 32  # of chance in a link


def sign_in(app: App, address: str) -> None:
    """Print a link that signs in one of the people of `deadlines.yaml`, once.

    Raises:
        UserError: nobody there has the address.
    """
    person = person_of(app.register.people, address)
    if person is None:
        what = text(app.lang, "sign-in.nobody", value=address)
        raise UserError((Problem("deadlines.yaml", what, text(app.lang, "sign-in.nobody.remedy")),), exit_code=WRONG)
    token = secrets.token_urlsafe(BYTES)
    app.store.links.add(Link(sha256_of(token), person.address, system_clock()))
    say(text(app.lang, "sign-in.made", name=person.name, minutes=LINK_GOOD.seconds // 60))
    say(f"{app.settings.base_url or f'http://{app.settings.listen}'}/accesso/{token}")
