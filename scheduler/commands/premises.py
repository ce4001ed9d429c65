"""The checks of `doctor` that look at this machine and the workspace's files."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence

from scheduler import __version__
from scheduler.app import App
from scheduler.commands.finding import DATA, Finding, Findings, Voice
from scheduler.commands.reading import template_problems
from scheduler.errors import Problem
from scheduler.service.alert import FILE
from scheduler.service.shelf import users
from scheduler.service.workspace import Workspace

LITTLE, TOO_LITTLE = 500, 50  # megabytes of free disk


def program(voice: Voice) -> Findings:
    """Python and this package."""
    python = platform.python_version()
    if sys.version_info < (3, 11):  # noqa: UP036  (somebody may have installed it by force)
        yield voice.wrong("old-python", python=python)
    else:
        yield voice.fine("program", version=__version__, python=python)


def settings(voice: Voice, problems: Sequence[Problem]) -> Findings:
    """The environment."""
    yield from map(voice.refusal, problems)
    if not problems:
        yield voice.fine("settings")


def folder(voice: Voice, workspace: Workspace) -> Findings:
    """The workspace: it is there, the service's state can be written, and nobody else can read it."""
    if not workspace.root.is_dir():
        yield voice.wrong("no-folder", folder=workspace.root)
        return
    place = workspace.var if workspace.var.exists() else workspace.root
    fault = _unwritable(Voice(voice.check, DATA, voice.lang), place)
    mode = place.stat().st_mode & 0o777
    if fault:
        yield fault
    elif os.name == "posix" and place == workspace.var and mode & 0o077:
        yield voice.attention("open-to-others", folder=place, mode=f"{mode:o}")
    else:
        yield voice.fine("folder", folder=workspace.root.resolve())


def _unwritable(voice: Voice, place: os.PathLike[str]) -> Finding | None:
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError as error:
        return voice.wrong("unwritable", folder=place, reason=error.strerror or type(error).__name__)


def disk(voice: Voice, workspace: Workspace) -> Findings:
    """Room for ledger, drafts and mails."""
    free = shutil.disk_usage(workspace.root).free // 1_000_000
    if free < TOO_LITTLE:
        yield voice.wrong("little-disk", free=free)
    else:
        yield voice.attention("little-disk", free=free) if free < LITTLE else voice.fine("disk", free=free)


def config(voice: Voice, app: App) -> Findings:
    """`deadlines.yaml`.

    Raises:
        UserError: it cannot be used, and there is no good copy.
    """
    adopted = app.adopted or app.shelf.read()
    count = len(adopted.register.obligations)
    yield from map(voice.refusal, adopted.problems)
    yield voice.attention("last-good", count=count) if adopted.problems else voice.fine("config", count=count)


def templates(voice: Voice, app: App, workspace: Workspace) -> Findings:
    """The Word templates."""
    if app.adopted is None:
        yield voice.unknown("config")
        return
    problems = template_problems(app.register, workspace, app.press)
    yield from map(voice.refusal, problems)
    if not problems:
        yield voice.fine("templates", count=len(users(app.register)))


def libreoffice(voice: Voice) -> Findings:
    """The program that shows documents to people; this one does without."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    yield voice.fine("libreoffice", file=found) if found else voice.fine("no-libreoffice")


def alert(voice: Voice, workspace: Workspace) -> Findings:
    """What the service has written for the operator."""
    path = workspace.var / FILE
    yield voice.attention("alert", file=path) if path.exists() else voice.fine("no-alert")
