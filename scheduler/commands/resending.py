"""`resend`: mails that failed are tried again, or given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scheduler.app import App
from scheduler.commands.console import say
from scheduler.commands.presence import is_served
from scheduler.core.ledger import Delivery
from scheduler.errors import Problem, UserError
from scheduler.locale import text

USAGE = 2


def resend(app: App, names: Sequence[str], *, cancel: bool) -> None:
    """Have the mails that failed tried again by the service, or take them out of sight.

    Args:
        app: the application.
        names: keys of occurrences or of actions, or Message-IDs; none: every mail that failed.
        cancel: give them up.

    Raises:
        UserError: a name is not that of a mail that failed; nothing was changed.
    """
    mails = _chosen(app, names)
    if not mails:
        say(text(app.lang, "resend.none"))
        return
    deliveries, now = app.store.deliveries, app.clock()
    done = False
    for mail in mails:
        changed = deliveries.give_up(mail.message_id, now) if cancel else deliveries.retry(mail.message_id, now)
        code = "resend.changed" if not changed else "resend.given-up" if cancel else "resend.again"
        say(text(app.lang, code, subject=mail.subject, key=mail.action_key))
        done = done or changed
    if done and not cancel:
        served = is_served(app.settings, app.workspace, app.store.snapshot(()).swept_at, now)
        say(text(app.lang, "resend.served" if served else "resend.not-served"))


def _chosen(app: App, names: Sequence[str]) -> list[Delivery]:
    failed = app.store.deliveries.failed()
    if not names:
        return list(failed)
    unknown = [name for name in names if not any(name in _names(mail) for mail in failed)]
    if unknown:
        remedy = text(app.lang, "resend.unknown.remedy")
        problems = (Problem("", text(app.lang, "resend.unknown", value=name), remedy) for name in unknown)
        raise UserError(tuple(problems), exit_code=USAGE)
    return [mail for mail in failed if not set(names).isdisjoint(_names(mail))]


def _names(mail: Delivery) -> Iterator[str]:
    """Yield all that a person may call a mail by."""
    yield mail.message_id
    yield mail.message_id.strip("<>")
    yield mail.action_key
    if mail.occurrence_key:
        yield mail.occurrence_key
