"""The files that pages need beside themselves: the public sector's style and fonts, our own style, the icons."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

PREFIX = "/static/"
OWN = Path(__file__).parent / "style"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
_FONT = "fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-"
_THEME = {
    "bootstrap-italia.css": "css/bootstrap-italia.min.css",
    "icone.svg": "svg/sprites.svg",
    "testo.woff2": f"{_FONT}regular.woff2",
    "testo-600.woff2": f"{_FONT}600.woff2",
    "testo-700.woff2": f"{_FONT}700.woff2",
    "cifre.woff2": "fonts/Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2",
}
_OURS = {"scadenzario.css": "scadenzario.css", "scadenzario.svg": "scadenzario.svg"}


@dataclass(frozen=True)
class StaticFile:
    """One file: its bytes, what they are, and a tag that changes with them."""

    content: bytes
    media_type: str

    @cached_property
    def etag(self) -> str:
        """The tag, quoted."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @cached_property
    def zipped(self) -> bytes:
        """The bytes for whoever takes them compressed; fonts are compressed already."""
        return gzip.compress(self.content, 6, mtime=0) if not self.media_type.startswith("font/") else b""


@cache
def static_file(name: str) -> StaticFile | None:
    """Return a file by the name that pages call it by; None where there is none."""
    path = OWN / _OURS[name] if name in _OURS else _theme() / _THEME[name] if name in _THEME else None
    return StaticFile(path.read_bytes(), _TYPES[name.rpartition(".")[2]]) if path else None


def _theme() -> Path:
    """Return the folder of the theme's files; the package is not imported, for it would want to be set up."""
    spec = find_spec("bootstrap_italia_template")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ModuleNotFoundError("bootstrap_italia_template")  # pyproject.toml has it
    return Path(places[0]) / "static"
