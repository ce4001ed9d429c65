"""The options and arguments that several commands share; their help texts are codes of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DAY, INSTANT, HERE = "AAAA-MM-GG", "AAAA-MM-GGTHH:MM", Path()

Workspace = Annotated[Path, typer.Option("--workspace", envvar="SCADENZARIO_WORKSPACE", help="option.workspace")]
Json = Annotated[bool, typer.Option("--json", help="option.json")]
Now = Annotated[str, typer.Option("--now", help="option.now", metavar=INSTANT)]
Key = Annotated[str, typer.Argument(metavar="CHIAVE", help="argument.key")]
Reason = Annotated[str, typer.Option("--reason", help="option.reason")]
TrustClock = Annotated[bool, typer.Option("--trust-clock", help="option.trust-clock")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="option.output")]
Since = Annotated[str, typer.Option("--from", help="option.from", metavar=DAY)]
Until = Annotated[str, typer.Option("--to", help="option.to", metavar=DAY)]
Who = Annotated[str, typer.Option("--who", help="option.who")]
