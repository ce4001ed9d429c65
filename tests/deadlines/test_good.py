"""Files that are right: what each says, held against a golden file whose dates were reckoned by hand.

SCADENZARIO_WRITE_GOLDEN=1 writes the golden files anew; read their differences before keeping them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from scheduler.core.data import ColumnType
from scheduler.core.figures import Operation
from scheduler.core.obligation import MILESTONE_KEY, Anchor, MilestoneKind
from scheduler.deadlines import read_register, shape
from scheduler.deadlines.source import read_yaml
from tests.deadlines.rendering import as_text, rendered

GOOD = Path(__file__).with_name("good")
FILES = sorted(GOOD.glob("*.yaml"))
Said = set[tuple[str, str, object]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_right_file_says_what_its_golden_file_says(path: Path) -> None:
    said = rendered(read_register(path))
    golden = path.with_suffix(".json")
    if os.environ.get("SCADENZARIO_WRITE_GOLDEN"):
        golden.write_text(as_text(said), encoding="utf-8")
    assert said == json.loads(golden.read_text(encoding="utf-8"))


def test_the_right_files_say_everything_that_a_file_can_say() -> None:
    """Every key of the shape stands in some file, and with each of the words that it may take."""
    said = {item for path in FILES for item in _said(shape.Deadlines.model_validate(read_yaml(path, "it").data))}
    assert _sayable() - said == set()


def test_the_right_files_have_every_operation_type_and_milestone() -> None:
    obligations = [item for path in FILES for item in read_register(path).obligations]
    tables = [table for item in obligations for table in item.tables]
    milestones = [item for obligation in obligations for item in obligation.milestones]
    assert {figure.operation for item in obligations for figure in item.figures} == set(Operation)
    assert {column.type for table in tables for column in table.columns} == set(ColumnType)
    assert {(item.kind, item.working) for item in milestones} == set(product(MilestoneKind, (True, False)))
    assert {item.anchor for item in milestones} == set(Anchor)
    assert all(MILESTONE_KEY.fullmatch(item.key.partition("@")[0]) for item in milestones)


def test_an_amount_without_quotes_is_read_to_the_cent() -> None:
    agreement = read_register(GOOD / "succession.yaml").agreements[0]
    assert agreement.amounts[0].years == {2024: Decimal("8972346.42")}
    assert agreement.amounts[1].years == {2024: Decimal("0.1")}


def test_a_file_from_windows_says_the_same(tmp_path: Path) -> None:
    """Notepad writes a byte order mark and ends its lines in its own way."""
    path = tmp_path / "due.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (GOOD / "due.yaml").read_bytes().replace(b"\n", b"\r\n"))
    assert rendered(read_register(path)) == rendered(read_register(GOOD / "due.yaml"))


def _said(value: object) -> Iterator[tuple[str, str, object]]:
    """Yield (model, key, word) for each key that a file gives; the word only where the key takes one of a few."""
    if isinstance(value, BaseModel):
        for key in value.model_fields_set:
            given = getattr(value, key)
            words = _words(type(value).model_fields[key].annotation)
            for word in given.values() if words and isinstance(given, dict) else (given,):
                yield type(value).__name__, key, word if words else None
            yield from _said(given)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _said(item)


def _sayable() -> Said:
    models = [item for item in vars(shape).values() if isinstance(item, type) and issubclass(item, BaseModel)]
    own = [item for item in models if item.__module__ == shape.__name__]
    return {
        (model.__name__, key, word)
        for model in own
        for key, field in model.model_fields.items()
        for word in _words(field.annotation) or (None,)
    }


def _words(annotation: Any) -> tuple[object, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(word for inner in get_args(annotation) if get_origin(inner) is Literal for word in get_args(inner))
