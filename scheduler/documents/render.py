"""One template and one context → the bytes of a .docx, in a sandbox, with every printed value found in the result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.exceptions import TemplateError as JinjaError

from scheduler.documents import whole
from scheduler.documents.album import PictureError
from scheduler.documents.faults import Fault, fault, refusal
from scheduler.documents.formats import printed
from scheduler.documents.inserts import InsertPlaceError
from scheduler.documents.kinds import WrongValueError, is_number
from scheduler.documents.native_charts import NoChartError, SeriesError
from scheduler.documents.sandbox import NeedsDocumentError, known_names
from scheduler.documents.source import LeftError, UnreadableError
from scheduler.documents.template import LostError, template_of
from scheduler.documents.ties import MARK
from scheduler.documents.unverified import NAME

_TOLD = 10  # lost values
_FAILURES = (
    *(JinjaError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, SyntaxError),
    RecursionError,
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
    with _told(shown, values, lang):
        try:
            boxed = NAME in values
            if mark:
                return template_of(template, boxed=boxed, tied=True).filled({**values, MARK: mark}, at)
            return template_of(template, boxed=boxed).filled(values, at)
        except NeedsDocumentError:
            return whole.filled(template, values, at)


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


@contextmanager
def _told(shown: str, values: Mapping[str, Any], lang: str) -> Iterator[None]:
    """Turn what Jinja and docxtpl raise into our error."""
    try:
        yield
    except UndefinedError as error:
        raise refusal([_unknown(str(error), values)], shown, lang) from error
    except (TemplateSyntaxError, SecurityError, LeftError, UnreadableError, NoChartError) as error:
        raise refusal([template_fault(error)], shown, lang) from error
    except WrongValueError as error:
        raise refusal([_wrong_value(error)], shown, lang) from error
    except InsertPlaceError as error:
        raise refusal([fault("picture-place")], shown, lang) from error
    except SeriesError as error:
        told = fault("native-series", value=f"grafici.{error.name}", drawn=error.drawn, declared=error.declared)
        raise refusal([told], shown, lang) from error
    except PictureError as error:
        raise refusal([fault("picture")], shown, lang) from error
    except LostError as error:
        lost = sorted(set(error.args[0]))[:_TOLD]
        raise refusal([fault("lost", value=item[:80]) for item in lost], shown, lang) from error
    except MemoryError as error:
        raise refusal([fault("too-large")], shown, lang) from error
    except _FAILURES as error:
        raise refusal([fault("failed", reason=str(error))], shown, lang) from error


def _unknown(message: str, values: Mapping[str, Any]) -> Fault:
    """Put Jinja's sentence about a missing name into ours, with the nearest name there is."""
    names = re.findall(r"'([^']+)'", message)
    missing = names[-1] if names else message
    near = get_close_matches(missing, known_names(values), n=1, cutoff=0.5)
    return fault("unknown-near" if near else "unknown", value=missing, near=near[0] if near else "")


def _wrong_value(error: WrongValueError) -> Fault:
    got = str(error.value) if is_number(error.value) else printed(error.value)
    return fault("filter", filter=error.name, value=got[:80], wanted=f"@filter.{error.wanted}")
