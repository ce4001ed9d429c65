"""A fault of a template as a code with its facts, and how it becomes a problem in the user's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.errors import Problem, TemplateError
from scheduler.locale import text


@dataclass(frozen=True)
class Fault:
    """What is wrong, before it is known under which name and in which language it is told."""

    code: str
    facts: tuple[tuple[str, object], ...] = ()


def fault(code: str, **facts: object) -> Fault:
    """Return the fault of a code of the catalogue, without its `template.`."""
    return Fault(f"template.{code}", tuple(facts.items()))


def problem(item: Fault, shown: str, lang: str) -> Problem:
    """Return the sentence and its remedy, about the template shown under a name."""
    facts = dict(item.facts)
    return Problem(shown, text(lang, item.code, **facts), text(lang, f"{item.code}.remedy", **facts))


def refusal(items: Iterable[Fault], shown: str, lang: str) -> TemplateError:
    """Return the error that tells all of these faults at once."""
    return TemplateError(tuple(problem(item, shown, lang) for item in items))
