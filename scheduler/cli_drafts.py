"""The commands about an occurrence, its figures and drafts, as a group that `cli` takes up among its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scheduler.options import HERE, Json, Key, Now, Output, Reason, Who, Workspace

draft_commands = typer.Typer()


@draft_commands.command(help="explain")
def explain(
    key: Key,
    figure: Annotated[str, typer.Option("--figure", help="option.figure")] = "",
    json: Json = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import reading, tracing
    from scheduler.commands.clock import app_at

    app = app_at(workspace, now)
    if figure:
        tracing.explain_figure(app, key, figure, as_json=json)
    elif json:
        raise tracing.refuse_alone(app)
    else:
        reading.explain_occurrence(app, key)


@draft_commands.command(help="draft")
def draft(
    key: Key,
    output: Output = None,
    review: Annotated[bool, typer.Option("--review", help="option.review")] = False,
    json: Json = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import working
    from scheduler.commands.clock import app_at

    working.draft(app_at(workspace, now), key, output, review=review, as_json=json)


@draft_commands.command(help="refresh")
def refresh(
    key: Key,
    edited: Annotated[Path, typer.Option("--edited", help="option.edited")],
    output: Output = None,
    who: Who = "",
    json: Json = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import refreshing
    from scheduler.commands.clock import app_at

    if code := refreshing.refresh(app_at(workspace, now), key, edited, output, who, as_json=json):
        raise typer.Exit(code)


@draft_commands.command(help="variables")
def variables(
    obligation: Annotated[str, typer.Argument(metavar="ADEMPIMENTO", help="argument.obligation")],
    json: Json = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import naming
    from scheduler.commands.clock import app_at

    naming.list_variables(app_at(workspace, now), obligation, as_json=json)


@draft_commands.command(help="reproduce")
def reproduce(
    key: Key,
    version: Annotated[int, typer.Argument(metavar="VERSIONE", help="argument.version")],
    document: Annotated[str, typer.Option("--document", help="option.document")] = "",
    output: Output = None,
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import reproducing

    if code := reproducing.reproduce(workspace, key, version, document, output):
        raise typer.Exit(code)


@draft_commands.command(help="release")
def release(key: Key, reason: Reason, who: Who = "", workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import acting
    from scheduler.commands.clock import app_at

    acting.release(app_at(workspace, now), key, reason, who)
