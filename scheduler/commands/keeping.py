"""The commands that keep the workspace: backup and restore."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from scheduler.app import App
from scheduler.commands.console import say, warn
from scheduler.errors import ScadenzarioError
from scheduler.locale import text
from scheduler.parts import copier
from scheduler.service.backup import Backup
from scheduler.service.restore import Restore
from scheduler.service.workspace import Workspace
from scheduler.settings import current, language

WRONG = 1


def backup(app: App, target: Path) -> int:
    """Write the workspace's archive; 1 if a file is not as it was recorded, or could not go in."""
    lang = _lang(app)
    workspace = Workspace(app.settings.workspace, lang)
    saved = Backup(workspace, copier(app.settings, lang)).write(target, app.clock(), _followed)
    for problem in saved.problems:
        warn(problem)
    if saved.absent:
        warn(text(lang, "backup.absent", count=len(saved.absent)))
    say(text(lang, "backup.written", file=str(target), count=saved.files))
    return WRONG if saved.problems else 0


def restore(app: App, source: Path) -> None:
    """Put an archive in place, in a workspace that is empty or not."""
    lang = _lang(app)
    workspace = Workspace(app.settings.workspace, lang)
    restored = Restore(workspace, copier(app.settings, lang)).put(source, app.clock())
    at = restored.manifest.at.astimezone()
    say(text(lang, "restore.done", file=str(source), at=at, count=len(restored.manifest.files)))
    for folder in restored.aside:
        say(text(lang, "restore.aside", folder=str(folder)))
    say(text(lang, "restore.mails"))


def _lang(app: App) -> str:
    """Return the office's language, or the environment's where `deadlines.yaml` is missing or wrong."""
    try:
        return app.lang
    except ScadenzarioError:
        return language(current())


def _followed(names: Sequence[str]) -> Iterator[str]:
    """Yield the names, showing on standard error how far they have come, where that is a terminal."""
    if not sys.stderr.isatty():
        yield from names
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=len(names))
        for name in names:
            progress.update(task, advance=1, description=Path(name).parts[0])
            yield name
