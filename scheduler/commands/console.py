"""What the commands print: words and tables for people, pure JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())


def say(line: str = "") -> None:
    """Print one line on standard output."""
    print(line)


def warn(line: object) -> None:
    """Print one line on standard error."""
    print(line, file=sys.stderr)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what is to be told how many are made, of how many; on a terminal it is shown, on standard error."""
    console = Console(stderr=True)
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(escape(what), total=None)
        yield lambda made, of: bar.update(task, completed=made, total=of)


def print_json(value: Any) -> None:
    """Print a value as JSON; dates and instants as ISO text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_iso))


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table that fits the terminal; nothing in it is read as markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(escape(name), overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = 220  # a pipe has no width: nothing is to be cut or folded there
    console.print(table)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
