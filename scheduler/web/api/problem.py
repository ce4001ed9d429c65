"""What a program is told of a failure (RFC 9457), as the bytes of a problem document; nothing of how it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable

from scheduler.errors import Problem
from scheduler.locale import text

PREFIX, MEDIA_TYPE = "/api/", "application/problem+json"
_SAID = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


def problem_document(lang: str, status: int, problems: Iterable[Problem] = (), detail: str = "") -> bytes:
    """Return a status as a problem document.

    Args:
        lang: the language.
        status: the answer's.
        problems: what is wrong in each field.
        detail: what to do, where it is known better than the status alone tells.
    """
    known = status if status in _SAID else 500
    content = {
        "type": "about:blank",
        "title": text(lang, f"api.{known}"),
        "status": status,
        "detail": detail or text(lang, f"api.{known}.remedy"),
        "errors": [{"field": item.where, "message": _said(item)} for item in problems],
    }
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def _said(problem: Problem) -> str:
    return f"{problem.what}; {problem.remedy}" if problem.remedy else problem.what
