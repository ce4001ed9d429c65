"""What every answer of the pages says to the browser: nothing from elsewhere, no script, no frame, nothing kept."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Answering = Callable[[HttpRequest], HttpResponseBase]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # a form's origin is checked by it
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
KEPT_NOWHERE = "no-store"
YEAR = 31_536_000  # seconds


def protected(get_response: Answering) -> Answering:
    """Return the middleware that adds the headers."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", KEPT_NOWHERE)
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        for cookie in response.cookies.values():
            cookie["secure"] = cookie["secure"] or request.is_secure()
        return response

    return answer
