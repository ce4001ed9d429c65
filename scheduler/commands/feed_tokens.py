"""`feed-token`: the calendar's addresses are made, listed and revoked. A token is shown once, and kept nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scheduler.commands.chronicle import local
from scheduler.commands.console import print_table, say
from scheduler.core.feed import Reach, Scope, Subscription, Variant, has_address, token_sha256
from scheduler.errors import Problem, UserError
from scheduler.locale import text

if TYPE_CHECKING:
    from scheduler.app import App

WRONG, USAGE = 1, 2
OFFICE = 0  # the number of the office's own address
BYTES = 24  # of chance in a token


def feed_token(app: App, act: str, name: str, scope: Mapping[str, str], variants: Mapping[str, bool]) -> None:
    """Do what the command says: `list`, `add` with a name and what it shows, or `revoke` with a number."""
    if act == "list":
        show(app)
    elif act == "revoke":
        revoke(app, name)
    else:
        named = {Reach(reach): value for reach, value in scope.items()}
        add(app, name, named, frozenset(Variant(item) for item, is_wanted in variants.items() if is_wanted))


def add(app: App, label: str, named: Mapping[Reach, str], variants: frozenset[Variant]) -> None:
    """Make an address and print it.

    Args:
        app: the application.
        label: whose it is, for the list.
        named: at most one family, desk or person (by address); none: every obligation.
        variants: what else the calendar has.
    """
    chosen = [Scope(reach, name) for reach, name in named.items() if name]
    if not label.strip() or len(label) > 200:
        raise _refused(app, "feed-token.label", USAGE)
    if len(chosen) > 1:
        raise _refused(app, "feed-token.one", USAGE)
    scope = chosen[0] if chosen else Scope()
    _check_known(app, scope)
    token = secrets.token_urlsafe(BYTES)
    number = app.store.subscriptions.add(Subscription(token_sha256(token), scope, variants, label.strip()), app.clock())
    say(text(app.lang, "feed-token.added", number=number, label=label.strip()))
    say(address(app, token))


def show(app: App) -> None:
    """Print every address that was made; not the tokens, which nobody knows."""
    header = [text(app.lang, f"feed-token.column.{name}") for name in ("number", "label", "scope", "made", "revoked")]
    office = [str(OFFICE), text(app.lang, "feed-token.office"), text(app.lang, "feed-token.all"), "", ""]
    rows = (
        [str(item.number), item.label, _scope(app, item), local(app, item.made_at), local(app, item.revoked_at)]
        for item in app.store.subscriptions.all()
    )
    print_table(header, [office, *rows])


def revoke(app: App, number: str) -> None:
    """Revoke an address: who still asks gets an empty calendar. The office's own is replaced by a new one."""
    if number == str(OFFICE):
        _replace_office(app)
        return
    known = app.store.subscriptions
    if not (number.isascii() and number.isdigit() and len(number) < 10 and known.revoke(int(number), app.clock())):
        raise _refused(app, "feed-token.unknown", WRONG, value=number)
    say(text(app.lang, "feed-token.revoked", number=number))


def address(app: App, token: str) -> str:
    """Return the address to subscribe to."""
    return f"{app.settings.base_url or f'http://{app.settings.listen}'}/calendario/{token}.ics"


def _replace_office(app: App) -> None:
    label, now = text(app.lang, "feed-token.office"), app.clock()
    old = Subscription(token_sha256(app.feed_token()), label=label, revoked_at=now)
    app.store.subscriptions.add(old, now)  # first: the old address is never unknown, not even for a moment
    token = app.new_feed_token()
    say(text(app.lang, "feed-token.replaced"))
    say(address(app, token))


def _check_known(app: App, scope: Scope) -> None:
    register = app.register
    known = {
        Reach.FAMILY: {item.family for item in register.obligations},
        Reach.ROLE: set(register.roles),
        Reach.PERSON: {scope.name} if any(has_address(role, scope.name) for role in register.roles.values()) else set(),
        Reach.ALL: {scope.name},
    }
    if scope.name not in known[scope.reach]:
        near = ", ".join(sorted(known[scope.reach])) or text(app.lang, "feed-token.addresses")
        raise _refused(app, "feed-token.nobody", USAGE, value=scope.name, known=near)


def _scope(app: App, item: Subscription) -> str:
    return ", ".join([item.scope.name or text(app.lang, "feed-token.all"), *sorted(item.variants)])


def _refused(app: App, code: str, exit_code: int, **named: object) -> UserError:
    problem = Problem("", text(app.lang, code, **named), text(app.lang, f"{code}.remedy", **named))
    return UserError((problem,), exit_code=exit_code)
