"""Files that are wrong: every problem of each, word for word, held against a golden text.

SCADENZARIO_WRITE_GOLDEN=1 writes the golden texts anew; read their differences before keeping them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scheduler.deadlines import read_register
from scheduler.errors import UserError

HERE = Path(__file__).parent
FILES = sorted((HERE / "bad").glob("*.yaml"))


def problems(path: Path, lang: str = "it") -> list[str]:
    """Return every problem of a wrong file, as it is printed."""
    with pytest.raises(UserError) as caught:
        read_register(path, lang)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_wrong_file_gets_exactly_these_problems(path: Path) -> None:
    found = "".join(f"{line}\n" for line in problems(path))
    golden = path.with_suffix(".txt")
    if os.environ.get("SCADENZARIO_WRITE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["many-faults", "many-shapes", "unknown-columns", "duplicate-keys", "not-utf8"])
def test_both_languages_find_the_same_problems(name: str) -> None:
    path = HERE / "bad" / f"{name}.yaml"
    assert _places(problems(path, "en")) == _places(problems(path, "it"))


def test_a_problem_in_english() -> None:
    assert problems(HERE / "bad" / "leap-day.yaml", "en") == [
        "leap-day.yaml:74: relazione-annuale.due.day: 29 is not a day of February; use 28, or last for the last day"
    ]


def test_the_file_that_the_wrong_ones_are_copies_of_is_right() -> None:
    assert [item.id for item in read_register(HERE / "base.yaml").obligations] == [
        "costi-trimestrali",
        "relazione-annuale",
        "piano-finale",
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "deadlines.yaml"
    remedy = "crearlo con «scadenzario init» o indicare la cartella con --workspace"
    assert problems(path) == [f"{path}: il file non c'è; {remedy}"]


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path}: il file non si può leggere (Is a directory); controllare i permessi"]


def test_a_file_that_is_too_big(tmp_path: Path) -> None:
    path = tmp_path / "deadlines.yaml"
    path.write_bytes(b"# padding\n" * 200_001)
    said = "il file è di 2000010 byte, oltre i 2000000 ammessi; togliere ciò che non è uno scadenzario"
    assert problems(path) == [f"deadlines.yaml:1: {said}"]


def test_nesting_without_end(tmp_path: Path) -> None:
    path = tmp_path / "deadlines.yaml"
    path.write_text("version: " + "[" * 400, encoding="utf-8")
    (problem,) = problems(path)
    assert problem.startswith("deadlines.yaml:1: non è YAML valido")


def test_lines_are_counted_in_a_file_from_windows(tmp_path: Path) -> None:
    content = (HERE / "bad" / "term.yaml").read_text(encoding="utf-8")
    path = tmp_path / "term.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode())
    assert problems(path) == (HERE / "bad" / "term.txt").read_text(encoding="utf-8").splitlines()


def _places(found: list[str]) -> list[str]:
    return sorted(problem.split(": ")[0] for problem in found)
