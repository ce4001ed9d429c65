"""`init`: a new workspace from the starter that comes with the program."""

from __future__ import annotations

import shutil
from pathlib import Path

from scheduler.commands.console import say
from scheduler.errors import Problem, UserError
from scheduler.locale import text

PARTS = ("deadlines.yaml", "templates", "data", "docs/deadlines.schema.json")


def starter() -> Path:
    """Return the folder with the shipped workspace: in an installed package beside it, in a checkout its root."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "starter"
    return installed if installed.is_dir() else package.parent


def refuse_used(folder: Path, lang: str) -> None:
    """Refuse a folder that is none, or that holds something already; one that does not exist yet is welcome."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError((Problem(str(folder), text(lang, "cli.not-empty"), text(lang, "cli.not-empty.remedy")),))


def init(folder: Path, lang: str) -> None:
    """Copy the starter into an empty or new folder.

    Raises:
        UserError: the folder holds something already, or cannot be written.
    """
    refuse_used(folder, lang)
    source = starter()
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, folder / part)
        else:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / part, folder / part)
    (folder / ".gitignore").write_text("var/\n*.before-restore-*\n", "utf-8")
    say(text(lang, "cli.initialised", folder=str(folder)))
