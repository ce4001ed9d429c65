"""Italian words that depend on their neighbour: articles, articled prepositions, `e` and `ed`, one and many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from scheduler.documents.numerals import cardinal

GENDERS = ("m", "f", "mp", "fp")
PREPOSITIONS = ("", "di", "a", "da", "in", "su")

_DIGITS = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
_FIRST = re.compile(r"1(?:°|º)")  # the first of a month is read `primo`
_VOWELS = tuple("aeiou")
# Before these `lo`: s with a consonant, z, x, gn, ps, pn, and a vowel that is none (lo iato, lo yogurt).
_LO = re.compile(r"s[^aeiou\W]|z|x|gn|p[sn]|[iy][aeou]")
_STEMS = {"di": "de", "a": "a", "da": "da", "in": "ne", "su": "su"}
_ENDINGS = {"il": "l", "lo": "llo", "l'": "ll'", "la": "lla", "i": "i", "gli": "gli", "le": "lle"}


def with_article(word: str, gender: str, preposition: str = "") -> str:
    """Return `l'ente`, `lo studente`, `gli enti`; with a preposition `dell'ente`, `sugli enti`.

    Args:
        word: what stands behind; a number is read in words: `l'8`, `il 1° gennaio`.
        gender: one of GENDERS; a `p` for the plural.
        preposition: one of PREPOSITIONS.
    """
    article = _article(_sound(word), gender)
    if preposition:
        article = _STEMS[preposition] + _ENDINGS[article]
    return f"{article}{word}" if article.endswith("'") else f"{article} {word}"


def joined(words: Sequence[str]) -> str:
    """Return `a, b e c`, and `a ed elenchi`: `ed` before an e alone."""
    *others, last = words or [""]
    if not others:
        return last
    return f"{', '.join(others)} {'ed' if _sound(last).startswith('e') else 'e'} {last}"


def _article(sound: str, gender: str) -> str:
    """Return the article before a sound."""
    hard = bool(_LO.match(sound))
    vowel = sound.startswith(_VOWELS) and not hard
    match gender:
        case "m":
            return "l'" if vowel else "lo" if hard else "il"
        case "f":
            return "l'" if vowel else "la"
        case "mp":
            return "gli" if vowel or hard else "i"
        case _:
            return "le"


def _sound(word: str) -> str:
    """Return how a word begins, in small letters without accents, marks and a mute h; a number in words."""
    bare = word.lstrip(" «\"'“‘(")
    if _FIRST.match(bare):
        return "primo"
    if found := _DIGITS.match(bare):
        digits = found[0].replace(".", "")
        return cardinal(int(digits)) if len(digits) < 16 else digits
    plain = unicodedata.normalize("NFD", bare.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).removeprefix("h")
