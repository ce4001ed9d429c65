"""The bytes of a file, and whether they can be what its name says. Nothing of what its cells hold."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from scheduler.errors import SourceError
from scheduler.intake.messages import source_error

LARGEST = 200_000_000  # bytes, unpacked; more than any list of an office, less than what harms the machine

_ZIP = b"PK"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of an encrypted .xlsx
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEART = {".xlsx": "xl/workbook.xml", ".ods": "content.xml"}  # the member without which it is another kind of file
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")


def read_content(path: Path, shown: str, lang: str) -> bytes:
    """Return the bytes of a workbook, read once.

    Raises:
        SourceError: it is missing, a folder, of a type unknown or other than its name says, empty, locked, damaged,
            too large, or may not be read.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise source_error(lang, shown, "file.suffix")
    content = _bytes(path, shown, lang)
    if not content:
        raise source_error(lang, shown, "file.empty")
    if suffix in _HEART:
        _check_package(content, suffix, shown, lang)
    elif (suffix == ".xls") != content.startswith(_COMPOUND) or content.startswith(_ZIP):
        raise source_error(lang, shown, "file.content", suffix=suffix)
    return content


def _bytes(path: Path, shown: str, lang: str) -> bytes:
    try:
        if path.is_dir():
            raise source_error(lang, shown, "file.folder")
        if path.stat().st_size > LARGEST:
            raise _too_large(path.stat().st_size, shown, lang)
        return path.read_bytes()
    except FileNotFoundError:
        raise _missing(path, shown, lang) from None
    except OSError as error:
        raise source_error(lang, shown, "file.unreadable", reason=error.strerror or type(error).__name__) from error


def _missing(path: Path, shown: str, lang: str) -> SourceError:
    """Say that a file is missing, and which one is there by nearly its name; never one of another period."""
    there = sorted(item.name for item in path.parent.iterdir() if item.is_file()) if path.parent.is_dir() else []
    near = [name for name in there if _signs(Path(name).stem) == _signs(path.stem)]
    code = "file.missing.near" if near else "file.missing"
    return source_error(lang, shown, code, folder=Path(shown).parent.as_posix(), near=near[0] if near else "")


def _signs(stem: str) -> str:
    return "".join(sign for sign in stem.casefold() if sign.isalnum())


def _too_large(size: int, shown: str, lang: str) -> SourceError:
    return source_error(lang, shown, "file.large", size=size // 1_000_000)


def _check_package(content: bytes, suffix: str, shown: str, lang: str) -> None:
    if content.startswith(_COMPOUND) and _ENCRYPTED in content:
        raise source_error(lang, shown, "file.locked")
    if not content.startswith(_ZIP):
        raise source_error(lang, shown, "file.content", suffix=suffix)
    try:
        with ZipFile(BytesIO(content)) as package:
            size = sum(member.file_size for member in package.infolist())
            locked, whole = _is_locked(package), _HEART[suffix] in package.namelist()
    except (BadZipFile, EOFError, KeyError, ValueError, OSError, NotImplementedError) as error:
        raise source_error(lang, shown, "file.damaged", reason=str(error)) from error
    if locked:
        raise source_error(lang, shown, "file.locked")
    if size > LARGEST:
        raise _too_large(size, shown, lang)
    if not whole:
        raise source_error(lang, shown, "file.content", suffix=suffix)


def _is_locked(package: ZipFile) -> bool:
    """Tell whether an OpenDocument package is encrypted, the old way (member by member) or the new one (as a whole)."""
    names = package.namelist()
    return "encrypted-package" in names or (
        "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml")
    )
