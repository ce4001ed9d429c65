"""The logs of `run` and `sweep`: one record is one line, as text or as JSON, without people's addresses."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, TextIO

LogFormat = Literal["text", "json"]

# The facts that a record may carry, given as `extra={"action": …}`; any other is left out.
KEYS = ("action", "occurrence", "mail", "node", "generation", "attempt", "seconds", "count", "state", "code")

# A local part names a person; a Message-ID's, which is a UUID, does not. What stands before the `@` of a URL is struck
# too: it is a user and a password. Each run of letters is looked at once, however long it is.
_BEFORE = r"[^\s<>()\[\],;\"@]"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@"
_ADDRESS = re.compile(rf'(?:"[^"]*"|(?<!{_BEFORE})(?!{_UUID}){_BEFORE}++)@(?=[\w\[])')
_PLAIN_VALUE = re.compile(r"[^\s\"=]+")


def set_up(form: LogFormat, stream: TextIO) -> None:
    """Send the logs of the whole process to a stream, from INFO upwards; a second call replaces the first."""
    logging.basicConfig(level=logging.INFO, handlers=[handler(form, stream)], force=True)
    logging.captureWarnings(True)  # a warning is several lines otherwise
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("django").setLevel(logging.CRITICAL)  # names addresses, which may hold a token


def handler(form: LogFormat, stream: TextIO) -> logging.Handler:
    """Return a handler that writes one line for each record."""
    made = logging.StreamHandler(stream)
    made.setFormatter(JsonLines() if form == "json" else TextLines())
    return made


class TextLines(logging.Formatter):
    """`time LEVEL sentence action=… key=…`, for people; the time is local."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        facts = {"action": "-", **dict(_facts(record))}
        if trace := _trace(self, record):
            facts["exception"] = trace
        pairs = " ".join(f"{key}={_value(fact)}" for key, fact in facts.items())
        sentence = _one_line(_struck(record.getMessage()))
        return f"{self.formatTime(record)} {record.levelname} {sentence} {pairs}"


class JsonLines(logging.Formatter):
    """One JSON object on one line, for programs; the time is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _struck(record.getMessage()),
            "action": None,
            **dict(_facts(record)),
        }
        if trace := _trace(self, record):
            facts["exception"] = trace
        # Control characters of ASCII are escaped by `json`; the others would still reach a terminal.
        return "".join(_as_json(char) if _is_control(char) else char for char in json.dumps(facts, ensure_ascii=False))


def _facts(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    """Yield the facts that a record carries, in the order of `KEYS`; numbers stay numbers."""
    for key in KEYS:
        fact = getattr(record, key, None)
        if fact is not None:
            yield key, fact if isinstance(fact, int | float) else _struck(str(fact))


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Return the exception of a record with its trace, or ''."""
    traced = formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
    return _struck(traced)


def _struck(text: str) -> str:
    """Return a text with `…@ente.it` for every address in it."""
    return _ADDRESS.sub("…@", text)


def _value(fact: object) -> str:
    """Return a fact after `key=`: quoted where its end would not be seen."""
    text = str(fact)
    return text if _PLAIN_VALUE.fullmatch(text) and not _is_any_control(text) else f'"{_one_line(text, quoted=True)}"'


def _one_line(text: str, *, quoted: bool = False) -> str:
    """Return a text with every control character escaped as Python would, so that it stays on its line."""
    if quoted:
        text = text.replace('"', '\\"')
    return "".join(char.encode("unicode_escape").decode() if _is_control(char) else char for char in text)


def _is_any_control(text: str) -> bool:
    return any(map(_is_control, text))


def _is_control(char: str) -> bool:
    """Tell whether a character starts a line, steers a terminal, turns the direction of writing, or is no character."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _as_json(char: str) -> str:
    """Return a character as JSON's escape (two of them beyond the first plane)."""
    if char.isascii():
        return f"\\u{ord(char):04x}"
    return json.dumps(char)[1:-1]
