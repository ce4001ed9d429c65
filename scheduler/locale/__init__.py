"""The two catalogues of sentences, Italian and English, and how a fact is written in each. Standard library only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from importlib import import_module

LANGUAGES = ("it", "en")


def text(lang: str, code: str, **facts: object) -> str:
    """Return the sentence of a code in a language, with its facts written as that language writes them.

    Raises:
        KeyError: no such code; a test holds that every code is in both catalogues.
    """
    return sentences(lang)[code].format(**{name: written(lang, fact) for name, fact in facts.items()})


def has(lang: str, code: str) -> bool:
    """Tell whether the catalogue has a sentence for the code."""
    return code in sentences(lang)


def sentences(lang: str) -> dict[str, str]:
    """Return the whole catalogue of a language; only the one that is asked for is loaded."""
    module = import_module(f"scheduler.locale.{lang if lang in LANGUAGES else 'it'}")
    return module.SENTENCES  # type: ignore[no-any-return]  # both modules declare dict[str, str]


def written(lang: str, fact: object) -> str:
    """Return a fact as text: dates in the language's order, `@code` through the catalogue, the rest as it is."""
    if isinstance(fact, datetime):
        return f"{written(lang, fact.date())} {fact:%H:%M}"
    if isinstance(fact, date):
        return f"{fact:%d/%m/%Y}" if lang == "it" else fact.isoformat()
    if isinstance(fact, Decimal):
        return f"{fact:f}".replace(".", "," if lang == "it" else ".")
    if isinstance(fact, str) and fact.startswith("@") and has(lang, fact[1:]):
        return sentences(lang)[fact[1:]]
    return str(fact)
