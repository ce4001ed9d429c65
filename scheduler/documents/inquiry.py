"""Why a filling failed, looked into once it has: which instruction of the template it was, and where that stands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateSyntaxError
from jinja2.exceptions import SecurityError

from scheduler.documents.album import Album
from scheduler.documents.faults import NOWHERE, Place
from scheduler.documents.inserts import Insert
from scheduler.documents.readback import seen
from scheduler.documents.sandbox import ForbiddenError, Printed, Rendering, environment
from scheduler.documents.source import compiled, loaded, parsed, sources
from scheduler.documents.template import template_of
from scheduler.documents.whereabouts import Outline

Line = tuple[JinjaTemplate, int]  # of the generated code


def place_of_code(error: TemplateSyntaxError | SecurityError, template: bytes) -> Place:
    """Return the place of the instruction that cannot be compiled."""
    document, sandbox = loaded(template), environment()
    for source in sources(document):
        try:
            sandbox.compile(parsed(sandbox, source.text))
        except (TemplateSyntaxError, ForbiddenError) as found:
            is_same = str(found) == str(error)
            return Outline(document).place(source, found.lineno) if is_same and found.lineno else NOWHERE
    return NOWHERE


class Inquiry:
    """A second filling of a template with the values of the first, each text noted with what has printed it."""

    def __init__(self, template: bytes, values: Mapping[str, Any]) -> None:
        self._notes = _Notes()
        sandbox = environment(self._notes)
        sandbox.context_class = _Look
        document, album = loaded(template), Album(template_of(template).media)
        self._parts = {id(part.template): part for part in (compiled(sandbox, item) for item in sources(document))}
        self._outline = Outline(document)
        self._error: Exception | None = None
        try:
            for part in self._parts.values():
                for _ in part.begun(dict(values), album)[1]:
                    pass
        except Exception as error:  # noqa: BLE001  (whatever it is, it has been told: here only its place counts)
            self._error = error

    def place_of_failure(self) -> Place:
        """Return the place of the instruction that could not be carried out."""
        step, found = self._error.__traceback__ if self._error else None, NOWHERE
        while step is not None:
            found = self._place(step.tb_frame.f_globals.get("__jinja_template__"), step.tb_lineno) or found
            step = step.tb_next
        return found

    def place_of(self, text: str) -> Place:
        """Return the place of the instruction that has printed a text first, as a reader would have seen it."""
        template, line = self._notes.by.get(text, (None, 0))
        return self._place(template, line) or NOWHERE

    def _place(self, template: JinjaTemplate | None, line: int) -> Place | None:
        part = self._parts.get(id(template))
        found = part.template.get_corresponding_lineno(line) if part else 0
        return self._outline.place(part.source, found) if part and found > 1 else None  # 1 is before any instruction


class _Notes(Printed):
    """The texts that are printed, with the line of the generated code that has printed each first."""

    def __init__(self) -> None:
        super().__init__()
        self.by: dict[str, Line] = {}
        self.texts, self.lost = _Noted(self.by), _Noted(self.by)


class _Noted(list[str]):
    def __init__(self, by: dict[str, Line]) -> None:
        super().__init__()
        self._by = by

    def append(self, item: str) -> None:
        """Note a text."""
        frame = sys._getframe()
        while "__jinja_template__" not in frame.f_globals and frame.f_back:
            frame = frame.f_back
        [written] = seen([item])
        self._by.setdefault(written, (frame.f_globals["__jinja_template__"], frame.f_lineno))

    def extend(self, items: Iterable[str], /) -> None:
        """Note several."""
        for item in items:
            self.append(item)


class _Look(Rendering):
    """Prints nothing for what only docxtpl can write."""

    def text(self, value: object) -> str:
        """Return a value as it is printed inside a text."""
        return "" if _is_whole(value) else super().text(value)

    def between(self, value: object) -> str:
        """Return what is printed between elements."""
        return "" if _is_whole(value) else super().between(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, Insert) and value.picture() is None
