"""One template and one context → the bytes of a .docx, in a sandbox, with every printed value found in the result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.exceptions import TemplateError as JinjaError

from scheduler.documents import whole
from scheduler.documents.album import PictureError
from scheduler.documents.faults import NOWHERE, Fault, Place, fault, refusal
from scheduler.documents.formats import printed
from scheduler.documents.inquiry import Inquiry, place_of_code
from scheduler.documents.inserts import InsertPlaceError
from scheduler.documents.kinds import WrongValueError, is_number
from scheduler.documents.native_charts import NoChartError, SeriesError
from scheduler.documents.sandbox import ForbiddenError, NeedsDocumentError, known_names
from scheduler.documents.source import LeftError, UnreadableError
from scheduler.documents.template import LostError, template_of
from scheduler.documents.ties import MARK
from scheduler.documents.unverified import NAME

_TOLD = 10  # lost values
_FAILURES = (
    *(JinjaError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, SyntaxError),
    RecursionError,
)
_RAISED = (
    *_FAILURES,
    *(LostError, LeftError, UnreadableError, MemoryError, NoChartError, SeriesError, PictureError, InsertPlaceError),
)


def render(template: bytes, shown: str, values: Mapping[str, Any], at: datetime, lang: str, mark: str = "") -> bytes:
    """Return the filled document; the same arguments give the same bytes.

    Given the template's bytes (already checked), the name to show in errors, the context, the instant that the
    document's properties state, and the mark that the document is to bear: with one, its values stand in ties. A
    document into which a `Subdocument` is printed is made by docxtpl as a whole, without ties; every
    other one is made from the compiled template.

    Raises:
        TemplateError: a name is unknown, the template's code is wrong or forbidden, or a value did not arrive.
    """
    try:
        try:
            boxed = NAME in values
            if mark:
                return template_of(template, boxed=boxed, tied=True).filled({**values, MARK: mark}, at)
            return template_of(template, boxed=boxed).filled(values, at)
        except NeedsDocumentError:
            return whole.filled(template, values, at)
    except _RAISED as error:
        raise refusal(_faults(error, template, values), shown, lang) from error


def template_fault(error: Exception) -> Fault:
    """Return what is wrong with a template as such, whatever the data, given what compiling it raised."""
    if isinstance(error, TemplateSyntaxError):
        return fault("syntax", reason=error.message or "")
    if isinstance(error, SecurityError):
        return fault("forbidden", reason=str(error))
    if isinstance(error, LeftError):
        return fault("left", part=str(error))
    if isinstance(error, NoChartError):
        return fault("native-chart", value=f"grafici.{error}")
    if isinstance(error, UnreadableError):
        return fault("not-docx")
    return fault("failed", reason=str(error))


def _faults(error: Exception, template: bytes, values: Mapping[str, Any]) -> list[Fault]:
    """Return what Jinja, docxtpl and our own parts have raised as faults, each with its place where one can be told."""
    match error:
        case MemoryError():
            return [fault("too-large")]
        case LeftError() | UnreadableError() | NoChartError():
            return [template_fault(error)]
        case TemplateSyntaxError() | ForbiddenError():
            return [template_fault(error).at(place_of_code(error, template))]
        case LostError():
            inquiry, lost = Inquiry(template, values), sorted(set(error.args[0]))[:_TOLD]
            return [fault("lost", value=item[:80]).at(inquiry.place_of(item)) for item in lost]
        case _:
            return [_failure(error, values).at(_place(template, values))]


def _failure(error: Exception, values: Mapping[str, Any]) -> Fault:
    match error:
        case UndefinedError():
            return _unknown(str(error), values)
        case WrongValueError():
            return _wrong_value(error)
        case InsertPlaceError():
            return fault("picture-place")
        case PictureError():
            return fault("picture")
        case SeriesError():
            return fault("native-series", value=f"grafici.{error.name}", drawn=error.drawn, declared=error.declared)
        case _:
            return template_fault(error)


def _place(template: bytes, values: Mapping[str, Any]) -> Place:
    """Return the place of what fails with these values; nowhere, if the template cannot even be compiled."""
    try:
        return Inquiry(template, values).place_of_failure()
    except _RAISED:
        return NOWHERE


def _unknown(message: str, values: Mapping[str, Any]) -> Fault:
    """Put Jinja's sentence about a missing name into ours, with the nearest name there is."""
    names = re.findall(r"'([^']+)'", message)
    missing = names[-1] if names else message
    near = get_close_matches(missing, known_names(values), n=1, cutoff=0.5)
    return fault("unknown-near" if near else "unknown", value=missing, near=near[0] if near else "")


def _wrong_value(error: WrongValueError) -> Fault:
    got = str(error.value) if is_number(error.value) else printed(error.value)
    return fault("filter", filter=error.name, value=got[:80], wanted=f"@filter.{error.wanted}")
