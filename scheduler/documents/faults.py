"""A fault of a template as a code with its facts, and how it becomes a problem in the user's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scheduler.errors import Problem, TemplateError
from scheduler.locale import text


@dataclass(frozen=True)
class Place:
    """Where in a template something is, as a person finds it in Word."""

    part: str = ""  # header, footer or notes; '' for the body
    heading: str = ""  # the nearest one before it
    table: int = 0  # of the body, from 1; one inside another counts with it
    row: int = 0  # from 1, as the template has them

    def shown(self, name: str, lang: str) -> str:
        """Return the place, after the name of the template."""
        said = [text(lang, f"place.{self.part}")] if self.part else []
        said += [text(lang, "place.under", heading=self.heading)] if self.heading else []
        said += [text(lang, "place.table", number=self.table)] if self.table else []
        said += [text(lang, "place.row", number=self.row)] if self.row else []
        return ", ".join([name, *said])


NOWHERE = Place()


@dataclass(frozen=True)
class Fault:
    """What is wrong, before it is known under which name and in which language it is told."""

    code: str
    facts: tuple[tuple[str, object], ...] = ()
    place: Place = NOWHERE

    def at(self, place: Place) -> Fault:
        """Return the same fault, known to be at a place."""
        return replace(self, place=place)


def fault(code: str, **facts: object) -> Fault:
    """Return the fault of a code of the catalogue, without its `template.`."""
    return Fault(f"template.{code}", tuple(facts.items()))


def problem(item: Fault, shown: str, lang: str) -> Problem:
    """Return the sentence and its remedy, about the template shown under a name."""
    facts = dict(item.facts)
    where = item.place.shown(shown, lang)
    return Problem(where, text(lang, item.code, **facts), text(lang, f"{item.code}.remedy", **facts))


def refusal(items: Iterable[Fault], shown: str, lang: str) -> TemplateError:
    """Return the error that tells all of these faults at once."""
    return TemplateError(tuple(problem(item, shown, lang) for item in items))
