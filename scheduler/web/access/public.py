"""The pages that strangers may see as well, as long as the pages are for this machine alone: nothing in them is about
people.
"""

from __future__ import annotations

from functools import wraps

from django.http import HttpResponse

from scheduler.core.access import Access
from scheduler.web.access.identity import Given, View, needs
from scheduler.web.house import Request


def public_here(view: View[Given]) -> View[Given]:
    """Return a view that readers may see, and on this machine alone everybody."""
    for_readers = needs(Access.READER)(view)

    @wraps(view)
    def shown(request: Request, /, *arguments: Given.args, **options: Given.kwargs) -> HttpResponse:
        is_open = request.person is None and request.house.site.is_local
        return (view if is_open else for_readers)(request, *arguments, **options)

    return shown
