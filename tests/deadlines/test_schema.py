"""The JSON Schema that editors use: it is the one the model gives, and it agrees with the reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scheduler.deadlines.schema import json_schema
from scheduler.deadlines.source import read_yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMMITTED = ROOT / "docs" / "deadlines.schema.json"
VALIDATOR = Draft202012Validator(json_schema())

RIGHT = [ROOT / "deadlines.yaml", HERE / "base.yaml", *sorted((HERE / "good").glob("*.yaml"))]

# Files that are wrong in their shape already; what is wrong in its meaning only the reader can see.
WRONG_SHAPES = (
    "addresses", "amounts", "closures", "constants-in-words", "dates", "days-in-words", "days-of-due", "empty-values",
    "ids", "many-shapes", "margins", "milestone-texts", "missing-keys", "no-obligations", "times", "too-far",
    "too-long", "changes-shape", "unknown-keys", "version", "version-in-quotes", "words", "wrong-types",
)  # fmt: skip


def test_the_committed_schema_is_the_one_the_model_gives() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_files_are_valid(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read_yaml(path, "it").data)] == []


@pytest.mark.parametrize("name", WRONG_SHAPES)
def test_wrong_shapes_are_not_valid(name: str) -> None:
    assert not VALIDATOR.is_valid(read_yaml(HERE / "bad" / f"{name}.yaml", "it").data)


def test_the_shipped_file_names_its_schema() -> None:
    first = (ROOT / "deadlines.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={COMMITTED.relative_to(ROOT)}"
