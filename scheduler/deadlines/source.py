"""The YAML file as plain data, with the line of every key and item; no meaning yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from scheduler.errors import Problem, UserError
from scheduler.locale import text

Location = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_MAX_BYTES = 2_000_000
_MAX_NODES = 200_000
_MAX_DEPTH = 40  # the file's own is 7; an alias inside its own anchor has no end


@dataclass
class YamlSource:
    """Plain data (dict, list, str, int, bool, None: numbers with a point stay text) and where each piece stands."""

    name: str
    content: bytes = field(default=b"", repr=False)
    data: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    repeated: list[tuple[Location, int]] = field(default_factory=list)  # keys that stand there again, and on which line
    nodes: int = 0

    def line(self, location: Location) -> int:
        """Return the line of a location, or of the nearest place around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def read_yaml(path: Path, lang: str) -> YamlSource:
    """Read one YAML 1.2 file.

    Raises:
        UserError: it cannot be read, is not YAML, or is not a mapping.
    """
    source = YamlSource(path.name, _bytes(path, lang))
    root = _compose(path, source.content, lang)
    if not isinstance(root, MappingNode):
        raise UserError((Problem(f"{path.name}:1", text(lang, "yaml.not-mapping")),))
    try:
        source.data = _plain(root, (), source)
    except _TooManyError as error:
        raise UserError((_fault(path, error.line, lang, "yaml.too-many", most=_MAX_NODES),)) from error
    return source


def _bytes(path: Path, lang: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        code = "yaml.missing" if isinstance(error, FileNotFoundError) else "yaml.unreadable"
        raise UserError((_fault(path, 0, lang, code, reason=error.strerror or ""),)) from error


def _compose(path: Path, raw: bytes, lang: str) -> Node | None:
    if len(raw) > _MAX_BYTES:
        raise UserError((_fault(path, 1, lang, "yaml.too-big", size=len(raw), most=_MAX_BYTES),))
    try:
        content = raw.decode("utf-8-sig")
        return YAML(typ="safe", pure=True).compose(content)  # type: ignore[no-any-return]  # ruamel's compose is untyped
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UserError((_fault(path, line, lang, "yaml.not-utf8", byte=hex(raw[error.start])),)) from error
    except ReaderError as error:
        line = content[: error.position].count("\n") + 1
        character = f"U+{error.character:04X}"
        raise UserError((_fault(path, line, lang, "yaml.character", value=character),)) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        code = "yaml.tab" if "\\t" in (error.problem or "") else "yaml.syntax"
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise UserError((_fault(path, line, lang, code, reason=reason),)) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise UserError((_fault(path, 1, lang, "yaml.syntax", reason=str(error).splitlines()[0]),)) from error


def _fault(path: Path, line: int, lang: str, code: str, **facts: str | int) -> Problem:
    where = f"{path.name}:{line}" if line else str(path)
    return Problem(where, one_line(text(lang, code, **facts)), text(lang, f"{code}.remedy"))


@dataclass
class _TooManyError(Exception):
    """Aliases of aliases grow without bound."""

    line: int


def _plain(node: Node, location: Location, source: YamlSource) -> Any:
    source.nodes += 1
    if source.nodes > _MAX_NODES or len(location) > _MAX_DEPTH:
        raise _TooManyError(node.start_mark.line + 1)
    source.lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return _mapping(node, location, source)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*location, index), source) for index, item in enumerate(node.value)]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _mapping(node: MappingNode, location: Location, source: YamlSource) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
        line = key_node.start_mark.line + 1
        if key in result:
            source.repeated.append(((*location, key), line))
            continue
        source.lines[(*location, key)] = line
        result[key] = _plain(value_node, (*location, key), source)
    return result


def _scalar(node: ScalarNode) -> str | int | bool | None:
    raw: str = node.value
    match str(node.tag).removeprefix(_TAG):
        case "null":
            return None
        case "bool":
            return raw.lower() == "true"
        case "int":
            return _integer(raw)
        case _:
            return raw  # floats and dates stay text: their exact meaning is declared by the model


def _integer(raw: str) -> str | int:
    try:
        return int(raw)
    except ValueError:  # 0x1F, or thousands of digits: the model says what is wrong with it
        return raw


def shown(location: Location, data: Any) -> str:
    """Return a location as a person reads it: `costi-personale-annuale.due.day`, `tables.costi.columns[2]`."""
    parts: list[str] = []
    for piece in location:
        data = _step(data, piece)
        if isinstance(piece, int):
            name = data.get("id") or data.get("line") if isinstance(data, dict) else None
            if isinstance(name, str) and parts:
                parts = [*(parts if parts != ["obligations"] else []), name]
            elif parts:
                parts[-1] += f"[{piece + 1}]"
        else:
            parts.append(str(piece))
    return ".".join(parts)


def one_line(sentence: str) -> str:
    """Return a sentence as a terminal may show it, whatever value of the file it quotes."""
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(sentence.split()))


def _step(data: Any, piece: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(str(piece))
    if isinstance(data, list) and isinstance(piece, int) and piece < len(data):
        return data[piece]
    return None
