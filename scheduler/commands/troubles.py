"""What is wrong with the service itself, and how its operator gets to know."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from scheduler.app import App
from scheduler.errors import Problem, ScadenzarioError
from scheduler.service.alert import Trouble
from scheduler.service.sweep import Sweeper

log = logging.getLogger(__name__)


def troubles(app: App, held: Sequence[Problem] = ()) -> list[Trouble]:
    """Return all that is wrong: files that were not adopted, why a pass was held, mails that do not arrive."""
    adopted = app.adopted.problems if app.adopted else ()
    found = [Trouble(f"config/{problem}", problem) for problem in adopted]
    found += [Trouble(f"held/{problem.where}", problem) for problem in held]
    from scheduler.service import delivery

    try:
        return [*found, *delivery.troubles(app.store.deliveries, app.clock(), app.lang)]
    except ScadenzarioError as error:
        return [*found, *(Trouble(f"ledger/{problem.where}", problem) for problem in error.problems)]


def tell_broken(app: App, sweeper: Sweeper) -> None:
    """Log the files that cannot be used, and plan a mail to the operator, once for each state they are in."""
    problems = app.adopted.problems if app.adopted else ()
    if not problems:
        return
    for problem in problems:
        log.error("not adopted: %s", problem)
    mark = hashlib.sha256("\n".join(map(str, problems)).encode()).hexdigest()[:16]
    try:
        sweeper.performer.notice(f"notice/config/{mark}", app.letters.broken(problems), app.clock())
    except ScadenzarioError as error:
        log.error("operator not told: %s", error)  # noqa: TRY400  (it says all itself)
