"""The two catalogues of sentences: the same codes, each with the same facts, and every problem with its remedy."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from scheduler.locale import en, it

READER = Path(__file__).resolve().parents[2] / "scheduler" / "deadlines"


def facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_codes() -> None:
    assert set(it.SENTENCES) ^ set(en.SENTENCES) == set()


def test_both_languages_tell_the_same_facts() -> None:
    differing = [code for code in it.SENTENCES if facts(it.SENTENCES[code]) != facts(en.SENTENCES[code])]
    assert differing == []


def test_no_sentence_has_a_fact_without_a_name() -> None:
    unnamed = [code for code, sentence in it.SENTENCES.items() if not all(map(str.isidentifier, facts(sentence)))]
    assert unnamed == []


def test_every_problem_that_the_reader_names_has_its_sentence_and_its_remedy() -> None:
    named = {
        code
        for path in READER.glob("*.py")
        for code in re.findall(r'"([a-z]+\.[a-z_-]+)"', path.read_text(encoding="utf-8"))
        if not code.startswith(("type.", "kind.")) and code != "deadlines.yaml"
    }
    assert len(named) > 50
    assert {code for code in named if code not in it.SENTENCES} == set()
    assert {code for code in named if f"{code}.remedy" not in it.SENTENCES} == {"yaml.not-mapping"}


def test_every_fault_of_an_expression_has_its_sentence_and_its_remedy() -> None:
    source = (READER.parent / "core" / "expression.py").read_text(encoding="utf-8")
    raised = re.findall(r'(?:ExpressionError|_refused)\("([a-z]+)"', source)
    faults = {f"check.{code}" for code in (*raised, "character")}
    assert {"check.long", "check.deep", "check.equals", "check.part", "check.arguments", "check.syntax"} < faults
    assert {code for code in faults if code not in it.SENTENCES or f"{code}.remedy" not in it.SENTENCES} == set()
