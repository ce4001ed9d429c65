"""The command that lists the names which the templates of an obligation may use."""

from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches

from scheduler.app import App
from scheduler.commands.clock import USAGE
from scheduler.commands.console import print_json, print_table
from scheduler.errors import Problem, UserError
from scheduler.locale import text
from scheduler.service.variables import Variable, variables

_COLUMNS = ("name", "type", "example", "origin")


def list_variables(app: App, obligation_id: str, *, as_json: bool) -> None:
    """Print every name with its type, an example, and where its value comes from.

    Raises:
        UserError: there is no such obligation; with the nearest one.
    """
    found = names_of(app, obligation_id)
    if as_json:
        print_json([asdict(item) for item in found])
        return
    header = [text(app.lang, f"variable.column.{name}") for name in _COLUMNS]
    print_table(header, [(item.name, item.type, item.example, item.origin) for item in found])


def names_of(app: App, obligation_id: str) -> list[Variable]:
    """Return the names, with what is a code of the catalogue in words; raises as `list_variables`."""
    occurrences = [item for item in app.occurrences if item.obligation.id == obligation_id]
    if not occurrences:
        near = get_close_matches(obligation_id, [item.id for item in app.register.obligations], n=1, cutoff=0.5)
        code = "cli.unknown-obligation"
        remedy = text(app.lang, f"{code}.remedy", near=near[0] if near else app.register.obligations[0].id)
        raise UserError((Problem("", text(app.lang, code, value=obligation_id), remedy),), exit_code=USAGE)
    return [_worded(app, item) for item in variables(app.drafter, occurrences, app.clock())]


def _worded(app: App, item: Variable) -> Variable:
    kind = text(app.lang, item.type) if item.type.startswith("variable.") else item.type
    origin = text(app.lang, item.origin) if item.origin.startswith("variable.") else item.origin
    return Variable(item.name, kind, item.example, origin)
