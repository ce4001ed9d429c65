"""The pages of the running service: what they ask for, taken from the application as it is at that moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduler.web.front import Front, django_pages
from scheduler.web.house import House, Site
from scheduler.web.probes import Probes

if TYPE_CHECKING:
    from scheduler.app import App


def front(app: Callable[[], App], probes: Probes) -> Front:
    """Return what answers requests; `app` is asked for anew at each, for its files may have been read again."""
    now = app()
    return Front(lambda: house(app()), site(now), now.lang, probes, django_pages())


def house(app: App) -> House:
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
    )


def site(app: App) -> Site:
    """Return how the pages are reached."""
    settings = app.settings
    return Site(settings.listen, settings.base_url, bool(settings.smtp_host))
