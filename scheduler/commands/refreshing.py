"""The command that puts new figures into a draft that was edited: refresh."""

from __future__ import annotations

from pathlib import Path

from scheduler.app import App
from scheduler.commands import clock
from scheduler.commands.acting import acts, as_options, person, upload
from scheduler.commands.console import print_json, say
from scheduler.core.ledger import Draft
from scheduler.documents.refresh import Finding, Kind
from scheduler.locale import text
from scheduler.service.refreshing import findings


def refresh(app: App, key: str, edited: Path, output: Path | None, who: str, *, as_json: bool) -> int:
    """Take an edited draft back, put the figures of now into it, and return 1 where a person has to look at it."""
    occurrence, at = clock.occurrence(app, key), app.clock()
    with as_options(edited):
        base = acts(app).give_back(occurrence.key, upload(app, edited), "", person(who), None, at).draft
    names = (base.document,)
    [made] = app.drafter.keep(lambda least: app.drafter.documents(occurrence, names, at, least)).documents
    app.store.record_draft(made.draft)
    if output is not None:
        output.write_bytes(made.content)
    found = findings(made.draft, app.store.drafts(occurrence.key), app.workspace)
    _tell_json(app, made.draft, found) if as_json else _tell(app, base, made.draft, found, output)
    return int(any(item.kind is not Kind.UPDATED for item in found))


def _tell_json(app: App, made: Draft, found: tuple[Finding, ...]) -> None:
    print_json(
        {
            "document": made.document,
            "version": made.version,
            "path": str(app.workspace.var / made.path),
            "sha256": made.sha256,
            "findings": [vars(item) for item in found],
        }
    )


def _tell(app: App, base: Draft, made: Draft, found: tuple[Finding, ...], output: Path | None) -> None:
    say(text(app.lang, "rework.taken", document=base.document, version=base.version))
    say(text(app.lang, "cli.drafted", file=str(app.workspace.var / made.path), version=made.version))
    for item in found:
        label = ", ".join(word for word in (item.heading, item.label) if word)
        say(f"{text(app.lang, f'rework.{item.kind}')}{f' ({label})' if label else ''}:")
        for name in ("before", "edited", "fresh") if item.kind is not Kind.PICTURE else ():
            say(f"  {text(app.lang, f'rework.{name}')}: {getattr(item, name) or '–'}")
    if output is not None:
        say(text(app.lang, "cli.written", file=str(output)))
