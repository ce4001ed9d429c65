"""The sentences: complete in both languages, and none of them unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import scheduler.intake
from scheduler.intake.messages import MESSAGES, problem

ITALIAN, ENGLISH = MESSAGES["it"], MESSAGES["en"]


def placeholders(sentences: tuple[str, str]) -> set[str | None]:
    return {name for text in sentences for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert ITALIAN.keys() == ENGLISH.keys()
    for code in ITALIAN:
        assert placeholders(ITALIAN[code]) == placeholders(ENGLISH[code]), code


def test_every_code_is_used_and_every_used_code_is_there() -> None:
    folder = Path(scheduler.intake.__file__).parent
    code = "".join(path.read_text() for path in folder.glob("*.py") if path.name not in ("messages.py", "remarks.py"))
    families = {name.partition(".")[0] for name in ITALIAN}
    used = set(re.findall(rf'"((?:{"|".join(families)})\.[a-z.-]+)"', code))
    near = {name for name in ITALIAN if name.endswith(".near")}
    assert used - ITALIAN.keys() == set()
    assert {name for name in ITALIAN if not name.startswith("type.")} - used - near == set()
    assert {name.removesuffix(".near") for name in near} <= used


def test_an_unknown_language_is_told_in_italian() -> None:
    assert problem("fr", "a.xlsx", "file.empty") == problem("it", "a.xlsx", "file.empty")
