"""The commands by which a person declares something, from submit to release. The rules are the service's."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.console import say, warn
from scheduler.core.upload import Upload
from scheduler.errors import Problem, SourceError, UserError
from scheduler.locale import text
from scheduler.service import evidence, refreshing
from scheduler.service.acts import Acts
from scheduler.service.readiness import released

_OPTIONS = {"on": "--on", "protocol": "--protocol", "to": "--to", "reason": "--reason", "who": "--who", "key": ""}
_FILES = (evidence.FIELD, refreshing.FIELD)


@dataclass(frozen=True)
class Filing:
    """What is said of a submission beside its day; all of it optional."""

    protocol: str = ""
    evidence: Path | None = None
    reason: str = ""


def submit(app: App, key: str, on: str, filing: Filing, who: str) -> None:
    """Declare an occurrence filed on a day."""
    clock.occurrence(app, key)
    day = clock.day(app, on)
    proof = upload(app, filing.evidence) if filing.evidence else None
    with as_options(filing.evidence):
        acts(app).submit(key, day, filing.protocol, proof, filing.reason, person(who), None, app.clock())
    say(text(app.lang, "act.submitted", key=key, on=day))


def extend(app: App, key: str, to: str, reason: str, who: str) -> None:
    """Move an occurrence's legal date to a later day that the other side has granted."""
    clock.occurrence(app, key)
    day = clock.day(app, to)
    with as_options():
        acts(app).extend(key, day, reason, person(who), None, app.clock())
    say(text(app.lang, "act.extended", key=key, on=day))


def waive(app: App, key: str, reason: str, who: str) -> None:
    """Declare that an occurrence is not owed."""
    clock.occurrence(app, key)
    with as_options():
        acts(app).waive(key, reason, person(who), None, app.clock())
    say(text(app.lang, "act.waived", key=key))


def reopen(app: App, key: str, reason: str, who: str) -> None:
    """Take back a submission or a waiver."""
    clock.occurrence(app, key)
    with as_options():
        acts(app).reopen(key, reason, person(who), None, app.clock())
    say(text(app.lang, "act.reopened", key=key))


def release(app: App, key: str, reason: str, who: str) -> None:
    """Let the drafts of an occurrence be made though its data did not pass; say for which problems that counts."""
    occurrence = clock.occurrence(app, key)
    with as_options():
        acts(app).release(key, reason, person(who), None, app.clock())
    for problem in released(app.drafter, occurrence, app.clock()):
        warn(problem)
    say(text(app.lang, "act.released", key=key))


def acts(app: App) -> Acts:
    """Return what records what people do."""
    return Acts(app.workspace, app.store, app.agenda, app.drafter, app.lang)


def person(who: str) -> str:
    """Return who acts: as it is said, or whoever is at the machine."""
    return who or getpass.getuser()


def upload(app: App, evidence: Path) -> Upload:
    """Return a file as it is handed in.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        return Upload(evidence.name, evidence.read_bytes())
    except OSError as error:
        code = "act.evidence-unreadable"
        what = text(app.lang, code, reason=error.strerror or "")
        raise SourceError((Problem(str(evidence), what, text(app.lang, f"{code}.remedy")),)) from error


@contextmanager
def as_options(file: Path | None = None) -> Iterator[None]:
    """Name options where the rules name fields; where only the file is wrong, it is a matter of data."""
    try:
        yield
    except UserError as error:
        places = {**_OPTIONS, **dict.fromkeys(_FILES, str(file))}
        problems = tuple(replace(item, where=places.get(item.where, item.where)) for item in error.problems)
        if all(item.where in _FILES for item in error.problems):
            raise SourceError(problems) from error
        raise UserError(problems, exit_code=error.exit_code) from error
