"""The pages of the running service: what they ask for, taken from the application as it is at that moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduler.app import system_clock
from scheduler.commands.sign_in_post import SignInPost
from scheduler.web.access.beside import Beside
from scheduler.web.access.door import Door, Queue
from scheduler.web.access.journey import BACK
from scheduler.web.front import Front, django_pages
from scheduler.web.house import House, Site
from scheduler.web.probes import Probes

if TYPE_CHECKING:
    from scheduler.app import App, Clock


def front(app: Callable[[], App], probes: Probes, later: Queue | None = None, clock: Clock = system_clock) -> Front:
    """Return what answers requests; `app` is asked for anew at each, for its files may have been read again.

    `later` is where mails to sign in with go out, and `clock` tells the real time, by which people sign in.
    """
    now = app()
    way_in = door(app, later or Beside(), clock)
    return Front(lambda: house(app(), way_in), site(now), now.lang, probes, django_pages())


def door(app: Callable[[], App], later: Queue, clock: Clock) -> Door:
    """Return by what people come in, as the settings have it."""
    entry, now = app().settings.entry, app()
    server = None
    if entry.provider:
        from scheduler.web.access.oidc import SignInServer

        server = SignInServer(entry.provider, f"{now.settings.base_url}/{BACK}", clock)
    post = SignInPost(app)
    return Door(clock, now.secret_key, post, later, entry.trusted_proxies, entry.user_header, server)


def house(app: App, way_in: Door) -> House:
    """Return the application as one request sees it."""
    return House(
        register=app.register,
        agenda=app.agenda,
        store=app.store,
        files=app.workspace,
        site=site(app),
        lang=app.lang,
        now=app.clock(),
        statuses=app.statuses,
        door=way_in,
    )


def site(app: App) -> Site:
    """Return how the pages are reached."""
    settings = app.settings
    return Site(settings.listen, settings.base_url, bool(settings.smtp_host))
