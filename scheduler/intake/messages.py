"""What is wrong with workbooks and figures: a code and its facts → a problem in the user's language."""

from __future__ import annotations

from difflib import get_close_matches

from scheduler.errors import Problem, SourceError, UserError
from scheduler.intake import remarks, sentences

MESSAGES = {"it": sentences.IT | remarks.IT, "en": sentences.EN | remarks.EN}

_RELEASABLE = ("check.failed", "covers.", "file.old")  # every cell could be read: a person may answer for the rest
_ABOUT_CELLS = ("cell.", "pick.", "statement.", "total.", "check.", "sql.")
_WARNING = {"it": "avviso: {}", "en": "warning: {}"}
HIDDEN = {"value": "…", "known": "…"}  # in place of what was found in cells


def problem(lang: str, where: str, code: str, warning: bool | None = None, /, **facts: object) -> Problem:
    """Return the problem of a code at a place, its facts put into both sentences; `warning`: where the table says so.

    What was found in a cell is left out of the discreet sentence: it may be somebody's name.
    """
    what, remedy = MESSAGES.get(lang, MESSAGES["it"])[code]
    warns = code in remarks.WARNINGS if warning is None else warning
    if warns:
        what = _WARNING.get(lang, _WARNING["it"]).format(what)
    discreet = what.format(**{**facts, **HIDDEN}) if code.startswith(_ABOUT_CELLS) else ""
    return Problem(
        where,
        what.format(**facts),
        remedy.format(**facts),
        discreet,
        warning=warns,
        releasable=code.startswith(_RELEASABLE) and not warns,
    )


def suggestion(lang: str, where: str, code: str, wrong: str, names: list[str], **facts: object) -> Problem:
    """Return the problem of a name that is not one of `names`; with the nearest one where one is near."""
    near = get_close_matches(wrong.casefold(), [name.casefold() for name in names], n=1, cutoff=0.5)
    known = ", ".join(names[:12]) or "–"
    if not near:
        return problem(lang, where, code, known=known, **facts)
    found = next(name for name in names if name.casefold() == near[0])
    return problem(lang, where, f"{code}.near", near=found, known=known, **facts)


def source_error(lang: str, where: str, code: str, **facts: object) -> SourceError:
    """Return, to be raised, the one problem of a workbook."""
    return SourceError((problem(lang, where, code, **facts),))


def user_error(lang: str, where: str, code: str, **facts: object) -> UserError:
    """Return, to be raised, the one problem of a declaration."""
    return UserError((problem(lang, where, code, **facts),))
