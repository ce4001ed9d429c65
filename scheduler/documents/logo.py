"""The office's logo, from the file that `office.logo` names: looked at before it goes into any document."""

from __future__ import annotations

from pathlib import Path

from scheduler.core.obligation import Office
from scheduler.documents.album import PictureError, image_of
from scheduler.documents.inserts import Picture
from scheduler.errors import Problem, TemplateError
from scheduler.locale import text

MAX_BYTES = 2_000_000
MAX_DOTS = 5000  # on a side
_KINDS = ("image/png", "image/jpeg")
_WIDE, _TALL = 60.0, 25.0  # millimetres that a logo takes at most, in a letterhead


def logo(root: Path, office: Office, lang: str) -> Picture | None:
    """Return the logo, as large as it says but no larger than a letterhead has room for; None where none is declared.

    Given the folder of the workspace.

    Raises:
        TemplateError: the file is missing, too large, or no PNG or JPEG.
    """
    if not office.logo:
        return None
    path = root / office.logo
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused("too-big", office, lang, size=path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise _refused("unreadable", office, lang, reason=error.strerror or "") from error
    try:
        image = image_of(content)
    except PictureError as error:
        raise _refused("kind", office, lang) from error
    if image.content_type not in _KINDS or min(image.px_width, image.px_height) < 1:
        raise _refused("kind", office, lang)
    if max(image.px_width, image.px_height) > MAX_DOTS:
        raise _refused("too-large", office, lang, width=image.px_width, height=image.px_height)
    wide = min(image.width.mm, _WIDE, _TALL * image.px_width / image.px_height)
    return Picture(content, wide, text("it", "logo.alt", body=office.body))


def _refused(code: str, office: Office, lang: str, **facts: object) -> TemplateError:
    what, remedy = text(lang, f"logo.{code}", **facts), text(lang, f"logo.{code}.remedy")
    return TemplateError((Problem(office.logo, what, remedy),))
