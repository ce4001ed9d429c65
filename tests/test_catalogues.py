"""The two catalogues of sentences, and the mail adapter's two, say the same things with the same facts."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from scheduler import locale
from scheduler.locale import LANGUAGES, sentences
from scheduler.mail.wording import MESSAGES

PAIRS = [
    pytest.param({lang: sentences(lang) for lang in LANGUAGES}, id="locale"),
    pytest.param(MESSAGES, id="mail"),
]


@pytest.mark.parametrize("catalogues", PAIRS)
def test_both_languages_have_the_same_codes(catalogues: dict[str, dict[str, str]]) -> None:
    assert set(catalogues["it"]) == set(catalogues["en"])


@pytest.mark.parametrize("catalogues", PAIRS)
def test_both_languages_use_the_same_facts(catalogues: dict[str, dict[str, str]]) -> None:
    italian, english = catalogues["it"], catalogues["en"]
    assert {code: facts(italian[code]) for code in italian} == {code: facts(english[code]) for code in italian}


@pytest.mark.parametrize("catalogues", PAIRS)
def test_every_remedy_belongs_to_something(catalogues: dict[str, dict[str, str]]) -> None:
    remedies = [code for code in catalogues["it"] if code.endswith(".remedy")]
    alone = [code for code in remedies if code.removesuffix(".remedy") not in catalogues["it"]]
    assert alone == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_code_stands_in_two_files_of_a_catalogue(lang: str) -> None:
    files = Path(locale.__file__).parent.joinpath(lang).glob("[a-z]*.py")
    modules = [import_module(f"scheduler.locale.{lang}.{file.stem}") for file in files]
    codes = Counter(code for module in modules for code in module.SENTENCES)
    assert [code for code, times in codes.items() if times > 1] == []


def facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
