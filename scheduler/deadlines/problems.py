"""The list of what is wrong with the file: each fault with its line, its path, its value and a remedy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from scheduler.deadlines.shape import Deadlines
from scheduler.deadlines.source import Location, YamlSource, one_line, shown
from scheduler.errors import Problem, UserError
from scheduler.locale import text


class Problems:
    """Collects the faults of one file, to be raised all at once."""

    def __init__(self, source: YamlSource, lang: str) -> None:
        self.source = source
        self.lang = lang
        self._found: dict[tuple[int, str], Problem] = {}
        for location, line in source.repeated:
            self._add(line, location, "yaml.duplicate", first=source.line(location))

    def add(self, location: Location, code: str, **facts: object) -> None:
        """Record a fault; the catalogue has its sentence under `code` and its remedy under `code.remedy`."""
        self._add(self.source.line(location), location, code, **facts)

    def _add(self, line: int, location: Location, code: str, **facts: object) -> None:
        path = shown(location, self.source.data)
        sentence = text(self.lang, code, **facts)
        what = one_line(f"{path}: {sentence}" if path else sentence)
        remedy = one_line(text(self.lang, f"{code}.remedy", **facts))
        self._found.setdefault((line, what), Problem(f"{self.source.name}:{line}", what, remedy))

    def add_unknown(self, location: Location, kind: str, value: str, known: Iterable[str]) -> None:
        """Record a name that nothing declares, with the nearest known one."""
        names = sorted(known)
        near = get_close_matches(value, names, n=1, cutoff=0.5)
        code = "unknown.near" if near else "unknown.none"
        facts = {"kind": text(self.lang, f"kind.{kind}"), "value": value}
        self.add(location, code, **facts, near=near[0] if near else "", known=", ".join(names[:12]) or "–")

    def raise_if_any(self) -> None:
        """Raise a UserError with everything found, in order of lines."""
        if self._found:
            raise UserError(tuple(self._found[key] for key in sorted(self._found)))


def add_shape_errors(problems: Problems, error: ValidationError) -> None:
    """Put pydantic's errors into our words."""
    for detail in error.errors(include_url=False):
        _add(problems, detail)


def _add(problems: Problems, detail: ErrorDetails) -> None:
    location: Location = detail["loc"][:-1] if detail["loc"][-1] == "[key]" else detail["loc"]
    value, context, kind = _clipped(detail["input"]), detail.get("ctx", {}), detail["type"]
    match kind:
        case "extra_forbidden":
            problems.add_unknown(location, "key", str(location[-1]), _fields_at(location[:-1]))
        case "missing":
            problems.add(location[:-1], "shape.missing", key=location[-1])
        case _ if detail["input"] is None:
            problems.add(location, "shape.empty")
        case "literal_error":
            _add_unknown_value(problems, location, value, str(context["expected"]))
        case "greater_than_equal" | "less_than_equal":
            problems.add(location, f"shape.{kind}", value=value, limit=context.get("ge", context.get("le")))
        case "too_short" | "too_long" | "string_too_short" | "string_too_long":
            _add_length(problems, location, len(detail["input"]), context)
        case "string_pattern_mismatch":
            problems.add(location, "shape.pattern", value=value)
        case _ if "." in kind:  # one of our own, named after its sentence
            problems.add(location, kind, value=value)
        case _:
            expected = text(problems.lang, f"type.{kind.split('_')[0]}")
            problems.add(location, "shape.type", value=value, expected=expected)


def _add_length(problems: Problems, location: Location, length: int, context: Mapping[str, Any]) -> None:
    if not length or context.get("min_length") == 1:
        problems.add(location, "shape.empty")
    elif context.get("field_type") == "List":  # the only lists of a fixed length are pairs
        problems.add(location, "shape.two", value=length)
    else:
        problems.add(location, "shape.long", value=length, limit=context["max_length"])


def _add_unknown_value(problems: Problems, location: Location, value: str, expected: str) -> None:
    known = [item.strip("' ") for item in expected.replace(" or ", ", ").split(",")]
    if value in known:  # the right digits in quotes
        problems.add(location, "shape.type", value=f'"{value}"', expected=text(problems.lang, "type.int"))
    else:
        problems.add_unknown(location, "value", value, known)


def _clipped(value: object) -> str:
    """Return a value as the file would write it, on one line and not too long."""
    written = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 60 else f"{written[:57]}…"


def _fields_at(location: Location) -> list[str]:
    """Return the keys that the model knows at a location."""
    kind: Any = Deadlines
    for piece in location:
        kind = _inside(_bare(kind), piece)
    kind = _bare(kind)
    return list(_fields(kind)) if _is_model(kind) else []


def _inside(kind: Any, piece: str | int) -> Any:
    """Return what stands under a key of a model, or in any item of a list or mapping."""
    if _is_model(kind):
        return _fields(kind)[str(piece)].annotation
    return get_args(kind)[-1]


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the keys that the file gives them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _bare(annotation: Any) -> Any:
    """Return what Annotated and Optional wrap."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(get_args(annotation)[0])
    return annotation


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
