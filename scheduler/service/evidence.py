"""What may be kept as proof of an act, and why another file is refused; pure, but for where it is kept."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduler.core.upload import Upload, extension, safe_name
from scheduler.errors import Problem
from scheduler.locale import text
from scheduler.service.signature import kind_of
from scheduler.service.workspace import Workspace

LARGEST = 25_000_000  # bytes
MOST_FILES, MOST_BYTES, MOST_TIMES = 5_000, 250_000_000, 200  # of an archive: inflated, and how many times its size
FIELD = "evidence"

# by extension, what the content may be
KINDS: dict[str, frozenset[str]] = {
    **{name: frozenset({name}) for name in ("pdf", "p7m", "msg", "xml", "png", "jpg", "tif", "tsd")},
    **{name: frozenset({name}) for name in ("docx", "odt", "xlsx", "ods", "zip", "asice")},
    "eml": frozenset({"eml"}),
    "txt": frozenset({"txt", "eml"}),
    "csv": frozenset({"txt", "eml"}),
    "jpeg": frozenset({"jpg"}),
    "tiff": frozenset({"tif"}),
}
ZIPPED = frozenset({"docx", "odt", "xlsx", "ods", "zip", "asice"})
_RUNS = re.compile(
    r"\.(exe|com|scr|dll|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|sh|py|html?|xhtml|svg|docm|xlsm|pptm|dotm|xltm)$"
)
_MACROS = re.compile(r"(^|/)vbaproject\.bin$|^basic/|^scripts/", re.IGNORECASE)
_DANGEROUS = frozenset({"program", "script", "html"})
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Kept:
    """Where a proof is kept, relative to `var/`, and its fingerprint."""

    path: str
    sha256: str


def problems(upload: Upload, lang: str) -> tuple[Problem, ...]:
    """Return why a file cannot be kept as a proof; nothing where it can."""
    return tuple(
        Problem(FIELD, text(lang, f"evidence.{code}", **facts), text(lang, f"evidence.{code}.remedy", **facts))
        for code, facts in _faults(upload)
    )


def keep(upload: Upload, occurrence_key: str, at: datetime, workspace: Workspace) -> Kept:
    """Keep a file that has no problems; the same bytes are kept once for each occurrence.

    Raises:
        SourceError: the disk is full, or the folder cannot be written.
    """
    sha256 = hashlib.sha256(upload.content).hexdigest()
    folder = f"evidence/{occurrence_key}"
    known = workspace.var / folder
    for path in sorted(known.iterdir()) if known.is_dir() else ():
        if (
            path.name[0] != "."
            and path.is_file()
            and path.stat().st_size == len(upload.content)
            and _is(path.read_bytes(), sha256)
        ):
            return Kept(f"{folder}/{path.name}", sha256)
    # the bytes are part of the name: of two people at once, neither writes over the other's
    name = f"{folder}/{at:%Y%m%dT%H%M%S}-{sha256[:8]}-{safe_name(upload.name)}"
    workspace.keep(name, upload.content)
    return Kept(name, sha256)


def _is(content: bytes, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


Fault = tuple[str, dict[str, object]]


def _faults(upload: Upload) -> Iterator[Fault]:
    size = len(upload.content)
    if not size or size > LARGEST:
        yield ("empty", {}) if not size else ("large", {"size": f"{size / 1e6:.0f}", "most": LARGEST // 1_000_000})
        return
    wanted, found = extension(upload.name), kind_of(upload.content)
    if found in _DANGEROUS:
        yield "dangerous", {"kind": f"@evidence.kind.{found}"}
    elif wanted not in KINDS:
        yield "kind", {"extension": f".{wanted}" if wanted else "–", "allowed": ", ".join(KINDS)}
    elif found not in KINDS[wanted]:
        yield "misnamed", {"extension": f".{wanted}", "kind": f"@evidence.kind.{found or 'unknown'}"}
    elif found in ZIPPED:
        yield from _of_archive(upload.content, found)


def _of_archive(content: bytes, kind: str) -> Iterator[Fault]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = next(_of_members(archive, kind, len(content)), None)
            if found is None:
                _read_through(archive)
    except _DAMAGE:
        found = ("damaged", {})
    if found is not None:
        yield found


def _of_members(archive: zipfile.ZipFile, kind: str, size: int) -> Iterator[Fault]:
    members = archive.infolist()
    inflated = sum(item.file_size for item in members)
    if not members:
        yield "empty", {}
    if len(members) > MOST_FILES or inflated > MOST_BYTES or inflated > max(MOST_TIMES * size, 10_000_000):
        yield "bomb", {"files": len(members), "size": f"{inflated / 1e6:.0f}"}
    for item in members:
        name = safe_name(item.filename)
        if _leads_elsewhere(item):
            yield "path", {"name": name}
        if item.flag_bits & 1:
            yield "encrypted", {}
        if kind not in ("zip", "asice") and _MACROS.search(item.filename):
            yield "macros", {}
        if kind in ("zip", "asice") and _RUNS.search(item.filename.lower()):
            yield "inside", {"name": name}
    if "[Content_Types].xml" in archive.namelist() and b"macroEnabled" in archive.read("[Content_Types].xml"):
        yield "macros", {}


def _leads_elsewhere(item: zipfile.ZipInfo) -> bool:
    name = item.orig_filename.replace("\\", "/")
    strange = name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name) or "\0" in name
    return bool(strange) or stat.S_ISLNK(item.external_attr >> 16)


def _read_through(archive: zipfile.ZipFile) -> None:
    """Read every file to its end: one that is longer than it says does not have the sum it should."""
    for item in archive.infolist():
        with archive.open(item) as content:
            while content.read(1 << 20):
                pass
