"""The examination that `doctor` makes: its checks in order, each bounded in time, none in the way of another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from scheduler.app import App
from scheduler.commands import premises, reach
from scheduler.commands.finding import CONFIGURATION, DATA, MAIL, TEMPLATE, Finding, Findings, Voice
from scheduler.errors import Problem, ScadenzarioError
from scheduler.service.workspace import Workspace

TIMEOUT = 20.0  # seconds that one check may take

Check = tuple[str, int, Callable[[Voice], Findings]]


class Examination:
    """Examines one workspace and changes nothing in it; where the settings are wrong, only what does without them."""

    def __init__(self, app: App, problems: Sequence[Problem] = (), timeout: float = TIMEOUT) -> None:
        """`app` has adopted its files if they, or their last good copies, can be read; `problems`: of the settings."""
        self.lang = app.lang if app.adopted else app.settings.language or "it"
        self._app = app
        self._problems = problems
        self._timeout = timeout

    def findings(self) -> Iterator[Finding]:
        """Yield what every check finds."""
        checks = self._of_premises() if self._problems else [*self._of_premises(), *self._of_reach()]
        for name, code, find in checks:
            yield from self._bounded(Voice(name, code, self.lang), find)

    def _of_premises(self) -> list[Check]:
        app, place = self._app, Workspace(self._app.settings.workspace, self.lang)
        return [
            ("program", CONFIGURATION, premises.program),
            ("settings", CONFIGURATION, lambda voice: premises.settings(voice, self._problems)),
            ("folder", CONFIGURATION, lambda voice: premises.folder(voice, place)),
            ("disk", DATA, lambda voice: premises.disk(voice, place)),
            ("config", CONFIGURATION, lambda voice: premises.config(voice, app)),
            ("templates", TEMPLATE, lambda voice: premises.templates(voice, app, place)),
            ("libreoffice", CONFIGURATION, premises.libreoffice),
            ("alert", CONFIGURATION, lambda voice: premises.alert(voice, place)),
        ]

    def _of_reach(self) -> list[Check]:
        app, place = self._app, Workspace(self._app.settings.workspace, self.lang)
        ledger = reach.Ledger(app, self.lang)
        return [
            ("ledger", CONFIGURATION, ledger.check),
            ("engine", CONFIGURATION, lambda voice: reach.engine(voice, app, place)),
            ("mail", MAIL, lambda voice: reach.mail(voice, app, place)),
            ("archive", MAIL, lambda voice: reach.archive(voice, app)),
            ("clock", CONFIGURATION, lambda voice: reach.clock(voice, app, ledger.past)),
            ("service", CONFIGURATION, lambda voice: reach.service(voice, app, place, ledger.past)),
            ("retired", CONFIGURATION, lambda voice: reach.retired(voice, ledger.past)),
        ]

    def _bounded(self, voice: Voice, find: Callable[[Voice], Findings]) -> list[Finding]:
        """Return what a check finds; one that takes too long, or fails, has found just that."""
        found: list[Finding] = []

        def run() -> None:
            try:
                found.extend(find(voice))
            except ScadenzarioError as error:
                found.extend(map(voice.refusal, error.problems))
            except Exception as error:  # noqa: BLE001  (one check that fails never hides the others)
                found.append(voice.refusal(Problem("", repr(error))))

        thread = threading.Thread(target=run, name=voice.check, daemon=True)
        thread.start()
        thread.join(self._timeout)
        return [voice.wrong("silent", seconds=f"{self._timeout:g}")] if thread.is_alive() else found
