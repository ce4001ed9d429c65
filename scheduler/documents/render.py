"""One template and one context → the bytes of a .docx, in a sandbox, with every printed value found in the result."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scheduler.documents.formats import FILTERS, printed
from scheduler.documents.package import document_text, folded, same_bytes
from scheduler.errors import Problem, TemplateError
from scheduler.locale import text

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Printed:
    """The texts that a rendering has printed."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def note(self, value: object) -> str:
        """Return the value as text (XML has no room for control characters) and remember it."""
        written = _CONTROL.sub("", printed(value))
        self.texts.add(folded(written))
        return written


def environment(printed_texts: Printed | None = None) -> ImmutableSandboxedEnvironment:
    """Return the sandbox that templates run in: strict about names, everything escaped, our filters and no `safe`."""
    notes = printed_texts or Printed()
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=notes.note)
    sandbox.filters = {name: sandbox.filters[name] for name in ("length", "first", "last", "default", "upper")}
    sandbox.filters.update(FILTERS)
    sandbox.globals = {}
    return sandbox


def render(template: bytes, shown: str, values: Mapping[str, Any], at: datetime, lang: str) -> bytes:
    """Return the filled document; the same arguments give the same bytes.

    Given the template's bytes (already checked), the name to show in errors, the context, and the instant that the
    document's properties state.

    Raises:
        TemplateError: a name is unknown, the template's code is wrong or forbidden, or a value did not arrive.
    """
    notes = Printed()
    content = _rendered(template, shown, values, at, lang, notes)
    found = document_text(content)
    lost = sorted(item for item in notes.texts if item and item not in found)
    if lost:
        raise TemplateError(tuple(_problem(shown, lang, "template.lost", value=item[:80]) for item in lost[:10]))
    return content


def _rendered(template: bytes, shown: str, values: Mapping[str, Any], at: datetime, lang: str, notes: Printed) -> bytes:
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(dict(values), jinja_env=environment(notes), autoescape=True)
    except UndefinedError as error:
        raise TemplateError((_unknown(shown, str(error), values, lang),)) from error
    except TemplateSyntaxError as error:
        raise TemplateError((_problem(shown, lang, "template.syntax", reason=error.message or ""),)) from error
    except SecurityError as error:
        raise TemplateError((_problem(shown, lang, "template.forbidden", reason=str(error)),)) from error
    except (JinjaError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise TemplateError((_problem(shown, lang, "template.failed", reason=str(error)),)) from error
    properties = document.core_properties
    properties.created = properties.modified = at.replace(tzinfo=None)
    properties.revision = 1
    result = io.BytesIO()
    document.save(result)
    return same_bytes(result.getvalue())


def _problem(shown: str, lang: str, code: str, **facts: object) -> Problem:
    return Problem(shown, text(lang, code, **facts), text(lang, f"{code}.remedy", **facts))


def _unknown(shown: str, message: str, values: Mapping[str, Any], lang: str) -> Problem:
    """Put Jinja's sentence about a missing name into ours, with the nearest name there is."""
    names = re.findall(r"'([^']+)'", message)
    missing = names[-1] if names else message
    known = [*values, *(name for value in values.values() for name in getattr(value, "__dict__", {}))]
    near = get_close_matches(missing, known, n=1, cutoff=0.5)
    code = "template.unknown-near" if near else "template.unknown"
    return _problem(shown, lang, code, value=missing, near=near[0] if near else "")
