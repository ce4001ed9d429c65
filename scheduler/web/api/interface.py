"""The whole interface: its two parts, its OpenAPI document, and what is said of every failure."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from scheduler import __version__
from scheduler.web.api import acting, reading  # they fill the table
from scheduler.web.api.problem import MEDIA_TYPE
from scheduler.web.api.routing import router
from scheduler.web.api.trouble import answer_of

_FIELD = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
}
_PROBLEM = {
    "title": "Problem (RFC 9457)",
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail")},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _FIELD},
    },
}
_FAILED = {
    "description": "What is wrong, and what to do",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


PARTS = (reading, acting)


class Interface(NinjaAPI):
    """Ninja's, with failures in its document."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI document."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        for place in schema["paths"].values():
            for operation in place.values():
                operation["responses"]["default"] = _FAILED
        return schema


def interface() -> Interface:
    """Return the interface; its pictures of itself would come from elsewhere, so there are none."""
    made = Interface(title="Scadenzario", version=__version__, docs_url=None, urls_namespace="api")
    made.add_router("", router)
    for kind in (Exception, Http404, HttpError, ValidationError):  # ninja has answers of its own for each
        made.add_exception_handler(kind, answer_of)
    return made
