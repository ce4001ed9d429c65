"""The list of what somebody has to mend: for each point the file, the sheet, the cells, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.mail.body import Block, Facts

_PLACE = re.compile(r"(?P<file>.+?)(?: \[(?P<sheet>.*)\])?(?: (?P<cells>[A-Z]{0,3}[0-9]+(?::[A-Z]{0,3}[0-9]+)?))?")


def shopping(problems: Sequence[Problem], lang: str) -> list[Block]:
    """Return a block for each problem; what stands in a cell is not said, for a mail carries it."""
    return [Facts(tuple(_facts(problem, lang))) for problem in problems]


def _facts(problem: Problem, lang: str) -> list[tuple[str, str]]:
    found = _PLACE.fullmatch(problem.where)
    place = found.groupdict() if found else {"file": problem.where}
    said = {**place, "wrong": problem.told, "todo": problem.remedy, "example": problem.example}
    return [(text(lang, f"mail.mend.{name}"), value) for name, value in said.items() if value]
