"""Whole numbers in Italian words, and amounts as documents spell them: `milleduecentotrentaquattro/50`."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

LARGEST = 10**15 - 1  # no office counts further

_SMALL = (
    *("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci"),
    *("undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"),
)
_TENS = ("", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
_LARGE = ((10**12, "bilione", "bilioni"), (10**9, "miliardo", "miliardi"), (10**6, "milione", "milioni"))
_CENT = Decimal("0.01")


def cardinal(number: int) -> str:
    """Return `ventitré`, `duemilaotto`, `un milione duecentomila`, `meno tre`; words from a million on stand apart.

    Raises:
        ValueError: the number has more than fifteen digits.
    """
    if abs(number) > LARGEST:
        raise ValueError(number)
    if number < 0:
        return f"meno {cardinal(-number)}"
    words, rest = [], number
    for size, one, many in _LARGE:
        count, rest = divmod(rest, size)
        if count:
            words.append(f"un {one}" if count == 1 else f"{_accented(count)} {many}")
    if rest or not words:
        words.append(_accented(rest))
    return " ".join(words)


def amount(value: Decimal) -> str:
    """Return an amount with its cents behind a stroke, rounded as the filter `euro` rounds it."""
    rounded = value.quantize(_CENT, ROUND_HALF_EVEN)
    whole, cents = divmod(abs(int(rounded / _CENT)), 100)
    return f"{'meno ' if rounded < 0 else ''}{cardinal(whole)}/{cents:02}"


def _accented(number: int) -> str:
    """Return the word of 0 … 999 999; where it ends in `tre` behind something else, the stress falls there."""
    word = _thousands(number)
    return f"{word[:-1]}é" if word.endswith("tre") and word != "tre" else word


def _thousands(number: int) -> str:
    count, rest = divmod(number, 1000)
    if not count:
        return _hundreds(rest)
    word = "mille" if count == 1 else f"{_hundreds(count)}mila"
    return word + _hundreds(rest) if rest else word


def _hundreds(number: int) -> str:
    count, rest = divmod(number, 100)
    if not count:
        return _tens(rest)
    word = "cento" if count == 1 else f"{_SMALL[count]}cento"
    if not rest:
        return word
    following = _tens(rest)
    return (word.removesuffix("o") if following.startswith("ott") else word) + following


def _tens(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    word, unit = _TENS[number // 10], number % 10
    if not unit:
        return word
    return (word[:-1] if unit in (1, 8) else word) + _SMALL[unit]
