"""Codes of Italian offices whose form, or last sign, shows a slip of the pen. Nothing of whose they are.

Sources: decreto ministeriale 23 dicembre 1976 (codice fiscale); delibera CIPE 143/2002 (CUP).
"""

from __future__ import annotations

import re

_PERSON = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
_BODY = re.compile(r"[0-9]{11}")
_CUP = re.compile(r"[A-Z][0-9]{2}[A-Z][0-9]{11}")
_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def is_tax_code(text: str) -> bool:
    """Tell whether a text, in capitals and without blanks, is a codice fiscale with the right last sign."""
    if _PERSON.fullmatch(text):
        values = [int(sign) if sign.isdigit() else ord(sign) - 65 for sign in text[:15]]
        total = sum(_ODD[value] if at % 2 == 0 else value for at, value in enumerate(values))
        return text[15] == chr(65 + total % 26)
    if _BODY.fullmatch(text):
        doubled = [int(sign) * (1 + at % 2) for at, sign in enumerate(text)]
        return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0
    return False


def is_cup(text: str) -> bool:
    """Tell whether a text, in capitals and without blanks, has the form of a CUP."""
    return _CUP.fullmatch(text) is not None
