"""The exit codes of the commands, and which of them an error has."""

from __future__ import annotations

from scheduler.errors import DeliveryError, ScadenzarioError, SourceError, TemplateError, UserError

FINE, WRONG, USAGE, CONFIGURATION, TEMPLATE, DATA, MAIL, LOCKED = range(8)


def exit_code(error: ScadenzarioError) -> int:
    """Return the exit code of an error: 2 usage, 3 configuration, 4 template, 5 data, 6 mail, 7 locked."""
    if isinstance(error, UserError) and error.exit_code is not None:
        return error.exit_code
    codes: list[tuple[type[ScadenzarioError], int]] = [
        (TemplateError, TEMPLATE),
        (SourceError, DATA),
        (DeliveryError, MAIL),
    ]
    return next((code for kind, code in codes if isinstance(error, kind)), CONFIGURATION)
