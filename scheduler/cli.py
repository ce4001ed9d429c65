"""The commands: arguments in, sentences and exit codes out. The work is in `commands`; nothing heavy here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from scheduler.cli_drafts import draft_commands
from scheduler.cli_entry import entry_commands
from scheduler.errors import ScadenzarioError
from scheduler.exits import CONFIGURATION, exit_code
from scheduler.locale import text
from scheduler.options import (
    DAY,
    HERE,
    INSTANT,
    Json,
    Key,
    Now,
    Output,
    Reason,
    Since,
    TrustClock,
    Until,
    Who,
    Workspace,
)
from scheduler.settings import current, language

# Help texts are codes of the catalogue here; `build` puts them into words.
_commands = typer.Typer(help="help", add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@_commands.command(help="check")
def check(
    connect: Annotated[bool, typer.Option("--connect", help="option.connect")] = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import reading

    _leave(reading.check(_app(workspace, now), connect=connect))


@_commands.command("list", help="list")
def list_(since: Since = "", until: Until = "", json: Json = False, workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import reading

    reading.list_occurrences(_app(workspace, now), since, until, as_json=json)


@_commands.command(help="status")
def status(json: Json = False, workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import condition
    from scheduler.commands.clock import app_in_force

    _leave(condition.status(app_in_force(workspace, now), as_json=json))


@_commands.command(help="doctor")
def doctor(json: Json = False, workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import doctor as examining

    _leave(examining.doctor(workspace, now, as_json=json))


@_commands.command(help="verify")
def verify(
    seal: Annotated[str, typer.Argument(metavar="SIGILLO", help="argument.seal")] = "",
    json: Json = False,
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import verifying
    from scheduler.commands.clock import app_in_force

    verifying.verify(app_in_force(workspace, ""), seal, as_json=json)


@_commands.command(help="resend")
def resend(
    names: Annotated[list[str] | None, typer.Argument(metavar="CHIAVE-O-MESSAGE-ID", help="argument.mails")] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="option.cancel")] = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import resending
    from scheduler.commands.clock import app_in_force

    resending.resend(app_in_force(workspace, now), names or [], cancel=cancel)


@_commands.command(help="feed")
def feed(output: Output = None, workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import reading

    reading.feed(_app(workspace, now), output)


@_commands.command("feed-token", help="feed-token")
def feed_token(
    act: Annotated[Literal["add", "list", "revoke"], typer.Argument(help="argument.feed-act")] = "list",
    name: Annotated[str, typer.Argument(metavar="NOME-O-NUMERO", help="argument.feed-name")] = "",
    family: Annotated[str, typer.Option("--family", help="option.family")] = "",
    role: Annotated[str, typer.Option("--role", help="option.role")] = "",
    person: Annotated[str, typer.Option("--person", help="option.person")] = "",
    targets: Annotated[bool, typer.Option("--targets", help="option.targets")] = False,
    alarms: Annotated[bool, typer.Option("--alarms", help="option.alarms")] = False,
    todo: Annotated[bool, typer.Option("--todo", help="option.todo")] = False,
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import feed_tokens

    scope, variants = {"family": family, "role": role, "person": person}, {"targets": targets, "alarms": alarms}
    feed_tokens.feed_token(_app(workspace, ""), act, name, scope, {**variants, "todo": todo})


_commands.add_typer(draft_commands)
_commands.add_typer(entry_commands)


@_commands.command(help="sweep")
def sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option.dry-run")] = False,
    trust_clock: TrustClock = False,
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import sweeping

    _leave(sweeping.sweep(_app(workspace, now, trust_clock=trust_clock), dry_run=dry_run))


@_commands.command(help="simulate")
def simulate(
    since: Since,
    until: Until,
    out: Annotated[Path | None, typer.Option("--out", help="option.out")] = None,
    filed: Annotated[bool, typer.Option("--filed-on-target", help="option.filed")] = False,
    json: Json = False,
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import working

    _leave(working.simulate(_app(workspace, ""), since, until, out, filed_on_target=filed, as_json=json))


@_commands.command("send-test", help="send-test")
def send_test(
    address: Annotated[str, typer.Argument(metavar="INDIRIZZO", help="argument.address")],
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import working

    working.send_test(_app(workspace, ""), address)


@_commands.command(help="run")
def run(
    workspace: Workspace = HERE,
    now: Now = "",
    now_outside_term: Annotated[
        str, typer.Option("--now-outside-term", help="option.now-outside-term", metavar=INSTANT)
    ] = "",
    trust_clock: TrustClock = False,
) -> None:
    from scheduler.commands import running

    running.run(_app(workspace, now, trust_clock=trust_clock, last_good=True), now_outside_term)


@_commands.command(help="submit")
def submit(
    key: Key,
    on: Annotated[str, typer.Option("--on", help="option.on", metavar=DAY)],
    protocol: Annotated[str, typer.Option("--protocol", help="option.protocol")] = "",
    evidence: Annotated[Path | None, typer.Option("--evidence", help="option.evidence")] = None,
    reason: Annotated[str, typer.Option("--reason", help="option.reason")] = "",
    who: Who = "",
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import acting

    acting.submit(_app(workspace, now), key, on, acting.Filing(protocol, evidence, reason), who)


@_commands.command(help="extend")
def extend(
    key: Key,
    to: Annotated[str, typer.Option("--to", help="option.extended-to", metavar=DAY)],
    reason: Reason,
    who: Who = "",
    workspace: Workspace = HERE,
    now: Now = "",
) -> None:
    from scheduler.commands import acting

    acting.extend(_app(workspace, now), key, to, reason, who)


@_commands.command(help="waive")
def waive(key: Key, reason: Reason, who: Who = "", workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import acting

    acting.waive(_app(workspace, now), key, reason, who)


@_commands.command(help="reopen")
def reopen(key: Key, reason: Reason, who: Who = "", workspace: Workspace = HERE, now: Now = "") -> None:
    from scheduler.commands import acting

    acting.reopen(_app(workspace, now), key, reason, who)


@_commands.command(help="init")
def init(
    folder: Annotated[Path, typer.Argument(metavar="CARTELLA", help="argument.folder")],
) -> None:
    from scheduler.commands import starting

    starting.init(folder, language(current()))


@_commands.command(help="backup")
def backup(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="argument.backup")],
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import keeping

    _leave(keeping.backup(_app(workspace, ""), archive))


@_commands.command(help="restore")
def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="argument.restore")],
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import keeping

    keeping.restore(_app(workspace, ""), archive)


@_commands.command(help="version")
def version() -> None:
    from scheduler import __version__

    print(f"scadenzario {__version__}")


def main() -> None:
    """Run one command and leave with its exit code; a user's mistake is a sentence, never a traceback."""
    lang = language(current())
    try:
        build(lang)(standalone_mode=True)
    except ScadenzarioError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(exit_code(error))
    except OSError as error:
        print(text(lang, "cli.os", file=error.filename or "", reason=error.strerror or str(error)), file=sys.stderr)
        sys.exit(CONFIGURATION)


def build(lang: str) -> Any:
    """Return the command line with its help in one language."""
    group = typer.main.get_command(_commands)
    for command in (group, *group.commands.values()):  # type: ignore[attr-defined]  # a Typer of commands is a group
        command.help = text(lang, f"cli.{command.help}")
        for param in command.params:
            if str(getattr(param, "help", "")).startswith(("option.", "argument.")):
                param.help = text(lang, f"cli.{param.help}")
    return group


def _app(workspace: Path, now: str, *, trust_clock: bool = False, last_good: bool = False) -> Any:
    """Return the wired application for a command."""
    from scheduler.commands.clock import app_at

    return app_at(workspace, now, trust_clock=trust_clock, last_good=last_good)


def _leave(code: int) -> None:
    if code:
        raise typer.Exit(code)
