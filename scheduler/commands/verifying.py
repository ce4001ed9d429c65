"""`verify`: whether the audit trail holds together and agrees with the ledger."""

from __future__ import annotations

from scheduler.app import App
from scheduler.commands.console import print_json, say
from scheduler.core.audit import Broken, Flaw
from scheduler.errors import Problem, UserError
from scheduler.locale import text

WRONG = 1


def verify(app: App, known: str, *, as_json: bool) -> None:
    """Print how many entries the trail has, and the seal of the last one: who keeps it elsewhere can prove all of them.

    Args:
        app: the application.
        known: a seal that somebody has kept, or ''.
        as_json: print JSON.

    Raises:
        UserError: the first place at which the trail is broken; or no entry has the seal.
    """
    trail, lang = app.store.trail, app.lang
    broken = trail.first_broken() or (Broken(0, Flaw.UNKNOWN, known) if known and not trail.has(known) else None)
    number, seal = trail.head()
    if as_json:
        place = {"entry": broken.number, "key": broken.key, "flaw": str(broken.flaw)} if broken else None
        print_json({"whole": broken is None, "entries": number, "seal": seal, "first_broken": place})
    if broken is not None:
        where = text(lang, "verify.entry", number=broken.number) if broken.number else broken.key
        what = text(lang, "verify.broken", reason=text(lang, f"verify.{broken.flaw}", key=broken.key or "–"))
        raise UserError((Problem(where, what, text(lang, "verify.broken.remedy")),), exit_code=WRONG)
    if not as_json:
        say(text(lang, "verify.whole", count=number, seal=seal or "–"))
