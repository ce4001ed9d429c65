"""The kinds of value that filters take: what is not known passes through, and a wrong kind is an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import TypeVar

from scheduler.core.data import Mark

Written = TypeVar("Written")
Printable = str | int | float | Decimal | date | Mark | bool | None


class WrongValueError(ValueError):
    """A filter got what it cannot write."""

    def __init__(self, wanted: str, name: str = "", value: object = None) -> None:
        """Given what the filter wants, as a code of the catalogue; once known, the filter's name and what it got."""
        super().__init__(wanted)
        self.wanted = wanted
        self.name = name
        self.value = value


def named(name: str, write: Callable[..., Written]) -> Callable[..., Written]:
    """Return a filter that says, where it cannot write, its name and what it got."""

    @wraps(write)
    def filtered(value: object, *given: object, **words: object) -> Written:
        try:
            return write(value, *given, **words)
        except WrongValueError as error:
            raise WrongValueError(error.wanted, name, value) from error
        except TypeError as error:  # more or fewer words in brackets than it takes
            raise WrongValueError("brackets", name, value) from error

    return filtered


def numeric(value: Printable, write: Callable[[Decimal], str]) -> str:
    """Return a number as it is to be written.

    Raises:
        WrongValueError: it is none.
    """
    if is_unknown(value):
        return unknown(value)
    if not is_number(value):
        raise WrongValueError("number")
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise WrongValueError("number")
    return write(exact)


def dated(value: Printable, write: Callable[[date], str]) -> str:
    """Return a day as it is to be written.

    Raises:
        WrongValueError: it is none.
    """
    if is_unknown(value):
        return unknown(value)
    if not isinstance(value, date):
        raise WrongValueError("date")
    return write(value)


def worded(value: Printable, write: Callable[[str], str], wanted: str = "text") -> str:
    """Return a text as it is to be written; one that cannot be is what is wanted and not there.

    Raises:
        WrongValueError: it is no text, or `write` does not know it.
    """
    if is_unknown(value):
        return unknown(value)
    if not isinstance(value, str):
        raise WrongValueError(wanted)
    try:
        return write(value)
    except WrongValueError:
        raise
    except ValueError as error:
        raise WrongValueError(wanted) from error


def is_number(value: object) -> bool:
    """Tell whether a value is a number; yes and no are none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_unknown(value: object) -> bool:
    """Tell whether there is nothing, or a mark that says so."""
    return value is None or value == "" or isinstance(value, Mark)


def unknown(value: object) -> str:
    """Return such a value as it is printed."""
    return "" if value is None else str(value)
