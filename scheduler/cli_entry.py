"""The commands about who comes in, as a group that `cli` takes up among its own."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.options import HERE, Workspace

entry_commands = typer.Typer()


@entry_commands.command("sign-in", help="sign-in")
def sign_in(
    address: Annotated[str, typer.Argument(metavar="INDIRIZZO", help="argument.person")],
    workspace: Workspace = HERE,
) -> None:
    from scheduler.commands import signing_in
    from scheduler.commands.clock import app_at

    signing_in.sign_in(app_at(workspace, ""), address)
