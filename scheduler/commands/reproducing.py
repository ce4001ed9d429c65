"""The command that makes a draft again from what was kept with it: reproduce."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scheduler import __version__
from scheduler.app import App
from scheduler.commands.clock import USAGE
from scheduler.commands.console import say
from scheduler.core.ledger import Draft
from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.service.reproduction import Likeness, Reproducer, Reproduction
from scheduler.settings import current, read_settings

MOST_TEXTS = 20


def reproduce(workspace: Path, key: str, version: int, document: str, output: Path | None) -> int:
    """Make the documents of a version again, say how like the kept ones they are, and return 1 where one differs."""
    app = _app(workspace)
    drafts = [item for item in app.store.drafts(key) if item.version == version and document in ("", item.document)]
    if not drafts:
        raise _usage(app, "reproduce.none", key=key, version=version)
    if output is not None and len(drafts) > 1:
        raise _usage(app, "reproduce.several", documents=", ".join(item.document for item in drafts))
    reproducer = Reproducer(app.workspace, app.store, app.press, app.lang)
    made = [_told(app, reproducer.reproduce(item)) for item in drafts]
    if output is not None:
        output.write_bytes(made[0].content)
        say(text(app.lang, "cli.written", file=str(output)))
    return int(any(item.likeness in (Likeness.DIFFERENT, Likeness.UNKNOWN) for item in made))


def _app(workspace: Path) -> App:
    """Return the application over the ledger: it needs no `deadlines.yaml`, or only for the language that it speaks."""
    app = App(read_settings(current(), workspace))
    try:
        lang = app.settings.language or app.shelf.read().register.office.language
    except ScadenzarioError:  # it is gone, or broken
        lang = "it"
    return replace(app, settings=replace(app.settings, language=lang))


def _told(app: App, found: Reproduction) -> Reproduction:
    draft, lang = found.draft, app.lang
    say(f"{_name(draft)}: {text(lang, f'reproduce.{found.likeness}', sha256=draft.sha256)}")
    if found.likeness in (Likeness.DIFFERENT, Likeness.UNKNOWN) and found.making.program != __version__:
        say(f"  {text(lang, 'reproduce.program', then=found.making.program, now=__version__)}")
    for part in found.parts:
        say(f"  {text(lang, 'reproduce.part', part=part)}")
    for item in found.texts[:MOST_TEXTS]:
        say(f"  {text(lang, f'differences.{item.kind}')}: «{item.before}» → «{item.after}»")
    if len(found.texts) > MOST_TEXTS:
        say(f"  {text(lang, 'reproduce.more', count=len(found.texts) - MOST_TEXTS)}")
    return found


def _name(draft: Draft) -> str:
    return draft.path.rsplit("/", 1)[-1]


def _usage(app: App, code: str, **facts: object) -> UserError:
    problem = Problem("", text(app.lang, code, **facts), text(app.lang, f"{code}.remedy", **facts))
    return UserError((problem,), exit_code=USAGE)
